import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, queryAll, queryAllAttributes, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import {
    makeServerError,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { Timeline } from "@ecrm_addon/timeline/timeline";
import { answerTimeline, makeRow } from "./ecrm_test_helpers";

describe.current.tags("desktop");
defineMailModels();

let seen;

beforeEach(() => {
    mockDate("2026-03-02 12:00:00", +1);
    seen = () => {};
    patchWithCleanup(window, {
        IntersectionObserver: class {
            constructor(callback) {
                seen = () => callback([{ isIntersecting: true }]);
            }
            observe() {}
            disconnect() {}
        },
    });
});

async function mountTimeline(partnerId = 7) {
    await mountWithCleanup(Timeline, { props: { partnerId } });
    await animationFrame();
}

test("rows stand under their day, in the time zone of the user", async () => {
    answerTimeline({
        rows: [
            makeRow({ at: "2026-03-02T09:05:00Z", label: "morning" }),
            makeRow({ at: "2026-03-01T23:30:00Z", label: "after midnight" }),
            makeRow({ at: "2026-03-01T10:00:00Z", label: "day before" }),
            makeRow({ at: "2025-12-24T10:00:00Z", label: "last year" }),
        ],
        next: false,
    });
    await mountTimeline();
    expect(queryAllTexts(".o_ecrm_day_label")).toEqual(["Today", "Yesterday", "Wed, December 24, 2025"]);
    expect(queryAllTexts(".o_ecrm_day:first .fw-bold")).toEqual(["morning", "after midnight"]);
    expect("time:first").toHaveText(/^10:05\sAM$/);
    expect("time:first").toHaveAttribute("datetime", "2026-03-02T09:05:00Z");
});

test("what a row says", async () => {
    answerTimeline({
        rows: [
            makeRow({ label: "Placed an order", name: "S0001", value: 12.5, currency_id: 1, source: { model: "sale.order", id: 1 } }),
            makeRow({ label: "Placed an order", name: "S0002", gone: true }),
            makeRow({ label: "Clicked", detail: "/shop?<b>", verdict: "machine", verdict_reasons: "too fast" }),
            makeRow({ label: "Opened", verdict: "unknown", person: "Clerk" }),
            makeRow({ label: "E-mail sent", verdict: false }),
        ],
        next: false,
    });
    await mountTimeline();
    expect(".o_ecrm_row:eq(0) a.o_ecrm_source").toHaveText("S0001");
    expect(".o_ecrm_row:eq(0) a").toHaveAttribute("href", "/odoo/sale.order/1");
    expect(".o_ecrm_row:eq(0) .o_ecrm_value").toHaveText(/12\.50/);
    expect(".o_ecrm_row:eq(1) a").toHaveCount(0);
    expect(".o_ecrm_row:eq(1)").toHaveText(/S0002\s*\(deleted\)/);
    expect(".o_ecrm_row:eq(1) .o_ecrm_value").toHaveCount(0);
    expect(".o_ecrm_row:eq(2) .o_ecrm_detail").toHaveText("/shop?<b>");
    expect(".o_ecrm_row:eq(2) .o_ecrm_verdict").toHaveText("Machine");
    expect(".o_ecrm_row:eq(2) .o_ecrm_verdict").toHaveAttribute("title", /too fast/);
    expect(".o_ecrm_row:eq(3) .o_ecrm_verdict").toHaveText("Not verified");
    expect(".o_ecrm_row:eq(3)").toHaveText(/Clerk/);
    expect(".o_ecrm_row:eq(4) .o_ecrm_verdict").toHaveCount(0);
});

test("a click opens the source", async () => {
    answerTimeline({
        rows: [makeRow({ name: "S0001", source: { model: "sale.order", id: 4 } })],
        next: false,
    });
    onRpc("sale.order", "get_formview_action", ({ args }) => {
        expect.step(`form of ${args[0]}`);
        return { type: "ir.actions.act_window", res_model: "sale.order", res_id: 4 };
    });
    mockService("action", { doAction: ({ res_id: id }) => expect.step(`open ${id}`) });
    await mountTimeline();
    await click("a.o_ecrm_source");
    await animationFrame();
    expect.verifySteps(["form of 4", "open 4"]);
});

test("filters are buttons that say whether they are pressed", async () => {
    const calls = answerTimeline({ rows: [makeRow()], next: false });
    await mountTimeline();
    const pressed = () => queryAllAttributes(".o_ecrm_filters button", "aria-pressed");
    expect(queryAllTexts(".o_ecrm_filters button")).toEqual(["All", "Orders", "Website", "E-mail", "Conversations", "Other"]);
    expect(pressed()).toEqual(["true", "false", "false", "false", "false", "false"]);
    await click("[data-filter=email]");
    await click("[data-filter=talk]");
    await animationFrame();
    expect(pressed()).toEqual(["false", "false", "false", "true", "true", "false"]);
    await click("[data-filter=email]");
    await animationFrame();
    await click(".o_ecrm_filters button:first");
    await animationFrame();
    expect(pressed()).toEqual(["true", "false", "false", "false", "false", "false"]);
    const talk = ["chat", "forum", "support", "feedback"];
    expect(calls.map(({ channels }) => channels)).toEqual([[], ["email"], ["email", ...talk], talk, []]);
    expect(calls.every(({ before }) => before === false)).toBe(true);
});

test("further pages come by the button", async () => {
    const calls = answerTimeline(
        { rows: [makeRow({ label: "first" })], next: ["2026-03-02T09:00:00.000001", 5] },
        { rows: [makeRow({ label: "second" })], next: false }
    );
    await mountTimeline();
    expect(".o_ecrm_end").toHaveCount(0);
    await click(".o_ecrm_more");
    await animationFrame();
    expect(queryAllTexts(".o_ecrm_row .fw-bold")).toEqual(["first", "second"]);
    expect(".o_ecrm_day").toHaveCount(1);
    expect(".o_ecrm_more").toHaveCount(0);
    expect(".o_ecrm_end").toHaveText("This is where the history begins.");
    expect(calls.map(({ before }) => before)).toEqual([false, ["2026-03-02T09:00:00.000001", 5]]);
});

test("scrolling brings a few pages, then the button has to", async () => {
    const calls = answerTimeline(() => ({ rows: [makeRow()], next: ["2026-03-02T09:00:00", 5] }));
    await mountTimeline();
    for (let times = 0; times < 5; times++) {
        seen();
        await animationFrame();
    }
    expect(calls).toHaveLength(3);
    await click(".o_ecrm_more");
    await animationFrame();
    expect(calls).toHaveLength(4);
});

test("nothing recorded", async () => {
    answerTimeline({ rows: [], next: false });
    await mountTimeline();
    expect(".o_ecrm_empty").toHaveText(/^Nothing has been recorded yet/);
    await click("[data-filter=order]");
    await animationFrame();
    expect(".o_ecrm_empty").toHaveText(/^Nothing of this kind/);
    await click(".o_ecrm_empty button");
    await animationFrame();
    expect(".o_ecrm_empty").toHaveText(/^Nothing has been recorded yet/);
});

test("while it loads, and when it fails", async () => {
    const answer = new Deferred();
    answerTimeline(
        () => answer,
        () => {
            throw makeServerError({ message: "You may not." });
        },
        { rows: [makeRow()], next: false }
    );
    await mountTimeline();
    expect("[role=status]").toHaveText(/Loading/);
    answer.resolve({ rows: [], next: false });
    await animationFrame();
    expect("[role=status]").not.toHaveText(/Loading/);
    await click("[data-filter=web]");
    await animationFrame();
    expect(".o_ecrm_error").toHaveText(/could not be loaded.*You may not/s);
    await click(".o_ecrm_error button");
    await animationFrame();
    expect(".o_ecrm_error").toHaveCount(0);
    expect(queryAll(".o_ecrm_row")).toHaveLength(1);
});

test("a late answer does not overwrite a newer one", async () => {
    const late = new Deferred();
    answerTimeline(() => late, { rows: [makeRow({ label: "newer" })], next: false });
    await mountTimeline();
    await click("[data-filter=web]");
    await animationFrame();
    late.resolve({ rows: [makeRow({ label: "older" })], next: false });
    await animationFrame();
    expect(queryAllTexts(".o_ecrm_row .fw-bold")).toEqual(["newer"]);
});

test("what happened in one visit stands together", async () => {
    const visit = { id: 3, source: "google / autumn", device: "Mobile", pages: 2, seconds: 130 };
    answerTimeline({
        rows: [
            makeRow({ label: "order", channel: "order", visit }),
            makeRow({ label: "page", visit }),
            makeRow({ label: "chat", channel: "chat" }),
            makeRow({ label: "before the chat", visit: { ...visit } }),
            makeRow({ label: "other", visit: { id: 4, source: "direct", device: "", pages: 1, seconds: 0 } }),
        ],
        next: false,
    });
    mockService("action", {
        doAction: ({ res_model: model, res_id: id }) => expect.step(`${model} ${id}`),
    });
    await mountTimeline();
    expect(queryAllAttributes(".o_ecrm_visit", "data-visit")).toEqual(["3", "3", "4"]);
    expect(".o_ecrm_visit:eq(0) .o_ecrm_row").toHaveCount(2);
    expect(".o_ecrm_visit_head:eq(0)").toHaveText(
        /Website visit\s*from google \/ autumn\s*Mobile\s*2 pages\s*2 min/
    );
    expect(".o_ecrm_visit_head:eq(2)").toHaveText(/came directly\s*1 page$/);
    expect(queryAllTexts(".o_ecrm_row .fw-bold")).toEqual([
        "order", "page", "chat", "before the chat", "other",
    ]);
    await click(".o_ecrm_visit_head:eq(2) button");
    expect.verifySteps(["ecrm.session 4"]);
});

test("the moment somebody became known divides the history", async () => {
    const moment = { kind: "identity.linked", channel: "web", verdict: false };
    answerTimeline({
        rows: [
            makeRow({ ...moment, label: "Confirmed by login" }),
            makeRow({ ...moment, label: "Became known by login", name: "What was before" }),
        ],
        next: false,
    });
    await mountTimeline();
    expect(".o_ecrm_moment").toHaveCount(1);
    expect(".o_ecrm_moment").toHaveText(/Became known by login.*Known from here on/s);
});

test("what mail scanners did is shown on demand", async () => {
    const calls = answerTimeline({ rows: [makeRow()], next: false });
    await mountTimeline();
    expect(".o_ecrm_machines").toHaveAttribute("aria-pressed", "false");
    await click(".o_ecrm_machines");
    await animationFrame();
    expect(calls.map(({ machines }) => machines)).toEqual([false, true]);
    expect(".o_ecrm_machines").toHaveAttribute("aria-pressed", "true");
});
