import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";

/** Milliseconds between two looks. */
const PATIENCE = 3000;

/** Shows how far a background job is, and the page anew as soon as it is done. */
export class PrivacyProgress extends Interaction {
    static selector = ".o_ecrm_privacy_progress";
    dynamicContent = {
        ".progress": { "t-att-aria-valuenow": () => this.progress },
        ".progress-bar": { "t-att-style": () => ({ width: `${this.progress}%` }) },
    };

    setup() {
        this.progress = Number(this.el.querySelector(".progress").getAttribute("aria-valuenow"));
    }

    start() {
        this.wait();
    }

    wait() {
        this.waitForTimeout(() => this.look(), PATIENCE);
    }

    async look() {
        let told;
        try {
            told = await this.waitFor(rpc(this.el.dataset.poll, {}, { silent: true }));
        } catch {
            this.wait(); // such as no network for a moment
            return;
        }
        if (told && !told.is_done) {
            this.progress = told.progress;
            this.updateContent();
            this.wait();
        } else {
            // a hash would only scroll
            window.location.replace(window.location.href.split("#")[0]);
        }
    }
}

registry.category("public.interactions").add("ecrm_addon.privacy_progress", PrivacyProgress);
