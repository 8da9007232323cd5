"""test_rolling.py -- two hosts, upgraded one after the other under load.

SPDX-License-Identifier: GPL-3.0-or-later

The program of the second host is that of `make`, with a schema that goes on:
see tests/system/next.
"""
import pytest

import policyd as daemon
from geoip import address
from load import Load
from stores import served, store  # noqa: F401
from waiting import until

NEXT = daemon.BUILD.resolve() / "tests" / "system" / "next" / "policyd"
JOE, ANN = "joe@example.com", "ann@example.com"
CONFIG = {"server": {"workers": 2, "deadline": "5s"},
          "limits": {"countries": 1}, "store": {"create": True},
          "actions": {"ok": "DUNNO", "blocked": "REJECT blocked",
                      "error": "DEFER_IF_PERMIT error"}}


@pytest.fixture
def next_program(monkeypatch):
    """From now on daemons are of the next version."""
    def change():
        monkeypatch.setattr(daemon, "PROGRAM", NEXT)
    return change


def test_both_versions_answer_together(served, store, next_program):
    old = served(CONFIG)
    with Load(old, connections=4) as load:
        load.wait_answers(200, "DUNNO")
        next_program()
        new = served(CONFIG)
        assert store.value("SELECT max(version) FROM policyd.schema_version"
                           ) == "900"
        load.wait_answers(200, "DUNNO")
        # One counts what the other was asked.
        assert old.ask(JOE, address("DE")) == "DUNNO"
        until(lambda: new.ask(ANN, address("DE")) == "DUNNO", "the new one")
        assert new.ask(JOE, address("AT")) == "REJECT blocked"
        assert old.ask(JOE, address("DE")) == "REJECT blocked"
        with Load(new, connections=4) as both:
            both.wait_answers(200, "DUNNO")
            load.wait_answers(200, "DUNNO")
        assert set(both.answers) == {"DUNNO"}
    assert set(load.answers) == {"DUNNO"}
    assert load.lost == both.lost == 0
    assert " error: " not in old.log() + new.log()


def test_the_older_one_can_be_started_again(served, store, next_program):
    old = served(CONFIG)
    program = daemon.PROGRAM
    assert old.ask(JOE, address("DE")) == "DUNNO"
    next_program()
    assert old.cli("--init-store").returncode == 0
    assert store.value("SELECT max(version) FROM policyd.schema_version"
                       ) == "900"
    daemon.PROGRAM = program
    again = served(CONFIG)
    until(lambda: again.ask(JOE, address("DE")) == "DUNNO", "the store")
    assert again.ask(JOE, address("AT")) == "REJECT blocked"
    assert " error: " not in again.log()
