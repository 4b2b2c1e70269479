import { registry } from "@web/core/registry";

/** Asks about an order; what may help is offered meanwhile, where there are such articles. */
registry.category("web_tour.tours").add("ecrm_support_ask", {
    url: "/my",
    steps: () => [
        {
            content: "The card leads to one's requests",
            trigger: ".o_portal_index_card a[href='/my/support']:contains('Support')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "There is none yet, and the page says what to do",
            trigger: ".o_ecrm_support:contains('no open request') a.o_ecrm_ask",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#o_ecrm_subject",
            run: "edit My tea is late",
        },
        {
            content: "Only one's own orders are offered",
            trigger: "#o_ecrm_about",
            run: "selectByIndex 1",
        },
        {
            trigger: "#o_ecrm_question",
            run: "edit It should have been here on Monday.",
        },
        {
            content: "Where suggestions come is told to who does not see them",
            trigger: ".o_ecrm_support_form:has(.o_ecrm_suggestions_status[role=status])",
        },
        {
            trigger: ".o_ecrm_send",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page says that it came",
            trigger: ".o_ecrm_request [role=status]:contains('We got your question')",
        },
        {
            content: "The thread holds the question",
            trigger: ".o_ecrm_request .o_portal_chatter",
        },
    ],
});

/** It was closed too early: the customer writes, and closes it in the end. */
registry.category("web_tour.tours").add("ecrm_support_reopen", {
    steps: () => [
        {
            content: "It is closed",
            trigger: ".o_ecrm_status:contains('Solved on')",
        },
        {
            trigger: "#o_ecrm_question",
            run: "edit It did not come after all.",
        },
        {
            trigger: ".o_ecrm_reopen",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is open again",
            trigger: ".o_ecrm_request .o_ecrm_stage:contains('In progress')",
        },
        {
            trigger: ".o_ecrm_close",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_ecrm_status:contains('Solved on')",
        },
    ],
});
