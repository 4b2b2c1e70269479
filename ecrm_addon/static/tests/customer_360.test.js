import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { makeServerError, mountView, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels, startServer } from "@mail/../tests/mail_test_helpers";
import { EmailCard } from "@ecrm_addon/customer_360/email_card";
import { ScoreCard } from "@ecrm_addon/customer_360/score_card";
import { answerTimeline, makeCard, makeEmail, makeRow } from "./ecrm_test_helpers";

describe.current.tags("desktop");
defineMailModels();

const FORM = `
    <form>
        <notebook>
            <page name="first" string="First"><field name="name"/></page>
            <page name="second" string="Customer 360"><widget name="ecrm_customer_360"/></page>
        </notebook>
    </form>`;

async function openForm(resIds = []) {
    const [resId] = resIds;
    await mountView({ type: "form", resModel: "res.partner", resId, resIds, arch: FORM });
}

async function createPartners() {
    const pyEnv = await startServer();
    return pyEnv["res.partner"].create([{ name: "Ann" }, { name: "Bea" }]);
}

async function openTab() {
    await click(".nav-link:contains(Customer 360)");
    await animationFrame();
    await animationFrame();
}

test("nothing is asked before the tab is opened", async () => {
    const [ann, bea] = await createPartners();
    onRpc("ecrm.customer.card", "get_card", ({ args }) => {
        expect.step(`card of ${args[0]}`);
        return makeCard();
    });
    answerTimeline(({ args }) => {
        expect.step(`timeline of ${args[0]}`);
        return { rows: [makeRow()], next: false };
    });
    await openForm([ann, bea]);
    await animationFrame();
    expect.verifySteps([]);
    await openTab();
    expect.verifySteps([`card of ${ann}`, `timeline of ${ann}`]);
    expect(".o_ecrm_row").toHaveCount(1);
    await click(".o_pager_next");
    await animationFrame();
    await animationFrame();
    expect.verifySteps([`card of ${bea}`, `timeline of ${bea}`]);
});

test("a contact that is not saved yet asks nothing", async () => {
    onRpc("ecrm.customer.card", "get_card", () => expect.step("card"));
    await openForm();
    await openTab();
    expect(".o_ecrm_customer_360").toHaveText(/^Save the contact/);
    expect.verifySteps([]);
});

test("an error is told, and one can try again", async () => {
    let fails = true;
    onRpc("ecrm.customer.card", "get_card", () => {
        if (fails) {
            throw makeServerError({ message: "No access." });
        }
        return makeCard();
    });
    answerTimeline({ rows: [], next: false });
    await openForm(await createPartners());
    await openTab();
    expect("[role=alert]").toHaveText(/could not be loaded.*No access/s);
    fails = false;
    await click("[role=alert] button");
    await animationFrame();
    expect(".o_ecrm_score_card").toHaveCount(1);
});

test("each score stands with its reason", async () => {
    mockDate("2026-03-02 12:00:00", +1);
    await mountWithCleanup(ScoreCard, { props: { card: makeCard({ scope: "All 3 together." }) } });
    expect(".o_ecrm_scope").toHaveText("All 3 together.");
    expect("[data-tile=tier]").toHaveText(/Silver.*since Jan 5.*Silver: \$ 600/s);
    expect("[data-tile=tier] [role=progressbar]").toHaveAttribute("aria-valuenow", "30");
    expect("[data-tile=score]").toHaveText(/72.*of 100.*Loyalty 72/s);
    expect("[data-tile=segment]").toHaveText(/Champions.*Bought lately/s);
    expect("[data-tile=engagement]").toHaveText(/Engaged.*Engagement 12/s);
    expect("[data-tile=R]").toHaveText(/5\s*of 5\s*Last order today/s);
    expect(queryAllTexts(".o_ecrm_facts dd")).toEqual(["7", "None yet"]);
    expect(".o_ecrm_score_card").toHaveText(/As of Mar 2, 10:00\sAM/);
});

test("what is not known says so, and is no zero", async () => {
    const card = makeCard({ tier: false, score: false, segment: false, engagement: false });
    card.rfm[0].score = false;
    await mountWithCleanup(ScoreCard, { props: { card } });
    for (const tile of ["tier", "score", "segment", "engagement"]) {
        expect(`[data-tile=${tile}]`).toHaveText(/Not enough history/);
    }
    expect("[data-tile=R]").toHaveText(/Not enough customers to compare/);
});

test("a score of 0 is a score", async () => {
    await mountWithCleanup(ScoreCard, { props: { card: makeCard({ score: { value: 0, why: "" } }) } });
    expect("[data-tile=score]").toHaveText(/0\s*of 100/);
});

test("of whom nothing is known", async () => {
    await mountWithCleanup(ScoreCard, { props: { card: makeCard({ known: false }) } });
    expect(".o_ecrm_score_card").toHaveText(/^Not enough history/);
    expect(".o_ecrm_tile").toHaveCount(0);
});

test("what a contact does with mail, and from when on it may get one", async () => {
    mockDate("2026-03-02 12:00:00", +1);
    await mountWithCleanup(EmailCard, { props: { email: makeEmail() } });
    expect(".o_ecrm_email_card").toHaveText(/ann@example\.com/);
    expect("[data-tile=email_band]").toHaveText(/Engaged.*12 received/s);
    expect("[data-tile=email_score]").toHaveText(/5\.3.*As of now/s);
    expect("svg").toHaveAttribute(
        "aria-label",
        "Score of the last 4 weeks: highest 8.0, now 5.3."
    );
    // from the floor, up to the top in the third week
    expect("polyline").toHaveAttribute("points", /^2\.0,26\.0 .* 79\.3,2\.0 118\.0/);
    expect("[data-tile=email_hour]").toHaveText(/11:00\sPM to 12:00\sAM/);
    expect("[data-tile=email_next]").toHaveText(/Mar 3, 8:00\sAM.*Quiet hours/s);
});

test("of whose mails nothing is known", async () => {
    const next = { at: false, is_now: false, why: "Reported as spam" };
    const email = makeEmail({ band: false, score: false, hour: false, next });
    await mountWithCleanup(EmailCard, { props: { email } });
    for (const tile of ["email_band", "email_score", "email_hour"]) {
        expect(`[data-tile=${tile}]`).toHaveText(/Not enough history/);
    }
    expect("[data-tile=email_next]").toHaveText(/Not to be mailed.*Reported as spam/s);
});

test("a contact without an address", async () => {
    const email = makeEmail({ address: false, band: false, score: false, hour: false, next: false });
    await mountWithCleanup(EmailCard, { props: { email } });
    expect(".o_ecrm_email_card").toHaveText(/has no e-mail address/);
    expect(".o_ecrm_tile").toHaveCount(0);
});
