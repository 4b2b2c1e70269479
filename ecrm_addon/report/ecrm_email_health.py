from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, float_round
from odoo.tools.misc import get_lang

from ..lib.email.list_health import FEWEST, health
from ..queries import read_list_health
from ..queries.email_figures import shares

DAYS = 30
#: Mailings on the overview.
NEWEST = 5


class EcrmEmailHealth(models.AbstractModel):
    """How well mails reach people and how much these care: the overview of campaigns."""

    _name = "ecrm.email.health"
    _description = "List Health"

    @api.model
    @api.readonly
    def get_overview(self):
        """Return the figures of the overview, within the companies that the user has chosen.

        :return dict: ``score`` (0 to 100, None without enough history), ``reasons`` (a list
            of part, words, points, most), ``missing`` (why there is no score, in words),
            ``days``, ``now`` and ``before`` (figures, rates and revenue of the last so many
            days, and of those before), ``mailings`` (the newest) and ``currency_id``
        """
        self.env["ecrm.email.message"].check_access("read")
        self.env.flush_all()
        today = fields.Datetime.now()
        score, parts, sent = self._health(today)
        month = timedelta(days=DAYS)
        now, before = self._revenues(today)
        return {
            "score": score,
            "reasons": [self._reason(part) for part in parts],
            "missing": "" if score is not None else self._missing(sent),
            "days": DAYS,
            "now": self._period(today - month, today, now),
            "before": self._period(today - 2 * month, today - month, before),
            "mailings": self._newest(),
            "currency_id": self.env.company.sudo().currency_id.id,
        }

    def _health(self, today):
        """Return score, parts and the mails that they rest on."""
        companies = self.env.companies.ids
        quarter = self._figures(today - timedelta(days=90), today)
        [people] = self.env.execute_query_dict(read_list_health.people(today, companies))
        rates = shares(quarter)
        found = {
            "engaged": self._part(people["engaged"], people["reached"]),
            "recent": self._part(people["recent"], people["reached"]),
            "bounces": rates["hard_bounce_rate"],
            "complaints": rates["complaint_rate"],
            "growth": self._part(people["joined"] - people["lost"], people["former"]),
        }
        return *health(found, quarter["sent"]), quarter["sent"]

    @staticmethod
    def _part(part, whole):
        return part / whole if whole else None

    def _figures(self, since, until):
        query = read_list_health.figures(since, until, self.env.companies.ids)
        return self.env.execute_query_dict(query)[0]

    def _period(self, since, until, revenue):
        figures = self._figures(since, until)
        return {"figures": figures, "rates": shares(figures), "revenue": revenue}

    def _revenues(self, today):
        """Return what was ordered after clicks in the last days, and in those before."""
        month = timedelta(days=DAYS)
        query = SQL(
            """
            SELECT coalesce(sum(amount) FILTER (WHERE date_order >= %(middle)s), 0)::float8,
                   coalesce(sum(amount) FILTER (WHERE date_order < %(middle)s), 0)::float8
              FROM (
                SELECT owed.date_order, owed.amount * rates.rate AS amount
                  FROM %(owed)s
                 WHERE owed.date_order >= %(first)s AND owed.date_order < %(last)s
              ) ordered
            """,
            owed=self.env["ecrm.email.order"]._owed(),
            first=today - 2 * month,
            middle=today - month,
            last=today,
        )
        return self.env.execute_query(query)[0]

    def _newest(self):
        names = ["subject", "sent_date", "sent", "open_rate", "click_rate", "revenue"]
        return self.env["ecrm.mailing.report"].search_read([], names, limit=NEWEST)

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    def _missing(self, sent):
        return self.env._(
            "Not enough history: %(sent)s mails in the last 90 days; %(fewest)s are needed.",
            sent=sent,
            fewest=FEWEST,
        )

    def _reason(self, part):
        return {
            "name": part.name,
            "points": part.points,
            "most": part.most,
            "words": self._words()[part.name] % self._percent(part.value),
        }

    def _percent(self, share):
        """Return a share as people of the reader's language write it."""
        digits = 2 if abs(share) < 0.01 else 1
        number = f"{float_round(100 * share, digits):g}"
        return number.replace(".", get_lang(self.env).decimal_point) + " %"

    def _words(self):
        return {
            "engaged": self.env._("%s of those mailed in 90 days opened or clicked by hand"),
            "recent": self.env._("%s did so in the last 30 days"),
            "bounces": self.env._("%s of the mails bounced for good; 5 %% is too much"),
            "complaints": self.env._(
                "%s were reported as spam; providers warn at 0.1 %%, refuse at 0.3 %%"
            ),
            "growth": self.env._("The list changed by %s in 90 days, those lost taken off"),
        }
