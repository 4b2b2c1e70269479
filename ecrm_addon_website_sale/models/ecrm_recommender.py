from collections import namedtuple

from odoo import api, models
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import split_every

from ..queries import find_candidates

#: What is recommended. ``product_id``: the variant to show; ``source``: pair (bought together in
#: ``orders`` orders with ``because_product_id``), visit (looked at next in ``orders`` visits
#: after ``because_product_id``) or popular (a best seller; ``orders`` of 30 days, no because).
Pick = namedtuple("Pick", "product_id orders because_product_id source")

#: More than this is recommended nowhere.
MOST = 100
#: Candidates of each source, beyond those asked for: some cannot be offered.
SPARE = 20


class EcrmRecommender(models.AbstractModel):
    """What is offered to a visitor: what others bought with it, looked at next, buy most.

    The counts are made at night (``_cron_build``); a page reads them by one statement and asks
    Odoo what of it may be offered here and now.
    """

    _name = "ecrm.recommender"
    _description = "Recommender"

    @api.model
    @api.private
    def _recommend(self, website, partner, product_ids=(), seen_ids=(), limit=8, without_ids=()):
        """Return what to offer, the best ones first.

        What is on the page or in the cart is nobody's profile, and may always be gone by. What
        the contact bought before, and ``seen_ids``, are used only if she allowed to
        personalise. What is offered is published, sellable, in stock (or sold without), of this
        website and its company, and readable for the current user; it is neither among
        ``product_ids`` and ``without_ids``, in other variants neither, nor, if that may be
        known, among what the contact's company bought in a year.

        :param website website: on which it is offered
        :param res.partner partner: to whom; empty or the public user's for nobody known
        :param product_ids: ids of products (variants) on the page or in the cart
        :param seen_ids: ids of products (variants) looked at in the current visit, see ``_seen``
        :param int limit: how many at most
        :param without_ids: ids of products (variants) that are left out, and not gone by
        :return list[Pick]: maybe fewer, maybe none
        """
        website = website.sudo()  # read by whoever may see its pages
        limit = min(limit, MOST)
        if limit < 1 or not website.with_user(self.env.user).has_ecommerce_access():
            return []
        known = self._known(partner)
        candidates = self._candidates(
            website,
            [id_ for id_ in product_ids if id_],
            [id_ for id_ in seen_ids if id_] if known else [],
            known,
            [id_ for id_ in without_ids if id_],
            2 * limit + SPARE,
        )
        return self._pick(website, partner, candidates, limit)

    @api.model
    @api.private
    def _seen(self, n=5):
        """Return what was looked at in the browser at hand, the oldest first, for ``seen_ids``.

        :return list[int]: ids of products; none of a visitor who did not agree to be known, or
            did not log in and allow to personalise
        """
        user = self.env.user
        if user._is_public() or not self._known(user.partner_id):
            return []
        # sudo: visitors may not read identities; these are their own
        identities_sudo = self.env["ecrm.visit"].identities()
        if not identities_sudo:
            return []
        seen = self.env["ecrm.log"].latest(identities_sudo.ids, "web.product", "product.product", n)
        return seen[::-1]

    # ------------------------------------------------------------
    # CANDIDATES
    # ------------------------------------------------------------

    def _known(self, partner):
        """Return the contact if what is known of it may be used, in superuser mode."""
        # sudo: whether somebody agreed is nothing the visitor could read
        partner_sudo = partner.sudo()
        return partner_sudo and self.env["ecrm.consent"].sudo().allows(partner_sudo, "personalise")

    def _candidates(self, website, product_ids, seen_ids, known, without_ids, limit):
        """Return rows of ``find_candidates``, each product once."""
        person = (known.id, known.commercial_partner_id.id) if known else None
        if person:
            self.env["res.partner"].flush_model(["commercial_partner_id"])
            self.env["sale.order"].flush_model()
            self.env["sale.order.line"].flush_model(["order_id", "product_id"])
        rows = self.env.execute_query(
            find_candidates.build(
                website.id,
                website.company_id.id,
                product_ids,
                seen_ids,
                person,
                without_ids,
                limit,
            )
        )
        found = {}
        for row in rows:
            found.setdefault(row[0], row)
        return list(found.values())

    # ------------------------------------------------------------
    # WHAT MAY BE OFFERED
    # ------------------------------------------------------------

    def _pick(self, website, partner, candidates, limit):
        """Return the first of some candidates that may be offered."""
        picks = []
        for part in split_every(2 * limit, candidates):
            offered = self._offered(website, partner, [row[0] for row in part])
            picks += [
                Pick(offered[template], orders, because or False, source)
                for template, orders, because, source in part
                if template in offered
            ]
            if len(picks) >= limit:
                break
        return picks[:limit]

    def _offered(self, website, partner, template_ids):
        """Return which products (variants) of templates may be offered: {template: product}."""
        domain = Domain("id", "in", template_ids) & self._offer_domain(website)
        # not in superuser mode, whoever calls: the record rules of the visitor hold
        templates = self.env["product.template"].with_user(self.env.user)
        permitted = templates.search(domain, order="id")
        # sudo: the products are permitted, their stock is not the visitor's to read
        variants_sudo = permitted.sudo().product_variant_ids.filtered("active")
        chosen = {}
        for variant in self._available(website, partner, variants_sudo):
            chosen.setdefault(variant.product_tmpl_id.id, variant.id)
        return chosen

    def _offer_domain(self, website):
        """Return what a product of a website must be like to be offered."""
        tracking = self.env["product.template"]._get_saleable_tracking_types()
        return Domain.AND(
            [
                website._product_domain(),
                website.website_domain(),
                [
                    ("is_published", "=", True),
                    ("service_tracking", "in", tracking),
                    ("company_id", "in", [False, website.company_id.id]),
                ],
            ]
        )

    def _available(self, website, partner, variants):
        """Return those of some products that can be bought now.

        :param product.product variants: in superuser mode
        """
        if "allow_out_of_stock_order" in variants._fields:  # website_sale_stock
            variants = variants.filtered(
                lambda variant: (
                    not variant.is_storable
                    or variant.allow_out_of_stock_order
                    or website._get_product_available_qty(variant) > 0
                )
            )
        if website.prevent_zero_price_sale and variants:
            prices = self._pricelist(website, partner)._get_products_price(variants, 1.0)
            variants = variants.filtered(lambda variant: prices.get(variant.id))
        return variants

    def _pricelist(self, website, partner):
        """Return by which prices is bought here: those of the page, or of the customer."""
        if request and request.is_frontend:
            return request.pricelist.sudo()
        pricelist = partner.sudo().with_company(website.company_id).property_product_pricelist
        return pricelist or self.env["product.pricelist"].sudo()
