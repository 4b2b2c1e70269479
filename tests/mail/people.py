"""Who opens mails and follows their links, each from a network of its own."""

import requests

from tests.browser import AGENT as BROWSER

OUTLOOK_DESKTOP = BROWSER.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64")
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
APPLE_RELAY = "Mozilla/5.0"


class Reader(requests.Session):
    """A program in a network, as the proxy in front of the server tells of it."""

    def __init__(self, server, address, agent=OUTLOOK_DESKTOP):
        super().__init__()
        host = server.url.partition("://")[2]
        self.headers.update(
            {
                "User-Agent": agent,
                "X-Forwarded-For": address,
                "X-Forwarded-Host": host,
                "X-Forwarded-Proto": "http",
            }
        )

    def request(self, method, url, **options):
        options.setdefault("timeout", 60)
        options["allow_redirects"] = False  # where a link leads is nobody's business here
        return super().request(method, url, **options)


def let_pass(query, minutes, types=("sent",)):
    """Let mails have left so many minutes earlier: nobody reads within a second.

    :param Callable query: see ``harness.query``, of one database
    """
    query(
        "UPDATE ecrm_email_event SET occurred_at = occurred_at - make_interval(mins => %s)"
        " WHERE type = ANY(%s)",
        [minutes, list(types)],
    )
