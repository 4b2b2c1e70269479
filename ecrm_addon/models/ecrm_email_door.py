import hashlib
import time

from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo import api, models
from odoo.sql_db import Cursor
from odoo.tools import ormcache
from odoo.tools.lru import LRU

from ..lib.email import reference
from ..lib.email.event import LIMITS, cut_address
from ..lib.tracking.event import UNSTORABLE
from ..queries import append_email_hits

#: What stands in the address of a pixel or link: mail, and link or 0 for the pixel.
PURPOSE = "ecrm.email"
#: Headers by which a browser says that it only looks ahead.
PURPOSES = ("Sec-Purpose", "Purpose", "X-Moz", "X-Purpose")
#: Seconds in which the same pixel shown again by the same program is the same reading.
READING = 3600
#: Hits of one mail that this process takes without looking how many there are.
FEW = 20
#: How many hits of which mail this process took lately.
_taken = LRU(10_000)


class EcrmEmailDoor(models.AbstractModel):
    """What happens when the pixel of a mail is loaded or a link in it is followed.

    One row is appended; nothing is counted or looked up here, so that many people may click
    on one link at once. Whether it was a person is judged later (``ecrm.email.digest``).
    """

    _name = "ecrm.email.door"
    _description = "Door for Pixels and Links in E-mails"

    @api.model
    @api.private
    def open(self, text, http_request):
        """Note that a pixel was loaded.

        :param str text: its token
        :return bool: whether it is one of ours
        """
        refs = self._read(text)
        if not refs or refs[1]:
            return False
        if not self._says_no(http_request):
            hit = self._hit(http_request, *refs)
            hit["external_id"] = self._reading(hit)
            self.env.cr.execute(append_email_hits.opened(hit))
        return True

    @api.model
    @api.private
    def click(self, text, http_request):
        """Note that a link was followed, and return where it leads.

        :param str text: its token
        :return str: a URL; None where there is no such link, or no more
        """
        refs = self._read(text)
        if not refs or not refs[1]:
            return None
        try:
            url = self._url_of(refs[1])
        except KeyError:
            return None
        if not self._says_no(http_request):
            hit = self._hit(http_request, *refs)
            self.env.cr.execute(append_email_hits.clicked(hit))
            if http_request.method == "GET":
                self._note_browser(refs[0])
        return url

    @ormcache("link_ref")
    def _url_of(self, link_ref):
        """Return where a link leads; it never changes.

        :raise KeyError: it is gone
        """
        # sudo: who follows a link is nobody, and its token was signed by us
        link_sudo = self.env["ecrm.email.link"].sudo().browse(link_ref).exists()
        if not link_sudo:
            raise KeyError(link_ref)
        return link_sudo.url

    def _read(self, text):
        refs = reference.read(self.env["ecrm.log"]._uid_secret(), PURPOSE, text)
        return refs if refs and len(refs) == 2 else None

    @staticmethod
    def _says_no(http_request):
        """Return whether the browser objects: Global Privacy Control, or Do Not Track."""
        headers = http_request.headers
        return headers.get("Sec-GPC") == "1" or headers.get("DNT") == "1"

    def _hit(self, http_request, message_ref, link_ref):
        headers = http_request.headers
        agent = UNSTORABLE.sub("", headers.get("User-Agent", ""))[: LIMITS["user_agent"]]
        purposes = [headers[name] for name in PURPOSES if name in headers]
        return {
            "message_ref": message_ref,
            "link_ref": link_ref or None,
            "is_frequent": self._is_frequent(message_ref),
            "external_id": None,
            "method": http_request.method[: LIMITS["method"]],
            "user_agent": agent or None,
            "ip_cut": cut_address(http_request.remote_addr),
            "purpose": UNSTORABLE.sub("", purposes[0])[:32] if purposes else None,
        }

    def _is_frequent(self, message_ref):
        key = (self.env.cr.dbname, message_ref)
        _taken[key] = count = _taken.get(key, 0) + 1
        return count > FEW

    @staticmethod
    def _reading(hit):
        """Return what loading the same pixel again within the same hour has in common."""
        parts = (
            hit["message_ref"],
            hit["method"],
            hit["user_agent"],
            hit["ip_cut"],
            int(time.time() // READING),
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]

    def _note_browser(self, message_ref):
        """Note that the browser is the recipient's, if its visitor agreed to be known.

        The hit is stored by now; this takes several statements, all or none.
        """
        visits = self.env["ecrm.visit"]
        if visits._own_cookie():
            if isinstance(self.env.cr, Cursor):  # a test's transaction is not ours to end
                self.env.cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
            # sudo: as above
            message_sudo = self.env["ecrm.email.message"].sudo().browse(message_ref).exists()
            visits.note_link(message_sudo.partner_id, "click")
