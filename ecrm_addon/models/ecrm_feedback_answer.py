from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.urls import urljoin

from ..lib.email import reference
from ..lib.feedback import scale

#: Tokens of this purpose answer one question.
PURPOSE = "ecrm.feedback"
#: Days after the question in which the link answers it.
LINK_DAYS = 45
#: Days after the answer in which it can be changed.
CHANGE_DAYS = 14
#: Characters of a comment; more is not taken, so that nothing is cut off unseen.
MAX_COMMENT = 5000


class EcrmFeedback(models.Model):
    """Answering: the links of a mail, and what they and the portal do.

    A link is signed, stands for one question, and ends some weeks after it. Following one never
    answers: programs that look through mails follow all of them, and some even move a mouse. So
    the page behind shows what was chosen, and its one button sends it. Nothing is sent by a
    script, whatever happens on the page.
    """

    _inherit = "ecrm.feedback"

    # ------------------------------------------------------------
    # LINKS
    # ------------------------------------------------------------

    @api.private
    def _links(self):
        """Return the links of a mail, one for each score: a list of score and address."""
        self.ensure_one()
        page = self._url()
        return [(score, f"{page}?score={score}") for score in scale.scores(self.kind)]

    @api.private
    def _url(self):
        """Return the page on which the question is answered."""
        self.ensure_one()
        website = self.company_id.website_id
        base = website.get_base_url() if website else self.get_base_url()
        return urljoin(base, f"/ecrm/feedback/{self._token()}")

    @api.private
    def _token(self):
        """Return the signed reference to a question; it tells nobody whose it is."""
        self.ensure_one()
        expires = int(self._open_until().timestamp())
        secret = self.env["ecrm.log"]._uid_secret()
        return reference.write(secret, PURPOSE, self.id, expires)

    @api.model
    @api.private
    def _of_token(self, token):
        """Return the question of a link, as superuser.

        Empty where the link is none of ours, too old, or where its customer was forgotten.
        """
        numbers = reference.read(self.env["ecrm.log"]._uid_secret(), PURPOSE, token)
        # sudo: who holds the token was sent it, and may answer this one question
        self_sudo = self.sudo()
        if not numbers or len(numbers) != 2 or numbers[1] < fields.Datetime.now().timestamp():
            return self_sudo.browse()
        row_sudo = self_sudo.browse(numbers[0]).exists()
        return row_sudo.filtered(lambda row: row.partner_id or row.email)

    # ------------------------------------------------------------
    # ANSWERS
    # ------------------------------------------------------------

    def _open_until(self):
        """Return until when a question can be answered."""
        return (self.asked_at or self.create_date) + timedelta(days=LINK_DAYS)

    @api.private
    def _can_answer(self):
        """Return whether an answer is taken now: the first one, or another one in its place."""
        self.ensure_one()
        now = fields.Datetime.now()
        if self.answered_at:
            return now <= self.answered_at + timedelta(days=CHANGE_DAYS)
        return now <= self._open_until()

    @api.private
    def _vote(self, score, comment, source):
        """Take an answer, once or in place of the one before.

        :param str score: as a form says it
        :param str comment: None: leave it as it is
        :param str source: ``mail`` or ``portal``
        :return str: ``saved``, or why not: ``closed``, ``no_score`` or ``too_long``
        """
        self.ensure_one()
        number = scale.read(self.kind, score)
        # PostgreSQL keeps no character 0
        comment = comment and comment.replace("\0", "").replace("\r\n", "\n").strip()
        if not self._can_answer():
            return "closed"
        if number is None:
            return "no_score"
        if comment and len(comment) > MAX_COMMENT:
            return "too_long"
        values = {"score": number}
        if comment is not None:
            values["comment"] = comment or False
        if self._is_new(values):
            self._write_answer(values, source)
        return "saved"

    def _write_answer(self, values, source):
        now = fields.Datetime.now()
        if not self.answered_at:
            values |= {"answered_at": now, "source": source}
        self.write({**values, "changed_at": now})
        self._tell_staff()

    def _is_new(self, values):
        """Return whether an answer says something else than before; sent twice it is one."""
        # a score that is not there reads False, which equals 0 in Python
        return not self.answered_at or any(self[name] != values[name] for name in values)
