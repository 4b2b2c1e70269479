import { onRpc } from "@web/../tests/web_test_helpers";

/** A row of the timeline as the server gives it. */
export function makeRow(values = {}) {
    makeRow.number = (makeRow.number || 0) + 1;
    return {
        key: `e${makeRow.number}`,
        at: "2026-03-02T09:00:00Z",
        kind: "web.page",
        channel: "web",
        label: "Viewed a page",
        icon: "fa-file-o",
        name: "",
        source: false,
        gone: false,
        detail: "",
        person: false,
        visit: false,
        value: false,
        currency_id: false,
        verdict: "human",
        verdict_reasons: "",
        ...values,
    };
}

/** A score card as the server gives it. */
export function makeCard(values = {}) {
    return {
        known: true,
        scope: false,
        tier: { name: "Silver", since: "2026-01-05", why: "Silver: $ 600", next: "Gold", progress: 30 },
        score: { value: 72, why: "Loyalty 72 = 25 + 47" },
        segment: { name: "Champions", why: "Bought lately, often and for much." },
        engagement: { name: "Engaged", why: "Engagement 12" },
        rfm: [
            { letter: "R", score: 5, label: "Recency", why: "Last order today" },
            { letter: "F", score: 4, label: "Frequency", why: "7 orders" },
            { letter: "M", score: 5, label: "Money", why: "$ 600 spent" },
        ],
        facts: [
            { name: "order_count", label: "Orders", type: "integer", value: 7 },
            { name: "last_email_at", label: "Last E-mail Reaction", type: "datetime", value: false },
        ],
        computed_at: "2026-03-02 09:00:00",
        currency_id: 1,
        email: makeEmail(),
        ...values,
    };
}

/** What the card says of a contact's mails. */
export function makeEmail(values = {}) {
    return {
        address: "ann@example.com",
        band: { name: "Engaged", why: "In 180 days: 12 received" },
        score: { value: 5.25, why: "As of now.", weeks: [null, 0.5, 8, 5.25] },
        hour: { value: 23, why: "Most clicks by hand (UTC)." },
        next: { at: "2026-03-03 07:00:00", is_now: false, why: "Quiet hours" },
        ...values,
    };
}

/** Answer calls for pages of the timeline, one answer after the other; the last one stays. */
export function answerTimeline(...pages) {
    const calls = [];
    onRpc("ecrm.touchpoint", "get_timeline", async ({ args, kwargs }) => {
        calls.push({ partnerId: args[0], ...kwargs });
        const page = pages.length > 1 ? pages.shift() : pages[0];
        return typeof page === "function" ? page({ args, kwargs }) : page;
    });
    return calls;
}
