"""ldap_probe.py -- a program that asks for accounts, and servers to ask.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import threading

import pytest

import slapd
from slapd import Certificates, Slapd, entry
from waiting import PATIENCE, until

BUILD = pathlib.Path(os.environ.get("POLICYD_BUILD", "build")).resolve()
LEAKS = pathlib.Path(__file__).with_name("libldap.supp")
# ldap.timeout where it is to be waited for, and what tells an answer that
# waits for nobody from one that does, on a machine that is busy.
TIMEOUT_MS = 5000
AT_ONCE_MS = 0.8 * TIMEOUT_MS * PATIENCE

BOXES = (
    entry("joe", mailAccount="joe@example.com",
          mailAlias=["joseph@example.com", "j.doe@example.com",
                     "paren(thesis)@example.com", "back\\slash@example.com",
                     "star*@example.com"]) +
    entry("ann", mailAccount="Ann@Example.com", mailAlias="a@example.com") +
    entry("two", mailAccount=["zoe@example.com", "bob@example.com"],
          mailAlias="two@example.com") +
    entry("first", mailAccount="y@example.com", mailAlias="both@example.com") +
    entry("second", mailAccount="x@example.com",
          mailAlias="both@example.com") +
    entry("bare", mailAlias="bare@example.com") +
    entry("long", mailAccount="l" * 321, mailAlias="long@example.com") +
    entry("bell", **{"mailAccount:": "YQdiQGV4YW1wbGUuY29t"},
          mailAlias="bell@example.com") +
    entry("utf8", **{"mailAlias:": "asO2cmdAZXhhbXBsZS5jb20="},
          mailAccount="joerg@example.com"))


class Probe:
    """The program that asks directory/account_lookup.h, with ldap.* as given."""

    def __init__(self, uris, **settings):
        settings = {"base": slapd.SUFFIX, "filter": slapd.FILTER,
                    "attribute": "mailAccount", "timeout": 30000,
                    "deadline": 60000} | settings
        settings["uris"] = uris if isinstance(uris, str) else ",".join(uris)
        self.log_file = tempfile.TemporaryFile("a+b")
        environment = dict(os.environ)
        if "cert_file" in settings:
            environment["LSAN_OPTIONS"] = f"suppressions='{LEAKS}'"
        self.process = subprocess.Popen(
            [BUILD / "tests/system/ldap_probe",
             *(f"{key}={value}" for key, value in settings.items())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.log_file, text=True, env=environment)
        self.ms = None

    def ask(self, *names):
        """The answers, "found:joe@example.com"; self.ms: what it took."""
        self.process.stdin.write("\t".join(names) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.log()
        took, *answers = line.rstrip("\n").split("\t")
        self.ms = int(took)
        assert len(answers) == len(names)
        return answers[0] if len(names) == 1 else answers

    def log(self):
        self.log_file.seek(0)
        return self.log_file.read().decode()

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def memory_kb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def close(self):
        self.process.stdin.close()
        try:
            code = self.process.wait(60 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.process.stdout.close()
        log = self.log()
        self.log_file.close()
        assert code == 0, log


def back(asked, name, answer):
    """Ask until the directory answers again, as long as it takes at most."""
    until(lambda: asked.ask(name) == answer, "the directory")
    assert asked.log().count("answers again") == 1


def timed_out(asked):
    """Where it got stuck is told, if there is time for telling."""
    return re.search(r"(handshake|StartTLS|bind): Timed out"
                     r"|no connection within", asked.log())


@pytest.fixture
def probe():
    """A function that makes probes."""
    made = []

    def make(uris, **settings):
        made.append(Probe(uris, **settings))
        return made[-1]
    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def shared(certificates):
    """A server that no test changes."""
    server = Slapd(BOXES, certificates).start()
    yield server
    server.close()


@pytest.fixture
def server(certificates):
    """A server for one test, to be treated badly."""
    server = Slapd(BOXES, certificates).start()
    yield server
    server.close()


@pytest.fixture
def mute():
    """A listener that accepts and never says anything: its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = []

        def accept():
            while True:
                try:
                    taken.append(listener.accept()[0])
                except OSError:
                    return
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        for one in taken:
            one.close()
