import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("ecrm_visits", {
    steps: () => [
        {
            content: "the visitor is there now, and has a name although nobody knows who it is",
            trigger:
                ".o_list_view .o_data_row:has(td[name=is_live]:contains(Live)) td[name=visitor_name]:contains(Visitor)",
            run: "click",
        },
        {
            content: "its visits",
            trigger: ".o_form_view button[name=action_view_sessions]",
            run: "click",
        },
        {
            content: "open the visit",
            trigger: ".o_list_view .o_data_row td[name=entry_path]:contains(/tour)",
            run: "click",
        },
        {
            content: "how far it came, and what was recorded in it",
            trigger:
                ".o_form_view:has(.badge:contains(Cart)) button[name=action_view_touchpoints]",
            run: "click",
        },
        {
            content: "the touchpoints of this visit: a page, a product, the cart",
            trigger: ".o_list_view:not(:has(.o_data_row:eq(3))) .o_data_row:eq(2)",
        },
        {
            content: "go to the funnel",
            trigger: "button[data-menu-xmlid='ecrm_addon.ecrm_reporting_menu']",
            run: "click",
        },
        {
            content: "open it",
            trigger: "[data-menu-xmlid='ecrm_addon.ecrm_session_menu_funnel']",
            run: "click",
        },
        {
            content: "the visits that were lost at the cart",
            trigger: ".o_ecrm_funnel [data-stage='2'] button",
            run: "click",
        },
        {
            content: "ours is among them",
            trigger:
                ".o_breadcrumb:contains(Visits That Ended at: Cart), .o_control_panel:contains(Visits That Ended at: Cart)",
        },
        {
            content: "the list shows it",
            trigger: ".o_list_view:not(:has(.o_ecrm_funnel)) .o_data_row td[name=entry_path]:contains(/tour)",
        },
    ],
});
