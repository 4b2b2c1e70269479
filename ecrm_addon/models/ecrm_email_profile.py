from odoo import api, fields, models
from odoo.tools import SQL, ormcache, split_every

from ..lib.email import best_hour as hours
from ..lib.email.engagement import ORDER_DAYS
from ..queries import email_bands, upsert_email_profiles
from .nullable import NullableFloat, NullableInteger

BANDS = [
    ("new", "New"),
    ("engaged", "Engaged"),
    ("lukewarm", "Lukewarm"),
    ("dormant", "Dormant"),
    ("lost", "Lost"),
    ("suppressed", "Not to be mailed"),
]
#: Contacts that one statement renews.
AT_ONCE = 5000


class EcrmEmailProfile(models.Model):
    """What one contact does with the mails of one company.

    Derived from mails and their events; can be dropped and made anew at any time. Counted are
    acts of people: what machines and privacy relays did has no weight. The score is kept with
    the instant for which it holds; what it is worth now, and the band, are found while
    reading, so that they are true without anybody writing a row.
    """

    _name = "ecrm.email.profile"
    _description = "E-mail Profile"
    _order = "email_score desc nulls last, id"
    _rec_name = "partner_id"
    # computed_at says when; nobody edits a row
    _log_access = False

    # no cascade: privacy lookup skips such tables. res_partner_email.py removes the rows
    partner_id = fields.Many2one("res.partner", "Contact", ondelete="set null", readonly=True)
    company_id = fields.Many2one(
        "res.company", readonly=True, help="Empty: mails that belong to no company."
    )
    email_score = NullableFloat("Score when last reckoned", readonly=True, digits=None)
    email_score_at = fields.Datetime("Score as of", readonly=True)
    first_mail_at = fields.Datetime("First E-mail", readonly=True)
    last_mail_at = fields.Datetime("Last E-mail", readonly=True)
    last_human_click_at = fields.Datetime("Last Click", readonly=True)
    best_hour = NullableInteger(
        "Own best Hour",
        readonly=True,
        aggregator=None,
        help="Hour of the contact's day with most clicks; empty with fewer than five.",
    )
    received_count = fields.Integer("Received (180 days)", readonly=True)
    opened_count = fields.Integer("Opened (180 days)", readonly=True)
    clicked_count = fields.Integer("Clicked (180 days)", readonly=True)
    computed_at = fields.Datetime("As of", readonly=True)
    score = NullableFloat(
        compute="_compute_now", search="_search_score", digits=None, aggregator="avg"
    )
    band = fields.Selection(BANDS, compute="_compute_now", search="_search_band")

    # one row per contact and company, so that the digest can upsert; it also finds those of
    # a contact. A contact merge would break it: wizard/base_partner_merge.py removes the
    # rows before
    _partner_unique = models.UniqueIndex(
        "(partner_id, coalesce(company_id, 0))", "This contact has an e-mail profile already."
    )

    # the company's hour, which stands in for whom none is known
    _hour_idx = models.Index("(company_id, best_hour) WHERE best_hour IS NOT NULL")

    @api.depends("email_score", "email_score_at", "first_mail_at", "partner_id")
    def _compute_now(self):
        """Let PostgreSQL tell, which also filters by it: there is one definition."""
        alias = self._table
        query = SQL(
            "SELECT id, %s, %s FROM ecrm_email_profile WHERE id = ANY(%s)",
            email_bands.score(alias),
            self._band_sql(alias),
            self._origin.ids,
        )
        self.flush_model()
        now = {row[0]: row[1:] for row in self.env.execute_query(query)}
        for profile in self:
            profile.score, profile.band = now.get(profile._origin.id, (False, False))

    def _search_score(self, operator, value):
        return fields.Domain("score", operator, value)

    def _search_band(self, operator, value):
        return fields.Domain("band", operator, value)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let score and band be searched, sorted and grouped by as they are now."""
        if field_expr == "score":
            return email_bands.score(alias)
        if field_expr == "band":
            return self._band_sql(alias)
        return super()._field_to_sql(alias, field_expr, query)

    def _band_sql(self, alias):
        suppressed = email_bands.is_suppressed(alias, "ecrm.suppression" in self.env)
        return email_bands.band(alias, suppressed)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def renew_of_mails(self, refs):
        """Renew the profiles of those to whom some mails went.

        :param list[int] refs: ids of ``ecrm.email.message``
        """
        if not refs:
            return
        query = SQL(
            """
            SELECT DISTINCT partner_id FROM ecrm_email_message
             WHERE id = ANY(%s) AND partner_id IS NOT NULL
            """,
            list(refs),
        )
        self.renew([row[0] for row in self.env.execute_query(query)])

    @api.model
    @api.private
    def renew(self, partner_ids):
        """Make the profiles of contacts anew from all that is known.

        :param list[int] partner_ids: contacts, also such as never got a mail
        """
        if not partner_ids:
            return
        self.env.flush_all()
        # in the order of their ids: two at once take the rows in the same order
        ids = sorted(partner_ids)
        self.env.cr.execute(upsert_email_profiles.remove_empty(ids))
        self.env.cr.execute(upsert_email_profiles.upsert(ids, self._zones()))
        self.invalidate_model()

    @api.model
    @ormcache()
    def _zones(self):
        """Return the time zones that PostgreSQL knows: it reads many files for that."""
        query = SQL("SELECT name FROM pg_timezone_names")
        return tuple(row[0] for row in self.env.execute_query(query))

    @api.model
    @api.private
    def renew_customers(self, partners):
        """Renew all contacts of some customers: an order is the whole company's."""
        contacts = partners.with_context(active_test=False).search(
            [("commercial_partner_id", "in", partners.commercial_partner_id.ids)]
        )
        self.renew(contacts.ids)

    @api.model
    @api.private
    def renew_clickers(self):
        """Renew those who clicked lately: orders that followed may have come by any way."""
        query = SQL(
            """
            SELECT DISTINCT partner_id FROM ecrm_email_message
             WHERE partner_id IS NOT NULL
               AND last_human_click_at > (now() AT TIME ZONE 'UTC') - %s * interval '1 day'
            """,
            2 * ORDER_DAYS,
        )
        ids = [row[0] for row in self.env.execute_query(query)]
        for chunk in split_every(AT_ONCE, ids):
            self.renew(list(chunk))

    @api.model
    @api.private
    def figures_of(self, partner_ids):
        """Return what the company knows of contacts now; by one query, for lists.

        :param list[int] partner_ids: contacts
        :return tuple[dict[int, tuple], int | None]: score, band and best hour by contact, of
            those who got mail; and the hour of the company's customers, None if not known
        """
        self.flush_model()
        company, suppressions = self.env.company, "ecrm.suppression" in self.env
        rows = self.env.execute_query(email_bands.figures(partner_ids, company.id, suppressions))
        known = {row[0]: row[1:4] for row in rows if row[0]}
        return known, self._hour_of(row[3:] for row in rows if not row[0])

    @api.model
    @api.private
    def company_hour(self):
        """Return the best hour of the company's customers, for whom tells too little.

        :return int | None: 0 to 23; None as long as too few customers have one
        """
        self.flush_model()
        rows = self.env.execute_query(email_bands.hours(self.env.company.id))
        return self._hour_of(row[3:] for row in rows)

    @staticmethod
    def _hour_of(rows):
        counts = [0] * hours.HOURS
        for hour, count in rows:
            counts[hour] += count
        return hours.best_hour(counts, least=hours.LEAST_CUSTOMERS)
