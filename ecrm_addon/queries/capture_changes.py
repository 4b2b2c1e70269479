"""Change capture: Odoo's own tables note which of their rows changed.

A watermark on ids or dates misses rows that are committed late or carry an old date, and
the tables have no index on ``write_date``. A trigger that appends the changed ids to
``ecrm_change`` misses nothing, sees raw SQL too, and becomes visible exactly when its
transaction commits (the transactional outbox pattern). It takes no lock on any row.

New rows are noted once per statement, because they come in masses. Changed rows are noted
once per row where a collector says which columns matter: PostgreSQL then looks at those
columns and calls nothing for all other updates, such as a page view's or a counter's.
"""

import hashlib

from odoo.tools import SQL

PREFIX = "ecrm_capture"
ROWS_FUNCTION = SQL.identifier(f"{PREFIX}_change")
ROW_FUNCTION = SQL.identifier(f"{PREFIX}_row")


def create_functions():
    """Return the statement that creates the trigger functions."""
    return SQL(
        """
        CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO ecrm_change (model, res_id) SELECT TG_ARGV[0], id FROM changed;
            RETURN NULL;
        END $$;
        CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO ecrm_change (model, res_id) VALUES (TG_ARGV[0], NEW.id);
            RETURN NULL;
        END $$
        """,
        ROWS_FUNCTION,
        ROW_FUNCTION,
    )


def triggers(table, model, columns=None, condition=None):
    """Return the triggers by which a table notes its new and changed rows.

    A name holds a hash of what the trigger does: a changed trigger has another name.

    :param str table: name of the table, such as ``sale_order``
    :param str model: name under which the change is noted, such as ``sale.order``
    :param list[str] columns: note a changed row only where one of these differs
    :param SQL condition: on the row as it is ``NEW``, further narrowing down the changes
    :return dict[str, SQL]: name -> statement that creates it
    """
    source = SQL.identifier(table)
    each_statement = SQL(
        "%s REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION %s(%s)",
        source,
        ROWS_FUNCTION,
        model,
    )
    each_row = columns and SQL(
        "%s FOR EACH ROW WHEN ((%s) IS DISTINCT FROM (%s) AND %s) EXECUTE FUNCTION %s(%s)",
        source,
        SQL(", ").join(SQL.identifier("old", column) for column in columns),
        SQL(", ").join(SQL.identifier("new", column) for column in columns),
        condition or SQL("TRUE"),
        ROW_FUNCTION,
        model,
    )
    return dict(
        [
            _named("insert", SQL("AFTER INSERT ON %s", each_statement)),
            _named("update", SQL("AFTER UPDATE ON %s", each_row or each_statement)),
        ]
    )


def _named(operation, definition):
    text = repr((definition.code, definition.params))
    name = f"{PREFIX}_{operation}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    return name, SQL("CREATE TRIGGER %s %s", SQL.identifier(name), definition)


def list_triggers(tables):
    """Return the query of the triggers that tables have: table, name."""
    return SQL(
        """
        SELECT source.name, tgname
          FROM unnest(%s::text[]) AS source(name)
          JOIN pg_trigger ON tgrelid = to_regclass(quote_ident(source.name))
         WHERE starts_with(tgname, %s)
        """,
        list(tables),
        f"{PREFIX}_",
    )


def drop_trigger(table, name):
    """Return the statement that drops one trigger."""
    return SQL("DROP TRIGGER IF EXISTS %s ON %s", SQL.identifier(name), SQL.identifier(table))


def note_owners(table, column, ids):
    """Return the statement that notes the contacts to whom rows of a table belong.

    :param str table: name of the table, such as ``sale_order``
    :param str column: its column that names a contact
    :param list[int] ids: of the rows
    """
    return SQL(
        """
        INSERT INTO ecrm_change (model, res_id)
        SELECT DISTINCT 'res.partner', source.%(column)s
          FROM %(table)s source
         WHERE source.id = ANY(%(ids)s) AND source.%(column)s IS NOT NULL
        """,
        table=SQL.identifier(table),
        column=SQL.identifier(column),
        ids=list(ids),
    )


def take(model, limit):
    """Return the statement that takes noted changes off the list.

    All notes of a record lie together, so that it comes up once and not in each batch.

    :param str model: whose changes
    :param int limit: how many notes at most; several may name one record
    :return: SQL giving id of the record and key of each note
    """
    return SQL(
        """
        DELETE FROM ecrm_change
         -- by place: by id, PostgreSQL would read the whole list for each batch
         WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM ecrm_change WHERE model = %s
             ORDER BY res_id LIMIT %s FOR UPDATE SKIP LOCKED
         ))
        RETURNING res_id, key
        """,
        model,
        limit,
    )


def take_days(model, limit):
    """Return the statement that takes all notes of the first so many days off the list.

    :param str model: whose changes; keys begin with a day, YYYY-MM-DD
    :param int limit: how many days at most
    :return: SQL giving id of the record and key of each note
    """
    return SQL(
        """
        DELETE FROM ecrm_change
         WHERE model = %(model)s AND left(key, 10) IN (
            SELECT DISTINCT left(key, 10) AS day FROM ecrm_change WHERE model = %(model)s
             ORDER BY day LIMIT %(limit)s
         )
        RETURNING res_id, key
        """,
        model=model,
        limit=limit,
    )


def take_in_order(models, limit):
    """Return the statement that takes the oldest notes of some models off the list.

    :return: SQL giving id, model, id of the record and key of each note
    """
    return SQL(
        """
        DELETE FROM ecrm_change
         WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM ecrm_change WHERE model = ANY(%s)
             ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
         ))
        RETURNING id, model, res_id, key
        """,
        list(models),
        limit,
    )


def peek(model, limit):
    """Return the query of records with a note, without taking the notes away."""
    return SQL("SELECT DISTINCT res_id FROM ecrm_change WHERE model = %s LIMIT %s", model, limit)


def noted(models):
    """Return the query of those models that have a note."""
    return SQL(
        """
        SELECT source.model FROM unnest(%s::text[]) AS source(model)
         WHERE EXISTS (SELECT FROM ecrm_change note WHERE note.model = source.model)
        """,
        list(models),
    )


def count(models, limit):
    """Return the query of how many notes some models have, at most so many."""
    return SQL(
        "SELECT count(*) FROM (SELECT FROM ecrm_change WHERE model = ANY(%s) LIMIT %s) note",
        list(models),
        limit,
    )


def compact(model):
    """Return the statement that keeps the last note of each record of a model."""
    return SQL(
        """
        DELETE FROM ecrm_change note
         USING (
            SELECT res_id, key, max(id) AS last_id
              FROM ecrm_change WHERE model = %(model)s
             GROUP BY res_id, key HAVING count(*) > 1
         ) often
         WHERE note.model = %(model)s AND note.res_id = often.res_id
           AND note.key IS NOT DISTINCT FROM often.key AND note.id < often.last_id
        """,
        model=model,
    )


def discard(model):
    """Return the statement that forgets the notes of a model."""
    return SQL("DELETE FROM ecrm_change WHERE model = %s", model)


def drop_all():
    """Return the statement that removes every trigger and the functions."""
    return SQL("DROP FUNCTION IF EXISTS %s(), %s() CASCADE", ROWS_FUNCTION, ROW_FUNCTION)
