import json

from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo import models
from odoo.sql_db import Cursor

from ..queries import upsert_email_messages

#: Where the bait leads whoever follows it.
HOME = "/"


class Batch:
    """What the mails that are sent by one call have in common; gone with the call."""

    def __init__(self, mail_ids):
        self.mail_ids = mail_ids
        self.found = {}


class EcrmEmailSender(models.AbstractModel):
    """The links of outgoing mails: each is written down once, however many mails have it."""

    _inherit = "ecrm.email.sender"

    def _link_refs(self, mail, links, trackers):
        """Return the ids of links by their URL; that of the bait, in mailings, by None.

        :param dict trackers: URL -> id of Odoo's tracked link
        """
        mailing_id = mail.mailing_id.id or None
        wanted = {
            link.url: (link.url, link.position, link.label, trackers.get(link.url), False)
            for link in reversed(links)
        }
        if mailing_id:
            wanted[None] = (HOME, 0, None, None, True)
            refs = self._mailing_link_refs(mailing_id, tuple(wanted.values()))
            if refs:
                return refs
        rows = self._link_rows(mailing_id, wanted.values())
        refs = self._find_links(self.env, rows)
        missing = {url: row for url, row in rows.items() if url not in refs}
        if missing and not mailing_id:
            return refs | self._keep_links(missing)
        return refs | self._make_links(self.env, missing)

    def _mailing_link_refs(self, mailing_id, links):
        """Return the same for a mailing, None where it is not committed yet."""
        rows = self._link_rows(mailing_id, links)
        refs = self._once((mailing_id, links), lambda: self._keep_links(rows))
        return refs if len(refs) == len(rows) else None

    @staticmethod
    def _link_rows(mailing_id, links):
        names = ("url", "position", "label", "link_tracker_id", "is_honeypot")
        rows = [dict(zip(names, link, strict=True), mailing_id=mailing_id) for link in links]
        return {None if row["is_honeypot"] else row["url"]: row for row in rows}

    def _keep_links(self, rows):
        """Create links in a transaction of their own, if what they belong to is committed.

        A mail is gone once it is sent, also where the transaction that sent it is taken back
        then; its links must lead somewhere. And two workers may meet the same link at once.
        """
        with self.env.registry.cursor() as cr:
            if isinstance(cr, Cursor):  # a test's transaction is not ours to end
                cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
            env = self.env(cr=cr)
            refs = self._find_links(env, rows)
            missing = {url: row for url, row in rows.items() if url not in refs}
            if missing:
                # nobody keeps new links open for long: whoever waits that long waits for itself
                env.cr.execute("SET LOCAL lock_timeout = '5s'")
                refs |= self._make_links(env, missing)
                refs |= self._find_links(env, rows)
            return refs

    def _find_links(self, env, rows):
        """Return the ids of those links that are known, by their URL."""
        return self._links_of(env, upsert_email_messages.known_links, rows)

    def _make_links(self, env, rows):
        return self._links_of(env, upsert_email_messages.new_links, rows)

    @staticmethod
    def _links_of(env, build, rows):
        if not rows:
            return {}
        found = env.execute_query(build(json.dumps(list(rows.values()))))
        return {None if is_honeypot else url: ref for ref, url, is_honeypot in found}

    def _trackers(self, body):
        """Return the tracked links of Odoo in a body: code -> where it leads, and its id."""
        codes = tuple(sorted(body.codes()))
        return self._once(codes, lambda: self._targets(codes)) if codes else {}

    def _once(self, key, find):
        """Return what was found for the first mail of a batch, or find it.

        Odoo forgets what it read after each mail that it sends.

        :param tuple key: what it is and of which mailing, or codes: the same in all its mails
        """
        batch = self.env.context.get("ecrm_batch")
        if not batch:
            return find()
        if key not in batch.found:
            batch.found[key] = find()
        return batch.found[key]

    def _batch_ids(self, mail):
        """Return the ids of the mails that are sent by the same call."""
        batch = self.env.context.get("ecrm_batch")
        return batch.mail_ids if batch else mail.ids

    def _targets(self, codes):
        """Return where codes lead."""
        # sudo: whoever sends a mailing sends its links
        codes_sudo = self.env["link.tracker.code"].sudo().search([("code", "in", codes)])
        return {code.code: (code.link_id.redirected_url, code.link_id.id) for code in codes_sudo}
