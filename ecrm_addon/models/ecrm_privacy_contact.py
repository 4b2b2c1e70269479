from odoo import models
from odoo.http import root

from ..lib.privacy.table import ANONYMISED, KEPT, PersonalTable
from ..queries import erase_contact, erase_rows

#: Columns of a contact that say nothing about the person: what it is for, and bookkeeping.
TECHNICAL = {
    "id", "active", "create_uid", "create_date", "write_uid", "write_date", "company_id", "type",
    "is_company", "partner_share", "employee", "autopost_bills", "customer_rank", "supplier_rank",
    "commercial_partner_id", "property_account_payable_id", "property_account_receivable_id",
}  # fmt: skip
#: Columns of a contact that stay where documents have to be kept: what stands on these.
ON_DOCUMENTS = {
    "name", "complete_name", "parent_id", "company_name", "commercial_company_name", "street",
    "street2", "zip", "city", "state_id", "country_id", "vat", "company_registry",
}  # fmt: skip
#: Columns of a user that are emptied.
OF_USER = ("signature", "totp_secret", "out_of_office_message", "manual_im_status", "action_id")


class EcrmPrivacy(models.AbstractModel):
    """The contact itself, and the account with which it logs in."""

    _inherit = "ecrm.privacy"

    def _personal_tables(self):
        tables = super()._personal_tables()
        return {**tables, **self._account_tables(), **self._contact_tables()}

    def _contact_tables(self):
        told = (
            "name", "email", "phone", "function", "website", "vat", "lang", "tz", "street",
            "street2", "zip", "city", "state_id", "country_id", "parent_id", "type", "comment",
            "category_id", "create_date",
        )  # fmt: skip
        return {
            "contact_details": PersonalTable(
                "res.partner",
                self.env._("Your contact and addresses"),
                find=lambda env, subject: subject.partner_ids,
                told=told,
                action=ANONYMISED,
                forget=self._forget_contacts,
            ),
            "contact_kept": PersonalTable(
                "res.partner",
                self.env._("Your name and address as on the documents that are kept"),
                find=lambda env, subject: env["ecrm.privacy"]._named_on_documents(subject),
                action=KEPT,
                reason=self.env._("They stand on documents that have to be kept."),
            ),
        }

    def _account_tables(self):
        return {
            "devices": PersonalTable(
                "res.device.log",
                self.env._("Devices on which you logged in"),
                users=("user_id",),
                told=("platform", "browser", "ip_address", "country", "city", "first_activity",
                      "last_activity"),
                forget=self._forget_devices,
            ),
            "trusted_devices": PersonalTable(
                "auth_totp.device",
                self.env._("Trusted devices"),
                users=("user_id",),
                told=("name", "create_date"),
                mass=True,
            ),
            "login_attempts": PersonalTable(
                "auth.totp.rate.limit.log",
                self.env._("Attempts to log in"),
                users=("user_id",),
                told=("ip", "limit_type", "create_date"),
                mass=True,
            ),
            "logins": PersonalTable(
                "res.users.log",
                self.env._("When you logged in"),
                users=("create_uid",),
                told=("create_date",),
                mass=True,
            ),
            "api_keys": PersonalTable(
                "res.users.apikeys",
                self.env._("Your keys for programs"),
                users=("user_id",),
                told=("name", "create_date"),
                mass=True,
            ),
            "passkeys": PersonalTable(
                "auth.passkey.key",
                self.env._("Your passkeys"),
                users=("create_uid",),
                told=("name", "create_date"),
                mass=True,
            ),
            "push_devices": PersonalTable(
                "mail.push.device",
                self.env._("Browsers that get notifications"),
                partners=("partner_id",),
                told=("create_date",),
                mass=True,
            ),
            "account": PersonalTable(
                "res.users",
                self.env._("Your account"),
                users=("id",),
                only=[("login", "not =like", "__erased_user_%")],
                told=("login", "login_date", "create_date"),
                forget=self._forget_account,
            ),
        }  # fmt: skip

    # ------------------------------------------------------------
    # THE ACCOUNT
    # ------------------------------------------------------------

    @staticmethod
    def _forget_devices(env, ids, _subject):
        """Log out everywhere, and forget from where."""
        devices = env["res.device.log"].browse(ids).exists()
        root.session_store.delete_from_identifiers(devices.mapped("session_identifier"))
        env.cr.execute(erase_rows.delete("res_device_log", "id", ids))

    @staticmethod
    def _forget_account(env, ids, _subject):
        """Close the account, and let Odoo's own job delete it.

        Not by ``_deactivate_portal_user``: that tells the log the login, and the user by
        mail that the login changed.
        """
        users = env["res.users"].browse(ids)
        env.cr.execute(erase_contact.rename_logins(ids))
        env.cr.execute(erase_rows.empty("res_users", dict.fromkeys(OF_USER), ids))
        env.invalidate_all()
        waiting = env["res.users.deletion"].search([("user_id", "in", ids)]).user_id
        env["res.users.deletion"].create(
            [{"user_id": user.id, "state": "todo"} for user in users - waiting]
        )

    # ------------------------------------------------------------
    # THE CONTACT
    # ------------------------------------------------------------

    def _named_on_documents(self, subject):
        """Return the contacts to whom documents lead that are kept."""
        if "named" in subject.memory:
            return subject.memory["named"]
        tables, named = self._tables(), set()
        for table in tables.values():
            if table.action != KEPT or table.find or not table.partners:
                continue
            records = self.env[table.model].sudo()
            records = records.browse(self._row_ids(table, subject))
            for column in table.partners:
                if self._has_column(records, column):
                    named |= set(records.mapped(column).ids)
        subject.memory["named"] = sorted(named & set(subject.partner_ids))
        return subject.memory["named"]

    def _forget_contacts(self, env, ids, subject):
        """Empty contacts of all that no document needs, and archive them."""
        named = set(env["ecrm.privacy"]._named_on_documents(subject))
        bare = [partner_id for partner_id in ids if partner_id not in named]
        self._empty_contacts(env, sorted(named & set(ids)), TECHNICAL | ON_DOCUMENTS, {})
        name = self.env._("Erased contact")
        self._empty_contacts(env, bare, TECHNICAL, {"name": name, "complete_name": name})
        env.cr.execute(erase_contact.own_commercial(bare))

    @staticmethod
    def _empty_contacts(env, ids, stays, constants):
        rows = env.execute_query(erase_contact.nullable_columns("res_partner"))
        columns = [name for (name,) in rows if name not in stays]
        constants = {**constants, "active": False, "write_date": env.cr.now()}
        env.cr.execute(erase_contact.empty_all("res_partner", columns, constants, ids))
