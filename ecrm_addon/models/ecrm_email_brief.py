from odoo import api, models


class EcrmEmailPreference(models.Model):
    """What holds for an address, in numbers: for a card that leads to all of it."""

    _inherit = "ecrm.email.preference"

    @api.model
    @api.private
    def in_short(self, address, company):
        """Return of how many topics an address gets mails; nothing is written for it.

        :param str address: normalized
        :param res.company company: whose mails
        :return dict: ``on`` and ``of`` (topics), ``paused_until`` (datetime or None) and
            ``held`` (why the company does not mail this address, or None)
        """
        # sudo: whoever asks was found to be the address's owner. Many never chose anything and
        # have no row; what holds is read from other tables, so one in memory will do.
        row_sudo = self.sudo().new({"email_normalized": address, "company_id": company.id})
        rows = row_sudo._holding()
        topics = self.env["ecrm.topic"].sudo().ids_of_company(company)
        # where a company has no topics, there is one choice: all of it
        on = row_sudo._switched_on(topics, rows) if topics else not row_sudo._of_everything(rows)
        return {
            "on": len(on) if topics else int(on),
            "of": len(topics) or 1,
            "paused_until": row_sudo._paused_until(rows),
            "held": row_sudo._held(rows),
        }
