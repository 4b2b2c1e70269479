from odoo import fields

from .common import EcrmCase


class ScoreCase(EcrmCase):
    """A company of its own with nobody in it yet, so that all figures are known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the acts here are of fixed days: they are not to grow too old to be kept
        cls.env["ecrm.touchpoint.kind"].search([]).keep_months = 0
        cls.company = cls._company("Tea House")
        cls.runs = cls.env["ecrm.score.run"]
        cls.profiles = cls.env["ecrm.profile"]

    @classmethod
    def _company(cls, name, currency="base.EUR", **values):
        currency = cls.env.ref(currency)
        currency.active = True
        # scores of what happened today must not depend on the zone of whoever tests
        values = {"ecrm_timezone": "UTC", **values}
        return cls.env["res.company"].create({"name": name, "currency_id": currency.id, **values})

    @classmethod
    def _people(cls, count):
        return cls.env["res.partner"].create([{"name": f"Customer {n}"} for n in range(count)])

    @classmethod
    def _buy(cls, partner, amount=100, day="2026-01-10", company=None, **values):
        """Return an order as the past left it: confirmed, and nothing was told of it."""
        date = day if isinstance(day, str) and " " in day else f"{day} 12:00:00"
        order = cls._order(
            partner,
            amount,
            confirm=False,
            company_id=(company or cls.company).id,
            **values,
        )
        order.write({"state": "sale", "date_order": date})
        return order

    @classmethod
    def _score(cls, as_of=None, company=None):
        return cls.runs.score(company or cls.company, as_of=as_of)

    @classmethod
    def _profile(cls, partner, company=None):
        company = company or cls.company
        return cls.profiles.search(
            [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        )

    @classmethod
    def _act(cls, partner, kind="web.product", at="2026-01-10 12:00:00", **values):
        """Append one act of a contact to the log, of this company unless told otherwise."""
        values.setdefault("company_id", cls.company.id)
        (answer,) = cls.log.append([cls._event(partner, kind, at, **values)])
        assert answer["status"] == "stored", answer

    @classmethod
    def _days_ago(cls, days):
        return fields.Date.to_string(fields.Date.subtract(fields.Date.today(), days=days))

    def _figures(self, profiles=None):
        """Return all figures of profiles by customer, but for when they were computed."""
        names = [
            name
            for name, field in self.profiles._fields.items()
            if field.store and name not in ("id", "computed_at")
        ]
        found = self.profiles.search([("company_id", "=", self.company.id)])
        rows = (profiles or found).read(names, load=None)
        for row in rows:
            del row["id"]
        return {row["partner_id"]: row for row in rows}
