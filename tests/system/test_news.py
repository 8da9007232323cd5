"""test_news.py -- policyd.news(): what servers that cannot LISTEN look into.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import os
import signal

import pytest

import policyd as daemon
from postgres import Database, Postgres
from waiting import until

MISSED = "missed"


class Reader:
    """Asks as a server does: with the marks of the answers before."""

    def __init__(self, database):
        self.database = database
        self.marks = []
        assert self.read() == [MISSED]

    def read(self):
        """What was told since the last time."""
        listed = ", ".join(f"'{mark}'" for mark in self.marks)
        rows = self.database.sql("SELECT mark, coalesce(change, '') FROM "
                                 f"policyd.news(ARRAY[{listed}]::text[])")
        assert rows
        self.marks = [rows[0][0]]
        return [row[1] for row in rows if row[1]]


def tell(database, what, account=""):
    database.sql(f"SELECT policyd.tell_servers('{what}', '{account}')")


def test_each_change_is_read_once(database):
    one, other = Reader(database), Reader(database)
    assert one.read() == []
    tell(database, "unblock", "joe@example.com")
    assert one.read() == ["unblock joe@example.com"]
    assert one.read() == []
    tell(database, "block 0", "joe@example.com")
    tell(database, "overrides")
    assert one.read() == ["block 0 joe@example.com", "overrides"]
    assert other.read() == ["unblock joe@example.com",
                            "block 0 joe@example.com", "overrides"]


def test_who_ends_late_is_not_passed_over(database):
    """A transaction that began before others, and ends after them."""
    reader = Reader(database)
    with database.server.session(database.name) as late:
        late.sql("BEGIN; SELECT policyd.tell_servers('unblock', 'late')")
        tell(database, "unblock", "early")
        assert reader.read() == ["unblock early"]
        assert reader.read() == []
        late.sql("COMMIT")
    assert reader.read() == ["unblock late"]
    assert reader.read() == []


def test_what_is_undone_is_not_told(database):
    reader = Reader(database)
    database.sql("BEGIN; SELECT policyd.tell_servers('unblock', 'joe'); "
                 "ROLLBACK")
    assert reader.read() == []


def test_old_news_go(database):
    reader = Reader(database)
    for number in range(20):
        tell(database, "unblock", f"user{number}")
    assert len(reader.read()) == 20
    database.sql("UPDATE policyd.news SET at = at - interval '11 minutes' "
                 "WHERE isfinite(at)")
    for number in range(20):
        tell(database, "unblock", f"next{number}")
    assert database.value("SELECT count(*) FROM policyd.news WHERE "
                          "account LIKE 'user%'") == "0"
    assert len(reader.read()) == 20
    # Who asks too late does not know what went.
    identity, at, seen = reader.marks[0].split(" ")
    reader.marks = [f"{identity} {int(at) - 301000} {seen}"]
    assert reader.read() == [MISSED]
    assert reader.read() == []


def test_an_account_that_is_forgotten_leaves_nothing(database):
    tell(database, "block 0", "joe@example.com")
    tell(database, "block 0", "ann@example.com")
    database.sql("SELECT policyd.forget('joe@example.com', 'news')")
    assert database.sql("SELECT account FROM policyd.news "
                        "WHERE account <> ''") == [["ann@example.com"]]


@pytest.fixture
def server():
    made = Postgres()
    try:
        made.sql("CREATE DATABASE policyd OWNER policyd")
        init = daemon.run("--init-store", POLICYD_STORE_URL=(
            f"postgresql:///policyd?host={made.sockets}&user=policyd"))
        assert init.returncode == 0, init.stderr
        yield made
    finally:
        made.close()


def stop_at_once(server):
    server.stop("immediate")
    server.start()


def kill_a_backend(server):
    """All others are killed, too; the postmaster stays."""
    pid = int(server.sql("SELECT pg_backend_pid()")[0][0])
    os.kill(pid, signal.SIGKILL)
    until(lambda: not os.path.exists(f"/proc/{pid}"), "its burial")

    def is_back():
        with contextlib.suppress(AssertionError):
            return server.sql("SELECT 1")
        return False
    until(is_back, "the server")


@pytest.mark.parametrize("crash", [stop_at_once, kill_a_backend])
def test_after_a_crash_all_may_have_been_missed(server, crash):
    """What was seen may be lost, and its numbers used again."""
    database = Database(server, "policyd")
    reader = Reader(database)
    tell(database, "unblock", "joe")
    assert reader.read() == ["unblock joe"]
    crash(server)
    assert reader.read() == [MISSED]
    tell(database, "unblock", "ann")
    assert reader.read() == ["unblock ann"]


def test_after_a_failover_all_may_have_been_missed(server):
    database = Database(server, "policyd")
    reader = Reader(database)
    standby = Postgres(server)
    try:
        tell(database, "unblock", "joe")
        assert reader.read() == ["unblock joe"]
        standby.promote()
        reader.database = Database(standby, "policyd")
        assert reader.read() == [MISSED]
        assert reader.read() == []
    finally:
        standby.close()
