from .common import EcrmCase


class CollectorCase(EcrmCase):
    """A database whose history is read, and short words for reading what is new."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "Ann@tea.example"  # of no other contact, whatever the database
        # orders are read at once when they are confirmed; here the collectors shall do it
        cls.classPatch(type(cls.pipeline), "_refresh", lambda *args, **kwargs: None)
        cls.collectors = cls.env["ecrm.collector"]
        cls.collectors._sync_sources()
        cls._read()
        cls.collectors.search([]).write({"state": "live"})

    @classmethod
    def _read(cls):
        """Read all that is new, as the pipeline does; return how much was stored."""
        cls.env.flush_all()
        lines = cls.collectors.search([])
        before = sum(lines.mapped("stored"))
        for line in lines._behind():
            while line._run_batch():
                pass
        return sum(lines.mapped("stored")) - before

    def _digest(self):
        """Let the pipeline take all notes of identities, as it does after reading."""
        while self.pipeline._digest(recompute=False):
            pass

    @classmethod
    def _line(cls, source):
        return cls.collectors.search([("source_model", "=", source)])

    def _need(self, *names):
        for name in names:
            if name not in self.env:
                self.skipTest(f"{name} is not installed")

    def _kinds(self, touchpoints):
        return touchpoints.mapped("kind")

    def _user(self, login, group):
        return self.env["res.users"].create(
            {"name": login.title(), "login": login, "email": f"{login}@example.com",
             "group_ids": self.env.ref(group).ids}
        )  # fmt: skip

    def _by_key(self, kind, key):
        """Return the touchpoints of whoever is known by a key."""
        identity = self.env["ecrm.identity"].search([("kind", "=", kind), ("key", "=", key)])
        return self.env["ecrm.touchpoint"].search(
            [("identity_id", "=", identity.id or -1)], order="occurred_at, id"
        )
