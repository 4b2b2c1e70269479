from datetime import datetime, timedelta

from odoo.tests import new_test_user

from .common import EcrmCase

SENT = datetime(2026, 3, 2, 8, 30)
BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)


class EmailReportCase(EcrmCase):
    """Mails that are written down already, as if they had left."""

    number = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "email_reader", "ecrm_addon.group_ecrm_user")
        cls.mailing = cls._mailing("New teas")

    @classmethod
    def _mailing(cls, subject, **values):
        return cls.env["mailing.mailing"].create(
            {
                "subject": subject,
                "mailing_model_id": cls.env.ref("base.model_res_partner").id,
                "sent_date": SENT,
                **values,
            }
        )

    @classmethod
    def _mail(cls, partner=None, mailing=None, at=SENT, **values):
        """Return a mail of a mailing that left; to a new address unless told otherwise."""
        EmailReportCase.number += 1
        email = partner.email_normalized if partner else f"p{cls.number}@example.com"
        message = cls.env["ecrm.email.message"].create(
            {
                "message_id": f"<{cls.number}@shop.example>",
                "email_normalized": email,
                "partner_id": partner.id if partner else False,
                "kind": "mailing",
                "mailing_id": (mailing or cls.mailing).id,
                "subject": (mailing or cls.mailing).subject,
                "is_tracked": True,
                "link_count": 2,
                "state": "delivered",
                "sent_at": at,
                **values,
            }
        )
        # what is created is created now, whatever one says
        cls.env.cr.execute(
            "UPDATE ecrm_email_message SET create_date = %s WHERE id = %s", [at, message.id]
        )
        return message

    @classmethod
    def _clicked(cls, partner, at, mailing=None, **values):
        """Return a mail in which a person followed a link once, at an instant."""
        values = {
            "state": "clicked",
            "first_human_open_at": at,
            "first_human_click_at": at,
            "last_human_click_at": at,
            "human_open_count": 1,
            "human_click_count": 1,
            "open_count": 1,
            "click_count": 1,
            **values,
        }
        return cls._mail(partner, mailing, at - timedelta(hours=1), **values)

    def _tell(self, message, type_, minutes=60, **values):
        """Record what happened to a mail, so many minutes after it was sent."""
        self.env["ecrm.email.event"].record(
            [
                {
                    "type": type_,
                    "source": "test",
                    "occurred_at": SENT + timedelta(minutes=minutes),
                    "email_message_ref": message.id,
                    "user_agent": BROWSER,
                    "ip_cut": "203.0.113.0/24",
                    "method": "GET",
                    **values,
                }
            ]
        )

    def _digest(self):
        self.env.flush_all()
        while self.pipeline._digest():
            pass
        self.env.invalidate_all()

    def _renew(self):
        """Count all mailings, as the digest does once something happened to their mails."""
        mails = self.env["ecrm.email.message"].search([("mailing_id", "!=", False)])
        self.env["ecrm.mailing.stat"].renew(mails.mailing_id.ids)
        self.env["ecrm.email.order"].renew()

    def _report(self, mailing=None, user=None):
        self._renew()
        reports = self.env["ecrm.email.report"].with_user(user or self.user)
        return reports.get_mailing((mailing or self.mailing).id)

    def _row(self, mailing=None):
        self._renew()
        self.env["ecrm.mailing.report"].invalidate_model()
        return self.env["ecrm.mailing.report"].browse((mailing or self.mailing).id)
