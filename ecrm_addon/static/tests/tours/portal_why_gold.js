import { registry } from "@web/core/registry";

/** Tells of a card what a customer sees of it: whether it is on the page, and not cut off. */
function isInView(selector) {
    const el = document.querySelector(selector);
    const { left, right, height } = el.getBoundingClientRect();
    return height >= 24 && left >= 0 && right <= window.innerWidth;
}

/** Fails where the page is wider than the screen, and says by what. */
function checkWidth() {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) {
        const wide = [...document.querySelectorAll("body *")].filter(
            (el) => el.getBoundingClientRect().right > clientWidth + 1
        );
        const names = wide.map((el) => `${el.tagName}.${el.className}`).slice(-5);
        throw new Error(`${scrollWidth} of ${clientWidth}: ${names.join(", ")}`);
    }
}

/** A customer sees, on a phone too, why she is Gold, what is missing to Platinum, what it brings. */
registry.category("web_tour.tours").add("ecrm_portal_why_gold", {
    url: "/my",
    steps: () => [
        {
            content: "The card names the level and what is missing",
            trigger:
                ".o_portal_index_card a[href='/my/loyalty']:contains('Gold'):contains('more to Platinum')",
            run() {
                for (const page of ["loyalty", "activity", "privacy"]) {
                    if (!isInView(`.o_portal_index_card a[href='/my/${page}']`)) {
                        throw new Error(`the card of /my/${page} is not in view`);
                    }
                }
                checkWidth();
            },
        },
        {
            content: "It draws how far it is",
            trigger:
                ".o_portal_index_card a[href='/my/loyalty'] [role=progressbar][aria-valuenow='50']",
        },
        {
            content: "It leads to the rest",
            trigger: ".o_portal_index_card a[href='/my/loyalty']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Why she is Gold",
            trigger: ".o_ecrm_tier:contains('Gold'):contains('spent'):contains('2,500.00')",
        },
        {
            content: "What is missing to Platinum",
            trigger: ".o_ecrm_tier .o_ecrm_missing:contains('2,500.00 more to Platinum')",
        },
        {
            content: "How long it lasts",
            trigger: ".o_ecrm_tier .o_ecrm_keep:contains('keeps Gold')",
        },
        {
            content: "What each level asks for, and which one is hers",
            trigger: ".o_ecrm_current:contains('Gold'):contains('Your level')",
            run: checkWidth,
        },
        {
            content: "How she got there, order by order",
            trigger: ".o_ecrm_portal a[href^='/my/orders/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The order's own page",
            trigger: ".o_portal_sale_sidebar",
        },
    ],
});
