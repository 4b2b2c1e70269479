import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    getService,
    mockService,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");

class Click extends models.Model {
    _name = "ecrm.email.click";

    weekday = fields.Char();

    _records = [{ id: 1, weekday: "1" }];
}

defineMailModels();
defineModels({ Click });

const FIGURES = {
    sent: 100, delivered: 90, opened: 30, opened_raw: 60, clicked: 10, clicked_raw: 20, replied: 1,
    unsubscribed: 2, complained: 0, hard_bounced: 6, soft_bounced: 4, failed: 0,
};

function makeReport(values = {}) {
    return {
        mailing: { id: 7, name: "New teas", sent_at: "2026-03-02 08:30:00", is_measured: true },
        figures: FIGURES,
        rates: {
            delivery_rate: 0.9, open_rate: 1 / 3, open_rate_raw: 2 / 3, click_rate: 1 / 9,
            click_rate_raw: 2 / 9, click_to_open_rate: 1 / 3, complaint_rate: 0,
            machine_share: null,
        },
        orders: { count: 3, buyers: 2, revenue: 90, rate: 2 / 90, per_recipient: 1 },
        hits: {
            opened: { human: 30, machine: 20, proxy: 10, unknown: 0 },
            clicked: { human: 12, machine: 30, proxy: 0, unknown: 0 },
        },
        hours: Array.from({ length: 72 }, (_hour, index) => ({
            at: "2026-03-02 08:00:00",
            opens: index === 1 ? 5 : 0,
            clicks: index === 2 ? 2 : 0,
        })),
        links: [
            { id: 1, position: 1, label: "Tea", url: "/tea", human_clicks: 12, machine_clicks: 15, people: 10 },
            { id: 2, position: 2, label: false, url: "/cups", human_clicks: 0, machine_clicks: 15, people: 0 },
        ],
        domains: [{ name: "Gmail", sent: 60, delivered: 58, opened: 20, clicked: 8, bounced: 2 }],
        clients: [{ name: "Outlook", kind: "mail", people: 9, opens: 11, clicks: 0 }],
        currency_id: 1,
        ...values,
    };
}

async function open(report, context = { active_id: 7 }) {
    onRpc("ecrm.email.report", "get_mailing", ({ args }) => {
        expect.step(`mailing ${args[0]}`);
        return report;
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "ecrm_email_report",
        context,
    });
}

test("figures by hand, and with machines beside them", async () => {
    await open(makeReport());
    expect.verifySteps(["mailing 7"]);
    expect("[data-figure=opened] dd").toHaveText(/^30\s*33\.3%\s*66\.7% with machines$/);
    expect("[data-figure=click_to_open_rate] dd").toHaveText("33.3%");
    expect("[data-figure=machine_share] dd").toHaveText(/not known/);
    expect(queryAllTexts(".o_ecrm_step .fw-bold")).toEqual([
        "Sent", "Delivered", "Opened", "Clicked", "Ordered",
    ]);
    expect("[data-step=buyers] .o_ecrm_number").toHaveText("2 (2%)");
    expect("[data-hits=opened]").toHaveText(/Opens: 60\s*People: 30\s*Machines: 20\s*Privacy proxies: 10/);
    expect(".o_ecrm_curve rect").toHaveCount(2);
    expect(".o_ecrm_curve svg").toHaveAttribute("aria-label", /5 opens and 2 clicks; most around/);
    expect(".o_breadcrumb").toHaveText("Engagement: New teas");
});

test("a figure opens the mails behind it", async () => {
    await open(makeReport());
    mockService("action", {
        loadAction: (xmlId) => ({ type: "ir.actions.act_window", xmlId }),
        doAction: ({ xmlId, name, domain }) => expect.step([xmlId, name, JSON.stringify(domain)].join(" ")),
    });
    await contains("[data-figure=hard_bounced] button").click();
    await contains("[data-figure=revenue] button").click();
    expect.verifySteps([
        "mailing 7",
        `ecrm_addon.ecrm_email_message_action New teas: Bounced for good [["mailing_id","=",7],["state","=","bounced"],["bounce_kind","=","hard"]]`,
        `ecrm_addon.ecrm_email_order_action New teas: Revenue [["mailing_id","=",7]]`,
    ]);
});

test("a mailing that was not sent says so", async () => {
    await open(makeReport({ figures: { ...FIGURES, sent: 0 }, hours: [], links: [] }));
    expect(".o_ecrm_empty").toHaveText(/Nothing was sent yet/);
    expect(".o_ecrm_tiles").toHaveCount(0);
    expect.verifySteps(["mailing 7"]);
});

test("an address without a mailing says what to do", async () => {
    await open(makeReport(), {});
    expect(".o_ecrm_empty").toHaveText(/No mailing is chosen/);
    expect(".o_ecrm_empty button").toHaveText("Show all Mailings");
    expect.verifySteps([]);
});

const PERIOD = { figures: { sent: 40 }, rates: { open_rate: 0.5 }, revenue: 10 };

async function openOverview(values) {
    onRpc("ecrm.email.health", "get_overview", () => ({
        score: 56,
        reasons: [{ name: "engaged", points: 20, most: 40, words: "25 % of those mailed" }],
        missing: "",
        days: 30,
        now: PERIOD,
        before: { figures: { sent: 0 }, rates: { open_rate: null }, revenue: 0 },
        mailings: [],
        currency_id: 1,
        ...values,
    }));
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "ecrm_email_overview" });
}

test("the health of a list, and why", async () => {
    await openOverview({});
    expect("[data-figure=score]").toHaveText(/56\s*of 100, needs care/);
    expect("[data-part=engaged]").toHaveText(/20 of 40 points\s*25 % of those mailed/);
    expect("[data-figure=open_rate] dd").toHaveText(/50%\s*before: not known/);
});

test("without history there is no score", async () => {
    await openOverview({ score: null, reasons: [], missing: "Not enough history: 4 mails" });
    expect(".o_ecrm_score").toHaveCount(0);
    expect(".o_ecrm_email_overview").toHaveText(/Not enough history: 4 mails/);
});

test("without mails the overview says what to do", async () => {
    await openOverview({ now: { ...PERIOD, figures: { sent: 0 } } });
    expect(".o_ecrm_empty").toHaveText(/No mail was sent yet/);
    expect(".o_ecrm_empty button").toHaveText("Write a Mailing");
});

test("hours of the week, and the best of them in words", async () => {
    const counts = Array.from({ length: 7 }, () => Array(24).fill(0));
    counts[1][9] = 6;
    counts[4][20] = 2;
    onRpc("ecrm.email.click", "get_heat_map", () => ({
        days: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        counts,
        total: 8,
        best: [1, 9],
        tz: "UTC",
    }));
    await mountView({
        type: "list",
        resModel: "ecrm.email.click",
        arch: `<list js_class="ecrm_heat_map_list"><field name="weekday"/></list>`,
    });
    expect("#o_ecrm_heat").toHaveText(
        "Most clicks by hand come on Tuesday from 09:00 to 10:00: 6 of 8 (UTC)."
    );
    expect(".o_ecrm_heat tbody tr:eq(1) td:eq(9)").toHaveText("6");
    expect(".o_ecrm_heat td").toHaveCount(7 * 24);
});
