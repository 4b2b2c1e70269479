import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import {
    getService,
    makeServerError,
    mockService,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {
    click as mailClick,
    contains,
    defineMailModels,
    insertText,
    openFormView,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { fillIn } from "@ecrm_addon/support/canned_answers";

describe.current.tags("desktop");
defineMailModels();

const FORM = `<form><field name="name"/><widget name="ecrm_customer_support"/></form>`;

function makeCustomer(values = {}) {
    return {
        tier: "Gold",
        orders: [
            { id: 4, name: "S0004", date: "2026-03-01 09:00:00", amount: 12, currency_id: 1, state: "Sales Order" },
        ],
        can_open_orders: false,
        requests: [
            {
                id: 9,
                number: "S00009",
                name: "Cups",
                stage: "New",
                is_closed: false,
                is_late: true,
                user: false,
                opened_at: "2026-03-01 09:00:00",
            },
        ],
        open: 1,
        count: 6,
        ...values,
    };
}

async function openContact(customer) {
    mockDate("2026-03-02 12:00:00", +1);
    const pyEnv = await startServer();
    const ann = pyEnv["res.partner"].create({ name: "Ann" });
    onRpc("ecrm.request", "get_customer", ({ kwargs }) => {
        expect.step(kwargs.partner_id === ann ? "asked of Ann" : "asked of somebody");
        return customer();
    });
    await mountView({ type: "form", resModel: "res.partner", resId: ann, arch: FORM });
    await animationFrame();
    return ann;
}

test("a contact shows what it asked, and opens it", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(`${action.res_model} ${action.res_id}`);
        },
    });
    await openContact(() => makeCustomer());
    expect.verifySteps(["asked of Ann"]);
    expect("[data-list=requests] li").toHaveCount(1);
    expect("[data-list=requests] .badge.text-bg-danger").toHaveText("Late");
    expect(".o_ecrm_customer_support").toHaveText(/1 is open/);
    // orders and tier stand elsewhere in the contact
    expect("[data-list=orders]").toHaveCount(0);
    await click("[data-list=requests] button");
    expect.verifySteps(["ecrm.request 9"]);
});

test("who asked nothing has a sentence, not an empty list", async () => {
    await openContact(() => makeCustomer({ requests: [], open: 0, count: 0 }));
    expect.verifySteps(["asked of Ann"]);
    expect(queryAllTexts(".o_ecrm_customer_support p")).toEqual([
        "The customer has not asked anything yet.",
    ]);
});

test("an error is told, and one can try again", async () => {
    let fails = true;
    await openContact(() => {
        if (fails) {
            throw makeServerError({ message: "No access." });
        }
        return makeCustomer();
    });
    expect("[role=alert]").toHaveText(/could not be loaded.*No access/s);
    fails = false;
    await click("[role=alert] button");
    await animationFrame();
    expect("[data-list=requests] li").toHaveCount(1);
    expect.verifySteps(["asked of Ann", "asked of Ann"]);
});

test("words in braces are filled in where they are known", () => {
    const words = { customer: "Ann", number: "$&" };
    expect(fillIn("Hello {customer}, {number}: {order} {constructor} {}", words)).toBe(
        "Hello Ann, $&: {order} {constructor} {}"
    );
});

test("a canned answer is found by its title and filled in", async () => {
    const pyEnv = await startServer();
    pyEnv["mail.canned.response"].create({ source: "hi", substitution: "Hello {customer} {order}" });
    const ann = pyEnv["res.partner"].create({ name: "Ann" });
    await start();
    await openFormView("res.partner", ann);
    await mailClick("button", { text: "Send message" });
    const store = getService("mail.store");
    store.Thread.insert({ model: "res.partner", id: ann, ecrm_words: { customer: "Ann" } });
    await insertText(".o-mail-Composer-input", "::");
    await mailClick(".o-mail-Composer-suggestion");
    await contains(".o-mail-Composer-input", { value: "Hello Ann {order} " });
});
