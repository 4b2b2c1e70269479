import {
    changeOption,
    clickOnSave,
    clickOnSnippet,
    insertSnippet,
    registerWebsitePreviewTour,
} from "@website/js/tours/tour_utils";

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
