from odoo import api, models

from ..lib.email import esp

#: Nobody reads more.
MOST_REASONS = 3


class EcrmEmailWords(models.AbstractModel):
    """What happened to a mail, who did it and how one knows, in words."""

    _name = "ecrm.email.words"
    _description = "E-mail Events in Words"

    @api.model
    @api.private
    def reasons(self, codes):
        """Return the weightiest reasons of a verdict in words.

        :param str codes: as the digest writes them, with commas between
        """
        words = self._reason_words()
        told = [words.get(code, code) for code in (codes or "").split(", ") if code]
        return "; ".join(told[:MOST_REASONS])

    @api.model
    @api.private
    def act(self, kind, verdict):
        """Return who opened or clicked where it was nobody by hand, else an empty string.

        :param str kind: opened or clicked
        """
        return {
            ("opened", "machine"): self.env._("Opened by a machine"),
            ("opened", "proxy"): self.env._("Opened by a privacy proxy"),
            ("clicked", "machine"): self.env._("Link followed by a machine"),
        }.get((kind, verdict), "")

    @api.model
    @api.private
    def teller(self, provider, source):
        """Return who told of an event, in words.

        :param str provider: a code of ``lib.email.esp``, or False
        :param str source: through which door the event came
        """
        if provider in esp.PROVIDERS:
            return esp.PROVIDERS[provider].name
        doors = {"smtp": self.env._("Our mail server"), "gateway": self.env._("Incoming mail")}
        return doors.get(source, source)

    def _reason_words(self):
        """Return code -> words, of the rules in ``lib.email.verdict``."""
        return {
            "honeypot": self.env._("followed a link that nobody sees"),
            "provider": self.env._("the provider says so"),
            "method": self.env._("asked for the headers only"),
            "prefetch": self.env._("looked ahead only"),
            "agent": self.env._("its program is a machine's"),
            "network": self.env._("comes from the network of a mail scanner"),
            "before_anybody": self.env._("sooner than anybody can read"),
            "burst": self.env._("several links within two seconds"),
            "all_links": self.env._("followed all links"),
            "some_links": self.env._("followed several links in a row"),
            "two_links": self.env._("followed two links at once"),
            "many_networks": self.env._("came from many networks"),
            "two_networks": self.env._("came from two networks"),
            "loaded_by_scanner": self.env._("the pictures were loaded by a scanner"),
            "too_close": self.env._("clicked at the moment of opening"),
            "hammering": self.env._("asked again and again"),
            "soon": self.env._("clicked seconds after delivery"),
            "quick": self.env._("clicked very soon after delivery"),
            "early": self.env._("soon after delivery"),
            "before_opening": self.env._("clicked before the mail was opened"),
            "at_opening": self.env._("clicked while the mail was opened"),
            "echo": self.env._("repeats the click of a reader"),
            "beside_honeypot": self.env._("a hidden link was followed at the same time"),
            "client_in_honeypot": self.env._("the same program followed a hidden link"),
            "client_of_machine": self.env._("the same program behaved like a machine"),
            "near_machine": self.env._("a machine was at work nearby"),
            "old_browser": self.env._("its browser is very old"),
            "apple_relay": self.env._("Apple loads all pictures, read or not"),
            "image_proxy": self.env._("the provider loads pictures for its readers"),
            "click": self.env._("a click implies an open"),
        }
