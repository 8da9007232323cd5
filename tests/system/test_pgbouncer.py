"""test_pgbouncer.py -- through a pooler that hands out transactions.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import itertools
import re
import time

import pytest

import policyd as daemon
from client import request
from geoip import address
from load import Load
from outage import BAD, BLOCKED, CONFIG, ERROR, KNOWN, OK, Watch
from pgbouncer import Pgbouncer
from libpq import Session
from test_memory import CONFIG as TRUSTING, mail, pass_unasked, remembered
from waiting import PATIENCE, until

INI = """
[databases]
* = host={server} user=policyd
[pgbouncer]
listen_port = {port}
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = {size}
logfile = /dev/null
"""


class Pooler(Pgbouncer):
    """Before all databases of a server."""

    def __init__(self, postgres, size):
        super().__init__()
        self.write(INI.format(server=postgres.sockets, port=self.port,
                              folder=self.folder, size=size))

    def url(self, database):
        return (f"postgresql:///{database.name}?host={self.folder}"
                f"&port={self.port}&user=policyd")

    def sql(self, text, database):
        """Run SQL as policyd does, through the pooler."""
        with Session(self.url(database)) as session:
            return "\n".join(map(" ".join, session.sql(text)))


@pytest.fixture
def pooler(postgres):
    """A function that starts a pgbouncer."""
    made = []

    def start(size=2):
        made.append(Pooler(postgres, size))
        made[-1].start()
        return made[-1]
    yield start
    for each in made:
        each.close()


@pytest.mark.parametrize("prepare", [True, False])
def test_requests(start_policyd, pooler, database, prepare):
    """It is found out, unless the configuration says so already."""
    policyd = start_policyd(daemon.merge(CONFIG, {
        "store": {"url": pooler().url(database), "prepare": prepare},
        "server": {"workers": 4}}))
    until(lambda: policyd.ask(KNOWN, address("DE")) == OK, "the store")
    with Load(policyd, connections=8) as load:
        load.wait_answers(500)
    assert set(load.answers) == {OK}
    assert policyd.ask(BAD, address("DE")) == OK
    assert policyd.ask(BAD, address("AT")) == BLOCKED
    assert " error: " not in policyd.log()
    assert ("prepared statements do not last" in policyd.log()) == prepare


def committed(database):
    return int(database.value("SELECT xact_commit FROM pg_stat_database "
                              "WHERE datname = current_database()"))


def test_the_isolation_is_ours(start_policyd, pooler, postgres, database):
    """Whatever the database has as its default: with another one, who waits
    for a row that is changed meanwhile fails."""
    database.sql(f"ALTER DATABASE {database.name} SET "
                 "default_transaction_isolation = 'repeatable read'")
    policyd = start_policyd(daemon.merge(CONFIG, {
        "server": {"deadline": "8s"},
        "store": {"url": pooler().url(database)}}))
    until(lambda: policyd.ask(KNOWN, address("DE")) == OK, "the store")
    with policyd.client() as client:
        with postgres.locked(database, "UPDATE policyd.account SET "
                             "evidence_since = evidence_since WHERE "
                             f"account = '{KNOWN}' RETURNING 'locked'",
                             end="COMMIT"):
            client.send(request(KNOWN, address("DE")))
            # It is tried again and again, and waits for nobody.
            before = committed(database)
            until(lambda: committed(database) > before + 9, "some tries")
        assert client.answer() == OK
    assert "could not serialize" not in policyd.log()


def test_nothing_is_left_behind(start_policyd, pooler, database):
    """Who has the server connection next finds it as it was."""
    database.sql(f"ALTER DATABASE {database.name} SET jit = on")
    bouncer = pooler(size=1)
    question = ("SELECT current_setting('statement_timeout'), "
                "current_setting('lock_timeout'), current_setting('jit'), "
                "current_setting('client_min_messages'), "
                "(SELECT count(*) FROM pg_prepared_statements), "
                "(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')")
    before = bouncer.sql(question, database)
    assert before == "0 0 on notice 0 0"
    policyd = start_policyd(daemon.merge(CONFIG, {
        "store": {"url": bouncer.url(database)}}))
    until(lambda: policyd.ask(KNOWN, address("DE")) == OK, "the store")
    for job in (["--clean"], ["--init-store"], ["--block", BAD],
                ["--list-blocked"], ["--explain", BAD], ["--unblock", BAD]):
        result = policyd.cli(*job)
        assert result.returncode == 0, (job, result.stderr)
        assert bouncer.sql(question, database) == before, job


def test_a_lock_is_not_waited_for_for_ever(start_policyd, pooler, postgres,
                                           database):
    """The limits hold though the session is another's."""
    policyd = start_policyd(daemon.merge(CONFIG, {
        "store": {"url": pooler().url(database)}}))
    watched = Watch(policyd)
    with postgres.locked(database,
                         "LOCK TABLE policyd.account; SELECT 'locked'"):
        assert ERROR in watched.ask_all_kinds()
        # What was given up is given up by the server too, before the lock
        # ends.
        until(lambda: postgres.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'policyd' "
            "AND wait_event_type = 'Lock'") == [["0"]], "the last to give up")
    watched.recover()
    watched.close()


def test_init_and_clean(pooler, empty_database):
    """A schema of one transaction; cleanings that exclude each other."""
    bouncer = pooler()
    setting = {"POLICYD_STORE_URL": bouncer.url(empty_database)}
    assert daemon.run("--init-store", **setting).returncode == 0
    # Keep one server connection busy, so that both are used.
    for _ in range(4):
        with Session(bouncer.url(empty_database)) as busy:
            busy.sql("BEGIN; SELECT 1")
            result = daemon.run("--clean", **setting)
        assert result.returncode == 0, result.stderr
    empty_database.sql("INSERT INTO policyd.turn VALUES ('clean', "
                       "'another host', now() + interval '50 seconds')")
    result = daemon.run("--clean", **setting)
    assert result.returncode == 75
    assert "another --clean" in result.stderr
    # One that died is not waited for any longer.
    empty_database.sql("UPDATE policyd.turn SET until = now()")
    assert daemon.run("--clean", **setting).returncode == 0
    assert empty_database.value("SELECT count(*) FROM policyd.turn") == "0"


def test_it_is_restarted(start_policyd, pooler, database):
    bouncer = pooler()
    watched = Watch(start_policyd(daemon.merge(CONFIG, {
        "store": {"url": bouncer.url(database)}})))
    bouncer.stop()
    watched.endure()
    bouncer.start()
    watched.recover()
    watched.close()


def test_it_dies_while_servers_start(make_policyd, pooler, postgres, database):
    """Whatever each was about just then, it complains once."""
    bouncer = pooler(size=4)
    policyd = make_policyd(daemon.merge(CONFIG, {
        "server": {"workers": 1}, "store": {"url": bouncer.url(database)}}))
    with postgres.locked(database, "SELECT 'locked' FROM "
                         "pg_advisory_xact_lock(hashtext('policyd schema'))"):
        policyd.start()
        until(lambda: postgres.sql(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND "
            "NOT granted") != [["0"]], "who looks at the schema")
        bouncer.stop()
        until(lambda: policyd.ask(KNOWN, address("DE")) == ERROR, "an error")
    bouncer.start()

    def told(what):
        return re.findall(rf"policyd\[(\d+)\] {what}", policyd.log())
    until(lambda: policyd.ask(KNOWN, address("DE")) == OK and
          sorted(told("info: store: back after")) ==
          sorted(set(told("error: store: "))), "the end of it")
    assert len(told("error: store: ")) == len(set(told("error: store: ")))


def two(make_policyd, url):
    """Two hosts on one store, where accounts are trusted at once."""
    return [make_policyd(daemon.merge(TRUSTING, {
        "store": {"url": url, "memory": "1h", "memory_mails": 10000}})).start()
            for _ in range(2)]


def test_changes_are_heard_of(make_policyd, pooler, database):
    """There is no LISTEN: who has logins in memory looks for changes."""
    a, b = two(make_policyd, pooler(size=4).url(database))
    numbers = itertools.count()
    took = []
    for trial in range(9):
        account = f"user{trial}@example.com"
        pass_unasked(b, account, numbers)
        assert a.cli("--block", account).returncode == 0
        began = time.monotonic()
        until(lambda: mail(b, account, next(numbers)) != OK, "the block")
        took.append(time.monotonic() - began)
        assert a.cli("--unblock", account).returncode == 0
        until(lambda: mail(b, account, next(numbers)) == OK, "the end of it")
    # A memory that is not told would hold for an hour.
    assert sorted(took)[len(took) // 2] < 5 * PATIENCE, took
    pass_unasked(b, "joe@example.com", numbers)
    assert a.cli("--override", "@example.com",
                 "only_countries=AT").returncode == 0
    until(lambda: mail(b, "joe@example.com", next(numbers)) != OK,
          "the override")


def test_who_hears_of_no_changes_asks(make_policyd, pooler, database):
    a, b = two(make_policyd, pooler(size=4).url(database))
    numbers = itertools.count()
    pass_unasked(b, "joe@example.com", numbers)
    database.sql("ALTER FUNCTION policyd.news RENAME TO nothing_new")

    def is_asked_for():
        before = remembered(b)
        assert mail(b, "joe@example.com", next(numbers)) == OK
        return remembered(b) == before
    until(is_asked_for, "an end of what is believed")
    assert a.cli("--block", "joe@example.com").returncode == 0
    assert mail(b, "joe@example.com", next(numbers)) != OK
    database.sql("ALTER FUNCTION policyd.nothing_new RENAME TO news")
    pass_unasked(b, "ann@example.com", numbers)
