import { registry } from "@web/core/registry";

/** A customer finds an answer without asking, although they mistype, and says that it helped. */
registry.category("web_tour.tours").add("ecrm_help", {
    url: "/help",
    steps: () => [
        {
            content: "The questions that others had stand there",
            trigger: ".o_ecrm_help_card a:contains('How do I return a chair?')",
        },
        {
            content: "Answers are offered while one types",
            trigger: ".o_ecrm_help_search.o_ecrm_ready input[name=q]",
            run: "edit where is my par",
        },
        {
            content: "The answer is among them",
            trigger: ".o_ecrm_help_suggestions a:contains('Where is my parcel?')",
        },
        {
            content: "How many there are is said",
            trigger: ".o_ecrm_help_suggested:contains('suggestion')",
        },
        {
            content: "Somebody mistypes",
            trigger: ".o_ecrm_help_search input[name=q]",
            run: "edit retrun chiar",
        },
        {
            content: "And sends it",
            trigger: ".o_ecrm_help_search button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What was meant is found, and said",
            trigger: "[role=status]:contains('“return”')",
        },
        {
            content: "The answer is the first one",
            trigger: ".o_ecrm_results li:first-child a:contains('How do I return a chair?')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It answers",
            trigger: ".o_ecrm_answer:contains('Print the label')",
        },
        {
            content: "It did not help at first",
            trigger: "#o_ecrm_vote button[value=no]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What was missing can be said",
            trigger: "#o_ecrm_vote textarea[name=comment]",
            run: "edit Which carrier?",
        },
        {
            content: "It is sent",
            trigger: "#o_ecrm_vote button:contains('Send')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Somebody reads it",
            trigger: "#o_ecrm_vote [role=status]:contains('Thank you')",
        },
        {
            content: "And it is still known what was said",
            trigger: "#o_ecrm_vote button[value=no][aria-pressed=true]",
        },
    ],
});
