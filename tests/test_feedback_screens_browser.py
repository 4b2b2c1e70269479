"""The screens of feedback in a real browser: empty and full, wide and on a phone.

Seen by an agent of support, who has no rights on scores.
"""

import pytest

from tests import harness
from tests.test_screens_browser import SIZES, Office

AGENT = "feedback-agent"


@pytest.fixture(scope="module")
def agent(server):
    admin = server.login()
    names = [("ecrm_addon", "group_ecrm_support"), ("base", "group_user")]
    groups = [
        admin.call("ir.model.data", "check_object_reference", [module, name])[1]
        for module, name in names
    ]
    values = {"name": "Agent", "login": AGENT, "password": AGENT, "group_ids": [[6, 0, groups]]}
    admin.call("res.users", "create", [[values]], context={"no_reset_password": True})
    return server.login(AGENT, AGENT)


@pytest.fixture(scope="module")
def filled(database, agent):
    """A year of answers, some with long words."""
    harness.query(
        database,
        """
        INSERT INTO ecrm_feedback (kind, email, company_id, user_id, asked_at, create_date,
                                   answered_at, changed_at, score, band, comment, source)
        SELECT kind, 'n' || n || '@customer.example', 1, %s, at, at, at, at,
               CASE WHEN kind = 'csat' THEN 1 + n %% 5 ELSE n %% 11 END,
               CASE WHEN n %% 5 < 2 THEN 'bad' ELSE 'good' END,
               CASE WHEN n %% 7 = 0 THEN repeat('Unbreakable', 30) END, 'mail'
          FROM generate_series(1, 60) n, unnest(ARRAY['csat', 'nps']) kind,
               LATERAL (SELECT now() AT TIME ZONE 'UTC' - n * interval '5 days' AS at) day
        """,
        [agent.uid],
    )


def test_empty(chromium, server, agent):
    """Runs first: nobody was asked yet."""
    with Office(chromium, server, agent) as office:
        page = office.show("ecrm-feedback-overview")
        page.get_by_text("Nobody was asked yet").wait_for()
        assert office.faults() == []
        page = office.show("ecrm-feedback")
        page.get_by_text("No answer yet").first.wait_for()
        assert office.faults() == []


@pytest.mark.parametrize("size", SIZES)
def test_filled(chromium, server, agent, filled, size):
    with Office(chromium, server, agent, size) as office:
        page = office.show("ecrm-feedback-overview")
        page.locator("[data-kind=nps] [data-figure=interval]").wait_for()
        assert (
            "too few answers"
            in page.locator("section[aria-labelledby=o_ecrm_by_month]").inner_text()
        )
        assert office.faults() == []
        office.show("ecrm-feedback")
        assert office.faults() == []
