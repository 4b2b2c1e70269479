"""The few calls that we make ourselves: to pinned addresses, short, small, without detours."""

import threading
import time

import requests

#: Seconds that a call may take in all, and bytes that its answer may have: a certificate has 2,000.
SECONDS = 5
MAX_BYTES = 64 * 1024


class Failed(Exception):
    """A call that did not succeed; its text says why and holds nothing secret."""


def fetch(url, is_pinned):
    """Return what a pinned address answers.

    :param str url:
    :param Callable is_pinned: whether this URL may be called at all
    :return bytes: the body
    :raise Failed: refused, away, too slow, too large, or not 200

    >>> fetch("http://127.0.0.1/", lambda url: False)
    Traceback (most recent call last):
        ...
    ecrm_addon_lib.email.esp.fetch.Failed: This address may not be called.
    """
    if not is_pinned(url):
        raise Failed("This address may not be called.")
    return download(url)


def download(url, seconds=SECONDS, limit=MAX_BYTES):
    """Return what an address answers, within a time that nothing can stretch.

    Timeouts of ``requests`` count from byte to byte, and none holds for the look-up of a name:
    a server that dribbles would hold us as long as it likes. So another thread waits for it.

    :param str url: checked before
    :param float seconds: in all
    :param int limit: bytes
    """
    answer = {}

    def work():
        try:
            answer["body"] = _read(url, seconds, limit)
        except Failed as error:
            answer["error"] = str(error)
        except (requests.RequestException, OSError, ValueError) as error:
            answer["error"] = type(error).__name__

    worker = threading.Thread(target=work, name="ecrm-fetch", daemon=True)
    worker.start()
    worker.join(seconds)
    if "body" in answer:
        return answer["body"]
    raise Failed(answer.get("error", "No answer in time."))


def _read(url, seconds, limit):
    with requests.get(
        url,
        timeout=seconds / 2,
        allow_redirects=False,
        stream=True,
        headers={"Accept-Encoding": "identity"},
    ) as response:
        if response.status_code != 200:
            raise Failed(f"Answered {response.status_code}.")
        body, deadline = bytearray(), time.monotonic() + seconds
        # a few at a time: for more a server that dribbles would be waited for much longer
        for chunk in response.iter_content(64):
            body += chunk
            if len(body) > limit:
                raise Failed("The answer is too large.")
            if time.monotonic() > deadline:
                raise Failed("No answer in time.")
    return bytes(body)
