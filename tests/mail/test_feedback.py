"""A customer answers a question from a mail that really left, in a real browser.

Before that a program that checks mails looks at every link, as such programs do.
"""

import functools
import re

import pytest

from tests import harness
from tests.browser import Visitor
from tests.mail.letter import by_recipient
from tests.mail.people import Reader

CUSTOMER = "nina@customer.example"
#: Widths of a screen and a phone.
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="module")
def query(database):
    return functools.partial(harness.query, database)


@pytest.fixture(scope="module")
def customer(admin):
    """Somebody who ordered lately, of a company that asks everybody for a recommendation."""
    settings = {
        "ecrm_feedback_nps": True,
        "ecrm_feedback_nps_share": 100,
        "ecrm_feedback_nps_days": 1,
        "ecrm_feedback_quiet_days": 0,
        "ecrm_quiet_hours": False,
    }
    admin.call("res.company", "write", [[1], settings])
    values = {"name": "Nina", "email": CUSTOMER, "user_id": admin.uid}
    (partner,) = admin.call("res.partner", "create", [[values]])
    product = {"name": "Green Tea", "type": "service", "taxes_id": False}
    (product,) = admin.call("product.product", "create", [[product]])
    order = {"partner_id": partner, "order_line": [[0, 0, {"product_id": product}]]}
    (order,) = admin.call("sale.order", "create", [[order]])
    admin.call("sale.order", "action_confirm", [[order]])
    return partner


@pytest.fixture
def letter(admin, sink, query, customer):
    """The mail of a question that the daily job asks, as the customer gets it."""
    query("DELETE FROM ecrm_feedback")
    with sink.catch() as caught:
        for name in ("ecrm_addon.ir_cron_feedback", "mail.ir_cron_mail_scheduler_action"):
            _model, cron = admin.call("ir.model.data", "check_object_reference", name.split("."))
            admin.call("ir.cron", "method_direct_trigger", [[cron]])
    return by_recipient(caught)[CUSTOMER]


def links_of(letter):
    return {
        int(words): url
        for url, words, is_seen in letter.anchors
        if is_seen and "/ecrm/feedback/" in url
    }


def answers(query):
    return query("SELECT score, comment, answered_at IS NOT NULL, source FROM ecrm_feedback")


@pytest.mark.parametrize("size", SIZES)
def test_vote_from_the_mail(server, admin, chromium, letter, query, size):
    links = links_of(letter)
    assert sorted(links) == list(range(11))
    assert letter.subject.startswith("How likely are you to recommend")
    assert "/ecrm/u/" in letter.message["List-Unsubscribe"]
    assert links[3] in letter.text

    scanner = Reader(server, "198.51.100.7", "Mozilla/5.0 (Barracuda Sentinel)")
    for url in links.values():
        assert scanner.head(url).status_code == 200
        assert scanner.get(url).status_code == 200
    assert answers(query) == [(None, None, False, None)]

    width, height = SIZES[size]
    phone = {"is_mobile": True, "has_touch": True} if size == "phone" else {}
    with Visitor(
        chromium, server.url, viewport={"width": width, "height": height}, **phone
    ) as nina:
        page = nina.context.new_page()
        page.goto(links[3])
        assert page.locator("input[name=score]:checked").get_attribute("value") == "3"
        # whoever only looks, scrolls and moves the mouse has not answered
        page.mouse.wheel(0, 300)
        page.mouse.move(width / 2, 300)
        page.wait_for_load_state("networkidle")
        assert answers(query) == [(None, None, False, None)]
        page.get_by_role("button", name="Send my answer").click()
        page.get_by_role("status").wait_for()
        assert answers(query) == [(3, None, True, "mail")]
        page.get_by_label("What is the reason").fill("Too slow")
        page.get_by_role("button", name="Save my answer").click()
        page.wait_for_load_state("networkidle")
        assert answers(query) == [(3, "Too slow", True, "mail")]
        assert not nina.errors

    admin.call("ecrm.pipeline", "run_now")
    events = query("SELECT props FROM ecrm_touchpoint_data WHERE kind = 'feedback.nps'")
    assert {"score": 3, "out_of": 10, "comment": "Too slow"} in [props for (props,) in events]
    notes = query("SELECT note FROM mail_activity WHERE summary = 'Not happy: 3 of 10'")
    assert any(re.search("Too slow", note) for (note,) in notes)


def test_asked_once(admin, sink, letter):
    with sink.catch() as caught:
        for name in ("ecrm_addon.ir_cron_feedback", "mail.ir_cron_mail_scheduler_action"):
            _model, cron = admin.call("ir.model.data", "check_object_reference", name.split("."))
            admin.call("ir.cron", "method_direct_trigger", [[cron]])
    assert not caught
