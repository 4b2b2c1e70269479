import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { markup } from "@odoo/owl";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
    toggleMenuItem,
    toggleSearchBarMenu,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Session extends models.Model {
    _name = "ecrm.session";

    source = fields.Char();
    stage = fields.Integer();
    verdict = fields.Char();

    _records = [
        { id: 1, source: "google", stage: 1, verdict: "human" },
        { id: 2, source: "direct", stage: 4, verdict: "human" },
    ];
}

defineMailModels();
defineModels({ Session });

const STEPS = [
    { stage: 0, name: "Visit", sessions: 2000, share: 1, lost: 0, drop_off: 0, value: 0 },
    { stage: 1, name: "Product", sessions: 1500, share: 0.75, lost: 1400, drop_off: 0.933, value: 0 },
    { stage: 2, name: "Cart", sessions: 100, share: 0.05, lost: 60, drop_off: 0.6, value: 0 },
    { stage: 3, name: "Checkout", sessions: 40, share: 0.02, lost: 40, drop_off: 1, value: 0 },
    { stage: 4, name: "Order", sessions: 0, share: 0, lost: 0, drop_off: 0, value: 0 },
];
const ARCH = `<list js_class="ecrm_funnel_list"><field name="source"/></list>`;
const SEARCH = `
    <search>
        <filter name="google" string="Google" domain="[('source', '=', 'google')]"/>
        <filter name="by_source" string="Source" context="{'group_by': 'source'}"/>
    </search>`;

function answer(steps = STEPS) {
    onRpc("ecrm.session", "get_funnel", ({ args }) => {
        expect.step(JSON.stringify(args[0]));
        return typeof steps === "function" ? steps(args[0]) : steps;
    });
}

const mount = (values = {}) =>
    mountView({ type: "list", resModel: "ecrm.session", arch: ARCH, searchViewArch: SEARCH, ...values });

test("each step with its share, and whom it lost", async () => {
    answer();
    await mount();
    expect.verifySteps(["[]"]);
    expect(queryAllTexts(".o_ecrm_funnel_name")).toEqual(STEPS.map(({ name }) => name));
    expect(queryAllTexts("[data-figure=sessions]")).toEqual(["2,000", "1,500", "100", "40", "0"]);
    expect("[data-stage='1'] .o_ecrm_funnel_figures").toHaveText(/75% of visits/);
    expect("[data-stage='1'] button").toHaveText(/1,400 left here\s*\(93%\)/);
    expect("[data-stage='0'] button").toHaveCount(0);
    expect("[data-stage='4'] button").toHaveCount(0);
    expect("[data-stage='1'] .o_ecrm_funnel_bar").toHaveAttribute("style", "width: 75%");
    expect(".o_data_row").toHaveCount(2);
});

test("what was ordered stands at the last step", async () => {
    answer([...STEPS.slice(0, 4), { ...STEPS[4], sessions: 2, share: 0.001, value: 1234.5 }]);
    await mount();
    expect("[data-figure=value]").toHaveText(/1,234\.50\s+ordered/);
    expect.verifySteps(["[]"]);
});

test("filters apply to it, grouping does not ask again", async () => {
    answer();
    await mount();
    await toggleSearchBarMenu();
    await toggleMenuItem("Source");
    expect(".o_group_header").toHaveCount(2);
    expect.verifySteps(["[]"]);
    await toggleMenuItem("Google");
    await animationFrame();
    expect.verifySteps([`[["source","=","google"]]`]);
    expect(".o_ecrm_funnel_step").toHaveCount(5);
});

test("a button opens the visits that ended at a step, within the filters", async () => {
    answer();
    mockService("action", {
        loadAction: (xmlId) => {
            expect.step(xmlId);
            return { type: "ir.actions.act_window", res_model: "ecrm.session", help: "" };
        },
        doAction: ({ name, domain, context }) => {
            expect.step(name);
            expect.step(JSON.stringify(domain));
            expect(context).toEqual({});
        },
    });
    await mount({ domain: [["source", "!=", "bing"]] });
    await contains("[data-stage='2'] button").click();
    expect.verifySteps([
        `[["source","!=","bing"]]`,
        "ecrm_addon.ecrm_session_action",
        "Visits That Ended at: Cart",
        `["&",["source","!=","bing"],"&",["stage","=",2],["verdict","!=","machine"]]`,
    ]);
});

test("without visits there are no steps, but what to do", async () => {
    Session._records = [];
    answer(STEPS.map((step) => ({ ...step, sessions: 0, lost: 0, share: 0 })));
    await mount({ noContentHelp: markup`<p>No visit in this period</p>` });
    expect(".o_ecrm_funnel").toHaveCount(0);
    expect(".o_view_nocontent").toHaveText("No visit in this period");
    expect.verifySteps(["[]"]);
});
