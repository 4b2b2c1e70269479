import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: Customers looked at, and mails made, between two commits.
BATCH = 200


class EcrmTierWarning(models.Model):
    """Ledger of warnings: who was told by mail that a tier ends soon, and when.

    It is no derived data: by it nobody is told twice of one fall. A fall that was put off by
    no more than the days of the warning is the same one. Who refuses marketing mails, or got
    enough of them, is not written to; who objected to a profile has none that could fall.
    """

    _name = "ecrm.tier.warning"
    _inherit = ["ecrm.tier.ledger.mixin"]
    _description = "Tier Warning"
    _order = "date desc, id desc"
    _rec_name = "tier_id"
    _log_access = False
    _told_tier = "tier_id"

    # no cascade and no unique key: a contact merge moves these rows and loses none
    partner_id = fields.Many2one(
        "res.partner", "Customer", ondelete="set null", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    date = fields.Datetime("Warned on", required=True, readonly=True)
    tier_id = fields.Many2one("ecrm.tier", ondelete="set null", readonly=True)
    to_tier_id = fields.Many2one("ecrm.tier", "Falls to", ondelete="set null", readonly=True)
    falls_on = fields.Date("Lost on", required=True, readonly=True)
    told = fields.Char(readonly=True, help="Until when the mail said that the tier holds.")

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _warn(self, run):
        """Put the mails that are due after a scoring into Odoo's queue, batch by batch.

        :param ecrm.score.run run: of which the profiles are; of the past it warns nobody
        :return bool: whether there is time left
        """
        company = run.company_id
        last_id = 0
        while falling := self._falling(run, last_id):
            last_id = falling[-1:].id
            try:
                with self.env.cr.savepoint():
                    self._warn_some(falling, company)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # the next night does it
            except Exception:  # noqa: BLE001  # a template with a fault must not stop the night
                _logger.exception("Warnings of company %s failed", company.id)
                return True
            if not self.env["ir.cron"]._commit_progress(len(falling)):
                return False
        return True

    def _falling(self, run, after_id):
        """Return some profiles of who will soon lose a tier and has an address."""
        company = run.company_id
        if not (company.ecrm_tier_warning and run.live and run.status not in (False, "failed")):
            return self.env["ecrm.profile"]
        today = company._ecrm_today()
        until = today + timedelta(days=company.ecrm_tier_warning_days)
        domain = [
            ("id", ">", after_id),
            ("company_id", "=", company.id),
            ("tier_falls_on", ">", today),
            ("tier_falls_on", "<=", until),
            ("partner_id.active", "=", True),
            ("partner_id.partner_share", "=", True),
            ("partner_id.email_normalized", "!=", False),
        ]
        return self.env["ecrm.profile"].search(domain, order="id", limit=BATCH)

    def _warn_some(self, profiles, company):
        topic, template = self._topic(company), company._ecrm_tier_template()
        if not topic or not template:
            _logger.info("Company %s warns nobody: no topic or no template", company.id)
            return
        due = self._not_told(profiles, company)
        refused = self._refused(due, topic, company)
        due = due.filtered(lambda profile: profile.partner_id.email_normalized not in refused)
        if not due:
            return
        template.with_company(company).send_mail_batch(
            due.ids, email_values={"ecrm_topic_id": topic.id, "record_company_id": company.id}
        )
        self.create([self._prepare(profile) for profile in due])._announce()

    def _not_told(self, profiles, company):
        """Return those who were not told of this fall yet."""
        told = self.search_fetch(
            [("company_id", "=", company.id), ("partner_id", "in", profiles.partner_id.ids)],
            ["partner_id", "tier_id", "falls_on"],
        ).grouped("partner_id")
        slack = timedelta(days=company.ecrm_tier_warning_days)
        return profiles.filtered(
            lambda profile: (
                not any(
                    warning.tier_id == profile.tier_id
                    and warning.falls_on >= profile.tier_falls_on - slack
                    for warning in told.get(profile.partner_id, ())
                )
            )
        )

    def _refused(self, profiles, topic, company):
        limits = self.env["ecrm.email.limits"]
        addresses = profiles.partner_id.mapped("email_normalized")
        return limits.blocked(addresses) | limits.held_back(addresses, topic, company)

    def _prepare(self, profile):
        return {
            "partner_id": profile.partner_id.id,
            "company_id": profile.company_id.id,
            "date": fields.Datetime.now(),
            "tier_id": profile.tier_id.id,
            "to_tier_id": profile.tier_falls_to_id.id,
            "falls_on": profile.tier_falls_on,
            "told": profile.tier_fall_text,
        }

    def _told_kind(self):
        return SQL("'loyalty.tier_warned'")

    # ------------------------------------------------------------
    # TOPIC
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _topic(self, company):
        """Return the topic of the warnings: what a customer unsubscribes from by their link.

        Where ours was put away it is the company's default topic, and where there is none no
        mail may leave, as nobody could unsubscribe.
        """
        topic = self._own_topic()
        return topic if topic.active else self.env["ecrm.topic"].default_of(company)

    @api.model
    @api.private
    def _offer_topic(self):
        """Let customers choose whether they want to be warned, as soon as anybody warns."""
        self._own_topic().filtered(lambda topic: not topic.active).active = True

    def _own_topic(self):
        topic = self.env.ref("ecrm_addon.ecrm_topic_tier", raise_if_not_found=False)
        # sudo: who switches warnings on need not be allowed to edit topics
        return (topic or self.env["ecrm.topic"]).sudo()
