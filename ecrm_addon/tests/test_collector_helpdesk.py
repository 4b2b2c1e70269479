from odoo import fields, models
from odoo.orm.model_classes import add_to_registry

from .collector_case import CollectorCase


class OcaTicket(models.Model):
    """As OCA's helpdesk_mgmt has it, as far as the collector reads it."""

    _module = None
    _name = "helpdesk.ticket"
    _description = "A helpdesk of somebody else"

    number = fields.Char()
    name = fields.Char()
    partner_id = fields.Many2one("res.partner")
    partner_email = fields.Char()
    company_id = fields.Many2one("res.company")
    closed_date = fields.Datetime()
    last_stage_update = fields.Datetime()


class EnterpriseTicket(models.Model):
    """As Enterprise has it, with other names."""

    _module = None
    _name = "helpdesk.ticket"
    _description = "A helpdesk of somebody else"

    ticket_ref = fields.Char()
    name = fields.Char()
    partner_id = fields.Many2one("res.partner")
    company_id = fields.Many2one("res.company")
    close_date = fields.Datetime()


class BareTicket(models.Model):
    """With as little as can be read."""

    _module = None
    _name = "helpdesk.ticket"
    _description = "A helpdesk of somebody else"

    name = fields.Char()
    partner_id = fields.Many2one("res.partner")


class TestHelpdesk(CollectorCase):
    def _install(self, definition):
        """Have another helpdesk, as if its module were installed, with its table."""
        self._need_no("helpdesk.ticket")
        add_to_registry(self.registry, definition)
        self.addCleanup(self._take_away)
        self.registry._setup_models__(self.env.cr, [])
        self.registry.init_models(self.env.cr, ["helpdesk.ticket"], {"module": None}, install=True)
        self.tickets = self.env["helpdesk.ticket"]
        self.collectors._sync_sources()
        self._line("helpdesk.ticket").state = "live"

    def _need_no(self, name):
        if name in self.env:
            self.skipTest(f"{name} is installed")

    def _take_away(self):
        del self.registry["helpdesk.ticket"]
        for model in self.registry.values():
            model._inherit_children.discard("helpdesk.ticket")
        self.registry._setup_models__(self.env.cr, [])

    def _answer(self, ticket, author, subtype="mail.mt_comment", date="2026-02-02 10:00:00"):
        self.env["mail.message"].create(
            {
                "model": "helpdesk.ticket",
                "res_id": ticket.id,
                "author_id": author.id,
                "message_type": "comment",
                "subtype_id": self.env.ref(subtype).id,
                "date": date,
            }
        )

    def test_oca(self):
        self._install(OcaTicket)
        ticket = self.tickets.create(
            {
                "number": "HT001",
                "name": "Tea",
                "partner_id": self.customer.id,
                "company_id": self.env.company.id,
            }
        )
        self._read()
        (opened,) = self._touchpoints(channel="support")
        self.assertEqual((opened.kind, opened.props["name"]), ("support.opened", "HT001 Tea"))
        self.assertEqual((opened.res_model, opened.res_id), ("helpdesk.ticket", ticket.id))
        staff = self.env.ref("base.partner_admin")
        self._answer(ticket, self.customer, date="2026-02-02 08:00:00")
        self._answer(ticket, self.env.ref("base.partner_root"), date="2026-02-02 08:30:00")
        self._answer(ticket, staff, "mail.mt_note", "2026-02-02 09:00:00")
        self._answer(ticket, staff)
        ticket.last_stage_update = "2026-02-02 10:00:00"
        self._read()
        answered = self._touchpoints(kind="support.answered")
        self.assertEqual(f"{answered.occurred_at}", "2026-02-02 10:00:00")
        ticket.closed_date = "2026-02-03 10:00:00"
        self._read()
        self._read()
        kinds = self._touchpoints(channel="support").mapped("kind")
        self.assertCountEqual(kinds, ["support.opened", "support.answered", "support.closed"])

    def test_by_address_alone(self):
        self._install(OcaTicket)
        self.tickets.create({"name": "Tea", "partner_email": " Who@Example.com"})
        self._read()
        self.assertEqual(self._by_key("email", "who@example.com").kind, "support.opened")

    def test_staff_ask_nothing(self):
        self._install(OcaTicket)
        staff = self.env.ref("base.partner_admin")
        self.tickets.create({"name": "Printer", "partner_id": staff.id})
        self._read()
        self.assertFalse(self._touchpoints(staff, channel="support"))

    def test_enterprise(self):
        self._install(EnterpriseTicket)
        self.tickets.create(
            {
                "ticket_ref": "00042",
                "name": "Tea",
                "partner_id": self.customer.id,
                "close_date": "2026-02-03 10:00:00",
            }
        )
        self._read()
        events = self._touchpoints(channel="support")
        self.assertCountEqual(events.mapped("kind"), ["support.opened", "support.closed"])
        self.assertEqual({event.props["name"] for event in events}, {"00042 Tea"})

    def test_bare(self):
        self._install(BareTicket)
        self.tickets.create({"name": "Tea", "partner_id": self.customer.id})
        self._read()
        self.assertEqual(self._touchpoints(channel="support").mapped("kind"), ["support.opened"])

    def test_settings_tell_of_it(self):
        self.assertFalse(self.env["res.config.settings"].create({}).ecrm_other_helpdesk)
        self._install(BareTicket)
        self.assertTrue(self.env["res.config.settings"].create({}).ecrm_other_helpdesk)
