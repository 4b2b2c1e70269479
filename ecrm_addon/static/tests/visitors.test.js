import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    makeMockEnv,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { formatAgo } from "@ecrm_addon/fields/ago_field";
import { formatSeconds } from "@ecrm_addon/fields/duration_field";

describe.current.tags("desktop");

class Visitor extends models.Model {
    _name = "ecrm.visitor";

    name = fields.Char();
    is_live = fields.Boolean();
    last_seen = fields.Datetime();
    seconds = fields.Integer();

    _records = [
        { id: 1, name: "Ann", is_live: true, last_seen: "2026-03-02 11:58:00", seconds: 75 },
        { id: 2, name: "Visitor 1a2b3c", last_seen: "2026-02-27 11:59:00", seconds: 4000 },
    ];
}

defineMailModels();
defineModels({ Visitor });

const ARCH = `
    <list js_class="ecrm_visitor_list">
        <field name="is_live" widget="ecrm_live"/>
        <field name="name"/>
        <field name="last_seen" widget="ecrm_ago"/>
        <field name="seconds" widget="ecrm_duration"/>
    </list>`;

const mount = () => mountView({ type: "list", resModel: "ecrm.visitor", arch: ARCH });

test("seconds in words; not known is blank, and no 0", async () => {
    await makeMockEnv();
    const words = [0, 59.4, 60, 3599, 3600, 4800, 90000].map(formatSeconds).map(String);
    expect(words).toEqual(["0 s", "59 s", "1 min", "1 h 0 min", "1 h 0 min", "1 h 20 min", "25 h 0 min"]);
    expect([false, null, undefined].map(formatSeconds)).toEqual(["", "", ""]);
});

test("how long ago something was", async () => {
    await makeMockEnv();
    mockDate("2026-03-02 12:00:00", +1);
    const { DateTime } = luxon;
    const before = (duration) => formatAgo(DateTime.now().minus(duration)).toString();
    expect(before({ seconds: 59 })).toBe("now");
    expect(before({ seconds: -90 })).toBe("now");
    expect(before({ minutes: 5 })).toBe("5 minutes ago");
    expect(before({ days: 3 })).toBe("3 days ago");
    expect(formatAgo(false)).toBe("");
});

test("who is there now is told in words", async () => {
    mockDate("2026-03-02 12:00:00", +1);
    await mount();
    expect(queryAllTexts("td[name=is_live]")).toEqual(["Live", ""]);
    expect(queryAllTexts("td[name=last_seen]")).toEqual(["2 minutes ago", "3 days ago"]);
    expect("time:first").toHaveAttribute("title", /03\/02\/2026/);
    expect(queryAllTexts("td[name=seconds]")).toEqual(["1 min", "1 h 7 min"]);
});

test("the rows are read anew every half minute, while somebody can see them", async () => {
    onRpc("ecrm.visitor", "web_search_read", () => expect.step("read"));
    await mount();
    expect.verifySteps(["read"]);
    await advanceTime(30_000);
    await animationFrame();
    expect.verifySteps(["read"]);
    patchWithCleanup(document, { visibilityState: "hidden" });
    await advanceTime(90_000);
    expect.verifySteps([]);
});

test("who has selected rows keeps them", async () => {
    onRpc("ecrm.visitor", "web_search_read", () => expect.step("read"));
    await mount();
    await contains(".o_data_row .o_list_record_selector input").click();
    await advanceTime(60_000);
    expect.verifySteps(["read"]);
    expect(".o_data_row_selected").toHaveCount(1);
});
