import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateString } from "@web/core/l10n/dates";
import { startUrl } from "@web/core/browser/router";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";

/** Who a live chat is with: their standing, latest orders and open requests. */
export class CustomerPanel extends Component {
    static template = "ecrm_addon_livechat.CustomerPanel";
    static props = { thread: Object };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.store = useService("mail.store");
        this.ui = useService("ui");
        this.state = useState({ card: null, failed: "", busy: false });
        this.latest = new KeepLast();
        this.isGone = false;
        onWillUnmount(() => (this.isGone = true));
        useEffect(
            () => {
                this.load();
            },
            () => [this.customerKey]
        );
    }

    /** Changes with the chat, and when its visitor becomes known. */
    get customerKey() {
        const { id, livechat_visitor_id: visitor, channel_member_ids: members } = this.props.thread;
        // those who answer come and go, and change nothing
        const people = members
            .filter((member) => member.livechat_member_type === "visitor" && member.partner_id)
            .map((member) => member.partner_id.id);
        return [id, visitor?.partner_id?.id || 0, ...people.sort()].join();
    }

    async load() {
        this.state.failed = "";
        if (this.chatId !== this.props.thread.id) {
            // nobody may take the customer of one chat for that of another
            this.state.card = null;
            this.chatId = this.props.thread.id;
        }
        await this.attempt(async () => {
            const request = this.orm.silent.call("ecrm.chat.card", "get_card", [this.chatId]);
            const card = await this.latest.add(request);
            if (!this.isGone) {
                this.state.card = card;
            }
        });
    }

    /** Tell in the panel what failed: the chat itself goes on. */
    async attempt(act) {
        try {
            await act();
        } catch (error) {
            if (!this.isGone) {
                this.state.failed = error.data?.message || error.message;
            }
        }
    }

    async makeRequest() {
        const { id } = this.props.thread;
        this.state.busy = true;
        await this.attempt(async () => {
            const request = await this.orm.call("ecrm.request", "open_from_chat", [id]);
            if (!this.isGone && id === this.chatId) {
                Object.assign(this.state.card, { request, can_request: false });
                await this.load();
            }
        });
        this.state.busy = false;
    }

    // ------------------------------------------------------------
    // SHOWING
    // ------------------------------------------------------------

    format({ type, value, currency_id: currencyId }) {
        return type === "monetary" ? formatMonetary(value, { currencyId }) : formatInteger(value);
    }

    amount(order) {
        return formatMonetary(order.amount, { currencyId: order.currency_id });
    }

    date(order) {
        return toLocaleDateString(deserializeDateTime(order.date));
    }

    get hasFigures() {
        const { tier, score, engagement, facts } = this.state.card.figures;
        return tier || score !== false || engagement || facts.length;
    }

    // ------------------------------------------------------------
    // OPENING
    // ------------------------------------------------------------

    url(model, id) {
        return `/${startUrl()}/${model}/${id}`;
    }

    /** Open a record and keep the chat at hand, as Odoo does with the contact. */
    open(event, model, id) {
        if (event.ctrlKey || event.metaKey || event.shiftKey) {
            return;
        }
        event.preventDefault();
        if (this.ui.isSmall) {
            this.store.ChatWindow.get({ thread: this.props.thread })?.fold();
        } else {
            this.props.thread.openChatWindow({ focus: true });
        }
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}
