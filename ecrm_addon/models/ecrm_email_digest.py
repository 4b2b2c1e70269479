import json
from operator import itemgetter

from odoo import api, models
from odoo.tools import SQL, groupby

from ..lib.email.verdict import Hit, judge
from ..queries import digest_email_events, sync_mailing_traces, tell_email_events

KINDS = {"opened": "open", "clicked": "click"}


class EcrmEmailDigest(models.AbstractModel):
    """From what the e-mail doors were told to what is known of each mail.

    Which mail an event is about, whether a person or a machine opened it and followed its
    links, what became of the mail, and what of all that belongs to the customer's history.
    All hits of a mail are judged together, and again whenever another comes: a machine often
    shows itself by what it does next. So a verdict may be revised, here and in the log.
    """

    _name = "ecrm.email.digest"
    _description = "Digest of E-mail Events"

    @api.model
    @api.private
    def run(self, limit=5000, patience=0):
        """Digest the oldest events.

        :param int limit: events at most
        :param int patience: seconds that a hit waits for those that come with it
        :return bool: whether there may be more
        """
        claim = digest_email_events.claim(limit, patience)
        ids = [row[0] for row in self.env.execute_query(claim)]
        if not ids:
            self._add_up()
            return False
        self.env.flush_all()
        self.env.cr.execute(digest_email_events.match(ids))
        self.env.cr.execute(digest_email_events.drop_objected(ids))
        judged = dict(self.env.execute_query(digest_email_events.refs(ids)))
        revised = self._judge([ref for ref, has_hits in judged.items() if has_hits])
        refs = list(judged)
        self.env.cr.execute(digest_email_events.update_messages(refs))
        self._tell(ids, refs, revised)
        self._sync_odoo(refs)
        self._learn(ids)
        self.env["ecrm.email.profile"].renew_of_mails(refs)
        self.env.cr.execute(digest_email_events.close(ids))
        self._note(refs)
        for name in ("ecrm.email.message", "ecrm.email.event", "mailing.trace"):
            self.env[name].invalidate_model()
        if len(ids) < limit:
            # once, after the last batch: each counts all of a mailing
            self._add_up()
        return len(ids) == limit

    def _judge(self, refs):
        """Judge all hits of mails anew.

        :return list[int]: events told before whose verdict is another now
        """
        rows = self.env.execute_query(digest_email_events.hits(refs)) if refs else []
        verdicts = []
        for _ref, group in groupby(rows, key=itemgetter(0)):
            found = judge([self._hit(row) for row in group], group[0][1])
            verdicts += [
                {"id": row[2], "verdict": verdict.verdict, "reasons": ", ".join(verdict.reasons)}
                for row, verdict in zip(group, found, strict=True)
            ]
        if not verdicts:
            return []
        changed = self.env.execute_query(digest_email_events.write_verdicts(json.dumps(verdicts)))
        return [event_id for event_id, was_told in changed if was_told]

    @staticmethod
    def _hit(row):
        _ref, _links, _id, seconds, type_, link, is_bait, method, agent, network, purpose, told = (
            row[:12]
        )
        return Hit(
            seconds=seconds,
            kind=KINDS[type_],
            link=link,
            is_honeypot=is_bait,
            method=method or "GET",
            user_agent=agent,
            network=network,
            purpose=purpose or "",
            is_machine=told,
        )

    def _tell(self, ids, refs, revised):
        """Append touchpoints of new events, and mend those that were told differently."""
        log = self.env["ecrm.log"]
        event_uid = log.own_uid_select(SQL("'ecrm.email.event'"), SQL("event.id"))
        implied_uid = log.own_uid_select(
            SQL("'ecrm.email.message'"), SQL("message.id"), SQL("'opened'")
        )
        log.append_select(tell_email_events.events(ids, event_uid))
        if revised:
            log.revise_select(tell_email_events.verdicts(revised, event_uid))
        if refs:
            implied = tell_email_events.implied_opens(refs, implied_uid)
            log.take_back(tell_email_events.not_implied(refs, implied_uid))
            # the first click may turn out to be a machine's
            log.withdraw_select(implied, ["email.opened"])
            log.append_select(implied)

    def _sync_odoo(self, refs):
        """Let Odoo's own screens, of mailings and in the chatter, tell the same."""
        if refs:
            self.env.cr.execute(sync_mailing_traces.traces(refs))
            self.env["link.tracker.click"]._ecrm_sync(refs)
            mails = self.env["ecrm.email.message"].browse(refs).exists()  # events outlive mails
            mails.invalidate_recordset()
            self.env["mail.notification"]._ecrm_sync(mails)

    def _note(self, refs):
        """Note what is to be added up anew as something happened to mails."""
        if refs:
            self.env["ecrm.mailing.stat"].note(refs)
            self.env["ecrm.email.order"].note_clicks(refs)

    def _add_up(self):
        """Write anew what reports show: orders after clicks, figures of mailings."""
        self.env["ecrm.email.order"].renew_noted()
        self.env["ecrm.mailing.stat"].renew_noted()

    def _learn(self, ids):
        """Note who is not to be mailed any more."""
        rows = self.env.execute_query_dict(digest_email_events.to_learn(ids))
        if rows:
            self.env["ecrm.suppression"].learn(rows)
