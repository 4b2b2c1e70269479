from urllib.parse import urlsplit

from odoo import models
from odoo.tools.mail import email_normalize

#: Where an event notes what it was about, the best name first.
PORTAL_PROPS = ("title", "name", "subject", "list", "file")
#: Fields by which Odoo's models name their page for customers.
PORTAL_URLS = ("access_url", "website_url")
#: Pages on what has none of its own.
PRIVACY_MAILS = "/my/privacy#mails"
PRIVACY_TRACKING = "/my/privacy#tracking"
CHANNEL_PAGES = {"loyalty": "/my/loyalty", "consent": PRIVACY_TRACKING}
KIND_PAGES = {"email.subscribed": PRIVACY_MAILS, "email.unsubscribed": PRIVACY_MAILS}


class EcrmActivitySource(models.AbstractModel):
    """Finds what a customer's acts are about, and what of it they may open.

    ================================== ============================ ======================
    the act is about                   name                         link
    ================================== ============================ ======================
    a record that the user may read    its own                      its page for customers
    a mailing that was sent to them    the subject as it was noted  that very mail
    a page that is still there         the title as it was noted    the page
    anything else, or what is gone     as it was noted              none
    ================================== ============================ ======================
    """

    _name = "ecrm.activity.source"
    _description = "What an Activity is About"

    def _resolve(self, events, partner):
        """Return what each event is about, with a query or two per model of a source.

        :param list[dict] events: the columns of the log
        :param res.partner partner: whose events these are, who is the user
        :return dict: event id -> ``detail``, ``note`` (what else is known of it) and ``url``
            or False
        """
        paths = self.env["ecrm.activity.path"]._resolve(
            {event["path"] for event in events if self._has_page(event)}
        )
        records = self._records({self._record_of(event, paths) for event in events} - {None})
        mails = self._mails(
            {event["res_id"] for event in events if event["res_model"] == "mailing.mailing"},
            partner,
        )
        return {event["id"]: self._source(event, paths, records, mails) for event in events}

    def _has_page(self, event):
        website = self.env["website"].get_current_website()
        # another website has other pages at the same addresses
        here = not event["website_id"] or event["website_id"] == website.id
        return here and event["channel"] == "web" and event["path"]

    def _record_of(self, event, paths):
        """Return model and id of the record that an event is about, or None."""
        page = paths.get(event["path"]) if self._has_page(event) else None
        if page or not event["res_id"] or not self._url_of(event["res_model"]):
            return page
        return event["res_model"], event["res_id"]

    def _url_of(self, model):
        """Return the field by which records that customers may read name their page, or None."""
        if model not in self.env or self.env[model]._abstract:
            return None
        if not self.env[model].with_user(self.env.user).has_access("read"):
            return None
        return next((name for name in PORTAL_URLS if name in self.env[model]._fields), None)

    def _source(self, event, paths, records, mails):
        record = records.get(self._record_of(event, paths)) or {}
        noted, said = self._noted(event), self._said(event)
        if event["channel"] == "email":  # the subject tells more than what it is about
            url = record.get("url") or KIND_PAGES.get(event["kind"])
            url = url or mails.get((event["res_model"], event["res_id"]))
            return {"detail": noted or record.get("name") or "", "note": said, "url": url or False}
        url = record.get("url") or CHANNEL_PAGES.get(event["channel"])
        if self._has_page(event) and event["path"] in paths:
            url = self._page(event, paths, record)
        named = said if event["kind"] == "web.search" else record.get("name") or noted
        detail = named or said or self._page_name(event)
        return {"detail": detail, "note": said if said != detail else "", "url": url or False}

    def _page(self, event, paths, record):
        """Return where an act on a page leads to, or False: what it is about may be gone."""
        if record:
            return event["path"] if paths[event["path"]] else record["url"]
        # a page may be about a record without showing it, such as the cart about a product
        return False if self._record_of(event, paths) else event["path"]

    # ------------------------------------------------------------
    # NAMES
    # ------------------------------------------------------------

    def _noted(self, event):
        """Return by what name an event notes what it is about."""
        props = event["props"] or {}
        if event["channel"] == "chat":  # the names of a chat are those of our staff
            return ""
        noted = next((str(props[key]) for key in PORTAL_PROPS if props.get(key)), "")
        # a browser's title ends with the name of the website
        return noted.removesuffix(f" | {self.env['website'].get_current_website().name}")

    def _page_name(self, event):
        path = event["path"] or ""
        if event["channel"] != "web" or not path.startswith("/"):
            return ""
        return self.env._("Home page") if path == "/" else path.partition("?")[0]

    def _said(self, event):
        """Return in words what else an event says."""
        props = event["props"] or {}
        rating, most = props.get("rating"), props.get("out_of")
        if isinstance(rating, int | float) and isinstance(most, int | float):
            return self.env._("%(rating)d of %(most)d stars", rating=rating, most=most)
        return self.env["ecrm.timeline.source"]._said(event["kind"], props)

    # ------------------------------------------------------------
    # LINKS
    # ------------------------------------------------------------

    def _records(self, keys):
        """Return (model, id) -> name and page of those sources that this user may read."""
        ids_by_model = {}
        for model, res_id in keys:
            ids_by_model.setdefault(model, set()).add(res_id)
        shown = self._shown_instead(ids_by_model)
        for model, res_id in shown.values():
            ids_by_model.setdefault(model, set()).add(res_id)
        found = {}
        for model, ids in ids_by_model.items():
            found |= self._readable(model, ids)
        return found | {key: found[other] for key, other in shown.items() if other in found}

    def _shown_instead(self, ids_by_model):
        """Take records that are shown on another one's page, as variants on their product's.

        :param dict ids_by_model: loses the ids of such records
        :return dict: (model, id) -> model and id of that other one
        """
        shown = {}
        for model in [model for model in ids_by_model if len(self.env[model]._inherits) == 1]:
            ((parent, field),) = self.env[model]._inherits.items()
            if self._url_of(parent):
                records = self._find(model, ids_by_model.pop(model), [field])
                shown |= {(model, one.id): (parent, one[field].id) for one in records}
        return shown

    def _readable(self, model, ids):
        url = self._url_of(model)
        # all fields at once: what makes up the address would be read apart otherwise
        return {
            (model, record.id): {
                "name": record[record._rec_name] if record._rec_name else record.display_name,
                "url": record[url] if record[url] != "#" else False,
            }
            for record in self._find(model, ids)
        }

    def _find(self, model, ids, names=None):
        # as the user, without sudo: a page is offered only to whom Odoo would open it
        records = self.env[model].with_user(self.env.user)
        domain = [("id", "in", list(ids))]
        if self._url_of(model) == "website_url" and "website_id" in records._fields:
            website = self.env["website"].get_current_website()
            domain.append(("website_id", "in", [False, website.id]))
        return records.search_fetch(domain, names)

    def _mails(self, mailing_ids, partner):
        """Return (model, mailing id) -> page that shows the copy of a mailing that a person got.

        Only mailings to contacts: what was sent to an address of a list is nobody's by login,
        as people change the address of their contact without proof.
        """
        if not mailing_ids or not partner.email_normalized:
            return {}
        # sudo: customers have no right on mailings; these traces are of mails to themselves
        traces_sudo = self.env["mailing.trace"].sudo()
        domain = [
            ("mass_mailing_id", "in", list(mailing_ids)),
            ("model", "=", "res.partner"),
            ("res_id", "=", partner.id),
            ("trace_type", "=", "mail"),
        ]
        return {
            ("mailing.mailing", trace.mass_mailing_id.id): self._view_page(trace)
            for trace in traces_sudo.search_fetch(domain, ["mass_mailing_id", "email", "res_id"])
            if email_normalize(trace.email) == partner.email_normalized
        }

    @staticmethod
    def _view_page(trace_sudo):
        """Return the page of one mail, signed as Odoo signs it in the mail itself."""
        mailing_sudo = trace_sudo.mass_mailing_id
        url = urlsplit(mailing_sudo._get_view_url(trace_sudo.email, trace_sudo.res_id))
        return f"{url.path}?{url.query}"
