from psycopg2 import DataError, errors

from odoo import api, models
from odoo.tools import SQL, mute_logger

from ..queries import capture_changes
from ..queries.append_touchpoints import select_columns


class EcrmCollectorMixin(models.AbstractModel):
    """What a collector inherits: it turns records of one Odoo model into touchpoints.

    A collector names its source and says in SQL which acts a source row holds and what
    they carry. Reading in batches, idempotence, progress, live changes come from here.
    A bridge adds a collector by inheriting this model under a new name::

        class EcrmCollectorSurvey(models.AbstractModel):
            _name = "ecrm.collector.survey"
            _inherit = "ecrm.collector.mixin"
            _description = "Survey Answers"
            _source = "survey.user_input"
            _capture_columns = ("state",)

            def _acts(self):
                return {"web.form": SQL("CASE WHEN source.state = 'done' THEN ... END")}

            def _values(self):
                return {"partner_id": SQL("source.partner_id"), ...}

    A touchpoint says what was known when it was read first, except for ``_revised_kinds``:
    another date, amount or customer of an order replaces what was told of it. What did not
    hold in the end, such as the confirmation of an order that is cancelled, stays told.
    There is one reader per source.
    """

    _name = "ecrm.collector.mixin"
    _description = "Collector (mixin)"
    _source = None
    _collector_sequence = 10
    #: Columns on which acts depend: a change of others is not noted. Empty: any change.
    _capture_columns = ()
    #: Kinds whose instant is exact: they are told anew when their row tells them differently.
    _revised_kinds = ()

    #: Column of a customer whose money depends on the row, whatever is told of it.
    _customer_column = None

    # ------------------------------------------------------------
    # WHAT A COLLECTOR SAYS
    # ------------------------------------------------------------

    def _is_available(self):
        """Return whether the source is installed, with all that this collector needs."""
        return self._source in self.env

    def _acts(self):
        """Return what a source row can tell of: kind -> SQL of its instant (UTC) or NULL.

        An act whose instant is NULL did not happen.
        """
        raise NotImplementedError

    def _values(self):
        """Return column of an event -> SQL over ``source``, ``act`` and the joins.

        ``uid``, ``occurred_at``, ``kind``, ``res_model``, ``res_id`` and the identity are
        filled in where they are not given.
        """
        raise NotImplementedError

    def _identities(self):
        """Return by what the person is known: kind -> SQL of the key, the best one first."""
        partner = self._values().get("partner_id")
        return {"partner": partner} if partner else {}

    def _joins(self):
        """Return further joins on ``source``, as SQL."""
        return SQL()

    def _where(self):
        """Return which source rows count at all, as SQL."""
        return SQL("TRUE")

    def _capture_condition(self):
        """Return which changed rows are noted, as SQL on ``NEW``; None for all."""
        return None

    # ------------------------------------------------------------
    # COLLECTING
    # ------------------------------------------------------------

    @api.private
    def _collect(self, ids, dense=False):
        """Append the touchpoints of source rows; set aside a row that cannot be read.

        :param list[int] ids: of the source
        :param bool dense: they are all ids from the first to the last
        :return tuple[int, int]: touchpoints stored and refused
        """
        try:
            # a value that SQL cannot convert fails the whole statement, as foreseen
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                _read, stored, refused = self._append(self._select(ids, dense), dense)
                self.env["ecrm.quarantine"].settle_rows(self._name, ids)
                return stored, refused
        except (DataError, errors.ProgramLimitExceeded) as error:
            if len(ids) == 1:
                self.env["ecrm.quarantine"].refuse_row(
                    self._name, ids[0], str(error).splitlines()[0]
                )
                return 0, 1
        middle = len(ids) // 2
        halves = self._collect(ids[:middle], dense), self._collect(ids[middle:], dense)
        return tuple(map(sum, zip(*halves, strict=True)))

    def _append(self, events, dense):
        log = self.env["ecrm.log"]
        if self._revised_kinds and not dense:
            log.withdraw_select(events, self._revised_kinds)
        return log.append_select(events)

    @api.private
    def _note_customers(self, ids):
        """Note the customers of changed rows, so that their figures are renewed.

        Nothing new may be told of a row that changes money: a credit note that is reset to
        draft is one, an order that was refused another.
        """
        if self._customer_column:
            self.env.cr.execute(
                capture_changes.note_owners(self._source_table(), self._customer_column, ids)
            )

    def _select(self, ids, dense=False):
        """Return the SELECT of all touchpoints of source rows."""
        rows = SQL("source.id = ANY(%s)", list(ids))
        if dense:
            # history is then read along the key, however large the table
            rows = SQL("source.id BETWEEN %s AND %s", ids[0], ids[-1])
        acts = SQL(", ").join(
            SQL("(%s, (%s)::timestamp)", kind, instant) for kind, instant in self._acts().items()
        )
        return SQL(
            """
            SELECT %(columns)s
              FROM %(table)s source
              %(joins)s
             CROSS JOIN LATERAL (VALUES %(acts)s) AS act(kind, at)
             WHERE %(rows)s AND act.at IS NOT NULL AND %(where)s
            """,
            columns=self._columns(),
            table=SQL.identifier(self.env[self._source]._table),
            joins=self._joins(),
            acts=acts,
            rows=rows,
            where=self._where(),
        )

    def _columns(self):
        values = {
            "uid": self._uid(),
            "occurred_at": SQL("act.at"),
            "kind": SQL("act.kind"),
            "res_model": SQL("%s", self._source),
            "res_id": SQL("source.id"),
            **self._identity_columns(),
            **self._values(),
        }
        return select_columns(values)

    def _uid(self, *more):
        """Return the SQL of the id of an act: the same act of the same row has the same.

        Nobody outside can tell it beforehand, see ``ecrm.log.own_uid``.

        :param SQL more: what else tells two acts of one kind of one row apart
        """
        return self.env["ecrm.log"].own_uid_select(
            SQL("%s", self._source), SQL("source.id, act.kind"), *more
        )

    def _identity_columns(self):
        identities = self._identities()
        if not identities:
            return {}
        kinds = [SQL("WHEN %s IS NOT NULL THEN %s", key, kind) for kind, key in identities.items()]
        keys = [SQL("(%s)::text", key) for key in identities.values()]
        return {
            "identity_kind": SQL("CASE %s END", SQL(" ").join(kinds)),
            "identity_key": SQL("coalesce(%s)", SQL(", ").join(keys)),
        }

    # ------------------------------------------------------------
    # THE SOURCE
    # ------------------------------------------------------------

    def _source_table(self):
        return self.env[self._source]._table

    def _source_has(self, name):
        """Return whether the source has a column; those of other modules come and go."""
        field = self.env[self._source]._fields.get(name)
        return bool(field and field.store and field.column_type)

    @api.private
    def _next_ids(self, after, limit):
        """Return the next source ids, in order."""
        table = SQL.identifier(self._source_table())
        query = SQL("SELECT id FROM %s WHERE id > %s ORDER BY id LIMIT %s", table, after, limit)
        return [row[0] for row in self.env.execute_query(query)]

    @api.private
    def _analyze(self):
        """Let PostgreSQL look at the source anew before its history is read.

        With the statistics of an empty table, as after a large import, it would compare each
        row of a batch with each other.
        """
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(self._source_table())))

    @api.private
    def _count(self):
        """Return how many rows the source has."""
        table = SQL.identifier(self._source_table())
        ((count,),) = self.env.execute_query(SQL("SELECT count(*) FROM %s", table))
        return count

    @api.private
    def _triggers(self):
        """Return the triggers by which the source notes its changes."""
        columns = [name for name in self._capture_columns if self._source_has(name)]
        return capture_changes.triggers(
            self._source_table(), self._source, columns, self._capture_condition()
        )

    @api.private
    def _prepare_collector(self):
        """Return the values of this collector's line on the Health page."""
        return {
            "name": self._description,
            "collector": self._name,
            "source_model": self._source,
            "sequence": self._collector_sequence,
            "total": self._count(),
        }

    @api.private
    def _timezones(self):
        """Return company id -> name of its time zone."""
        # sudo: days are those of each company, whoever runs the pipeline
        companies_sudo = self.env["res.company"].sudo().with_context(active_test=False).search([])
        return {company.id: company._ecrm_zone() for company in companies_sudo}

    def _timezone_of(self, company):
        """Return the SQL of the time zone of a company, given the SQL of its id."""
        zones = [SQL("WHEN %s THEN %s", *zone) for zone in self._timezones().items()]
        return SQL("(CASE %s %s ELSE 'UTC' END)", company, SQL(" ").join(zones))
