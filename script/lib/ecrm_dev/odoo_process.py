"""Odoo as a process of its own: to the end, or as a server."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from . import project

ODOO = [sys.executable, str(project.LOCAL / "venv" / "bin" / "odoo")]


class OdooFailed(Exception):
    """Odoo ended badly, or did not start."""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def run_odoo(arguments, log, timeout=1800, check=False, launcher=None, script=None):
    """Run Odoo until it ends; return its exit status. Its output goes to the file ``log``.

    script: path of what Odoo's shell executes
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    options = ["--max-cron-threads=0", f"--http-port={free_port()}"]
    command = [*(launcher or ODOO), *arguments, *options]
    with log.open("wb") as output, open(script or os.devnull, "rb") as read:
        process = _start(command, output, read)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            output.write(b"\nstopped: it took longer than %d seconds\n" % timeout)
            status = -1
        finally:
            stop(process)
    if check and status:
        raise OdooFailed(f"Odoo ended with status {status}:\n{tail(log)}")
    return status


def serve(arguments, log, port):
    """Start a server on the loopback interface; return its process."""
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [*ODOO, "--http-interface=127.0.0.1", f"--http-port={port}", *arguments]
    with log.open("ab") as output:
        return _start(command, output)


def wait_until_up(process, port, log, path="/web/health", timeout=120):
    """Wait until the server on ``port`` answers."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise OdooFailed(f"the server ended with status {process.returncode}:\n{tail(log)}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    stop(process)
    raise OdooFailed(f"the server did not answer within {timeout} seconds:\n{tail(log)}")


def stop(process, sig=signal.SIGTERM, timeout=30):
    """End a process started here, and its children."""
    if process.poll() is None:
        process.send_signal(sig)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            sig = signal.SIGKILL
    with contextlib.suppress(ProcessLookupError):
        # What is left of its group: workers, a browser.
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def tail(log, lines=40):
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _start(command, output, read=subprocess.DEVNULL):
    return subprocess.Popen(
        command,
        stdin=read,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
