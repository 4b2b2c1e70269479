from odoo import api, fields, models

#: So many characters of a browser's key tell it from others on a screen.
KEY_CHARACTERS = 6


class EcrmVisitorNameMixin(models.AbstractModel):
    """Gives who visited a name that people can read and say.

    For models with the fields ``partner_id`` and ``identity_id``.
    """

    _name = "ecrm.visitor.name.mixin"
    _description = "Name of a Visitor"

    visitor_name = fields.Char(
        "Visitor",
        compute="_compute_visitor_name",
        help="The contact, once it is known; until then the beginning of the browser's key.",
    )

    @api.depends("partner_id", "identity_id")
    @api.depends_context("lang")
    def _compute_visitor_name(self):
        # sudo: as for any many2one, whoever may read the row may read whose it is
        for record, record_sudo in zip(self, self.sudo(), strict=True):
            key = (record_sudo.identity_id.key or "?")[:KEY_CHARACTERS]
            name = record_sudo.partner_id.display_name
            record.visitor_name = name or self.env._("Visitor %s", key)
