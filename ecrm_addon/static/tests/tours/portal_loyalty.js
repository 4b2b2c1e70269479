import { registry } from "@web/core/registry";

/** A customer looks up their level on /my and goes on to their history. */
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
            content: "The history has a page of its own",
            trigger: ".o_ecrm_portal a[href='/my/activity']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It begins with the newest",
            trigger: ".o_ecrm_activity .o_ecrm_event",
        },
    ],
});
