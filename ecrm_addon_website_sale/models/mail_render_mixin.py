from functools import partial

from markupsafe import Markup

from odoo import api, models

from ..lib import mail_block


class MailRenderMixin(models.AbstractModel):
    """Mails with a block of products are filled for each recipient when they are rendered.

    It is no expression in the mail: whoever may write mailings, but no templates with code,
    places the block as any other one.
    """

    _inherit = "mail.render.mixin"

    @api.model
    def _render_template_postprocess(self, model, rendered):
        """Fill the blocks before the links are exchanged, so that theirs are counted, too."""
        return super()._render_template_postprocess(model, self._ecrm_fill(model, rendered))

    @api.model
    def _render_template(
        self,
        template_src,
        model,
        res_ids,
        engine="inline_template",
        add_context=None,
        options=None,
    ):
        """Fill the blocks where nothing else is done to a mail: when it is read in a browser."""
        rendered = super()._render_template(
            template_src, model, res_ids, engine, add_context=add_context, options=options
        )
        return self._ecrm_fill(model, rendered) if engine == "qweb" else rendered

    def _ecrm_fill(self, model, rendered):
        """Return texts in which the blocks are filled.

        :param dict rendered: id of a record of the model -> HTML
        """
        marked = [res_id for res_id, text in rendered.items() if text and mail_block.MARK in text]
        if not marked:
            return rendered
        shelf = self.env["ecrm.mail.shelf"]
        # who tries a mailing out on some contact does not learn what she bought
        is_sent = self._name == "mail.compose.message" or self.env.su
        partners = shelf.recipients(model, marked) if is_sent and model else {}
        make = shelf.maker(partners.values())
        filled = {}
        for res_id in marked:
            make_one = partial(make, partners.get(res_id))
            filled[res_id] = Markup(mail_block.fill(rendered[res_id], make_one))
        return rendered | filled
