"""test_clean.py -- --clean: what goes, what stays, and who waits for it.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import re
import threading
import time

import policyd as daemon
from client import request
from geoip import address
from policyd import free_port, merge
from stores import PostgresStore, served, store  # noqa: F401
from test_pgbouncer import pooler  # noqa: F401
from waiting import PATIENCE, measured, until

OK, TEMPORARY = 0, 75
JOE, ANN, BEN = (f"{name}@example.com" for name in ("joe", "ann", "ben"))
SURE = {"server": {"deadline": "20s"}, "actions": {"error": "DEFER error"}}
KEYS = ("ended_blocks", "logins", "blocks", "accounts", "notifications",
        "hits")
# A transaction may take so long, milliseconds.
LONGEST = 50


def clean(policyd, code=OK, **env):
    result = policyd.cli("--clean", "--json", **env)
    assert result.returncode == code, result.stderr
    return json.loads(result.stdout) if code == OK else result.stderr


def counts(**given):
    return {**dict.fromkeys(KEYS, 0), "report": None, **given}


# --- what goes -------------------------------------------------------------------

def test_it_says_what_it_deleted(served, store):
    policyd = served(merge(SURE, {
        "notify": {"enabled": True, "from": "p@example.com",
                   "to": ["boss@example.com"]},
        "smtp": {"host": "127.0.0.1", "port": free_port()}}))
    assert clean(policyd) == counts()
    for account in (JOE, ANN, BEN):
        assert policyd.ask(account, address("DE")) == "DUNNO"
    policyd.cli("--block", JOE, "--for", "1h")
    policyd.cli("--block", ANN)
    policyd.cli("--unblock", ANN)
    policyd.stop()
    # Told, given up, and still to be told.
    outbox = store.sql("SELECT id, account, kind FROM policyd.outbox")
    assert len(outbox) == 3
    ended = "1000" if store.kind == "sqlite" else "to_timestamp(1)"
    kept = next(row[0] for row in outbox if row[1] == JOE)
    store.sql(f"UPDATE policyd.outbox SET ended_at = {ended} "
              f"WHERE id <> {kept}")
    store.age(29)
    # Of joe's block the end is told when it is noticed.
    assert clean(policyd) == counts(ended_blocks=1, notifications=2)
    store.age(2)
    assert clean(policyd) == counts(logins=3, blocks=2)
    # What is known of an account is kept for longer.
    store.age(31)
    assert clean(policyd) == counts(accounts=3)
    assert store.value("SELECT count(*) FROM policyd.outbox") == "2"
    assert store.value("SELECT count(*) FROM policyd.account") == "0"


def test_what_was_told_of_a_forgotten_account_goes(served, store):
    policyd = served(SURE)
    policyd.cli("--block", ANN)
    policyd.cli("--block", JOE)
    assert policyd.cli("--forget", JOE, "--yes").returncode == 0

    def named():
        return store.sql("SELECT DISTINCT account FROM policyd.news "
                         "WHERE account <> '' ORDER BY 1")

    assert [JOE] in named()
    if store.kind != "sqlite":
        # Others have not read it yet.
        clean(policyd)
        assert [JOE] in named()
        store.sql("UPDATE policyd.news SET at = at - interval '11 minutes' "
                  "WHERE isfinite(at)")
    clean(policyd)
    assert named() == []
    # They go on telling.
    policyd.cli("--unblock", ANN)
    assert named() == [[ANN]]


def test_in_words(served):
    policyd = served(SURE)
    result = policyd.cli("--clean")
    assert (result.returncode, result.stderr) == (OK, "")
    assert result.stdout == (
        "ended 0 blocks; deleted 0 logins, 0 old blocks, 0 idle accounts, "
        "0 old notifications, 0 old hits\n")


def test_young_ones_stay(served, store):
    policyd = served(SURE)
    policyd.ask(JOE, address("DE"))
    policyd.ask(JOE, address("DE", 1))
    policyd.cli("--block", ANN, "--for", "0")
    store.age(20)
    policyd.ask(JOE, address("DE"))
    store.age(20)
    assert clean(policyd) == counts(logins=1)
    assert store.value("SELECT count(*) FROM policyd.login") == "1"
    # A block until unblocked has no end.
    store.age(365)
    assert clean(policyd) == counts(logins=1, accounts=1)
    assert policyd.ask(ANN).startswith("REJECT")


# --- whose turn it is ------------------------------------------------------------

def take_turn(store, seconds):
    until_when = (f"unixepoch() * 1000 + {seconds * 1000}"
                  if store.kind == "sqlite" else
                  f"now() + interval '{seconds} s'")
    store.sql("INSERT INTO policyd.turn (name, owner, until) "
              f"VALUES ('clean', 'another host', {until_when})")


def test_two_are_kept_apart(served, store):
    policyd = served(SURE)
    policyd.ask(JOE, address("DE"))
    store.age(31)
    take_turn(store, 50)
    assert "another --clean is at work" in clean(policyd, TEMPORARY)
    assert store.value("SELECT count(*) FROM policyd.login") == "1"
    store.sql("DELETE FROM policyd.turn")
    assert clean(policyd)["logins"] == 1
    assert store.value("SELECT count(*) FROM policyd.turn") == "0"


def test_a_turn_of_one_that_died_is_over_in_time(served, store):
    policyd = served(SURE)
    take_turn(store, -1)
    clean(policyd)
    assert store.value("SELECT count(*) FROM policyd.turn") == "0"


def fill(store, accounts, networks):
    """Old logins: so many of so many accounts; every third is young."""
    if store.kind == "sqlite":
        store.sql(f"""
            WITH RECURSIVE a (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a
                                     WHERE n < {accounts}),
                 b (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM b
                           WHERE n < {networks})
            INSERT INTO login (account, network, country, first_seen,
                               last_seen, mails)
            SELECT 'old' || a.n || '@example.com',
                   '10.' || (b.n / 256) || '.' || (b.n % 256) || '.1', 'DE',
                   0, iif(b.n % 3 = 0, unixepoch() * 1000, 0), 1
              FROM a, b""")
        return
    store.sql(f"""
        INSERT INTO policyd.login
        SELECT 'old' || a || '@example.com', ('10.' || (b / 256) || '.'
               || (b % 256) || '.1')::inet, 'DE', to_timestamp(0),
               CASE WHEN b % 3 = 0 THEN now() ELSE to_timestamp(0) END, 1
          FROM generate_series(1, {accounts}) a,
               generate_series(1, {networks}) b;
        ANALYZE policyd.login""")


def test_many_at_once_delete_everything_once(served, store):
    """Of five that begin together some may be told that another is at work;
    what is deleted is deleted once."""
    policyd = served(SURE)
    fill(store, 100, 60)
    results = []

    def run():
        results.append(policyd.cli("--clean", "--json"))

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = [result.returncode for result in results]
    assert {OK} <= set(codes) <= {OK, TEMPORARY}, codes
    assert sum(json.loads(result.stdout)["logins"] for result in results
               if result.returncode == OK) == 4000
    assert store.value("SELECT count(*) FROM policyd.login") == "2000"


# --- beside the running server ------------------------------------------------------

class Clients:
    """Connections that ask now and then, and how long each answer took."""

    def __init__(self, policyd, count=4):
        self.took = []
        self.answers = set()
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._run,
                                          args=(policyd, i))
                         for i in range(count)]

    def _run(self, policyd, number):
        with policyd.client() as client:
            for i in range(1000000):
                if self._end.is_set():
                    return
                bytes_ = request(f"user{i % 500}@{number}.example.com",
                                 address("DE", i % 20))
                began = time.perf_counter()
                client.send(bytes_)
                self.answers.add(client.answer())
                self.took.append(time.perf_counter() - began)
                self._end.wait(0.002)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        for thread in self._threads:
            thread.join()


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def measure(policyd, while_what):
    with Clients(policyd) as clients:
        until(lambda: len(clients.took) > 200, "requests")
        clients.took.clear()
        while_what(clients)
        took = list(clients.took)
    assert clients.answers == {"DUNNO"}
    return [1000 * seconds for seconds in took]


def test_p99_during_cleaning(served, store, capsys):
    """Requests do not wait for it: their 99th percentile with and without."""
    policyd = served(merge(SURE, {"limits": {"networks": "unlimited"}}))

    def quiet(clients):
        until(lambda: len(clients.took) > 2000, "requests", 60)

    def cleaning(clients):
        assert clean(policyd)["logins"] == 40000
        until(lambda: len(clients.took) > 200, "requests")

    def compare():
        store.sql("DELETE FROM policyd.login WHERE account LIKE 'old%'")
        fill(store, 1000, 60)
        return measure(policyd, quiet), measure(policyd, cleaning)

    # A transaction of the cleaning may stand in the way, not the whole of it.
    before, during = measured(compare, lambda took: percentile(
        took[1], .99) < 4 * (percentile(took[0], .99) + LONGEST * PATIENCE))
    with capsys.disabled():
        print(f"\n{store.kind}: p50, p99, longest of {len(before)} requests "
              f"without cleaning: {percentile(before, .5):.1f} "
              f"{percentile(before, .99):.1f} {max(before):.1f} ms; of "
              f"{len(during)} during it: {percentile(during, .5):.1f} "
              f"{percentile(during, .99):.1f} {max(during):.1f} ms")


def test_every_transaction_is_short(make_policyd, database, postgres):
    policyd = make_policyd(merge(SURE, {"store": {"url": database.url}}))
    fill(PostgresStore(database), 1000, 60)
    postgres.sql(f"ALTER DATABASE {database.name} "
                 "SET log_min_duration_statement = 0")
    log = postgres.root / "log"
    seen = log.stat().st_size
    assert clean(policyd)["logins"] == 40000
    with open(log, encoding="utf-8", errors="replace") as file:
        file.seek(seen)
        took = [float(ms) for ms in re.findall(
            r"duration: ([0-9.]+) ms  execute .*policyd\.clean_",
            file.read())]
    # 60000 rows to look at, 1000 at most in a batch: none is much of it all.
    assert len(took) >= 60
    assert percentile(took, .9) < sum(took) / 10, took


def test_through_a_pooler(make_policyd, pooler, database):  # noqa: F811
    """Each transaction has another connection; the turn holds all the same."""
    policyd = make_policyd(merge(SURE, {
        "store": {"url": pooler().url(database), "prepare": False}})).start()
    store_ = PostgresStore(database)
    fill(store_, 20, 60)
    assert clean(policyd)["logins"] == 800
    take_turn(store_, 50)
    assert "another --clean" in clean(policyd, TEMPORARY)
    store_.sql("UPDATE policyd.turn SET until = now()")
    assert clean(policyd)["logins"] == 0
    assert json.loads(policyd.cli("--json", "--stats", "totals").stdout)[0][
        "networks"] == 20


# --- the cron job ------------------------------------------------------------------

def test_the_cron_file():
    """A line of cron.d: five times, a user, a command that is our mode."""
    lines = [line for line in (daemon.SOURCE / "etc" / "policyd.cron")
             .read_text().splitlines()
             if line and not line.startswith("#")]
    settings = [line for line in lines if re.match(r"[A-Z]+=", line)]
    job, = [line for line in lines if line not in settings]
    minute, hour, day, month, weekday, user, command = job.split(None, 6)
    assert 0 <= int(minute) < 60 and (day, month, weekday) == ("*", "*", "*")
    assert re.fullmatch(r"\*|[0-9,/*-]+", hour)
    assert user == "policyd"
    assert "policyd --clean" in command
