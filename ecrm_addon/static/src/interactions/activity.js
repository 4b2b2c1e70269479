import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";

/** Adds the next page of the history below the one that is shown, without leaving it. */
export class LoyaltyActivity extends Interaction {
    static selector = ".o_ecrm_activity";
    dynamicContent = {
        ".o_ecrm_activity_more": {
            "t-on-click.prevent": this.locked(this.onShowMore, true),
            "t-att-class": () => ({ "d-none": !this.next }),
        },
    };

    setup() {
        this.next = this.el.dataset.next;
    }

    async onShowMore() {
        const page = await this.waitFor(rpc("/my/loyalty/activity", { before: this.next }));
        this.next = page.next;
        const rowEls = this.addDays(page.html);
        this.el.querySelector(".o_ecrm_activity_status").textContent = _t(
            "%s more entries are shown.",
            rowEls.length
        );
        // a keyboard goes on where the new entries begin
        rowEls[0]?.setAttribute("tabindex", "-1");
        rowEls[0]?.focus();
    }

    /** A day may begin on one page and go on on the next one. */
    addDays(html) {
        const daysEl = this.el.querySelector(".o_ecrm_activity_days");
        const pageEl = new DOMParser().parseFromString(html, "text/html").body;
        const rowEls = [...pageEl.querySelectorAll(".o_ecrm_event")];
        for (const dayEl of [...pageEl.children]) {
            const lastEl = daysEl.lastElementChild;
            if (lastEl?.dataset.date === dayEl.dataset.date) {
                lastEl.querySelector("ul").append(...dayEl.querySelectorAll(".o_ecrm_event"));
            } else {
                daysEl.append(dayEl);
            }
        }
        return rowEls;
    }
}

registry.category("public.interactions").add("ecrm_addon.loyalty_activity", LoyaltyActivity);
