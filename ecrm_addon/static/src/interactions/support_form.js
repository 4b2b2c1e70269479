import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";

/** Milliseconds without a key before answers are looked for, and letters that are enough. */
const PAUSE = 400;
const LEAST_LETTERS = 4;
/** Letters of the question that are searched for. */
const MOST_LETTERS = 200;

/**
 * Offers answers while a question is typed. That one was opened is counted, and, with the form,
 * that the question was sent all the same; of who it was nothing is kept.
 */
export class SupportForm extends Interaction {
    static selector = ".o_ecrm_support_form";
    dynamicContent = {
        "#o_ecrm_subject, #o_ecrm_question": {
            "t-on-input": this.debounced(this.suggest, PAUSE),
        },
    };

    setup() {
        this.boxEl = this.el.querySelector(".o_ecrm_suggestions");
        this.listEl = this.boxEl.querySelector("ul");
        this.statusEl = this.el.querySelector(".o_ecrm_suggestions_status");
        this.openedEl = this.el.querySelector("[name=opened]");
        this.asked = "";
    }

    async suggest() {
        const words = ["#o_ecrm_subject", "#o_ecrm_question"]
            .map((selector) => this.el.querySelector(selector).value.trim())
            .join(" ")
            .trim()
            .slice(0, MOST_LETTERS);
        if (words.length < LEAST_LETTERS || words === this.asked) {
            return;
        }
        this.asked = words;
        const found = await this.waitFor(this.find(words));
        if (words === this.asked) {
            this.show(found);
        }
    }

    /** Without an answer the form works as it does without a script. */
    async find(words) {
        try {
            const answer = await fetch(`/help/suggest?q=${encodeURIComponent(words)}`);
            return answer.ok ? (await answer.json()).results || [] : [];
        } catch {
            return [];
        }
    }

    show(found) {
        const itemEls = found.map((article) => {
            const itemEl = document.createElement("li");
            const linkEl = document.createElement("a");
            linkEl.href = article.url;
            linkEl.target = "_blank";
            linkEl.textContent = article.title;
            this.addListener(linkEl, "click", () => this.note(article.id));
            itemEl.append(linkEl);
            return itemEl;
        });
        this.listEl.replaceChildren(...itemEls);
        this.boxEl.classList.toggle("d-none", !itemEls.length);
        this.statusEl.textContent = itemEls.length
            ? _t("Answers that may help: %s", itemEls.length)
            : "";
    }

    note(id) {
        const opened = this.openedEl.value.split(",").filter(Boolean);
        if (!opened.includes(String(id))) {
            this.openedEl.value = [...opened, id].join(",");
            const told = { opened: id, csrf_token: odoo.csrf_token };
            navigator.sendBeacon("/support/opened", new URLSearchParams(told));
        }
    }
}

registry.category("public.interactions").add("ecrm_addon.support_form", SupportForm);
