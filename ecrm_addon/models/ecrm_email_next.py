from odoo import api, fields, models

from ..lib.email.quiet import next_allowed
from ..queries import count_mailings


class EcrmEmailLimits(models.AbstractModel):
    """From when on somebody may be mailed again, as far as one can tell today."""

    _inherit = "ecrm.email.limits"

    @api.model
    @api.private
    def next_send(self, address, company=None):
        """Return from when on an address may get a marketing mail of no special topic.

        :param str address: normalized
        :param res.company company: that sends it, the current one by default
        :return tuple[datetime | None, str]: naive UTC, None as long as nobody lifts what is in
            the way; and what that is, for ``tell``: empty where it is nothing
        """
        company = (company or self.env.company).sudo()  # settings are no secret
        now = fields.Datetime.now()
        if self.blocked([address]):
            return None, "blocked"
        why = self.held_back([address], None, company, now).get(address, "")
        free = self._free_from(address, company, now) if why else now
        if not free or not company.ecrm_quiet_hours:
            return free, why
        zone = self._zones([address]).get(address) or company._ecrm_zone()
        start = next_allowed(free, zone, company.ecrm_quiet_from, company.ecrm_quiet_to)
        return start, why or ("quiet" if start > now else "")

    def _free_from(self, address, company, now):
        """Return when the last thing ends that holds an address back; None if nothing ends it."""
        suppressions = self.env["ecrm.suppression"]
        # sudo: as what is refused is asked for everybody
        holding_sudo = suppressions.sudo().search(
            [
                ("email_normalized", "in", suppressions._keys(address)),
                ("scope", "!=", "topic"),
                ("company_id", "in", [False, company.id]),
                ("state", "=", "active"),
            ]
        )
        if not all(row.expires_at for row in holding_sudo):
            return None
        [[free]] = self.env.execute_query(
            count_mailings.free_from(
                address, company.id, company.ecrm_cap_count, company.ecrm_cap_days, now
            )
        )
        return max([now, free or now, *holding_sudo.mapped("expires_at")])
