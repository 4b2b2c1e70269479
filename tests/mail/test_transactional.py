"""Mails about orders, invoices and accounts: measured, and nothing else about them changes.

Each is sent twice, unmeasured and measured, and what people see of both is compared.
"""

import functools

import pytest

from tests import harness
from tests.mail import people
from tests.mail.letter import Letter, by_recipient, is_measured, is_secret
from tests.mail.people import Reader

CUSTOMER = "carla@customer.example"
EMPLOYEE = "erin@shop.example"
LINK = '<p><a href="https://tea.example/brewing">Read this</a></p>'


@pytest.fixture(scope="module")
def query(database):
    return functools.partial(harness.query, database)


@pytest.fixture(scope="module")
def carla(admin):
    (partner,) = admin.call("res.partner", "create", [[{"name": "Carla", "email": CUSTOMER}]])
    return partner


@pytest.fixture(scope="module")
def product(admin):
    values = {"name": "Green Tea", "list_price": 25, "type": "service", "taxes_id": False}
    (product,) = admin.call("product.product", "create", [[values]])
    return product


@pytest.fixture(scope="module")
def order(admin, carla, product):
    values = {"partner_id": carla, "order_line": [[0, 0, {"product_id": product}]]}
    (order,) = admin.call("sale.order", "create", [[values]])
    return order


@pytest.fixture(scope="module")
def send(admin, sink):
    """Returns the same mail to the customer twice: unmeasured, and measured.

    The mail server refuses it for now when it is sent first, so that it is sent again.
    """

    def twice(call):
        admin.call("res.company", "write", [[1], {"ecrm_measure_emails": False}])
        sink.later.add(CUSTOMER)
        call()
        sink.later.clear()
        admin.call("res.company", "write", [[1], {"ecrm_measure_emails": True}])
        with sink.catch() as mails:
            retry(admin)
        return Letter(*sink.refused.pop()), by_recipient(mails)[CUSTOMER]

    return twice


def retry(admin):
    """Send again what was not taken, as the button of a failed mail does."""
    failed = admin.call("mail.mail", "search", [[["state", "=", "exception"]]])
    assert len(failed) == 1
    admin.call("mail.mail", "mark_outgoing", [failed])
    admin.call("mail.mail", "send", [failed])


def send_order(admin, order):
    """Send the mail that the button of an order prepares."""
    action = admin.call("sale.order", "action_quotation_send", [[order]])
    send_composed(admin, action["context"])


def write(admin, order, partner, body):
    """Write a message to a customer in the chatter of an order."""
    context = {
        "default_model": "sale.order",
        "default_res_ids": [order],
        "default_composition_mode": "comment",
        "default_partner_ids": [partner],
        "default_subject": "Tea",
        "default_body": body,
    }
    send_composed(admin, context)


def send_composed(admin, context):
    (composer,) = admin.call("mail.compose.message", "create", [[{}]], context=context)
    admin.call("mail.compose.message", "action_send_mail", [[composer]], context=context)


def check(letters, server, query, chromium, kind):
    """Check that a mail is measured, and that people see no difference."""
    plain, measured = letters
    assert not plain.pixels
    assert "/ecrm/" not in plain.html
    assert "/ecrm/" not in measured.text
    assert measured.text == plain.text
    assert measured.subject == plain.subject
    assert seen(chromium, measured.html) == seen(chromium, plain.html)
    check_links(plain, measured)
    assert measured.message_id == plain.message_id
    assert rows_of(query, measured) == [(CUSTOMER, kind, True)]
    assert Reader(server, "203.0.113.7").get(measured.pixel).status_code == 200
    check_secrets(query, server, measured.secrets)


def check_links(plain, measured):
    """Links that let somebody in are as they were; the others lead to the same words."""
    assert len(plain.anchors) == len(measured.anchors)
    for before, after in zip(plain.anchors, measured.anchors, strict=True):
        assert before[1:] == after[1:]
        if is_secret(before[0]) or not before[0].startswith("http"):
            assert after[0] == before[0]
        else:
            assert is_measured(after[0])


def check_secrets(query, server, secrets):
    tables = query(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_name LIKE 'ecrm%'"
    )
    assert tables
    log = server.log.read_text(errors="replace")
    for secret in secrets:
        assert secret not in log
        for (table,) in tables:
            found = query(
                f'SELECT count(*) FROM "{table}" row WHERE row::text LIKE %s',  # noqa: S608
                [f"%{secret}%"],
            )
            assert found == [(0,)], f"{table} holds a secret"


def rows_of(query, letter):
    return query(
        "SELECT email_normalized, kind, is_tracked FROM ecrm_email_message WHERE message_id = %s",
        [letter.message_id],
    )


def seen(chromium, html):
    """Return the words that a browser shows of a mail."""
    page = chromium.new_page()
    try:
        page.route("**/*", lambda route: route.abort())  # no pixel is loaded here
        page.set_content(html)
        return page.evaluate("() => document.body.innerText").strip()
    finally:
        page.close()


def test_quotation(admin, send, server, query, chromium, order):
    letters = send(lambda: send_order(admin, order))
    assert letters[0].secrets, "the mail should hold a link with a secret"
    check(letters, server, query, chromium, "quotation")


def test_order_confirmation(admin, send, sink, server, query, chromium, order):
    with sink.catch() as mails:
        admin.call("sale.order", "action_confirm", [[order]], context={"send_email": True})
    confirmation = by_recipient(mails)[CUSTOMER]
    assert rows_of(query, confirmation) == [(CUSTOMER, "order", True)]
    assert confirmation.pixel
    letters = send(lambda: send_order(admin, order))
    check(letters, server, query, chromium, "order")


def test_invoice(admin, send, server, query, chromium, carla, product):
    values = {
        "move_type": "out_invoice",
        "partner_id": carla,
        "invoice_line_ids": [[0, 0, {"product_id": product, "price_unit": 25}]],
    }
    (invoice,) = admin.call("account.move", "create", [[values]])
    admin.call("account.move", "action_post", [[invoice]])
    (template,) = admin.call(
        "ir.model.data",
        "search_read",
        [[["module", "=", "account"], ["name", "=", "email_template_edi_invoice"]]],
        fields=["res_id"],
    )
    context = {
        "default_model": "account.move",
        "default_res_ids": [invoice],
        "default_composition_mode": "comment",
        "default_template_id": template["res_id"],
        "default_email_layout_xmlid": "mail.mail_notification_layout_with_responsible_signature",
        "force_email": True,
    }
    letters = send(lambda: send_composed(admin, context))
    check(letters, server, query, chromium, "invoice")


def test_message_in_the_chatter(admin, send, server, query, chromium, order, carla):
    body = '<p>Hello, <a href="https://tea.example/brewing?cup=2">how to brew it</a></p>'

    letters = send(lambda: write(admin, order, carla, body))
    check(letters, server, query, chromium, "order")
    link = next(url for url, words, _seen in letters[1].anchors if words == "how to brew it")
    answer = Reader(server, "203.0.113.7").get(link)
    assert answer.headers["Location"] == "https://tea.example/brewing?cup=2"


@pytest.fixture(scope="module")
def invitation(admin, sink, carla):
    """The invitation as it was written, and as it came."""
    admin.call("res.company", "write", [[1], {"ecrm_measure_emails": True}])
    templates = admin.call("mail.template", "search", [[["auto_delete", "=", True]]])
    admin.call("mail.template", "write", [templates, {"auto_delete": False}])
    (wizard,) = admin.call("portal.wizard", "create", [[{"partner_ids": [[6, 0, [carla]]]}]])
    (line,) = admin.call("portal.wizard.user", "search", [[["wizard_id", "=", wizard]]])
    with sink.catch() as mails:
        admin.call("portal.wizard.user", "action_grant_access", [[line]])
    (mail,) = admin.call(
        "mail.mail", "search_read", [[]], fields=["body_html"], order="id desc", limit=1
    )
    return mail["body_html"], by_recipient(mails)[CUSTOMER]


def links_with(letter, word):
    return [url for url, _words, _seen in letter.anchors if word in url]


def test_portal_invitation(query, server, chromium, invitation):
    body, letter = invitation
    (link,) = set(links_with(letter, "/web/signup"))
    assert "token=" in link
    assert link.replace("&", "&amp;") in body or link in body
    assert rows_of(query, letter) == [(CUSTOMER, "invitation", True)]
    assert seen(chromium, letter.html) == seen(chromium, body)
    assert Reader(server, "203.0.113.7").get(letter.pixel).status_code == 200
    assert letter.secrets
    check_secrets(query, server, letter.secrets)


def test_reset_of_a_password(admin, sink, query, server, invitation, carla):
    (user,) = admin.call("res.users", "search", [[["partner_id", "=", carla]]])
    with sink.catch() as mails:
        admin.call("res.users", "action_reset_password", [[user]])
    letter = by_recipient(mails)[CUSTOMER]
    (link,) = set(links_with(letter, "/web/reset_password"))
    assert rows_of(query, letter) == []  # Odoo takes back what is written while it sends this one
    for url in letter.links:
        answer = Reader(server, "203.0.113.7").get(url)
        assert answer.status_code == 302
        assert "odoo.com" in answer.headers["Location"]
    check_secrets(query, server, letter.secrets)
    # whole: it lets in
    page = Reader(server, "203.0.113.7").get(link)
    assert page.status_code == 200
    assert 'name="confirm_password"' in page.text


def test_opens_of_them_are_told(admin, query, server, order, carla):
    """What was loaded above, minutes after the mails came."""
    people.let_pass(query, minutes=10)
    admin.call("ecrm.pipeline", "run_now", [])
    rows = query(
        "SELECT kind, sum(human_open_count) FROM ecrm_email_message WHERE partner_id = %s"
        " GROUP BY kind",
        [carla],
    )
    assert dict(rows) == {"quotation": 1, "order": 2, "invoice": 1, "invitation": 1}
    rows = query(
        "SELECT count(*) FROM ecrm_touchpoint WHERE kind = 'email.opened' AND verdict = 'human'"
        " AND partner_id = %s",
        [carla],
    )
    assert rows == [(5,)]


def test_employees_are_left_alone(admin, sink, query, order):
    values = {"name": "Erin", "login": EMPLOYEE, "email": EMPLOYEE, "notification_type": "email"}
    (user,) = admin.call("res.users", "create", [[values]], context={"no_reset_password": True})
    (employee,) = admin.call("res.users", "read", [[user], ["partner_id"]])
    with sink.catch() as mails:
        write(admin, order, employee["partner_id"][0], LINK)
    letter = by_recipient(mails)[EMPLOYEE]
    assert "/ecrm/" not in letter.html
    assert query(
        "SELECT count(*) FROM ecrm_email_message WHERE email_normalized = %s", [EMPLOYEE]
    ) == [(0,)]


def test_a_retry_is_the_same_mail(admin, sink, query, order):
    values = {"name": "Late", "email": "late@customer.example"}
    (late,) = admin.call("res.partner", "create", [[values]])
    sink.later.add("late@customer.example")
    write(admin, order, late, LINK)
    sink.later.clear()
    admin.call("ecrm.pipeline", "run_now", [])
    state = "SELECT state, is_tracked, sent_at FROM ecrm_email_message WHERE partner_id = %s"
    assert query(state, [late]) == [("failed", True, None)]
    with sink.catch() as mails:
        retry(admin)
    first = Letter(*sink.refused.pop())
    letter = by_recipient(mails)["late@customer.example"]
    # what was handed over first is good, too: nobody knows who kept it
    assert (letter.pixel, letter.links) == (first.pixel, first.links)
    admin.call("ecrm.pipeline", "run_now", [])
    assert [row[:2] for row in query(state, [late])] == [("sent", True)]
