from odoo import api, fields, models


class EcrmEmailLink(models.Model):
    """Where a link in mails leads: the only places to which our redirect goes.

    The links of a mailing are its own, so that each can be counted; those of other mails are
    shared by all. Links that tell a secret, such as that of an order's page, are not measured
    and never get here.
    """

    _name = "ecrm.email.link"
    _description = "Link in E-mails"
    _log_access = False
    _order = "mailing_id, position, id"
    _rec_name = "url"

    mailing_id = fields.Many2one(
        "mailing.mailing", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    position = fields.Integer(readonly=True, help="The first place in the mail, from the top.")
    url = fields.Char(required=True, readonly=True)
    label = fields.Char(readonly=True)
    link_tracker_id = fields.Many2one(
        "link.tracker", "Tracked Link", readonly=True, ondelete="set null", index="btree_not_null"
    )
    is_honeypot = fields.Boolean(
        "Bait", readonly=True, help="Nobody sees this link: only a machine follows it."
    )

    # by hash: a URL may be longer than an index allows
    _url_unique = models.UniqueIndex(
        "(coalesce(mailing_id, 0), md5(url), is_honeypot)", "This link is known already."
    )

    @api.depends("label", "url")
    def _compute_display_name(self):
        for link in self:
            link.display_name = link.label or link.url

    def unlink(self):
        # the door keeps where links lead
        self.env.registry.clear_cache()
        return super().unlink()
