/** @odoo-module ignore **/ // lint: ok: a classic script, since other sites load it too
/**
 * The tracker: tells `POST /ecrm/collect` what a visitor does, once she has agreed to it. On Odoo
 * sites it is part of the bundle, and interactions/tracker.js starts it. Any other site loads
 * this file alone: <script async src=".../ecrm.js" data-site="KEY"></script>
 * Whatever happens here, the page goes on: nothing throws, and what can neither be stored nor
 * sent is dropped. ES2019 and less than 5 kB: nothing compiles it, and visitors wait for it.
 */
(() => {
    "use strict";
    const SECOND = 1000;
    const MINUTE = 60 * SECOND;
    const EVENT = "ecrm_q."; // an event; its name says when it happened
    const UNSURE = "~"; // ends its name once it was sent in leaving and nobody saw the answer
    const LEASE = "ecrm_lease"; // the tab that is sending, and until when it may
    const PAUSE = "ecrm_pause"; // until when nothing is sent, failures, whether the door asked
    const VISITOR = "ecrm_vid"; // her id and when it was made, on sites outside Odoo only
    const KEPT = 100; // events that a browser keeps; the oldest go first
    const BATCH = 50; // events in a request
    const BODY = 60000; // bytes in a request: a page that is being left may send 64 KiB
    const FULL = 10; // waiting events that are sent without delay
    const DELAY = 10 * SECOND; // that an event waits for others
    const IDLE = 30 * MINUTE; // that end a visit
    const PATIENCE = 20 * SECOND; // with the door
    const LIFE = 395 * 24 * 60 * MINUTE; // of a visitor's id
    const VIEWS = /^web\.(page|product|category)$/;
    const FILES = /^\/web\/content\b|\.(pdf|zip|rar|7z|gz|csv|epub|od[tsp]|(doc|xls|ppt)[xm]?)$/i;

    const quiet = (act) => (...args) => {
        try {
            return act(...args);
        } catch {
            // the page goes on
        }
    };
    /** Random hexadecimal digits in the place of each x, as many as there are. */
    const random = (form) =>
        form.replace(/x/g, () => (crypto.getRandomValues(new Uint8Array(1))[0] & 15).toString(16));
    const short = (text) => String(text || "").slice(0, 2000);
    const visible = () => document.visibilityState === "visible";
    const storage = quiet(() => localStorage);
    const ours = (box) => Object.keys(box).filter((key) => key.startsWith("ecrm_"));

    /** The campaign by which she came from elsewhere, as a short text; "" without one. */
    function campaign() {
        const query = new URLSearchParams(location.search);
        let hash = 0;
        for (const name of ["utm_source", "utm_medium", "utm_campaign", "gclid", "fbclid"]) {
            const value = query.get(name) || "";
            // the id of a click says no more than that there was one
            for (const letter of name.endsWith("id") && value ? name : value) {
                hash = (hash * 31 + letter.codePointAt(0)) >>> 0;
            }
        }
        const inside = (document.referrer + "/").startsWith(location.origin + "/");
        return hash && !inside ? hash.toString(36) : "";
    }

    const readVisit = () => (/(^|; )ecrm_sid=([\w-]{8,64})(;|$)/.exec(document.cookie) || [])[2];

    function writeVisit(key, seconds) {
        const secure = location.protocol === "https:" ? ";secure" : "";
        document.cookie = `ecrm_sid=${key};path=/;max-age=${seconds};samesite=lax${secure}`;
    }

    /**
     * door: the address that takes events. stored: whether cookie and storage may be used once
     * she agrees. allowed(): whether she agrees; asked each time. Of a site outside Odoo, site():
     * what it adds to each request; consent(state): what it knows of her consent.
     * Returns the commands, null when her browser objects for her.
     */
    function start({ door, stored, allowed, site, consent }) {
        const box = (stored && storage()) || {}; // else it lasts as long as the page
        const tab = random("xxxxxxxx");
        // a page of another site may not send JSON without asking first
        const [type, credentials] = site ? ["text/plain", "omit"] : ["application/json"];
        let flying = []; // names of the events in the request under way
        let limit = BATCH;
        let count = 0;
        let inside = 0; // when she went to another page of this site
        let on, busy, timer, view, from, seen;

        // ---- what is captured ----
        const live = () => on && (allowed() || refuse());

        /** The key of the visit; a new one after 30 minutes, at midnight, by another campaign. */
        function visit(source) {
            const now = Date.now();
            const rest = Math.min(IDLE, new Date(now).setHours(24, 0, 0, 0) - now);
            let key = readVisit();
            if (!key || (source && !key.endsWith("-" + source))) {
                key = random("x".repeat(22)) + "-" + (source || 0);
            }
            writeVisit(key, Math.ceil(rest / SECOND));
            return key;
        }

        function add(kind, props, key) {
            const t = Date.now();
            const id = random("xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx");
            const u = short(location.href.split("#")[0]);
            if (live()) {
                const event = { id, t, k: kind, u, r: from, p: props };
                event.s = stored ? key || visit() : undefined;
                const text = JSON.stringify(event);
                if (text.length < BODY / 4) {
                    box[`${EVENT}${t}.${1e6 + ++count}.${id}`] = text;
                    queue().slice(0, -KEPT).forEach(drop);
                    plan();
                }
                return event;
            }
        }

        /** She looks at a page: that, and what the page says of itself. */
        function look(referrer) {
            from = short(referrer);
            const marks = Array.from(document.querySelectorAll("[data-ecrm]"), ({ dataset }) => [
                dataset.ecrm,
                quiet(JSON.parse)(dataset.ecrmProps || "{}"),
            ]);
            const at = marks.findIndex((mark) => VIEWS.test(mark[0]));
            const page = ["web.page", { title: short(document.title) }];
            const [kind, props] = at < 0 ? page : marks.splice(at, 1)[0];
            const event = live() && add(kind, props, stored && visit(campaign()));
            view = event && { id: event.id, key: event.s, url: event.u, ms: 0, told: -1, depth: 0 };
            seen = visible() && Date.now();
            marks.forEach((mark) => add(mark[0], mark[1]));
        }

        /** How long and how far she looked at the page, altogether; told again after a return. */
        function leave() {
            const now = Date.now();
            const time = seen ? Math.min(Math.max(now - seen, 0), IDLE) : 0;
            const seconds = view && Math.round((view.ms += time) / SECOND);
            seen = 0;
            if (view && seconds > view.told) {
                onScroll({ target: document });
                view.told = seconds;
                readVisit() === view.key && stored && visit(); // it goes on
                add("web.leave", { view: view.id, seconds, scroll: view.depth }, view.key);
            }
        }

        function onScroll({ target }) {
            const { scrollTop, clientHeight, scrollHeight } = target.scrollingElement || target;
            // not the small things that scroll within a page
            if (view && clientHeight > innerHeight / 2) {
                const depth = Math.round((100 * (scrollTop + clientHeight)) / scrollHeight);
                view.depth = Math.max(view.depth, Math.min(100, depth));
            }
        }

        function onClick(ev) {
            const link = ev.button < 2 && ev.target.closest("a[href]");
            const url = new URL(link.href);
            if (link.hasAttribute("download") || FILES.test(url.pathname)) {
                const name = link.download || decodeURIComponent(url.pathname.split("/").pop());
                add("web.download", { file: short(name) });
            } else if (url.host !== location.host && /^http/.test(url)) {
                add("web.outbound", { host: url.host, url: short(url.origin + url.pathname) });
            } else if (!link.target && !window.navigation) {
                go(url);
            }
        }

        /** She goes to another page, maybe one of this site. */
        function go(address) {
            const { origin, pathname } = new URL(address);
            const own = origin === location.origin && !/#/.test(address) && !FILES.test(pathname);
            inside = own && Date.now();
        }

        // ---- when it is sent ----
        const drop = (name) => delete box[name];
        const pause = () => (box[PAUSE] || "0,0").split(",").map(Number);
        /** Names of the events kept, the oldest first; of those that nothing was done for. */
        const queue = () => ours(box).filter((key) => key.startsWith(EVENT)).sort();
        const waiting = () => queue().filter((key) => !key.endsWith(UNSURE));
        const leased = () =>
            (box[LEASE] || "").slice(8) > Date.now() && !box[LEASE].startsWith(tab);

        function plan(delay) {
            clearTimeout(timer);
            const names = waiting();
            if (on && names.length) {
                const now = Date.now();
                const oldest = Math.min(names[0].split(".")[1], now);
                const due = Math.max(names.length < FULL ? oldest + DELAY : now, pause()[0]);
                timer = setTimeout(quiet(send), Math.max(due - now, delay || 0));
            }
        }

        function pack(all) {
            const names = all.filter((name) => !flying.includes(name)).slice(0, limit);
            const head = JSON.stringify({ v: 1, sent: Date.now(), ...(site && site()) });
            const body = `${head.slice(0, -1)},"events":[${names.map((name) => box[name])}]}`;
            const half = names.slice(0, names.length >> 1);
            return half[0] && new Blob([body]).size > BODY ? pack(half) : [names, body];
        }

        /** @returns {Promise<[number, number?]>} status, 0 without an answer; seconds to wait */
        async function post(body, to = door) {
            try {
                const headers = { "Content-Type": type };
                const signal = AbortSignal.timeout && AbortSignal.timeout(PATIENCE);
                const how = { method: "POST", body, headers, keepalive: true, credentials, signal };
                const answer = await fetch(to, how);
                return [answer.status, +answer.headers.get("Retry-After") || 0];
            } catch {
                return [0, 0];
            }
        }

        /** Send one batch. @returns {Promise<boolean>} false when another tab is sending */
        async function turn() {
            const [names, body] = pack(queue());
            const free = !leased();
            // another tab may just have sent them, or met a closed door
            if (free && waiting()[0] && pause()[0] <= Date.now()) {
                box[LEASE] = tab + (Date.now() + PATIENCE + SECOND);
                flying = names;
                const answer = await post(body);
                flying = [];
                drop(LEASE);
                settle(names, ...answer);
                // until other tabs, too, read from the storage that they are gone
                await new Promise((done) => setTimeout(done, SECOND));
            }
            return free;
        }

        async function send() {
            if (!busy && live()) {
                busy = true;
                const locks = storage() && navigator.locks;
                const sent = locks
                    ? locks.request("ecrm", { ifAvailable: true }, (lock) => lock && turn())
                    : turn();
                const free = await sent.catch(() => {});
                busy = false;
                plan(free ? 0 : SECOND);
            }
        }

        function settle(names, status, asked) {
            if (status === 413 && names[1]) {
                limit = names.length >> 1;
            } else if (on && /^(0|408|429|5..)$/.test(status)) {
                const failures = pause()[1];
                const wait = Math.min(2 ** failures, 150) * (1 + Math.random());
                const seconds = Math.max(wait, Math.min(asked, 3600));
                box[PAUSE] = [Date.now() + seconds * SECOND, failures + 1, asked].join();
            } else {
                names.concat(PAUSE).forEach(drop); // taken, or refused for good
            }
        }

        /** She is back: that is worth a try, unless the door itself asked for the pause. */
        function hasten() {
            pause()[2] || drop(PAUSE);
            plan();
        }

        /** The page may never wake again: what waits goes off, and stays until it is answered. */
        function depart() {
            const [names, body] = pack(waiting());
            const vain = navigator.onLine === false || box[PAUSE] || leased() || !names[0];
            const beacon = () => navigator.sendBeacon(door, new Blob([body], { type }));
            // to another site a beacon would carry cookies
            if (!vain && (site ? post(body) : beacon())) {
                names.forEach((name) => {
                    stored && (box[name + UNSURE] = box[name]);
                    drop(name);
                });
            }
        }

        function onHide() {
            leave();
            // the next page of this site sends what waits, together with its own events
            if (live() && (!stored || Date.now() - inside > DELAY)) {
                depart();
            }
        }

        function onShow() {
            inside = 0;
            seen = Date.now();
            begin(); // she may have agreed in another tab
            plan();
        }

        function begin() {
            if (!on && !document.prerendering && allowed()) {
                on = true;
                hasten();
                look(document.referrer);
            }
        }

        /** No, or no longer: what was kept goes. */
        function refuse() {
            on = false;
            view = null;
            clearTimeout(timer);
            [box, storage() || {}].forEach((from) => ours(from).forEach((key) => delete from[key]));
            if (readVisit()) {
                writeVisit("", 0);
            }
            return false;
        }

        const objects = navigator.globalPrivacyControl || navigator.doNotTrack === "1";
        const listen = (target, name, act) =>
            target.addEventListener(name, quiet(act), true);
        if (objects || !stored || !allowed()) {
            refuse();
        }
        if (objects) {
            return null;
        }
        listen(document, "click", onClick);
        listen(document, "auxclick", onClick);
        listen(document, "scroll", onScroll);
        listen(document, "visibilitychange", () => (visible() ? onShow() : onHide()));
        listen(document, "prerenderingchange", begin);
        listen(window, "pagehide", onHide);
        listen(window, "online", hasten);
        listen(window, "pageshow", ({ persisted }) => {
            if (persisted) {
                view = null;
                onShow();
                view || look("");
            }
        });
        // where the browser has no such object, links alone tell where she goes
        listen(window.navigation || window, "navigate", (ev) => go(ev.destination.url));
        quiet(begin)();
        return {
            begin,
            refuse,
            consent,
            post,
            flush: send,
            event: (kind, props) => add(kind, props || {}),
            page() {
                const former = view && view.url;
                leave();
                look(former);
            },
            stop() {
                on = false;
                allowed = () => false;
            },
        };
    }

    const { start: loaded, q: early = [] } = window.ecrm || {};
    if (loaded) {
        return; // twice
    }
    let tracker;
    /** ecrm("event", kind, props), ecrm("page"); outside Odoo also ecrm("consent", state) */
    const ecrm = quiet((command, ...args) => {
        if (tracker === undefined) {
            early.push([command, ...args]);
        } else if (tracker) {
            return tracker[command](...args);
        }
    });
    ecrm.start = quiet((options) => {
        tracker = start(options);
        early.splice(0).forEach((call) => ecrm(...call));
        return tracker && ecrm;
    });
    window.ecrm = ecrm;

    const script = document.currentScript;
    const key = script && script.dataset.site;
    if (key) {
        const read = () => {
            const [id, made] = ((storage() || {})[VISITOR] || "").split(".");
            return Date.now() - made < LIFE && id;
        };
        const site = (state = "granted") => ({ site: key, vid: read(), consent: state });
        const consent = (state) => {
            if (state !== "granted") {
                read() && tracker.post(JSON.stringify({ v: 1, events: [], ...site("withdrawn") }));
                tracker.refuse();
            } else if (!read()) {
                localStorage[VISITOR] = `${random("x".repeat(22))}.${Date.now()}`;
                tracker.begin();
                tracker.flush();
            }
        };
        const door = new URL("/ecrm/collect", script.src);
        ecrm.start({ door, stored: true, allowed: read, site, consent });
    }
})();
