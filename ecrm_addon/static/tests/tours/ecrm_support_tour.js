import { registry } from "@web/core/registry";

/** Answer a customer from the back office, by a canned answer; then it is solved. */
registry.category("web_tour.tours").add("ecrm_support", {
    steps: () => [
        {
            content: "the request waits in the first stage, and says since when",
            trigger: ".o_kanban_record:contains(Where is my tea):contains(Customer wrote)",
            run: "click",
        },
        {
            content: "the customer's last order and other request stand beside it",
            trigger:
                ".o_ecrm_customer_support:has([data-list=orders] li) [data-list=requests]:contains(And cups)",
        },
        {
            content: "take it",
            trigger: "button[name=action_assign_to_me]:contains(Assign to Me)",
            run: "click",
        },
        {
            content: "it is the agent's now; answer",
            trigger: "button[name=action_solve]",
        },
        {
            trigger: "button.o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            content: "call a canned answer",
            trigger: ".o-mail-Composer-input",
            run: "edit ::teatour",
        },
        {
            content: "choose it by its title",
            trigger: ".o-mail-Composer-suggestion:contains(Tea is coming)",
            run: "click",
        },
        {
            content: "the customer's name is filled in",
            trigger: ".o-mail-Composer-input:value(Hello Tour Customer, it comes.)",
        },
        {
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "the answer stands in the thread",
            trigger: ".o-mail-Message:contains(Hello Tour Customer, it comes.)",
        },
        {
            content: "it is solved",
            trigger: "button[name=action_solve]",
            run: "click",
        },
        {
            trigger: "button[name=action_reopen]",
        },
    ],
});
