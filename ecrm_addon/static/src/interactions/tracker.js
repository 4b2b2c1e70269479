import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { Form } from "@website/snippets/s_website_form/form";

/** Runs the tracker on a website, as far as its mode and the visitor's choice allow. */
export class Tracker extends Interaction {
    static selector = "#wrapwrap";
    dynamicContent = {
        _document: {
            "t-on-optionalCookiesAccepted": this.onChoice,
            "t-on-optionalCookiesDenied": this.onChoice,
        },
        ".js_subscribe_btn": { "t-on-click": this.onSubscribe },
    };

    setup() {
        const config = JSON.parse(document.getElementById("ecrm_config")?.textContent || "{}");
        const stored = config.mode === "identified";
        const allowed = () => !stored || this.choice() >= config.since;
        if (!allowed() && this.choice() >= 0) {
            // to other words than those of today: she is asked again
            document.cookie = "website_cookies_bar=;path=/;max-age=0";
            // a bar that has read the cookie must be shown, another one shows itself
            this.services["public.interactions"].isReady.then(() =>
                this.services.website_cookies.bus.trigger("cookiesBar.show")
            );
        }
        this.agreed = allowed();
        this.allowed = stored && allowed;
        this.tell = config.mode && window.ecrm?.start({ door: "/ecrm/collect", stored, allowed });
    }

    destroy() {
        this.tell?.("stop");
    }

    /** When she accepted the bar; less than 0 if she refused, nothing before she chose. */
    choice() {
        const found = /(^|; )website_cookies_bar=({[^;]*)/.exec(document.cookie);
        if (found) {
            const [, ts] = /"ts": ?(\d+)/.exec(found[2]) || [0, 0];
            return /"optional": ?true/.test(found[2]) ? +ts : -1;
        }
    }

    async onChoice() {
        await this.waitFor(Promise.resolve()); // the bar writes its cookie after this event
        if (this.tell && this.allowed && this.choice() !== undefined) {
            const agrees = this.allowed();
            const state = agrees ? "granted" : this.agreed ? "withdrawn" : "refused";
            this.agreed = agrees;
            this.tell(agrees ? "begin" : "refuse");
            // the answer brings her id: only then the first events
            await this.tell("post", JSON.stringify({ state }), "/ecrm/consent");
            this.tell("flush");
        }
    }

    onSubscribe({ currentTarget }) {
        const el = currentTarget.closest(".js_subscribe").querySelector(".js_subscribed_wrap");
        new MutationObserver((_, observer) => {
            if (!el.matches(".d-none")) {
                observer.disconnect();
                tell("newsletter", "mailing.contact");
            }
        }).observe(el, { attributes: true });
    }
}

const tell = (form, model) => window.ecrm?.("event", "web.form", { form, model });

patch(Form.prototype, {
    async send() {
        this.failed = false;
        const result = await super.send(...arguments);
        if (!this.failed) {
            tell(this.el.id, this.el.dataset.model_name);
        }
        return result;
    },
    updateStatus(status) {
        this.failed = status === "error";
        return super.updateStatus(...arguments);
    },
});

registry.category("public.interactions").add("ecrm_addon.tracker", Tracker);
