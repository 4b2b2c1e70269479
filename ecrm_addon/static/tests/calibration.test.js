import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Run extends models.Model {
    _name = "ecrm.score.run";

    calibration = fields.Json();

    _records = [
        {
            id: 1,
            calibration: [
                { customers: 1200, from: 0, to: 0.1, predicted: 0.0512, bought: 0.04, expected: 0.06, actual: 0.05 },
                { customers: 1199, from: 0.1, to: 1, predicted: 0.5, bought: 0.75, expected: 1.2, actual: 1.456 },
            ],
        },
        { id: 2, calibration: false },
    ];
}

defineMailModels();
defineModels({ Run });

const mountRun = (resId) =>
    mountView({
        type: "form",
        resModel: "ecrm.score.run",
        resId,
        arch: `<form><field name="calibration" widget="ecrm_calibration"/></form>`,
    });

test("each tenth: how many, forecast beside what came true, as numbers and as bars", async () => {
    await mountRun(1);
    expect(".o_ecrm_calibration tbody tr").toHaveCount(2);
    const [first, last] = queryAllTexts(".o_ecrm_calibration tbody tr");
    expect(first).toMatch(/^1,200\s+Forecast\s*5\.1%\s+Came true\s*4%\s+0\.06\s+0\.05$/);
    expect(last).toMatch(/^1,199\s+Forecast\s*50%\s+Came true\s*75%\s+1\.20\s+1\.46$/);
    expect(".o_ecrm_bar_predicted:eq(1)").toHaveAttribute("style", /50%/);
    expect(".o_ecrm_bar_bought:eq(1)").toHaveAttribute("style", /75%/);
    expect(".o_ecrm_calibration caption").toHaveText(/the nearer the two bars/);
});

test("a run without a hold-out has no rows", async () => {
    await mountRun(2);
    expect(".o_ecrm_calibration tbody tr").toHaveCount(0);
});
