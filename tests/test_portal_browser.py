"""The customer's pages in a real browser: wide and on a phone, full, empty and with long words.

No fault that axe knows, nothing that scrolls sideways, every control large enough to hit and
reached by Tab in the order in which it stands, with a focus that one sees; right to left, and on
a dark screen, too.
"""

import os
import re
from urllib.parse import urlsplit

import pytest

from ecrm_dev import node_tools
from tests import axe, harness, portal_checks
from tests.browser import AGENT
from tests.portal_people import People
from tests.test_screens_browser import IGNORED, SIZES

#: Every page of ours that a customer opens; those that this checkout does not have are left out.
PAGES = {
    "home": "/my",
    "loyalty": "/my/loyalty",
    "activity": "/my/activity",
    "buy again": "/my/buy-again",
    "privacy": "/my/privacy",
    "support": "/my/support",
    "ask support": "/my/support/new",
    "a request": "/my/support/{request}",
    "communication": "/my/communication",
    "feedback": "/my/feedback",
    "feedback by link": "/ecrm/feedback/{feedback}",
    "preferences by link": "/ecrm/preferences/{preference}",
    "unsubscribe by link": "/ecrm/u/{preference}",
    "privacy by link": "/ecrm/privacy/{person}",
    "privacy of a guest": "/ecrm/privacy",
    "subscribe": "/ecrm/subscribe",
    "help": "/help",
    "help on one thing": "/{help_category}",
    "an answer": "/{help_article}",
    "search in the help": "/help?q=tea",
    "search without a result": "/help?q=xylophone",
}
STOCK_PAGE = "/my/security"
#: Odoo's page with cards of ours on it: its headings and its own cards are as they are.
OF_ODOO = {"home"}
ROOT = "#wrap"
#: Odoo's own parts of #wrap on its pages for customers.
STOCK = [".o_portal_submenu", ".o_portal_navbar", ".o_portal_my_details", ".o_portal_chatter"]


@pytest.fixture(scope="module")
def server(database):
    """A server that can turn its stylesheets around, where npm lets us have what it needs."""
    programs = node_tools.folder_of(node_tools.RTLCSS)
    path = os.environ["PATH"]
    if programs:
        os.environ["PATH"] = f"{programs}:{path}"
    try:
        with harness.Server(
            database, "--max-cron-threads=0", allow=["You need https://rtlcss.com"]
        ) as running:
            yield running
    finally:
        os.environ["PATH"] = path


@pytest.fixture(scope="module")
def people(server):
    return People(server)


class Customer:
    """A customer's browser, with or without a login."""

    def __init__(self, chromium, people, name, size="desktop", **options):
        width, height = SIZES[size]
        phone = {"is_mobile": True, "has_touch": True} if size == "phone" else {}
        self.context = chromium.new_context(
            user_agent=AGENT, viewport={"width": width, "height": height}, **phone, **options
        )
        session = people.server.login(name, name)
        choice = {"name": "website_cookies_bar", "value": '{"required": true, "optional": false}'}
        cookie = {"name": "session_id", "value": session.cookies["session_id"]}
        url = people.server.url
        self.context.add_cookies([{**each, "url": url} for each in (cookie, choice)])
        self.url, self.tokens = url, people.tokens.get(name, {})
        self.page = self.context.new_page()
        self.errors = []
        self.around = None
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.context.on(
            "console",
            lambda message: message.type == "error" and self.errors.append(message.text),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.context.close()

    def pages(self, prefix=""):
        """Open one page of ours after the other; give their names."""
        for name, path in PAGES.items():
            if set(re.findall(r"{(\w+)}", path)) <= set(self.tokens) and self.open(
                prefix + path.format(**self.tokens)
            ):
                yield name

    def open(self, path):
        """Return whether there is such a page, and no other one in its place."""
        # some cards of Odoo's home page appear when they know what they count
        response = self.page.goto(self.url + path, wait_until="networkidle")
        self.page.wait_for_function("() => document.fonts.status === 'loaded'")
        self.page.wait_for_selector(".o_portal_doc_spinner", state="detached")
        ours = response.status == 200 and urlsplit(self.page.url).path == urlsplit(path).path
        if not ours:
            self.errors.clear()
        return ours

    def look_around(self):
        """From now on faults around our part count, too, but for those of Odoo's own page."""
        assert self.open(STOCK_PAGE)
        self.around = set(axe.violations(self.page, "html", [ROOT]))

    def faults(self, name):
        found = axe.violations(self.page, ROOT, STOCK)
        if self.around is not None:
            found += set(axe.violations(self.page, "html", [ROOT])) - self.around
        if self.page.evaluate(
            portal_checks.WIDE_CARDS if name in OF_ODOO else portal_checks.WIDE, ROOT
        ):
            found.append("scrolls sideways")
        found += self.page.evaluate(portal_checks.SMALL, ROOT)
        if name not in OF_ODOO:
            found += self.page.evaluate(portal_checks.HEADINGS, ROOT)
        found += [text for text in self.errors if not IGNORED.search(text)]
        self.errors.clear()
        return found

    def walk(self):
        """Press Tab through the page; return what is wrong with the way."""
        count, found = self.page.evaluate(portal_checks.NUMBER, ROOT), []
        for number in range(count):
            self.page.keyboard.press("Tab")
            place = self.page.evaluate(portal_checks.FOCUS)
            if place["n"] != str(number):
                found.append(f"Tab {number} leads to {place['n']}: {place['html']}")
                break
            if not place["shows"]:
                found.append(f"nobody sees the focus on {place['html']}")
            if not place["seen"]:
                found.append(f"the focus is off the screen: {place['html']}")
        return found


def check(customer, prefix="", least=3, walks=False):
    faults = {}
    for name in customer.pages(prefix):
        faults[name] = [*customer.faults(name), *(customer.walk() if walks else ())]
    assert len(faults) >= least
    told = report(faults)
    assert not told, told


def report(faults):
    return "\n".join(f"{name}: {fault}" for name, found in faults.items() for fault in found)


@pytest.mark.parametrize(
    ("name", "size"),
    [("rosa", "desktop"), ("rosa", "phone"), ("long", "desktop"), ("long", "phone"),
     ("nobody", "phone")],
)  # fmt: skip
def test_pages(chromium, people, name, size):
    with Customer(chromium, people, name, size) as customer:
        if name == "rosa":
            customer.look_around()
        check(customer, walks=name == "rosa" and size == "desktop")


@pytest.mark.parametrize("size", SIZES)
def test_support_without_a_login(chromium, people, size):
    """The form, and what it says when it is refused."""
    with Customer(chromium, people, "nobody", size) as customer:
        customer.context.clear_cookies(name="session_id")
        assert customer.open("/support")
        faults = customer.faults("support")
        customer.page.fill("#o_ecrm_email", "ann@example.com")
        customer.page.fill("#o_ecrm_subject", "Tea")
        customer.page.fill("#o_ecrm_question", "Where is it?")
        evil = {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": b"MZ"}
        customer.page.set_input_files("#o_ecrm_files", evil)
        customer.page.click(".o_ecrm_send")
        customer.page.wait_for_selector("#o_ecrm_files_error")
        customer.errors.clear()  # the browser's own note of the answer 422
        faults += customer.faults("support refused")
        assert customer.page.input_value("#o_ecrm_question") == "Where is it?"
        assert not faults


def test_keyboard_of_nobody(chromium, people):
    """Where there is nothing yet, what a page offers is reached, too."""
    with Customer(chromium, people, "nobody") as customer:
        told = report({page: customer.walk() for page in customer.pages()})
    assert not told, told


@pytest.mark.parametrize("look", [{"color_scheme": "dark"}, {"forced_colors": "active"}], ids=str)
def test_dark_screen(chromium, people, look):
    """Odoo's website knows no dark mode: what a browser is set to must leave ours legible."""
    with Customer(chromium, people, "rosa", "phone", **look) as customer:
        check(customer)


@pytest.mark.parametrize("size", SIZES)
def test_right_to_left(chromium, people, size):
    admin = people.admin
    [lang] = admin.call(
        "res.lang", "search", [[["code", "=", "he_IL"], ["active", "in", [True, False]]]]
    )
    [wizard] = admin.call("base.language.install", "create", [[{"lang_ids": [[6, 0, [lang]]]}]])
    admin.call("base.language.install", "lang_install", [wizard])
    admin.call("website", "write", [[1], {"language_ids": [[4, lang]]}])
    with Customer(chromium, people, "long", size) as customer:
        check(customer, "/he")
        style = "() => getComputedStyle(document.querySelector('#wrap')).direction"
        assert customer.page.evaluate(style) == "rtl"
