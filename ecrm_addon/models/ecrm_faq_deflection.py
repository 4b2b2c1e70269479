from odoo import api, fields, models

#: A session remembers so many of what was suggested, and not opened yet.
MAX_REMEMBERED = 50
SESSION_KEY = "ecrm_help_suggested"


class EcrmFaqDeflection(models.Model):
    """An article that was opened by somebody who was about to ask, and whether they asked.

    Nobody is named; a row is one opening.
    """

    _name = "ecrm.faq.deflection"
    _description = "Help Article Opened before Asking"
    _order = "day desc, id desc"
    _rec_name = "article_id"
    _log_access = False  # the user who created a row would be the customer who asked

    article_id = fields.Many2one(
        "ecrm.faq", required=True, readonly=True, ondelete="cascade", index=True
    )
    website_id = fields.Many2one("website", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="cascade")
    day = fields.Date(required=True, readonly=True, index=True)
    is_sent = fields.Boolean("Asked All the Same", readonly=True)


class EcrmFaq(models.Model):
    _inherit = "ecrm.faq"

    @api.model
    @api.private
    def _remember_suggested(self, session, results):
        """Remember what was suggested while somebody typed: that alone counts when it is opened.

        :param dict session: the visitor's
        :param list[dict] results: as ``_search_public`` returns them
        """
        known = session.get(SESSION_KEY) or []
        new = [result["id"] for result in results if result["id"] not in known]
        if new:
            session[SESSION_KEY] = [*known, *new][-MAX_REMEMBERED:]

    @api.model
    @api.private
    def _take_opened(self, session, faq_ids):
        """Return which articles were suggested, and are opened for the first time since."""
        known = session.get(SESSION_KEY) or []
        opened = [id_ for id_ in dict.fromkeys(faq_ids) if id_ in known]
        if opened:
            session[SESSION_KEY] = [id_ for id_ in known if id_ not in opened]
        return opened

    @api.model
    @api.private
    def _note_deflection(self, faq_id, is_sent):
        """Note that somebody who was about to ask opened an article.

        Called once when it is opened (``False``), and once more if the request is sent all the
        same (``True``). What was opened and not followed by a request was deflected.

        :param int faq_id: of an article that was suggested; any other is passed over
        :param bool is_sent: whether the request was sent
        """
        website = self.env["website"].get_current_website()
        # sudo: visitors have no rights on articles; only those that are shown to them count
        domain = self._public_domain(website) & fields.Domain("id", "=", faq_id)
        article_sudo = self.sudo().search(domain)
        if article_sudo:
            self.env["ecrm.faq.deflection"].sudo().create(
                {
                    "article_id": article_sudo.id,
                    "website_id": website.id,
                    "company_id": website._ecrm_settings()["company_id"],
                    "day": fields.Date.context_today(self),
                    "is_sent": is_sent,
                }
            )
