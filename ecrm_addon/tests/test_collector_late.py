import uuid
from contextlib import closing

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

SOURCE = "mail.blacklist"


@tagged("post_install", "-at_install")
class TestCollectorLate(BaseCase):
    """Rows committed late, by real transactions: what is written here is removed again."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addresses = {name: f"{name}-{uuid.uuid4().hex}@example.com" for name in "ab"}
        self.addCleanup(self._remove)
        self._pipeline(lambda env: env["ecrm.collector"]._sync_sources())
        self._read()

    def _pipeline(self, step):
        """Do a step in a transaction of its own."""
        with closing(self.registry.cursor()) as cr:
            result = step(api.Environment(cr, SUPERUSER_ID, {}))
            cr.commit()  # pylint: disable=invalid-commit
            return result

    def _read(self):
        def step(env):
            line = env["ecrm.collector"].search([("source_model", "=", SOURCE)])
            while line._run_batch():
                pass

        self._pipeline(step)

    def _insert(self, cr, name):
        cr.execute(
            "INSERT INTO mail_blacklist (email, active, create_date, write_date)"
            " VALUES (%s, TRUE, '2001-01-01', '2001-01-01')",
            [self.addresses[name]],
        )

    def _stored(self):
        def step(env):
            keys = env["ecrm.identity"].search([("key", "in", list(self.addresses.values()))])
            return set(keys.mapped("key"))

        return self._pipeline(step)

    def _remove(self):
        def step(env):
            addresses = list(self.addresses.values())
            identities = env["ecrm.identity"].search([("key", "in", addresses)])
            env["ecrm.log"].erase(identities.ids)
            identities.unlink()
            env.cr.execute("DELETE FROM mail_blacklist WHERE email = ANY(%s)", [addresses])
            env["ecrm.change"].discard(SOURCE)

        self._pipeline(step)

    def test_a_row_committed_late_with_a_lower_id_and_an_old_date(self):
        with closing(self.registry.cursor()) as slow, closing(self.registry.cursor()) as quick:
            self._insert(slow, "a")  # the lower id, not committed yet
            self._insert(quick, "b")
            quick.commit()
            self._read()
            self.assertEqual(self._stored(), {self.addresses["b"]})
            slow.commit()
        self._read()
        self.assertEqual(self._stored(), set(self.addresses.values()))

    def test_a_transaction_that_gives_up_leaves_nothing(self):
        with closing(self.registry.cursor()) as slow:
            self._insert(slow, "a")
            slow.rollback()
        self._read()
        self.assertEqual(self._stored(), set())

    def test_a_locked_row_holds_up_nobody(self):
        with closing(self.registry.cursor()) as quick, closing(self.registry.cursor()) as slow:
            self._insert(quick, "a")
            quick.commit()
            slow.execute(
                "SELECT FROM mail_blacklist WHERE email = %s FOR UPDATE", [self.addresses["a"]]
            )
            self._read()
            self.assertEqual(self._stored(), {self.addresses["a"]})
