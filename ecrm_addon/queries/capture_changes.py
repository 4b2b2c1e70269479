"""Change capture: Odoo's own tables note which of their rows changed.

A watermark on ids or dates misses rows that are committed late or carry an old date, and
the tables have no index on ``write_date``. A statement trigger that appends the changed
ids to ``ecrm_change`` misses nothing, sees raw SQL too, and becomes visible exactly when
its transaction commits (the transactional outbox pattern). It takes no lock on any row.
"""

from odoo.tools import SQL

FUNCTION = SQL.identifier("ecrm_capture_change")
TRIGGERS = (
    (SQL.identifier("ecrm_capture_insert"), SQL("INSERT")),
    (SQL.identifier("ecrm_capture_update"), SQL("UPDATE")),
)


def create_function():
    """Return the statement that creates the trigger function."""
    return SQL(
        """
        CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO ecrm_change (model, res_id) SELECT TG_ARGV[0], id FROM changed;
            RETURN NULL;
        END $$
        """,
        FUNCTION,
    )


def create_triggers(table, model):
    """Return the statement that makes a table note its inserted and updated rows.

    :param str table: name of the table, such as ``sale_order``
    :param str model: name under which the change is noted, such as ``sale.order``
    """
    return SQL("; ").join(
        SQL(
            """
            CREATE OR REPLACE TRIGGER %s AFTER %s ON %s
            REFERENCING NEW TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION %s(%s)
            """,
            name,
            operation,
            SQL.identifier(table),
            FUNCTION,
            model,
        )
        for name, operation in TRIGGERS
    )


def take(model, limit):
    """Return the statement that takes noted changes off the list and gives their ids.

    :param str model: whose changes
    :param int limit: how many notes at most; several may name one record
    """
    return SQL(
        """
        WITH taken AS (
            DELETE FROM ecrm_change
             WHERE id IN (
                SELECT id FROM ecrm_change WHERE model = %s
                 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
             )
            RETURNING res_id
        )
        SELECT DISTINCT res_id FROM taken
        """,
        model,
        limit,
    )


def peek(model, limit):
    """Return the query of records with a note, without taking the notes away."""
    return SQL(
        "SELECT DISTINCT res_id FROM ecrm_change WHERE model = %s LIMIT %s", model, limit
    )


def drop_all():
    """Return the statement that removes every trigger and the function."""
    return SQL("DROP FUNCTION IF EXISTS %s() CASCADE", FUNCTION)
