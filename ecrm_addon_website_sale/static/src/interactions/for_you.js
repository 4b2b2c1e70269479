import { Interaction } from "@web/public/interaction";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** So far below the screen a shelf is fetched already. */
const AHEAD = "300px";

/** Fills a shelf of recommended products when it comes into sight. */
export class ForYou extends Interaction {
    static selector = ".o_ecrm_for_you";
    dynamicContent = {
        ".o_ecrm_pick_add": { "t-on-click": this.locked(this.onAdd, true) },
    };

    start() {
        const observer = new IntersectionObserver(
            (entries) => {
                if (entries.some((entry) => entry.isIntersecting)) {
                    observer.disconnect();
                    this.fill();
                }
            },
            { rootMargin: AHEAD }
        );
        observer.observe(this.el);
        this.registerCleanup(() => observer.disconnect());
    }

    async fill() {
        const { place, product, limit } = this.el.dataset;
        const query = new URLSearchParams({ place, product: product || "", limit: limit || "" });
        const html = await this.waitFor(this.fetchItems(query));
        // in the editor, what comes late is no change of the page
        this.protectSyncAfterAsync(() => this.show(html))();
    }

    show(html) {
        const itemEls = new DOMParser().parseFromString(html, "text/html").body.children;
        for (const el of [...itemEls]) {
            this.insert(el);
        }
        this.showEmptiness(!this.el.querySelector(".o_ecrm_pick"));
        const shownEl = this.el.querySelector(".o_ecrm_shown");
        if (shownEl) {
            this.tell(JSON.parse(shownEl.dataset.props));
        }
    }

    /** Returns HTML; "" where there is nothing to show, or no answer: the page goes on. */
    async fetchItems(query) {
        try {
            const answer = await fetch(`/shop/for-you?${query}`);
            return answer.status === 200 ? await answer.text() : "";
        } catch {
            return "";
        }
    }

    /** A block that somebody placed shows no title above nothing. */
    showEmptiness(isEmpty) {
        const blockEl = this.el.closest(".s_ecrm_for_you");
        if (blockEl && isEmpty) {
            blockEl.classList.add("d-none");
            this.registerCleanup(() => blockEl.classList.remove("d-none"));
        }
    }

    async onAdd({ currentTarget }) {
        const { productId, templateId, productType } = currentTarget.dataset;
        const { place } = this.el.dataset;
        // who follows the link instead is told by the product's page
        this.tell({ name: "recommended_click", place, product: parseInt(productId) });
        await this.services.cart.add(
            {
                productTemplateId: parseInt(templateId),
                productId: parseInt(productId),
                isCombo: productType === "combo",
            },
            // the cart's own page is drawn anew
            { isBuyNow: place === "cart" }
        );
    }

    /** Tells the tracker, which is silent without consent. */
    tell(props) {
        window.ecrm?.("event", "web.custom", props);
    }
}

registry.category("public.interactions").add("ecrm_addon_website_sale.for_you", ForYou);

/** In the editor the block stays visible, and nothing is told or bought. */
class ForYouEdit extends ForYou {
    dynamicContent = {};

    showEmptiness(isEmpty) {
        if (isEmpty) {
            const el = document.createElement("p");
            el.textContent = _t("Products appear here as soon as something was sold.");
            this.insert(el);
        }
    }

    tell() {}
}

registry
    .category("public.interactions.edit")
    .add("ecrm_addon_website_sale.for_you", { Interaction: ForYouEdit });
