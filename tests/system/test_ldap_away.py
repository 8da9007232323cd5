"""test_ldap_away.py -- accounts while the directory stops, hangs or lies.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import time

import pytest

import slapd
from ldap_probe import AT_ONCE_MS, BOXES, TIMEOUT_MS, back, timed_out
from ldap_probe import certificates, mute, probe  # noqa: F401
from ldap_probe import server, shared  # noqa: F401
from slapd import Slapd, entry
from waiting import until


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
    asked = probe(server.uri, timeout=TIMEOUT_MS, cache=0)
    assert asked.ask("a@example.com") == "found:ann@example.com"
    server.freeze()
    assert asked.ask("joseph@example.com") == "kept:joseph@example.com"
    assert TIMEOUT_MS <= asked.ms < TIMEOUT_MS + AT_ONCE_MS
    asks = 0
    end = time.monotonic() + TIMEOUT_MS / 1000
    while time.monotonic() < end:
        # The kernel accepts connections for it: nobody may wait for them.
        assert asked.ask("joseph@example.com") == "kept:joseph@example.com"
        assert asked.ask("a@example.com") == "found:ann@example.com"
        asks += 2
        time.sleep(0.02)
    assert asks > 10
    assert asked.log().count("\n") == 1, asked.log()
    server.thaw()
    back(asked, "joseph@example.com", "found:joe@example.com")


@pytest.mark.parametrize("kind", ["ldap", "ldaps", "starttls"])
def test_listener_that_says_nothing(mute, certificates, probe, kind):
    asked = probe(f"{'ldaps' if kind == 'ldaps' else 'ldap'}://"
                  f"127.0.0.1:{mute}", timeout=TIMEOUT_MS,
                  starttls=int(kind == "starttls"), ca_file=certificates.ca)
    assert asked.ask("192.0.2.1") == "kept:192.0.2.1"
    threads = asked.threads()
    assert asked.ask("a@example.com") == "kept:a@example.com"
    assert asked.ms < TIMEOUT_MS + AT_ONCE_MS
    for _ in range(20):
        assert asked.ask("a@example.com") == "kept:a@example.com"
        assert asked.ms < AT_ONCE_MS
    assert timed_out(asked)
    until(lambda: asked.threads() <= threads + 1, "the threads to end")


def test_handshake_that_stops_halfway(server, certificates, probe):
    """TLS with a server that was stopped in the middle of it."""
    server.freeze()
    asked = probe(server.tls_uri, timeout=TIMEOUT_MS, ca_file=certificates.ca)
    assert asked.ask("a@example.com") == "kept:a@example.com"
    assert asked.ms < TIMEOUT_MS + AT_ONCE_MS
    assert timed_out(asked)
    server.thaw()
    back(asked, "a@example.com", "found:ann@example.com")


def test_deadline_of_the_request_comes_first(server, probe):
    """All requests together wait for ldap.timeout, none beyond its own end."""
    asked = probe(server.uri, timeout=4000, deadline=1500)
    assert asked.ask("a@example.com") == "found:ann@example.com"
    server.freeze()
    waited = []
    while "away" not in asked.log() and len(waited) < 10:
        assert asked.ask("b@example.com") == "kept:b@example.com"
        waited.append(asked.ms)
    assert len(waited) > 1 and max(waited) < 1500 + AT_ONCE_MS, waited
    assert 4000 <= sum(waited) < 4000 + AT_ONCE_MS
    server.thaw()
    back(asked, "joseph@example.com", "found:joe@example.com")


def test_late_answers_are_not_taken_for_others(server, probe):
    asked = probe(server.uri, timeout=30000, deadline=6000)
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
    asked = probe([f"ldap://127.0.0.1:{mute}", shared.uri], timeout=8000)
    assert asked.ask("a@example.com") == "found:ann@example.com"
    assert asked.ms < 8000
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
    asked = probe("ldap://directory.invalid", timeout=TIMEOUT_MS)
    assert asked.ask("a@example.com") == "kept:a@example.com"
    assert asked.ms < TIMEOUT_MS + AT_ONCE_MS
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
    first = None
    for _ in range(12):
        assert asked.ask("a@example.com") == "found:ann@example.com"
        first = first or (asked.descriptors(), asked.threads())
        server.stop()
        server.start()
    assert asked.ask("a@example.com") == "found:ann@example.com"
    # Who made the connection may be about to leave.
    until(lambda: asked.descriptors() <= first[0] and
          asked.threads() <= first[1], f"{first} descriptors and threads")
