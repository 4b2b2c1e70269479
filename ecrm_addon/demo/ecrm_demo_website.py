from odoo import models
from odoo.fields import Command

from . import story


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_visits, self._load_forms]

    def _load_visits(self):
        for key, customer, visits in self._customers(story.VISITS):
            visitor = self._visitor(key, customer, visits)
            self._create_once(
                "website.track",
                {
                    f"demo_track_{key}_{days}_{step}": {
                        "visitor_id": visitor.id,
                        "visit_datetime": self._time(days, step),
                        **self._prepare_page(page),
                    }
                    for days, pages in visits
                    for step, page in enumerate(pages, 1)
                },
            )

    def _visitor(self, key, customer, visits):
        """Return the visitor of a customer: who has logged in before is there already."""
        visitors = self.env["website.visitor"]
        token = str(customer.id)
        if not visitors.search_count([("access_token", "=", token)], limit=1):
            values = {
                "access_token": token,
                "website_id": self.env["website"].get_current_website().id,
                "country_id": customer.country_id.id,
                "lang_id": self.env.ref("base.lang_en").id,
                "visit_count": len(visits),
                "create_date": self._time(max(days for days, _pages in visits)),
                "last_connection_datetime": self._time(min(days for days, _pages in visits)),
            }
            self._create_once("website.visitor", {f"demo_visitor_{key}": values})
        return visitors.search([("access_token", "=", token)])

    def _prepare_page(self, page):
        """Return the page of a track: by its path, or a product's by the product's key."""
        base = self.env["website"].get_current_website().get_base_url()
        if page not in story.PRODUCTS:
            pages = self.env["website.page"].search([("url", "=", page)], limit=1)
            return {"url": base + page, "page_id": pages.id}
        product = self._product(page)
        if "product_id" not in self.env["website.track"]._fields:
            return {"url": f"{base}/shop/{page}"}
        return {"url": base + product.website_url, "product_id": product.id}

    def _load_forms(self):
        leads = self.env.get("crm.lead")
        if leads is None or "visitor_ids" not in leads._fields:
            return
        for key, customer, forms in self._customers(story.FORMS):
            visitor = self.env["website.visitor"].search([("partner_id", "=", customer.id)])
            self._create_once(
                "crm.lead",
                {
                    f"demo_form_{key}_{number}": {
                        "name": title,
                        "description": f"<p>{text}</p>",
                        "partner_id": customer.id,
                        "email_from": customer.email,
                        "type": "opportunity",
                        "visitor_ids": [Command.set(visitor.ids)],
                        "create_date": self._time(days, 4),
                    }
                    for number, (days, title, text) in enumerate(forms, 1)
                },
            )
