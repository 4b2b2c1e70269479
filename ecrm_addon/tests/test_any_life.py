import random
import uuid
from datetime import datetime, timedelta

from freezegun import freeze_time

from ..lib.tracking.event import identity_of
from ..queries.upsert_sessions import COLUMNS
from .score_case import ScoreCase

NOW = datetime(2026, 6, 15, 10, 20)
KINDS = ["web.page", "web.product", "web.search", "web.leave", "app.opened", "social.like"]


class Crash(Exception):
    pass


@freeze_time(NOW)
class TestAnyLife(ScoreCase):
    """Whatever happens in whatever order, the log holds what a dict would hold.

    Steps are drawn at random, from seeds: events come once, twice and weeks late, a
    transaction dies, browsers are linked and taken off, contacts are merged and erased, the
    digest runs in between. What is derived is then the same as made from nothing.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].create({"name": "Tea", "company_id": cls.company.id})

    def _begin(self, seed):
        self.dice = random.Random(seed)
        self.people = self._people(3)
        self.browsers = [f"browser-{seed}-{number}" for number in range(5)]
        self.stored = {}  # uid -> key of the identity
        self.owner = {}  # key of a browser -> contact
        self.erased = set()  # keys
        self.sent = []

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _someone(self):
        """Return an identity as a door names it, and its key."""
        if self.dice.random() < 0.3:
            partner = self.dice.choice(self.people)
            return {"partner_id": partner.id}, ("partner", str(partner.id))
        token = self.dice.choice(self.browsers)
        return {"device": token}, identity_of("device", token)

    def _new_event(self):
        who, key = self._someone()
        kind = self.dice.choice(KINDS)
        at = NOW - timedelta(seconds=self.dice.randint(0, 40 * 86400))
        values = {"company_id": self.company.id, "identity": who}
        if kind.startswith("web."):
            # a visit is a browser's
            visit = f"{key[1][:8]}-{self.dice.randint(0, 2)}"
            values |= {"website_id": self.website.id, "session_key": visit, "path": "/tea"}
            values["verdict"] = self.dice.choice(["human", "human", "unknown", "machine"])
        return {**self._event(kind=kind, at=at.isoformat()), **values}, key

    def _receive(self):
        """Take a batch of new events, with some that came before."""
        batch = [self._new_event() for _event in range(self.dice.randint(1, 5))]
        self.sent += batch
        batch += self.dice.choices(self.sent, k=self.dice.randint(0, 3))
        self.dice.shuffle(batch)
        self.log.append([event for event, _key in batch])
        for event, key in batch:
            if key not in self.erased:
                self.stored.setdefault(event["uid"], key)

    def _crash(self):
        """Die in the middle of a batch: nothing of it is there."""
        try:
            with self.env.cr.savepoint():
                self.log.append([self._new_event()[0] for _event in range(3)])
                raise Crash
        except Crash:
            self.env.invalidate_all()

    def _identity(self):
        key = identity_of("device", self.dice.choice(self.browsers))
        domain = [("kind", "=", key[0]), ("key", "=", key[1])]
        return key, self.env["ecrm.identity"].search(domain)

    def _link(self):
        key, identity = self._identity()
        if identity:
            partner = self.dice.choice(self.people)
            identity.link(partner, "hand")
            self.owner[key] = partner

    def _take_off(self):
        key, identity = self._identity()
        identity.unlink_contact()
        self.owner.pop(key, None)

    def _merge(self):
        """Merge two contacts, and meet a new one."""
        goes, stays = self.dice.sample(list(self.people), 2)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        number = str(goes.id)
        wizard._merge([goes.id, stays.id], stays)
        self.people = self.people - goes | self._people(1)
        self.owner = {k: stays if p == goes else p for k, p in self.owner.items()}
        # what named the one who went is the other one's
        self.owner[("partner", number)] = stays

    def _erase(self):
        partner = self.dice.choice(self.people)
        keys = {key for key, owner in self.owner.items() if owner == partner}
        keys.add(("partner", str(partner.id)))
        self.env["ecrm.privacy"].erase(partner)
        self.erased |= keys
        self.stored = {uid: key for uid, key in self.stored.items() if key not in keys}
        self.owner = {key: owner for key, owner in self.owner.items() if key not in keys}
        self.people = self.people - partner | self._people(1)
        self.browsers.append(f"browser-{uuid.UUID(int=self.dice.getrandbits(128))}")

    def _digest(self):
        while self.pipeline._digest():
            pass
        self.env.invalidate_all()

    # ------------------------------------------------------------
    # WHAT HAS TO HOLD
    # ------------------------------------------------------------

    def _check_log(self):
        self.env.invalidate_all()
        uids = [event["uid"] for event, _key in self.sent]
        found = self.env["ecrm.touchpoint"].search([("uid", "in", uids)])
        told = {touchpoint.uid: touchpoint.partner_id for touchpoint in found}
        self.assertEqual(len(told), len(found), "an event is there twice")
        nobody = self.env["res.partner"]
        expected = {uid: self._owner_of(key, nobody) for uid, key in self.stored.items()}
        self.assertEqual(told, expected)

    def _owner_of(self, key, nobody):
        kind, number = key
        return self.owner.get(key) or (nobody.browse(int(number)) if kind == "partner" else nobody)

    def _visits(self):
        names = [name for name in COLUMNS if name != "consent_id"]
        visits = self.env["ecrm.session"].search([("website_id", "=", self.website.id)])
        return {visit.session_key: {name: visit[name] for name in names} for visit in visits}

    def _days(self):
        rows = self.env["ecrm.web.daily"].search([("website_id", "=", self.website.id)])
        names = ("kind", "label", "count", "visitors", "machine_count", "seconds", "source")
        return {(row.day, row.key): [row[name] for name in names] for row in rows}

    def _check_derived(self):
        self._digest()
        derived = self._visits(), self._days(), self._figures()
        web = {uid for uid in self.stored if self.kinds[uid].startswith("web.")}
        self.assertEqual(sum(visit["event_count"] for visit in derived[0].values()), len(web))
        self.env["ecrm.session"]._rebuild()
        self.env["ecrm.web.daily"]._rebuild()
        self._digest()
        self.profiles.search([("company_id", "=", self.company.id)]).unlink()
        self.env["ecrm.scorer"].sudo()._score_customers(self.env["res.partner"].search([]))
        for kept, made_anew in zip(
            derived, (self._visits(), self._days(), self._figures()), strict=True
        ):
            self.assertEqual(kept.keys(), made_anew.keys())
            for key, row in kept.items():
                self.assertEqual(self._rounded(row), self._rounded(made_anew[key]), key)

    @staticmethod
    def _rounded(row):
        if not isinstance(row, dict):
            return row
        return {k: round(v, 9) if isinstance(v, float) else v for k, v in row.items()}

    @property
    def kinds(self):
        return {event["uid"]: event["kind"] for event, _key in self.sent}

    # ------------------------------------------------------------
    # TESTS
    # ------------------------------------------------------------

    def _live(self, seed, steps=250):
        self._begin(seed)
        likely = [self._receive] * 12 + [self._link] * 3 + [self._digest] * 2
        likely += [self._take_off, self._crash, self._merge, self._erase]
        for step in range(steps):
            act = self.dice.choice(likely)
            with self.subTest(seed=seed, step=step, act=act.__name__):
                act()
                if step % 10 == 0:
                    self._check_log()
        self._check_log()
        # it was a life worth looking at
        self.assertGreater(len(self.stored), 20)
        self.assertTrue(self.erased and self.owner)
        self._check_derived()

    def test_a_life(self):
        self._live(1)

    def test_another(self):
        self._live(2)

    def test_a_third(self):
        self._live(3)

    def test_a_fourth(self):
        self._live(4)
