"""What the log is told of mails: touchpoints of events, and which of them are taken back."""

from odoo.tools import SQL

from .append_touchpoints import select_columns
from .digest_email_events import COUNTS
from .expressions import email_key, is_staff, url_of

#: Types of events that are no kind of touchpoint.
UNTOLD = ("unknown",)
#: Who did what nobody judges.
SELF_EVIDENT = {
    "replied": "human",
    "unsubscribed": "human",
    "subscribed": "human",
    "autoreplied": "machine",
}


def events(ids, uid):
    """Return the SELECT of the touchpoints of events, see ``append_touchpoints``.

    :param Iterable[int] ids: of events
    :param SQL uid: of a touchpoint
    """
    verdicts = [SQL("WHEN %s THEN %s", *pair) for pair in SELF_EVIDENT.items()]
    values = {
        **_common(SQL("event.recipient")),
        "uid": uid,
        "occurred_at": SQL("event.occurred_at"),
        "kind": SQL("'email.' || event.type"),
        "verdict": SQL("coalesce(event.verdict, CASE event.type %s END)", SQL(" ").join(verdicts)),
        "verdict_reasons": SQL("event.verdict_reasons"),
        "company_id": SQL("coalesce(message.company_id, recipient.company_id, event.company_ref)"),
        "props": SQL(
            """
            jsonb_strip_nulls(jsonb_build_object(
                'subject', left(coalesce(mailing.subject, message.subject), 500),
                'mail', message.id,
                'recipient', coalesce(message.email_normalized, event.recipient),
                'message_id', coalesce(event.message_id, message.message_id),
                'url', coalesce(event.url, CASE WHEN link.id IS NOT NULL THEN %s END),
                'label', link.label,
                'reject_reason', event.reject_reason, 'bounce', event.bounce_kind,
                'status', event.smtp_status, 'description', event.description,
                'user_agent', event.user_agent, 'event_id', event.event_id,
                'provider', event.provider))
            """,
            url_of(SQL("link.url")),
        ),
    }
    return SQL(
        """
        SELECT %(columns)s
          FROM ecrm_email_event event
          LEFT JOIN ecrm_email_message message ON message.id = event.email_message_ref
          LEFT JOIN ecrm_email_link link ON link.id = event.link_ref
          %(joins)s
         WHERE event.id = ANY(%(ids)s) AND event.type != ALL(%(untold)s) AND %(counts)s
           -- nobody's are told as far as a provider tells them
           AND coalesce(message.email_normalized, event.recipient, event.provider) IS NOT NULL
           AND NOT %(staff)s
        """,
        columns=select_columns(values),
        joins=_joins(SQL("event.recipient")),
        ids=list(ids),
        untold=list(UNTOLD),
        counts=COUNTS,
        staff=is_staff(SQL("recipient.id")),
    )


def implied_opens(refs, uid):
    """Return the SELECT of opens that a click alone tells of, as no picture was loaded.

    :param Iterable[int] refs: of mails
    :param SQL uid: of a touchpoint
    """
    values = {
        **_common(SQL("message.email_normalized")),
        "uid": uid,
        "occurred_at": SQL("message.first_human_click_at"),
        "kind": SQL("'email.opened'"),
        "verdict": SQL("'human'"),
        "verdict_reasons": SQL("'click'"),
        "company_id": SQL("coalesce(message.company_id, recipient.company_id)"),
        "props": SQL("""
            jsonb_strip_nulls(jsonb_build_object(
                'subject', left(coalesce(mailing.subject, message.subject), 500),
                'mail', message.id, 'recipient', message.email_normalized,
                'message_id', message.message_id))
        """),
    }
    return SQL(
        """
        SELECT %(columns)s FROM ecrm_email_message message %(joins)s
         WHERE message.id = ANY(%(refs)s) AND message.first_human_click_at IS NOT NULL
           AND NOT %(opened)s
        """,
        columns=select_columns(values),
        joins=_joins(SQL("message.email_normalized")),
        refs=list(refs),
        opened=_OPENED,
    )


def not_implied(refs, uid):
    """Return the query of the uids of such opens of mails that are not implied any more."""
    return SQL(
        """
        SELECT %(uid)s FROM ecrm_email_message message
         WHERE message.id = ANY(%(refs)s)
           AND (message.first_human_click_at IS NULL OR %(opened)s)
        """,
        uid=uid,
        refs=list(refs),
        opened=_OPENED,
    )


def verdicts(ids, uid):
    """Return the SELECT of the verdicts on events: uid, verdict, reasons."""
    return SQL(
        """
        SELECT %s AS uid, event.verdict, event.verdict_reasons FROM ecrm_email_event event
         WHERE event.id = ANY(%s)
        """,
        uid,
        list(ids),
    )


_OPENED = SQL("""
    EXISTS (SELECT FROM ecrm_email_event opened
             WHERE opened.email_message_ref = message.id AND opened.type = 'opened'
               AND opened.verdict = 'human' AND opened.method IS DISTINCT FROM 'HEAD')
""")


def _common(address):
    """Return what touchpoints of a mail have in common: whose they are, and what it is about."""
    return {
        "identity_kind": SQL("CASE WHEN recipient.id IS NOT NULL THEN 'partner' ELSE 'email' END"),
        "identity_key": SQL(
            "coalesce(recipient.id::text, %s)",
            email_key(SQL("coalesce(message.email_normalized, %s)", address)),
        ),
        "partner_id": SQL("recipient.id"),
        "res_model": SQL("""
            CASE WHEN mailing.id IS NOT NULL THEN 'mailing.mailing'
                 WHEN message.model IS NOT NULL AND message.res_id > 0 THEN message.model
                 WHEN message.id IS NOT NULL THEN 'ecrm.email.message' END
        """),
        "res_id": SQL("""
            coalesce(mailing.id, CASE WHEN message.model IS NOT NULL THEN
                nullif(message.res_id, 0) END, message.id)
        """),
        "utm_source": SQL("utm_source.name"),
        "utm_medium": SQL("utm_medium.name"),
        "utm_campaign": SQL("utm_campaign.name"),
    }


def _joins(address):
    """Return the joins that find the recipient, the mailing and its campaign."""
    return SQL(
        """
        LEFT JOIN res_partner recipient ON recipient.id = coalesce(message.partner_id, (
            SELECT CASE WHEN count(*) = 1 THEN min(same.id) END FROM res_partner same
             WHERE message.id IS NULL AND same.active AND same.email_normalized = %s))
        LEFT JOIN mailing_mailing mailing ON mailing.id = message.mailing_id
        LEFT JOIN utm_source ON utm_source.id = mailing.source_id
        LEFT JOIN utm_medium ON utm_medium.id = mailing.medium_id
        LEFT JOIN utm_campaign ON utm_campaign.id = mailing.campaign_id
        """,
        address,
    )
