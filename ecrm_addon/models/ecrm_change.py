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
    key = fields.Char(help="What else the reader of the note has to know.")

    # the pipeline takes the notes of one model, record by record
    _record_idx = models.Index("(model, res_id)")

    def init(self):
        self.env.cr.execute(capture_changes.create_functions())

    @api.model
    @api.private
    def note(self, model, ids, key=None):
        """Note that records changed, from Python code that no trigger can see."""
        # sudo: nobody may write notes by themselves; whoever changed a record leaves one
        self.sudo().create([{"model": model, "res_id": res_id, "key": key} for res_id in ids])

    @api.model
    @api.private
    def take(self, model, limit=50_000):
        """Take notes off the list.

        :return list[int]: ids of the changed records, each once; empty when none is left
        """
        return sorted({res_id for res_id, _key in self.take_notes(model, limit)})

    @api.model
    @api.private
    def take_notes(self, model, limit=50_000):
        """Take notes off the list.

        :return list[tuple]: id of the record and key, as noted
        """
        self.flush_model()
        return self.env.execute_query(capture_changes.take(model, limit))

    @api.model
    @api.private
    def take_days(self, model, limit):
        """Take all notes of some days off the list, however often each is noted.

        :param int limit: how many days at most
        :return list[tuple]: id of the record and key, each pair once
        """
        self.flush_model()
        return sorted(set(self.env.execute_query(capture_changes.take_days(model, limit))))

    @api.model
    @api.private
    def take_in_order(self, models_, limit=50_000):
        """Take the oldest notes of some models off the list.

        :return list[tuple]: model, id of the record and key, as noted, oldest first
        """
        self.flush_model()
        rows = self.env.execute_query(capture_changes.take_in_order(models_, limit))
        return [row[1:] for row in sorted(rows)]

    @api.model
    @api.private
    def peek(self, model, limit=200):
        """Return the noted ids of a model; many notes are left to the pipeline.

        :return list[int]: ids of the changed records, none where there are more than a few
        """
        rows = self.env.execute_query(capture_changes.peek(model, limit + 1))
        return [row[0] for row in rows] if len(rows) <= limit else []

    @api.model
    @api.private
    def noted(self, models_):
        """Return which of some models have a note.

        :param Iterable[str] models_: names of models
        :return set[str]: names of models
        """
        self.flush_model()
        return {row[0] for row in self.env.execute_query(capture_changes.noted(models_))}

    @api.model
    @api.private
    def count(self, models_, limit):
        """Return how many notes some models have, at most ``limit``."""
        self.flush_model()
        return self.env.execute_query(capture_changes.count(models_, limit))[0][0]

    @api.model
    @api.private
    def compact(self, model):
        """Keep one note per record: what nobody takes must not grow without bound."""
        self.flush_model()
        self.env.cr.execute(capture_changes.compact(model))

    @api.model
    @api.private
    def discard(self, model):
        """Forget the notes of a model that nobody reads any more."""
        self.flush_model()
        self.env.cr.execute(capture_changes.discard(model))
