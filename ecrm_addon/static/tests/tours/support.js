import { registry } from "@web/core/registry";

/** Asks about an order; what may help is offered meanwhile. */
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
            content: "What may help is offered while typing, and told to who does not see it",
            trigger:
                ".o_ecrm_support_form:has(.o_ecrm_suggestions_status:contains('1')) .o_ecrm_suggestions a:contains('When tea is late')",
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

/** It was closed too early: the customer writes, closes it in the end, and says how it was. */
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
            content: "It is closed, and the page asks how it was",
            trigger:
                ".o_ecrm_request:has(.o_ecrm_status:contains('Solved on')) #o_ecrm_feedback input[name=score][value='4']",
            run: "click",
        },
        {
            trigger: "#o_ecrm_feedback button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is saved",
            trigger: "#o_ecrm_feedback [role=status]:contains('4 of 5')",
        },
    ],
});
