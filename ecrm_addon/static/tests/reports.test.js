import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { markup } from "@odoo/owl";
import {
    contains,
    defineModels,
    fields,
    findComponent,
    getService,
    mockService,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { GraphController } from "@web/views/graph/graph_controller";
import { WebClient } from "@web/webclient/webclient";
import { heatStyle } from "@ecrm_addon/reports/heat";

describe.current.tags("desktop");

class RfmReport extends models.Model {
    _name = "ecrm.rfm.report";

    recency = fields.Char();

    _records = [{ id: 1, recency: "1" }];
}

defineMailModels();
defineModels({ RfmReport });

test("the more, the stronger; nothing and less than nothing have no colour", () => {
    expect(heatStyle(0, 10)).toBe("background-color: rgba(113, 75, 103, 0.00)");
    expect(heatStyle(-5, 10)).toBe("background-color: rgba(113, 75, 103, 0.00)");
    expect(heatStyle(5, 10)).toBe("background-color: rgba(113, 75, 103, 0.31)");
    expect(heatStyle(10, 10)).toBe("background-color: rgba(113, 75, 103, 0.56)");
    expect(heatStyle(3, 0)).toBe("background-color: rgba(113, 75, 103, 0.00)");
});

// ---------------------------------------------------------------------------
// RFM grid
// ---------------------------------------------------------------------------

const axis = (letter) => [5, 4, 3, 2, 1].map((n) => ({ value: String(6 - n), label: letter + n }));

function makeGrid(values = {}) {
    const nothing = { customers: 0, revenue: 0, segment: false };
    const cells = Array.from({ length: 5 }, () => Array.from({ length: 5 }, () => nothing));
    cells[0][0] = { customers: 20, revenue: 100, segment: "Champions" };
    cells[4][3] = { customers: 10, revenue: 1000, segment: "Lost" };
    return {
        rows: axis("R"), columns: axis("F"), cells, customers: 30, currency_id: 1, ...values,
    };
}

function mountGrid(grid, values = {}) {
    onRpc("ecrm.rfm.report", "get_grid", ({ args }) => {
        expect.step(JSON.stringify(args[0]));
        return grid;
    });
    const arch = `<list js_class="ecrm_rfm_grid_list"><field name="recency"/></list>`;
    return mountView({ type: "list", resModel: "ecrm.rfm.report", arch, ...values });
}

test("the grid is a table: who, how much, which segment, coloured by what is chosen", async () => {
    await mountGrid(makeGrid());
    expect.verifySteps(["[]"]);
    expect(queryAllTexts(".o_ecrm_rfm_grid th[scope=row]")).toEqual(["R5", "R4", "R3", "R2", "R1"]);
    expect(".o_ecrm_rfm_grid th[scope=col]").toHaveCount(6);
    expect(".o_ecrm_rfm_grid tbody td").toHaveCount(25);
    const [first] = queryAllTexts(".o_ecrm_rfm_grid td button");
    expect(first).toMatch(/^20\s*\$\s*100\s*Champions$/);
    expect(".o_ecrm_rfm_grid tbody td:eq(0)").toHaveAttribute("style", /0\.56\)/);
    expect(".o_ecrm_rfm_grid tbody td:eq(23)").toHaveAttribute("style", /0\.31\)/);
    await contains("[data-choice=revenue]").click();
    expect("[data-choice=revenue]").toHaveAttribute("aria-pressed", "true");
    expect("[data-choice=customers]").toHaveAttribute("aria-pressed", "false");
    expect(".o_ecrm_rfm_grid tbody td:eq(0)").toHaveAttribute("style", /0\.11\)/);
    expect(".o_ecrm_rfm_grid tbody td:eq(23)").toHaveAttribute("style", /0\.56\)/);
    expect.verifySteps([]);
});

test("a cell opens its customers, within the filters", async () => {
    mockService("action", {
        loadAction: (xmlId) => {
            expect.step(xmlId);
            return { type: "ir.actions.act_window", res_model: "ecrm.rfm.report" };
        },
        doAction: ({ name, domain }) => {
            expect.step(name);
            expect.step(JSON.stringify(domain));
        },
    });
    await mountGrid(makeGrid(), { domain: [["recency", "!=", "9"]] });
    await contains(".o_ecrm_rfm_grid td button:eq(1)").click();
    expect.verifySteps([
        `[["recency","!=","9"]]`,
        "ecrm_addon.ecrm_rfm_report_action_cell",
        "R1, F2",
        `["&",["recency","!=","9"],"&",["recency","=","5"],["frequency","=","4"]]`,
    ]);
});

test("amounts of several currencies are not shown", async () => {
    await mountGrid(makeGrid({ currency_id: false }));
    expect("[data-choice]").toHaveCount(0);
    expect(".o_ecrm_rfm_grid td button:eq(0)").toHaveText(/^20\s*Champions$/);
    expect.verifySteps(["[]"]);
});

test("without scores there is no grid, but what to do", async () => {
    RfmReport._records = [];
    await mountGrid(makeGrid({ customers: 0 }), { noContentHelp: markup`<p>No customer is scored yet</p>` });
    expect(".o_ecrm_rfm_grid").toHaveCount(0);
    expect(".o_view_nocontent").toHaveText("No customer is scored yet");
    expect.verifySteps(["[]"]);
});

// ---------------------------------------------------------------------------
// Histogram
// ---------------------------------------------------------------------------

test("a value that nobody has keeps its place", async () => {
    onRpc("ecrm.rfm.report", "formatted_read_group", () =>
        ["a", "b", "c"].map((recency) => ({
            recency, __count: recency === "b" ? 0 : 2, __extra_domain: [["recency", "=", recency]],
        }))
    );
    const view = await mountView({
        type: "graph",
        resModel: "ecrm.rfm.report",
        arch: `<graph js_class="ecrm_histogram_graph"><field name="recency"/></graph>`,
    });
    const { model } = findComponent(view, (component) => component instanceof GraphController);
    expect(model.data.labels).toEqual(["a", "b", "c"]);
    expect(model.data.datasets[0].data).toEqual([2, 0, 2]);
});

// ---------------------------------------------------------------------------
// Cohorts
// ---------------------------------------------------------------------------

const makeCell = (customers, size, revenue) => ({
    customers, orders: customers, revenue, share: size ? customers / size : null,
});

function makeCohorts() {
    return {
        cohorts: [
            {
                month: "2026-01-01",
                size: 40,
                cells: [makeCell(40, 40, 4000), makeCell(10, 40, 500), makeCell(0, 40, -20)],
            },
            { month: "2026-02-01", size: 8, cells: [makeCell(8, 8, 80), makeCell(4, 8, 30)] },
        ],
        average: [makeCell(48, 48, 4080), makeCell(10, 40, 500)],
        company: "Tea House",
        currency_id: 1,
    };
}

async function openCohorts(report) {
    onRpc("ecrm.cohort.report", "get_cohorts", ({ args }) => {
        expect.step(`${args[0]} months`);
        return report;
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "ecrm_cohorts" });
}

const rowTexts = (index) => queryAllTexts(`.o_ecrm_cohort_table tbody tr:eq(${index}) td`);

test("shares of each cohort, the running month marked, and all together", async () => {
    await openCohorts(makeCohorts());
    expect.verifySteps(["12 months"]);
    expect(queryAllTexts(".o_ecrm_cohort_table tbody th")).toEqual(["Jan 2026", "Feb 2026"]);
    expect(rowTexts(0)).toEqual(["40", "100%", "25%", "0%*"]);
    expect(rowTexts(1)).toEqual(["8", "100%", "50%*"]);
    expect(queryAllTexts(".o_ecrm_cohort_table tfoot td")).toEqual(["100%", "25%"]);
    expect(".o_ecrm_cohort_table th[scope=row]").toHaveCount(3);
    expect(".o_ecrm_cohort_table tbody tr:eq(1) td:eq(2)").toHaveAttribute("style", /0\.56\)/);
});

test("customers and revenue in the same cells, and another period", async () => {
    await openCohorts(makeCohorts());
    await contains("[data-choice=customers]").click();
    expect(rowTexts(0)).toEqual(["40", "40", "10", "0*"]);
    expect(".o_ecrm_cohort_table tfoot").toHaveCount(0);
    await contains("[data-choice=revenue]").click();
    expect(rowTexts(0)[2]).toMatch(/^\$\s*500$/);
    expect(rowTexts(0)[3]).toMatch(/20\*$/);
    await contains("[data-choice='24']").click();
    await animationFrame();
    expect.verifySteps(["12 months", "24 months"]);
});

test("a month opens its customers", async () => {
    await openCohorts(makeCohorts());
    const action = getService("action");
    action.loadAction = async (xmlId) => {
        expect.step(xmlId);
        return { type: "ir.actions.act_window", res_model: "ecrm.profile" };
    };
    action.doAction = async ({ name, domain }) => {
        expect.step(name);
        expect.step(JSON.stringify(domain.slice(0, 2)));
    };
    await contains(".o_ecrm_cohort_table tbody th button:eq(1)").click();
    expect.verifySteps([
        "12 months",
        "ecrm_addon.ecrm_profile_action",
        "First Order in Feb 2026",
        `[["first_order_date",">=","2026-02-01"],["first_order_date","<","2026-03-01"]]`,
    ]);
});

test("without orders the page says what will be there", async () => {
    await openCohorts({ cohorts: [], average: [], company: "Tea House", currency_id: 1 });
    expect(".o_ecrm_cohort_table").toHaveCount(0);
    expect(".o_ecrm_cohorts").toHaveText(/No customer ordered first in this period/);
    expect.verifySteps(["12 months"]);
});
