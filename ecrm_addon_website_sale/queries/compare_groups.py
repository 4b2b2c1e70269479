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
)


def build(website_id, events, names, before):
    """Return the query of both groups of a website.

    A customer counts from the first page on that had a place for recommendations. Browsers
    that are nobody's yet have bought nothing: who orders, as a guest too, is known by it. Who
    was in both groups, by a browser before a login, tells nothing of either.

    :param SQL events: a SELECT of the events of a period, from the port to the log
    :param tuple names: of the events of showing and of clicking
    :param datetime before: end of the period (UTC)
    :return: SQL giving ``COLUMNS``; a third row, with ``held_out`` NULL, of those in both
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
               count(*) FILTER (WHERE clicks > 0)
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


def _people(names):
    """Return the query of who was in which group, and since when."""
    shown, clicked = names
    return SQL(
        """
        SELECT subject, max(customer) AS customer,
               min(occurred_at) FILTER (WHERE name = %(shown)s) AS since,
               CASE WHEN bool_and(place_in = 'held_out') FILTER (WHERE name = %(shown)s) THEN TRUE
                    WHEN bool_and(place_in = 'shown') FILTER (WHERE name = %(shown)s) THEN FALSE
               END AS held_out,
               count(*) FILTER (WHERE name = %(shown)s) AS pages,
               count(*) FILTER (WHERE name = %(clicked)s) AS clicks
          FROM act WHERE kind = 'web.custom' AND name IN (%(shown)s, %(clicked)s)
         GROUP BY subject
        HAVING count(*) FILTER (WHERE name = %(shown)s) > 0
        """,
        shown=shown,
        clicked=clicked,
    )
