from collections import Counter, defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..lib.feedback.interval import FEWEST, figure
from ..lib.feedback.scale import SCALES

MONTHS = 12
#: People who served and comments on the page.
SHOWN = 20
COMMENTS = 5


class EcrmFeedbackOverview(models.AbstractModel):
    """What customers answered in a year: figures with what they are sure to, never a bare number.

    Each rests on counts of answers by kind, band, month and who served, read by one query.
    """

    _name = "ecrm.feedback.overview"
    _description = "Feedback Overview"

    @api.model
    @api.readonly
    def get_overview(self):
        """Return the figures within the companies that the user has chosen.

        :return dict: ``fewest`` (answers for a figure), ``kinds``, ``months`` (the newest
            first), ``people`` (who served, most answers first) and ``comments`` (the newest
            of unhappy customers). A figure is a dict of ``answers``, ``value``, ``low``,
            ``high`` and ``error``, of which all but the first are None of too few answers
        """
        feedback = self.env["ecrm.feedback"]
        feedback.check_access("read")
        today = fields.Date.context_today(self)
        since = today.replace(day=1) - relativedelta(months=MONTHS - 1)
        own = Domain("company_id", "in", self.env.companies.ids)
        counts = self._counts(own & Domain("answered_at", ">=", since))
        return {
            "fewest": FEWEST,
            "kinds": [self._kind(kind, counts, own, since) for kind in SCALES],
            "months": self._months(counts, since),
            "people": self._people(counts),
            "comments": self._comments(own & Domain("answered_at", ">=", since)),
        }

    def _counts(self, domain):
        """Return how many answers there are: (kind, month, user id, band) -> number."""
        rows = self.env["ecrm.feedback"]._read_group(
            domain, ["kind", "answered_at:month", "user_id", "band"], ["__count"]
        )
        return Counter(
            {(kind, at.date(), user.id, band): count for kind, at, user, band, count in rows}
        )

    @staticmethod
    def _figure(kind, counts, keep=lambda month, user_id: True):
        """Return the figure of those answers of a kind that ``keep`` keeps."""
        bands = Counter()
        for (own_kind, month, user_id, band), count in counts.items():
            if own_kind == kind and keep(month, user_id):
                bands[band] += count
        found = figure(kind, bands["good"], bands["neutral"], bands["bad"])
        return {**found._asdict(), **{name: bands[name] for name in ("good", "neutral", "bad")}}

    def _kind(self, kind, counts, own, since):
        """Return the figure of a year of one kind, and how many of those asked answered."""
        asked = own & Domain("kind", "=", kind) & Domain("asked_at", ">=", since)
        [(asked_count, answered)] = self.env["ecrm.feedback"]._read_group(
            asked, [], ["__count", "answered_at:count"]
        )
        return {
            "kind": kind,
            "asked": asked_count,
            "answered": answered,
            **self._figure(kind, counts),
        }

    def _months(self, counts, since):
        months = [since + relativedelta(months=number) for number in range(MONTHS)]
        return [
            {
                "key": month.isoformat(),
                "name": format_date(self.env, month, date_format="MMM y"),
                **self._both(counts, lambda own, _user, month=month: own == month),
            }
            for month in reversed(months)
        ]

    def _people(self, counts):
        answers = defaultdict(int)
        for (_kind, _month, user_id, _band), count in counts.items():
            answers[user_id] += count
        ids = sorted(answers, key=lambda user_id: -answers[user_id])[:SHOWN]
        # sudo: names of colleagues, as everywhere
        users_sudo = self.env["res.users"].sudo().browse(filter(None, ids))
        names = {user.id: user.name for user in users_sudo}
        return [
            {
                "key": user_id or 0,
                "name": names.get(user_id) or self.env._("Nobody in particular"),
                **self._both(counts, lambda _month, own, user_id=user_id: own == user_id),
            }
            for user_id in ids
        ]

    def _both(self, counts, keep):
        return {kind: self._figure(kind, counts, keep) for kind in SCALES}

    def _comments(self, domain):
        domain &= Domain("band", "=", "bad") & Domain("comment", "!=", False)
        rows = self.env["ecrm.feedback"].search(domain, limit=COMMENTS)
        return [
            {
                "id": row.id,
                "score": row._in_words(),
                "who": row.display_name,
                "comment": row.comment,
                "date": format_date(self.env, row.answered_at.date()),
            }
            for row in rows
        ]
