import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";

/** Who comes back to the page gets so many pages again at most. */
const MOST_PAGES = 10;

/** Adds the next page of the history below the one that is shown, without leaving it. */
export class Activity extends Interaction {
    static selector = ".o_ecrm_activity";
    dynamicContent = {
        ".o_ecrm_activity_more": {
            "t-on-click.prevent": this.locked(this.onShowMore, true),
            "t-att-class": () => ({ "d-none": !this.next }),
        },
        _root: { "t-on-click": this.noteState },
    };

    setup() {
        this.next = this.el.dataset.next;
        this.channel = this.el.dataset.channel;
        this.pages = 0;
    }

    /** Back from an order or a product: the page is as it was left. */
    async willStart() {
        const { pages = 0, top = 0 } = history.state?.ecrmActivity || {};
        while (this.next && this.pages < Math.min(pages, MOST_PAGES)) {
            try {
                await this.addPage();
            } catch {
                break; // the button is there to try again
            }
        }
        this.top = this.pages && top;
    }

    start() {
        if (this.top) {
            window.scrollTo({ top: this.top, behavior: "instant" });
        }
    }

    /** A click may lead away: when the page is left it is too late to note anything. */
    noteState() {
        if (this.pages) {
            const ecrmActivity = { pages: this.pages, top: window.scrollY };
            history.replaceState({ ...history.state, ecrmActivity }, "");
        }
    }

    async onShowMore() {
        const entryEls = await this.waitFor(this.addPage());
        this.el.querySelector(".o_ecrm_activity_status").textContent =
            entryEls.length === 1
                ? _t("One more entry is shown.")
                : _t("%s more entries are shown.", entryEls.length);
        // a keyboard goes on where the new entries begin
        entryEls[0]?.setAttribute("tabindex", "-1");
        entryEls[0]?.focus();
    }

    /** Returns the elements of the entries that came, or that go on. */
    async addPage() {
        const page = await rpc("/my/activity/more", {
            before: this.next,
            channel: this.channel,
        });
        this.next = page.next;
        this.pages++;
        return this.addDays(page.html);
    }

    /** A day, or a visit, may begin on one page and go on on the next one. */
    addDays(html) {
        const daysEl = this.el.querySelector(".o_ecrm_activity_days");
        const pageEl = new DOMParser().parseFromString(html, "text/html").body;
        const entryEls = [];
        for (const dayEl of [...pageEl.children]) {
            const lastEl = daysEl.lastElementChild;
            if (lastEl?.dataset.date !== dayEl.dataset.date) {
                entryEls.push(...dayEl.querySelectorAll(".o_ecrm_event"));
                daysEl.append(dayEl);
                continue;
            }
            for (const entryEl of dayEl.querySelectorAll(".o_ecrm_event")) {
                entryEls.push(this.addEntry(lastEl, entryEl));
            }
        }
        return entryEls;
    }

    addEntry(dayEl, entryEl) {
        const visit = entryEl.dataset.visit;
        const visitEl = visit && dayEl.querySelector(`[data-visit="${CSS.escape(visit)}"]`);
        if (!visitEl) {
            dayEl.querySelector(".o_ecrm_entries").append(entryEl);
            return entryEl;
        }
        visitEl.querySelector(".o_ecrm_acts").append(...entryEl.querySelectorAll(".o_ecrm_act"));
        this.countPages(visitEl, Number(entryEl.dataset.pages));
        return visitEl;
    }

    countPages(visitEl, more) {
        const before = Number(visitEl.dataset.pages);
        const pages = before + more;
        const pagesEl = visitEl.querySelector(".o_ecrm_pages");
        visitEl.dataset.pages = pages;
        if (!pages) {
            return;
        }
        pagesEl.textContent = pages === 1 ? _t("one page") : _t("%s pages", pages);
        if (!before && pagesEl.nextSibling?.textContent.trim()) {
            pagesEl.after(" · "); // facts stood alone
        }
    }
}

registry.category("public.interactions").add("ecrm_addon.activity", Activity);
