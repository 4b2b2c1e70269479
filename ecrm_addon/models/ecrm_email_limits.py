from odoo import api, fields, models

from ..lib.email.quiet import next_allowed
from ..queries import count_mailings


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
        for model in ("mailing.trace", "mailing.mailing", "ecrm.email.preference", "res.users"):
            self.env[model].flush_model()
        statement = count_mailings.build(
            addresses,
            company.id,
            company.ecrm_cap_count,
            company.ecrm_cap_days,
            at or fields.Datetime.now(),
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
        return self.env["ecrm.suppression"]._tell(why)
