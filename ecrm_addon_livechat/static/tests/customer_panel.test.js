import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { Deferred } from "@odoo/hoot-mock";
import { click, contains, openDiscuss } from "@mail/../tests/mail_test_helpers";
import { defineWebsiteLivechatModels } from "@website_livechat/../tests/website_livechat_test_helpers";
import { getService, makeServerError, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { answerCard, makeAnonymousCard, makeCard, openChats } from "./ecrm_chat_test_helpers";

describe.current.tags("desktop");
defineWebsiteLivechatModels();

const PANEL = ".o_ecrm_chat_customer";

test("who the chat is with, how they stand, what they ordered and asked", async () => {
    answerCard(makeCard());
    await openChats();
    await contains(`${PANEL} .o_ecrm_chat_name:contains(Ann Ash)`);
    expect(queryAllTexts(`${PANEL} .badge`)).toEqual(["Gold", "Score 72", "Engaged"]);
    await contains(`${PANEL} [data-fact=ecrm_loyalty_points] dd:contains(1,234)`);
    expect(queryAllTexts(`${PANEL} li`)).toEqual([
        "S00005\n$ 120.50\nMar 2, 2026 · Sales Order",
        "S00003 My drawer jams\nIn progress",
    ]);
    await contains(`${PANEL} button:contains(Make a request)`);
});

test("without rights on scores there are none, and no empty place for them", async () => {
    answerCard(makeCard({ figures: false, requests: false, can_request: false }));
    await openChats();
    await contains(`${PANEL} .o_ecrm_chat_name:contains(Ann Ash)`);
    await contains(`${PANEL} li:contains(S00005)`);
    expect(`${PANEL} .badge, ${PANEL} dl, ${PANEL} button`).toHaveCount(0);
    expect(PANEL).not.toHaveText(/Not enough history|Open requests/);
});

test("of whom nothing is known yet", async () => {
    answerCard(makeAnonymousCard());
    await openChats();
    await contains(`${PANEL}:contains(Not known yet)`);
    expect(`${PANEL} h6`).toHaveCount(1);
    await contains(`${PANEL} button:contains(Make a request)`);
});

test("a score of 0 is a score, and no history is no 0", async () => {
    const none = { of: false, tier: false, score: false, engagement: false, facts: [] };
    let figures = { ...none, score: 0 };
    answerCard(() => makeCard({ figures, orders: [], requests: [] }));
    const { ids } = await openChats(2);
    await contains(`${PANEL} .badge:contains(Score 0)`);
    await contains(`${PANEL} h6 + ul:empty + span:contains(None to show)`, { count: 2 });
    figures = none;
    await openDiscuss(ids[1]);
    await contains(`${PANEL}:contains(Not enough history)`);
    expect(`${PANEL} .badge`).toHaveCount(0);
});

test("it follows when the visitor logs in", async () => {
    let card = makeAnonymousCard();
    answerCard((chatId) => {
        expect.step(chatId);
        return card;
    });
    const { ids, visitorIds, pyEnv } = await openChats();
    await contains(`${PANEL}:contains(Not known yet)`);
    card = makeCard();
    // what is still being fetched of the chat tells the same
    const partnerId = pyEnv["res.partner"].create({ name: "Ann Ash" });
    pyEnv["website.visitor"].write(visitorIds, { partner_id: partnerId });
    // as the server sends it
    getService("mail.store").insert({
        "discuss.channel": [{ id: ids[0], livechat_visitor_id: visitorIds[0] }],
        "website.visitor": [{ id: visitorIds[0], partner_id: partnerId }],
        "res.partner": [{ id: partnerId, name: "Ann Ash" }],
    });
    await contains(`${PANEL} .o_ecrm_chat_name:contains(Ann Ash)`);
    expect.verifySteps([ids[0], ids[0]]);
});

test("an answer that comes late is not shown in another chat", async () => {
    const slow = new Deferred();
    const names = {};
    answerCard(async (chatId) => {
        if (names[chatId] === "slow") {
            await slow;
        }
        return makeCard({ customer: { id: chatId, name: `Customer ${names[chatId]}` } });
    });
    const { ids } = await openChats(2);
    names[ids[0]] = "one";
    names[ids[1]] = "slow";
    await openDiscuss(ids[1]);
    await contains(`${PANEL}:contains(Loading)`);
    names[ids[0]] = "two";
    await openDiscuss(ids[0]);
    await contains(`${PANEL} .o_ecrm_chat_name:contains(Customer two)`);
    slow.resolve();
    await contains(`${PANEL} .o_ecrm_chat_name:contains(Customer two)`);
});

test("an error is told, and one can try again", async () => {
    let fails = true;
    answerCard(() => {
        if (fails) {
            throw makeServerError({ message: "No access." });
        }
        return makeCard();
    });
    await openChats();
    await contains(`${PANEL} [role=alert]:contains(No access.)`);
    fails = false;
    await click(`${PANEL} [role=alert] button`);
    await contains(`${PANEL} .o_ecrm_chat_name:contains(Ann Ash)`);
    expect(`${PANEL} [role=alert]`).toHaveCount(0);
});

test("a request is made by one click, and leads to it from then on", async () => {
    let made = false;
    answerCard(() => makeCard(made ? { request: made, can_request: false } : {}));
    onRpc("ecrm.request", "open_from_chat", ({ args }) => {
        expect.step(args[0]);
        made = { id: 9, number: "S00009" };
        return made;
    });
    const { ids } = await openChats();
    patchWithCleanup(getService("action"), {
        doAction({ res_model: model, res_id: id }) {
            expect.step(`${model} ${id}`);
        },
    });
    await click(`${PANEL} button:contains(Make a request)`);
    await contains(`${PANEL} a:contains(Request S00009 of this chat)`);
    expect(`${PANEL} button`).toHaveCount(0);
    await click(`${PANEL} a:contains(Request S00009 of this chat)`);
    expect.verifySteps([ids[0], "ecrm.request 9"]);
});
