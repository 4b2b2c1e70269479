from functools import partial

from markupsafe import Markup

from odoo import api, models
from odoo.tools import email_normalize

from ..lib import mail_block

#: Under this name the context holds who reads a mail in a browser.
READER = "ecrm_reader"


class Reader(str):
    """An address whose signed link was followed. No client can put one into a context."""

    __slots__ = ()


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
        shelf, reader = self.env["ecrm.mail.shelf"], self._ecrm_reader()
        # who tries a mailing out on some contact does not learn what she bought
        is_personal = model and (reader or self._ecrm_is_sent())
        partners = shelf.recipients(model, marked, reader) if is_personal else {}
        make = shelf.maker(partners.values())
        filled = {}
        for res_id in marked:
            make_one = partial(make, partners.get(res_id))
            filled[res_id] = Markup(mail_block.fill(rendered[res_id], make_one))
        return rendered | filled

    def _ecrm_reader(self):
        """Return the address of who reads a mail behind its signed link, or None."""
        reader = self.env.context.get(READER)
        return email_normalize(reader) if isinstance(reader, Reader) else None

    def _ecrm_is_sent(self):
        """Return whether what is rendered goes to those about whom it is, and to nobody else."""
        return False
