"""What is looked at in a customer's page, as JavaScript; each takes the selector of its root."""

CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary"

#: Whether the page is wider than the screen.
WIDE = """() => {
    const page = document.documentElement;
    return page.scrollWidth > page.clientWidth;
}"""

#: Whether a card of ours is, on a page of Odoo's where a long name may be Odoo's to break.
WIDE_CARDS = r"""(root) => [...document.querySelectorAll(`${root} a[href*="/my/"]`)]
    .filter((el) => /my\/(loyalty|activity|privacy|communication|buy-again)/.test(el.href))
    .flatMap((card) => [card, ...card.querySelectorAll("*")])
    .map((el) => el.getBoundingClientRect())
    .some((box) => box.right > innerWidth + 1 || box.left < -1)"""

#: Controls that are too small to hit (WCAG 2.5.8, which excepts links within a sentence). A
#: label is part of its box.
SMALL = """(root) => {
    const shown = { visibilityProperty: true, opacityProperty: true };
    const isInline = (el) => el.matches("a") && getComputedStyle(el).display === "inline"
        && [...el.parentNode.childNodes].some((node) =>
            node !== el && node.textContent.trim());
    const size = (el) => {
        const boxes = [el, ...(el.labels || [])].map((one) => one.getBoundingClientRect());
        const side = (from, to) => Math.max(...boxes.map((box) => box[to]))
            - Math.min(...boxes.map((box) => box[from]));
        return [side("left", "right"), side("top", "bottom")];
    };
    return [...document.querySelectorAll(`${root} :is(CONTROLS)`)]
        .filter((el) => el.checkVisibility(shown) && !isInline(el))
        .filter((el) => Math.min(...size(el)) < 23.99)
        .map((el) => `${size(el).map(Math.round)} px: ${el.outerHTML.slice(0, 150)}`);
}""".replace("CONTROLS", CONTROLS)

#: Headings: one of the first level, and none that skips one.
HEADINGS = """(root) => {
    const levels = [...document.querySelectorAll(`${root} :is(h1, h2, h3, h4, h5, h6)`)]
        .filter((el) => el.checkVisibility() && el.textContent.trim())
        .map((el) => Number(el.tagName[1]));
    const skipped = levels.filter((level, n) => level > (n ? levels[n - 1] : 0) + 1);
    return [
        ...(levels.filter((level) => level === 1).length === 1 ? [] : ["not one h1"]),
        ...(skipped.length ? [`headings skip a level: ${levels}`] : []),
    ];
}"""

#: Numbers what Tab should reach, puts the focus before the first of them; tells how many.
NUMBER = """(root) => {
    const groups = new Set();
    let count = 0;
    for (const el of document.querySelectorAll(`${root} :is(CONTROLS, [tabindex])`)) {
        if (el.disabled || el.tabIndex < 0) continue;
        if (!el.checkVisibility({ visibilityProperty: true })) continue;
        if (el.type === "radio") { // Tab stops once in a group, which is a form's own
            const isOfGroup = (one) => one.form === el.form && one.name === el.name;
            if ([...groups].some(isOfGroup)) continue;
            const group = [...document.getElementsByName(el.name)].filter(isOfGroup);
            if (group.some((one) => one.checked) && !el.checked) continue;
            groups.add(el);
        }
        el.dataset.n = count++;
    }
    const place = document.querySelector(root);
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
    return count;
}""".replace("CONTROLS", CONTROLS)

#: Where the focus is: its number, whether one sees that it is there, and that it is on screen.
FOCUS = """() => {
    const names = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderColor",
        "backgroundColor", "textDecorationLine"];
    const look = (el) => names.map((name) => getComputedStyle(el)[name]).join();
    const el = document.activeElement;
    const [box, focused] = [el.getBoundingClientRect(), look(el)];
    el.blur();
    const blurred = look(el);
    el.focus({ preventScroll: true });
    return {
        n: el.dataset.n,
        html: el.outerHTML.slice(0, 150),
        shows: focused !== blurred,
        seen: box.bottom > 0 && box.top < innerHeight,
    };
}"""
