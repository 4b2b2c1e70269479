import { BaseOptionComponent } from "@html_builder/core/utils";
import { SNIPPET_SPECIFIC_END, before } from "@html_builder/utils/option_sequence";
import { Plugin } from "@html_editor/plugin";
import { withSequence } from "@html_editor/utils/resource";
import { registry } from "@web/core/registry";

export class ForYouOption extends BaseOptionComponent {
    static template = "ecrm_addon_website_sale.ForYouOption";
    static selector = ".s_ecrm_for_you";
}

/** How many products the block "For You" shows, and whether it says why. */
class ForYouOptionPlugin extends Plugin {
    static id = "ecrmForYouOption";
    resources = {
        builder_options: [withSequence(before(SNIPPET_SPECIFIC_END), ForYouOption)],
        so_content_addition_selector: [".s_ecrm_for_you"],
    };
}

registry.category("website-plugins").add(ForYouOptionPlugin.id, ForYouOptionPlugin);
