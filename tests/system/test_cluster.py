"""test_cluster.py -- accounts in four databases, asked by two proxies.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import collections
import itertools
import json
import math
import pathlib
import re
import tempfile
import time

import pytest

import policyd as daemon
from client import request
from cluster import Cluster, PATIENCE_S
from geoip import address
from load import Load
from outage import BLOCKED, CONFIG, ERROR, OK
from test_memory import mail, pass_unasked, remembered
from waiting import PATIENCE, measured, until

# Logins from here are remembered at once.
TRUSTING = {
    "overrides": [{"account": domain, "only_countries": ["DE"]}
                  for domain in ("@example.com", "@memory.example")],
    "store": {"memory": "1h", "memory_mails": 10000}}
_numbers = itertools.count(1)
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def cluster():
    made = Cluster()
    yield made
    made.close()


@pytest.fixture
def start(make_policyd, cluster):
    """A function that starts a server with a proxy."""
    def start(proxy=0, config=None):
        policyd = make_policyd(daemon.merge(daemon.merge(CONFIG, {
            "store": {"url": cluster.proxies[proxy].url}}), config or {}))
        policyd.start()
        wait_all(policyd, fresh_of_all(cluster))
        return policyd
    return start


def fresh(cluster, shard=None):
    """An account that nobody has seen yet, of a shard."""
    while True:
        account = f"new{next(_numbers)}@example.com"
        if shard is None or cluster.shard_of(account) == shard:
            return account


def wait_all(policyd, accounts):
    """Wait until each of them is answered once more: if the machine is busy,
    a shard may answer too late to be there."""
    for account in accounts:
        until(lambda: policyd.ask(account, address("DE")) == OK, account)


def fresh_of_all(cluster):
    return [fresh(cluster, shard) for shard in range(len(cluster.shards))]


def blocked(policyd, account):
    """Have it blocked, by a second country."""
    assert policyd.ask(account, address("DE")) == OK
    assert policyd.ask(account, address("AT")) == BLOCKED


def test_accounts_are_spread_and_found(start, cluster):
    policyd = start()
    accounts = fresh_of_all(cluster)
    for account in accounts:
        assert policyd.ask(account, address("DE")) == OK
    for number, account in enumerate(accounts):
        found = [server.sql("SELECT count(*) FROM policyd.login WHERE "
                            f"account = '{account}'", "policyd")[0][0]
                 for server in cluster.shards]
        assert found == ["1" if number == shard else "0"
                         for shard in range(len(found))]


def test_two_hosts_on_two_proxies(start, cluster):
    """What one decides holds for the other at once."""
    one, other = start(0), start(1)
    for account in fresh_of_all(cluster):
        blocked(one, account)
        assert other.ask(account, address("DE")) == BLOCKED
        assert other.cli("--unblock", account).returncode == 0
        assert one.ask(account, address("DE")) == OK


def test_what_one_host_changes_the_other_remembers_no_more(start, cluster):
    """Notifications of the shards do not pass a proxy: changes are looked
    for in all of them."""
    one, other = start(0, TRUSTING), start(1, TRUSTING)
    numbers = itertools.count()
    for account in fresh_of_all(cluster):
        pass_unasked(other, account, numbers)
        assert one.cli("--block", account).returncode == 0
        # What is believed of him would be for an hour.
        until(lambda: mail(other, account, next(numbers)) == BLOCKED,
              "the block")
        assert one.cli("--unblock", account).returncode == 0
        until(lambda: mail(other, account, next(numbers)) == OK,
              "the end of it")
        pass_unasked(other, account, numbers)
        assert one.cli("--override", account,
                       "only_countries=AT").returncode == 0
        until(lambda: mail(other, account, next(numbers)) == BLOCKED,
              "the override")
    accounts = [f"{number}@memory.example" for number in range(8)]
    for account in accounts:
        pass_unasked(other, account, numbers)
    assert one.cli("--override", "@memory.example",
                   "only_countries=AT").returncode == 0
    for account in accounts:
        until(lambda: mail(other, account, next(numbers)) == BLOCKED,
              "the override of the domain")


def test_while_a_shard_is_away_nobody_passes_unasked(start, cluster):
    """What is changed in it nobody can tell, though others ask it."""
    one, other = start(0, TRUSTING), start(1, TRUSTING)
    numbers = itertools.count()
    account = fresh(cluster, 0)
    pass_unasked(other, account, numbers)
    server = cluster.shards[2]
    server.stop("immediate")
    try:
        def is_asked_for():
            before = remembered(other)
            assert mail(other, account, next(numbers)) == OK
            return remembered(other) == before
        until(is_asked_for, "an end of what is believed")
        assert one.cli("--block", account).returncode == 0
        assert mail(other, account, next(numbers)) == BLOCKED
    finally:
        server.start()
    account = fresh(cluster, 2)
    until(lambda: mail(other, account, next(numbers)) == OK, "the shard")
    pass_unasked(other, account, numbers)


def test_a_shard_that_is_away_is_looked_for_all_the_time(start, cluster):
    """Each second, not when something else is due."""
    policyd = start()
    server = cluster.shards[1]
    lost = fresh(cluster, 1)
    server.stop("immediate")
    try:
        until(lambda: policyd.ask(lost) == ERROR, "the error")
        tried = set()

        def look():
            tried.update(float(row[0]) for row in cluster.proxies[0].sql(
                "SELECT extract(epoch FROM tried) FROM policyd.shard "
                "WHERE away_since < tried"))
            return len(tried) >= 5
        until(look, "some tries")
        assert max(tried) - min(tried) < 25 * PATIENCE
    finally:
        server.start()
    until(lambda: policyd.ask(lost) == OK, "the shard")


def test_a_proxy_has_every_function(cluster):
    """With the same parameters and results as a shard."""
    # What runs in a session as one of the program's.
    asked = set(re.findall(r"policyd\.(\w+)\(", "".join(
        path.read_text() for path in
        (daemon.SOURCE / "src/store/statements/pgsql.sql",
         daemon.SOURCE / "src/store/pgsql/statements.c"))))
    assert len(asked) > 40
    text = ("SELECT p.oid::regprocedure || ' ' || pg_get_function_result("
            "p.oid) FROM pg_proc p WHERE pronamespace = "
            "'policyd'::regnamespace AND proname IN ("
            + ", ".join(f"'{name}'" for name in asked) + ") ORDER BY 1")
    assert cluster.proxies[0].sql(text) == \
        cluster.shards[0].sql(text, "policyd")


def test_overrides_of_accounts_and_domains(start, cluster):
    one, other = start(0), start(1)
    for account in fresh_of_all(cluster):
        name, domain = account.split("@")
        assert one.ask(account, address("DE")) == OK
        assert one.cli("--override", account, "countries=3").returncode == 0
        for country in ("AT", "CH"):
            assert other.ask(account, address(country)) == OK
        assert other.ask(account, address("FR")) == BLOCKED
    assert other.cli("--override", "@all.example",
                     "countries=2").returncode == 0
    for number in range(8):
        account = f"{number}@all.example"
        for country in ("DE", "AT"):
            assert one.ask(account, address(country)) == OK
        assert one.ask(account, address("CH")) == BLOCKED
    listed = one.cli("--list-overrides", "-j").stdout
    assert listed.count("@all.example") == 1, listed


class Latencies:
    """How long answers take, asked one after the other."""

    def __init__(self, policyd, accounts):
        self.policyd = policyd
        self.accounts = accounts

    def p99(self, count=500):
        times, answers = [], collections.Counter()
        with self.policyd.client() as client:
            # The worker that found out that a shard is away has waited too
            # long, and connects anew.
            until(lambda: client.ask(self.accounts[0], address("DE")) == OK,
                  "the worker")
            for number in range(count):
                account = self.accounts[number % len(self.accounts)]
                began = time.monotonic()
                client.send(request(account, address("DE")))
                answers[client.answer()] += 1
                times.append(time.monotonic() - began)
        if set(answers) != {OK}:
            return math.inf     # of a shard that was stalled, too
        return sorted(times)[count * 99 // 100]


@pytest.mark.parametrize("how", ["stop", "freeze"])
def test_a_shard_that_is_away_costs_its_own_accounts(start, cluster, how):
    policyd = start()
    lost = fresh_of_all(cluster)[2]
    known = fresh(cluster, 2)
    others = [fresh(cluster, shard) for shard in (0, 1, 3) for _ in range(5)]
    blocked(policyd, known)
    times = Latencies(policyd, others)
    times.p99()
    before = times.p99()
    cluster.set_patience()
    server = cluster.shards[2]
    if how == "freeze":
        stopped = server.freeze()
    else:
        server.stop("immediate")
    try:
        # Who finds out that it is away waits for it.
        until(lambda: policyd.ask(lost) == ERROR, "the error")
        wait_all(policyd, others)
        # Who asks the one that is away waits for half a second.
        measured(times.p99, lambda s: s < max(2 * before, 0.05 * PATIENCE),
                 rounds=20)
        assert policyd.ask(lost) == ERROR
        assert policyd.ask(known, address("DE")) == BLOCKED
        until(lambda: [row[0] for row in cluster.proxies[0].sql(
            "SELECT number FROM policyd.shard WHERE away_since IS NOT NULL")
            ] == ["2"], "all but the one that is away")
        # Who needs all of them is told which one is not there, at once.
        told = policyd.cli("--list-blocked")
        assert told.returncode != 0
        assert "shard shard2 is away" in told.stderr
        told = policyd.cli("--explain", others[0])
        assert told.returncode == 0, told.stderr
        told = policyd.cli("--explain", known)
        assert "shard shard2 is away" in told.stderr
    finally:
        if how == "freeze":
            server.thaw(stopped)
        else:
            server.start()
        cluster.set_patience(PATIENCE_S)
    until(lambda: policyd.ask(lost) == OK, "the shard")
    assert policyd.ask(known, address("DE")) == BLOCKED


def test_the_store_is_carried_in_and_out(start, cluster, database,
                                         start_policyd):
    def explained(policyd, url, account):
        told = policyd.cli("--explain", account, "--json",
                           POLICYD_STORE_URL=url)
        assert told.returncode == 0, told.stderr
        told = json.loads(told.stdout)
        # What is counted of days and hours is not carried.
        for key in ("settings", "history", "mails"):
            told.pop(key, None)
        told["logins"].sort(key=lambda login: login["network"])
        return told

    before = start_policyd(CONFIG)
    accounts = fresh_of_all(cluster)
    for account in accounts:
        blocked(before, account)
    url = cluster.proxies[1].url
    for source, target in ((database.url, url), (url, database.url)):
        copied = before.cli("--copy-store", source, target)
        assert copied.returncode == 0, copied.stderr
    for account in accounts:
        assert explained(before, url, account) == \
            explained(before, database.url, account)
    policyd = start(1)
    for account in accounts:
        assert policyd.ask(account, address("DE")) == BLOCKED


@pytest.fixture
def folder():
    """One that the daemon can use, whoever it is."""
    with tempfile.TemporaryDirectory(prefix="policyd-cluster.") as name:
        path = pathlib.Path(name)
        path.chmod(0o777)
        yield path


def test_notifications_come_once(start, cluster, folder):
    """Two servers empty one outbox."""
    told, hook = folder / "told", folder / "hook"
    hook.write_text(f'#!/bin/sh\ncat >>{told}\n')
    hook.chmod(0o755)
    told.touch()
    told.chmod(0o666)
    config = {"notify": {"enabled": True, "exec": [str(hook)]}}
    one, other = start(0, config), start(1, config)
    accounts = [account for _ in range(5)
                for account in fresh_of_all(cluster)]
    for number, account in enumerate(accounts):
        blocked((one, other)[number % 2], account)
    until(lambda: {row[0] for row in cluster.sql(
        "SELECT count(*) FROM policyd.outbox WHERE ended_at IS NULL")} ==
        {"0"}, "an empty outbox")
    assert collections.Counter(
        re.findall(r'"account": *"([^"]*)"', told.read_text())) == \
        {account: 1 for account in accounts}


def test_lists_go_on_from_page_to_page(start, cluster):
    policyd = start()
    accounts = sorted(account for _ in range(3)
                      for account in fresh_of_all(cluster))
    for account in accounts:
        assert policyd.cli("--block", account).returncode == 0
    listed = [row["account"] for row in
              json.loads(policyd.cli("--list-blocked", "-j").stdout)]
    assert set(accounts) <= set(listed)
    assert len(set(listed)) == len(listed)
    assert policyd.cli("--clean").returncode == 0
    totals = policyd.cli("--stats", "totals")
    assert totals.returncode == 0, totals.stderr


def test_load_on_all_shards(start, cluster):
    one, other = start(0), start(1)
    with Load(one) as load, Load(other, account="other{}@example.com") as also:
        load.wait_answers(500)
        also.wait_answers(500)
    assert set(load.answers) == set(also.answers) == {OK}
    assert load.lost == also.lost == 0


def test_four_shards_become_eight(make_policyd):
    """Under load: no block is lost, and what was counted counts."""
    cluster = Cluster(4, 1)
    try:
        policyd = make_policyd(daemon.merge(CONFIG, {
            "store": {"url": cluster.proxies[0].url},
            "server": {"deadline": "3s"}}))
        policyd.start()
        held = [f"held{number}@example.com" for number in range(40)]
        seen = [f"seen{number}@example.com" for number in range(40)]
        until(lambda: policyd.ask(seen[0], address("DE")) == OK, "the store")
        for account in held:
            blocked(policyd, account)
        for account in seen:
            assert policyd.ask(account, address("DE")) == OK
        with Load(policyd) as load:
            load.wait_answers(100, OK)
            cluster.double()
            until(lambda: all(policyd.ask(account, address("DE")) == OK
                              for account in seen), "all shards")
            load.wait_answers(500, OK)
        assert set(load.answers) <= {OK, ERROR} and load.lost == 0
        for account in held:
            assert policyd.ask(account, address("DE")) == BLOCKED
        for account in seen:
            assert policyd.ask(account, address("AT")) == BLOCKED
        # Each is in its own shard alone.
        found = collections.Counter()
        for number, server in enumerate(cluster.shards):
            rows = server.sql("SELECT account, hashtext(account) & 7 "
                              "FROM policyd.account", "policyd")
            assert {row[1] for row in rows} == {str(number)}
            found.update(row[0] for row in rows)
        assert set(held + seen) <= set(found)
        assert set(found.values()) == {1}
    finally:
        cluster.close()


def test_a_shard_fails_over_to_its_standby(make_policyd):
    """pgbouncer has no idea which host is the primary: the proxy finds out."""
    cluster = Cluster(2, 1, standbys=1)
    try:
        policyd = make_policyd(daemon.merge(CONFIG, {
            "store": {"url": cluster.proxies[0].url}}))
        policyd.start()
        bad, seen = fresh(cluster, 0), fresh(cluster, 0)
        until(lambda: policyd.ask(seen, address("DE")) == OK, "the store")
        blocked(policyd, bad)
        primary, standby = cluster.shards[0], cluster.standbys[0]
        until(lambda: primary.sql(
            "SELECT replay_lsn = pg_current_wal_lsn() "
            "FROM pg_stat_replication") == [["t"]], "the standby")
        # So many at a time that every session is needed.
        with Load(policyd, connections=8) as load:
            load.wait_answers(500, OK)
            assert set(load.answers) == {OK}
            primary.stop("immediate")
            until(lambda: policyd.ask(seen, address("DE")) == ERROR,
                  "the error")
            standby.promote()
            until(lambda: policyd.ask(seen, address("DE")) == OK,
                  "the standby")
            load.wait_answers(500, OK)
        assert policyd.ask(bad, address("DE")) == BLOCKED
        assert policyd.ask(seen, address("AT")) == BLOCKED
        # Calls that go past pgbouncer follow, too.
        assert policyd.cli("--unblock", bad).returncode == 0
        assert policyd.ask(bad, address("DE")) == OK
    finally:
        cluster.close()


def pgbouncer_ini(proxy, proxies=1):
    return daemon.run("--init-store", "--proxy", "--pgbouncer", proxies,
                      POLICYD_STORE_URL=proxy.url)


def test_what_pgbouncer_is_to_do(cluster):
    """Its configuration; the other tests have one that uses it."""
    proxy = cluster.proxies[1]
    rounds = [f"host=/run/pgbouncer port=6543 dbname=shard{number}"
              for number in range(4)]
    slow = [f"host={server.sockets} dbname=policyd"
            for server in cluster.shards]
    other = cluster.shards[0].sockets
    slow[2] = f"host={other},/other port=5432,5433 dbname=policyd user=postgres"
    proxy.set_shards(rounds, slow)
    try:
        # One connection past it is made to each: the second host is not there.
        made = pgbouncer_ini(proxy, 2)
        assert made.returncode == 0, made.stderr
        lines = made.stdout.splitlines()
        assert f"shard1 = host={cluster.shards[1].sockets} dbname=policyd " \
            "user=policyd" in lines
        assert f"shard2 = host={other} port=5432 dbname=policyd user=postgres" \
            in lines
        assert "shard2_2 = host=/other port=5433 dbname=policyd user=postgres" \
            in lines
        assert "unix_socket_dir = /run/pgbouncer" in lines
        assert "listen_port = 6543" in lines
        # 200 connections of a server, 3 of them for superusers.
        assert "default_pool_size = 20" in lines
        assert "max_client_conn = 1000" in lines
        assert "default_pool_size = 15" in \
            pgbouncer_ini(proxy, 10).stdout.splitlines()
        many = pgbouncer_ini(proxy, 100)
        assert many.returncode == 69 and "max_connections" in many.stderr
        # The owner's name as it is, whatever SQL would make of it.
        proxy.server.sql('ALTER ROLE policyd RENAME TO "policy-D"')
        try:
            named = proxy.sql("SELECT policyd.pgbouncer_databases()")
        finally:
            proxy.server.sql('ALTER ROLE "policy-D" RENAME TO policyd')
        assert [f"shard1 = host={cluster.shards[1].sockets} dbname=policyd "
                "user=policy-D"] in named
        proxy.set_shards(rounds, None)
        told = pgbouncer_ini(proxy)
        assert told.returncode == 69 and "directly" in told.stderr
    finally:
        cluster.tell_proxies()


GOOD = ["host=/run/pgbouncer port=6432 dbname=s0",
        "host=/run/pgbouncer port=6432 dbname=s1"]
DIRECT = ["host=/a,/b dbname=policyd password=x=", "host=/c dbname=policyd"]


@pytest.mark.parametrize("connections, slow, error", [
    ([], None, "power of two, not 0"),
    (GOOD + ["host=/run dbname=s2"], None, "power of two, not 3"),
    (GOOD, DIRECT[:1], "as many slow connections as others: 1 and 2"),
    (GOOD, [], "as many slow connections as others: 0 and 2"),
    (GOOD[:1] + [""], None, "connection 2 is empty"),
    (GOOD[:1] + [None], None, "connection 2 is empty"),
    (GOOD, DIRECT[:1] + [""], "slow connection 2 is empty"),
    (GOOD[:1] + ["shard1"], None, "connection 2 is not key=value"),
    (GOOD[:1] + ["host=/run dbname='s1'"], None, "without quotes"),
    (GOOD[:1] + ["host=/run dbname=s\\1"], None, "backslashes"),
    (GOOD[:1] + ["host=/run dbname=s 1"], None, "connection 2 is not"),
    (GOOD[:1] + ["host=/run\ndbname=s1"], None, "other blanks"),
    (GOOD, DIRECT[:1] + ["host=/c\tdbname=policyd"], "slow connection 2"),
    (GOOD[:1] + ["host=/run dbname=s1 host=evil"], None, "has a key twice"),
    (GOOD[:1] + ["host=/run dbname=s1 dbname=s2"], None, "has a key twice"),
    (GOOD[:1] + ["host=/run port=6432"], None, "has no dbname"),
    (GOOD[:1] + ["host=/run dbname=s]1"], None, "has no dbname"),
    (GOOD[:1] + ["host=/run dbname=s0,s1"], None, "has no dbname"),
    (GOOD, DIRECT[:1] + ["host=/c"], "slow connection 2 has no dbname"),
    (GOOD[:1] * 2, DIRECT, "two of the connections have the dbname s0"),
    (GOOD[:1] + ["host=/run dbname=s0_2"], DIRECT, "dbname s0_2"),
], ids=str)
def test_lists_of_shards_that_are_none(cluster, connections, slow, error):
    proxy = cluster.proxies[1]
    before = proxy.sql("SELECT * FROM policyd.shard ORDER BY number")
    with pytest.raises(AssertionError) as told:
        proxy.set_shards(connections, slow)
    assert error in str(told.value)
    assert proxy.sql("SELECT * FROM policyd.shard ORDER BY number") == before


def test_lists_of_shards_that_are_good(cluster):
    proxy = cluster.proxies[1]
    try:
        proxy.set_shards(GOOD, DIRECT)
        assert proxy.sql("SELECT name, hosts FROM policyd.shard "
                         "ORDER BY number") == [["s0", "2"], ["s1", "1"]]
        proxy.set_shards(GOOD, [DIRECT[0], None])
    finally:
        cluster.tell_proxies()


def test_a_proxy_newer_than_its_shards(start, cluster):
    """Which shard lacks what it calls is told, not that it is away."""
    policyd = start()
    shard = cluster.shards[1]
    assert policyd.ask(fresh(cluster, 1)) == OK
    shard.sql("ALTER FUNCTION policyd.load_part RENAME TO load_part_to_be",
              "policyd")
    try:
        # Who is known need not be loaded.
        until(lambda: policyd.ask(fresh(cluster, 1)) == ERROR, "the error")
        policyd.wait_log("shard that is away or has an older schema")
        for mode in (["--status"], ["--check-config", "--live"]):
            told = policyd.cli(*mode)
            assert told.returncode != 0
            assert re.search("older schema than their proxy: shard1: upgrade "
                             "the shards first", told.stdout + told.stderr)
        # Whoever looks whether it is back finds that it is not.
        until(lambda: cluster.proxies[0].sql(
            "SELECT is_older FROM policyd.shard WHERE away_since < tried") ==
            [["t"]], "a look")
        assert policyd.ask(fresh(cluster, 2)) == OK
    finally:
        shard.sql("ALTER FUNCTION policyd.load_part_to_be RENAME TO load_part",
                  "policyd")
    until(lambda: policyd.ask(fresh(cluster, 1)) == OK, "the shard")
    assert "older schema" not in policyd.cli("--status").stderr


def test_a_proxy_that_knew_no_hosts_counts_them(cluster):
    """One that an older version made, and told its shards, is renewed."""
    proxy = cluster.proxies[1]
    proxy.set_shards(["host=/run/pgbouncer dbname=shard0"],
                     ["host=/one,/other dbname=policyd"])
    try:
        proxy.sql("ALTER TABLE policyd.shard DROP hosts, DROP host")
        made = daemon.run("--init-store", "--proxy", POLICYD_STORE_URL=(
            proxy.url.replace("user=policyd", "user=postgres")))
        assert made.returncode == 0, made.stderr
        assert proxy.sql("SELECT hosts, host FROM policyd.shard") == \
            [["2", "1"]]
    finally:
        cluster.tell_proxies()


def test_pgbouncer_is_for_a_proxy(database, cluster):
    told = pgbouncer_ini(database)
    assert told.returncode == 69 and "is no proxy" in told.stderr
    assert daemon.run("--init-store", "--proxy", "--pgbouncer", 1,
                      POLICYD_STORE_URL="sqlite:/nowhere").returncode == 69
    assert daemon.run("--init-store", "--pgbouncer", 1,
                      POLICYD_STORE_URL=database.url).returncode == 64
    assert daemon.run("--init-store", "--proxy", "--pgbouncer", 0,
                      POLICYD_STORE_URL=database.url).returncode == 64
