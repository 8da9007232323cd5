"""test_ldap.py -- accounts from LDAP: what is found, who may ask, TLS, cache.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import shutil
import time

import pytest

import slapd
from ldap_probe import AT_ONCE_MS, BOXES, Probe, back
from ldap_probe import certificates, probe, server, shared  # noqa: F401
from policyd import IS_PLAIN
from slapd import Certificates, Slapd, entry
from waiting import PATIENCE, until

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


def test_certificate_that_is_put_right(guarded, certificates, strangers,
                                       probe, tmp_path):
    """A key of another certificate, until the right one is in its place."""
    key = tmp_path / "client.key"
    shutil.copy(strangers.client[1], key)
    asked = probe(guarded.tls_uri, sasl_external=1, ca_file=certificates.ca,
                  cert_file=certificates.client[0], key_file=key)
    assert asked.ask("a@example.com") == "kept:a@example.com"
    assert "the files of ldap.tls cannot be used" in asked.log()
    shutil.copy(certificates.client[1], key)
    back(asked, "a@example.com", "found:ann@example.com")


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
        # Half of them: the cache holds a third of those that are asked for.
        for i in range(0, boxes // 2, 100):
            names = [f"a{k}.{j}@example.com" for k in range(i, i + 100)
                     for j in range(aliases)]
            assert asked.ask(*names) == [
                f"found:u{k}@example.com" for k in range(i, i + 100)
                for j in range(aliases)]
            spent += asked.ms
            memory.append(asked.memory_kb())
        print(f"{boxes // 2 * aliases / spent * 1000:.0f} names/s, "
              f"{memory[-1]} kB")
        assert spent < 60000 * PATIENCE
        # When it is full it grows no more.
        assert not IS_PLAIN or \
            memory[-1] - memory[len(memory) // 2] < 1024, memory
        # The last batch is known: slapd could as well be gone.
        server.stop()
        assert asked.ask(*names)[-1] == f"found:u{boxes // 2 - 1}@example.com"
        assert asked.ms < AT_ONCE_MS
        # The first one is forgotten.
        assert asked.ask("a0.0@example.com") == "kept:a0.0@example.com"
    finally:
        asked.close()
        server.close()
