import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { barStyle, formatAmount, formatCount, formatShare } from "./email_format";
import { HourlyCurve } from "./hourly_curve";

const VERDICTS = [
    { key: "human", label: _t("People") },
    { key: "machine", label: _t("Machines") },
    { key: "proxy", label: _t("Privacy proxies") },
    { key: "unknown", label: _t("Not known") },
];
const CLIENT_KINDS = {
    proxy: _t("fetches pictures for its readers"),
    mail: _t("mail program"),
    browser: _t("browser"),
};

/** What became of one mailing: by hand and with machines, by hour, link, provider and program. */
export class EmailReport extends Component {
    static template = "ecrm_addon.EmailReport";
    static components = { ControlPanel, HourlyCurve };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.verdicts = VERDICTS;
        this.clientKinds = CLIENT_KINDS;
        this.count = formatCount;
        this.share = formatShare;
        this.bar = barStyle;
        this.state = useState({ report: null, missing: false });
        onWillStart(() => this.load());
    }

    async load() {
        const { context = {}, params = {} } = this.props.action;
        const mailingId = context.active_id || params.mailing_id;
        if (!mailingId) {
            this.state.missing = true; // an old bookmark
            return;
        }
        this.state.report = await this.orm.call("ecrm.email.report", "get_mailing", [mailingId]);
        // the mailing itself may stand before it in the breadcrumb
        this.env.config.setDisplayName(_t("Engagement: %s", this.state.report.mailing.name));
    }

    get sentAt() {
        const { sent_at: sentAt } = this.state.report.mailing;
        return sentAt ? toLocaleDateTimeString(deserializeDateTime(sentAt)) : "";
    }

    get isEmpty() {
        return !this.state.report.figures.sent;
    }

    amount(value) {
        return formatAmount(value, this.state.report.currency_id);
    }

    /** The figures at the top; ``raw`` is the same with machines. */
    get tiles() {
        const { figures, rates, orders } = this.state.report;
        const people = (key, label, rate, domain, raw) => ({
            key,
            label,
            value: formatCount(figures[key]),
            note: rate === undefined ? "" : formatShare(rate),
            raw: raw === undefined ? "" : _t("%s with machines", raw),
            domain,
        });
        return [
            people("sent", _t("Sent"), undefined, [["state", "!=", "queued"]]),
            people("delivered", _t("Delivered"), rates.delivery_rate, [
                ["state", "not in", ["queued", "failed", "rejected", "bounced"]],
            ]),
            people(
                "opened",
                _t("Opened"),
                rates.open_rate,
                [["first_human_open_at", "!=", false]],
                formatShare(rates.open_rate_raw)
            ),
            people(
                "clicked",
                _t("Clicked"),
                rates.click_rate,
                [["first_human_click_at", "!=", false]],
                formatShare(rates.click_rate_raw)
            ),
            {
                key: "click_to_open_rate",
                label: _t("Clicked of opened"),
                value: formatShare(rates.click_to_open_rate),
            },
            people("replied", _t("Replied"), rates.reply_rate, [["replied_at", "!=", false]]),
            {
                key: "orders",
                label: _t("Orders"),
                value: formatCount(orders.count),
                note: formatShare(orders.rate),
                model: "ecrm.email.order",
            },
            {
                key: "revenue",
                label: _t("Revenue"),
                value: this.amount(orders.revenue),
                note: _t("%s per recipient", this.amount(orders.per_recipient)),
                model: "ecrm.email.order",
            },
            people("unsubscribed", _t("Unsubscribed"), rates.unsubscribe_rate, [
                ["unsubscribed_at", "!=", false],
            ]),
            people("complained", _t("Reported as spam"), rates.complaint_rate, [
                ["complained_at", "!=", false],
            ]),
            people("hard_bounced", _t("Bounced for good"), rates.hard_bounce_rate, [
                ["state", "=", "bounced"],
                ["bounce_kind", "=", "hard"],
            ]),
            people("soft_bounced", _t("Bounced for now"), rates.soft_bounce_rate, [
                ["state", "=", "bounced"],
                ["bounce_kind", "!=", "hard"],
            ]),
            people("failed", _t("Failed"), undefined, [["state", "in", ["failed", "rejected"]]]),
            {
                key: "machine_share",
                label: _t("Machine share"),
                value: formatShare(rates.machine_share),
                note: _t("of opens and clicks"),
            },
        ];
    }

    get steps() {
        const { figures, orders } = this.state.report;
        return [
            { key: "sent", label: _t("Sent"), value: figures.sent },
            { key: "delivered", label: _t("Delivered"), value: figures.delivered },
            { key: "opened", label: _t("Opened"), value: figures.opened },
            { key: "clicked", label: _t("Clicked"), value: figures.clicked },
            { key: "buyers", label: _t("Ordered"), value: orders.buyers },
        ].map((step) => ({ ...step, share: figures.sent ? step.value / figures.sent : null }));
    }

    get hits() {
        const { hits } = this.state.report;
        return [
            { key: "opened", label: _t("Opens") },
            { key: "clicked", label: _t("Clicks") },
        ].map(({ key, label }) => {
            const found = hits[key] || {};
            const total = VERDICTS.reduce((sum, verdict) => sum + (found[verdict.key] || 0), 0);
            return {
                key,
                label,
                total,
                parts: VERDICTS.map((verdict) => ({
                    ...verdict,
                    count: found[verdict.key] || 0,
                    share: total ? (found[verdict.key] || 0) / total : null,
                })),
            };
        });
    }

    show({ label, domain, model = "ecrm.email.message" }) {
        const xmlId = model.replaceAll(".", "_");
        return this.open(`ecrm_addon.${xmlId}_action`, label, [
            ["mailing_id", "=", this.state.report.mailing.id],
            ...(domain || []),
        ]);
    }

    showAll() {
        return this.action.doAction("ecrm_addon.ecrm_mailing_report_action");
    }

    showClicks(link) {
        return this.open("ecrm_addon.ecrm_email_click_action", _t("Clicks"), [
            ["link_id", "=", link.id],
        ]);
    }

    async open(xmlId, label, domain) {
        const action = await this.action.loadAction(xmlId);
        const name = `${this.state.report.mailing.name}: ${label}`;
        return this.action.doAction({ ...action, name, display_name: name, domain, context: {} });
    }
}

registry.category("actions").add("ecrm_email_report", EmailReport);
