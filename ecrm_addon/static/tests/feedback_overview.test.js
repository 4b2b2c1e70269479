import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, getService, mountWithCleanup, mockService, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

const FEW = { answers: 4, value: null, low: null, high: null, error: null, good: 3, neutral: 1, bad: 0 };
const NONE = { ...FEW, answers: 0, good: 0, neutral: 0 };
const NPS = { answers: 100, value: 30, low: 14.7, high: 45.3, error: 7.8, good: 50, neutral: 30, bad: 20 };

function makeOverview(values = {}) {
    return {
        fewest: 10,
        kinds: [
            { kind: "csat", asked: 8, answered: 4, ...FEW },
            { kind: "nps", asked: 400, answered: 100, ...NPS },
        ],
        months: [{ key: "2026-03-01", name: "Mar 2026", csat: FEW, nps: NPS }],
        people: [{ key: 7, name: "Marc", csat: NONE, nps: NPS }],
        comments: [{ id: 5, score: "2 of 10", who: "Ann", comment: "Too late", date: "03/02/2026" }],
        ...values,
    };
}

async function open(overview) {
    onRpc("ecrm.feedback.overview", "get_overview", () => overview);
    onRpc("has_group", () => true);
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "ecrm_feedback_overview" });
}

test("a figure comes with its interval", async () => {
    await open(makeOverview());
    expect("[data-kind=nps] [data-figure=value]").toHaveText("30");
    expect("[data-kind=nps] [data-figure=interval]").toHaveText("95% sure: between 15 and 45");
    expect("[data-kind=nps] .o_ecrm_track span").toHaveAttribute(
        "style",
        /margin-inline-start: 57.35%/
    );
});

test("of too few answers no figure is told", async () => {
    await open(makeOverview());
    expect("[data-kind=csat] [data-figure=value]").toHaveCount(0);
    expect("[data-kind=csat] [data-figure=missing]").toHaveText(
        "Too few answers: 4 of 10 that are needed."
    );
    expect(queryAllTexts("section[aria-labelledby=o_ecrm_by_month] tbody td")).toEqual([
        "Mar 2026",
        "too few answers",
        "4",
        "30 (15 to 45)",
        "100",
    ]);
    expect(queryAllTexts("section[aria-labelledby=o_ecrm_by_person] tbody td")).toEqual([
        "Marc",
        "–",
        "0",
        "30 (15 to 45)",
        "100",
    ]);
});

test("a number leads to its answers, a comment to its own", async () => {
    await open(makeOverview());
    mockService("action", {
        doAction: (action, options) =>
            expect.step(
                action.res_id ? `answer ${action.res_id}` : JSON.stringify(options.additionalContext)
            ),
    });
    await contains("[data-kind=nps] [data-band=bad] button").click();
    await contains("section[aria-labelledby=o_ecrm_unhappy] button").click();
    expect.verifySteps([
        '{"search_default_answered":1,"search_default_nps":1,"search_default_bad":1}',
        "answer 5",
    ]);
    expect("[data-kind=nps] [data-figure=rate] dd").toHaveText(/25%\s*100 of 400 asked/);
});

test("nobody was asked yet", async () => {
    const nothing = { ...NONE, asked: 0, answered: 0 };
    await open(
        makeOverview({
            kinds: [
                { kind: "csat", ...nothing },
                { kind: "nps", ...nothing },
            ],
            people: [],
            comments: [],
        })
    );
    expect(".o_ecrm_empty").toHaveText(/Nobody was asked yet/);
    expect(".o_ecrm_empty button").toHaveText("Choose What to Ask");
});
