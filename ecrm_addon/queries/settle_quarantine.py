"""Putting aside what is refused, and settling what could be stored in the end."""

from odoo.tools import SQL

from .expressions import NOW


def refuse_events(rows):
    """Return the statement that puts events aside; what is known already stays as it is.

    :param str rows: JSON array of objects with ``uid``, ``reason``, ``kind``,
        ``company_id`` and ``body``
    """
    return SQL(
        """
        INSERT INTO ecrm_quarantine
               (uid, reason, kind, company_id, body, state, create_date, write_date)
        SELECT uid, reason, left(kind, 80), company_id, body, 'refused',
               %(now)s, %(now)s
          FROM jsonb_to_recordset(%(rows)s::jsonb) AS event
               (uid varchar, reason varchar, kind varchar, company_id int4, body jsonb)
         ORDER BY uid
        ON CONFLICT (uid) DO NOTHING
        """,
        rows=rows,
        now=NOW,
    )


def refuse_row(uid, collector, res_id, reason):
    """Return the statement that puts a source row aside which cannot even be read.

    :param SQL uid: of the row
    :param str collector: name of the collector
    :param int res_id: id of the row
    :param str reason: why not
    """
    return SQL(
        """
        INSERT INTO ecrm_quarantine (uid, reason, body, state, create_date, write_date)
        VALUES (%(uid)s::text, %(reason)s,
                jsonb_build_object('collector', %(collector)s, 'res_id', %(res_id)s),
                'refused', %(now)s, %(now)s)
        ON CONFLICT (uid) DO UPDATE SET reason = excluded.reason, write_date = %(now)s
        """,
        uid=uid,
        reason=reason,
        collector=collector,
        res_id=res_id,
        now=NOW,
    )


def settle_rows(uid, ids):
    """Return the statement that settles source rows which could be read now.

    :param SQL uid: of a row, given ``source.id``
    :param list[int] ids: of the rows
    """
    return SQL(
        """
        UPDATE ecrm_quarantine SET state = 'stored', write_date = %s
         WHERE state = 'refused'
           AND uid IN (SELECT %s::text FROM unnest(%s::int[]) AS source(id))
        """,
        NOW,
        uid,
        list(ids),
    )
