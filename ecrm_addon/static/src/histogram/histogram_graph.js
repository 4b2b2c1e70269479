import { registry } from "@web/core/registry";
import { GraphModel } from "@web/views/graph/graph_model";
import { graphView } from "@web/views/graph/graph_view";

/** A bar graph with a place for each value of its field, also for those that nobody has. */
export class HistogramModel extends GraphModel {
    _getProcessedDataPoints() {
        const { groupBy, mode, order } = this.metaData;
        if (mode === "bar" && order === null && groupBy.length === 1) {
            return this.dataPoints;
        }
        return super._getProcessedDataPoints();
    }
}

registry.category("views").add("ecrm_histogram_graph", { ...graphView, Model: HistogramModel });
