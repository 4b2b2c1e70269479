"""Retention: months of the log lose the kinds that are kept no longer.

A month of which nothing is to be kept is dropped. Of another one the survivors are copied
into a new table, which then takes its place: deleting would leave the space taken and the
indexes bloated. Only whoever writes into that old month waits for the copy; the swap stops
everybody for the moment it takes.
"""

from odoo.tools import SQL

from .expressions import NOW
from .touchpoint_schema import TABLE, following, partition_name


def find(month, kinds):
    """Return the query whether a month holds events of kinds, and whether of others.

    :param datetime.date month: first day of the month
    :param Iterable[str] kinds: kept no longer
    """
    return SQL(
        """
        SELECT EXISTS(SELECT FROM %(table)s WHERE kind = ANY(%(kinds)s)),
               EXISTS(SELECT FROM %(table)s WHERE kind != ALL(%(kinds)s))
        """,
        table=_table(month),
        kinds=list(kinds),
    )


def lock(month):
    """Return the statement that keeps a month as it is until the end of the transaction.

    It has to be the first one of its transaction: only then does the copy see all that was
    written before.
    """
    return SQL("LOCK TABLE %s IN SHARE MODE", _table(month))


def forget_keys(month, kinds):
    """Return the statement that removes the keys of what goes."""
    return SQL(
        """
        DELETE FROM ecrm_touchpoint_key key USING %s old
         WHERE key.uid = old.uid AND old.kind = ANY(%s)
        """,
        _table(month),
        list(kinds),
    )


def copy(month, kinds):
    """Return the statements that copy the survivors of a month into a table of its own.

    Its check tells PostgreSQL that the rows belong into the month, so that taking its place
    needs no second look at them.
    """
    new = _table(month, "_new")
    return SQL(
        """
        CREATE TABLE %(new)s (LIKE %(parent)s INCLUDING ALL);
        INSERT INTO %(new)s SELECT * FROM %(old)s WHERE kind != ALL(%(kinds)s) ORDER BY occurred_at;
        ALTER TABLE %(new)s ADD CONSTRAINT ecrm_month CHECK (
            occurred_at >= %(first)s AND occurred_at < %(last)s);
        """,
        new=new,
        old=_table(month),
        parent=SQL.identifier(TABLE),
        kinds=list(kinds),
        first=month.isoformat(),
        last=following(month).isoformat(),
    )


def swap(month):
    """Return the statements that put the copy in the month's place."""
    return SQL(
        """
        ALTER TABLE %(parent)s DETACH PARTITION %(old)s;
        DROP TABLE %(old)s;
        ALTER TABLE %(new)s RENAME TO %(old)s;
        ALTER TABLE %(parent)s ATTACH PARTITION %(old)s FOR VALUES FROM (%(first)s) TO (%(last)s);
        ALTER TABLE %(old)s DROP CONSTRAINT ecrm_month;
        """,
        parent=SQL.identifier(TABLE),
        old=_table(month),
        new=_table(month, "_new"),
        first=month.isoformat(),
        last=following(month).isoformat(),
    )


def drop(month):
    """Return the statement that drops a month."""
    return SQL("DROP TABLE %s", _table(month))


def drop_visits(before):
    """Return the statement that removes visits that began before an instant."""
    return SQL("DELETE FROM ecrm_session WHERE started_at < %s", before)


def drop_browsers(before, limit):
    """Return the statement that removes browsers of nobody, unseen since an instant.

    Their lines of consent stay, and lead to no browser any more.
    """
    return SQL(
        """
        DELETE FROM ecrm_identity WHERE id IN (
            SELECT id FROM ecrm_identity
             WHERE kind = 'device' AND partner_id IS NULL
               AND coalesce(last_seen, create_date, %(now)s) < %(before)s
             LIMIT %(limit)s)
        """,
        now=NOW,
        before=before,
        limit=limit,
    )


def _table(month, suffix=""):
    return SQL.identifier(partition_name(month) + suffix)
