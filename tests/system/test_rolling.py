"""test_rolling.py -- two hosts, upgraded one after the other under load.

SPDX-License-Identifier: GPL-3.0-or-later

From the version before the last step of the schema, built from the history of
the source, to this one; and from this one to one that may come: the program of
`make`, with a schema that goes on (see tests/system/next).
"""
import dataclasses
import pathlib

import pytest

import older
import policyd as daemon
from activation import passed_socket, passing
from client import request
from geoip import address
from load import Load
from stores import PostgresStore, SqliteStore
from waiting import until

NEXT = daemon.BUILD.resolve() / "tests" / "system" / "next" / "policyd"
JOE, ANN = "joe@example.com", "ann@example.com"
CONFIG = {"server": {"workers": 2, "deadline": "30s"},
          "limits": {"countries": 1}, "store": {"create": True},
          "actions": {"ok": "DUNNO", "blocked": "REJECT blocked",
                      "error": "DEFER_IF_PERMIT error"}}


@pytest.fixture(params=["postgresql", "sqlite"])
def store(request):
    """One without a schema: the older version makes it."""
    if request.param == "sqlite":
        made = SqliteStore()
        yield made
        made.close()
    else:
        yield PostgresStore(request.getfixturevalue("empty_database"))


@pytest.fixture
def served(store, start_policyd):
    """A function that starts a daemon on the store."""
    return lambda: start_policyd(daemon.merge(CONFIG, {
        "store": {"url": store.url}}))


@dataclasses.dataclass
class Upgrade:
    """Daemons are of the old version, then of the new one."""

    monkeypatch: pytest.MonkeyPatch
    old: pathlib.Path
    new: pathlib.Path
    schema: int     # of the new one

    def go_on(self):
        self.monkeypatch.setattr(daemon, "PROGRAM", self.new)

    def go_back(self):
        self.monkeypatch.setattr(daemon, "PROGRAM", self.old)

    def is_made(self, store):
        return store.value("SELECT max(version) FROM policyd.schema_version"
                           ) == str(self.schema)


@pytest.fixture(params=["from the one before", "to the next"])
def upgrade(request, monkeypatch, store):
    if request.param == "to the next":
        made = Upgrade(monkeypatch, daemon.PROGRAM, NEXT, 900)
    else:
        kind = "sqlite" if store.kind == "sqlite" else "pgsql"
        made = Upgrade(monkeypatch, older.program(), daemon.PROGRAM,
                       older.version(kind))
    made.go_back()
    return made


def test_both_versions_answer_together(served, store, upgrade):
    old = served()
    with Load(old, connections=4) as load:
        load.wait_answers(200, "DUNNO")
        upgrade.go_on()
        new = served()
        until(lambda: upgrade.is_made(store), "the schema")
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


def test_the_older_one_can_be_started_again(served, store, upgrade):
    old = served()
    until(lambda: old.ask(JOE, address("DE")) == "DUNNO", "the store")
    upgrade.go_on()
    assert old.cli("--init-store").returncode == 0
    assert upgrade.is_made(store)
    upgrade.go_back()
    again = served()
    until(lambda: again.ask(JOE, address("DE")) == "DUNNO", "the store")
    assert again.ask(JOE, address("AT")) == "REJECT blocked"
    assert " error: " not in again.log()


def test_what_was_learned_stays(served, store, upgrade):
    """The old version may not read what the new one knows of an account."""
    def row(column):
        return store.value(f"SELECT {column} FROM policyd.account "
                           f"WHERE account = '{JOE}'")

    old = served()
    until(lambda: old.ask(JOE, address("DE")) == "DUNNO", "the store")
    upgrade.go_on()
    new = served()
    until(lambda: new.ask(JOE, address("DE", 1)) == "DUNNO", "the new one")
    until(lambda: upgrade.is_made(store), "the schema")
    version, learned = row("version"), row("substr(history, 1, 1)")
    assert old.ask(JOE, address("DE", 2)) == "DUNNO"
    assert row("version") != version
    assert row("substr(history, 1, 1)") == learned
    # Nor does it keep the new one from learning.
    known = row("history")
    assert new.ask(JOE, address("DE", 3)) == "DUNNO"
    assert row("history") != known


@pytest.mark.parametrize("clients", [1, 16])
def test_requests_wait_in_the_socket_for_the_next_version(
        make_policyd, store, upgrade, clients):
    """An upgrade, as the package does one: the socket stays."""
    policyd = make_policyd(daemon.merge(CONFIG, {
        "store": {"url": store.url}}))
    with passed_socket(policyd) as listener:
        policyd.write({"listen": [policyd.address]})
        policyd.start(**passing(listener))
        until(lambda: policyd.ask(JOE, address("DE")) == "DUNNO", "the store")
        with Load(policyd, connections=clients) as load:
            load.wait_answers(100, "DUNNO")
            assert policyd.stop() == 0
            # Nobody serves: who connects now has his answer all the same.
            with policyd.client() as waiting:
                waiting.send(request(JOE, address("AT")))
                upgrade.go_on()
                policyd.start(**passing(listener))
                assert waiting.answer() == "REJECT blocked"
            load.wait_answers(100, "DUNNO")
        assert load.lost == 0
        assert set(load.answers) == {"DUNNO"}
        until(lambda: upgrade.is_made(store), "the schema")
