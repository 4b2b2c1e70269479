"""A question by e-mail on its whole way: in, a receipt, an answer out, and the reply to it."""

import re
from email.message import EmailMessage

import pytest
import requests

from tests.mail.letter import by_recipient

CARLA = "carla@customer.example"
DOMAIN = "shop.example"


@pytest.fixture(scope="module")
def help_address(admin):
    domains = admin.call("mail.alias.domain", "search", [[]], limit=1)
    if not domains:
        domains = admin.call("mail.alias.domain", "create", [[{"name": DOMAIN}]])
    admin.call("mail.alias.domain", "write", [domains, {"name": DOMAIN}])
    admin.call("res.company", "write", [[1], {"alias_domain_id": domains[0]}])
    values = {"name": "Helpers", "sequence": 1, "alias_name": "help"}
    admin.call("ecrm.request.team", "create", [[{**values, "alias_domain_id": domains[0]}]])
    return f"help@{DOMAIN}"


@pytest.fixture(scope="module")
def carla(admin):
    (partner,) = admin.call("res.partner", "create", [[{"name": "Carla", "email": CARLA}]])
    return partner


def take_in(admin, number, to, body, subject="My tea is late", **headers):
    """Let a mail of Carla's come in; return the id of what it went to."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Carla <{CARLA}>", to, subject
    mail["Message-ID"] = f"<{number}@customer.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return admin.call("mail.thread", "message_process", [False, mail.as_string()])


def send_queue(admin, sink):
    """Send what waits; return the mail to Carla."""
    with sink.catch() as mails:
        waiting = admin.call("mail.mail", "search", [[["state", "=", "outgoing"]]])
        if waiting:
            admin.call("mail.mail", "send", [waiting])
    return by_recipient(mails)[CARLA]


def test_on_its_whole_way(server, admin, sink, help_address, carla):
    asked = take_in(admin, 1, help_address, "It should have been here on Monday.")
    [request] = admin.call("ecrm.request", "read", [[asked], ["number", "partner_id", "source"]])
    assert request["partner_id"][0] == carla
    assert request["source"] == "email"

    receipt = send_queue(admin, sink)
    assert request["number"] in receipt.message["Subject"]
    assert help_address in receipt.message["Reply-To"]
    assert receipt.message["Auto-Submitted"] == "auto-replied"

    with sink.catch() as mails:
        admin.call(
            "ecrm.request",
            "message_post",
            [[asked]],
            body="It comes tomorrow.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        waiting = admin.call("mail.mail", "search", [[["state", "=", "outgoing"]]])
        if waiting:
            admin.call("mail.mail", "send", [waiting])
    answer = by_recipient(mails)[CARLA]
    assert "It comes tomorrow." in answer.html

    # the link of the receipt opens the thread without a login, and without its key nothing
    [link] = set(re.findall(rf"/my/support/{asked}\?access_token=[\w-]+", receipt.html))
    page = requests.get(server.url + link, timeout=60)
    assert page.status_code == 200
    assert "It comes tomorrow." in page.text
    stranger = requests.get(f"{server.url}/my/support/{asked}", timeout=60, allow_redirects=False)
    assert stranger.status_code == 303

    admin.call("ecrm.request", "write", [[asked], {"stage_id": solved(admin)}])
    message_id = answer.message["Message-ID"]
    reply = take_in(admin, 2, help_address, "It came, empty.", "Re: tea", In_Reply_To=message_id)
    assert reply == asked
    [request] = admin.call("ecrm.request", "read", [[asked], ["is_closed", "reopened"]])
    assert (request["is_closed"], request["reopened"]) == (False, 1)

    # a machine's answer to the same mail changes nothing, nor does the same mail again
    admin.call("ecrm.request", "write", [[asked], {"stage_id": solved(admin)}])
    headers = {"In_Reply_To": message_id, "Auto_Submitted": "auto-replied"}
    take_in(admin, 3, help_address, "I am away.", "Out of office", **headers)
    take_in(admin, 2, help_address, "It came, empty.", "Re: tea", In_Reply_To=message_id)
    [request] = admin.call("ecrm.request", "read", [[asked], ["is_closed", "reopened"]])
    assert (request["is_closed"], request["reopened"]) == (True, 1)


def solved(admin):
    domain = [["module", "=", "ecrm_addon"], ["name", "=", "request_stage_solved"]]
    [row] = admin.call("ir.model.data", "search_read", [domain], fields=["res_id"])
    return row["res_id"]
