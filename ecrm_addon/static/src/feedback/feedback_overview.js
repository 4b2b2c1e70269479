import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { formatFloat } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { formatCount, formatShare } from "../email/email_format";

/** Kind -> its title, from where to where it goes, and what its bands are called. */
const KINDS = {
    csat: {
        title: _t("Satisfied"),
        lowest: 0,
        highest: 100,
        bands: { good: _t("satisfied"), neutral: _t("neutral"), bad: _t("dissatisfied") },
    },
    nps: {
        title: _t("Net Promoter Score"),
        lowest: -100,
        highest: 100,
        bands: { good: _t("promoters"), neutral: _t("passives"), bad: _t("detractors") },
    },
};

/** What customers answered in a year, with what the figures are sure to. */
export class FeedbackOverview extends Component {
    static template = "ecrm_addon.FeedbackOverview";
    static components = { ControlPanel };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.kinds = KINDS;
        this.count = formatCount;
        this.state = useState({ overview: null });
        onWillStart(async () => {
            this.maySet = await user.hasGroup("base.group_system");
            this.state.overview = await this.orm.call("ecrm.feedback.overview", "get_overview", []);
        });
    }

    get isEmpty() {
        return this.state.overview.kinds.every((figure) => !figure.answers && !figure.asked);
    }

    isKnown(figure) {
        return figure.value !== null && figure.value !== false;
    }

    number(kind, value) {
        const text = formatFloat(value, { digits: [16, 0] });
        return kind === "csat" ? `${text}%` : text;
    }

    /** A figure and its interval, such as "30 (15 to 45)". */
    told(kind, figure) {
        if (!figure.answers) {
            return "–";
        }
        return this.isKnown(figure) ? this.range(kind, figure) : _t("too few answers");
    }

    range(kind, figure) {
        const [value, low, high] = [figure.value, figure.low, figure.high].map((number) =>
            this.number(kind, number)
        );
        return _t("%(value)s (%(low)s to %(high)s)", { value, low, high });
    }

    missing(figure) {
        return _t("Too few answers: %(answers)s of %(fewest)s that are needed.", {
            answers: this.count(figure.answers),
            fewest: this.state.overview.fewest,
        });
    }

    sure(figure) {
        return _t("95% sure: between %(low)s and %(high)s", {
            low: this.number(figure.kind, figure.low),
            high: this.number(figure.kind, figure.high),
        });
    }

    /** Where the interval lies on its scale. */
    place(figure) {
        const { lowest, highest } = KINDS[figure.kind];
        const share = (value) => (100 * (value - lowest)) / (highest - lowest);
        const [start, end] = [share(figure.low), share(figure.high)];
        return `margin-inline-start: ${start}%; width: ${Math.max(end - start, 1)}%`;
    }

    rate(figure) {
        return figure.asked ? formatShare(figure.answered / figure.asked) : _t("nobody was asked");
    }

    openAnswers(filters) {
        const context = { search_default_answered: 1 };
        for (const name of filters) {
            context[`search_default_${name}`] = 1;
        }
        return this.action.doAction("ecrm_addon.ecrm_feedback_action", {
            additionalContext: context,
        });
    }

    openPerson(person) {
        return this.action.doAction("ecrm_addon.ecrm_feedback_action", {
            additionalContext: {
                search_default_answered: 1,
                search_default_user_id: person.key || undefined,
            },
        });
    }

    openAnswer(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "ecrm.feedback",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openSettings() {
        return this.action.doAction("ecrm_addon.res_config_settings_action");
    }
}

registry.category("actions").add("ecrm_feedback_overview", FeedbackOverview);
