"""A real browser that behaves like a person's: no test agent, no automation flag in its name."""

import contextlib
import re
import shutil

from playwright.sync_api import sync_playwright

AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)
CHROMIUM = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
#: The demo pages embed maps and videos of other sites, which no test reaches.
ELSEWHERE = re.compile(r"Failed to load resource: net::ERR_(NAME_NOT_RESOLVED|INTERNET_DISCONN)")


@contextlib.contextmanager
def chromium():
    """A running browser; open people's contexts in it with ``visitor``."""
    path = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """One person's browser: its pages, what these sent to us, and what went wrong in them."""

    def __init__(self, browser, url, **options):
        options.setdefault("viewport", {"width": 1280, "height": 800})
        self.context = browser.new_context(user_agent=AGENT, **options)
        self.url = url
        self.requests = []  # (path, body)
        self.errors = []
        self.context.on("request", self._note_request)
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.context.on("console", self._note_message)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        # what pages tell in leaving comes in before the next test begins
        for page in self.context.pages:
            page.goto("about:blank")
            page.wait_for_timeout(500)
        self.context.close()

    def open(self, path, page=None):
        """Open a page and wait until its scripts run."""
        page = page or self.context.new_page()
        page.goto(self.url + path)
        self.wait_ready(page)
        return page

    @staticmethod
    def wait_ready(page):
        page.wait_for_function("() => window.ecrm && document.readyState === 'complete'")
        page.wait_for_load_state("networkidle")

    def choose(self, page, choice):
        """Answer the cookie bar: ``all`` or ``essential``."""
        button = page.locator(f"#cookies-consent-{choice}")
        button.wait_for(state="visible")
        page.wait_for_timeout(500)  # Bootstrap ignores clicks while the bar moves in
        button.click()
        page.wait_for_function("() => document.cookie.includes('website_cookies_bar')")

    def sent(self, path="/ecrm/collect"):
        return [body for where, body in self.requests if where == path]

    def cookies(self):
        return {cookie["name"]: cookie for cookie in self.context.cookies()}

    @staticmethod
    def stored(page):
        """What of ours the browser keeps: names in its storages."""
        return page.evaluate(
            "() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]"
            ".filter((key) => key.startsWith('ecrm'))"
        )

    def queue(self, page):
        """The events that wait, as names; those sent in leaving end with ~."""
        return [key for key in self.stored(page) if key.startswith("ecrm_q.")]

    def _note_request(self, request):
        path = "/" + request.url.split("/", 3)[3]
        if path.startswith("/ecrm/"):
            self.requests.append((path, request.post_data))

    def _note_message(self, message):
        if message.type == "error" and not ELSEWHERE.search(message.text):
            self.errors.append(message.text)


def wait_until(page, stored, count):
    for _attempt in range(150):
        if len(stored()) >= count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{len(stored())} of {count} touchpoints came in")
