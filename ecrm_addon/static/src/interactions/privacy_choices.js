import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Reopens the cookie bar, so that a choice can be taken back as easily as it was made. */
export class PrivacyLink extends Interaction {
    static selector = ".o_ecrm_privacy_link";
    dynamicContent = {
        _root: { "t-on-click": this.onClick },
    };

    onClick() {
        const barEl = document.querySelector("#website_cookies_bar .modal");
        if (barEl?.classList.contains("show")) {
            barEl.querySelector("a[href], button")?.focus();
        } else {
            this.services.website_cookies.bus.trigger("cookiesBar.toggle");
        }
    }
}

/** Says in the cookie bar what is measured, however a company has arranged that bar. */
export class ConsentText extends Interaction {
    static selector = "#website_cookies_bar";

    start() {
        const textEl = document.getElementById("ecrm_bar_text")?.content.firstElementChild;
        const [lastEl] = [...this.el.querySelectorAll("p")].slice(-1);
        const containerEl = lastEl || this.el.querySelector(".container");
        if (textEl && containerEl) {
            this.insert(textEl.cloneNode(true), containerEl);
            // who hears a button hears what it means
            for (const choiceEl of this.el.querySelectorAll("[id^='cookies-consent-']")) {
                choiceEl.setAttribute("aria-describedby", textEl.id);
            }
        }
    }
}

const interactions = registry.category("public.interactions");
interactions.add("ecrm_addon.privacy_link", PrivacyLink);
interactions.add("ecrm_addon.consent_text", ConsentText);
