from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .api_case import ApiCase


@tagged("post_install", "-at_install")
class TestApiKey(ApiCase):
    """Who gets in, who may make keys, and that nobody can read one."""

    def _authenticate(self, secret):
        return self.env["ecrm.api.key"].authenticate(secret)

    def test_only_the_whole_key_opens(self):
        self.assertEqual(self._authenticate(self.secret), self.key)
        for wrong in ("", self.secret[:-1], self.secret + "x", self.secret[:-1] + "!",
                      self.key.prefix, f"{self.key.prefix}_{'A' * 43}", self.secret.upper(),
                      "\x00", "ecrm_ffffffff_" + "A" * 43, self.secret + "\n"):  # fmt: skip
            self.assertFalse(self._authenticate(wrong), wrong)

    def test_revoked_rotated_expired(self):
        new = self.key.action_rotate()["context"]["default_key"]
        self.assertNotEqual(new, self.secret)
        self.assertFalse(self._authenticate(self.secret))
        self.assertEqual(self._authenticate(new), self.key)
        self.key.expires_on = fields.Date.subtract(fields.Date.today(), days=1)
        self.assertEqual(self.key.state, "expired")
        self.assertFalse(self._authenticate(new))
        self.key.expires_on = fields.Date.today()
        self.assertTrue(self._authenticate(new))
        self.key.action_revoke()
        self.assertEqual(self.key.state, "revoked")
        self.assertFalse(self._authenticate(new))
        self.key.action_unarchive()
        self.assertEqual(self.key.state, "revoked")
        self.assertFalse(self._authenticate(new))
        newest = self.key.action_rotate()["context"]["default_key"]
        self.assertEqual(self._authenticate(newest), self.key)

    def test_the_key_itself_is_in_no_table(self):
        wizard = self.env["ecrm.api.key.wizard"].create({"name": "App"})
        secret = wizard.action_generate()["context"]["default_key"]
        self.assertTrue(self._authenticate(secret))
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(k)::text || to_jsonb(w)::text FROM ecrm_api_key k,"
            " ecrm_api_key_wizard w"
        )
        for (row,) in self.env.cr.fetchall():
            self.assertNotIn(secret, row)
            self.assertNotIn(secret[14:], row)

    def test_the_dialog_shows_it_once(self):
        manager = new_test_user(self.env, "api_manager", "ecrm_addon.group_ecrm_manager")
        wizard = self.env["ecrm.api.key.wizard"].with_user(manager).create({"name": "App"})
        action = wizard.action_generate()
        dialog = self.env[action["res_model"]].with_user(manager)
        shown = dialog.with_context(**action["context"]).onchange({}, [], {"key": {}})
        self.assertEqual(self._authenticate(shown["value"]["key"]).name, "App")
        self.assertFalse(dialog.onchange({}, [], {"key": {}})["value"]["key"])

    @mute_logger("odoo.models", "odoo.orm.models")
    def test_nobody_reads_the_hash(self):
        manager = new_test_user(self.env, "api_manager", "ecrm_addon.group_ecrm_manager")
        manager.company_ids += self.company
        key = self.key.with_user(manager).with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(key.name, "Till")
        self.assertNotIn("secret_hash", key.fields_get())
        self.assertNotIn("secret_hash", key.read()[0])
        for attempt in (
            lambda: key.read(["secret_hash"]),
            lambda: key.search([("secret_hash", "=like", "a%")]),
            lambda: key.search([], order="secret_hash"),
            lambda: key.formatted_read_group([], ["secret_hash"], ["__count"]),
            lambda: key.write({"secret_hash": "x"}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    @mute_logger("odoo.models", "odoo.orm.models")
    def test_only_managers_of_the_company(self):
        group = "ecrm_addon.group_ecrm_"
        users = [
            new_test_user(self.env, "api_portal", "base.group_portal"),
            new_test_user(self.env, "api_sales", "sales_team.group_sale_manager"),
            new_test_user(self.env, "api_marketer", group + "marketer"),
            new_test_user(self.env, "api_elsewhere", group + "manager"),
        ]
        for user in users:
            key = self.key.with_user(user)
            for attempt in (
                lambda key=key: key.read(["prefix"]),
                lambda key=key: key.action_rotate(),
                lambda key=key: key.action_revoke(),
                lambda key=key: key.generate("Mine", self.company),
            ):
                with self.assertRaises(AccessError, msg=user.login):
                    attempt()
        self.assertEqual(self._authenticate(self.secret), self.key)

    def test_a_key_stays_with_its_company(self):
        with self.assertRaises(UserError):
            self.key.company_id = self.other_company
        self.key.write({"company_id": self.company.id, "name": "Till 2"})
        self.assertEqual(self.key.name, "Till 2")
