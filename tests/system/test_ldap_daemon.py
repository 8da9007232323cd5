"""test_ldap_daemon.py -- the daemon and its commands, with a real slapd.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import time

import pytest

import slapd
from geoip import COUNTRIES, address
from ldap_probe import BOXES
from slapd import Slapd
from waiting import until

JOE, ALIAS, OTHER = ("joe@example.com", "joseph@example.com",
                     "j.doe@example.com")


@pytest.fixture
def directory():
    server = Slapd(BOXES).start()
    yield server
    server.close()


@pytest.fixture
def serve(start_policyd, directory):
    """Start a daemon that asks the directory and allows one country."""
    def start(**settings):
        return start_policyd({
            "server": {"workers": 1},
            "limits": {"countries": 1},
            "actions": {"blocked": "REJECT blocked"},
            "ldap": {"enabled": True, "uris": [directory.uri],
                     "base": slapd.SUFFIX, "filter": slapd.FILTER} | settings})
    return start


def verdict(policyd, account, country):
    return policyd.ask(account, address(country))


def test_alias_and_account_count_as_one(serve):
    policyd = serve()
    assert verdict(policyd, ALIAS, "DE") == "DUNNO"
    assert verdict(policyd, OTHER, "DE") == "DUNNO"
    assert verdict(policyd, JOE, "AT") == "REJECT blocked"
    assert verdict(policyd, ALIAS.upper(), "DE") == "REJECT blocked"
    result = policyd.cli("--list-blocked", "--json")
    assert [entry["account"] for entry in json.loads(result.stdout)] == [JOE]


def test_commands_take_an_alias(serve):
    policyd = serve()
    assert policyd.cli("--block", ALIAS).returncode == 0
    assert verdict(policyd, JOE, "DE") == "REJECT blocked"
    assert policyd.cli("--unblock", OTHER).returncode == 0
    assert verdict(policyd, JOE, "DE") == "DUNNO"
    assert policyd.cli("--unblock", OTHER).returncode == 1


def test_injection_is_an_account_of_its_own(serve):
    policyd = serve()
    assert verdict(policyd, JOE, "DE") == "DUNNO"
    # Were it taken for a filter, it would be joe, in his second country.
    assert verdict(policyd, "*)(mailAccount=joe*", "AT") == "DUNNO"
    assert verdict(policyd, JOE, "DE") == "DUNNO"


def test_unknown_accounts_may_pass_uncounted(serve, database):
    policyd = serve(unknown="skip")
    for country in COUNTRIES:
        assert verdict(policyd, "nobody@example.com", country) == "DUNNO"
    assert database.value("SELECT count(*) FROM policyd.login") == "0"


def test_frozen_directory_stops_no_mail(serve, directory):
    policyd = serve(timeout="500ms", cache=0)
    with policyd.client() as client:
        assert client.ask(ALIAS, address("DE")) == "DUNNO"
        directory.freeze()
        took = []
        for _ in range(20):
            began = time.monotonic()
            assert client.ask("new@example.com", address("DE")) == "DUNNO"
            took.append((time.monotonic() - began) * 1000)
        # One waits for the directory; all 20 would, were it asked again.
        took.sort()
        assert took[-1] >= 500, took
        assert took[10] < 500, took
        directory.thaw()
        policyd.wait_log("the directory is away")
        until(lambda: client.ask("new@example.com", address("DE")) == "DUNNO"
              and "answers again" in policyd.log(), "the directory")


def test_a_slow_directory_leaves_time_for_the_store(serve, directory):
    """With the defaults: its time-out is as long as a round may take."""
    policyd = serve(timeout="1s")
    assert verdict(policyd, JOE, "DE") == "DUNNO"
    directory.freeze()
    # The first waits, and its raw name is an account like others.
    assert verdict(policyd, ALIAS, "DE") == "DUNNO"
    assert policyd.decisions(account=ALIAS)[0]["verdict"] == "pass"
    assert verdict(policyd, ALIAS, "AT") == "REJECT blocked"


def test_directory_away_from_the_start(serve, directory):
    directory.stop()
    policyd = serve()
    assert verdict(policyd, ALIAS, "DE") == "DUNNO"
    policyd.wait_log("Connection refused")
    directory.start()
    until(lambda: verdict(policyd, ALIAS, "DE") == "DUNNO"
          and "answers again" in policyd.log(), "the directory")
    assert verdict(policyd, JOE, "DE") == "DUNNO"
    assert verdict(policyd, OTHER, "AT") == "REJECT blocked"


def test_daemon_stops_while_it_is_connecting(serve, directory):
    directory.freeze()
    policyd = serve(timeout="1900ms")
    with policyd.client() as client:
        assert client.ask(ALIAS, address("DE")) == "DUNNO"
    assert policyd.stop() == 0
