from datetime import timedelta

from odoo import api, fields, models

from ..queries import meet_addresses
from .ecrm_email_preference import FREQUENCIES, TOPIC_FREQUENCIES
from .ecrm_suppression import BY_CUSTOMER, ERASED

#: Days for which mails may be paused.
PAUSES = (30, 60, 90)
#: Where words are shown that are of no topic; see ``ecrm.consent.text.version_of``.
PAGE = "preferences"
#: The one choice where a company has no topics: all marketing.
EVERYTHING = 0


class EcrmEmailPreference(models.Model):
    """What an address chose, and choosing: each change is a line of the ledger of consent.

    Called for whoever proved to be the owner of the address: by a signed link, a login or
    a confirmation. So the records are in superuser mode.
    """

    _inherit = "ecrm.email.preference"

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    @api.private
    def choices(self):
        """Return what holds: ``topics`` (list of dicts, see ``_topics``), ``frequency``,
        ``paused_until``, ``measure``, ``unprofiled``: nothing is measured in any case, as the
        owner objects to profiles; and ``held``: why the company does not mail this address, or
        None. However many topics there are, it takes as many queries.
        """
        self.ensure_one()
        rows = self._holding()
        address = [self.email_normalized]
        measure = not self.objects(address)
        return {
            "topics": self._topics(rows),
            "frequency": self.frequency,
            "paused_until": self._paused_until(rows),
            "measure": measure,
            "unprofiled": not measure and bool(self.objects(address, ["profile"])),
            "held": self._held(rows),
        }

    def _paused_until(self, rows):
        paused = rows.filtered(lambda row: row.reason == "paused")
        return max(paused.mapped("expires_at"), default=None)

    def _topics(self, rows):
        """Return what may be chosen; what the company holds back itself is no choice.

        :return list[dict]: ``id``, ``name``, ``description``, ``on`` (by e-mail),
            ``frequency`` (at most so often, or empty) and ``channels``: by what it may come,
            dicts of ``code``, ``name``, ``field`` of the form, ``on``
        """
        topics = self.env["ecrm.topic"].of_company(self.company_id)
        on = self._switched_on([(topic.id, topic.double_opt_in) for topic in topics], rows)
        chosen = self.topic_frequencies or {}
        told = [
            {
                "id": topic.id,
                "name": topic.name,
                "description": topic.description,
                "on": topic.id in on,
                "frequency": chosen.get(str(topic.id), ""),
            }
            for topic in topics
        ]
        if not told:
            words = {"name": self.env._("News and offers"), "description": False}
            # there is no topic of which one could be had less often than of another
            is_on = not self._of_everything(rows)
            told = [{"id": EVERYTHING, **words, "on": is_on, "frequency": None}]
        for choice in told:
            choice["channels"] = self._channels(choice)
        return told

    def _channels(self, choice):
        """Return by what a topic may come. Who adds a channel extends this."""
        field = f"topic_{choice['id']}"
        return [{"code": "email", "name": self.env._("E-mail"), "field": field, "on": choice["on"]}]

    def _of_everything(self, rows):
        """Return those of some suppressions by which the customer gets no marketing at all."""
        return rows.filtered(
            lambda row: not row.topic_id and row.reason in BY_CUSTOMER and row.reason != "paused"
        )

    def _refusing(self, rows):
        """Return the same without the sunset rule: it ends by itself, nobody said anything."""
        return self._of_everything(rows).filtered(lambda row: row.reason != "sunset")

    def _held(self, rows):
        """Return why this address is not mailed, whatever the customer chooses, or None."""
        held = rows.filtered(lambda row: not row.topic_id and row.reason not in BY_CUSTOMER)
        blocked = self.env["ecrm.email.limits"].blocked([self.email_normalized])
        return held[:1].reason or blocked.get(self.email_normalized)

    @api.model
    @api.private
    def frequencies(self):
        """Return how often mails may come, as pairs of code and words."""
        return self._fields["frequency"]._description_selection(self.env)

    def _holding(self):
        """Return the suppressions of this address that hold in this company."""
        suppressions = self.env["ecrm.suppression"]
        keys = [self.email_normalized]
        if not self._is_erased():
            keys = suppressions._keys(self.email_normalized)
        return suppressions.search_fetch(
            [
                ("email_normalized", "in", keys),
                ("company_id", "in", [False, self.company_id.id]),
                ("state", "in", ["active"]),
            ],
            ["topic_id", "reason", "expires_at"],
        )

    def _switched_on(self, topics, rows):
        """Return the ids of those of some topics of which an address gets mails.

        :param list[tuple[int, bool]] topics: id, and whether it takes a confirmation
        :param ecrm.suppression rows: what holds, see ``_holding``
        """
        if self._of_everything(rows):
            return set()
        return self._left_on(topics, rows)

    def _left_on(self, topics, rows):
        """Return the same, whether or not the address wants anything at all."""
        off = set(rows.topic_id.ids)
        asking = self.env["ecrm.topic"].browse(id_ for id_, asks in topics if asks)
        confirmed = set(self._confirmed(asking).ids)
        return {id_ for id_, asks in topics if id_ not in off and (not asks or id_ in confirmed)}

    def _confirmed(self, topics):
        """Return those of some topics to which the address said yes last."""
        if not topics or self._is_erased():
            return topics.browse()
        lines = self.env["ecrm.consent"].search_fetch(
            [
                ("identity_id.kind", "=", "email"),
                ("identity_id.key", "=", self.email_normalized),
                ("purpose", "=", "email"),
                ("topic_id", "in", topics.ids),
                ("company_id", "in", [self.company_id.id, False]),
            ],
            ["topic_id", "state"],
            order="id",  # what was said last overwrites the rest
        )
        states = {line.topic_id: line.state for line in lines}
        return topics.filtered(lambda topic: states.get(topic) == "granted")

    def _said(self, purpose, topic=None):
        """Return what the address said last about a purpose: a state of the ledger or None."""
        identity = self._identity(create=False)
        if not identity:
            return None
        topic_id = topic.id if topic else False
        said = self.env["ecrm.consent"].current(identity, purpose, topic_id, self.company_id.id)
        return said.state or None

    # ------------------------------------------------------------
    # CHOOSING
    # ------------------------------------------------------------

    @api.private
    def choose(self, source, wishes, told=None, **context):
        """Write down what the owner of the address wants; what is the same already is not.

        :param str source: preferences, portal or one-click
        :param dict wishes: any of ``topic_ids`` (those that are on, of the company's; none:
            no marketing at all), ``frequency``, ``topic_frequencies`` (id of a topic ->
            how often at most, empty for no such limit), ``pause_days`` (0 ends a pause),
            ``measure``
        :param Told told: what the link stood for
        :param context: website_id and proof, for the ledger
        """
        self.ensure_one()
        before = self.choices()
        if wishes.get("topic_ids") is not None:
            self._choose_topics(source, before, set(wishes["topic_ids"]), told, context)
        if wishes.get("frequency") in dict(FREQUENCIES):
            self._choose_frequency(source, wishes["frequency"], context)
        for choice in before["topics"]:
            wish = (wishes.get("topic_frequencies") or {}).get(choice["id"])
            if wish in ("", *TOPIC_FREQUENCIES) and choice["frequency"] not in (None, wish):
                self._choose_topic_frequency(source, choice["id"], wish, context)
        if wishes.get("pause_days") in (0, *PAUSES):
            self._choose_pause(source, wishes["pause_days"], context)
        measure = wishes.get("measure")
        # who objects to profiles has no such choice: the form does not offer it
        if measure not in (None, before["measure"]) and not before["unprofiled"]:
            self._say(source, "email_measure", measure, None, context)

    @api.private
    def unsubscribe(self, source, told=None, **context):
        """Switch off the topic of a mail, or all marketing where it has none; once.

        :return bool: whether anything changed
        """
        self.ensure_one()
        topic = told.topic if told else self.env["ecrm.topic"]
        rows = self._holding().filtered(lambda row: row.reason in BY_CUSTOMER)
        if self._refusing(rows) or (topic and topic in rows.topic_id):
            return False
        self._switch_off(source, topic, context)
        self._record("unsubscribed", source, topic, told)
        return True

    @api.private
    def subscribe(self, source, topics, told=None, **context):
        """Switch topics on, for somebody who asked for them and confirmed it."""
        self.ensure_one()
        rows = self._holding()
        refused = self._refusing(rows)
        self._allow(source, rows, context)
        if refused:
            # who wanted nothing asked for these alone
            rest = self.env["ecrm.topic"].of_company(self.company_id) - topics
            self._switch_off_all(source, rest, context)
        self._lift(rows.filtered(lambda row: row.reason == "paused"))
        for topic in topics:
            self._switch_on(source, topic, context)
        self._record("subscribed", source, topics, told)

    def _choose_topics(self, source, before, wanted, told, context):
        topics = {topic["id"]: topic["on"] for topic in before["topics"]}
        wanted &= topics.keys()
        browse = self.env["ecrm.topic"].browse
        if not wanted:
            off = self._holding().filtered(lambda row: not row.topic_id)
            if not off.filtered(lambda row: row.reason in ("unsubscribed", "objection")):
                self._switch_off(source, browse(), context)
                self._record("unsubscribed", source, browse(), told)
            return
        is_allowed = self._allow(source, self._holding(), context)
        rest = browse(sorted(topics.keys() - wanted))
        off = self._switch_off_all(source, rest, context)
        on = browse(sorted(wanted - {EVERYTHING})).filtered(lambda topic: not topics[topic.id])
        for topic in on:
            self._switch_on(source, topic, context)
        if off:
            self._record("unsubscribed", source, off, told)
        if on or (is_allowed and EVERYTHING in wanted):
            self._record("subscribed", source, on, told)

    def _allow(self, source, rows, context):
        """Take back that no marketing is wanted at all; return whether it was said."""
        everything = self._of_everything(rows)
        if everything:
            self._lift(everything)
            self._say(source, "email", True, None, context)
        return bool(everything)

    def _switch_off_all(self, source, topics, context):
        """Switch off those of some topics that are on, and return these."""
        rows = self._holding()
        on = self._left_on([(topic.id, topic.double_opt_in) for topic in topics], rows)
        topics = topics.filtered(lambda topic: topic.id in on)
        for topic in topics:
            self._switch_off(source, topic, context)
        return topics

    def _switch_off(self, source, topic, context):
        self._suppress("unsubscribed", source, topic)
        self._say(source, "email", False, topic, context)

    def _switch_on(self, source, topic, context):
        self._lift(self._holding().filtered(lambda row: row.topic_id == topic))
        self._say(source, "email", True, topic, context)

    def _choose_frequency(self, source, frequency, context):
        if frequency != self.frequency:
            self.frequency = frequency
            self._say(source, "email_frequency", True, None, context, {"frequency": frequency})

    def _choose_topic_frequency(self, source, topic_id, frequency, context):
        chosen = {**(self.topic_frequencies or {}), str(topic_id): frequency}
        self.topic_frequencies = {id_: often for id_, often in chosen.items() if often}
        topic = self.env["ecrm.topic"].browse(topic_id)
        told = {"frequency": frequency or "all"}
        self._say(source, "email_frequency", True, topic, context, told)

    def _choose_pause(self, source, days, context):
        paused = self._holding().filtered(lambda row: row.reason == "paused")
        if not days and not paused:
            return
        self._lift(paused)
        until = fields.Datetime.now() + timedelta(days=days)
        if days:
            self._suppress("paused", source, self.env["ecrm.topic"], until)
        told = {"paused_until": until.isoformat() if days else None}
        self._say(source, "email_frequency", True, None, context, told)

    # ------------------------------------------------------------
    # WRITING
    # ------------------------------------------------------------

    def _lift(self, rows):
        rows.filtered(lambda row: row.reason in BY_CUSTOMER)._lift("customer")

    def _suppress(self, reason, source, topic, until=None):
        self.env["ecrm.suppression"].create(
            {
                "email_normalized": self.email_normalized,
                "scope": "topic" if topic else "marketing",
                "topic_id": topic.id,
                "company_id": self.company_id.id,
                "reason": reason,
                "source": source,
                "expires_at": until,
            }
        )

    def _say(self, source, purpose, yes, topic, context, proof=None):
        """Append a line to the ledger; nobody's where the address was erased."""
        identity = self._identity()
        if not identity:
            return
        state = "granted"
        if not yes:
            state = "withdrawn" if self._said(purpose, topic) == "granted" else "refused"
        values = {**context, "proof": {**context.get("proof", {}), **(proof or {})}}
        text = topic._words() if topic else self._words(purpose)
        version = self.env["ecrm.consent.text"].version_of
        self.env["ecrm.consent"].record(
            identity,
            state,
            purpose,
            topic_id=topic.id if topic else False,
            company_id=self.company_id.id,
            source=source,
            text_version=topic.text_version() if topic else version(PAGE, text),
            text=text,
            **values,
        )

    def _words(self, purpose):
        """Return what the page says of a choice that is of no topic."""
        words = {
            "email": self.env._("News and offers"),
            "email_frequency": self.env._("How often, and taking a break"),
            "email_measure": self.env._("Do not measure my opens and clicks"),
        }
        return words[purpose]

    def _identity(self, create=True):
        identities = self.env["ecrm.identity"]
        if self._is_erased():
            return identities
        domain = [("kind", "=", "email"), ("key", "=", self.email_normalized)]
        known = identities.search(domain)
        if known or not create:
            return known
        identities.flush_model()
        self.env.cr.execute(meet_addresses.identify(self.email_normalized))
        identity = identities.search(domain)
        # the pipeline finds out whose address it is
        self.env["ecrm.change"].note("ecrm.identity", identity.ids)
        return identity

    def _is_erased(self):
        return self.email_normalized.startswith(ERASED)

    def _record(self, kind, source, topics, told):
        """Tell the log of e-mail events, so that it shows with the mail and the customer."""
        if self._is_erased():
            return
        self.env["ecrm.email.event"].record(
            [
                {
                    "type": kind,
                    "source": source,
                    "recipient": self.email_normalized,
                    "email_message_ref": self._message_ref(told),
                    "company_ref": self.company_id.id,
                    "description": ", ".join(topics.mapped("name")) or self.env._("All marketing"),
                }
            ]
        )

    def _message_ref(self, told):
        if not told or told.email_message_ref or not told.mailing_id:
            return told.email_message_ref or None if told else None
        mail = self.env["ecrm.email.message"].search(
            [
                ("mailing_id", "=", told.mailing_id),
                ("email_normalized", "=", self.email_normalized),
            ],
            limit=1,
        )
        return mail.id or None
