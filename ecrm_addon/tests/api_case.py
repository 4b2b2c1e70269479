import uuid

from odoo.tests import tagged

from .common import EcrmCase


@tagged("post_install", "-at_install")
class ApiCase(EcrmCase):
    """Two companies, and a key of one of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Shop", "currency_id": cls.env.ref("base.EUR").id}
        )
        cls.other_company = cls.env["res.company"].create({"name": "Other Shop"})
        cls.key, cls.secret = cls.env["ecrm.api.key"].generate("Till", cls.company)

    @classmethod
    def _event(cls, kind="app.purchase", **values):
        return {
            "uid": str(uuid.uuid4()),
            "kind": kind,
            "occurred_at": "2026-03-01T10:00:00Z",
            "identity": {"email": "ann@example.com"},
            **values,
        }

    def _stored(self, *events):
        uids = [event["uid"] for event in events]
        return self.env["ecrm.touchpoint"].search([("uid", "in", uids)])

    def _refused(self, event):
        return self.env["ecrm.quarantine"].search([("uid", "=", event["uid"])])
