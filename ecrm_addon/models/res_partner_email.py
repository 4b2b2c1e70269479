from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .ecrm_email_profile import BANDS
from .nullable import NullableFloat, NullableInteger

#: Field of the contact -> field of its e-mail profile in the current company.
EMAIL_FIELDS = {
    "ecrm_email_band": "band",
    "ecrm_email_score": "score",
    "ecrm_best_hour": "best_hour",
}


def _email_field(kind, name, *args, **kwargs):
    """Return a field that shows a figure of the e-mail profile and can be searched by it."""
    return kind(
        *args,
        compute="_compute_ecrm_email",
        search=lambda self, operator, value: Domain(name, operator, value),
        groups="ecrm_addon.group_ecrm_user",
        **kwargs,
    )


class ResPartner(models.Model):
    """Shows what a contact does with mail; so lists and mailings can choose by it.

    Nothing is stored on the contact. Band and score are as of now, also in a filter.
    """

    _inherit = "res.partner"

    ecrm_email_band = _email_field(
        fields.Selection,
        "ecrm_email_band",
        selection=BANDS,
        string="E-mail Engagement",
        help="New: first mail within 30 days. Engaged: clicked in the last weeks. Lukewarm, "
        "dormant, lost: ever less lately. Opens by privacy relays and machines do not count.",
    )
    ecrm_email_score = _email_field(
        NullableFloat, "ecrm_email_score", "E-mail Score", digits=(16, 2), aggregator="avg"
    )
    ecrm_best_hour = _email_field(
        NullableInteger,
        "ecrm_best_hour",
        "Best Hour to Mail",
        aggregator=None,
        help="Hour of the contact's own day with most clicks; with fewer than five, that of "
        "all customers.",
    )

    # who has an address is asked for each page and mail of a customer; Odoo reads all contacts
    _ecrm_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")

    @api.depends("email_normalized")
    @api.depends_context("company")
    def _compute_ecrm_email(self):
        """Read all figures of all contacts in one query.

        Its rows are those of this company, and the fields' groups say who may see them.
        """
        known, hour = self.env["ecrm.email.profile"].figures_of(self._origin.ids)
        for partner in self:
            score, band, own = known.get(partner._origin.id, (False, False, None))
            partner.ecrm_email_score = score
            partner.ecrm_email_band = band
            partner.ecrm_best_hour = hour if own is None else own

    @api.ondelete(at_uninstall=False)
    def _unlink_ecrm_email_profiles(self):
        """Leave no profile without its contact behind."""
        # sudo: whoever may delete contacts need not have rights in eCRM
        profiles_sudo = self.env["ecrm.email.profile"].sudo()
        profiles_sudo.search([("partner_id", "in", self.ids)]).unlink()

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let the figures be searched, sorted and grouped by."""
        if field_expr not in EMAIL_FIELDS or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        # a domain or an order reveals a value as well as reading does
        self._check_field_access(self._fields[field_expr], "read")
        profile = self.env["ecrm.email.profile"]
        joined = query.make_alias(alias, "ecrm_email_profile")
        query.add_join("LEFT JOIN", joined, profile._table, self._email_profile_on(alias, joined))
        column = profile._field_to_sql(joined, EMAIL_FIELDS[field_expr], query)
        if field_expr != "ecrm_best_hour":
            return column
        return SQL("coalesce(%s, %s::int)", column, profile.company_hour())

    def _email_profile_on(self, alias, joined):
        """Return the condition of the contact's row: the company's own, else that of none."""
        return SQL(
            """
            %(joined_partner)s = %(partner)s AND (%(joined_company)s = %(company)s
            OR %(joined_company)s IS NULL AND NOT EXISTS (
                SELECT FROM ecrm_email_profile own
                 WHERE own.partner_id = %(partner)s AND own.company_id = %(company)s))
            """,
            joined_partner=SQL.identifier(joined, "partner_id"),
            joined_company=SQL.identifier(joined, "company_id"),
            partner=SQL.identifier(alias, "id"),
            company=self.env.company.id,
        )

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Sort contacts of whom nothing is known to the end, whichever way they are sorted."""
        if field_name in EMAIL_FIELDS:
            nulls = nulls or SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
