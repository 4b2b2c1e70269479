from odoo import api, models

from ..lib.api import event as api_event


class EcrmApiDoor(models.AbstractModel):
    """Takes events from outside into the log, each judged for itself.

    What an event says is checked in ``lib/api/event.py``; what only the database knows,
    contacts and exchange rates, is looked up here once per batch.
    """

    _name = "ecrm.api.door"
    _description = "Door for the API"

    @api.model
    @api.private
    def receive(self, key, events):
        """Write the events of a request into the log.

        :param ecrm.api.key key: what was shown
        :param list events: as they came
        :return list[dict]: per event, in order: ``uid``, ``status`` (stored, duplicate or
            quarantined) and ``reason`` (None unless quarantined)
        """
        rows, reasons = self._read(key, events)
        self._check_contacts(key, rows, reasons)
        self._convert(key, rows, reasons)
        good = [index for index in range(len(events)) if index not in reasons]
        stored = self.env["ecrm.log"].append([rows[index] for index in good])
        answers = dict(zip(good, stored, strict=True))
        self._refuse(key, events, reasons, answers)
        return [answers[index] for index in range(len(events))]

    @api.model
    @api.private
    def retry(self, body):
        """Take an event that was set aside through the same door again.

        Whose event it is says the key, of which the user must have the rights.

        :param dict body: as it was kept, mended or not
        :return dict: the answer, as ``receive`` gives it
        """
        event = {name: value for name, value in body.items() if name not in ("api_key", "cut")}
        keys = self.env["ecrm.api.key"].with_context(active_test=False)
        key = keys.search([("id", "=", body["api_key"])])
        if not key:
            return {"status": "quarantined", "reason": "unknown API key"}
        return self.receive(key, [event])[0]

    def _read(self, key, events):
        """Return index -> row of the good events, index -> reason of the others."""
        channels, mark = key._channels(), f"API key {key.prefix}"
        rows, reasons = {}, {}
        for index, event in enumerate(events):
            try:
                row = api_event.read(event, key.company_id.id, channels)
            except ValueError as error:
                reasons[index] = str(error)
            else:
                rows[index] = {**row, "verdict": "unknown", "verdict_reasons": mark}
        return rows, reasons

    def _check_contacts(self, key, rows, reasons):
        """Refuse events of contacts that are not for this company to name."""
        named = {
            index: row["identity"]["partner_id"]
            for index, row in rows.items()
            if "partner_id" in row["identity"]
        }
        known = self._known_contacts(set(named.values()), key.company_id) if named else ()
        for index, partner_id in named.items():
            if partner_id not in known:
                reasons[index] = "unknown contact"

    def _known_contacts(self, ids, company):
        """Return those ids of contacts, merged ones too, that a company may name."""
        # sudo: the door reads whose contact it is, and tells nobody
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        companies = [False, *company.sudo().parent_ids.ids]
        existing = partners_sudo.browse(ids).exists()
        known = existing.filtered(lambda partner: partner.company_id.id in companies)
        merged = (
            self.env["ecrm.identity"]
            .sudo()
            .search(
                [
                    ("kind", "=", "partner"),
                    ("key", "in", [str(partner_id) for partner_id in ids - set(existing.ids)]),
                    ("partner_id", "!=", False),
                    ("partner_id.company_id", "in", companies),
                ]
            )
        )
        return {*known.ids, *(int(identity.key) for identity in merged)}

    def _convert(self, key, rows, reasons):
        """Turn amounts into the company's currency, at the rate of the event's day."""
        # sudo: rates are the company's, whoever asks
        company, rates = key.company_id.sudo(), {}
        for index, row in rows.items():
            code = row.pop("currency")
            if code in (None, company.currency_id.name) or index in reasons:
                continue
            day = row["occurred_at"][:10]
            if (code, day) not in rates:
                rates[code, day] = self._rate(code, day, company)
            rate = rates[code, day]
            if isinstance(rate, str):
                reasons[index] = rate
            elif row["value"] is not None:
                told = {"original_value": row["value"], "original_currency": code}
                row["value"] = str(company.currency_id.round(float(row["value"]) * rate))
                row["props"] = {**(row["props"] or {}), **told}

    def _rate(self, code, day, company):
        """Return what one unit of a currency was worth, or why nobody can say."""
        currency = self.env["res.currency"].sudo().search([("name", "=", code)])
        if not currency:
            return "unknown currency"
        # without any rate Odoo would take one for one
        rates = self.env["res.currency.rate"].sudo()
        own = ("company_id", "in", (False, company.root_id.id))
        if not rates.search_count([("currency_id", "=", currency.id), own], limit=1):
            return "no exchange rate"
        return currency._get_conversion_rate(currency, company.currency_id, company, day)

    def _refuse(self, key, events, reasons, answers):
        """Put events aside and write their answers."""
        refused = []
        for index, reason in reasons.items():
            uid = api_event.uid_of(events[index])
            body = api_event.kept(events[index])
            body = body if isinstance(body, dict) else {"event": body}
            row = {"uid": uid, "kind": body.get("kind"), "company_id": key.company_id.id}
            refused.append((row, {**body, "api_key": key.id}, reason))
            answers[index] = {"uid": uid, "status": "quarantined", "reason": reason}
        self.env["ecrm.log"].set_aside(refused)
