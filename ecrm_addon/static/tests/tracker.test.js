import { after, beforeEach, describe, expect, freezeTime, test, unfreezeTime } from "@odoo/hoot";
import { advanceTime, mockDate, mockFetch, mockSendBeacon } from "@odoo/hoot-mock";
import "@ecrm_addon/interactions/tracker";

describe.current.tags("desktop");

const SECOND = 1000;
const MINUTE = 60 * SECOND;
let allowed, answer, bodies, beacons, cookies, tell;

function define(object, name, descriptor) {
    const former = Object.getOwnPropertyDescriptor(object, name);
    Object.defineProperty(object, name, { configurable: true, ...descriptor });
    after(() =>
        former ? Object.defineProperty(object, name, former) : Reflect.deleteProperty(object, name)
    );
}

/** A cookie jar that lets cookies expire, as a browser's does and the tests' own does not. */
function defineCookies() {
    cookies = {};
    define(document, "cookie", {
        get: () =>
            Object.entries(cookies)
                .filter(([, { until }]) => until > Date.now())
                .map(([name, { value }]) => `${name}=${value}`)
                .join("; "),
        set: (text) => {
            const [, name, value] = text.match(/^(\w+)=([^;]*)/);
            const seconds = Number(text.match(/max-age=(\d+)/)[1]);
            cookies[name] = { value, seconds, until: Date.now() + seconds * SECOND };
        },
    });
}

function show(visibilityState) {
    define(document, "visibilityState", { value: visibilityState });
    document.dispatchEvent(new Event("visibilitychange"));
}

function start(options) {
    const options_ = { door: "/ecrm/collect", stored: true, allowed: () => allowed, ...options };
    tell = window.ecrm.start(options_);
    after(() => tell?.("stop"));
}

/** Timers may start requests, and their answers timers. */
async function wait(milliseconds) {
    for (let step = 0; step < 20; step++) {
        await advanceTime(milliseconds / 20);
    }
}

const custom = (name) => tell("event", "web.custom", { name });
const kept = () =>
    Object.keys(localStorage)
        .filter((key) => key.startsWith("ecrm_q."))
        .sort();
const ours = () => Object.keys(localStorage).filter((key) => key.startsWith("ecrm_"));
const events = () => kept().map((key) => JSON.parse(localStorage.getItem(key)));
const last = () => events().at(-1);
const sent = () => bodies.map((body) => body.events.length);

beforeEach(() => {
    freezeTime(); // else the tests' own slowness would count
    after(unfreezeTime);
    mockDate("2026-03-10 12:00:00", 0);
    [allowed, answer, bodies, beacons] = [true, () => new Response(null, { status: 204 }), [], []];
    defineCookies();
    define(navigator, "locks", { value: undefined });
    define(Math, "random", { value: () => 0.2 });
    mockFetch((_url, { body }) => {
        bodies.push(JSON.parse(body));
        return answer();
    });
    mockSendBeacon((_url, body) => beacons.push(body));
});

test("nothing is kept or sent without consent, and all goes with it", async () => {
    allowed = false;
    start();
    custom("before");
    await wait(MINUTE);
    expect(ours()).toEqual([]);
    expect(bodies).toEqual([]);
    expect(document.cookie).toBe("");
    allowed = true;
    tell("begin");
    custom("agreed");
    expect(events().map((event) => event.k)).toEqual(["web.page", "web.custom"]);
    allowed = false; // as another tab may have made it
    custom("after");
    expect(ours()).toEqual([]);
    expect(document.cookie).toBe("");
    await wait(MINUTE);
    expect(bodies).toEqual([]);
});

test("a browser that objects gets no tracker, and what it kept goes", async () => {
    start();
    tell("stop");
    expect(kept()).toHaveLength(1);
    define(navigator, "globalPrivacyControl", { value: true });
    expect(window.ecrm.start({ stored: true, allowed: () => true })).toBe(null);
    expect(ours()).toEqual([]);
    expect(document.cookie).toBe("");
});

test("events wait ten seconds for each other, ten events for nobody", async () => {
    start();
    await wait(9 * SECOND);
    custom("later");
    await wait(SECOND / 2);
    expect(sent()).toEqual([]);
    await wait(SECOND);
    expect(sent()).toEqual([2]);
    expect(kept()).toEqual([]);
    for (let number = 0; number < 10; number++) {
        custom(`n${number}`);
    }
    await wait(SECOND); // in which other tabs see what is gone
    expect(sent()).toEqual([2, 10]);
});

test("at most a hundred events are kept, the newest", async () => {
    answer = () => Promise.reject(new TypeError("Failed to fetch"));
    start();
    for (let number = 0; number < 150; number++) {
        custom(`n${number}`);
    }
    expect(events()).toHaveLength(100);
    expect(events()[0].p.name).toBe("n50");
    expect(last().p.name).toBe("n149");
    await wait(20);
    expect(sent()).toEqual([50]);
    expect(events()).toHaveLength(100);
});

test("failures are retried after longer and longer pauses of at most five minutes", async () => {
    answer = () => new Response(null, { status: 503 });
    start();
    await wait(10 * SECOND);
    const pauses = [];
    for (let at = 0; at < 11; at++) {
        pauses.push((Number(localStorage.getItem("ecrm_pause").split(",")[0]) - Date.now()) / SECOND);
        await wait(pauses.at(-1) * SECOND + 20);
    }
    expect(pauses.map(Math.round)).toEqual([1, 2, 5, 10, 19, 38, 77, 154, 180, 180, 180]);
    expect(bodies).toHaveLength(12);
    expect(new Set(bodies.map((body) => body.events[0].id)).size).toBe(1);
    answer = () => new Response(null, { status: 204 });
    window.dispatchEvent(new Event("online"));
    await wait(2 * SECOND); // the last try is held for a second, too
    expect(kept()).toEqual([]);
    expect(localStorage.getItem("ecrm_pause")).toBe(null);
});

test("a door that asks for a pause gets it, also from the next page", async () => {
    answer = () => new Response(null, { status: 429, headers: { "Retry-After": "90" } });
    start();
    await wait(10 * SECOND);
    expect(sent()).toEqual([1]);
    tell("stop");
    start();
    await wait(89 * SECOND);
    expect(sent()).toEqual([1]);
    await wait(2 * SECOND);
    expect(sent()).toEqual([1, 2]);
});

test("what is refused for good is dropped, what is too large is halved", async () => {
    answer = () => new Response(null, { status: 422 });
    start();
    await wait(10 * SECOND);
    expect(kept()).toEqual([]);
    answer = () => new Response(null, { status: bodies.at(-1).events.length > 3 ? 413 : 204 });
    for (let number = 0; number < 12; number++) {
        custom(`n${number}`);
    }
    await wait(MINUTE);
    expect(sent()).toEqual([1, 12, 6, 3, 3, 3, 3]);
    expect(kept()).toEqual([]);
});

test("a body never exceeds what a page may send in leaving", async () => {
    start();
    for (let number = 0; number < 9; number++) {
        custom("é".repeat(9000));
    }
    await wait(MINUTE);
    expect(bodies.length).toBeGreaterThan(2);
    for (const body of bodies) {
        expect(new TextEncoder().encode(JSON.stringify(body)).length).toBeLessThan(60000);
    }
    expect(kept()).toEqual([]);
});

test("a visit ends after 30 minutes without any event", async () => {
    start();
    const [first] = events();
    expect(first.s).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
    expect(cookies.ecrm_sid.seconds).toBe(1800);
    await wait(29 * MINUTE);
    custom("rolling");
    await wait(29 * MINUTE);
    custom("still");
    expect(last().s).toBe(first.s);
    await wait(31 * MINUTE);
    custom("new");
    expect(last().s).not.toBe(first.s);
});

test("a visit ends at midnight", async () => {
    mockDate("2026-03-10 23:50:00", 0);
    start();
    const [first] = events();
    expect(cookies.ecrm_sid.seconds).toBe(600);
    await wait(9 * MINUTE);
    custom("today");
    expect(last().s).toBe(first.s);
    await wait(2 * MINUTE);
    custom("tomorrow");
    expect(last().s).not.toBe(first.s);
});

test("only the time in which the page was visible counts", async () => {
    show("visible");
    start();
    await wait(5 * SECOND);
    show("hidden");
    await wait(MINUTE);
    show("visible");
    await wait(3 * SECOND);
    show("hidden");
    window.dispatchEvent(new Event("pagehide"));
    const told = events().filter((event) => event.k === "web.leave");
    expect(told.map((event) => event.p.seconds)).toEqual([5, 8]);
    const [view] = [...bodies.flatMap((body) => body.events), ...events()];
    expect(told.map((event) => event.p.view)).toEqual([view.id, view.id]);
});

test("what went off in leaving stays until its answer is seen", async () => {
    show("visible");
    start();
    show("hidden");
    expect(beacons).toHaveLength(1);
    expect(kept().every((key) => key.endsWith("~"))).toBe(true);
    expect(kept()).toHaveLength(2);
    await wait(MINUTE);
    expect(sent()).toEqual([]); // alone it is not worth a request
    start();
    await wait(10 * SECOND);
    expect(sent()).toEqual([3]);
    expect(kept()).toEqual([]);
});

test("one tab sends at a time, and a dead one is replaced", async () => {
    localStorage.setItem("ecrm_lease", `another0${Date.now() + 15 * SECOND}`);
    start();
    await wait(14 * SECOND);
    expect(sent()).toEqual([]);
    show("hidden");
    expect(beacons).toEqual([]);
    await wait(3 * SECOND);
    expect(sent()).toEqual([2]);
    expect(localStorage.getItem("ecrm_lease")).toBe(null);
});

test("without identifiers nothing is stored", async () => {
    start({ stored: false });
    custom("counted");
    expect(ours()).toEqual([]);
    expect(document.cookie).toBe("");
    await wait(10 * SECOND);
    expect(sent()).toEqual([2]);
    expect(bodies[0].events.every((event) => !("s" in event))).toBe(true);
    show("hidden");
    expect(beacons).toHaveLength(1);
    expect(ours()).toEqual([]);
});

test("a browser that denies storage does not stop the page", async () => {
    define(window, "localStorage", {
        get: () => {
            throw new DOMException("denied", "SecurityError");
        },
    });
    start();
    custom("kept in the page");
    await wait(10 * SECOND);
    expect(sent()).toEqual([2]);
});

test("marks in the page name what is looked at", async () => {
    const markEl = document.createElement("div");
    markEl.innerHTML = `
        <div data-ecrm="web.search" data-ecrm-props='{"term": "tea", "results": 3}'></div>
        <div data-ecrm="web.category" data-ecrm-props='{"category": 4, "name": "Teas"}'></div>
        <div data-ecrm="web.custom" data-ecrm-props="no JSON"></div>`;
    document.body.append(markEl);
    after(() => markEl.remove());
    start();
    expect(events().map((event) => [event.k, event.p])).toEqual([
        ["web.category", { category: 4, name: "Teas" }],
        ["web.search", { term: "tea", results: 3 }],
        ["web.custom", undefined],
    ]);
});
