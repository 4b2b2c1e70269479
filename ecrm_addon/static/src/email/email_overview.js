import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { barStyle, formatAmount, formatCount, formatShare } from "./email_format";

const PARTS = {
    engaged: _t("Engaged in 90 days"),
    recent: _t("Engaged in 30 days"),
    bounces: _t("Bounces"),
    complaints: _t("Spam reports"),
    growth: _t("Growth"),
};

/** How healthy the mailing list is and why, the last month against the one before. */
export class EmailOverview extends Component {
    static template = "ecrm_addon.EmailOverview";
    static components = { ControlPanel };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.parts = PARTS;
        this.count = formatCount;
        this.share = formatShare;
        this.bar = barStyle;
        this.state = useState({ overview: null });
        onWillStart(async () => {
            this.mayWrite = await user.hasGroup("mass_mailing.group_mass_mailing_user");
            this.state.overview = await this.orm.call("ecrm.email.health", "get_overview", []);
        });
    }

    get isEmpty() {
        const { now, before, mailings } = this.state.overview;
        return !now.figures.sent && !before.figures.sent && !mailings.length;
    }

    get grade() {
        const { score } = this.state.overview;
        return score >= 80 ? _t("good") : score >= 60 ? _t("fair") : _t("needs care");
    }

    amount(value) {
        return formatAmount(value, this.state.overview.currency_id);
    }

    sentOn(value) {
        return value ? toLocaleDateString(deserializeDateTime(value)) : "";
    }

    get tiles() {
        const { now, before } = this.state.overview;
        const rate = (key, label) => ({
            key,
            label,
            value: formatShare(now.rates[key]),
            note: _t("before: %s", formatShare(before.rates[key])),
        });
        return [
            {
                key: "sent",
                label: _t("Mails sent"),
                value: formatCount(now.figures.sent),
                note: _t("before: %s", formatCount(before.figures.sent)),
            },
            rate("delivery_rate", _t("Delivered")),
            rate("open_rate", _t("Opened by hand")),
            rate("click_rate", _t("Clicked by hand")),
            rate("hard_bounce_rate", _t("Bounced for good")),
            rate("complaint_rate", _t("Reported as spam")),
            rate("unsubscribe_rate", _t("Unsubscribed")),
            rate("machine_share", _t("Machine share")),
            {
                key: "revenue",
                label: _t("Revenue after clicks"),
                value: this.amount(now.revenue),
                note: _t("before: %s", this.amount(before.revenue)),
            },
        ];
    }

    write() {
        return this.action.doAction("mass_mailing.mailing_mailing_action_mail");
    }

    openMailing(id) {
        return this.action.doAction("ecrm_addon.ecrm_email_report_action", {
            additionalContext: { active_id: id },
        });
    }
}

registry.category("actions").add("ecrm_email_overview", EmailOverview);
