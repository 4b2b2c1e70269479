from odoo import api, fields, models

from ..queries import capture_changes


class EcrmChange(models.Model):
    """A note that a record changed and that what is derived from it is to be renewed.

    Written by database triggers and by the port, only ever appended; the pipeline takes
    the notes off. See ``queries/capture_changes.py`` for why this is no watermark.
    """

    _name = "ecrm.change"
    _description = "Noted Change"
    _log_access = False

    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="model", required=True)

    # the pipeline takes the oldest notes of one model
    _model_idx = models.Index("(model, id)")

    def init(self):
        self.env.cr.execute(capture_changes.create_function())

    @api.model
    @api.private
    def note(self, model, ids):
        """Note that records changed, from Python code that no trigger can see."""
        self.create([{"model": model, "res_id": res_id} for res_id in ids])

    @api.model
    @api.private
    def take(self, model, limit=50_000):
        """Take notes off the list.

        :return list[int]: ids of the changed records, each once; empty when none is left
        """
        self.flush_model()
        return [row[0] for row in self.env.execute_query(capture_changes.take(model, limit))]

    @api.model
    @api.private
    def peek(self, model, limit=200):
        """Return the oldest noted ids of a model; many notes are left to the pipeline.

        :return list[int]: ids of the changed records, none where there are more than a few
        """
        rows = self.env.execute_query(capture_changes.peek(model, limit + 1))
        return [row[0] for row in rows] if len(rows) <= limit else []
