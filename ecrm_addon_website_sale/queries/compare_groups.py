"""What customers did and bought after they were, or were not, shown recommendations."""

from odoo.tools import SQL

#: Of each group: customers, those who bought, orders' worth and its squares, products looked at.
COLUMNS = (
    "held_out",
    "customers",
    "buyers",
    "revenue",
    "revenue_squares",
    "viewers",
    "views",
    "view_squares",
    "pages",
    "clicks",
    "clickers",
    "mixed",
)


def build(website_id, events, names, before):
    """Return the query of both groups of a website.

    A customer counts from the first page on that had a place for recommendations. Browsers
    that are nobody's yet have bought nothing: who orders, as a guest too, is known by it.

    Who was in both groups, by a browser before a login, stays in the group of the first page
    (intention to treat): those who log in buy more, and would be missing from the groups in
    different shares if they were left out.

    :param SQL events: a SELECT of the events of a period, from the port to the log
    :param tuple names: of the events of showing and of clicking
    :param datetime before: end of the period (UTC)
    :return: SQL giving ``COLUMNS``, a row of each group
    """
    return SQL(
        """
        WITH act AS MATERIALIZED (%(acts)s), person AS MATERIALIZED (%(people)s),
        viewed AS (
            SELECT person.subject, count(*) AS views
              FROM person JOIN act USING (subject)
             WHERE act.kind = 'web.product' AND act.occurred_at >= person.since
             GROUP BY person.subject
        ), bought AS (
            SELECT person.subject, sum(%(worth)s) AS revenue
              FROM person
              JOIN res_partner partner ON partner.commercial_partner_id = person.customer
              JOIN sale_order sale ON sale.partner_id = partner.id
             WHERE sale.state = 'sale' AND sale.website_id = %(website)s
               AND sale.date_order >= person.since AND sale.date_order < %(before)s
             GROUP BY person.subject
        )
        SELECT held_out, count(*), count(*) FILTER (WHERE revenue > 0),
               coalesce(sum(revenue), 0)::float8, coalesce(sum(revenue * revenue), 0)::float8,
               count(views), coalesce(sum(views), 0)::float8,
               coalesce(sum(views * views), 0)::float8,
               coalesce(sum(pages), 0)::int, coalesce(sum(clicks), 0)::int,
               count(*) FILTER (WHERE clicks > 0), count(*) FILTER (WHERE is_mixed)
          FROM person
          LEFT JOIN viewed USING (subject)
          LEFT JOIN bought USING (subject)
         GROUP BY held_out
        """,
        acts=acts(website_id, events),
        people=_people(names),
        worth=WORTH,
        website=website_id,
        before=before,
    )


#: What an order is worth, untaxed, in its company's currency at the rate of the order.
WORTH = SQL("sale.amount_untaxed / coalesce(nullif(sale.currency_rate, 0), 1)")


def acts(website_id, events):
    """Return the query of what people did on a website, and which customer's it was.

    ``subject`` is the customer, or what stands for a browser that is nobody's yet.
    """
    return SQL(
        """
        SELECT event.kind, event.occurred_at, event.res_model, event.res_id,
               event.props->>'name' AS name, event.props->>'group' AS place_in,
               event.props->>'place' AS place, event.session_key,
               partner.commercial_partner_id AS customer,
               coalesce(partner.commercial_partner_id, -event.identity_id) AS subject
          FROM (%(events)s) event
          JOIN ecrm_identity identity ON identity.id = event.identity_id
          LEFT JOIN res_partner partner ON partner.id = identity.partner_id
         WHERE event.kind IN ('web.product', 'web.custom') AND event.website_id = %(website)s
           AND event.verdict IS DISTINCT FROM 'machine'
        """,
        events=events,
        website=website_id,
    )


def clicks(names):
    """Return the query of which recommendations were followed, each once in a visit.

    A page that is loaded again, or comes from a bookmark, tells of a click that nobody made. So
    a click counts if the same visit had been shown something in that place before; a mail was
    read elsewhere, and its click stands for itself.

    :param tuple names: of the events of showing and of clicking
    :return: SQL giving subject, customer, is_mail, res_model, res_id and occurred_at (of the first
        of the same ones), from ``act``
    """
    shown, clicked = names
    return SQL(
        """
        SELECT told.subject, told.customer, told.place = 'mail' AS is_mail, told.res_model,
               told.res_id, min(told.occurred_at) AS occurred_at
          FROM act told
          LEFT JOIN (
            SELECT subject, session_key, place, min(occurred_at) AS occurred_at
              FROM act
             WHERE kind = 'web.custom' AND name = %(shown)s AND place_in = 'shown'
             GROUP BY subject, session_key, place
          ) shown ON shown.subject = told.subject AND shown.place = told.place
                 AND shown.session_key = told.session_key
         WHERE told.kind = 'web.custom' AND told.name = %(clicked)s
           AND (told.place = 'mail' OR shown.occurred_at <= told.occurred_at)
         GROUP BY told.subject, told.customer, is_mail, told.res_model, told.res_id,
                  told.session_key
        """,
        shown=shown,
        clicked=clicked,
    )


def _people(names):
    """Return the query of who was in which group, since when, and what was followed there.

    Clicks in mails are left out: no page showed what they followed.
    """
    return SQL(
        """
        SELECT seen.*, coalesce(followed.clicks, 0) AS clicks
          FROM (
            SELECT subject, max(customer) AS customer, min(occurred_at) AS since,
                   (array_agg(place_in ORDER BY occurred_at, place_in))[1] = 'held_out' AS held_out,
                   min(place_in) <> max(place_in) AS is_mixed,
                   count(*) FILTER (WHERE place_in = 'shown') AS pages
              FROM act
             WHERE kind = 'web.custom' AND name = %(shown)s AND place_in IN ('shown', 'held_out')
             GROUP BY subject
          ) seen
          LEFT JOIN (
            SELECT subject, count(*) AS clicks FROM (%(clicks)s) click
             WHERE NOT is_mail GROUP BY subject
          ) followed USING (subject)
        """,
        shown=names[0],
        clicks=clicks(names),
    )
