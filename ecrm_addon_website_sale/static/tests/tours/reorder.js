import { registry } from "@web/core/registry";

/** A customer orders again from the list, is told what is missing, and buys a thing again. */
registry.category("web_tour.tours").add("ecrm_reorder", {
    url: "/my/orders",
    steps: () => [
        {
            content: "Each order has a button, on a phone, too",
            trigger: ".o_ecrm_reorder_button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The cart says what is in it, and what is not and why",
            trigger: ".o_ecrm_reorder[role=status]:contains('One product was put into your cart')",
        },
        {
            trigger: ".o_ecrm_missing:contains('Cup'):contains('no longer sold')",
        },
        {
            trigger: "#cart_products:contains('Tea')",
            run: () => {
                location.href = "/my";
            },
            expectUnloadPage: true,
        },
        {
            content: "What comes again and again has a page of its own",
            trigger: ".o_portal_index_card a[href='/my/buy-again']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It says when the next one is due",
            trigger: ".o_ecrm_again:contains('Pot') .o_ecrm_rhythm:contains('every 10 days')",
        },
        {
            trigger: ".o_ecrm_again:contains('Pot') .o_ecrm_again_quantity",
            run: "edit 3",
        },
        {
            trigger: ".o_ecrm_again:contains('Pot') button[name=add]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_ecrm_reorder:contains('One product was put into your cart')",
        },
        {
            trigger: "#cart_products:contains('Pot')",
        },
    ],
});
