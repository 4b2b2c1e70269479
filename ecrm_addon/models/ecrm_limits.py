import contextlib
import logging
import os
import threading

from odoo import api, models
from odoo.tools import config

from ..lib.tracking.rate_limit import RateLimit

#: Who knocks -> how often at once, and then per second. The system parameter
#: ``ecrm.limit_<kind>`` overrides one, such as "200 5".
LIMITS = {
    # a person's browser sends a batch now and then; hundreds at once are a program
    "visit": (200, 5),
    # new browsers from one address: an office or a school behind one address stays below
    "newcomer": (300, 5),
    # batches without any identifier, from one address
    "anonymous": (1000, 50),
    # events of one visit that are set aside: more of them tell nothing new
    "refused": (50, 0.5),
    # forms to subscribe, from one address: an office behind it stays below
    "optin": (20, 0.02),
    # mails to confirm, to one address: nobody's mailbox may be filled by strangers
    "optin_mail": (1, 1 / 3600),
    # forms to ask for one's data, from one address: an office behind it stays below
    "privacy": (20, 0.02),
    # mails with a link to one's data, to one address
    "privacy_mail": (1, 1 / 3600),
    # looks of one person at what an erasure would do: each goes through all tables
    "privacy_list": (20, 0.02),
    # questions to support, from one network address: an office behind it stays below
    "support": (20, 0.02),
    # the same in the name of one address
    "support_address": (10, 0.01),
    # files for the thread of a request, of one customer or network address
    "support_file": (30, 0.05),
    # questions of one customer who is logged in
    "support_user": (20, 0.02),
    # receipts to one address: nobody's mailbox may be filled by strangers, or by a loop
    "support_mail": (5, 5 / 3600),
    # messages of customers in one request
    "support_answer": (30, 0.05),
    # notes from one network address that an article was read instead of asking
    "support_help": (60, 0.2),
    # searches in the help pages, from one address: an office behind it stays below
    "help_search": (120, 5),
    # those of them that are written down: a program that makes up words fills no table
    "help_note": (60, 0.01),
    # answers offered while somebody types, from one address
    "help_suggest": (300, 15),
    # votes on help articles, from one address
    "help_vote": (30, 0.05),
    # answers to one question, or of one customer: changed now and then
    "feedback": (20, 0.05),
    # requests of one API key
    "api": (300, 50),
    # requests to one webhook that are refused: more of them are not worth being kept
    "webhook_refused": (50, 0.05),
}

_logger = logging.getLogger(__name__)
_limits = {}
_lock = threading.Lock()


class EcrmLimits(models.AbstractModel):
    """How often somebody may knock at a door; shared by the workers of a machine."""

    _name = "ecrm.limits"
    _description = "Rate Limits"

    @api.model
    @api.private
    def allows(self, kind, key):
        """Return whether one more request of somebody is let in.

        :param str kind: of ``LIMITS``
        :param str key: who knocks; it is kept in no table and no log
        """
        burst, per_second = self._limit(kind)
        return self._of_database().allows(f"{kind}:{key}", burst, per_second)

    def _limit(self, kind):
        # sudo: the parameters are the administrator's; this only reads one
        custom = self.env["ir.config_parameter"].sudo().get_param(f"ecrm.limit_{kind}")
        if not custom:
            return LIMITS[kind]
        try:
            burst, per_second = custom.split()
            burst, per_second = int(burst), float(per_second)
        except ValueError:
            return LIMITS[kind]
        return (burst, per_second) if burst > 0 and 0 < per_second < 1e9 else LIMITS[kind]

    def _of_database(self):
        name = self.env.cr.dbname
        if name not in _limits:
            with _lock:
                _limits[name] = _limits.get(name) or self._open()
        return _limits[name]

    def _open(self):
        try:
            return RateLimit(self._path())
        except OSError as error:
            # a limit that each worker keeps by itself is better than a closed door
            _logger.warning("Rate limits are not shared by the workers: %s", error)
            return RateLimit()

    @api.model
    @api.private
    def forget(self):
        """Remove the file, when the addon is uninstalled."""
        _limits.pop(self.env.cr.dbname, None)
        with contextlib.suppress(OSError):
            os.remove(self._path())

    def _path(self):
        return os.path.join(config["data_dir"], f"ecrm-limits-{self.env.cr.dbname}")
