from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from odoo import http

from .door_dispatcher import DoorDispatcher


class LinkDispatcher(DoorDispatcher):
    """Serves routes of ``type="ecrm_link"``: what mails link to, followed by browsers.

    As at the other doors nobody gets a session, and nobody waits for anybody. A query is let
    be: mail clients and scanners add theirs to links.
    """

    routing_type = "ecrm_link"
    mimetypes = ()
    # a reader waits: one statement is its own transaction, without two more round trips
    isolation_level = ISOLATION_LEVEL_AUTOCOMMIT

    def pre_dispatch(self, rule, args):
        result = http.HttpDispatcher.pre_dispatch(self, rule, args)
        self.request.session.can_save = bool(self.request.db and self.request.session.uid)
        return result
