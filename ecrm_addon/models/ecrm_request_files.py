from email.message import EmailMessage

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

from ..lib.support import files


class EcrmRequest(models.Model):
    """Files of customers: what is dangerous, or none of a document's, is not taken.

    Forms refuse such files before anything is written. A mail is taken without them, and says
    so in the thread. What staff attach is theirs to decide.
    """

    _inherit = "ecrm.request"

    @api.model
    @api.private
    def _accepted_files(self):
        """Return which files a form offers to choose; what is taken, their content says."""
        return files.ACCEPT

    @api.model
    @api.private
    def _file_refusals(self, attached):
        """Return in words which files of a form are refused, and why.

        :param list attached: pairs of a name and bytes
        :return list[str]: a sentence each; none where all are taken
        """
        if len(attached) > files.MOST_FILES:
            return [self.env._("Please attach %s files at most.", files.MOST_FILES)]
        told = [
            self._refusal_words(name, reason)
            for name, raw in attached
            if (reason := files.refusal(name, raw))
        ]
        if not told and sum(len(raw) for _name, raw in attached) > files.MOST_OF_ALL:
            size = files.MOST_OF_ALL // 2**20
            told = [self.env._("All files together may have %s MB at most.", size)]
        return told

    def _refusal_words(self, name, reason):
        values = {"name": files.clean(name), "size": files.MOST_OF_ONE // 2**20}
        if reason == files.TOO_LARGE:
            return self.env._("%(name)s is too large: %(size)s MB at most.", **values)
        if reason == files.EMPTY:
            return self.env._("%(name)s is empty.", **values)
        if reason == files.PROGRAM:
            return self.env._("%(name)s is a program, which we do not take.", **values)
        if reason == files.MACROS:
            return self.env._("%(name)s has macros: please save it as a PDF.", **values)
        if reason == files.BOMB:
            return self.env._("%(name)s unpacks to far more than it holds.", **values)
        if reason == files.ARCHIVE:
            return self.env._(
                "%(name)s is an archive: please attach the files in it, one by one.", **values
            )
        if reason in (files.MISMATCH, files.BROKEN):
            return self.env._("%(name)s is broken, or not what its name says.", **values)
        return self.env._(
            "%(name)s is of a kind that we do not take: please attach a picture, a PDF, a text or "
            "an office document.",
            **values,
        )

    # ------------------------------------------------------------
    # POSTING
    # ------------------------------------------------------------

    def _process_attachments_for_post(self, attachments, attachment_ids, message_values):
        """Leave out of a customer's message what is not taken, and say so in it."""
        # an edited message says of no author: it is whoever edits it
        author_id = message_values.get("author_id", self.env.user.partner_id.id)
        if self._may_attach_anything(author_id):
            return super()._process_attachments_for_post(
                attachments, attachment_ids, message_values
            )
        self._check_uploaded(attachment_ids)
        taken, told = self._sift(attachments or [])
        # whoever asks may be no editor of pages, but is served by one who is: a text stays one
        request = self.with_context(attachments_mime_plainxml=True)
        values = super(EcrmRequest, request)._process_attachments_for_post(
            taken, attachment_ids, message_values
        )
        if told:
            body = values.get("body") or message_values.get("body") or ""
            values["body"] = body + Markup("").join(Markup("<p>%s</p>") % text for text in told)
        return values

    def _may_attach_anything(self, author_id):
        """Return whether a message is by staff, whatever type of message it says to be."""
        user = self.env.user
        author = user.partner_id.browse(author_id or [])
        is_within = user.id == SUPERUSER_ID or user._is_internal()
        return is_within and self._is_by_staff(author.sudo())

    def _sift(self, attachments):
        """Return which attachments of a mail are taken, and a sentence for each other one."""
        taken, told = [], []
        request = self.with_context(lang=self[:1].lang or self.env.lang)
        for attachment in attachments:
            name, content = attachment[0] or "", attachment[1]
            raw = content.encode() if isinstance(content, str) else content
            # a mail within a mail is kept as it came, if all that is in it may be
            is_mail = isinstance(raw, EmailMessage)
            reason = files.refusal_of_mail(raw) if is_mail else files.refusal(name, raw or b"")
            if reason and reason != files.EMPTY:
                told.append(request._refusal_words(name, reason))
            elif raw:
                taken.append(attachment)
        return taken, told

    def _check_uploaded(self, attachment_ids):
        """Refuse files that were uploaded before, such as on a page's chatter.

        :raise UserError: says which and why
        """
        # sudo: nothing but the content is looked at; whose they are Odoo looks at
        uploaded_sudo = self.env["ir.attachment"].sudo().browse(attachment_ids or []).exists()
        told = self._file_refusals([(one.name or "", one.raw or b"") for one in uploaded_sudo])
        if told:
            raise UserError("\n".join(told))

    # ------------------------------------------------------------
    # LEAVING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _remove_traces(self):
        """Remove what else there is of requests and teams, when the addon goes."""
        names = [self._name, "ecrm.request.team"]
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities.search([("res_model", "in", names)]).unlink()
        self.env["ir.attachment"].search([("res_model", "in", names)]).unlink()
        teams = self.env["ecrm.request.team"].with_context(active_test=False).search([])
        aliases = teams.alias_id
        teams.alias_id = False
        aliases.unlink()
