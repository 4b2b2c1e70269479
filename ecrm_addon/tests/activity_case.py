from datetime import timedelta

from lxml import html

from odoo import fields

from .test_portal import PortalCase

PAGE = "/my/activity"


class ActivityCase(PortalCase):
    """The page of a customer's own history, and visits for it to tell of."""

    def _page(self, path=PAGE):
        return super()._page(path)

    def _text(self, path=PAGE):
        return super()._text(path)

    def _more(self, **params):
        return self.make_jsonrpc_request("/my/activity/more", params)

    def _rows(self, answer):
        """Return when all that a page of the history tells happened, visits' acts included."""
        element = html.fromstring(answer["html"]) if isinstance(answer, dict) else answer
        acts = element.xpath(".//li[contains(@class, 'o_ecrm_act ')]//time/@datetime")
        single = element.xpath(
            ".//li[contains(@class, 'o_ecrm_event')][not(.//*[contains(@class, 'o_ecrm_visit')])]"
            "/div/time/@datetime"
        )
        return sorted(acts + single, reverse=True)

    def _entry(self, path=PAGE):
        """Return the only entry of a page."""
        (entry,) = self._page(path).xpath("//li[contains(@class, 'o_ecrm_event')]")
        return entry

    def _links(self, element):
        return element.xpath(".//a[contains(@class, 'o_ecrm_source')]/@href")

    def _why(self, element):
        """Return why entries are there, in the order of the page."""
        found = element.xpath(".//details[contains(@class, 'o_ecrm_why')]/p")
        return [" ".join(paragraph.text_content().split()) for paragraph in found]

    def _browser(self, partner):
        """Return a browser on which a person logged in."""
        browser = self.log.meet(f"{partner.id:064x}")
        browser.link(partner, "login")
        return browser

    def _visit(self, browser, count, kind="web.page", days=1, **values):
        """Append one visit of a browser, at a person's pace, the newest act at noon."""
        noon = fields.Datetime.now().replace(hour=12, minute=0, second=0) - timedelta(days=days)
        events = [
            {
                **self._event(
                    kind=kind, at=noon - timedelta(seconds=20 * number + 15 * (number % 2))
                ),
                "identity": None,
                "identity_kind": "device",
                "identity_key": browser.key,
                "session_key": "visit-1",
                "path": "/shop",
                "verdict": "human",
                "website_id": self.env["website"].get_current_website().id,
                **values,
            }
            for number in range(count)
        ]
        self.log.append(events)
        return events

    def _consent(self, browser, state="granted", **values):
        website = self.env["website"].get_current_website()
        consent = self.env["ecrm.consent"].record(browser, state, website_id=website.id, **values)
        self._date(consent, "2026-05-03 10:00:00")
        return consent

    def _date(self, consent, instant):
        """Say when a line of the ledger was written, which nobody can in a running system."""
        query = "UPDATE ecrm_consent SET create_date = %s WHERE id = %s"
        self.env.cr.execute(query, (instant, consent.id))
        consent.invalidate_recordset()
