"""Made-up mailings for the benchmarks of e-mails: who gets them, and a sink that takes them."""

import contextlib
import socket
import subprocess
import sys
import time

from odoo.tools import SQL, config

from bench import database
from ecrm_dev import databases, odoo_process

STOCK = database.PREFIX + "mailing_stock"
OURS = database.PREFIX + "mailing"
BASE_URL = "http://127.0.0.1:8069"


@contextlib.contextmanager
def sink():
    """Run a mail server that takes everything and keeps nothing, and let Odoo send to it."""
    port = odoo_process.free_port()
    address = f"127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "aiosmtpd",
        "-n",
        "-l",
        address,
        "-c",
        "aiosmtpd.handlers.Sink",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    before = config["smtp_server"], config["smtp_port"]
    config["smtp_server"], config["smtp_port"] = "127.0.0.1", port
    try:
        wait_for(port)
        yield
    finally:
        config["smtp_server"], config["smtp_port"] = before
        process.terminate()
        process.wait()


def wait_for(port, seconds=20):
    for _attempt in range(10 * seconds):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("the mail server did not start")


def make(name, recipients):
    """Make a database with contacts to write to: without our addons, or with them."""
    database.drop(name)
    template = databases.stock_template() if name == STOCK else databases.addons_template()
    databases.copy(template, name)
    with database.environment(name) as env:
        settings = {"web.base.url": BASE_URL, "mail.mail.force.send.limit": "1"}
        for key, value in settings.items():
            env["ir.config_parameter"].set_param(key, value)
        env["res.partner"].create(
            [
                {"name": f"Customer {n}", "email": f"customer{n}@customer.example", "ref": "bench"}
                for n in range(recipients)
            ]
        )
        env.cr.commit()
    return name


def body(links):
    """Return the body of a mailing of a usual size, with so many links."""
    text = "Our new teas are here, and they are as good as they smell. " * 5
    pieces = [
        f'<tr><td style="padding:8px 16px"><p>{text}</p>'
        f'<a href="https://shop.example/tea/{n}?page={n}" style="color:#875A7B">Tea {n}</a>'
        "</td></tr>"
        for n in range(links)
    ]
    return f'<table width="100%" style="border-collapse:collapse">{"".join(pieces)}</table>'


def mailing(env, links):
    """Return a new mailing to all contacts made up here."""
    return env["mailing.mailing"].create(
        {
            "subject": "New teas",
            "mailing_model_id": env["ir.model"]._get_id("res.partner"),
            "mailing_domain": [("ref", "=", "bench")],
            "body_html": body(links),
            "email_from": "shop@shop.example",
            "reply_to_mode": "new",
            "reply_to": "shop@shop.example",
        }
    )


def settle(env):
    """Give the planner what it would have on a database that has been in use."""
    env.cr.commit()
    env.cr.execute(SQL("ANALYZE"))
    env.cr.commit()
