"""Starts and stops real Whimbrel nodes: the release binary, each with its own data folder and loopback port.

The binary is `target/release/whimbrel` unless WHIMBREL_BINARY names another. `Node` is a context manager; on a
failure it prints the end of the node's log. `Pair` holds two nodes that reach each other.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LOOPBACK = os.path.join(HERE, "loopback")

sys.path.insert(0, LOOPBACK)
import loopback_names  # noqa: E402
from recorder import Recorder  # noqa: E402

loopback_names.install()

START_SECONDS = 30
STOP_SECONDS = 30
COMMAND_SECONDS = 60
LOG_LINES = 150


def find_binary():
    """The path of the whimbrel program, or the end of the run with a sentence that says how to get one."""
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    path = os.environ.get("WHIMBREL_BINARY", os.path.join(target, "release", "whimbrel"))
    if not os.access(path, os.X_OK):
        sys.exit(f"no program at {path}: run `cargo build --release` or set WHIMBREL_BINARY")
    return os.path.abspath(path)


def free_ports(count):
    """So many different free loopback ports."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def clean_environment(**extra):
    """This process's environment without proxies, without settings of some other node, and with the additions."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("WHIMBREL_") and not name.lower().endswith("_proxy")
    }
    environment.update(extra)
    return environment


class CommandFailed(AssertionError):
    """A whimbrel command left with another status than 0."""


class Account:
    """An account made for the checks: its name, e-mail address and password."""

    def __init__(self, node, name):
        self.node = node
        self.name = name
        self.email = f"{name}@example.org"
        self.password = "correct horse " + secrets.token_urlsafe(12)

    @property
    def handle(self):
        """`name@domain`, as other servers write it."""
        return f"{self.name}@{self.node.domain}"


class Node:
    """One node.

    `name` gives the domain `name.localhost:PORT`. With `front_port` the node stands behind a TLS front on that
    port: its domain and its https addresses carry the front's port, while it listens on another, plain one. One that
    is `watched` stands behind a Recorder in the same way, which its `recorder` is.
    """

    def __init__(self, name, front_port=None, settings=None, watched=False):
        self.name = name
        self.binary = find_binary()
        self.port, watch_port = free_ports(2)
        self.recorder = None
        if watched:
            self.recorder = Recorder(watch_port, self.port)
            front_port = watch_port
        self.https = front_port is not None and not watched
        self.domain = f"{name}.localhost:{front_port or self.port}"
        self.origin = f"{'https' if self.https else 'http'}://{self.domain}"
        self.folder = tempfile.mkdtemp(prefix=f"whimbrel-{name}-")
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "node.log")
        self.process = None
        defaults = {
            "WHIMBREL_FEDERATION__ALLOW_HTTP": "true",
            "WHIMBREL_FEDERATION__ALLOW_PRIVATE_ADDRESSES": "true",
            "WHIMBREL_LIMITS__ENABLED": "false",
            "WHIMBREL_MEDIA__LINK_PREVIEWS": "false",
            "WHIMBREL_SERVER__HTTPS": "true" if self.https else "false",
        }
        self._environment = clean_environment(**defaults | (settings or {}))

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self._end_hard()
            self.print_log()
            self._remove()
            raise
        return self

    def __exit__(self, kind, cause, trace):
        try:
            self.stop()
        except BaseException:
            self.print_log()
            raise
        else:
            if kind is not None and not (kind is SystemExit and cause.code == 0):
                self.print_log()
        finally:
            self._end_hard()
            self._remove()
            if self.recorder is not None:
                self.recorder.close()

    def start(self):
        """Starts the node and returns when its /health says OK."""
        listen = f"127.0.0.1:{self.port}"
        command = [self.binary, "serve", "--domain", self.domain, "--listen", listen, "--data", self.data]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command, env=self._environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        ends = time.monotonic() + START_SECONDS
        while not self._is_healthy():
            status = self.process.poll()
            if status is not None:
                raise AssertionError(f"{self.name} left with status {status} while starting")
            if time.monotonic() > ends:
                raise AssertionError(f"{self.name} was not healthy after {START_SECONDS} s")
            time.sleep(0.05)

    def _is_healthy(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/health", headers={"Host": self.domain})
        try:
            with opener.open(request, timeout=2) as answer:
                return answer.status == 200 and answer.read().strip() == b"OK"
        except OSError:
            return False

    def stop(self):
        """Ends the node with SIGTERM and checks that it leaves with status 0 in time."""
        if self.process is None:
            return
        process, self.process = self.process, None
        if process.poll() is not None:
            raise AssertionError(f"{self.name} had ended by itself with status {process.returncode}")
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"{self.name} was still running {STOP_SECONDS} s after SIGTERM") from None
        if status != 0:
            raise AssertionError(f"{self.name} left with status {status} after SIGTERM")

    def kill(self):
        """Ends the node with SIGKILL, as a power cut would."""
        process, self.process = self.process, None
        process.kill()
        process.wait()

    def command(self, *arguments):
        """Runs a whimbrel command on this node's data folder and returns what it printed."""
        line = [self.binary, *arguments, "--domain", self.domain, "--data", self.data]
        done = subprocess.run(
            line,
            env=self._environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        if done.returncode != 0:
            shown = " ".join(arguments)
            raise CommandFailed(f"`whimbrel {shown}` left with {done.returncode}: {done.stderr or done.stdout}")
        return done.stdout

    def create_account(self, name, role="user"):
        """Creates a confirmed, approved account while the node runs."""
        account = Account(self, name)
        self.command(
            *("account", "create", name, "--email", account.email, "--password", account.password),
            *("--role", role, "--confirmed", "--approved"),
        )
        return account

    def create_token(self, name, scopes="read write follow push"):
        """Creates an access token for the account and returns it."""
        printed = self.command("token", "create", name, "--scopes", scopes)
        found = re.findall(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", printed)
        if len(found) != 1:
            raise AssertionError(f"`whimbrel token create` printed {len(found)} tokens of 43 characters: {printed!r}")
        return found[0]

    def print_log(self):
        """Prints the end of the node's log."""
        try:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                lines = log.readlines()
        except OSError:
            lines = []
        print(f"-- the last {min(len(lines), LOG_LINES)} of {len(lines)} log lines of {self.name}")
        print("".join(lines[-LOG_LINES:]), flush=True)

    def _end_hard(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Pair:
    """Two running nodes, `alpha` and `beta`, that reach each other over plain HTTP on loopback."""

    def __init__(self, watched=False):
        self.alpha = Node("alpha", watched=watched)
        self.beta = Node("beta", watched=watched)

    def __enter__(self):
        self.alpha.__enter__()
        try:
            self.beta.__enter__()
        except BaseException:
            self.alpha.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, cause, trace):
        try:
            self.beta.__exit__(kind, cause, trace)
        finally:
            self.alpha.__exit__(kind, cause, trace)

    def print_logs(self):
        """Prints the end of both logs."""
        self.alpha.print_log()
        self.beta.print_log()
