"""Which product was looked at after which one, in the visits of a website."""

from odoo.tools import SQL

from .count_pairs import KEPT

#: Where the counts are kept until the session ends.
SEQUENCES = SQL.identifier("pg_temp", "ecrm_sequence")
#: Fewer customers than this are nobody's habit, and could be known again.
PEOPLE = 2
#: Products further on than this have nothing to do with it any more.
STEPS = 10
#: Divided by each number up to ``STEPS`` it stays whole: sums do not depend on their order.
UNIT = 2520
#: Visits with more products than this were no person's.
VISIT_SIZE = 200


def build(website_id, events, kept=KEPT):
    """Return the statements that fill a temporary table: product, other, visits, weight.

    :param SQL events: a SELECT of the events of websites, from the port to the log
    """
    return SQL(
        """
        DROP TABLE IF EXISTS %(sequences)s;
        CREATE TEMPORARY TABLE %(sequences)s AS
          WITH step AS MATERIALIZED (%(steps)s)
        SELECT product, other, visits, weight
          FROM (
            SELECT *, row_number() OVER (PARTITION BY product
                                         ORDER BY weight DESC, visits DESC, other) AS place
              FROM (
                SELECT product, other, count(*)::int AS visits,
                       sum(%(unit)s / distance)::float8 AS weight
                  FROM (
                    SELECT one.template AS product, two.template AS other, one.session_key,
                           one.person, min(two.n - one.n)::int AS distance
                      FROM step one JOIN step two USING (session_key)
                     WHERE two.n > one.n AND two.n <= one.n + %(far)s
                       AND one.template <> two.template
                     GROUP BY one.template, two.template, one.session_key, one.person
                  ) visit
                 GROUP BY product, other
                HAVING count(DISTINCT person) >= %(people)s
              ) followed
          ) placed
         WHERE place <= %(kept)s
        """,
        sequences=SEQUENCES,
        steps=_steps(website_id, events),
        unit=UNIT,
        far=STEPS,
        people=PEOPLE,
        kept=kept,
    )


def _steps(website_id, events):
    """Return the query of the products of each visit in their order, repeated views left out.

    ``person`` is the customer, or what stands for a browser that is nobody's yet: somebody with
    two devices is one, and so is a company.
    """
    return SQL(
        """
        SELECT session_key, person, template,
               row_number() OVER (PARTITION BY session_key ORDER BY occurred_at, uid) AS n
          FROM (
            SELECT event.session_key, event.occurred_at, event.uid,
                   coalesce(partner.commercial_partner_id, -event.identity_id) AS person,
                   template.id AS template,
                   lag(template.id) OVER visit AS before,
                   count(*) OVER (PARTITION BY event.session_key) AS size
              FROM (%(events)s) event
              JOIN ecrm_identity identity ON identity.id = event.identity_id
              LEFT JOIN res_partner partner ON partner.id = identity.partner_id
              LEFT JOIN product_product product
                ON event.res_model = 'product.product' AND product.id = event.res_id
              JOIN product_template template
                ON template.id = CASE event.res_model WHEN 'product.template' THEN event.res_id
                                      ELSE product.product_tmpl_id END
             WHERE event.kind = 'web.product' AND event.website_id = %(website)s
               AND event.session_key IS NOT NULL
               AND event.verdict IS DISTINCT FROM 'machine'
               AND template.active AND template.sale_ok AND template.is_published
            WINDOW visit AS (PARTITION BY event.session_key ORDER BY event.occurred_at, event.uid)
          ) view
         WHERE before IS DISTINCT FROM template AND size <= %(size)s
        """,
        events=events,
        website=website_id,
        size=VISIT_SIZE,
    )
