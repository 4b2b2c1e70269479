from datetime import timedelta

from odoo import api, models

from ..models.ecrm_recommender_holdout import CLICKED, SHOWN


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    @api.model
    def _load_recommendations(self):
        """Count what the story's customers bought, and let them have seen recommendations."""
        website = self.env.ref("website.default_website")
        website.ecrm_holdout_since = self.env.cr.now() - timedelta(days=60)
        visits = self.env["ecrm.session"].search(
            [("website_id", "=", website.id), ("identity_id.partner_id", "!=", False)]
        )
        self.env["ecrm.recommender"]._build(website)
        for number, visit in enumerate(visits):
            self._look(website, visit, number)
        self.env["ecrm.recommender"]._build_all()

    def _look(self, website, visit, number):
        """Let a visitor come to a place of recommendations; some follow one."""
        recommender = self.env["ecrm.recommender"]
        key = recommender._customer_key(visit.identity_id.partner_id)
        is_held_out = recommender._is_held_out(key, website)
        shown = {"place": "product", "group": "held_out" if is_held_out else "shown"}
        told = [(SHOWN, shown)]
        picks = recommender._recommend(website, self.env["res.partner"])
        if picks and number % 3 == 0 and not is_held_out:
            told.append((CLICKED, {"place": "product", "product": picks[0].product_id}))
        self.env["ecrm.log"].append(
            [
                {
                    "uid": self.env["ecrm.log"].own_uid("demo", name, visit.session_key),
                    "kind": "web.custom",
                    "identity": {"partner_id": visit.identity_id.partner_id.id},
                    "occurred_at": visit.started_at + timedelta(seconds=30 * step),
                    "session_key": visit.session_key,
                    "website_id": website.id,
                    "company_id": website.company_id.id,
                    "verdict": "human",
                    "res_model": "product.product" if "product" in props else None,
                    "res_id": props.get("product"),
                    "props": {"name": name, **props},
                }
                for step, (name, props) in enumerate(told, 1)
            ]
        )
