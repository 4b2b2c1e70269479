"""What is counted of mails, the same in each report; from the rows of ``ecrm.email.message``.

Each mail is in one state, the furthest that is known, so these counts never overlap: sent =
delivered + bounced + failed. Who opened, by hand or not, is counted among the delivered.
"""

from odoo.tools import SQL

#: Name of a figure -> which mails it counts. What ends in ``_raw`` counts machines, too.
COUNTED = {
    "sent": SQL("message.state != 'queued'"),
    "failed": SQL("message.state IN ('failed', 'rejected')"),
    "hard_bounced": SQL("message.state = 'bounced' AND message.bounce_kind = 'hard'"),
    "soft_bounced": SQL(
        "message.state = 'bounced' AND message.bounce_kind IS DISTINCT FROM 'hard'"
    ),
    "deferred": SQL("message.state = 'deferred'"),
    "delivered": SQL("message.state NOT IN ('queued', 'failed', 'rejected', 'bounced')"),
    "opened": SQL("message.first_human_open_at IS NOT NULL"),
    # a click implies an open, a machine's a machine's
    "opened_raw": SQL(
        "message.state NOT IN ('queued', 'failed', 'rejected', 'bounced')"
        " AND message.open_count + message.click_count + message.human_open_count > 0"
    ),
    "clicked": SQL("message.first_human_click_at IS NOT NULL"),
    "clicked_raw": SQL(
        "message.state NOT IN ('queued', 'failed', 'rejected', 'bounced')"
        " AND message.click_count > 0"
    ),
    "replied": SQL("message.replied_at IS NOT NULL"),
    "unsubscribed": SQL("message.unsubscribed_at IS NOT NULL"),
    "complained": SQL("message.complained_at IS NOT NULL"),
}
#: Name of a figure -> what is added up.
ADDED = {
    "human_hits": SQL("message.human_open_count + message.human_click_count"),
    "machine_hits": SQL("message.machine_open_count + message.machine_click_count"),
    # an open that a click implies is no hit of a pixel
    "hits": SQL(
        "greatest(message.open_count, message.human_open_count + message.machine_open_count)"
        " + message.click_count"
    ),
}
#: Rate -> (figure, of which figure it is a part).
RATES = {
    "delivery_rate": ("delivered", "sent"),
    "open_rate": ("opened", "delivered"),
    "open_rate_raw": ("opened_raw", "delivered"),
    "click_rate": ("clicked", "delivered"),
    "click_rate_raw": ("clicked_raw", "delivered"),
    "click_to_open_rate": ("clicked", "opened"),
    "reply_rate": ("replied", "delivered"),
    "unsubscribe_rate": ("unsubscribed", "delivered"),
    "complaint_rate": ("complained", "delivered"),
    "hard_bounce_rate": ("hard_bounced", "sent"),
    "soft_bounce_rate": ("soft_bounced", "sent"),
    "machine_share": ("machine_hits", "hits"),
}


def sums(names=(*COUNTED, *ADDED)):
    """Return the SQL of figures, to be selected from rows named ``message``."""
    parts = []
    for name in names:
        if name in COUNTED:
            value = SQL("count(*) FILTER (WHERE %s)::int", COUNTED[name])
        else:
            value = SQL("coalesce(sum(%s), 0)::int", ADDED[name])
        parts.append(SQL("%s AS %s", value, SQL.identifier(name)))
    return SQL(", ").join(parts)


def rate(part, whole):
    """Return the SQL of a share from 0 to 1; NULL where there is nothing to have a share of."""
    return SQL("(%s)::float8 / nullif(%s, 0)", part, whole)


def visible(company_ids):
    """Return the SQL condition that a mail is of some companies, or of none."""
    return SQL("(message.company_id IS NULL OR message.company_id = ANY(%s))", list(company_ids))


def shares(figures):
    """Return the rates of figures that were added up in Python: None where there is no whole.

    :param dict figures: the names of ``COUNTED`` and ``ADDED``, or some of them
    """
    return {
        name: figures[part] / figures[whole] if figures[whole] else None
        for name, (part, whole) in RATES.items()
        if part in figures and whole in figures
    }
