import base64
import json
import re
import time
from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.auth_totp.models.totp import TIMESTEP, hotp

from .identity_case import Browser, IdentityCase

#: A secret of an authenticator, as a user would have it.
SECRET = base64.b32encode(b"twenty random bytes!").decode()


class TestLogins(IdentityCase):
    """Every way into a session is noted, and each once."""

    def setUp(self):
        super().setUp()
        self.browser = Browser(self).accept()
        self.browser.visit("/before")
        self.anonymous = self.browser.identity()

    def _notes(self):
        return self.env["ecrm.change"].search_count([("model", "=", "ecrm.login")])

    def _ask_for_a_second_factor(self):
        self.user_ann.sudo().totp_secret = SECRET
        self.env.flush_all()

    def _post(self, path, **form):
        page = self.browser.get(path).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        return self.browser.request("POST", path, data={"csrf_token": token, **form})

    def _type_the_code(self, ahead=0, **form):
        """Type what the authenticator shows, or will show in so many steps."""
        counter = int(time.time() / TIMESTEP) + ahead
        code = f"{hotp(base64.b32decode(SECRET), counter):06d}"
        return self._post("/web/login/totp", totp_token=code, **form)

    def assertIsAnns(self, identity):
        self._digest()
        self.assertEqual(self._ledger(identity), [("linked", "login", self.ann)])

    def test_a_password(self):
        self.browser.log_in_by_form(self.user_ann)
        self.assertEqual(self._notes(), 1)
        self.browser.get("/my")
        self.assertEqual(self._notes(), 1, "a page of somebody who is logged in is no login")
        self.assertIsAnns(self.anonymous)

    def test_a_wrong_password(self):
        self._post("/web/login", login=self.user_ann.login, password="wrong")
        self.assertEqual(self._notes(), 0)

    def test_a_second_factor(self):
        self._ask_for_a_second_factor()
        self.browser.log_in_by_form(self.user_ann)
        self.assertEqual(self._notes(), 0)
        answer = self._post("/web/login/totp", totp_token="1")
        self.assertEqual((answer.status_code, self._notes()), (200, 0))
        self.assertEqual(self._type_the_code().status_code, 303)
        self.assertEqual(self._notes(), 1)
        self.assertIsAnns(self.anonymous)

    def test_a_trusted_device(self):
        """Its cookie stands for the second factor: nobody types anything."""
        self._ask_for_a_second_factor()
        self.browser.log_in_by_form(self.user_ann)
        self._type_the_code(remember="1")
        self.assertTrue(self.browser.opener.cookies.get("td_id"))
        self.browser.logout()
        self._digest()
        self.browser.visit("/before-again")
        self._digest()
        again = self.browser.identity()
        self.browser.log_in_by_form(self.user_ann)
        self.assertEqual(self._notes(), 0)
        answer = self.browser.get("/web/login/totp")
        self.assertEqual(answer.status_code, 303, "the device is trusted")
        self.assertEqual(self._notes(), 1)
        self.assertIsAnns(again)

    def test_somebody_else_on_a_trusted_device(self):
        """The cookie of Ann's device is no second factor of Bea's."""
        self._ask_for_a_second_factor()
        self.browser.log_in_by_form(self.user_ann)
        self._type_the_code(remember="1")
        self.browser.logout()
        self._digest()
        self.user_bea.sudo().totp_secret = SECRET
        self.env.flush_all()
        self.browser.log_in_by_form(self.user_bea)
        self.assertEqual(self.browser.get("/web/login/totp").status_code, 200)
        self.assertEqual(self._notes(), 0)

    def test_a_passkey(self):
        self.env["auth.passkey.key"].with_user(self.user_ann).sudo().create(
            {"name": "Key", "credential_identifier": "id-1", "public_key": "key"}
        )
        passkeys = type(self.env["auth.passkey.key"])
        with patch.object(passkeys, "_verify_auth", lambda *args: 1):
            # the form's empty field for a password is sent along
            response = json.dumps({"id": "id-1"})
            form = {"type": "webauthn", "webauthn_response": response, "password": ""}
            answer = self._post("/web/login", **form)
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self._notes(), 1)
        self.assertIsAnns(self.anonymous)

    def test_a_sign_up(self):
        self.website.auth_signup_uninvited = "b2c"
        answer = self._post(
            "/web/signup",
            login="cleo@shop.example",
            name="Cleo",
            password="cleo@shop.example",
            confirm_password="cleo@shop.example",
        )
        self.assertEqual(answer.status_code, 303)
        cleo = self.env["res.users"].search([("login", "=", "cleo@shop.example")])
        self.assertEqual(self._notes(), 1)
        self._digest()
        self.assertEqual(self._ledger(self.anonymous), [("linked", "login", cleo.partner_id)])

    def test_a_customer_after_an_employee(self):
        """The session was somebody's before, but nobody's who is tracked."""
        self.browser.log_in_by_form(self.env.ref("base.user_admin"))
        self.assertEqual(self._notes(), 0)
        self.browser.login(self.user_ann)
        self.assertEqual(self._notes(), 1)
        self.assertIsAnns(self.anonymous)

    def test_a_login_by_a_program(self):
        """It opens no session, so nobody sits at a browser."""
        login = self.user_ann.login
        # Odoo says that this way in is to go
        with mute_logger("odoo.addons.rpc.controllers.xmlrpc"):
            authenticated = self.xmlrpc_common.authenticate(self.env.cr.dbname, login, login, {})
        self.assertEqual(authenticated, self.user_ann.id)
        self.assertEqual(self._notes(), 0)

    def test_a_program_after_the_caches_were_emptied(self):
        """XML-RPC has closed its cursor when the answer leaves: nothing may be asked then."""
        admin = self.env.ref("base.user_admin")
        self.registry.clear_all_caches()
        with mute_logger("odoo.addons.rpc.controllers.xmlrpc"):
            found = self.xmlrpc_object.execute_kw(
                self.env.cr.dbname,
                admin.id,
                "admin",
                "res.users",
                "search",
                [[("id", "=", admin.id)]],
            )
        self.assertEqual(found, admin.ids)
