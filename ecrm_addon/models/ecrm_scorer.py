from dataclasses import replace

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from ..lib.scoring.as_of import moment as moment_of
from ..queries import find_objections, list_customer_money, upsert_profiles
from ..queries.scoring_scope import Scope

#: What the customer does with a mail; the others are done to it.
MAIL_REACTIONS = ("email.opened", "email.clicked", "email.replied")

#: From so many customers on, the server is prepared for a big statement.
MANY = 100
#: Kilobytes that each sort of a big statement may use, if the server allows less.
WORK_MEM = 32768
#: Settings of a big statement. Compiling it for each month of the log takes longer than running
#: it; and millions of rows are read and joined faster by two, by default one does it alone.
SERVER = {"jit": "off", "parallel_tuple_cost": "0.005", "parallel_setup_cost": "100"}
#: A run that ended well.
DONE = ("ok", "fallback", "too_little_data")


class EcrmScorer(models.AbstractModel):
    """Gathers the rules of a scoring and runs it, for a whole company or a few customers.

    One statement does both, so that what is renewed at once is what the night would write.
    Called with ``sudo``: figures come from all orders and acts, whoever starts it.
    """

    _name = "ecrm.scorer"
    _description = "Scorer"

    @api.model
    @api.private
    def _score_customers(self, partners):
        """Renew some customers as of now, compared by the thresholds of the latest run.

        While all customers of a company are scored they are noted instead, to be renewed by
        the next run of the pipeline: what stands in their profiles is being written anew.

        :param res.partner partners: any contacts of the customers
        """
        who = self._who(partners)
        now = fields.Datetime.now()
        for company in self._companies(who):
            if self._may_renew(company):
                self._score_some(company, moment_of(None, now, company._ecrm_zone()), who)
            else:
                self.env["ecrm.change"].note("res.partner", partners.ids)

    @api.model
    @api.private
    def _may_renew(self, companies):
        """Take the scoring of companies for a few customers, unless somebody scores them all.

        So a scoring of all finds no profile that was written since it began, which would cost
        it everything; and nobody who confirms an order waits for it. Many may renew a few.

        :return bool: whether all of the companies may be renewed, until the transaction ends
        """
        query = SQL(
            "SELECT bool_and(pg_try_advisory_xact_lock_shared(hashtext(%s), company))"
            " FROM unnest(%s) AS company",
            self.env["ecrm.score.run"]._name,
            companies.ids,
        )
        return bool(self.env.execute_query(query)[0][0])

    @api.model
    @api.private
    def _score_some(self, company, moment, who):
        """Renew some customers in one company.

        :param dict who: see ``_who``
        :return dict: see ``_upsert``
        """
        latest = self._latest_run(company)
        settled = latest.live or bool(latest) and self._is_settled(company)
        thresholds = latest.thresholds or {}
        scope = self._scope(company, moment, thresholds=thresholds, settled=settled, **who)
        self._prepare(scope)
        forecast = self.env["ecrm.forecaster"]._recall(latest, scope)
        return self._upsert(replace(scope, forecast=forecast))

    @api.model
    @api.private
    def _score_company(self, run, moment):
        """Renew all customers of a company.

        :param ecrm.score.run run: of which company, by which model
        :param Moment moment: of which the figures speak
        :return dict: see ``_upsert``; ``forecast``: values for the run; ``rules``: their
            fingerprint
        """
        public_ids = self.env["res.partner"]._ecrm_public_ids()
        settled = self._is_settled(run.company_id)
        scope = self._scope(run.company_id, moment, public_ids=public_ids, settled=settled)
        self._prepare(scope)
        forecast, values = self.env["ecrm.forecaster"]._study(run, scope)
        done = self._upsert(replace(scope, forecast=forecast))
        return {**done, "forecast": values, "rules": self._rules(scope)}

    @api.model
    @api.private
    def _upsert(self, scope):
        """Write the profiles that differ, and put news of tiers into the histories.

        :return dict: see ``upsert_profiles.build``; ``thresholds`` by letter, or False
        """
        many = self._is_many(scope)
        (done,) = self.env.execute_query_dict(upsert_profiles.build(scope, gathered=many))
        if many:
            self._release_server()
        self.env["ecrm.profile"].invalidate_model()
        self.env["ecrm.tier.change"].browse(done["news"])._announce()
        cuts = {letter: done.pop(letter) for letter in "rfm"}
        return {**done, "thresholds": cuts if cuts["r"] else False}

    @api.model
    @api.private
    def _prepare(self, scope):
        """Write down what is pending, and gather the facts of many customers."""
        self.env.flush_all()
        if self._is_many(scope):
            self._prepare_server()
            self.env["ecrm.log"].prepare_reading()
            self.env.cr.execute(upsert_profiles.gather(scope))

    def _is_many(self, scope):
        return scope.customer_ids is None or len(scope.customer_ids) > MANY

    def _prepare_server(self):
        """Let big sorts of this transaction happen in memory, and several processes read."""
        self.env.cr.execute(
            """
            SELECT set_config(name, greatest(setting::int, %s)::text, TRUE)
              FROM pg_settings WHERE name = 'work_mem'
            """,
            (WORK_MEM,),
        )
        for name, value in SERVER.items():
            self.env.cr.execute(SQL("SET LOCAL %s = %s", SQL.identifier(name), value))

    def _release_server(self):
        for name in ("work_mem", *SERVER):
            self.env.cr.execute(SQL("SET LOCAL %s = DEFAULT", SQL.identifier(name)))

    @api.model
    @api.private
    def _scope(self, company, moment, identity_ids=None, **who):
        """Return by which rules customers are scored, see ``Scope``."""
        window_start = moment.day - relativedelta(months=company.ecrm_tier_months)
        scope = Scope(
            company_id=company.id,
            currency_id=company.currency_id.id,
            decimals=company.currency_id.decimal_places,
            zone=company._ecrm_zone(),
            day=moment.day,
            before=moment.before,
            at=moment.at,
            shown=moment.shown,
            live=moment.live,
            engagement=self.env["ecrm.log"].engagement(
                company.id,
                self._weights(),
                moment.at,
                moment.before,
                company.ecrm_half_life,
                identity_ids,
            ),
            main_company=company.id == self._main_company_id(),
            has_credits=self._has_credits(company, who.get("member_ids")),
            objectors=find_objections.to_profiles(),
            loyalty=company._ecrm_loyalty(),
            **company._ecrm_money_rules(who.get("member_ids")),
            segments=self.env["ecrm.segment"]._cells(company.id),
            tiers=self.env["ecrm.tier"]._steps(company.id),
            measure=company.ecrm_tier_measure,
            window=(moment.day - window_start).days,
            months=company.ecrm_tier_months,
            grace=company.ecrm_grace_days,
            **who,
        )
        return replace(scope, tier_rows=self._tier_rows(scope))

    @api.private
    def _tier_rows(self, scope):
        """Return what tiers are measured by, if it is neither money nor orders nor a score.

        A bridge that adds a measure overrides this.

        :param Scope scope: without ``tier_rows``
        :return SQL | None: giving customer, day (days since 1970) and gain (numeric)
        """
        return None

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    def _who(self, partners):
        """Return the ids of customers, of their people, and of the keys they are known by.

        Contacts that belong to a customer now, but were one before, are looked at too.
        """
        customers = partners.commercial_partner_id | partners
        members = self.env["res.partner"].with_context(active_test=False)
        members = members.search([("commercial_partner_id", "in", customers.ids)])
        identities = self.env["ecrm.identity"].search([("partner_id", "in", members.ids)])
        public = self.env["res.partner"]._ecrm_public_ids()
        return {
            "public_ids": public,
            "customer_ids": [id_ for id_ in customers.ids if id_ not in public],
            "member_ids": [id_ for id_ in members.ids if id_ not in public],
            "identity_ids": identities.ids,
        }

    def _companies(self, who):
        """Return the companies that may have a profile of customers."""
        companies = self.env["res.company"].search([])
        if len(companies) == 1:
            return companies
        orders = self.env["sale.order"]._read_group(
            [("partner_id", "in", who["member_ids"])], ["company_id"]
        )
        profiles = self.env["ecrm.profile"]._read_group(
            [("partner_id", "in", who["customer_ids"])], ["company_id"]
        )
        own = self.env["res.partner"].browse(who["customer_ids"]).company_id
        acted = self.env["ecrm.log"].companies(who["identity_ids"])
        found = companies.browse([*acted, self._main_company_id()]) | own
        return found.union(*(company for (company,) in orders + profiles)) & companies

    # ------------------------------------------------------------
    # RULES
    # ------------------------------------------------------------

    @ormcache()
    def _weights(self):
        """Return what engagement reads of the log, see ``sum_engagement.build``."""
        kinds = self.env["ecrm.touchpoint.kind"].search_fetch([], ["code", "weight", "channel"])
        return self._weigh(kinds, {kind.id: kind.weight for kind in kinds})

    @api.model
    @api.private
    def _weigh(self, kinds, points):
        """Return what engagement reads of the log.

        :param ecrm.touchpoint.kind kinds: all of them
        :param dict points: what an act adds, by id of its kind
        """
        weights = {
            kind.code: (points[kind.id], kind.channel == "web", kind.code in MAIL_REACTIONS)
            for kind in kinds
        }
        return {code: weight for code, weight in weights.items() if any(weight)}

    def _has_credits(self, company, member_ids):
        return self.env.execute_query(list_customer_money.has_credits(company.id, member_ids))[0][0]

    def _latest_run(self, company):
        """Return the run whose thresholds and parameters hold."""
        domain = [("company_id", "=", company.id), ("status", "in", DONE)]
        return self.env["ecrm.score.run"].search(domain, limit=1)

    def _is_settled(self, company):
        """Tell whether tiers were given before: the first time, nobody rose or fell."""
        domain = [
            ("company_id", "=", company.id),
            ("status", "in", DONE),
            ("live", "=", True),
        ]
        return bool(self.env["ecrm.score.run"].search_count(domain, limit=1))

    @ormcache()
    def _main_company_id(self):
        """Return the company in which contacts of no company are customers: the oldest."""
        return self.env["res.company"].search([], order="id", limit=1).id
