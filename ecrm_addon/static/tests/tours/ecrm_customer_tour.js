import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("ecrm_customer", {
    steps: () => [
        {
            content: "the customer stands in the list of customers",
            trigger: ".o_list_view .o_data_row td[name=partner_id]:contains(Tour Customer)",
            run: "click",
        },
        {
            content: "the scores are there, each with its reason",
            trigger: ".o_ecrm_score_card [data-fact=order_count] dd:contains(1)",
        },
        {
            content: "go to the contact itself",
            trigger: ".oe_title [name=partner_id] a",
            run: "click",
        },
        {
            content: "the stat button tells where the customer stands",
            trigger: "button[name=action_view_ecrm_touchpoints] [name=ecrm_standing]",
        },
        {
            content: "open the tab",
            trigger: "a[name=ecrm_customer_360]",
            run: "click",
        },
        {
            content: "the first page is there",
            trigger: ".o_ecrm_timeline .o_ecrm_row[data-kind='web.page']",
        },
        {
            content: "show orders only",
            trigger: ".o_ecrm_filters button[data-filter=order]",
            run: "click",
        },
        {
            content: "no page view is left",
            trigger:
                ".o_ecrm_timeline:not(:has(.o_ecrm_row[data-kind='web.page'])) .o_ecrm_row[data-kind='order.confirmed']",
        },
        {
            content: "show everything again",
            trigger: ".o_ecrm_filters button:contains(All)",
            run: "click",
        },
        {
            content: "wait for the page",
            trigger: ".o_ecrm_timeline .o_ecrm_row[data-kind='web.page']",
        },
        {
            content: "show more until the history begins",
            trigger: ".o_ecrm_timeline .o_ecrm_more",
            async run() {
                while (!document.querySelector(".o_ecrm_end")) {
                    document.querySelector(".o_ecrm_more")?.click();
                    await new Promise((resolve) => setTimeout(resolve, 50));
                }
            },
        },
        {
            content: "all of it is there",
            trigger: ".o_ecrm_timeline .o_ecrm_row:eq(130)",
        },
        {
            content: "open the order",
            trigger: ".o_ecrm_row[data-kind='order.confirmed'] a.o_ecrm_source",
            run: "click",
        },
        {
            content: "this is the order; it tells of the way to it",
            trigger: ".o_form_view button[name=action_view_ecrm_journey]",
            run: "click",
        },
        {
            content: "the touchpoints before the order",
            trigger: ".o_list_view .o_data_row:contains(Placed an order)",
        },
    ],
});
