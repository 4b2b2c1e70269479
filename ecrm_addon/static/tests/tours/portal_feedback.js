import { registry } from "@web/core/registry";

const FORM = ".o_ecrm_feedback_form";

/** A customer answers the question on /my/feedback, and rates an order on its page. */
registry.category("web_tour.tours").add("ecrm_portal_feedback", {
    url: "/my",
    steps: () => [
        {
            content: "The card says that there is a question",
            trigger: ".o_portal_index_card a[href='/my/feedback']:contains('Questions: 1')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Ten of ten",
            trigger: `${FORM} input[name=score][value='10']`,
            run: "click",
        },
        {
            content: "And why",
            trigger: `${FORM} textarea[name=comment]`,
            run: "edit Fast and friendly",
        },
        {
            content: "Send it",
            trigger: `${FORM} button[type=submit]`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is saved, and stands among the answers",
            trigger: ".o_ecrm_feedback [role=status]:contains('saved')",
        },
        {
            content: "With the words",
            trigger: ".o_ecrm_said:contains('Fast and friendly')",
        },
        {
            content: "Go to the orders",
            trigger: ".o_ecrm_feedback",
            run: () => {
                window.location.href = "/my/orders";
            },
            expectUnloadPage: true,
        },
        {
            content: "Open the order",
            trigger: ".o_portal_my_doc_table a[href^='/my/orders/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Two of five",
            trigger: `#o_ecrm_feedback ${FORM} input[name=score][value='2']`,
            run: "click",
        },
        {
            content: "Send it",
            trigger: `#o_ecrm_feedback ${FORM} button[type=submit]`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The order's page says so",
            trigger: "#o_ecrm_feedback [role=status]:contains('2 of 5')",
        },
    ],
});

/** The link of a mail: it shows 7, the customer takes 8 and sends it, then says why. */
registry.category("web_tour.tours").add("ecrm_feedback_link", {
    steps: () => [
        {
            content: "What was chosen in the mail is chosen here, and not sent",
            trigger: `${FORM} input[name=score][value='7']:checked`,
        },
        {
            content: "Take another number",
            trigger: `${FORM} input[name=score][value='8']`,
            run: "click",
        },
        {
            content: "Send it",
            trigger: `${FORM} button[type=submit]:contains('Send my answer')`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is saved",
            trigger: "[role=status]:contains('8 of 10')",
        },
        {
            content: "Then it asks why",
            trigger: `${FORM} textarea[name=comment]`,
            run: "edit More colours, please",
        },
        {
            content: "Save it",
            trigger: `${FORM} button[type=submit]:contains('Save my answer')`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is there",
            trigger: `${FORM} textarea:value('More colours, please'), [role=status]`,
        },
    ],
});
