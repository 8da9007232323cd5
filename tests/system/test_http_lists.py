"""test_http_lists.py -- a long list takes the place of another at once.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import concurrent.futures
import contextlib
import http.client
import json
import os
import signal
import sqlite3
import time

import pytest

import proc
from http_api import Api, console_of
from meanwhile import Meanwhile
from policyd import free_port
from stores import SqliteStore, store  # noqa: F401
from waiting import until

MANY = 40_000
KEPT = {"countries": 7, "rates": [{"mails": 9, "per": 60}]}


@pytest.fixture
def file():
    made = SqliteStore()
    yield made
    made.close()


def serve(make_policyd, store):
    policyd = make_policyd({
        "http": {"listen": f"127.0.0.1:{free_port()}"},
        "store": {"url": store.url}, "log": {"decisions": "refused"}})
    policyd.start()
    policyd.wait_log(r" serves, \d+ processes")
    policyd.api = Api(policyd.config["http"]["listen"]).wait_ready()
    return policyd


def a_list(comment, ips, numbers=range(MANY)):
    entries = [{"sender": f"user{i:06}@example.com", "ips": ips,
                "comment": comment} for i in numbers]
    return json.dumps({"data": entries}).encode()


def put(policyd, body):
    return policyd.api("PUT", "/update", body).status


class File:
    """The store's file, as another program sees it."""

    def __init__(self, store):
        self.connection = sqlite3.connect(store.path, timeout=60,
                                          isolation_level=None,
                                          check_same_thread=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def rows(self, text):
        return self.connection.execute(text).fetchall()

    def write(self):
        self.rows("BEGIN IMMEDIATE")
        self.rows("ROLLBACK")

    def has_writer(self):
        self.rows("PRAGMA busy_timeout = 0")
        try:
            self.write()
        except sqlite3.OperationalError:
            return True
        finally:
            self.rows("PRAGMA busy_timeout = 60000")
        return False

    def staged(self):
        """How much of the next list is there? None: nobody makes one."""
        try:
            return self.rows("SELECT count(*) FROM override_next")[0][0]
        except sqlite3.OperationalError:
            return None

    def tables(self):
        return [name for name, in self.rows(
            "SELECT name FROM sqlite_schema WHERE name LIKE 'override%' "
            "ORDER BY name")]

    def shape(self):
        """Columns, triggers and indexes of the overrides."""
        return (self.rows("SELECT * FROM pragma_table_xinfo('override')"),
                self.rows("SELECT type, name FROM sqlite_schema WHERE "
                          "tbl_name = 'override' ORDER BY 1, 2"))


def listed(policyd):
    return {entry["sender"]: entry
            for entry in policyd.api("GET", "/custom-settings").json()}


@contextlib.contextmanager
def half_way(policyd, file, body, least=1):
    """Put a list, and be there while it is made: so much of it at least."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(put, policyd, body)
        until(lambda: answer.done() or (file.staged() or 0) >= least,
              "a list")
        yield answer


def meanwhile(policyd, file, change):
    """Change things while one long list is put in the place of another."""
    for attempt in range(10):
        assert put(policyd, a_list("old", 1)) == 202
        assert policyd.api("PUT", "/v1/overrides/away@example.org",
                           {"countries": 1}).status in (200, 201)
        with half_way(policyd, file, a_list("new", 2, range(1, MANY))) as \
                answer:
            change(attempt)
            is_meanwhile = file.staged() is not None
        assert answer.result() == 202
        if is_meanwhile:
            return
    raise AssertionError("the list was there before anything else each time")


def test_what_others_change_meanwhile(make_policyd, file):
    """A list says what it says of all it speaks of; and of those that were
    custom settings. What it cannot say, and all else, is as it was left."""
    policyd = serve(make_policyd, file)
    api = policyd.api

    def override(name):
        return api("GET", f"/v1/overrides/{name}").json()

    def change(attempt):
        for name in ("user000000@example.com", "user000001@example.com",
                     f"user{MANY - 1:06}@example.com", "other@example.org"):
            answer = api("PUT", f"/v1/overrides/{name}",
                         dict(KEPT, comment=f"changed {attempt}"))
            assert answer.status in (200, 201)
        assert api("DELETE", "/v1/overrides/user000002@example.com"
                   ).status == 204
        assert api("DELETE", "/v1/overrides/away@example.org").status == 204
        assert api("PATCH", "/modify", {"key": "sender", "value": {
            "sender": "late@example.org", "ips": 3}}).status == 202

    api("PUT", "/v1/overrides/stays@example.org", {"countries": 4})
    with File(file) as inside:
        shape = inside.shape()
        meanwhile(policyd, inside, change)
        assert inside.shape() == shape
        assert inside.tables() == ["override", "override_changed",
                                   "override_gone", "override_made"]
    settings = listed(policyd)
    assert len(settings) == MANY - 1
    assert {(entry["comment"], entry["ips"])
            for entry in settings.values()} == {("new", 2)}
    for name in ("user000001@example.com", f"user{MANY - 1:06}@example.com"):
        kept = override(name)
        assert kept["rates"] == KEPT["rates"] and kept["countries"] is None
        assert kept["comment"] == "new" and kept["networks"] == 2
    assert override("user000002@example.com")["comment"] == "new"
    assert override("other@example.org")["comment"].startswith("changed")
    assert override("other@example.org")["countries"] == 7
    assert override("stays@example.org")["countries"] == 4
    for name in ("user000000@example.com", "away@example.org",
                 "late@example.org"):
        assert api("GET", f"/v1/overrides/{name}").status == 404
    audit = policyd.api("GET", "/v1/audit?limit=1").json()
    assert audit["changes"][0]["action"] == "overrides.replace"


class Looking:
    """Which lists are seen, one after the other."""

    def __init__(self, store):
        self.file, self.seen = File(store), []

    def look(self):
        found = self.file.rows(
            "SELECT count(*), min(comment), max(comment) "
            "FROM override WHERE position IS NOT NULL")[0]
        if self.seen[-1:] != [found]:
            self.seen.append(found)


def test_all_or_nothing_is_seen_and_writers_go_on(make_policyd, file):
    policyd = serve(make_policyd, file)
    assert put(policyd, a_list("old", 1)) == 202
    looking = Looking(file)
    looking.look()
    with File(file) as inside, Meanwhile(looking.look, 0.001), \
            Meanwhile(inside.write, 0.001) as writes:
        began = time.monotonic()
        # In no order, and all of it another.
        numbers = [i * 7919 % MANY for i in range(MANY - 5)]
        assert put(policyd, a_list("new", 2, numbers)) == 202
        took = time.monotonic() - began
    looking.look()
    looking.file.connection.close()
    print(f"{took:.2f} s, a writer waited for {max(writes.took):.3f} s, "
          f"{len(writes.took)} times")
    assert looking.seen == [(MANY, "old", "old"), (MANY - 5, "new", "new")]
    assert max(writes.took) < took / 4
    assert [entry["sender"] for entry in
            policyd.api("GET", "/custom-settings").json()] == \
        [f"user{i:06}@example.com" for i in numbers]


def test_the_log_is_carried_over_while_a_list_is_made(make_policyd, file):
    policyd = serve(make_policyd, file)
    assert put(policyd, a_list("old", 1)) == 202
    sizes = [0]

    def look():
        with contextlib.suppress(FileNotFoundError):
            sizes.append(os.stat(f"{file.path}-wal").st_size)

    with Meanwhile(look, 0.005):
        assert put(policyd, a_list("new", 2)) == 202
    written = os.stat(file.path).st_size
    print(f"log {max(sizes) / 2**20:.1f} MiB, file {written / 2**20:.1f} MiB")
    # All of one list and of the other passed through it.
    assert max(sizes) < written


def test_of_two_lists_one_holds(make_policyd, store):
    first, second = serve(make_policyd, store), serve(make_policyd, store)
    bodies = a_list("first", 1), a_list("second", 2, range(5, MANY + 9))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(put, (first, second), bodies))
    assert answers == [202, 202]
    settings = listed(first)
    comments = {entry["comment"] for entry in settings.values()}
    assert (comments, len(settings)) in (({"first"}, MANY),
                                         ({"second"}, MANY + 4))


def test_few_changes_of_a_long_list(make_policyd, store):
    """Those that stay are left alone."""
    policyd = serve(make_policyd, store)
    names = [f"user{i:06}@example.com" for i in range(2000)]

    def put_list(changes):
        data = [{"sender": name, "ips": changes.get(name, 1)}
                for name in names if changes.get(name, 1) != 0]
        assert put(policyd, json.dumps({"data": data}).encode()) == 202

    def revisions():
        return {account: int(revision) for account, revision in store.sql(
            "SELECT account, revision FROM policyd.override")}

    put_list({})
    before = revisions()
    put_list({})
    assert revisions() == before
    put_list({names[7]: 5, names[1999]: 0})
    del before[names[1999]]
    before[names[7]] += 1
    assert revisions() == before
    assert listed(policyd)[names[7]]["ips"] == 5
    assert put(policyd, b'{"data": []}') == 202
    assert revisions() == {}


def lose_turn(inside):
    """As if its time were over."""
    inside.rows("UPDATE turn SET until = 0 WHERE name = 'list'")


@contextlib.contextmanager
def stopped_half_way(policyd, inside, body):
    """The console of one that makes a list is stopped, outside of its
    transactions."""
    console = console_of(policyd)
    with half_way(policyd, inside, body, MANY // 2) as answer:
        try:
            while not answer.done():
                os.kill(console, signal.SIGSTOP)
                until(lambda: proc.is_stopped(console), "the stop")
                if not inside.has_writer():
                    break
                os.kill(console, signal.SIGCONT)
            yield answer
        finally:
            os.kill(console, signal.SIGCONT)


def put_until_dead(policyd, inside, body, comment):
    """Make a list, and die when it is there by halves."""
    def has_begun():
        if answer.done():
            return True
        with contextlib.suppress(sqlite3.OperationalError):
            return inside.rows("SELECT count(*) FROM override_next "
                               f"WHERE comment = '{comment}'") > [(0,)]
        return False

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(put, policyd, body)
        until(has_begun, "the other list")
        os.kill(console_of(policyd), signal.SIGKILL)
        with contextlib.suppress(OSError, http.client.HTTPException):
            answer.result()


def test_who_lost_the_turn_goes_no_further(make_policyd, file):
    """One that was stopped while another was at it, and died: what that one
    left is not its own."""
    one, other = serve(make_policyd, file), serve(make_policyd, file)
    with File(file) as inside:
        for _ in range(10):
            assert put(one, a_list("old", 1)) == 202
            with stopped_half_way(one, inside, a_list("stopped", 2)) as answer:
                lose_turn(inside)
                put_until_dead(other, inside, a_list("dead", 3), "dead")
                lose_turn(inside)
                # Less than the other has made: where that goes on is free.
                is_half = not answer.done() and \
                    0 < (inside.staged() or 0) < MANY // 2
            other.api.wait_ready()
            if is_half:
                break
        assert is_half and answer.result() == 503
        assert "was stopped for too long (over 10 s)" in one.log()
        assert {entry["comment"] for entry in listed(one).values()} == {"old"}
        assert put(one, a_list("new", 4)) == 202
        assert {entry["comment"] for entry in listed(one).values()} == {"new"}
        assert len(inside.tables()) == 4


def test_a_list_is_told_once(make_policyd, database):
    """However many statements write it: all who serve look for the news."""
    policyd = serve(make_policyd, database)
    for body in (a_list("old", 1), a_list("new", 2)):
        database.sql("DELETE FROM policyd.news WHERE xact > '0'")
        assert put(policyd, body) == 202
        assert database.sql("SELECT what FROM policyd.news "
                            "WHERE xact > '0'") == [["overrides"]]


def test_a_list_waits_for_an_autovacuum(make_policyd, database):
    """For longer than one that is in the way goes on: a second."""
    policyd = serve(make_policyd, database)
    assert put(policyd, a_list("old", 1, range(9))) == 202

    def has_waited():
        return answer.done() or database.value(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = "
            "'Lock' AND clock_timestamp() - query_start > '1.5 s'") != "0"

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with database.server.locked(database, "LOCK TABLE policyd.override "
                                    "IN SHARE UPDATE EXCLUSIVE MODE; "
                                    "SELECT 'locked'"):
            answer = pool.submit(put, policyd, a_list("new", 2, range(9)))
            until(has_waited, "the list to wait")
    assert answer.result() == 202


def test_what_others_are_about_to_change(make_policyd, database):
    """What was as the list wants it when it was looked at is looked at again
    if anybody has changed overrides before the list could."""
    policyd = serve(make_policyd, database)
    body = a_list("as wanted", 1)
    assert put(policyd, body) == 202

    def waits():
        return database.value("SELECT count(*) FROM pg_stat_activity "
                              "WHERE wait_event_type = 'Lock'") != "0"

    def put_while_another_changes():
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            with database.server.locked(
                    database, "UPDATE policyd.override "
                    "SET comment = 'another' WHERE "
                    "account = 'user000007@example.com' "
                    "RETURNING 'locked'", end="COMMIT"):
                answer = pool.submit(put, policyd, body)
                until(lambda: waits() or answer.done(), "the list to wait")
        return answer.result()

    # Whose patience with a lock is over has changed nothing, and says so.
    until(lambda: put_while_another_changes() == 202, "the list")
    assert {entry["comment"] for entry in listed(policyd).values()} == \
        {"as wanted"}


@pytest.mark.parametrize("remedy", ["the next list", "--clean"])
def test_a_list_that_is_broken_off(make_policyd, file, remedy):
    policyd = serve(make_policyd, file)
    api = policyd.api
    with File(file) as inside:
        for _ in range(10):
            assert put(policyd, a_list("old", 1)) == 202
            console = console_of(policyd)
            with contextlib.suppress(OSError, http.client.HTTPException), \
                    half_way(policyd, inside, a_list("new", 2)):
                os.kill(console, signal.SIGKILL)
            api.wait_ready()
            if inside.staged() is not None:
                break
        assert inside.staged() is not None
        assert {entry["comment"] for entry in listed(policyd).values()} == \
            {"old"}
        # Overrides are changed as ever.
        assert api("PUT", "/v1/overrides/user000001@example.com",
                   KEPT).status == 200
        if remedy == "--clean":
            def is_clean():
                assert policyd.cli("--clean").returncode == 0
                return inside.staged() is None and len(inside.tables()) == 4
            until(is_clean, "--clean, when the turn of the dead is over")
        assert put(policyd, a_list("newer", 3)) == 202
        assert len(inside.tables()) == 4
    assert {entry["comment"] for entry in listed(policyd).values()} == \
        {"newer"}
