from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.scoring.as_of import moment as moment_of
from ..queries import list_cohorts

#: Most months that are looked at.
MOST_MONTHS = 24
FIGURES = ("customers", "orders", "revenue")


class EcrmCohortReport(models.AbstractModel):
    """Who comes back: customers by the month of their first order, and the months since.

    An order, its day and its customer are what they are for the scores, see docs/reports.md.
    """

    _name = "ecrm.cohort.report"
    _description = "Cohorts"

    @api.model
    @api.readonly
    def get_cohorts(self, months=12):
        """Return the cohorts of the last months, of the company that the user works in.

        :param int months: how many, this month included; 24 at most
        :return dict: ``cohorts``, oldest first, each with ``month`` (its first day),
            ``size`` and ``cells``, one per month since; ``average``, such cells of all
            cohorts together without the month that still runs, None where there is none;
            ``company`` (its name) and ``currency_id``. A cell has ``customers`` who ordered
            in that month, their ``share`` of the cohort (0 to 1), ``orders`` and ``revenue``
        """
        # who may see profiles may see how many of them ordered when
        self.env["ecrm.profile"].check_access("read")
        # sudo: orders may not be read by everybody; only sums of this company come out
        company_sudo = self.env.company.sudo()
        moment = moment_of(None, fields.Datetime.now(), company_sudo._ecrm_zone())
        this_month = moment.day.replace(day=1)
        months = min(max(int(months), 1), MOST_MONTHS)
        start = this_month - relativedelta(months=months - 1)
        cohorts = self._cohorts(company_sudo, moment, start, this_month)
        return {
            "cohorts": cohorts,
            "average": self._average(cohorts),
            "company": company_sudo.name,
            "currency_id": company_sudo.currency_id.id,
        }

    def _cohorts(self, company_sudo, moment, start, this_month):
        """Return the cohorts that have customers, each with all months up to this one."""
        self.env.flush_all()
        members = self.env.execute_query(list_cohorts.members(company_sudo.id, start))[0][0]
        if not members:
            return []
        scorer_sudo = company_sudo.env["ecrm.scorer"]
        scorer_sudo._prepare_server()
        scope = scorer_sudo._scope(
            company_sudo,
            moment,
            public_ids=company_sudo.env["res.partner"]._ecrm_public_ids(),
            member_ids=SQL("%s::int[]", members),
        )
        found = {}
        for row in self.env.execute_query_dict(list_cohorts.build(scope, start)):
            found.setdefault(row["cohort"], {})[row["age"]] = row
        cohorts = []
        for month, by_age in found.items():
            past = relativedelta(this_month, month)
            ages = range(12 * past.years + past.months + 1)
            size = by_age.get(0, {}).get("customers", 0)
            cells = [self._cell(by_age.get(age, {}), size) for age in ages]
            cohorts.append({"month": fields.Date.to_string(month), "size": size, "cells": cells})
        return cohorts

    @staticmethod
    def _cell(figures, size):
        cell = {name: figures.get(name, 0) for name in FIGURES}
        return {**cell, "share": cell["customers"] / size if size else None}

    def _average(self, cohorts):
        """Return the cells of all cohorts together, weighted by their sizes.

        The month that still runs, the last cell of each cohort, would pull them down.
        """
        average = []
        for age in range(max((len(cohort["cells"]) for cohort in cohorts), default=1) - 1):
            past = [cohort for cohort in cohorts if len(cohort["cells"]) > age + 1]
            sums = {name: sum(cohort["cells"][age][name] for cohort in past) for name in FIGURES}
            average.append(self._cell(sums, sum(cohort["size"] for cohort in past)))
        return average
