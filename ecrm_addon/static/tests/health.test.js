import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Collector extends models.Model {
    _name = "ecrm.collector";

    name = fields.Char();

    _records = [{ id: 1, name: "Sales Orders" }];
}

defineMailModels();
defineModels({ Collector });

const figures = {
    log: { events: 1234567, partitions: 12, bytes: 25_000_000, last_event: "2026-03-02 09:00:00" },
    refused: 2,
    overdue: 3,
    queue: 10_000,
    counted: 10_000,
    reading: true,
    crons: [
        { name: "Every minute", state: "late", last: false, next: "2026-03-02 09:00:00" },
        { name: "Every night", state: "off", last: false, next: false },
    ],
};

test("the figures, and they are renewed while history is read", async () => {
    mockDate("2026-03-02 12:00:00", +1);
    onRpc("ecrm.health", "figures", () => {
        expect.step("figures");
        return figures;
    });
    await mountView({
        type: "list",
        resModel: "ecrm.collector",
        arch: `<list js_class="ecrm_health_list"><field name="name"/></list>`,
    });
    expect("[data-figure=events]").toHaveText(/1,234,567/);
    expect("[data-figure=last_event]").toHaveText(/Mar 2, 10:00\sAM/);
    expect("[data-figure=queue]").toHaveText("10,000+");
    expect("[data-figure=refused] button").toHaveText("Look at them");
    expect("[data-figure=overdue]").toHaveText(/^3/);
    expect("[data-state=late]").toHaveText(/is late.*last: never/s);
    expect("[data-state=off]").not.toHaveText(/next:/);
    expect(".o_data_row").toHaveCount(1);
    expect.verifySteps(["figures"]);
    await advanceTime(10_000);
    await animationFrame();
    expect.verifySteps(["figures"]);
});
