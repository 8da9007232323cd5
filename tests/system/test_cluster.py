"""test_cluster.py -- accounts in four databases, asked by two proxies.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import collections
import itertools
import json
import pathlib
import re
import tempfile
import time

import pytest

import policyd as daemon
from client import request
from cluster import Cluster
from geoip import address
from load import Load
from outage import BLOCKED, CONFIG, ERROR, OK
from waiting import PATIENCE, until

_numbers = itertools.count(1)


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
        until(lambda: policyd.ask(fresh(cluster)) == OK, "the store")
        return policyd
    return start


def fresh(cluster, shard=None):
    """An account that nobody has seen yet, of a shard."""
    while True:
        account = f"new{next(_numbers)}@example.com"
        if shard is None or cluster.shard_of(account) == shard:
            return account


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


def test_nobody_passes_from_memory_that_another_host_has_blocked(start,
                                                                 cluster):
    """Notifications of the shards do not pass a proxy."""
    one, other = start(0), start(1)
    until(lambda: "store.memory is off" in one.log(), "what is told of it")
    for account in fresh_of_all(cluster):
        for policyd in (one, other) * 5:
            assert policyd.ask(account, address("DE")) == OK
        assert one.cli("--block", account).returncode == 0
        assert other.ask(account, address("DE")) == BLOCKED


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
            for number in range(count):
                account = self.accounts[number % len(self.accounts)]
                began = time.monotonic()
                client.send(request(account, address("DE")))
                answers[client.answer()] += 1
                times.append(time.monotonic() - began)
        assert set(answers) == {OK}, answers
        return sorted(times)[count * 99 // 100]


@pytest.mark.parametrize("how", ["stop", "freeze"])
def test_a_shard_that_is_away_costs_its_own_accounts(start, cluster, how):
    policyd = start()
    lost = fresh_of_all(cluster)[2]
    known = fresh(cluster, 2)
    others = [fresh(cluster, shard) for shard in (0, 1, 3) for _ in range(5)]
    blocked(policyd, known)
    measured = Latencies(policyd, others)
    measured.p99()
    before = measured.p99()
    server = cluster.shards[2]
    if how == "freeze":
        stopped = server.freeze()
    else:
        server.stop("immediate")
    try:
        # Who finds out that it is away waits for it.
        until(lambda: policyd.ask(lost) == ERROR, "the error")
        until(lambda: all(policyd.ask(account) == OK for account in others),
              "the others")
        assert measured.p99() < max(2 * before, 0.05 * PATIENCE)
        assert policyd.ask(lost) == ERROR
        assert policyd.ask(known, address("DE")) == BLOCKED
        assert [row[0] for row in cluster.proxies[0].sql(
            "SELECT number FROM policyd.shard WHERE away_since IS NOT NULL")
            ] == ["2"]
    finally:
        if how == "freeze":
            server.thaw(stopped)
        else:
            server.start()
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
