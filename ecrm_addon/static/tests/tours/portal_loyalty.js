import { registry } from "@web/core/registry";

/** A customer looks up their level on /my and reads on in their history. */
registry.category("web_tour.tours").add("ecrm_portal_loyalty", {
    url: "/my",
    steps: () => [
        {
            content: "The card says where the customer stands",
            trigger: ".o_portal_index_card a[href='/my/loyalty']:contains('Gold')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page says it in words",
            trigger: ".o_ecrm_tier:contains('Gold'):contains('more to Platinum')",
        },
        {
            content: "The way to the next level is drawn",
            trigger: ".o_ecrm_tier [role=progressbar][aria-valuenow='50']",
        },
        {
            content: "A page of the history is there",
            trigger:
                ".o_ecrm_activity:has(.o_ecrm_event):not(:has(.o_ecrm_event:nth-child(24)))",
        },
        {
            content: "Ask for more",
            trigger: ".o_ecrm_activity_more",
            run: "click",
        },
        {
            content: "The same day goes on in its list, and the button is gone",
            trigger:
                ".o_ecrm_activity:has(.o_ecrm_event:nth-child(24)):has(.o_ecrm_activity_more.d-none)",
        },
        {
            content: "A screen reader is told, the keyboard goes on where it was",
            trigger:
                ".o_ecrm_activity:has(.o_ecrm_activity_status:contains('entries')) .o_ecrm_event:focus",
        },
        {
            content: "An entry leads to its source",
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
