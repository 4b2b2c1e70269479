import { Component } from "@odoo/owl";
import {
    deserializeDate,
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";

/** The scores of a customer, each with its reason; what is not known says so. */
export class ScoreCard extends Component {
    static template = "ecrm_addon.ScoreCard";
    static props = { card: Object };

    get tiles() {
        const { segment, engagement, forecast } = this.props.card;
        return [
            { name: "segment", label: _t("Segment"), value: segment },
            { name: "engagement", label: _t("Engagement"), value: engagement },
            { name: "forecast", label: _t("Buys in 90 days"), value: forecast },
        ];
    }

    format(type, value) {
        switch (type) {
            case "monetary":
                return formatMonetary(value, { currencyId: this.props.card.currency_id });
            case "date":
                return toLocaleDateString(deserializeDate(value));
            case "datetime":
                return toLocaleDateTimeString(deserializeDateTime(value));
            default:
                return formatInteger(value);
        }
    }
}
