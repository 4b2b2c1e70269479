"""Tables of the touchpoint log.

A table that Odoo's ORM manages cannot be partitioned: ``-u`` crashes on it. So the rows
live in ``ecrm_touchpoint_data``, partitioned by month, and the model reads a view.
"""

from datetime import date

from odoo.tools import SQL

from .expressions import machine_visit, verdict_of

#: The parent of the partitions; each is named after it and its month.
TABLE = "ecrm_touchpoint_data"
COLUMNS = (
    "id",
    "uid",
    "occurred_at",
    "received_at",
    "kind",
    "channel",
    "identity_id",
    "company_id",
    "website_id",
    "session_key",
    "res_model",
    "res_id",
    "path",
    "referrer_host",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "value",
    "verdict",
    "verdict_reasons",
    "consent_id",
    "props",
)


def create():
    """Return the statement that creates the log; it does nothing where it exists."""
    return SQL("""
        CREATE SEQUENCE IF NOT EXISTS ecrm_touchpoint_id_seq;
        CREATE TABLE IF NOT EXISTS ecrm_touchpoint_data (
            id bigint NOT NULL DEFAULT nextval('ecrm_touchpoint_id_seq'),
            uid uuid NOT NULL,
            occurred_at timestamp NOT NULL,
            received_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
            kind varchar NOT NULL,
            channel varchar NOT NULL,
            identity_id int4,
            company_id int4,
            website_id int4,
            session_key varchar,
            res_model varchar,
            res_id int4,
            path varchar,
            referrer_host varchar,
            utm_source varchar,
            utm_medium varchar,
            utm_campaign varchar,
            value numeric,
            verdict varchar,
            verdict_reasons varchar,
            consent_id int4,
            props jsonb,
            -- reading one record by id; a partitioned key must hold the partition column
            PRIMARY KEY (id, occurred_at)
        ) PARTITION BY RANGE (occurred_at);
        -- the timeline of one customer, newest first, by keyset
        CREATE INDEX IF NOT EXISTS ecrm_touchpoint_data_identity_idx
            ON ecrm_touchpoint_data (identity_id, occurred_at, id);
        -- the list of all touchpoints, newest first
        CREATE INDEX IF NOT EXISTS ecrm_touchpoint_data_occurred_idx
            ON ecrm_touchpoint_data (occurred_at, id);
        -- what was recorded about one order, mailing or chat; most views are about none
        CREATE INDEX IF NOT EXISTS ecrm_touchpoint_data_record_idx
            ON ecrm_touchpoint_data (res_model, res_id) WHERE res_id IS NOT NULL;
        -- the events of one visit; what was not done in a visit costs nothing
        CREATE INDEX IF NOT EXISTS ecrm_touchpoint_data_session_idx
            ON ecrm_touchpoint_data (session_key) WHERE session_key IS NOT NULL;
        -- a unique index over partitions needs their key, which a retry may change:
        -- "the same uid twice is one row" is decided by this small table
        CREATE TABLE IF NOT EXISTS ecrm_touchpoint_key (
            uid uuid PRIMARY KEY,
            occurred_at timestamp NOT NULL
        );
    """)


def create_views(waiting):
    """Return the statement that (re)creates the views over the log.

    ``ecrm_touchpoint_log`` tells also what browsers sent just now and the pipeline has not
    unfolded yet, so that nothing acknowledged is ever missing.

    ``ecrm_touchpoint`` is what the model reads: the contact (through the identity) and the
    words for the kind come with the row, so that lists can filter and group by them;
    PostgreSQL leaves a join out where nobody asks for its column. The verdict of a visit
    holds for what was done in it, see ``expressions.machine_visit``.

    :param SQL waiting: a SELECT of ``COLUMNS``, see ``receive_touchpoints.tail``
    """
    verdict, reasons = verdict_of(SQL("data"))
    return SQL(
        """
        DROP VIEW IF EXISTS ecrm_touchpoint, ecrm_touchpoint_log;
        CREATE VIEW ecrm_touchpoint_log AS
        SELECT %(columns)s FROM ecrm_touchpoint_data
         UNION ALL
        SELECT * FROM (%(waiting)s) waiting;
        CREATE VIEW ecrm_touchpoint AS
        SELECT data.id, data.uid::text AS uid, data.occurred_at, data.received_at, data.kind,
               kind.id AS kind_id, data.channel, data.identity_id, identity.partner_id,
               data.company_id, data.website_id, data.session_key, data.res_model,
               data.res_id, data.path, data.referrer_host, data.utm_source, data.utm_medium,
               data.utm_campaign, data.value, %(verdict)s AS verdict,
               %(reasons)s AS verdict_reasons, data.consent_id, data.props
          FROM ecrm_touchpoint_log data
          LEFT JOIN ecrm_identity identity ON identity.id = data.identity_id
          LEFT JOIN ecrm_touchpoint_kind kind ON kind.code = data.kind
          LEFT JOIN %(machine_visit)s
        """,
        columns=SQL(", ").join(map(SQL.identifier, COLUMNS)),
        waiting=waiting,
        verdict=verdict,
        reasons=reasons,
        machine_visit=machine_visit(SQL("data")),
    )


def create_partition(month):
    """Return the statement that adds the partition of one month.

    Attaching takes a lock that lets readers and writers go on; ``CREATE TABLE ...
    PARTITION OF`` would stop both.

    :param datetime.date month: any day of the month
    """
    first = month.replace(day=1)
    table = SQL.identifier(partition_name(first))
    return SQL(
        """
        CREATE TABLE %(table)s (LIKE ecrm_touchpoint_data INCLUDING ALL);
        ALTER TABLE ecrm_touchpoint_data ATTACH PARTITION %(table)s
            FOR VALUES FROM (%(first)s) TO (%(following)s)
        """,
        table=table,
        first=first.isoformat(),
        following=following(first).isoformat(),
    )


def following(first):
    """Return the first day of the month after one.

    :param datetime.date first: first day of a month
    """
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def month_of(name):
    """Return the first day of the month whose partition has a name.

    :param str name: such as ``ecrm_touchpoint_data_2026_11``
    """
    year, month = name.removeprefix(f"{TABLE}_").split("_")
    return date(int(year), int(month), 1)


def partition_name(month):
    """Return the name of the month's partition, such as ``ecrm_touchpoint_data_2026_11``."""
    return f"{TABLE}_{month:%Y_%m}"


def missing(names):
    """Return the query of those partitions that are not there.

    It sees what others committed after this transaction began, as no query of a catalog does.

    :param Iterable[str] names: as ``partition_name`` gives them
    """
    return SQL(
        "SELECT name FROM unnest(%s) AS name WHERE to_regclass(name) IS NULL ORDER BY name",
        list(names),
    )


def drop_partition(name):
    """Return the statement that drops one partition by its name."""
    return SQL("DROP TABLE %s", SQL.identifier(name))


def list_partitions():
    """Return the query of all partitions: name, estimated rows, bytes."""
    return SQL("""
        SELECT child.relname, greatest(child.reltuples, 0)::bigint,
               pg_total_relation_size(child.oid)
          FROM pg_inherits
          JOIN pg_class child ON child.oid = pg_inherits.inhrelid
         WHERE pg_inherits.inhparent = 'ecrm_touchpoint_data'::regclass
         ORDER BY child.relname
    """)


def drop():
    """Return the statement that drops the whole log."""
    return SQL("""
        DROP VIEW IF EXISTS ecrm_touchpoint, ecrm_touchpoint_log;
        DROP TABLE IF EXISTS ecrm_touchpoint_data, ecrm_touchpoint_key;
        DROP SEQUENCE IF EXISTS ecrm_touchpoint_id_seq;
    """)
