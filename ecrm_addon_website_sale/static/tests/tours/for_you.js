import { registry } from "@web/core/registry";

const CARD = ".o_ecrm_for_you .o_ecrm_pick";

/** A customer sees what is recommended in the account and puts it into the cart, then in the cart. */
registry.category("web_tour.tours").add("ecrm_for_you", {
    url: "/my",
    steps: () => [
        {
            content: "It comes when one scrolls there",
            trigger: ".o_ecrm_for_you",
            run: ({ anchor }) => anchor.scrollIntoView(),
        },
        {
            content: "Each product says why it is shown",
            trigger: `${CARD}:contains('Tea') .o_ecrm_why:contains('best sellers')`,
        },
        {
            trigger: `${CARD}:contains('Tea') .o_ecrm_pick_link[href*='ecrm_rec=home']`,
        },
        {
            trigger: `${CARD}:contains('Tea') .o_ecrm_pick_add`,
            run: "click",
        },
        {
            content: "The shop says that it is in the cart",
            trigger: ".toast:contains('Tea')",
            run: () => {
                location.href = "/shop/cart";
            },
            expectUnloadPage: true,
        },
        {
            content: "What is in the cart is not recommended there",
            trigger: "#cart_products:contains('Tea')",
        },
        {
            trigger: ".o_ecrm_for_you",
            run: ({ anchor }) => anchor.scrollIntoView(),
        },
        {
            trigger: `.o_ecrm_for_you:not(:has(h3:contains('Tea'))) .o_ecrm_pick:contains('Cup'):contains('Bought together with Tea in 2 orders') .o_ecrm_pick_add`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#cart_products:contains('Cup')",
        },
    ],
});
