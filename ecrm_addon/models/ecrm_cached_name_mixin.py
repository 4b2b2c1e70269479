from odoo import api, models
from odoo.tools import ormcache


class EcrmCachedNameMixin(models.AbstractModel):
    """For small tables whose names stand in every list of contacts.

    Their names are kept in the cache of the server, so that a list of contacts costs no
    query more for showing them.
    """

    _name = "ecrm.cached.name.mixin"
    _description = "Cached Names"

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        names = self._cached_names(self.env.lang)
        for record in self:
            record.display_name = names.get(record.id) or record.name

    @ormcache("lang")
    def _cached_names(self, lang):
        # sudo: the name of a tier or segment is no secret to who may read the customer
        records_sudo = self.sudo().with_context(active_test=False, lang=lang).search([])
        return {record.id: record.name for record in records_sudo}

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "name" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        self.env.registry.clear_cache()
        return super()._update_field_translations(field_name, translations, *args, **kwargs)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
