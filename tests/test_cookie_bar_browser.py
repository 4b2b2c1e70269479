"""The cookie bar in a real browser: two equal answers, whoever reads or reaches them how."""

import json

import pytest

from tests import axe, browser

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
CHOICES = ("essential", "all")
#: Puts a button where Odoo's live chat has its own, which needs somebody to be on duty.
CHAT = """() => document.body.insertAdjacentHTML("beforeend", `<div class="o-livechat-root"
    style="position: fixed; right: 24px; bottom: 24px; z-index: 2000;
           width: 56px; height: 56px; background: purple"></div>`)"""
#: What the editor writes for a bar that a company has made its own.
CLASSIC = """<div class="modal-content oe_structure">
    <section class="o_colored_level o_cc o_cc1 pt16 pb16"><div class="container"><div class="row">
        <div class="col-lg-8 pt16">
            <h3 class="o_cookies_bar_text_title">Biscuits</h3>
            <p><span class="o_cookies_bar_text_primary">We bake some.</span>
            <a href="/cookie-policy" class="o_cookies_bar_text_policy">Recipe</a></p>
        </div>
        <div class="col-lg-4 text-end pt16">
            <a href="#" id="cookies-consent-essential" role="button"
               class="js_close_popup btn btn-link btn-sm">No thanks</a>
            <a href="#" id="cookies-consent-all" role="button"
               class="js_close_popup btn btn-primary btn-lg">Fine with me</a>
        </div>
    </div></div></section>
</div>"""


@pytest.fixture(scope="module")
def admin(server):
    admin = server.login()
    admin.call("website", "write", [[1], {"cookies_bar": True}])
    return admin


def bar_of(visitor, path="/"):
    page = visitor.open(path)
    page.locator("#cookies-consent-all").wait_for(state="visible")
    page.wait_for_timeout(500)  # it moves in
    return page


def looks(page, choice):
    """How one of the choices looks, and how large it is."""
    return page.evaluate(
        """(id) => {
            const el = document.getElementById(id);
            const { width, height, left, top } = el.getBoundingClientRect();
            const { color, backgroundColor, fontSize, fontWeight, borderColor } =
                getComputedStyle(el);
            return {
                height,
                width,
                left,
                top,
                // nothing lies on it, such as the button of the live chat
                free: [0.02, 0.5, 0.98].every((part) => {
                    const there = [left + part * width, top + height / 2];
                    return document.elementFromPoint(...there) === el;
                }),
                style: [color, backgroundColor, fontSize, fontWeight, borderColor],
                says: el.textContent.trim(),
                means: document.getElementById(el.getAttribute("aria-describedby"))?.textContent,
            };
        }""",
        f"cookies-consent-{choice}",
    )


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_choices_are_equal_and_explained(chromium, server, admin, options):
    with browser.Visitor(chromium, server.url, **options) as visitor:
        page = bar_of(visitor)
        page.evaluate(CHAT)
        refuse, accept = (looks(page, choice) for choice in CHOICES)
        assert refuse["style"] == accept["style"]
        assert refuse["height"] == accept["height"] >= 44
        assert abs(refuse["width"] - accept["width"]) < 2
        assert refuse["free"] and accept["free"], "something lies on a choice"
        assert "If you agree, we record" in accept["means"]
        assert "With essentials only, none of this" in refuse["means"]
        assert "agree" in accept["says"] and "essentials" in refuse["says"]
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        assert axe.violations(page, "#website_cookies_bar", stock=[]) == []
        assert visitor.errors == []


@pytest.mark.parametrize("choice", CHOICES)
def test_keyboard(chromium, server, admin, choice):
    """Each answer can be reached, is seen to have the focus, and is given with Enter."""
    with browser.Visitor(chromium, server.url) as visitor:
        page = bar_of(visitor)
        page.locator(".o_cookies_bar_text_policy").focus()
        for _tab in range(3):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.id") == f"cookies-consent-{choice}":
                break
        outline = "() => getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(outline) == "solid"
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.cookie.includes('website_cookies_bar')")
        page.wait_for_timeout(500)
        [told] = [json.loads(body)["state"] for body in visitor.sent("/ecrm/consent")]
        assert told == {"essential": "refused", "all": "granted"}[choice]


def test_right_to_left(chromium, server, admin):
    """The choices stand in the other order, and still side by side and equal."""
    with browser.Visitor(chromium, server.url, **PHONE) as visitor:
        page = bar_of(visitor)
        # turned around here: for its languages Odoo needs a program that few machines have
        page.evaluate("() => { document.querySelector('#website_cookies_bar').dir = 'rtl' }")
        refuse, accept = (looks(page, choice) for choice in CHOICES)
        assert refuse["style"] == accept["style"]
        assert refuse["top"] == accept["top"]
        assert accept["left"] + accept["width"] <= refuse["left"]
        assert axe.violations(page, "#website_cookies_bar", stock=[]) == []


def test_newsletter_block(chromium, server, admin, stored):
    """A subscription is a form that was sent, and a claim that waits for its confirmation."""
    [mailing_list] = admin.call("mailing.list", "create", [[{"name": "News", "is_public": True}]])
    arch = f"""<t t-name="website.test_news"><t t-call="website.layout"><div id="wrap">
        <div class="s_newsletter_subscribe_form s_newsletter_list js_subscribe"
             data-vxml="001" data-list-id="{mailing_list}">
            <div class="js_subscribed_wrap d-none"><p>Thanks for registering!</p></div>
            <div class="js_subscribe_wrap"><div class="input-group">
                <input type="email" name="email" class="js_subscribe_value form-control"/>
                <a role="button" href="#" class="btn btn-primary js_subscribe_btn">Subscribe</a>
            </div></div>
        </div></div></t></t>"""
    values = {"name": "News", "type": "qweb", "key": "website.test_news", "arch": arch}
    view = admin.call("ir.ui.view", "create", [values])
    page_values = {"url": "/news", "view_id": view, "is_published": True, "website_id": 1}
    admin.call("website.page", "create", [page_values])
    with browser.Visitor(chromium, server.url) as visitor:
        page = visitor.open("/news")
        visitor.choose(page, "all")
        browser.wait_until(page, stored, 1)
        page.fill(".js_subscribe_value", "ann@example.com")
        page.click(".js_subscribe_btn")
        page.locator(".js_subscribed_wrap").wait_for(state="visible")
        page.goto("about:blank")
        browser.wait_until(page, stored, 3)
        assert visitor.errors == []
    [form] = [row for row in stored() if row["kind"] == "web.form"]
    props = form["props"] if isinstance(form["props"], dict) else json.loads(form["props"])
    assert props["form"] == "newsletter"
    assert "ann@example.com" not in json.dumps(stored())
    admin.call("ecrm.pipeline", "run_now")
    claims = admin.call(
        "ecrm.identity.claim",
        "search_read",
        [[["browser_id", "=", form["identity_id"][0]]]],
        fields=["address_id", "confirmed_at"],
    )
    assert len(claims) == 1
    assert "ann@example.com" in claims[0]["address_id"][1]
    assert not claims[0]["confirmed_at"]


@pytest.fixture(scope="module")
def edited(admin):
    """The bar as the editor saves it, with other words and colours; stays for the tests below."""
    [view] = admin.call("ir.ui.view", "search", [[["key", "=", "website.cookies_bar"]]])
    admin.call(
        "ir.ui.view",
        "save",
        [[view], CLASSIC, "/data/xpath/div[1]/div[1]/div[1]/div[1]"],
        context={"website_id": 1},
    )


@pytest.mark.parametrize("choice", CHOICES)
def test_what_an_editor_saves_works(chromium, server, edited, choice):
    with browser.Visitor(chromium, server.url, **PHONE) as visitor:
        page = bar_of(visitor)
        assert "Biscuits" in page.locator("#website_cookies_bar").inner_text()
        refuse, accept = (looks(page, one) for one in CHOICES)
        assert (refuse["says"], accept["says"]) == ("No thanks", "Fine with me")
        assert refuse["style"] == accept["style"]
        assert refuse["height"] == accept["height"] >= 44
        assert "If you agree, we record" in accept["means"]
        assert "With essentials only" in refuse["means"]
        visitor.choose(page, choice)
        page.wait_for_timeout(500)
        [told] = [json.loads(body)["state"] for body in visitor.sent("/ecrm/consent")]
        assert told == {"essential": "refused", "all": "granted"}[choice]
        page.locator(".o_ecrm_privacy_link").click()
        page.locator("#cookies-consent-all").wait_for(state="visible")
        assert visitor.errors == []
