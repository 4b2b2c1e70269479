import contextlib
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from odoo.tests import BaseCase, tagged

from ..lib.email.esp import sns
from ..lib.email.esp.fetch import Failed, download, fetch

CONFIRM = "?Action=ConfirmSubscription&Token=t"


class Slow(BaseHTTPRequestHandler):
    """Answers as those do whom one should not wait for."""

    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/inside")
            self.end_headers()
            return
        self.send_response(500 if self.path == "/broken" else 200)
        self.end_headers()
        with contextlib.suppress(OSError):  # nobody listens any more
            while self.path == "/endless":
                self.wfile.write(b"x" * 8192)
            while self.path == "/dribble":
                self.wfile.write(b"x")
                time.sleep(0.1)
            self.wfile.write(b"well")

    def log_message(self, *args):
        pass


@tagged("post_install", "-at_install")
class TestFetch(BaseCase):
    """The calls that we make ourselves: whom, and how long."""

    def test_only_amazon_is_called(self):
        for host in (
            "127.0.0.1",
            "[::1]",
            "169.254.169.254",
            "10.0.0.1",
            "192.168.1.1",
            "2130706433",
            "0x7f.1",
            "[::ffff:127.0.0.1]",
            "localhost",
            "sns.eu-west-1.amazonaws.com.evil.example",
            "evil.example\\@sns.eu-west-1.amazonaws.com",
            "sns.eu-west-1.amazonaws.com@127.0.0.1",
            "sns.eu-west-1.amazonaws.com:22",
            "sns.eu-west-1.amazonaws.com\n.evil.example",
            "bucket.s3.amazonaws.com",
            "SNS.eu-west-1.amazonaws.com",
        ):
            for url, is_pinned in (
                (f"https://{host}/{CONFIRM}", sns.is_confirm_url),
                (f"https://{host}/a.pem", sns.is_certificate_url),
            ):
                with self.subTest(url), self.assertRaisesRegex(Failed, "may not be called"):
                    fetch(url, is_pinned)
        for url in (
            "file:///etc/passwd",
            "file://sns.eu-west-1.amazonaws.com/a.pem",
            "gopher://sns.eu-west-1.amazonaws.com/a.pem",
            f"http://sns.eu-west-1.amazonaws.com/{CONFIRM}",
            "",
            None,
        ):
            for is_pinned in (sns.is_confirm_url, sns.is_certificate_url):
                with self.subTest(url), self.assertRaisesRegex(Failed, "may not be called"):
                    fetch(url, is_pinned)

    def test_answers(self):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        base = f"http://127.0.0.1:{server.server_port}"
        self.assertEqual(download(f"{base}/good"), b"well")
        for path, reason in (
            ("/endless", "too large"),
            ("/dribble", "in time"),
            ("/broken", "500"),
            ("/moved", "302"),
        ):
            start = time.monotonic()
            with self.subTest(path), self.assertRaisesRegex(Failed, reason):
                download(base + path, seconds=1)
            self.assertLess(time.monotonic() - start, 2)

    def test_nobody_answers(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            start = time.monotonic()
            with self.assertRaises(Failed):
                download(f"http://127.0.0.1:{silent.getsockname()[1]}/", seconds=1)
            self.assertLess(time.monotonic() - start, 2)
