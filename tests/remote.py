"""Browsers as people start them, steered over their own protocols.

Playwright switches Chromium's back-forward cache off and loses pages that it restores or
prerenders, and brings a Firefox of its own making; what is tested here is what visitors have.
"""

import contextlib
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import requests
import websocket

from tests.browser import AGENT, CHROMIUM

FIREFOX = ("firefox-esr", "firefox")
PATIENCE = 30  # seconds


def wait_for(condition, what):
    """What ``condition`` returns as soon as it is true."""
    for _attempt in range(PATIENCE * 10):
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


class Wire:
    """Commands to a browser and their answers; what it tells besides is passed over."""

    def __init__(self, url):
        self.socket = websocket.create_connection(url, timeout=PATIENCE, suppress_origin=True)
        self.number = 0

    def call(self, method, **params):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer}")
                return answer["result"]


@contextlib.contextmanager
def _running(names, arguments):
    path = next(filter(None, map(shutil.which, names)))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        output = Path(profile, "output")
        with output.open("wb") as log:
            process = subprocess.Popen(
                [path, *(argument.format(profile=profile) for argument in arguments)],
                stdout=log,
                stderr=log,
            )
        try:
            yield Path(profile), output
        finally:
            process.terminate()
            process.wait(PATIENCE)


class Chromium:
    def __init__(self, port):
        self.port = port
        self.attach()

    def pages(self):
        answer = requests.get(f"http://127.0.0.1:{self.port}/json/list", timeout=PATIENCE)
        return [target for target in answer.json() if target["type"] == "page"]

    def attach(self, path=""):
        """Talk to the page that is shown; a prerendered one takes the place of another."""
        [target] = wait_for(
            lambda: [page for page in self.pages() if path in page["url"]], f"the page {path}"
        )
        self.wire = Wire(target["webSocketDebuggerUrl"])

    def detach(self):
        self.wire.socket.close()

    def open(self, url):
        self.wire.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def run(self, script):
        answer = self.wire.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        return answer["result"].get("value")

    def wait(self, script):
        return wait_for(lambda: self.run(script), script)


@contextlib.contextmanager
def chromium():
    arguments = [
        "--headless=new",
        "--no-sandbox",
        "--no-first-run",
        "--disable-gpu",
        "--remote-debugging-port=0",
        "--user-data-dir={profile}",
        f"--user-agent={AGENT}",
        "about:blank",
    ]
    with _running(CHROMIUM, arguments) as (profile, _output):
        told = profile / "DevToolsActivePort"
        wait_for(lambda: told.exists() and told.read_text(), "Chromium")
        yield Chromium(told.read_text().split()[0])


class Firefox:
    def __init__(self, url):
        self.wire = Wire(f"{url}/session")
        self.wire.call("session.new", capabilities={})
        self.context = self.wire.call("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, url):
        self.wire.call("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def run(self, script):
        answer = self.wire.call(
            "script.evaluate",
            expression=script,
            target={"context": self.context},
            awaitPromise=True,
            userActivation=True,
        )
        return answer["result"].get("value")

    def wait(self, script):
        return wait_for(lambda: self.run(script), script)


@contextlib.contextmanager
def firefox():
    arguments = ["--headless", "--remote-debugging-port=0", "--profile", "{profile}", "about:blank"]
    with _running(FIREFOX, arguments) as (_profile, output):
        words = "WebDriver BiDi listening on "
        wait_for(lambda: words in output.read_text(errors="replace"), "Firefox")
        yield Firefox(output.read_text(errors="replace").partition(words)[2].split()[0])
