from psycopg2 import DataError

from odoo import api, models
from odoo.tools import SQL, mute_logger

from ..queries import capture_changes
from ..queries.append_touchpoints import EVENT_COLUMNS


class EcrmCollectorMixin(models.AbstractModel):
    """What a collector inherits: it turns records of one Odoo model into touchpoints.

    A collector names its source and says in SQL which acts a source row holds and what
    they carry. Reading in batches, idempotence, progress, live changes come from here.
    A bridge adds a collector by inheriting this model under a new name::

        class EcrmCollectorLead(models.AbstractModel):
            _name = "ecrm.collector.lead"
            _inherit = "ecrm.collector.mixin"
            _description = "Website Form Leads"
            _source = "crm.lead"

            def _acts(self):
                return {"web.form": SQL("source.create_date")}

            def _values(self):
                return {"partner_id": SQL("source.partner_id"), ...}
    """

    _name = "ecrm.collector.mixin"
    _description = "Collector (mixin)"
    _source = None
    _collector_sequence = 10

    # ------------------------------------------------------------
    # WHAT A COLLECTOR SAYS
    # ------------------------------------------------------------

    def _acts(self):
        """Return what a source row can tell of: kind -> SQL of its instant (UTC) or NULL.

        An act whose instant is NULL did not happen.
        """
        raise NotImplementedError

    def _values(self):
        """Return column of ``EVENT_COLUMNS`` -> SQL over ``source``, ``act`` and the joins.

        ``uid``, ``occurred_at``, ``kind``, ``res_model``, ``res_id`` and, from
        ``partner_id``, the identity are filled in where they are not given.
        """
        raise NotImplementedError

    def _joins(self):
        """Return further joins on ``source``, as SQL."""
        return SQL()

    def _where(self):
        """Return which source rows count at all, as SQL."""
        return SQL("TRUE")

    # ------------------------------------------------------------
    # WHAT THE MIXIN DOES
    # ------------------------------------------------------------

    @api.private
    def _collect(self, ids):
        """Append the touchpoints of source rows; set aside a row that cannot be read.

        :param list[int] ids: of the source
        :return tuple[int, int]: touchpoints stored and refused
        """
        try:
            # a value that SQL cannot convert fails the whole statement, as foreseen
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                _read, stored, refused = self.env["ecrm.log"].append_select(self._select(ids))
                return stored, refused
        except DataError as error:
            if len(ids) == 1:
                self.env["ecrm.log"].refuse(self._poison(ids[0]), str(error).splitlines()[0])
                return 0, 1
        middle = len(ids) // 2
        halves = self._collect(ids[:middle]), self._collect(ids[middle:])
        return tuple(map(sum, zip(*halves)))

    def _poison(self, res_id):
        """Return what is kept of a source row that cannot be read."""
        return {"res_model": self._source, "res_id": res_id, "collector": self._name}

    def _select(self, ids):
        """Return the SELECT of all touchpoints of source rows."""
        acts = SQL(", ").join(
            SQL("(%s, (%s)::timestamp)", kind, instant) for kind, instant in self._acts().items()
        )
        return SQL(
            """
            SELECT %(columns)s
              FROM %(table)s source
              %(joins)s
             CROSS JOIN LATERAL (VALUES %(acts)s) AS act(kind, at)
             WHERE source.id = ANY(%(ids)s) AND act.at IS NOT NULL AND %(where)s
            """,
            columns=self._columns(),
            table=SQL.identifier(self.env[self._source]._table),
            joins=self._joins(),
            acts=acts,
            ids=list(ids),
            where=self._where(),
        )

    def _columns(self):
        values = {
            "uid": SQL("md5(concat_ws(',', %s, source.id, act.kind))::uuid", self._source),
            "occurred_at": SQL("act.at"),
            "kind": SQL("act.kind"),
            "res_model": SQL("%s", self._source),
            "res_id": SQL("source.id"),
            **self._values(),
        }
        partner = values.get("partner_id")
        if partner and "identity_key" not in values:
            values["identity_kind"] = SQL("CASE WHEN %s IS NOT NULL THEN 'partner' END", partner)
            values["identity_key"] = SQL("(%s)::text", partner)
        return SQL(", ").join(
            SQL(
                "(%s)::%s AS %s", values.get(name, SQL("NULL")), SQL(kind), SQL.identifier(name)
            )
            for name, kind in EVENT_COLUMNS.items()
        )

    @api.private
    def _next_ids(self, after, limit):
        """Return the next source ids, in order."""
        table = SQL.identifier(self.env[self._source]._table)
        query = SQL("SELECT id FROM %s WHERE id > %s ORDER BY id LIMIT %s", table, after, limit)
        return [row[0] for row in self.env.execute_query(query)]

    @api.private
    def _start_capture(self):
        """Let the source note its changes from now on."""
        self.env.cr.execute(
            capture_changes.create_triggers(self.env[self._source]._table, self._source)
        )

    @api.private
    def _prepare_collector(self):
        """Return the values of this collector's line on the Health page."""
        table = SQL.identifier(self.env[self._source]._table)
        ((total,),) = self.env.execute_query(SQL("SELECT count(*) FROM %s", table))
        return {
            "name": self._description,
            "collector": self._name,
            "source_model": self._source,
            "sequence": self._collector_sequence,
            "total": total,
        }
