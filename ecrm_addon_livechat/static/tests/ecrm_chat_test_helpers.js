import { Command, onRpc, serverState } from "@web/../tests/web_test_helpers";
import { openDiscuss, start, startServer } from "@mail/../tests/mail_test_helpers";

/** Return what the server tells beside a chat, with other values. */
export function makeCard(values = {}) {
    return {
        customer: { id: 77, name: "Ann Ash" },
        figures: {
            of: false,
            tier: "Gold",
            score: 72,
            engagement: "Engaged",
            facts: [
                { name: "order_count", label: "Orders", type: "integer", value: 12 },
                { name: "ecrm_loyalty_points", label: "Loyalty Points", type: "integer", value: 1234 },
            ],
        },
        orders: [
            {
                id: 5,
                name: "S00005",
                date: "2026-03-02 10:00:00",
                state: "Sales Order",
                amount: 120.5,
                currency_id: 1,
            },
        ],
        requests: [{ id: 3, number: "S00003", name: "My drawer jams", stage: "In progress" }],
        request: false,
        can_request: true,
        ...values,
    };
}

export function makeAnonymousCard(values = {}) {
    const nothing = { customer: false, figures: false, orders: false, requests: false };
    return makeCard({ ...nothing, ...values });
}

/** Answer what is asked beside a chat: a card, or a function of the id of the chat. */
export function answerCard(answer) {
    onRpc("ecrm.chat.card", "get_card", ({ args }) =>
        typeof answer === "function" ? answer(args[0]) : answer
    );
}

/**
 * Open live chats with guests in Discuss; return the ids of the chats and of their visitors,
 * and the server.
 */
export async function openChats(count = 1) {
    const pyEnv = await startServer();
    const ids = [];
    const visitorIds = [];
    for (let number = 1; number <= count; number++) {
        const guestId = pyEnv["mail.guest"].create({ name: `Visitor #${number}` });
        visitorIds.push(pyEnv["website.visitor"].create({}));
        ids.push(
            pyEnv["discuss.channel"].create({
                channel_member_ids: [
                    Command.create({
                        partner_id: serverState.partnerId,
                        livechat_member_type: "agent",
                    }),
                    Command.create({ guest_id: guestId, livechat_member_type: "visitor" }),
                ],
                channel_type: "livechat",
                livechat_operator_id: serverState.partnerId,
                livechat_visitor_id: visitorIds.at(-1),
            })
        );
    }
    await start();
    await openDiscuss(ids[0]);
    return { ids, visitorIds, pyEnv };
}
