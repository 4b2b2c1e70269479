import { registry } from "@web/core/registry";

const activity = ".o_ecrm_activity";

/** A customer recognises her history: a visit and its consent, one channel, an order. */
registry.category("web_tour.tours").add("ecrm_portal_activity", {
    url: "/my/activity",
    steps: () => [
        {
            content: "The page says how much is recorded",
            trigger: ".o_ecrm_recorded:contains('Visits to our website')",
        },
        {
            content: "Ask for more",
            trigger: `${activity}_more`,
            run: "click",
        },
        {
            content: "A screen reader is told, the keyboard goes on where the new entries begin",
            trigger: `${activity}:has(${activity}_status:contains('entries')) .o_ecrm_event:focus`,
        },
        {
            content: "All of the day is in one list, and the button is gone",
            trigger: `${activity}:has(.o_ecrm_event:nth-child(24)) ${activity}_more.d-none:not(:visible)`,
        },
        {
            content: "A visit is one entry",
            trigger: ".o_ecrm_visit > summary:contains('12 pages'):contains('on a phone')",
            run: "click",
        },
        {
            content: "Its pages are inside",
            trigger: ".o_ecrm_visit[open] .o_ecrm_act:nth-child(12)",
        },
        {
            content: "Why is it here?",
            trigger: ".o_ecrm_event:has(.o_ecrm_visit) .o_ecrm_why > summary",
            run: "click",
        },
        {
            content: "It rests on a consent, which can be taken back",
            trigger:
                ".o_ecrm_why[open]:contains('you agreed to measuring visits') a[href='/my/privacy#tracking']",
        },
        {
            content: "Only the orders",
            trigger: ".o_ecrm_channels a[href='/my/activity?channel=order']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The channel is marked, and nothing else is shown",
            trigger: `.o_portal_wrap:has(.o_ecrm_channels a[aria-current='page'][href$='order']):not(:has(.o_ecrm_visit))`,
        },
        {
            content: "An entry leads to the order",
            trigger: ".o_ecrm_event a.o_ecrm_source[href^='/my/orders/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The order's own page",
            trigger: ".o_portal_sale_sidebar",
        },
    ],
});
