"""The server starts with our addons and answers."""

import requests

from ecrm_dev import odoo_process, project
from tests import harness


def test_login_page(server):
    answer = requests.get(f"{server.url}/web/login", timeout=60)
    assert answer.status_code == 200
    assert 'name="login"' in answer.text


def test_addons_are_installed(server):
    modules = server.login().call(
        "ir.module.module", "search_read", [[["state", "=", "installed"]]], fields=["name"]
    )
    assert set(project.addon_names()) <= {module["name"] for module in modules}


def test_answers_again_after_a_kill(database):
    with harness.Server(database, "--max-cron-threads=0") as server:
        server.login().call("res.partner", "create", [[{"name": "Written before the kill"}]])
        server.kill()
        server.start()
        domain = [["name", "=", "Written before the kill"]]
        assert server.login().call("res.partner", "search_count", [domain]) == 1


def test_workers(database):
    """As companies run it: several processes, and one for the chat's long-lived connections."""
    with harness.Server(database, "--workers=2", "--max-cron-threads=0") as server:
        assert requests.get(f"{server.url}/web/login", timeout=60).status_code == 200
        odoo_process.wait_until_up(
            server.process, server.gevent_port, server.log, "/websocket/health"
        )
