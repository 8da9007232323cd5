"""test_ldap.py -- accounts from LDAP, against a real slapd.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import threading
import time

import pytest

import slapd
from slapd import Certificates, Slapd, entry
from waiting import PATIENCE, until

BUILD = pathlib.Path(os.environ.get("POLICYD_BUILD", "build")).resolve()
LEAKS = pathlib.Path(__file__).with_name("libldap.supp")
# What an answer that waits for nobody takes at the very most.
AT_ONCE_MS = 100 * PATIENCE

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
    """The program that asks facts/account.h, with ldap.* as given."""

    def __init__(self, uris, **settings):
        settings = {"base": slapd.SUFFIX, "filter": slapd.FILTER,
                    "attribute": "mailAccount", "timeout": 1000} | settings
        settings["uris"] = uris if isinstance(uris, str) else ",".join(uris)
        self.log_file = tempfile.TemporaryFile()
        environment = dict(os.environ)
        if "cert_file" in settings:
            environment["LSAN_OPTIONS"] = f"suppressions={LEAKS}"
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
            code = self.process.wait(10 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.process.stdout.close()
        log = self.log()
        self.log_file.close()
        assert code == 0, log


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


# --- what is found -----------------------------------------------------------

@pytest.mark.parametrize("name, answer", [
    ("joseph@example.com", "found:joe@example.com"),
    ("j.doe@example.com", "found:joe@example.com"),
    ("joe@example.com", "found:joe@example.com"),
    ("a@example.com", "found:ann@example.com"),
    ("nobody@example.com", "kept:nobody@example.com"),
    ("paren(thesis)@example.com", "found:joe@example.com"),
    ("back\\slash@example.com", "found:joe@example.com"),
    ("star*@example.com", "found:joe@example.com"),
    ("jörg@example.com", "found:joerg@example.com"),
    ("bare@example.com", "kept:bare@example.com"),
    ("long@example.com", "kept:long@example.com"),
    ("bell@example.com", "kept:bell@example.com"),
    ("192.0.2.1", "kept:192.0.2.1"),
    ("2001:db8::1", "kept:2001:db8::1"),
])
def test_name(shared, probe, name, answer):
    assert probe(shared.uri).ask(name) == answer


@pytest.mark.parametrize("name", [
    "*", "j*", "*)(mailAlias=*", "joe@example.com)(cn=joe",
    "*)(uid=*))(|(uid=*", "\\2a", "\\00", "x)(|(objectClass=*)", "(", ")", "\\",
    "joe@example.com\\", "*@example.com", "\x01", "\xff"])
def test_injection_finds_nothing(shared, probe, name):
    asked = probe(shared.uri)
    assert asked.ask(name) == f"kept:{name}"
    assert asked.ask("joseph@example.com") == "found:joe@example.com"
    assert "away" not in asked.log()
    assert len(clients) == 1 and server.clients() == clients


def test_unknown_is_skipped(shared, probe):
    asked = probe(shared.uri, unknown="skip")
    assert asked.ask("nobody@example.com", "a@example.com", "192.0.2.1") == [
        "skipped:nobody@example.com", "found:ann@example.com",
        "kept:192.0.2.1"]


def test_first_of_several_values_in_order(shared, probe):
    asked = probe(shared.uri, cache=0)
    for _ in range(3):
        assert asked.ask("two@example.com") == "found:bob@example.com"
        assert asked.ask("both@example.com") == "found:x@example.com"
    assert asked.log().count("two@example.com belongs to several") == 1
    assert asked.log().count("both@example.com belongs to several") == 1


@pytest.mark.parametrize("scope, base, answer", [
    ("sub", slapd.SUFFIX, "found:joe@example.com"),
    ("one", slapd.SUFFIX, "found:joe@example.com"),
    ("base", slapd.SUFFIX, "kept:joseph@example.com"),
    ("base", f"cn=joe,{slapd.SUFFIX}", "found:joe@example.com"),
    ("one", f"cn=joe,{slapd.SUFFIX}", "kept:joseph@example.com"),
])
def test_scope(shared, probe, scope, base, answer):
    asked = probe(shared.uri, scope=scope, base=base)
    assert asked.ask("joseph@example.com") == answer


def test_missing_base_is_no_answer(shared, probe):
    """Not "unknown", or a slip of the pen would let everybody pass."""
    asked = probe(shared.uri, base="dc=elsewhere", unknown="skip")
    assert asked.ask("nobody@example.com") == "kept:nobody@example.com"
    assert "No such object" in asked.log() or "Referral" in asked.log()


def test_broken_filter_is_no_answer(shared, probe):
    asked = probe(shared.uri, filter="(mailAlias=%s", unknown="skip")
    assert asked.ask("joseph@example.com") == "kept:joseph@example.com"
    assert "Bad search filter" in asked.log()


def test_batch_asks_once_for_a_name(probe):
    server = Slapd(BOXES, is_traced=True).start()
    try:
        asked = probe(server.uri)
        names = ["joseph@example.com", "a@example.com", "nobody@example.com"]
        for _ in range(2):
            assert asked.ask(*names * 50) == [
                "found:joe@example.com", "found:ann@example.com",
                "kept:nobody@example.com"] * 50
        for name in names:
            assert server.searches(f"mailAlias={name}") == 1
        # Addresses and domains are no accounts.
        assert asked.ask("192.0.2.1", "@example.com") == [
            "kept:192.0.2.1", "kept:@example.com"]
        assert server.searches("192.0.2.1") == 0
        assert server.searches("mailAlias=@") == 0
    finally:
        server.close()


# --- who may ask -------------------------------------------------------------

@pytest.fixture(scope="module")
def guarded(certificates):
    """A server that tells only its reader anything."""
    server = Slapd(BOXES, certificates,
                   access=f"by dn.exact={slapd.READER_DN} read by * none")
    yield server.start()
    server.close()


BIND = {"bind_dn": slapd.READER_DN, "bind_password": slapd.PASSWORD}


def test_simple_bind(guarded, probe):
    assert probe(guarded.uri, **BIND).ask("a@example.com") == \
        "found:ann@example.com"


@pytest.mark.parametrize("change, words", [
    ({"bind_password": "open barley"}, "Invalid credentials"),
    ({"bind_password": ""}, "has no password"),
    ({"bind_dn": "no dn at all"}, "Invalid DN syntax"),
])
def test_bind_that_fails(guarded, probe, change, words):
    asked = probe(guarded.uri, **BIND | change)
    assert asked.ask("a@example.com") == "kept:a@example.com"
    assert words in asked.log()
    assert asked.log().count("\n") == 1
    assert asked.ask("b@example.com") == "kept:b@example.com"
    assert asked.ms < AT_ONCE_MS


def test_anonymous_is_told_nothing(guarded, probe):
    assert probe(guarded.uri).ask("a@example.com") == "kept:a@example.com"


@pytest.mark.parametrize("starttls", [0, 1])
def test_external_by_certificate(guarded, certificates, probe, starttls):
    asked = probe(guarded.uri if starttls else guarded.tls_uri,
                  starttls=starttls, sasl_external=1, ca_file=certificates.ca,
                  cert_file=certificates.client[0],
                  key_file=certificates.client[1])
    assert asked.ask("a@example.com") == "found:ann@example.com", asked.log()


def test_external_without_certificate(guarded, certificates, probe):
    asked = probe(guarded.tls_uri, sasl_external=1, ca_file=certificates.ca)
    assert asked.ask("a@example.com") == "kept:a@example.com"
    assert "bind: " in asked.log()


def test_unix_socket(shared, probe):
    assert probe(shared.unix_uri).ask("a@example.com") == \
        "found:ann@example.com"


# --- TLS ---------------------------------------------------------------------

@pytest.fixture(scope="module")
def strangers(tmp_path_factory):
    """Certificates of another authority, for a host of another name."""
    return Certificates(tmp_path_factory.mktemp("strangers"),
                        "ldap.example.net")


@pytest.mark.parametrize("starttls", [0, 1])
def test_tls(shared, certificates, probe, starttls):
    asked = probe(shared.uri if starttls else shared.tls_uri,
                  starttls=starttls, ca_file=certificates.ca)
    assert asked.ask("a@example.com") == "found:ann@example.com", asked.log()


@pytest.mark.parametrize("starttls", [0, 1])
def test_wrong_authority(shared, strangers, probe, starttls):
    asked = probe(shared.uri if starttls else shared.tls_uri,
                  starttls=starttls, ca_file=strangers.ca)
    assert asked.ask("a@example.com") == "kept:a@example.com"
    assert "TLS handshake: " in asked.log()


def test_system_authorities_do_not_know_ours(shared, probe):
    asked = probe(shared.tls_uri)
    assert asked.ask("a@example.com") == "kept:a@example.com"
    assert "TLS handshake: " in asked.log()


@pytest.mark.parametrize("starttls", [0, 1])
def test_not_verified(shared, strangers, probe, starttls):
    asked = probe(shared.uri if starttls else shared.tls_uri,
                  starttls=starttls, ca_file=strangers.ca, verify=0)
    assert asked.ask("a@example.com") == "found:ann@example.com", asked.log()


@pytest.mark.parametrize("starttls", [0, 1])
def test_certificate_of_another_host(strangers, probe, starttls):
    server = Slapd(BOXES, strangers).start()
    try:
        asked = probe(server.uri if starttls else server.tls_uri,
                      starttls=starttls, ca_file=strangers.ca)
        assert asked.ask("a@example.com") == "kept:a@example.com"
        assert "TLS handshake: " in asked.log()
    finally:
        server.close()


def test_starttls_refused(probe):
    server = Slapd(BOXES).start()
    try:
        asked = probe(server.uri, starttls=1)
        assert asked.ask("a@example.com") == "kept:a@example.com"
        assert "StartTLS: " in asked.log()
    finally:
        server.close()


def test_missing_authority_file(shared, probe):
    asked = probe(shared.tls_uri, ca_file="/nowhere/ca.pem")
    assert asked.ask("a@example.com") == "kept:a@example.com"
    assert "/nowhere/ca.pem: No such file" in asked.log()


# --- the directory is away ---------------------------------------------------

def back(asked, name, answer):
    """Ask until the directory answers again, as long as it takes at most."""
    until(lambda: asked.ask(name) == answer, "the directory", 35)
    assert asked.log().count("answers again") == 1


def timed_out(asked):
    """Where it got stuck is told, if there is time for telling."""
    return re.search(r"(handshake|StartTLS|bind): Timed out"
                     r"|no connection within", asked.log())


def test_stopped(server, probe):
    asked = probe(server.uri, cache=0)
    assert asked.ask("a@example.com") == "found:ann@example.com"
    server.stop()
    assert asked.ask("b@example.com") == "kept:b@example.com"
    assert asked.ms < AT_ONCE_MS
    assert "Connection refused" in asked.log() and server.uri in asked.log()
    # What it said before still holds, though it is old.
    assert asked.ask("a@example.com") == "found:ann@example.com"
    server.start()
    back(asked, "joseph@example.com", "found:joe@example.com")
    assert asked.log().count("away") == 1


def test_restarted_between_requests(server, probe):
    asked = probe(server.uri)
    assert asked.ask("a@example.com") == "found:ann@example.com"
    server.stop()
    server.start()
    assert asked.ask("joseph@example.com") == "found:joe@example.com"
    assert asked.log() == ""


def test_frozen(server, probe):
    asked = probe(server.uri, timeout=500, cache=0)
    assert asked.ask("a@example.com") == "found:ann@example.com"
    server.freeze()
    assert asked.ask("joseph@example.com") == "kept:joseph@example.com"
    assert 500 <= asked.ms < 500 + AT_ONCE_MS
    slowest = 0
    end = time.monotonic() + 3
    while time.monotonic() < end:
        # The kernel accepts connections for it: nobody may wait for them.
        assert asked.ask("joseph@example.com") == "kept:joseph@example.com"
        slowest = max(slowest, asked.ms)
        assert asked.ask("a@example.com") == "found:ann@example.com"
        slowest = max(slowest, asked.ms)
    assert slowest < AT_ONCE_MS
    assert asked.log().count("\n") == 1, asked.log()
    server.thaw()
    back(asked, "joseph@example.com", "found:joe@example.com")


@pytest.mark.parametrize("kind", ["ldap", "ldaps", "starttls"])
def test_listener_that_says_nothing(mute, certificates, probe, kind):
    asked = probe(f"{'ldaps' if kind == 'ldaps' else 'ldap'}://"
                  f"127.0.0.1:{mute}", timeout=400,
                  starttls=int(kind == "starttls"), ca_file=certificates.ca)
    assert asked.ask("192.0.2.1") == "kept:192.0.2.1"
    threads = asked.threads()
    assert asked.ask("a@example.com") == "kept:a@example.com"
    assert asked.ms < 400 + AT_ONCE_MS
    for _ in range(20):
        assert asked.ask("a@example.com") == "kept:a@example.com"
        assert asked.ms < AT_ONCE_MS
    assert timed_out(asked)
    assert asked.threads() <= threads + 1


def test_handshake_that_stops_halfway(server, certificates, probe):
    """TLS with a server that was stopped in the middle of it."""
    server.freeze()
    asked = probe(server.tls_uri, timeout=400, ca_file=certificates.ca)
    assert asked.ask("a@example.com") == "kept:a@example.com"
    assert asked.ms < 400 + AT_ONCE_MS
    assert timed_out(asked)
    server.thaw()
    back(asked, "a@example.com", "found:ann@example.com")


def test_deadline_of_the_request_comes_first(server, probe):
    """All requests together wait for ldap.timeout, none beyond its own end."""
    asked = probe(server.uri, timeout=1000, deadline=300)
    assert asked.ask("a@example.com") == "found:ann@example.com"
    server.freeze()
    waited = []
    while "away" not in asked.log() and len(waited) < 10:
        assert asked.ask("b@example.com") == "kept:b@example.com"
        waited.append(asked.ms)
    assert len(waited) == 4 and max(waited) < 300 + AT_ONCE_MS, waited
    assert 1000 <= sum(waited) < 1000 + AT_ONCE_MS
    server.thaw()
    back(asked, "joseph@example.com", "found:joe@example.com")


def test_late_answers_are_not_taken_for_others(server, probe):
    asked = probe(server.uri, timeout=5000, deadline=200)
    assert asked.ask("a@example.com") == "found:ann@example.com"
    clients = server.clients()
    server.freeze()
    assert asked.ask("joseph@example.com") == "kept:joseph@example.com"
    server.thaw()
    assert asked.ask("nobody@example.com", "two@example.com") == [
        "kept:nobody@example.com", "found:bob@example.com"]
    assert asked.ask("joseph@example.com") == "found:joe@example.com"
    assert "away" not in asked.log()
    assert len(clients) == 1 and server.clients() == clients


def test_first_uri_is_dead(shared, probe):
    dead = f"ldap://127.0.0.1:{slapd.free_port()}"
    asked = probe([dead, shared.uri])
    assert asked.ask("a@example.com") == "found:ann@example.com"
    assert asked.ms < AT_ONCE_MS
    assert asked.log() == ""


def test_first_uri_says_nothing(shared, mute, probe):
    asked = probe([f"ldap://127.0.0.1:{mute}", shared.uri], timeout=600)
    assert asked.ask("a@example.com") == "found:ann@example.com"
    assert asked.ms < 600
    assert asked.ask("joseph@example.com") == "found:joe@example.com"
    assert asked.ms < AT_ONCE_MS


def test_second_uri_takes_over(server, shared, probe):
    asked = probe([server.uri, shared.uri], cache=0)
    assert asked.ask("a@example.com") == "found:ann@example.com"
    assert len(server.clients()) == 1
    server.stop()
    assert asked.ask("a@example.com") == "found:ann@example.com"
    assert asked.ms < AT_ONCE_MS


def test_all_uris_are_named(probe):
    uris = [f"ldap://127.0.0.1:{slapd.free_port()}" for _ in range(3)]
    asked = probe(uris)
    assert asked.ask("a@example.com") == "kept:a@example.com"
    for uri in uris:
        assert uri in asked.log()


def test_unknown_host(probe):
    asked = probe("ldap://directory.invalid", timeout=500)
    assert asked.ask("a@example.com") == "kept:a@example.com"
    assert asked.ms < 500 + AT_ONCE_MS
    assert "directory.invalid" in asked.log() or \
        "no connection within" in asked.log()


def test_referral_is_not_followed(server, probe):
    """It would be followed without TLS, without bind, without a deadline."""
    other = Slapd(BOXES).start()
    referring = Slapd("dn: ou=far,dc=example,dc=com\nobjectClass: referral\n"
                      "objectClass: extensibleObject\nou: far\n"
                      f"ref: {other.uri}/{slapd.SUFFIX}\n\n" +
                      entry("near", mailAccount="near@example.com"),
                      extra=f"referral {other.uri}").start()
    try:
        # References beside the answer do no harm.
        asked = probe(referring.uri)
        assert asked.ask("near@example.com", "a@example.com") == [
            "found:near@example.com", "kept:a@example.com"]
        # Nothing but a referral is no answer.
        asked = probe(referring.uri, base="ou=far," + slapd.SUFFIX,
                      unknown="skip")
        assert asked.ask("a@example.com") == "kept:a@example.com"
        assert "Referral" in asked.log()
        assert other.clients() == []
    finally:
        referring.close()
        other.close()


def test_connections_leave_nothing_behind(server, certificates, probe):
    asked = probe(server.tls_uri, ca_file=certificates.ca, cache=0)
    counts = []
    for _ in range(12):
        assert asked.ask("a@example.com") == "found:ann@example.com"
        counts.append((asked.descriptors(), asked.threads()))
        server.stop()
        server.start()
    assert len(set(counts)) == 1, counts


# --- the cache ---------------------------------------------------------------

RENAME = f"""dn: cn=joe,{slapd.SUFFIX}
changetype: modify
replace: mailAccount
mailAccount: joe2@example.com
"""


def test_answers_are_kept_and_expire(server, probe):
    asked = probe(server.uri, cache=1)
    began = time.monotonic()
    assert asked.ask("joseph@example.com", "new@example.com") == [
        "found:joe@example.com", "kept:new@example.com"]
    server.modify(RENAME)
    server.modify(RENAME.replace("replace: mailAccount", "add: mailAlias")
                  .replace("mailAccount: joe2", "mailAlias: new"))
    answers = asked.ask("joseph@example.com", "new@example.com")
    if time.monotonic() - began < 1:
        assert answers == ["found:joe@example.com", "kept:new@example.com"]
    until(lambda: asked.ask("joseph@example.com", "new@example.com") ==
          ["found:joe2@example.com"] * 2, "the cache to expire")
    assert time.monotonic() - began >= 1


def test_hundred_thousand_aliases():
    """Found at speed, and in bounded memory."""
    boxes, aliases = 5000, 20
    server = Slapd("".join(
        entry(f"u{i}", mailAccount=f"u{i}@example.com",
              mailAlias=[f"a{i}.{j}@example.com" for j in range(aliases)])
        for i in range(boxes))).start()
    asked = Probe(server.uri, deadline=60000, timeout=10000)
    try:
        spent, memory = 0, []
        for i in range(0, boxes, 100):
            names = [f"a{k}.{j}@example.com" for k in range(i, i + 100)
                     for j in range(aliases)]
            assert asked.ask(*names) == [
                f"found:u{k}@example.com" for k in range(i, i + 100)
                for j in range(aliases)]
            spent += asked.ms
            memory.append(asked.memory_kb())
        print(f"{boxes * aliases / spent * 1000:.0f} names/s, "
              f"{memory[-1]} kB")
        assert spent < 60000 * PATIENCE
        # The cache is full after the first sixth; then it grows no more.
        assert memory[-1] - memory[len(memory) // 4] < 1024, memory
        # The last batch is known: slapd could as well be gone.
        server.stop()
        assert asked.ask(*names)[-1] == f"found:u{boxes - 1}@example.com"
        assert asked.ms < AT_ONCE_MS
        # The first one is forgotten.
        assert asked.ask("a0.0@example.com") == "kept:a0.0@example.com"
    finally:
        asked.close()
        server.close()
