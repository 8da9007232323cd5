"""test_failover.py -- two PostgreSQL servers, one of which dies.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import time

import pytest

import policyd as daemon
from geoip import address
from load import Load
from outage import BAD, BLOCKED, CONFIG, ERROR, KNOWN, OK, SLACK
from postgres import Postgres
from relay import Relay
from smtp_server import BlackHole
from waiting import until


@pytest.fixture
def pair():
    """A primary, and a standby that has every commit that was waited for."""
    primary = Postgres()
    standby = None
    try:
        standby = Postgres(primary, "synchronous_standby_names = ''\n")
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.sql("SELECT pg_reload_conf()")
        until(lambda: primary.sql("SELECT sync_state FROM pg_stat_replication")
              == [["sync"]], "the standby to follow")
        yield primary, standby
    finally:
        if standby is not None:
            standby.close()
        primary.close()


class Errors(Load):
    """Load that knows when there was no store."""

    def __init__(self, policyd):
        self.times = []
        super().__init__(policyd, connections=8)

    def _ask(self, client):
        before = self.answers.get(ERROR, 0)
        went = super()._ask(client)
        if self.answers.get(ERROR, 0) > before:
            self.times.append(time.monotonic())
        return went


def block(policyd, number):
    """Have an account blocked; its name if that was acknowledged."""
    account = f"victim{number}@example.com"
    policyd.ask(account, address("DE"))
    return policyd.ask(account, address("AT")) == BLOCKED and account


@pytest.mark.parametrize("end", ["kill", "freeze"])
def test_the_primary_dies(pair, start_policyd, end, capsys):
    primary, standby = pair
    database = primary.database()
    policyd = start_policyd(daemon.merge(CONFIG, {"store": {
        "url": f"postgresql:///{database.name}?host={primary.sockets},"
               f"{standby.sockets}&user=policyd"
               "&target_session_attrs=read-write"},
        "log": {"decisions": "refused"}}))
    until(lambda: policyd.ask(KNOWN, address("DE")) == OK, "the store")
    until(lambda: standby.sql(
        f"SELECT 1 FROM policyd.login WHERE account = '{KNOWN}'",
        database.name), "the login to arrive")
    with Errors(policyd) as load:
        blocked = [block(policyd, number) for number in range(20)]
        assert all(blocked)
        getattr(primary, end)()
        died = time.monotonic()
        blocked += [block(policyd, number) for number in range(20, 25)]
        standby.promote()
        promoted = time.monotonic()
        load.wait_answers(200, OK)
        blocked += [until(lambda: block(policyd, "later"), "a new block")]
    blocked = [account for account in blocked if account]
    with capsys.disabled():
        print(f"\n{end}: promoted after {promoted - died:.1f} s; "
              f"{len(load.times)} of {load.answered()} requests had the error "
              f"action, the last {load.times[-1] - died:.1f} s after the end; "
              f"the slowest answer took {load.longest:.2f} s; "
              f"{len(blocked)} blocks acknowledged")
    assert load.lost == load.reconnects == 0
    assert load.longest < 1.5 + SLACK
    # What it was told before counts, and so does what it is told now.
    assert until(lambda: policyd.ask(KNOWN, address("AT")) != ERROR, "a worker")
    assert policyd.ask(KNOWN, address("AT")) == BLOCKED
    held = {row[0] for row in standby.sql(
        "SELECT account FROM policyd.block WHERE ended_at IS NULL",
        database.name)}
    assert set(blocked) <= held
    result = policyd.cli("--list-blocked")
    assert result.returncode == 0 and blocked[0] in result.stdout


def test_the_standby_is_not_used(pair, start_policyd):
    """A URL that names it alone, or does not say what it wants."""
    primary, standby = pair
    database = primary.database()
    assert daemon.run("--init-store", POLICYD_STORE_URL=database.url
                      ).returncode == 0
    until(lambda: [database.name] in standby.sql(
        "SELECT datname FROM pg_database"), "the database to arrive")
    url = f"postgresql:///{database.name}?user=policyd&host={standby.sockets}"
    policyd = start_policyd(daemon.merge(CONFIG, {"store": {"url": url}}))
    assert policyd.ask(KNOWN, address("DE")) == ERROR
    assert "the server is a read-only standby" in policyd.log()
    result = policyd.cli("--block", BAD)
    assert result.returncode == 69
    assert result.stderr.count("\n") == 1
    assert "the server is a read-only standby" in result.stderr


def test_the_standby_comes_first(pair, start_policyd):
    """A URL of both that does not say which of them it wants."""
    primary, standby = pair
    database = primary.database()
    assert daemon.run("--init-store", POLICYD_STORE_URL=database.url
                      ).returncode == 0
    until(lambda: [database.name] in standby.sql(
        "SELECT datname FROM pg_database"), "the database to arrive")
    url = (f"postgresql:///{database.name}?user=policyd"
           f"&host={standby.sockets},{primary.sockets}")
    policyd = start_policyd(daemon.merge(CONFIG, {"store": {"url": url}}))
    until(lambda: policyd.ask(KNOWN, address("DE")) == OK, "the primary")
    assert "standby" not in policyd.log()
    assert policyd.cli("--block", BAD).returncode == 0
    assert database.value("SELECT account FROM policyd.block") == BAD


def test_the_first_host_swallows_packets(start_policyd, postgres, database):
    """It costs its time once, not the store."""
    with BlackHole() as hole, \
            Relay(postgres.sockets / ".s.PGSQL.5432") as relay:
        policyd = start_policyd(daemon.merge(CONFIG, {"store": {
            "url": f"postgresql://policyd@127.0.0.1:{hole.port},"
                   f"127.0.0.1:{relay.port}/{database.name}"
                   "?target_session_attrs=read-write"}}))
        until(lambda: policyd.ask(KNOWN, address("DE")) == OK, "the store")
        until(lambda: relay.open() == 3, "the others")

        def reconnect():
            relay.cut()
            began = time.monotonic()
            until(lambda: policyd.ask(KNOWN, address("DE")) == OK,
                  "a new connection")
            took = time.monotonic() - began
            until(lambda: relay.open() == 3, "the others")
            return took

        # Who waits for the first host again needs 2 s, each time.
        assert min(reconnect() for _ in range(3)) < 2
        result = policyd.cli("--block", BAD)
        assert result.returncode == 0, result.stderr
        assert policyd.ask(BAD, address("DE")) == BLOCKED
