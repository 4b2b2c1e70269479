import { registry } from "@web/core/registry";
import {
    changeOption,
    clickOnSave,
    clickOnSnippet,
    insertSnippet,
    registerWebsitePreviewTour,
} from "@website/js/tours/tour_utils";
import { stepUtils } from "@web_tour/tour_utils";

const BLOCK = { id: "s_ecrm_for_you", name: "For You", groupName: "Catalog" };

/** A designer puts the block on the home page and lets it show two products. */
registerWebsitePreviewTour("ecrm_for_you_block", { url: "/", edition: true }, () => [
    ...insertSnippet(BLOCK),
    {
        content: "It shows products at once",
        trigger: ":iframe .s_ecrm_for_you .o_ecrm_pick:contains('Tea')",
    },
    ...clickOnSnippet(BLOCK),
    changeOption("For You", "[data-label='Products'] .dropdown-toggle"),
    {
        trigger: ".o_popover .o-dropdown-item:contains('2')",
        run: "click",
    },
    ...clickOnSave(),
    {
        content: "What was shown is not part of the page",
        trigger: ":iframe body:not(.editor_enable) .s_ecrm_for_you .o_ecrm_pick:contains('Tea')",
    },
]);

/** Somebody puts the block into a mailing. */
registry.category("web_tour.tours").add("ecrm_mail_for_you_block", {
    steps: () => [
        {
            trigger: ".o_mailing_template_preview_wrapper [data-name='empty']",
            run: "click",
        },
        {
            trigger: "#snippet_groups .o_snippet[name='Marketing'] .o_snippet_thumbnail_area",
            run: "click",
        },
        {
            trigger: ".modal .show:iframe .o_snippet_preview_wrap[data-snippet-id='s_mail_ecrm_for_you']",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_dialog))",
        },
        {
            content: "It says what will be there, and holds nothing",
            trigger: ":iframe .o_layout .s_mail_ecrm_for_you .o_ecrm_mail_for_you",
            run() {
                const told = getComputedStyle(this.anchor, "::before").content;
                if (!told.includes("each recipient") || this.anchor.textContent.trim()) {
                    throw new Error(`The block says ${told}`);
                }
            },
        },
        {
            content: "The editor knows of it: what is saved before lacks it",
            trigger: "button.fa-undo:enabled",
        },
        ...stepUtils.saveForm(),
        {
            content: "The mail is made when it is saved; who leaves the form waits for that",
            trigger: ".breadcrumb a:contains(Mailings)",
            run: "click",
        },
        {
            trigger: ".o_kanban_view, .o_list_view",
        },
    ],
});
