from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import plaintext2html

from .ecrm_feedback import ACTIVITY_TYPE


class EcrmFeedback(models.Model):
    """A bad answer becomes a to-do of somebody who can talk to the customer.

    That is who served: the salesperson of the order or customer, the assignee of the request;
    else whom the company names. It stands on the order, the request or the contact.
    """

    _inherit = "ecrm.feedback"

    def _tell_staff(self):
        """Let each bad answer have its activity, and no other one."""
        # in superuser mode: it is nobody's word, least of all that of who answered
        for row in self.with_user(SUPERUSER_ID):
            if row.band != "bad" or not row.company_id.ecrm_feedback_alerts:
                row.activity_id.filtered("active").unlink()
            elif not row.activity_id:
                row._schedule()
            elif row.activity_id.active:
                row.activity_id.write(row._words(row.activity_id.user_id))

    def _schedule(self):
        """Put an answer before somebody, if anybody may see whose it is."""
        user, record = self._whom_to_tell()
        if not user:
            return
        values = {
            "activity_type_id": self._activity_type_id(),
            "res_model_id": self.env["ir.model"]._get_id(record._name),
            "res_id": record.id,
            "user_id": user.id,
            "automated": True,
            "date_deadline": fields.Date.context_today(self.with_context(tz=user.tz)),
            **self._words(user),
        }
        # nobody wants a mail for each: they stand in the list of activities
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        self.activity_id = activities.create(values)

    def _whom_to_tell(self):
        """Return a user and the record that this user may read; both are empty where none is."""
        users = self.user_id | self.company_id.ecrm_feedback_user_id
        for user in users.filtered(lambda user: user.active and not user.share):
            for record in filter(None, (self._about_records(self.res_model), self.partner_id)):
                own = record.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
                if hasattr(record, "activity_ids") and own.has_access("read"):
                    return user, record
        return self.env["res.users"], None

    def _words(self, user):
        """Return summary and note of the activity, in the language of who reads it."""
        row = self.with_context(lang=user.lang)
        return {
            "summary": row.env._("Not happy: %s", row._in_words()),
            "note": plaintext2html(row.comment) if row.comment else False,
        }

    @api.model
    def _activity_type_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id(ACTIVITY_TYPE)

    # ------------------------------------------------------------
    # PRIVACY, AND GOING
    # ------------------------------------------------------------

    @api.private
    def _forget_activities(self):
        """Remove what activities said of these answers, also where it stands in a chatter."""
        type_id = self._activity_type_id()
        activities = self.activity_id
        for row in self:
            for model, res_id in ((row.res_model, row.res_id), ("res.partner", row.partner_id.id)):
                domain = [("model", "=", model), ("res_id", "=", res_id)]
                if model and res_id:
                    messages = self.env["mail.message"]
                    messages.search([*domain, ("mail_activity_type_id", "=", type_id)]).unlink()
        activities.unlink()

    @api.model
    @api.private
    def _remove_activities(self):
        """Remove all activities of our type, when the addon goes."""
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities.search([("activity_type_id", "=", self._activity_type_id())]).unlink()
