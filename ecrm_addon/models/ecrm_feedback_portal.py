from collections import namedtuple
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.misc import format_date

from ..lib.feedback import scale
from ..queries import meet_feedback
from .ecrm_feedback import ABOUT
from .ecrm_feedback_answer import CHANGE_DAYS, LINK_DAYS, MAX_COMMENT
from .ecrm_feedback_ask import SETTINGS

#: Rows on the page of one's own answers, the newest first.
SHOWN = 30
#: What of an order or a request can be rated, as a domain.
RATABLE = {"sale.order": [("state", "=", "sale")], "ecrm.request": [("is_closed", "=", True)]}

#: One question as a page shows it. ``key``: what tells its form from others on the page;
#: ``hidden``: what the form says of which question it is; ``score``: None where there is none.
Ask = namedtuple(
    "Ask", "key kind question low high scores score comment is_answered can_answer told hidden"
)


class EcrmFeedback(models.Model):
    """What a customer is asked and said, on the pages of the portal and behind a link.

    Whose it is follows from who is logged in, never from a number in a form.
    """

    _inherit = "ecrm.feedback"

    # ------------------------------------------------------------
    # WHOSE
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _own(self, person):
        """Return the domain of a user's questions.

        What an address without a contact was asked is theirs who log in with it. That somebody
        wrote an address into their account proves nothing.

        :param Person person: the user, see ``ecrm.privacy.person``
        """
        own = Domain("partner_id", "=", person.partner.id)
        login = email_normalize(self.env.user.login or "")
        if login:
            own |= Domain("partner_id", "=", False) & Domain("email", "=", login)
        return own & Domain("company_id", "=", person.company.id)

    @api.model
    @api.private
    def _open(self):
        """Return the domain of questions that can still be answered."""
        since = fields.Datetime.now() - timedelta(days=LINK_DAYS)
        return Domain("answered_at", "=", False) & Domain("asked_at", ">", since)

    @api.model
    @api.private
    def _portal_count(self, person, is_answered):
        """Return how many questions were answered by a person, or wait for it."""
        state = Domain("answered_at", "!=", False) if is_answered else self._open()
        # sudo: customers have no right on the table; these are their own
        return self.sudo().search_count(self._own(person) & state)

    @api.model
    @api.private
    def _portal_page(self, person):
        """Return what the page shows: ``open`` and ``answered``, each a list of ``Ask``."""
        # sudo: as above
        rows_sudo = self.sudo().search(
            self._own(person) & (self._open() | Domain("answered_at", "!=", False)), limit=SHOWN
        )
        asks = rows_sudo._as_asks()
        return {
            "open": [ask for ask in asks if not ask.is_answered],
            "answered": [ask for ask in asks if ask.is_answered],
        }

    @api.model
    @api.private
    def _portal_ask(self, record):
        """Return how a customer who is logged in may rate an order or a request of theirs.

        :param recordset record: one; the page may have it in superuser mode
        :return Ask | None: None where there is nothing to rate, or it is nobody's to rate
        """
        record_sudo = self._ratable(record._name, record.id)
        if not record_sudo:
            return None
        row_sudo = self._about_row(record_sudo)
        return row_sudo._as_ask(record_sudo) if row_sudo else self._new_ask(record_sudo)

    def _ratable(self, model, res_id):
        """Return a record that the user may rate, as superuser; else an empty one."""
        # sudo: a portal user need not be allowed to read a request or an order; it is their own
        records_sudo = self.env[model if model in ABOUT else "sale.order"].sudo()
        user = self.env.user
        if model not in ABOUT or user._is_public():
            return records_sudo
        if model == "ecrm.request":
            whose = records_sudo._own_domain(user)
        else:
            whose = Domain("partner_id", "=", user.partner_id.id)
        record_sudo = records_sudo.search(
            whose & Domain("id", "=", res_id) & Domain(RATABLE[model]), limit=1
        )
        is_on, _share = SETTINGS[model, "csat"]
        return record_sudo if record_sudo.company_id[is_on] else record_sudo.browse()

    def _about_row(self, record_sudo):
        domain = [("res_model", "=", record_sudo._name), ("res_id", "=", record_sudo.id)]
        return self.sudo().search([*domain, ("kind", "=", "csat")], limit=1)

    # ------------------------------------------------------------
    # ANSWERS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _portal_vote(self, person, post):
        """Take what a form of a logged-in customer says of a question of theirs.

        :param Person person: who is logged in
        :param dict post: ``feedback``, or ``about`` and ``record``; ``score``, ``comment``
        :return tuple: what came of it, see ``_vote``, or ``gone``; and the question
        """
        row_sudo = self._portal_row(person, post)
        if not row_sudo:
            return "gone", row_sudo
        return row_sudo._vote(post.get("score"), post.get("comment"), "portal"), row_sudo

    def _portal_row(self, person, post):
        """Return the question of a form, made where the customer comes unasked."""
        number = self._read_id(post.get("feedback"))
        if number:
            # sudo: the domain says whose it is
            return self.sudo().search(self._own(person) & Domain("id", "=", number))
        models_by_name = {name: model for model, name in ABOUT.items()}
        model = models_by_name.get(post.get("about"))
        record_sudo = self._ratable(model, self._read_id(post.get("record")))
        return self._meet(record_sudo) if record_sudo else self.sudo().browse()

    @staticmethod
    def _read_id(text):
        is_id = text and text.isascii() and text.isdecimal() and len(text) < 10
        return int(text) if is_id else 0

    def _meet(self, record_sudo):
        """Return the row about a record, made where there was none; two at once make one."""
        values = self.sudo()._prepare(record_sudo, "csat", record_sudo.company_id)
        self.flush_model()
        self.env.cr.execute(meet_feedback.build([{**values, "asked_at": None}], self.env.uid))
        return self._about_row(record_sudo)

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    @api.private
    def _as_asks(self):
        """Return questions as a page shows them, with a query or two per model."""
        # sudo: their customer reads them; of what they are about the name alone
        rows_sudo = self.sudo()
        about = {
            (model, record.id): record
            for model, rows in rows_sudo.grouped("res_model").items()
            for record in rows._about_records(model)
        }
        return [row._as_ask(about.get((row.res_model, row.res_id))) for row in rows_sudo]

    def _as_ask(self, record_sudo):
        self.ensure_one()
        return self._ask_of(
            record_sudo,
            self.kind,
            key=str(self.id),
            score=self.score if self.answered_at else None,
            comment=self.comment or "",
            is_answered=bool(self.answered_at),
            can_answer=self._can_answer(),
            told=self._told(),
            hidden={"feedback": self.id},
        )

    def _new_ask(self, record_sudo):
        about = ABOUT[record_sudo._name]
        return self._ask_of(
            record_sudo,
            "csat",
            key=f"{about}_{record_sudo.id}",
            score=None,
            comment="",
            is_answered=False,
            can_answer=True,
            told="",
            hidden={"about": about, "record": record_sudo.id},
        )

    def _ask_of(self, record_sudo, kind, **values):
        low, high = self._ends(kind)
        question = self._question(kind, record_sudo)
        scores = list(scale.scores(kind))
        return Ask(kind=kind, question=question, low=low, high=high, scores=scores, **values)

    @api.private
    def _ends(self, kind):
        """Return in words what the lowest and the highest score of a scale mean."""
        if kind == "nps":
            return self.env._("not at all likely"), self.env._("very likely")
        return self.env._("very dissatisfied"), self.env._("very satisfied")

    @api.private
    def _mail_question(self):
        """Return what is asked, in the words of the mail."""
        # sudo: as above
        return self._question(self.kind, self.sudo()._about_records(self.res_model))

    def _question(self, kind, record_sudo):
        if kind == "nps":
            company = self.company_id or self.env.company
            # sudo: a company's name stands on each page of its website
            return self.env._(
                "How likely are you to recommend %s to a friend or colleague?", company.sudo().name
            )
        if not record_sudo:
            return self.env._("How satisfied are you with us?")
        if record_sudo._name == "ecrm.request":
            return self.env._("How satisfied are you with our help with “%s”?", record_sudo.name)
        if record_sudo._name == "sale.order":
            return self.env._("How satisfied are you with your order %s?", record_sudo.name)
        return self.env._("How satisfied are you with us?")

    def _told(self):
        """Return in words what was answered, and until when it can be changed."""
        if not self.answered_at:
            return ""
        until = self.answered_at + timedelta(days=CHANGE_DAYS)
        day = format_date(self.env, fields.Datetime.context_timestamp(self, until).date())
        if self._can_answer():
            return self.env._(
                "You gave %(score)s. You can change it until %(day)s.",
                score=self._in_words(),
                day=day,
            )
        return self.env._("You gave %s.", self._in_words())

    @api.model
    @api.private
    def _errors(self):
        """Return in words why an answer was not taken."""
        return {
            "closed": self.env._("It is too late to answer or to change your answer."),
            "no_score": self.env._("Please choose a number first."),
            "too_long": self.env._(
                "Your comment is too long: %s characters fit. Nothing was saved yet.", MAX_COMMENT
            ),
            "gone": self.env._("This question is not there any more."),
            "too_often": self.env._(
                "That was very often in a short time. Please try again in a few minutes."
            ),
        }
