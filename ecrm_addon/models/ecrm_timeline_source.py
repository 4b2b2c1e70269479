from odoo import api, models
from odoo.exceptions import AccessError

#: What a mail server tells the reason of.
UNDELIVERED = ("email.bounced", "email.deferred", "email.failed", "email.rejected")


class EcrmTimelineSource(models.AbstractModel):
    """Finds what the rows of a timeline are about, and what of it the reader may open.

    ================================ ================ ====================
    the record                       name             link
    ================================ ================ ====================
    may be read by the user          its own          yes
    is there, but not for this user  none             no
    was deleted, or its module is    as it was noted  no, marked as gone
    none (a page view)               as it was noted  no
    ================================ ================ ====================
    """

    _name = "ecrm.timeline.source"
    _description = "Source of a Timeline Row"

    @api.model
    def _targets(self):
        """Return model -> its field that leads to the record people open instead.

        A bridge may override this for records that have no form of their own.
        """
        return {"mailing.trace": "mass_mailing_id"}

    @api.model
    @api.private
    def resolve(self, events):
        """Return what each event is about, with a few queries per model of a source.

        :param list[dict] events: the columns of the log
        :return dict: event id -> ``name``, ``source`` (model and id, or False), ``gone``
            and ``detail``
        """
        ids_by_model = {}
        for event in events:
            if event["res_model"] and event["res_id"]:
                ids_by_model.setdefault(event["res_model"], set()).add(event["res_id"])
        found = {
            (model, res_id): source
            for model, ids in ids_by_model.items()
            for res_id, source in self._resolve_model(model, ids).items()
        }
        return {
            event["id"]: self._source(event, found.get((event["res_model"], event["res_id"])))
            for event in events
        }

    def _source(self, event, source):
        props = event["props"] or {}
        noted = next((props[key] for key in ("title", "name", "subject") if props.get(key)), "")
        said = self._said(event["kind"], props)
        details = (said, props.get("url"), event["path"], event["utm_campaign"])
        return {
            "name": noted,
            "source": False,
            "gone": False,
            **(source or {}),
            "detail": next(filter(None, details), ""),
        }

    def _said(self, kind, props):
        """Return in words what the properties of an event say, or an empty string.

        Whoever sends events may have put anything there.
        """
        number = {
            name: value
            for name, value in props.items()
            if isinstance(value, (int, float)) and not isinstance(value, bool)
        }
        words = str(props.get("term") or "")
        if words and "results" in number:
            words = (
                self.env._("“%(term)s”: %(number)s results", term=words, number=number["results"])
                if number["results"]
                else self.env._("“%s”: nothing found", words)
            )
        elif kind.startswith("web.cart_") and "quantity" in number:
            words = self.env._("Quantity: %s", f"{number['quantity']:g}")
        elif kind == "web.checkout" and props.get("step"):
            words = self._checkout_steps().get(props["step"], "")
        elif kind == "web.leave" and "seconds" in number:
            words = self.env._("Looked at for %s seconds", round(number["seconds"]))
        elif kind == "web.download":
            words = str(props.get("file") or "")
        elif kind.startswith("email."):
            words = self._said_of_email(kind, props)
        return words

    def _said_of_email(self, kind, props):
        """Return which link was followed, or what a mail server said."""
        if kind == "email.clicked":
            return f"“{props['label']}”" if props.get("label") else ""
        if kind in UNDELIVERED:
            return " ".join(str(props[key]) for key in ("status", "description") if props.get(key))
        return ""

    def _checkout_steps(self):
        return {
            "cart": self.env._("Step: cart"),
            "address": self.env._("Step: address"),
            "delivery": self.env._("Step: delivery"),
            "payment": self.env._("Step: payment"),
            "confirmation": self.env._("Step: confirmation"),
        }

    def _resolve_model(self, model, ids):
        """Return id -> name and source for those records of a model that are not as noted."""
        if model not in self.env or self.env[model]._abstract:
            return {res_id: {"gone": True} for res_id in ids}
        records = self.env[model].with_context(active_test=False).browse(ids)
        try:
            # one search applies the record rules and finds out what is left
            readable = records.search_fetch([("id", "in", list(ids))], self._fetched(model))
            found = self._names(readable)
        except AccessError:
            readable, found = records.browse(), {}
        hidden = records - readable
        if hidden:
            # sudo: whether a record is gone is no secret of the record
            existing = set(hidden.sudo().exists().ids)
            found |= {
                res_id: {"name": ""} if res_id in existing else {"gone": True}
                for res_id in hidden.ids
            }
        return found

    def _fetched(self, model):
        target = self._targets().get(model)
        return [target] if target else ["display_name"]

    def _names(self, records):
        """Return id -> name and source of records that the user may read."""
        target = self._targets().get(records._name)
        if not target:
            return {
                record.id: {
                    "name": record.display_name,
                    "source": {"model": record._name, "id": record.id},
                }
                for record in records
            }
        opened = self._resolve_model(records[target]._name, set(records[target].ids))
        return {record.id: opened.get(record[target].id, {}) for record in records}
