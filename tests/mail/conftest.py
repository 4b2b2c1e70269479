"""A server that sends mails to a mail server of ours, and its address as mails tell it."""

import pytest

from tests import harness
from tests.mail.sink import Sink

FROM = "shop@shop.example"
#: What Odoo writes when the mail server does not take a mail.
REFUSED = ("failed sending mail",)


@pytest.fixture(scope="module")
def sink():
    running = Sink()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def options():
    """Further options of the module's server; a module may override it."""
    return ["--max-cron-threads=0"]


@pytest.fixture(scope="module")
def server(database, sink, options):
    """A server behind a proxy, so that readers come from addresses of their own."""
    arguments = [*sink.options, "--proxy-mode", *options]
    with harness.Server(database, *arguments, allow=REFUSED) as running:
        yield running


@pytest.fixture(scope="module")
def admin(server):
    """The administrator, of a company whose mails name this server and need no printer."""
    session = server.login()
    settings = {"web.base.url": server.url, "web.base.url.freeze": "True"}
    for name, value in settings.items():
        session.call("ir.config_parameter", "set_param", [name, value])
    session.call("res.company", "write", [[1], {"email": FROM}])
    session.call("res.users", "write", [[session.uid], {"email": FROM}])
    # a mail about a document has no PDF where no program makes one
    documents = ["sale.order", "account.move", "account.payment"]
    mails = session.call("mail.template", "search", [[["model", "in", documents]]])
    session.call("mail.template", "write", [mails, {"report_template_ids": [[5, 0, 0]]}])
    return session
