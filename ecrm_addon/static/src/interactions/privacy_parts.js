import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/**
 * Puts into the page before an erasure what we hold: looking it up takes longer than a page may.
 * Without scripts, a link leads to the same.
 */
export class PrivacyParts extends Interaction {
    static selector = ".o_ecrm_parts[data-src]";

    start() {
        this.load();
    }

    async load() {
        const { src } = this.el.dataset;
        const answer = await this.waitFor(fetch(src));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const partsEl = page.querySelector(".o_ecrm_parts:not([data-src])");
        if (answer.ok && partsEl) {
            this.el.replaceChildren(...partsEl.childNodes);
        } else {
            // logged out meanwhile, or a fault: the page itself says which
            window.location.assign(src);
        }
    }
}

registry.category("public.interactions").add("ecrm_addon.privacy_parts", PrivacyParts);
