import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryValue } from "@odoo/hoot-dom";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Kind extends models.Model {
    _name = "ecrm.touchpoint.kind";

    keep_months = fields.Integer();
    share = fields.Float();

    _records = [
        { id: 1, keep_months: 25, share: 0.333 },
        { id: 2, keep_months: 0, share: 0 },
    ];
}

defineMailModels();
defineModels({ Kind });

test("months to keep: 0 is for ever, and a number again while it is edited", async () => {
    await mountView({
        type: "list",
        resModel: "ecrm.touchpoint.kind",
        arch: `<list editable="bottom"><field name="keep_months" widget="ecrm_months"/></list>`,
    });
    const words = () => queryAllTexts(".o_data_cell");
    expect(words()).toEqual(["25 months", "For ever"]);
    await contains(".o_data_row:last .o_data_cell").click();
    expect(queryValue("[name=keep_months] input")).toBe("0");
    await contains("[name=keep_months] input").edit("13");
    await contains(".o_data_row:first .o_data_cell").click();
    expect(words()[1]).toBe("13 months");
});

test("a share that is not known is empty, and no 0%", async () => {
    onRpc("web_search_read", async ({ parent }) => {
        const result = await parent();
        result.records.push({ ...result.records[0], id: 3, share: false });
        result.records.push({ ...result.records[0], id: 4, share: 0.0012 });
        return { ...result, length: 4 };
    });
    await mountView({
        type: "list",
        resModel: "ecrm.touchpoint.kind",
        arch: `<list><field name="share" widget="ecrm_share"/></list>`,
    });
    expect(queryAllTexts(".o_data_cell")).toEqual(["33.3%", "0%", "", "0.12%"]);
});
