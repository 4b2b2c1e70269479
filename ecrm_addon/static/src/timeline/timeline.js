import { Component, onWillStart, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { TimelineRow } from "./timeline_row";
import { TimelineVisit } from "./timeline_visit";
import { groupByDay } from "./timeline_utils";

/** What can be shown alone: channels of the log that people take for one. */
export const FILTERS = [
    { id: "order", label: _t("Orders"), channels: ["order"] },
    { id: "web", label: _t("Website"), channels: ["web"] },
    { id: "email", label: _t("E-mail"), channels: ["email"] },
    { id: "talk", label: _t("Conversations"), channels: ["chat", "forum", "support", "feedback"] },
    { id: "other", label: _t("Other"), channels: ["loyalty", "consent", "social", "app"] },
];
const PAGE = 30;
/** Further pages come by the button alone, so that what stands below can be reached. */
const PAGES_BY_SCROLLING = 3;

/** The history of one customer, newest first, page by page. */
export class Timeline extends Component {
    static template = "ecrm_addon.Timeline";
    static components = { TimelineRow, TimelineVisit };
    static props = { partnerId: Number };

    setup() {
        this.orm = useService("orm");
        this.filters = FILTERS;
        this.keepLast = new KeepLast();
        this.more = useRef("more");
        this.state = useState({
            rows: [],
            next: false,
            pages: 0,
            status: "loading", // loading (the first page), more (a further one), ready, error
            error: "",
            selected: [],
            machines: false, // a mail scanner follows all links of each mail
        });
        onWillStart(() => {
            this.load(this.props.partnerId); // not awaited: the words around it come at once
        });
        onWillUpdateProps((nextProps) => {
            if (nextProps.partnerId !== this.props.partnerId) {
                this.load(nextProps.partnerId);
            }
        });
        useEffect(
            (button) => this.watch(button),
            () => [this.more.el]
        );
    }

    get days() {
        return groupByDay(this.state.rows);
    }

    /** Load the first page: of another customer, or with another filter. */
    load(partnerId = this.props.partnerId) {
        Object.assign(this.state, { rows: [], next: false, pages: 0, status: "loading" });
        return this.fetch(partnerId);
    }

    loadMore() {
        if (this.state.status === "more" || !this.state.next) {
            return;
        }
        this.state.status = "more";
        return this.fetch(this.props.partnerId);
    }

    async fetch(partnerId) {
        const chosen = this.filters.filter(({ id }) => this.state.selected.includes(id));
        try {
            const page = await this.keepLast.add(
                this.orm.silent.call("ecrm.touchpoint", "get_timeline", [partnerId], {
                    before: this.state.next,
                    channels: chosen.flatMap(({ channels }) => channels),
                    limit: PAGE,
                    machines: this.state.machines,
                })
            );
            this.state.rows.push(...page.rows);
            this.state.next = page.next;
            this.state.pages++;
            this.state.status = "ready";
        } catch (error) {
            this.state.error = error.data?.message || "";
            this.state.status = "error";
        }
    }

    retry() {
        return this.state.rows.length ? this.loadMore() : this.load();
    }

    isSelected(id) {
        return this.state.selected.includes(id);
    }

    toggleMachines() {
        this.state.machines = !this.state.machines;
        return this.load();
    }

    showAll() {
        this.state.selected = [];
        return this.load();
    }

    toggle(id) {
        const others = this.state.selected.filter((other) => other !== id);
        this.state.selected = this.isSelected(id) ? others : [...others, id];
        return this.load();
    }

    /** Load the next page when the button comes into view, a few times. */
    watch(button) {
        if (!button) {
            return;
        }
        const observer = new IntersectionObserver((entries) => {
            if (entries.at(-1).isIntersecting && this.state.pages < PAGES_BY_SCROLLING) {
                this.loadMore();
            }
        });
        observer.observe(button);
        return () => observer.disconnect();
    }
}
