from odoo import api, models

from ..queries import read_web_events


class EcrmLog(models.AbstractModel):
    """What the port tells of the website: who is there, visits, days."""

    _inherit = "ecrm.log"

    @api.model
    @api.private
    def live(self, since):
        """Return who has done something on a website since an instant, machines left out.

        Read from the log itself, because a digest may be a minute away.

        :param datetime since: UTC
        :return dict[int, str]: identity id -> path of its last event
        """
        return dict(self.env.execute_query(read_web_events.live(since)))

    @api.model
    @api.private
    def visit_events(self, keys):
        """Return a SELECT of the events of visits, see ``read_web_events.of_visits``."""
        return read_web_events.of_visits(keys)

    @api.model
    @api.private
    def web_events(self, periods):
        """Return a SELECT of the events of periods, see ``read_web_events.of_periods``."""
        return read_web_events.of_periods(periods)

    @api.model
    @api.private
    def web_events_of(self, identity_ids, period):
        """Return a SELECT of events of some, see ``read_web_events.of_identities``."""
        return read_web_events.of_identities(identity_ids, period)

    @api.model
    @api.private
    def note_all(self, model):
        """Note everything derived of one kind as changed, see ``read_web_events.note_all``."""
        self.env.cr.execute(read_web_events.note_all(model))
