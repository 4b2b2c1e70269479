import { onWillDestroy } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

const REFRESH_SECONDS = 30;
/** Whoever is in a row with the keyboard would lose their place when rows are drawn anew. */
const BUSY = ".o_data_row, .o_kanban_record";

/**
 * Read the page of rows that is shown anew every half minute, while somebody can see it.
 *
 * @param {Object} model the model of the view
 */
export function useLiveRefresh(model) {
    const refresh = async () => {
        const isSeen = document.visibilityState === "visible";
        const isBusy = document.activeElement?.closest(BUSY) || document.querySelector(".modal");
        if (isSeen && !isBusy && model.isReady && !model.root.selection?.length) {
            await model.root.load();
        }
    };
    const timer = browser.setInterval(refresh, REFRESH_SECONDS * 1000);
    onWillDestroy(() => browser.clearInterval(timer));
}

export class VisitorListController extends ListController {
    setup() {
        super.setup();
        useLiveRefresh(this.model);
    }
}

export class VisitorKanbanController extends KanbanController {
    setup() {
        super.setup();
        useLiveRefresh(this.model);
    }
}

registry.category("views").add("ecrm_visitor_list", {
    ...listView,
    Controller: VisitorListController,
});
registry.category("views").add("ecrm_visitor_kanban", {
    ...kanbanView,
    Controller: VisitorKanbanController,
});
