import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("ecrm_privacy_ask_file", {
    url: "/my/privacy",
    steps: () => [
        {
            content: "Ask for the file",
            trigger: ".o_ecrm_make_file:contains('Make my file')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is being made, and the page says how far it is",
            trigger: "#ecrm_privacy_download:has([role=status]) [role=progressbar]",
        },
        {
            content: "The request is listed, with the day of its answer",
            trigger: ".o_ecrm_requests:contains('Download of all data'):contains('answered until')",
        },
    ],
});

tours.add("ecrm_privacy_get_file", {
    url: "/my/privacy",
    steps: () => [
        {
            content: "The file is there, and its link in the mailbox",
            trigger: "#ecrm_privacy_download:contains('is ready') .o_ecrm_mailed",
        },
        {
            content: "A new one has to wait",
            trigger: "#ecrm_privacy_download:not(:has(form))",
        },
    ],
});

tours.add("ecrm_privacy_ask_erase", {
    url: "/my/privacy",
    steps: () => [
        {
            content: "See what would be erased",
            trigger: "a.o_ecrm_erase",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What goes and what stays is said before",
            trigger: "#wrap:contains('What goes'):contains('What the law makes us keep')",
        },
        {
            content: "Ask for the mail",
            trigger: ".o_ecrm_ask_erase",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Nothing is erased yet",
            trigger: "#wrap [role=status]:contains('We sent you a mail')",
        },
    ],
});

tours.add("ecrm_privacy_confirm_erase", {
    steps: () => [
        {
            content: "Confirm",
            trigger: ".o_ecrm_confirm",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is being erased, and nobody is logged in",
            trigger: "#wrap:has([role=progressbar]) h1:contains('is being erased')",
        },
    ],
});

tours.add("ecrm_privacy_certificate", {
    steps: () => [
        {
            content: "Look at the certificate",
            trigger: "a.o_ecrm_certificate",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It has a number and names nobody",
            trigger: "#wrap:contains('PR/'):not(:contains('zed'))",
        },
    ],
});

tours.add("ecrm_privacy_guest", {
    steps: () => [
        {
            content: "The footer of every page leads to one's data",
            trigger: "a.o_ecrm_data_link",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Type the address",
            trigger: "#o_ecrm_ask_email",
            run: "edit zed@example.com",
        },
        {
            content: "Send it",
            trigger: "form:has(#o_ecrm_ask_email) button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The answer says nothing of whether it is known",
            trigger: "#wrap [role=status]:contains('We sent a mail')",
        },
    ],
});

tours.add("ecrm_privacy_guest_page", {
    steps: () => [
        {
            content: "Object",
            trigger: "#o_ecrm_profile_switch[aria-checked=true]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is done and listed",
            trigger: ".o_ecrm_requests:contains('Objection to profiles'):contains('Done')",
        },
    ],
});

tours.add("ecrm_privacy_back_office", {
    steps: () => [
        {
            content: "Overdue is said in words",
            trigger: ".o_data_row:contains('days ago')",
        },
        {
            content: "Open the first",
            trigger: ".o_data_row:contains('Erasure') .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "It has a number",
            trigger: ".o_form_view [name=name]:contains('PR/')",
        },
        {
            content: "It is overdue",
            trigger: ".o_form_view .alert:contains('Overdue')",
        },
        {
            content: "Who did what is there",
            trigger: ".o_field_widget[name=event_ids] .o_data_row:contains('Asked')",
        },
        {
            content: "Refuse",
            trigger: "button[name=action_refuse]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Nobody knows who it is",
        },
        {
            content: "Tell",
            trigger: ".modal button[name=action_apply]:contains('Refuse')",
            run: "click",
        },
        {
            content: "It is closed",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Refused')",
        },
    ],
});
