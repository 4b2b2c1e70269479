from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.email.quiet import next_allowed
from ..queries import count_mailings

#: What the limits are counted of.
FLUSHED = (
    "mailing.trace",
    "mailing.mailing",
    "ecrm.email.message",
    "ecrm.email.preference",
    "res.users",
)


class EcrmEmailLimits(models.AbstractModel):
    """Who may get a marketing mail now, and from when on.

    The one question that mailings and reminders ask: it joins suppressions, the company's
    frequency cap, what the customer chose, and quiet hours.
    """

    _name = "ecrm.email.limits"
    _description = "Limits of Marketing Mails"

    @api.model
    @api.private
    def held_back(self, addresses, topic=None, company=None, at=None):
        """Return which addresses do not get a mail, and why; two queries for any number.

        :param Iterable[str] addresses: normalized
        :param ecrm.topic topic: of the mail
        :param res.company company: that sends it
        :param datetime at: naive UTC, now by default
        :return dict[str, str]: as ``ecrm.suppression.refusals``, and ``cap`` (the company
            mailed often enough) or ``frequency`` (as often as the customer wants)
        """
        company = (company or self.env.company).sudo()  # settings are no secret
        addresses = [address for address in addresses if address]
        if not addresses:
            return {}
        refused = self.env["ecrm.suppression"].refusals(addresses, topic, company, at)
        for model in FLUSHED:
            self.env[model].flush_model()
        statement = count_mailings.build(
            addresses,
            company.id,
            company.ecrm_cap_count,
            company.ecrm_cap_days,
            at or fields.Datetime.now(),
            topic.id if topic else None,
        )
        return {**dict(self.env.execute_query(statement)), **refused}

    @api.model
    @api.private
    def wait_until(self, addresses, company=None, at=None):
        """Return until when mails to addresses wait for the end of the recipient's night.

        :return dict[str, datetime]: address -> naive UTC, only of those who have to wait
        """
        company = (company or self.env.company).sudo()
        if not company.ecrm_quiet_hours or not addresses:
            return {}
        at = at or fields.Datetime.now()
        zones = self._zones(addresses)
        waits = {}
        for address in addresses:
            zone = zones.get(address) or company._ecrm_zone()
            until = next_allowed(at, zone, company.ecrm_quiet_from, company.ecrm_quiet_to)
            if until > at:
                waits[address] = until
        if waits:
            queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
            queue.sudo()._trigger(sorted(set(waits.values())))
        return waits

    @api.model
    @api.private
    def blocked(self, addresses):
        """Return which addresses are on Odoo's own blacklist, and that as the reason."""
        # sudo: whoever sends a mail need not be allowed to read the blacklist
        blacklist_sudo = self.env["mail.blacklist"].sudo()
        found = blacklist_sudo.search([("email", "in", list(addresses))])
        return dict.fromkeys(found.mapped("email"), "blocked")

    @api.model
    @api.private
    def verdict(self, addresses, refused, waits):
        """Return why a mail to some addresses is not sent, and until when it waits.

        One that goes to several goes to all of them or to none.

        :param dict refused: as of ``held_back``
        :param dict waits: as of ``wait_until``
        :return tuple: None for each that is not so
        """
        why = next((refused[address] for address in addresses if address in refused), None)
        until = max((waits[address] for address in addresses if address in waits), default=None)
        return why, until

    # ------------------------------------------------------------
    # LEAVING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def let_out(self, mails):
        """Return those of some mails that may leave now; of the others each is cancelled or waits.

        A mail may have been in the queue for long, or failed and be tried again: since it was
        made somebody may have said no, and night may have come. How many mails came lately is
        not asked again, as this one counts among them.

        :param mail.mail mails: about to be sent
        """
        if self.env.context.get("mailing_test_mail"):
            return mails
        # sudo: whoever sends a mail need not be allowed to read what it is about
        marketing_sudo = (
            mails.sudo()
            .with_context(prefetch_fields=False)  # their texts are long
            .search(
                Domain("id", "in", mails.ids)
                & Domain("state", "=", "outgoing")
                & (Domain("mailing_id", "!=", False) | Domain("ecrm_topic_id", "!=", False))
            )
        )
        held_ids = set()
        for batch_sudo in marketing_sudo.grouped(lambda mail: mail._ecrm_sender()).values():
            held_ids |= self._hold(batch_sudo)
        return mails.filtered(lambda mail: mail.id not in held_ids)

    def _hold(self, mails_sudo):
        """Cancel or postpone those of some mails that may not leave, and return their ids.

        :param mail.mail mails_sudo: of one topic and company
        """
        addresses = {mail: mail._ecrm_addresses() for mail in mails_sudo}
        everybody = {address for found in addresses.values() for address in found}
        topic, company = mails_sudo[:1]._ecrm_topic(), mails_sudo[:1]._ecrm_company()
        refused = self.env["ecrm.suppression"].refusals(everybody, topic, company)
        if mails_sudo[:1]._ecrm_asks_blacklist():
            refused = {**self.blocked(everybody), **refused}
        waits = self.wait_until(everybody - refused.keys(), company)
        held_ids = set()
        for mail, found in addresses.items():
            why, until = self.verdict(found, refused, waits)
            if not (why or until) or any(mail.mailing_trace_ids.mapped("is_test_trace")):
                continue
            if why:
                mail._ecrm_cancel(why)
            else:
                mail.scheduled_date = until
            held_ids.add(mail.id)
        return held_ids

    def _zones(self, addresses):
        """Return the time zones of recipients, as far as a contact with the address has one."""
        # sudo: whoever sends a mailing to a list need not be allowed to read contacts
        partners_sudo = self.env["res.partner"].sudo()
        groups = partners_sudo._read_group(
            [("email_normalized", "in", list(addresses)), ("tz", "!=", False)],
            ["email_normalized"],
            ["tz:max"],
        )
        return dict(groups)

    @api.model
    @api.private
    def tell(self, why):
        """Return in words why somebody does not get a mail."""
        if why == "cap":
            return self.env._("Got as many mailings lately as the settings allow.")
        if why == "frequency":
            return self.env._("Got as many mailings lately as the customer wants.")
        if why == "blocked":
            return self.env._("The address is on the blacklist.")
        if why == "quiet":
            return self.env._("Quiet hours in the customer's time zone.")
        return self.env["ecrm.suppression"]._tell(why)
