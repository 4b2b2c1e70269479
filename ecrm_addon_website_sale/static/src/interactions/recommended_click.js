import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Takes out of the address that a recommendation led here: a bookmark would say so again. */
export class RecommendedClick extends Interaction {
    static selector = ".o_ecrm_click";

    start() {
        const url = new URL(location.href);
        url.searchParams.delete("ecrm_rec");
        history.replaceState(history.state, "", url);
    }
}

registry
    .category("public.interactions")
    .add("ecrm_addon_website_sale.recommended_click", RecommendedClick);
