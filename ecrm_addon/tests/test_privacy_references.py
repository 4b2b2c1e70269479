from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..queries import find_personal_rows

FIGURES = "figures and rules of the company; they lead to a contact that names nobody"
STAFF = "names who works here, which is never whoever may be erased"
SELF = "written when the contact itself is emptied"
OWN_CODE = "erased by code of its own, see ecrm.privacy.erase"
WITH_DOCUMENT = "goes or stays with its document"
SEARCHED = "found by its own query"

#: Columns that lead to a contact or a user and are declared nowhere: why that is right.
REVIEWED = {
    ("res_partner", "parent_id"): SELF,
    ("res_partner", "commercial_partner_id"): SELF,
    ("res_users", "partner_id"): "found by the contact before anything else",
    ("res_company", "partner_id"): "the contact of a company is refused",
    ("ecrm_identity", "partner_id"): OWN_CODE,
    ("ecrm_email_order", "customer_id"): "follows partner_id, the customer of the order",
    ("ecrm_identity_link", "partner_id"): OWN_CODE,
    ("ecrm_privacy_request", "partner_id"): OWN_CODE,
    ("ecrm_session", "partner_id"): OWN_CODE,
    ("ecrm_email_message", "partner_id"): OWN_CODE,
    ("account_move", "commercial_partner_id"): "follows the customer of the invoice",
    ("sale_order_line", "order_partner_id"): WITH_DOCUMENT,
    ("account_analytic_account", "partner_id"): FIGURES,
    ("account_analytic_distribution_model", "partner_id"): FIGURES,
    ("account_analytic_line", "partner_id"): FIGURES,
    ("account_reconcile_model", "mapped_partner_id"): FIGURES,
    ("account_reconcile_model_line", "partner_id"): FIGURES,
    ("product_supplierinfo", "partner_id"): "prices of a supplier, without a name",
    ("res_partner_bank", "partner_id"): SEARCHED,
    ("chatbot_script", "operator_partner_id"): "a chat bot",
    ("discuss_channel", "livechat_operator_id"): STAFF,
    ("website_visitor", "livechat_operator_id"): STAFF,
    ("rating_rating", "rated_partner_id"): STAFF,
    ("rating_rating", "publisher_id"): STAFF,
    ("discuss_channel_rtc_session", "partner_id"): "a call that is going on",
    ("res_users_settings_volumes", "guest_id"): "Odoo's own slip: it is the id of a guest",
}
#: Columns that lead to users: those of customers go with their login, which Odoo's job
#: deletes, and name nobody before; all others are staff's.
OF_CUSTOMERS = {
    "auth_totp_device", "auth_totp_rate_limit_log", "res_device_log", "res_users_apikeys",
    "res_users_deletion", "res_users_settings", "mail_presence", "forum_post_vote",
    "gamification_badge_user", "gamification_goal", "gamification_karma_tracking",
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestPrivacyReferences(TransactionCase):
    """A table that leads to people cannot be forgotten: it is declared, or was looked at."""

    def _declared(self):
        tables = self.env["ecrm.privacy"]._tables().values()
        return {
            (self.env[table.model]._table, column)
            for table in tables
            for column in (*table.partners, *table.users)
        }

    def _references(self, table):
        """Return the columns that lead to a table, without dialogs and mere links."""
        dialogs = {model._table for model in self.env.registry.values() if model._transient}
        return {
            (source, column)
            for source, column, is_link in self.env.execute_query(
                find_personal_rows.references(table)
            )
            if not is_link and source not in dialogs and column not in ("create_uid", "write_uid")
        }

    def test_every_column_that_leads_to_a_contact(self):
        missing = self._references("res_partner") - self._declared() - REVIEWED.keys()
        self.assertFalse(missing, "declare it in _personal_tables, or say here why not")

    def test_every_table_of_a_customers_login(self):
        """Tables that go with a user are those that may hold a customer's."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT source.relname FROM pg_constraint
                  JOIN pg_class source ON source.oid = conrelid
                 WHERE contype = 'f' AND confrelid = 'res_users'::regclass AND confdeltype = 'c'
                   AND EXISTS (SELECT FROM pg_attribute other
                                WHERE other.attrelid = source.oid AND other.attname = 'id')
                """
            )
        )
        dialogs = {model._table for model in self.env.registry.values() if model._transient}
        staff = {
            "base_module_install_request", "calendar_filters", "crm_team_member", "mail_activity",
            "im_livechat_channel_im_user", "ir_default", "ir_embedded_actions",
            "ir_ui_view_custom",
        }  # fmt: skip
        found = {table for (table,) in rows} - dialogs
        self.assertFalse(found - OF_CUSTOMERS - staff, "can it hold anything of a customer?")

    def test_no_declaration_is_of_a_column_that_is_gone(self):
        for code, table in self.env["ecrm.privacy"]._tables().items():
            model = self.env[table.model]
            for column in (*table.partners, *table.users, *table.emails, *table.texts, *table.ips):
                self.assertTrue(self.env["ecrm.privacy"]._has_column(model, column), (code, column))
            for name in table.told:
                self.assertIn(name, model._fields, code)
