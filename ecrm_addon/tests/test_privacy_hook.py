from odoo import models
from odoo.orm.model_classes import add_to_registry

from ..lib.privacy.table import KEPT, PersonalTable
from .forget_case import EMAIL, NAME, ForgetCase


class CompanyPrivacy(models.AbstractModel):
    """What a company writes for tables of its own."""

    _module = None
    _name = "ecrm.privacy"
    _inherit = ["ecrm.privacy"]

    def _personal_tables(self):
        return {
            **super()._personal_tables(),
            "bookings": PersonalTable(
                "x_booking",
                "Your bookings",
                partners=("x_guest_id",),
                emails=("x_email",),
                only=[("x_paid", "=", False)],
                told=("x_name", "x_wishes"),
            ),
            "bookings_paid": PersonalTable(
                "x_booking",
                "Bookings that were paid",
                partners=("x_guest_id",),
                only=[("x_paid", "=", True)],
                told=("x_name", "x_wishes"),
                action=KEPT,
                values={"x_wishes": None, "x_email": None},
                reason="Act on hotels",
            ),
            "gone": PersonalTable("x_not_installed", "Of a module that is not there"),
        }


class TestHook(ForgetCase):
    """One method is all that a company's own table needs."""

    def setUp(self):
        super().setUp()
        self.env["ir.model"].create(
            {
                "name": "Booking",
                "model": "x_booking",
                "field_id": [
                    (0, 0, {"name": name, "ttype": kind, "field_description": name, **more})
                    for name, kind, more in (
                        ("x_name", "char", {}),
                        ("x_guest_id", "many2one", {"relation": "res.partner"}),
                        ("x_email", "char", {}),
                        ("x_wishes", "text", {}),
                        ("x_paid", "boolean", {}),
                    )
                ],
            }
        )
        privacy = self.registry["ecrm.privacy"]
        self.addCleanup(self._take_away, privacy, privacy._base_classes__)
        add_to_registry(self.registry, CompanyPrivacy)
        self.registry._setup_models__(self.env.cr, [])
        guest = {"x_guest_id": self.person.id, "x_wishes": f"Quiet, {NAME}", "x_email": EMAIL}
        self.open, self.paid, self.typed, self.others = self.env["x_booking"].create(
            [
                {"x_name": "1", **guest},
                {"x_name": "2", **guest, "x_paid": True},
                {"x_name": "3", "x_email": EMAIL.upper()},
                {"x_name": "4", "x_guest_id": self.other.id, "x_wishes": "Garden"},
            ]
        )

    def _take_away(self, privacy, base_classes):
        privacy._base_classes__ = base_classes
        privacy._setup_done__ = False
        self.registry._setup_models__(self.env.cr, [])

    def test_it_is_told(self):
        told = self.env["ecrm.privacy"].export(self.person)
        self.assertEqual([row["x_name"] for row in told["bookings"]], ["1", "3"])
        self.assertEqual(told["bookings_paid"][0]["x_wishes"], f"Quiet, {NAME}")
        self.assertNotIn("gone", told)

    def test_it_is_erased_or_kept(self):
        parts = {part.code: part for part in self.env["ecrm.privacy"].forget(self.person)}
        self.assertEqual(parts["bookings"].count, 2)
        self.assertEqual(parts["bookings_paid"].reason, "Act on hotels")
        self.assertFalse((self.open | self.typed).exists())
        self.assertEqual(self.others.x_wishes, "Garden")
        self.assertFalse(self.paid.x_wishes)
        self.assertEqual(self.paid.x_guest_id, self.person)
        # whose booking has to be kept is named on it
        self.assertEqual(self.person.name, NAME)
        self.assertEqual(self._search([EMAIL]), set())

    def test_the_lookup_lists_it(self):
        wizard = self.env["privacy.lookup.wizard"].create({"name": NAME, "email": EMAIL})
        wizard.action_lookup()
        listed = wizard.line_ids.filtered(lambda line: line.res_model == "x_booking")
        self.assertEqual(
            set(listed.mapped("res_id")), set((self.open | self.paid | self.typed).ids)
        )
