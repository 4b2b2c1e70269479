import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

const cell = (customers, revenue) => ({ customers, revenue });

function makeComparison(values = {}) {
    return {
        customers: 1250,
        up: 200,
        down: 50,
        stay: 1000,
        moved_revenue: 123456,
        resegmented: 7,
        rescored: 900,
        score: 48.04,
        new_score: 51.27,
        clv: null,
        new_clv: null,
        currency_id: 1,
        tables: [
            {
                name: "tiers",
                title: "From tier to tier",
                is_ranked: true,
                labels: ["Bronze", "Gold"],
                cells: [
                    [cell(900, 9000), cell(200, 8000)],
                    [cell(50, 700), cell(100, 10000)],
                ],
            },
            {
                name: "segments",
                title: "From segment to segment",
                is_ranked: false,
                labels: ["Champions", "Lost"],
                cells: [
                    [cell(600, 5000), cell(7, 70)],
                    [cell(0, 0), cell(643, 900)],
                ],
            },
        ],
        ...values,
    };
}

class Policy extends models.Model {
    _name = "ecrm.policy";

    comparison = fields.Json();

    _records = [{ id: 1, comparison: makeComparison() }];
}

defineMailModels();
defineModels({ Policy });

function mountComparison(comparison) {
    Policy._records = [{ id: 1, comparison }];
    return mountView({
        type: "form",
        resModel: "ecrm.policy",
        resId: 1,
        arch: `<form><field name="comparison" widget="ecrm_policy_comparison"/></form>`,
    });
}

const tile = (name) => `[data-tile=${name}] dd`;

test("the tiles say how many rise and fall, and what is not known is no 0", async () => {
    await mountComparison(makeComparison());
    expect(tile("customers")).toHaveText("1,250");
    expect(tile("up")).toHaveText("200");
    expect(tile("down")).toHaveText("50");
    expect(tile("moved_revenue")).toHaveText(/^\$\s*123,456$/);
    expect(tile("score")).toHaveText(/^51\.3\s*now 48\.0$/);
    expect(tile("clv")).toHaveText("not known");
});

test("a value that only one of the rules knows", async () => {
    await mountComparison(makeComparison({ clv: 1500, new_clv: null }));
    expect(tile("clv")).toHaveText(/^not known\s*now \$\s*1,500$/);
});

test("from tier to tier: who rises, who falls, who stays", async () => {
    await mountComparison(makeComparison());
    expect(queryAllTexts("[data-table=tiers] th[scope=row]")).toEqual(["Bronze", "Gold"]);
    expect(queryAllTexts("[data-table=tiers] thead th")).toEqual(["From ↓ to →", "Bronze", "Gold"]);
    expect("[data-table=tiers] td").toHaveCount(4);
    expect("[data-table=tiers] td:eq(0)").toHaveClass("o_ecrm_stay");
    expect("[data-table=tiers] td:eq(1)").toHaveClass("o_ecrm_up");
    expect("[data-table=tiers] td:eq(1) .fa-arrow-up").toHaveCount(1);
    expect("[data-table=tiers] td:eq(1) .visually-hidden").toHaveText("rise");
    expect("[data-table=tiers] td:eq(1)").toHaveText(/200[\s\S]*\$\s*8,000/);
    expect("[data-table=tiers] td:eq(2)").toHaveClass("o_ecrm_down");
    expect("[data-table=tiers] td:eq(2) .visually-hidden").toHaveText("fall");
});

test("segments have no up and down; where nobody goes is a 0", async () => {
    await mountComparison(makeComparison());
    expect("[data-table=segments] td:eq(1)").toHaveClass("o_ecrm_move");
    expect("[data-table=segments] td:eq(2)").toHaveText("0");
    expect("[data-table=segments] td:eq(2)").not.toHaveClass("o_ecrm_move");
    expect("[data-table=segments] .fa").toHaveCount(0);
});

test("where nobody changes segment, a sentence says why", async () => {
    await mountComparison(makeComparison({ resegmented: 0 }));
    expect("[data-table=segments] table").toHaveCount(0);
    expect("[data-table=segments] p").toHaveText(/Nobody changes segment/);
    expect("[data-table=tiers] table").toHaveCount(1);
});

test("without customers there is nobody to compare", async () => {
    await mountComparison(makeComparison({ customers: 0 }));
    expect("table").toHaveCount(0);
    expect(".o_ecrm_policy_comparison").toHaveText(/Nobody has ordered yet/);
});

test("without a comparison there is nothing", async () => {
    await mountComparison(false);
    expect(".o_ecrm_policy_comparison").toHaveCount(0);
});
