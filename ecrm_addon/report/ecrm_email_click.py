from odoo import api, fields, models
from odoo.tools import SQL

# the values count from Monday, so that they sort as weeks run
WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]
HOURS = [(f"{hour:02}", f"{hour:02}:00") for hour in range(24)]


class EcrmEmailClick(models.Model):
    """Clicks by hand in mails, with their weekday and hour: when customers like to read.

    Weekday and hour are those of the user's time zone.
    """

    _name = "ecrm.email.click"
    _inherit = "ecrm.email.help.mixin"
    _description = "Click by Hand"
    _auto = False
    _order = "clicked_at desc, id desc"
    _rec_name = "email_message_id"
    _depends = {
        "ecrm.email.event": ["type", "verdict", "occurred_at", "email_message_ref", "link_ref"],
        "ecrm.email.message": ["partner_id", "mailing_id", "company_id", "kind"],
    }

    clicked_at = fields.Datetime("Clicked", readonly=True)
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    hour = fields.Selection(HOURS, readonly=True)
    email_message_id = fields.Many2one("ecrm.email.message", "E-mail", readonly=True)
    kind = fields.Selection(related="email_message_id.kind")
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    mailing_id = fields.Many2one("mailing.mailing", readonly=True)
    link_id = fields.Many2one("ecrm.email.link", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT event.id, event.occurred_at AS clicked_at, event.link_ref AS link_id,
                   extract(isodow FROM at.local)::int::text AS weekday,
                   to_char(at.local, 'HH24') AS hour, message.id AS email_message_id,
                   message.partner_id, message.mailing_id, message.company_id
              FROM ecrm_email_event event
              JOIN ecrm_email_message message ON message.id = event.email_message_ref
             CROSS JOIN LATERAL (
                SELECT event.occurred_at AT TIME ZONE 'UTC' AT TIME ZONE %s AS local
             ) at
             WHERE event.type = 'clicked' AND event.verdict = 'human'
            """,
            str(self.env.tz),
        )

    @api.model
    @api.readonly
    def get_heat_map(self, domain=None):
        """Return how many clicks fell into each hour of the week.

        :param list domain: which clicks, such as those of a period
        :return dict: ``days`` (names, Monday first), ``counts`` (7 lists of 24), ``total``,
            ``best`` (day and hour with most clicks, or False) and ``tz``
        """
        self.check_access("read")
        counts = [[0] * 24 for _day in WEEKDAYS]
        for weekday, hour, count in self._read_group(
            domain or [], ["weekday", "hour"], ["__count"]
        ):
            counts[int(weekday) - 1][int(hour)] = count
        total = sum(map(sum, counts))
        hours = ((day, hour) for day in range(len(WEEKDAYS)) for hour in range(24))
        day, hour = max(hours, key=lambda slot: counts[slot[0]][slot[1]])  # the first of equals
        days = dict(self._fields["weekday"]._description_selection(self.env))
        return {
            "days": list(days.values()),
            "counts": counts,
            "total": total,
            "best": [day, hour] if total else False,
            "tz": str(self.env.tz),
        }
