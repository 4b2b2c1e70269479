"""The screens of web tracking in a real browser: wide and on a phone, full and empty.

Nothing of ours may be in the way of a screen reader or a keyboard, nothing may make a phone
scroll sideways, and no screen may leave an error in the console.
"""

import re

import pytest

from tests import axe
from tests.browser import AGENT
from tests.client import Browser

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
SCREENS = [
    "visitors", "visits", "pages", "searches", "products", "funnel", "sources",
    "website-days", "consents", "api-keys", "kinds", "sites", "touchpoints",
]  # fmt: skip
#: Those of which an empty one sends an administrator to the settings.
RECORDED = SCREENS[:9]
READY = """() => document.querySelector('.o_action_manager .o_control_panel')
    && !document.querySelector('.o_loading_indicator, .fa-circle-o-notch.fa-spin')"""
#: Their complaints are Odoo's or the network's.
IGNORED = re.compile(r"favicon|net::ERR_|service-worker|websocket", re.IGNORECASE)


@pytest.fixture(scope="module")
def admin(server):
    return server.login()


@pytest.fixture(scope="module")
def filled(server, admin):
    """A visit of everything, of a contact who became known, and a lost search; as ids."""
    admin.call("website", "write", [[1], {"cookies_bar": True}])
    [product] = admin.call("product.template", "create", [[{"name": "Tea", "is_published": True}]])
    [variant] = admin.call("product.template", "read", [[product], ["product_variant_id"]])
    visitor = Browser(server).accept()
    props = {"product": variant["product_variant_id"][0], "name": "Tea"}
    visitor.visit("/shop/tea?utm_source=spring", "web.product", **props)
    visitor.visit("/shop", "web.search", term="nothing", results=0)
    visitor.visit("/shop/tea", "web.cart_add", **props)
    Browser(server).accept()
    admin.call("ecrm.pipeline", "run_now")
    devices = admin.call("ecrm.identity", "search", [[["kind", "=", "device"]]], order="id")
    [partner] = admin.call("res.partner", "create", [[{"name": "Ann Screen"}]])
    wizard = admin.call(
        "ecrm.identity.link.wizard",
        "create",
        [{"partner_id": partner, "identity_ids": [[6, 0, devices[:1]]]}],
    )
    admin.call("ecrm.identity.link.wizard", "action_link", [wizard])
    admin.call("ecrm.pipeline", "run_now")
    return {"partner": partner}


class Office:
    """Somebody's browser in the back office."""

    def __init__(self, chromium, server, session, size="desktop"):
        width, height = SIZES[size]
        phone = {"is_mobile": True, "has_touch": True} if size == "phone" else {}
        self.context = chromium.new_context(
            user_agent=AGENT, viewport={"width": width, "height": height}, **phone
        )
        cookie = {"name": "session_id", "value": session.cookies["session_id"]}
        self.context.add_cookies([{**cookie, "url": server.url}])
        self.url = server.url
        self.page = self.context.new_page()
        self.errors = []
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.context.on(
            "console",
            lambda message: message.type == "error" and self.errors.append(message.text),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.context.close()

    def open(self, path):
        # the web client never goes idle: it keeps a websocket
        self.page.goto(self.url + path, wait_until="domcontentloaded")
        return self.settle()

    def show(self, *screen):
        """Open a screen in the client that runs already, as its menu does: much faster."""
        if self.page.url == "about:blank":
            return self.open("/odoo/" + "/".join(map(str, screen)))
        path, *record = screen
        action = (
            "([path, props]) => odoo.__WOWL_DEBUG__.root.env.services.action"
            ".doAction(path, { clearBreadcrumbs: true, ...props })"
        )
        props = {"viewType": "form", "props": {"resId": record[0]}} if record else {}
        self.page.evaluate(action, [path, props])
        return self.settle()

    def settle(self):
        for _twice in range(2):
            self.page.wait_for_function(READY)
            self.page.wait_for_timeout(150)
        return self.page

    def faults(self, root=".o_action_manager"):
        """What is wrong with the screen that is shown."""
        found = axe.violations(self.page, root)
        found += [text for text in self.errors if not IGNORED.search(text)]
        wide = "() => document.documentElement.scrollWidth - innerWidth"
        if self.page.evaluate(wide) > 0:
            found.append("scrolls sideways")
        self.errors.clear()
        return found


def test_empty_screens_say_what_to_do(chromium, server, admin):
    """Runs first: nobody has visited yet, and nothing is switched on."""
    with Office(chromium, server, admin) as office:
        for name in RECORDED:
            page = office.show(f"ecrm-{name}")
            helper = page.locator(".o_view_nocontent")
            assert "Choose in the settings" in helper.inner_text(), name
            assert office.faults() == [], name
        page.locator(".o_view_nocontent a").click()
        page.locator("#ecrm_tracking").wait_for()


@pytest.mark.parametrize("size", SIZES)
def test_screens(chromium, server, admin, filled, size):
    with Office(chromium, server, admin, size) as office:
        for name in SCREENS:
            page = office.show(f"ecrm-{name}")
            assert office.faults() == [], name
            if name in RECORDED:
                assert not page.locator(".o_view_nocontent").count(), f"{name} is empty"
        for name in ("visitors", "visits"):
            model = {"visitors": "ecrm.visitor", "visits": "ecrm.session"}[name]
            [record] = admin.call(model, "search", [[]], limit=1)
            office.show(f"ecrm-{name}", record)
            assert office.faults() == [], f"form of {name}"


@pytest.mark.parametrize("size", SIZES)
def test_settings_explain_each_mode(chromium, server, admin, filled, size):
    [action] = admin.call(
        "ir.model.data",
        "search_read",
        [[["module", "=", "ecrm_addon"], ["name", "=", "res_config_settings_action"]]],
        fields=["res_id"],
    )
    with Office(chromium, server, admin, size) as office:
        page = office.open(f"/odoo/action-{action['res_id']}")
        for mode, words in {
            "Off": "Stored by eCRM: nothing",
            "Anonymous counts": "No cookie, no identifier",
            "Visits of those who agree": "Stored once a visitor has accepted",
        }.items():
            page.get_by_label(mode, exact=True).check()
            page.locator("#ecrm_tracking", has_text=words).wait_for()
            assert office.faults() == [], mode


@pytest.mark.parametrize("size", SIZES)
def test_history_of_a_contact(chromium, server, admin, filled, size):
    with Office(chromium, server, admin, size) as office:
        page = office.open(f"/odoo/contacts/{filled['partner']}")
        page.get_by_role("tab", name="Customer 360").click()
        page.locator(".o_ecrm_visit").first.wait_for()
        office.settle()
        page.locator(".o_ecrm_moment").first.wait_for()
        assert office.faults(".o_ecrm_customer_360") == []


def test_erasing_asks_once_more(chromium, server, admin, filled):
    with Office(chromium, server, admin) as office:
        page = office.open(f"/odoo/contacts/{filled['partner']}")
        page.locator(".o_cp_action_menus .dropdown-toggle").first.click()
        page.get_by_role("menuitem", name="eCRM: Erase History").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("It cannot be undone").wait_for()
        assert not dialog.get_by_role("button", name="Erase History").is_visible()
        assert axe.violations(page, ".modal-content") == []
        dialog.get_by_label("I know that this cannot be undone").check()
        dialog.get_by_role("button", name="Erase History").wait_for()


def test_funnel_by_keyboard(chromium, server, admin, filled):
    """Whom a step loses is one Tab away, shows that it has the focus, and opens with Enter."""
    with Office(chromium, server, admin) as office:
        page = office.open("/odoo/ecrm-funnel")
        page.locator(".o_switch_view").last.focus()  # Odoo's search keeps Tab for itself
        for _tab in range(3):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.matches('.o_ecrm_funnel button')"):
                break
        else:
            raise AssertionError("the keyboard does not reach the funnel")
        outline = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }"
        )
        assert outline, "nobody sees where the focus is"
        page.keyboard.press("Enter")
        page.locator(".o_breadcrumb", has_text="Visits That Ended at").wait_for()


def test_salesperson_without_rights(chromium, server, admin, filled):
    """Contacts and orders open as if there were no eCRM: no menu, tab, button or error."""
    references = [["group_user", "base"], ["group_sale_salesman_all_leads", "sales_team"]]
    groups = [
        admin.call("ir.model.data", "search_read", [[["name", "=", n], ["module", "=", m]]])[0]
        for n, m in references
    ]
    admin.call(
        "res.users",
        "create",
        [
            {
                "name": "Sam",
                "login": "sam_screens",
                "password": "sam_screens",
                "group_ids": [[6, 0, [group["res_id"] for group in groups]]],
            }
        ],
    )
    [order] = admin.call("sale.order", "create", [[{"partner_id": filled["partner"]}]])
    with Office(chromium, server, server.login("sam_screens", "sam_screens")) as office:
        for path in (f"/odoo/contacts/{filled['partner']}", f"/odoo/sales/{order}"):
            page = office.open(path)
            page.locator(".o_form_view").wait_for()
            words = page.locator("body").inner_text()
            for name in ("Customer 360", "Engagement", "Journey"):
                assert name not in words, path
            assert not page.locator("[role=dialog]").count(), path
            assert [text for text in office.errors if not IGNORED.search(text)] == []
        page.locator(".o_navbar_apps_menu button").click()
        assert "eCRM" not in page.locator(".o-dropdown--menu").inner_text()
