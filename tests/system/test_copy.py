"""test_copy.py -- carrying a store over to another one.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import sqlite3

import pytest

import policyd as daemon
from geoip import address
from load import Load
from stores import SqliteStore
from waiting import measured

JOE, ANN, EVE = "joe@example.com", "ann@example.com", "eve@example.com"


@pytest.fixture
def sqlite():
    """The URL of an SQLite store that is not there yet."""
    made = SqliteStore()
    yield made.url
    made.close()


def explained(policyd, url, account):
    result = policyd.cli("--explain", account, "--json",
                         POLICYD_STORE_URL=url)
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    del told["settings"]
    # What is counted now stays behind, as rates do, and what was refused.
    told.pop("mails")
    told.pop("attempts")
    learned = told["history"]
    told["history"] = [learned["learning_until"]] + sorted(
        (one.get("place") or one["country"], one["days"])
        for one in learned["places"] + learned["countries"] if one["days"])
    # Of those at the same millisecond either may come first.
    told["logins"].sort(key=lambda login: login["network"])
    return told


def copy(policyd, source, target, status=0):
    result = policyd.cli("--copy-store", source, target)
    assert result.returncode == status, result.stderr
    return result


@pytest.fixture
def history(start_policyd):
    """A daemon with three accounts: in use, blocked, unblocked."""
    policyd = start_policyd({"limits": {"countries": 2}})
    for country in ("DE", "AT"):
        assert policyd.ask(JOE, address(country)).startswith("DUNNO")
    for country in ("DE", "AT", "CH"):
        policyd.ask(EVE, address(country))
    assert policyd.ask(EVE, address("DE")).startswith("REJECT")
    assert policyd.cli("--block", ANN, "--for", "0", "--reason",
                       "it's \"her\"").returncode == 0
    assert policyd.cli("--unblock", ANN).returncode == 0
    assert policyd.ask(ANN, address("FR")).startswith("DUNNO")
    return policyd


def test_there_and_back(history, database, sqlite, empty_database):
    before = {name: explained(history, database.url, name)
              for name in (JOE, ANN, EVE)}
    assert before[EVE]["blocked"] and len(before[JOE]["logins"]) == 2
    copied = copy(history, database.url, sqlite)
    assert "3 accounts, 2 blocks, 6 logins" in copied.stdout
    copy(history, sqlite, empty_database.url)
    for url in (sqlite, empty_database.url):
        for name, told in before.items():
            assert explained(history, url, name) == told, url


def test_twice_is_once(history, database, sqlite):
    copy(history, database.url, sqlite)
    copy(history, database.url, sqlite)
    for name in (JOE, ANN, EVE):
        assert explained(history, sqlite, name) == \
            explained(history, database.url, name)


def test_what_is_newer_stays(history, database, sqlite):
    copy(history, database.url, sqlite)
    blocked = history.cli("--block", JOE, "--reason", "newer",
                          POLICYD_STORE_URL=sqlite)
    assert blocked.returncode == 0
    copy(history, database.url, sqlite)
    assert explained(history, sqlite, JOE)["block"]["reason"] == "newer"


def test_a_newer_block_that_ended_ends_an_older_one(history, database,
                                                    empty_database):
    copy(history, database.url, empty_database.url)
    for mode in ("--unblock", "--block", "--unblock"):
        assert history.cli(mode, EVE).returncode == 0
    copy(history, database.url, empty_database.url)
    assert not explained(history, empty_database.url, EVE)["blocked"]
    result = history.cli("--unblock", EVE,
                         POLICYD_STORE_URL=empty_database.url)
    assert result.returncode == 1


def test_a_copied_block_is_enforced(history, database, sqlite):
    copy(history, database.url, sqlite)
    history.write({"store": {"url": sqlite}})
    history.reload()
    assert history.ask(EVE, address("DE")).startswith("REJECT")
    assert history.cli("--unblock", EVE).returncode == 0
    assert history.ask(EVE, address("DE")).startswith("DUNNO")


def test_overrides_are_copied(history, database, sqlite):
    database.sql("""INSERT INTO policyd.override (account, settings, comment)
        VALUES ('joe@example.com', '{"countries": "unlimited",
        "only_networks": ["192.0.2.0/24"], "rates": [{"mails": 5,
        "per": 3600}]}', 'travels'), ('@example.com', '{"countries": 7}',
        '')""")
    assert "2 overrides" in copy(history, database.url, sqlite).stdout
    assert "0 overrides" in copy(history, database.url, sqlite).stdout

    def settings(url):
        result = history.cli("--explain", JOE, "--json",
                             POLICYD_STORE_URL=url)
        return json.loads(result.stdout)["settings"]

    assert settings(sqlite) == settings(database.url)
    assert settings(sqlite)["limits.countries"]["value"] == "unlimited"


@pytest.mark.parametrize("source, target, said", [
    ("mysql://db", "sqlite:/tmp/x.db", "is no store"),
    ("sqlite:/tmp/x.db", "here", "is no store"),
    ("sqlite:/tmp/x.db", "sqlite:/tmp/x.db", "the same"),
])
def test_what_is_no_store_is_refused(history, source, target, said):
    assert said in copy(history, source, target, 64).stderr


def test_a_store_that_is_away_is_told(history, database):
    gone = "postgresql:///policyd?host=/nonexistent"
    assert "/nonexistent" in copy(history, gone, database.url, 69).stderr


def test_two_arguments_are_needed(history):
    assert history.cli("--copy-store", "sqlite:/x").returncode == 64


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    tmp_path.chmod(0o777)
    result = daemon.run("-c", "/dev/null", "--copy-store",
                        f"sqlite:{tmp_path}/none.db",
                        f"sqlite:{tmp_path}/new.db")
    assert result.returncode == 66
    assert "none.db: cannot be copied: No such file" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_nobody_waits_for_the_copy(start_policyd, sqlite, database):
    """A transaction that held many accounts would keep their requests."""
    policyd = start_policyd({
        "server": {"deadline": "400ms", "workers": 2},
        "actions": {"ok": "DUNNO", "error": "DEFER_IF_PERMIT error"}})
    assert policyd.cli("--init-store", POLICYD_STORE_URL=sqlite
                       ).returncode == 0
    path = sqlite.removeprefix("sqlite:")
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO account (account) VALUES (?)",
            [(f"load{n}@example.com",) for n in range(8000)])
        connection.executemany(
            "INSERT INTO block VALUES (?, 8, 0, 0, 0, '', 1, 2, 2, 0, '', '')",
            [(f"load{n}@example.com",) for n in range(8000)])
    connection.close()
    def answers():
        database.sql("TRUNCATE policyd.account, policyd.block")
        with Load(policyd, connections=4) as load:
            load.wait_answers(50)
            said = copy(policyd, sqlite, database.url).stdout
            load.wait_answers(50)
        assert "8000 accounts" in said
        assert load.lost == 0
        return set(load.answers)
    measured(answers, lambda found: found == {"DUNNO"})
