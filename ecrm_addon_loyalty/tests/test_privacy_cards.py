from odoo.addons.ecrm_addon.tests.forget_case import ForgetCase


class TestPrivacyCards(ForgetCase):
    """Cards of a person are told of, and closed."""

    def test_cards(self):
        program = self.env["loyalty.program"].create(
            {"name": "Points", "program_type": "loyalty", "applies_on": "both", "trigger": "auto"}
        )
        card, other = self.env["loyalty.card"].create(
            [
                {"program_id": program.id, "partner_id": self.person.id, "points": 12},
                {"program_id": program.id, "partner_id": self.other.id, "points": 7},
            ]
        )
        self.env["loyalty.history"].create(
            {"card_id": card.id, "description": "Gift", "issued": 12, "used": 0}
        )
        (told,) = self.privacy.export(self.person)["loyalty_cards"]
        self.assertEqual((told["points"], told["history"][0]["description"]), (12, "Gift"))
        self._forget()
        self.assertFalse(card.partner_id)
        self.assertFalse(card.active)
        self.assertEqual(other.partner_id, self.other)
        self.assertTrue(other.active)
