"""A mail server on the loopback that keeps what it gets, and can be told to misbehave."""

import contextlib

from aiosmtpd.controller import Controller

from ecrm_dev import odoo_process


class Sink:
    """Takes every mail, but none for ``reject...@``: those it refuses for good.

    ``mails`` holds what came: (addresses of the envelope, the mail as bytes), in order.
    """

    def __init__(self):
        self.port = odoo_process.free_port()
        self.mails = []
        self.later = set()  # addresses refused for now, once what they would get was seen
        self.refused = []  # that
        self._breaks_after = None
        self._controller = None

    @property
    def options(self):
        """The options by which Odoo sends to it."""
        return ["--smtp=127.0.0.1", f"--smtp-port={self.port}"]

    def start(self):
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self):
        if self._controller:
            self._controller.stop()
            self._controller = None

    def break_after(self, number):
        """Hang up after so many mails more, and take no connection from then on."""
        self._breaks_after = len(self.mails) + number

    @contextlib.contextmanager
    def catch(self):
        """The list of the mails that come within the block, filled where it ends."""
        first, caught = len(self.mails), []
        yield caught
        caught += self.mails[first:]

    # what aiosmtpd calls

    async def handle_RCPT(self, server, _session, envelope, address, _options):
        if self._breaks_after is not None and len(self.mails) >= self._breaks_after:
            self._breaks_after = None
            self._controller.server.close()
            server.transport.abort()
            return "421 4.3.2 Going down"
        if address.startswith("reject"):
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        mail = tuple(envelope.rcpt_tos), bytes(envelope.content)
        is_refused = self.later.intersection(envelope.rcpt_tos)
        (self.refused if is_refused else self.mails).append(mail)
        return "451 4.7.1 Come again later" if is_refused else "250 OK"
