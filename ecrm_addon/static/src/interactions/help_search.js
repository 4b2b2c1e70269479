import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";

/** Nothing is asked for while somebody types on. */
const PAUSE = 250;
const SHORTEST = 2;

/** Offers answers while a question is typed. Without a script the form shows a page. */
export class HelpSearch extends Interaction {
    static selector = ".o_ecrm_help_search";
    dynamicContent = {
        "input[name=q]": {
            "t-on-input": this.debounced(this.onInput, PAUSE),
            "t-on-keydown": this.onKeydown,
        },
        ".o_ecrm_help_suggestions": {
            "t-on-keydown": this.onKeydown,
            "t-att-class": () => ({ "d-none": !this.isOpen }),
        },
        _root: {
            "t-on-focusout": this.onFocusout,
            "t-att-class": () => ({ o_ecrm_ready: true }),
        },
    };

    setup() {
        this.inputEl = this.el.querySelector("input[name=q]");
        this.listEl = this.el.querySelector(".o_ecrm_help_suggestions");
        this.statusEl = this.el.querySelector(".o_ecrm_help_suggested");
        this.isOpen = false;
    }

    async onInput() {
        const typed = this.inputEl.value.trim();
        const results = typed.length < SHORTEST ? [] : await this.waitFor(this.ask(typed));
        if (typed !== this.inputEl.value.trim()) {
            return; // an answer to what is not asked any more
        }
        this.show(results);
        if (typed.length < SHORTEST) {
            this.statusEl.textContent = "";
        } else if (results.length === 1) {
            this.statusEl.textContent = _t("One suggestion");
        } else {
            this.statusEl.textContent = _t("%s suggestions", results.length);
        }
    }

    /** Returns no answers where none can be had: the form still works. */
    async ask(typed) {
        try {
            const response = await fetch(`/help/suggest?q=${encodeURIComponent(typed)}`);
            return response.ok ? (await response.json()).results : [];
        } catch {
            return [];
        }
    }

    show(results) {
        this.isOpen = Boolean(results.length);
        this.listEl.replaceChildren(
            ...results.map(({ url, title }) => {
                const itemEl = document.createElement("li");
                const linkEl = document.createElement("a");
                linkEl.href = url;
                linkEl.textContent = title;
                itemEl.append(linkEl);
                return itemEl;
            })
        );
        this.updateContent();
    }

    /** Arrows lead through the suggestions and back, Escape closes them. */
    onKeydown(ev) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
        if (ev.key === "Escape" && this.isOpen) {
            ev.preventDefault();
            this.show([]);
            this.inputEl.focus();
        } else if (step && this.isOpen) {
            ev.preventDefault();
            const stopEls = [this.inputEl, ...this.listEl.querySelectorAll("a")];
            const place = stopEls.indexOf(document.activeElement) + step;
            stopEls[(place + stopEls.length) % stopEls.length].focus();
        }
    }

    onFocusout(ev) {
        if (this.isOpen && !this.el.contains(ev.relatedTarget)) {
            this.show([]);
        }
    }
}

registry.category("public.interactions").add("ecrm_addon.help_search", HelpSearch);
