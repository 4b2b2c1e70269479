"""What became of one mailing, added up: its mails by domain, its hits by hour, program, link.

A page that counted a mailing to 300,000 people anew each time it is opened would take
seconds. So the digest counts once after what it has digested.
"""

from odoo.tools import SQL

from .digest_email_events import COUNTS
from .email_figures import ADDED, COUNTED, sums

#: Hours after sending that the curve shows.
HOURS = 72
#: More different programs and domains than this tell nothing more.
MOST_AGENTS, MOST_DOMAINS = 2000, 1000
FIGURES = (*COUNTED, *ADDED)


def note(model, refs):
    """Return the statement that notes the mailings of mails.

    :param str model: under whose name
    :param Iterable[int] refs: of mails
    """
    return SQL(
        """
        INSERT INTO ecrm_change (model, res_id)
        SELECT DISTINCT %s, mailing_id FROM ecrm_email_message
         WHERE id = ANY(%s) AND mailing_id IS NOT NULL
        """,
        model,
        list(refs),
    )


def forget(mailing_id):
    """Return the statement that removes the sums of a mailing."""
    return SQL("DELETE FROM ecrm_mailing_stat WHERE mailing_id = %s", mailing_id)


def build(mailing_id):
    """Return the statement that adds up a mailing, one row for each company of its mails.

    Details are arrays of arrays: ``domains`` of domain, sent, delivered, opened, clicked,
    bounced; ``hours`` of hour, type, verdict, count (hour ``HOURS`` holds all later ones);
    ``agents`` of program, people, opens, clicks, machines left out; ``links`` of link, clicks
    by hand, by machines, people.
    """
    return SQL(
        """
        WITH domain AS MATERIALIZED (%(domains)s),
        total AS MATERIALIZED (
            SELECT company, min(first_sent) AS first_sent, %(totals)s FROM domain GROUP BY 1
        ),
        hit AS MATERIALIZED (
            SELECT coalesce(event.company_ref, 0) AS company, event.type, event.verdict,
                   event.email_message_ref AS mail, event.link_ref, event.user_agent,
                   event.occurred_at
              FROM ecrm_email_event event
              LEFT JOIN ecrm_email_link link ON link.id = event.link_ref
             WHERE event.mailing_ref = %(mailing)s AND event.type IN ('opened', 'clicked')
               AND event.email_message_ref IS NOT NULL AND %(counts)s
        )
        INSERT INTO ecrm_mailing_stat
               (mailing_id, company_id, first_sent, %(names)s, domains, hours, agents, links)
        SELECT %(mailing)s, nullif(total.company, 0), total.first_sent, %(names)s,
               (%(top)s), (%(hours)s), (%(agents)s), (%(links)s)
          FROM total
        """,
        mailing=mailing_id,
        domains=_domains(mailing_id),
        totals=_each("sum(%(name)s)::int AS %(name)s"),
        names=_each("%(name)s"),
        counts=COUNTS,
        top=_TOP_DOMAINS,
        hours=_HOURS,
        agents=_AGENTS,
        links=_LINKS,
    )


def _each(template):
    return SQL(", ").join(SQL(template, name=SQL.identifier(name)) for name in FIGURES)


def _domains(mailing_id):
    return SQL(
        """
        SELECT coalesce(message.company_id, 0) AS company,
               split_part(message.email_normalized, '@', 2) AS domain,
               min(coalesce(message.sent_at, message.create_date)) AS first_sent, %s
          FROM ecrm_email_message message
         WHERE message.mailing_id = %s
         GROUP BY 1, 2
        """,
        sums(),
        mailing_id,
    )


_TOP_DOMAINS = SQL(
    """
    SELECT jsonb_agg(jsonb_build_array(name, sent, delivered, opened, clicked, bounced))
      FROM (
        SELECT CASE WHEN place <= %s THEN domain ELSE '' END AS name, sum(sent) AS sent,
               sum(delivered) AS delivered, sum(opened) AS opened, sum(clicked) AS clicked,
               sum(hard_bounced + soft_bounced) AS bounced
          FROM (
            SELECT domain.*, row_number() OVER (ORDER BY sent DESC, domain.domain) AS place
              FROM domain WHERE company = total.company
          ) ranked
         GROUP BY 1
      ) named
    """,
    MOST_DOMAINS,
)
_HOURS = SQL(
    """
    SELECT jsonb_agg(jsonb_build_array(hour, type, verdict, count))
      FROM (
        SELECT least(greatest(floor(extract(epoch FROM
                    occurred_at - (SELECT date_trunc('hour', min(first_sent)) FROM total))
                    / 3600), 0), %s)::int AS hour,
               type, coalesce(verdict, 'unknown') AS verdict, count(*) AS count
          FROM hit WHERE company = total.company
         GROUP BY 1, 2, 3
      ) counted
    """,
    HOURS,
)
_AGENTS = SQL(
    """
    SELECT jsonb_agg(jsonb_build_array(user_agent, people, opens, clicks))
      FROM (
        SELECT user_agent, count(*) AS people, sum(opens) AS opens, sum(clicks) AS clicks
          FROM (
            SELECT user_agent, mail, count(*) FILTER (WHERE type = 'opened') AS opens,
                   count(*) FILTER (WHERE type = 'clicked') AS clicks
              FROM hit
             WHERE company = total.company AND verdict IS DISTINCT FROM 'machine'
             GROUP BY 1, 2
          ) person
         GROUP BY 1 ORDER BY 2 DESC LIMIT %s
      ) counted
    """,
    MOST_AGENTS,
)
_LINKS = SQL(
    """
    SELECT jsonb_agg(jsonb_build_array(link_ref, human, machine, people))
      FROM (
        SELECT link_ref, sum(human) AS human, sum(machine) AS machine,
               count(*) FILTER (WHERE human > 0) AS people
          FROM (
            SELECT link_ref, mail, count(*) FILTER (WHERE verdict = 'human') AS human,
                   count(*) FILTER (WHERE verdict = 'machine') AS machine
              FROM hit
             WHERE company = total.company AND type = 'clicked' AND link_ref IS NOT NULL
             GROUP BY 1, 2
          ) person
         GROUP BY 1
      ) counted
    """
)
