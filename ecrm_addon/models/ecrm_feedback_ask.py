import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import email_normalize

from ..lib.feedback import sample
from ..queries import meet_feedback

_logger = logging.getLogger(__name__)

#: Model and kind -> the settings of a company that switch it on, and of how many are asked.
SETTINGS = {
    ("sale.order", "csat"): ("ecrm_feedback_order", "ecrm_feedback_order_share"),
    ("ecrm.request", "csat"): ("ecrm_feedback_request", "ecrm_feedback_request_share"),
    ("res.partner", "nps"): ("ecrm_feedback_nps", "ecrm_feedback_nps_share"),
}
TEMPLATES = {
    "csat": "ecrm_addon.mail_template_feedback_csat",
    "nps": "ecrm_addon.mail_template_feedback_nps",
}


class EcrmFeedback(models.Model):
    """Asking by mail: whom, once, and who is left in peace.

    ============================== =====================================================
    nobody is asked                because
    ============================== =====================================================
    where it is switched off       Settings, per company
    of the same thing twice        it would be a bother; of NPS within so many days
    who was asked lately           by any question of the company, so many days
    who was not drawn              the lot of an order or customer never changes
    who does not want such mails   suppressed, paused, blacklisted, got enough already
    who objected to profiles       an answer stands in the history and is scored
    who works here                 employees are no customers
    of an unproved request         its words may be somebody else's
    ============================== =====================================================

    Asking is a mail of a topic of its own, so it carries a link to unsubscribe from it, and
    waits in Odoo's queue for the end of the customer's night, if the company wants that.
    """

    _inherit = "ecrm.feedback"

    @api.model
    @api.private
    def _ask_about(self, records, kind="csat"):
        """Ask the customers of orders, support requests, or contacts (NPS) how we did.

        A fault here stops nothing: who closes a request or runs the night's work goes on.

        :param recordset records: ``sale.order``, ``ecrm.request`` or ``res.partner``
        :param str kind: ``csat``, or ``nps`` of contacts
        :return ecrm.feedback: the questions that were asked now, as superuser
        """
        # in superuser mode: who closes a request need not be allowed to write to customers
        asker = self.with_user(SUPERUSER_ID)
        asked = asker.browse()
        if (records._name, kind) not in SETTINGS:
            return asked
        records = records.with_env(asker.env)
        for company, batch in records.grouped(asker._asking_company).items():
            try:
                with self.env.cr.savepoint():
                    asked |= asker.with_company(company)._ask(batch, kind, company)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # the caller repeats the whole transaction
            except Exception:  # noqa: BLE001  # such as a template with a fault
                _logger.exception("Company %s could not ask for feedback", company.id)
        return asked

    def _asking_company(self, record):
        return record.company_id or self.env.company

    def _ask(self, records, kind, company):
        """Ask about records of one model and company; see ``_ask_about``."""
        is_on, _share = SETTINGS[records._name, kind]
        topic, template = self._topic(company), self._template(kind)
        if not company[is_on]:
            return self.browse()
        if not topic or not template:
            _logger.info("Company %s asks nobody: no topic or no template", company.id)
            return self.browse()
        public_ids = self.env["res.partner"]._ecrm_public_ids()
        records = records.filtered(self._is_customers)
        people = [self._prepare(record, kind, company) for record in records]
        people = [person for person in people if person["partner_id"] not in public_ids]
        people = self._first_of_each(list(filter(self._can_be_asked, people)))
        people = self._not_asked_yet(people, kind, company)
        refused = self._refused({person["email"] for person in people}, topic, company)
        asked = self._meet_all([person for person in people if person["email"] not in refused])
        if asked:
            asked._send(template, topic, company)
        return asked

    def _meet_all(self, people):
        """Make the rows of some questions, but for those that somebody else asks just now."""
        if not people:
            return self.browse()
        self.flush_model()
        rows = self.env.execute_query(meet_feedback.build(people, self.env.uid))
        return self.browse([id_ for (id_,) in rows])

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    @staticmethod
    def _is_customers(record):
        """Return whether a record is known to be the customer's.

        What somebody asked in the name of an address is mailed to nobody: the words may be a
        stranger's.
        """
        return record._name != "ecrm.request" or record.is_proved

    def _prepare(self, record, kind, company):
        """Return the values of a question about a record."""
        partner = record if record._name == "res.partner" else record.partner_id
        email = "email" in record._fields and record.email or partner.email
        served = record.user_id or partner.user_id or partner.commercial_partner_id.user_id
        about = record._name != "res.partner"
        return {
            "kind": kind,
            "partner_id": partner.id,
            "email": email_normalize(email or "") or False,
            "lang": partner.lang or ("lang" in record._fields and record.lang) or False,
            "res_model": record._name if about else False,
            "res_id": record.id if about else False,
            "company_id": company.id,
            "user_id": served.id,
            "asked_at": fields.Datetime.now(),
        }

    def _can_be_asked(self, person):
        """Return whether somebody has an address, is a customer, and was drawn by lot."""
        partner = self.env["res.partner"].browse(person["partner_id"] or ())
        if not person["email"] or partner and not (partner.active and partner.partner_share):
            return False
        return person["kind"] == "nps" or self._is_drawn(person)

    def _is_drawn(self, person):
        """Return whether an order or request is of the share of which somebody is asked."""
        _is_on, share = SETTINGS[person["res_model"], person["kind"]]
        company = self.env["res.company"].browse(person["company_id"])
        secret = self.env["ecrm.log"]._uid_secret()
        return sample.lot(secret, person["res_model"], person["res_id"]) < company[share] / 100

    @staticmethod
    def _first_of_each(people):
        """Return one question for each address: the first one."""
        return list({person["email"]: person for person in reversed(people)}.values())[::-1]

    def _not_asked_yet(self, people, kind, company):
        """Return those who were not asked the same, nor anything else lately."""
        if not people:
            return []
        now = fields.Datetime.now()
        quiet = now - timedelta(days=company.ecrm_feedback_quiet_days)
        again = now - timedelta(days=company.ecrm_feedback_nps_days)
        res_ids = [person["res_id"] for person in people if person["res_id"]]
        same = Domain("res_model", "=", people[0]["res_model"]) & Domain("res_id", "in", res_ids)
        lately = Domain("asked_at", ">", min(quiet, again) if kind == "nps" else quiet)
        rows = self.search_fetch(
            (same & Domain("kind", "=", kind)) | (lately & self._of_people(people, company)),
            ["kind", "res_model", "res_id", "partner_id", "email", "asked_at"],
        )
        about = {(row.kind, row.res_model, row.res_id) for row in rows if row.res_id}
        told = rows.filtered(
            lambda row: row.asked_at and (row.asked_at > quiet or row.kind == kind == "nps")
        )
        known = {*told.mapped("email"), *told.partner_id.ids} - {False}
        return [
            person
            for person in people
            if (person["kind"], person["res_model"], person["res_id"]) not in about
            and not known & {person["email"], person["partner_id"]}
        ]

    @staticmethod
    def _of_people(people, company):
        emails = [person["email"] for person in people]
        partner_ids = [person["partner_id"] for person in people if person["partner_id"]]
        whose = Domain("email", "in", emails) | Domain("partner_id", "in", partner_ids)
        return whose & Domain("company_id", "=", company.id)

    def _refused(self, addresses, topic, company):
        """Return the addresses that are not to be asked."""
        limits = self.env["ecrm.email.limits"]
        return (
            limits.blocked(addresses).keys()
            | limits.held_back(addresses, topic, company).keys()
            | self.env["ecrm.email.preference"].objects(list(addresses), ("profile",))
        )

    # ------------------------------------------------------------
    # BY WHICH MAIL
    # ------------------------------------------------------------

    def _template(self, kind):
        return self.env.ref(TEMPLATES[kind], raise_if_not_found=False)

    @api.model
    @api.private
    def _topic(self, company):
        """Return the topic of these mails: what a customer unsubscribes from by their link.

        Where ours was put away it is the company's default topic, and where there is none no
        mail may leave, as nobody could unsubscribe.
        """
        topic = self.env.ref("ecrm_addon.ecrm_topic_feedback", raise_if_not_found=False)
        # sudo: whoever closes a request need not be allowed to read topics
        topic = (topic or self.env["ecrm.topic"]).sudo()
        return topic if topic.active else self.env["ecrm.topic"].sudo().default_of(company)

    def _send(self, template, topic, company):
        """Put one mail for each question into Odoo's queue."""
        values = {"ecrm_topic_id": topic.id, "record_company_id": company.id}
        template.with_company(company).send_mail_batch(self.ids, email_values=values)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.autovacuum
    def _gc_unanswered(self):
        """Forget questions that nobody answered within 400 days: the dashboard shows a year."""
        oldest = fields.Datetime.now() - timedelta(days=400)
        domain = [("answered_at", "=", False), ("create_date", "<", oldest)]
        rows = self.search(domain, limit=1000)
        count = len(rows)
        rows.unlink()
        return count, count == 1000
