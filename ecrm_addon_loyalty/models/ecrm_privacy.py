from odoo import models

from odoo.addons.ecrm_addon.lib.privacy.table import ANONYMISED, PersonalTable


class EcrmPrivacy(models.AbstractModel):
    """Loyalty cards of a person: orders lead to them, so that they stay, closed and nobody's."""

    _inherit = "ecrm.privacy"

    def _personal_tables(self):
        return {
            **super()._personal_tables(),
            "loyalty_cards": PersonalTable(
                "loyalty.card",
                self.env._("Your loyalty cards, with what they hold"),
                partners=("partner_id",),
                tell=self._tell_cards,
                action=ANONYMISED,
                values={"partner_id": None, "active": False},
            ),
        }

    @staticmethod
    def _tell_cards(cards, _subject):
        return [
            {
                "program": card.program_id.name,
                "code": card.code,
                "points": card.points,
                "expires": card.expiration_date or None,
                "history": [
                    {
                        "date": line.create_date,
                        "description": line.description,
                        "earned": line.issued,
                        "used": line.used,
                    }
                    for line in card.history_ids
                ],
            }
            for card in cards
        ]
