from datetime import timedelta

from odoo import api, fields, models

#: Nothing that the story does may send a mail or fill the chatter, and nobody is scored
#: before the orders have their dates.
QUIET = {
    "ecrm_later": True,
    "install_mode": True,
    "tracking_disable": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "no_reset_password": True,
    "loyalty_no_mail": True,
}


class EcrmDemo(models.AbstractModel):
    """Demo data: a year of a dozen customers, told through Odoo's own records.

    ``story.py`` says who did what and when; each chapter has its file. The collectors then
    make the history out of it, as they do in a company. A record has a name, so that the
    story can be told twice without anything coming double.
    """

    _name = "ecrm.demo"
    _description = "Demo Story"

    @api.model
    def _load(self):
        """Tell the whole story and let the pipeline make histories and scores of it."""
        demo = self.with_context(**QUIET).with_company(self.env.ref("base.main_company"))
        for chapter in demo._chapters():
            chapter()
            demo.env.flush_all()  # what is computed late is to be as quiet
        self.env["ecrm.pipeline"].run_now()

    def _chapters(self):
        """Return what is told, in its order; a chapter skips what is not installed."""
        return []

    # ------------------------------------------------------------
    # TOOLS
    # ------------------------------------------------------------

    def _create_once(self, model, values_by_name):
        """Create the records that this database does not know by name yet.

        :param dict values_by_name: name within this addon -> values
        :return dict: name -> record, of the new ones
        """
        known = self.env["ir.model.data"].search(
            [("module", "=", "ecrm_addon"), ("name", "in", list(values_by_name))]
        )
        names = [name for name in values_by_name if name not in known.mapped("name")]
        records = self.env[model].create([values_by_name[name] for name in names])
        return self._own(dict(zip(names, records, strict=True)))

    def _own(self, records_by_name):
        """Let this addon own records, so that they go when it is uninstalled."""
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"ecrm_addon.{name}", "record": record, "noupdate": True}
                for name, record in records_by_name.items()
            ]
        )
        return records_by_name

    def _ref(self, name):
        """Return a record of the story by its name, or None."""
        return self.env.ref(f"ecrm_addon.{name}", raise_if_not_found=False)

    def _customer(self, key):
        """Return a customer of the story; Joel is Odoo's own portal user."""
        if key == "joel":
            return self.env.ref("base.partner_demo_portal", raise_if_not_found=False)
        return self._ref(f"demo_partner_{key}")

    def _customers(self, chapter):
        """Yield the customers of a chapter of the story who are there, with their part."""
        for key, part in chapter.items():
            customer = self._customer(key)
            if customer:
                yield key, customer, part

    @staticmethod
    def _now():
        return fields.Datetime.now()

    @staticmethod
    def _time(days, step=0):
        """Return an instant of that day: in the morning for the first step, later for more.

        The days before differ in their hour, always in the same way.
        """
        day = fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return (
            day
            - timedelta(days=days)
            + timedelta(hours=7 + days * 5 % 9, minutes=days * 13 % 60 + step * 3)
        )
