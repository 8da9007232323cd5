"""test_store_pgsql.py -- PostgreSQL: exact under a crowd, calm when it is away.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import os
import signal
import time

import pytest

import proc
from client import request
from geoip import COUNTRIES, address
from load import Load
from smtp_server import BlackHole
from waiting import PATIENCE, until

JOE = "joe@example.com"
ACTIONS = {"ok": "DUNNO", "blocked": "REJECT blocked",
           "error": "DEFER_IF_PERMIT error"}
# The deadline of most servers here, and when an answer is late: the machine
# may be busy.
DEADLINE = {"server": {"deadline": "4s"}, "actions": ACTIONS}
LATE = 30 * PATIENCE


@pytest.fixture
def frozen(postgres, database):
    """A function that freezes the server until the test is over, but for its
    database to be dropped."""
    stopped = []

    def freeze():
        stopped.extend(postgres.freeze())
    yield freeze
    postgres.thaw(stopped)


@pytest.fixture
def stopped(postgres, database):
    """A function that stops the server; it runs again after the test, so that
    its database can be dropped."""
    def stop():
        postgres.stop()
    yield stop
    if not (postgres.data / "postmaster.pid").exists():
        postgres.start()


def timed(policyd, account=JOE, client=None):
    """The answer, and whether it came in time."""
    began = time.monotonic()
    answer = policyd.ask(account, client or address("DE"))
    assert time.monotonic() - began < LATE
    return answer


@pytest.mark.parametrize("limits, places", [
    pytest.param({"countries": 3, "networks": 1000},
                 [address(code) for code in COUNTRIES], id="countries"),
    pytest.param({"countries": 1000, "networks": 3},
                 [address("DE", n) for n in range(16)], id="networks"),
])
def test_first_logins_at_the_same_moment(start_policyd, database, limits,
                                         places):
    """16 connections, 16 places, one account: the limit passes, no more."""
    policyd = start_policyd({
        "server": {"workers": 8}, "limits": limits, "actions": ACTIONS,
        "notify": {"enabled": True, "from": "policyd@example.com",
                   "to": ["postmaster@example.com"]},
        "log": {"decisions": "refused"}})
    clients = policyd.spread(len(places))
    for client in clients:
        client.ask("warm@other.example", "127.0.0.1")
    rounds = 150
    for turn in range(rounds):
        account = f"user{turn}@example.com"
        data = [request(account, place) for place in places]
        for client, asked in zip(clients, data):
            client.send(asked)
        answers = [client.answer() for client in clients]
        assert answers.count("DUNNO") == 3, (turn, answers)
        assert answers.count("REJECT blocked") == 13
    for client in clients:
        client.close()
    assert database.sql(
        "SELECT count(*), count(DISTINCT account) FROM policyd.outbox") == \
        [[str(rounds), str(rounds)]]


def test_requests_are_spread_over_several_backends(start_policyd, database):
    """What the test above relies on."""
    policyd = start_policyd({"server": {"workers": 8}})
    with Load(policyd, connections=16) as load:
        until(lambda: len(database.backends()) >= 4, "four to be used")
        load.wait_answers(500)


def test_a_store_restarted_in_mid_run(start_policyd, postgres, database,
                                      stopped):
    policyd = start_policyd(DEADLINE)
    with Load(policyd, connections=4) as load:
        load.wait_answers(100, "DUNNO")
        stopped()
        load.wait_answers(100, ACTIONS["error"])
        postgres.start()
        load.wait_answers(100, "DUNNO")
    assert load.lost == load.reconnects == 0
    assert load.longest < LATE
    # It counts again, and what was counted before is not forgotten.
    for code, expected in (("DE", "DUNNO"), ("AT", "DUNNO"), ("CH", "DUNNO"),
                           ("FR", "REJECT blocked")):
        # Each worker comes back by itself.
        until(lambda: timed(policyd, "ann@example.com", address(code)) ==
              expected, f"{expected} from {code}")


def test_counts_survive_a_restart_of_the_store(start_policyd, postgres,
                                               stopped):
    policyd = start_policyd(DEADLINE)
    assert [timed(policyd, JOE, address(code))
            for code in ("DE", "AT", "CH")] == ["DUNNO"] * 3
    stopped()
    assert timed(policyd, JOE, address("FR")) == ACTIONS["error"]
    postgres.start()
    until(lambda: timed(policyd, "ann@example.com") == "DUNNO", "the store")
    until(lambda: timed(policyd, JOE, address("FR")) == "REJECT blocked",
          "the fourth country to be refused")


def test_a_frozen_store(start_policyd, frozen, postgres):
    policyd = start_policyd(DEADLINE)
    assert timed(policyd) == "DUNNO"
    frozen()
    for _ in range(5):
        assert timed(policyd) == ACTIONS["error"]
    postgres.thaw(postgres.processes())
    until(lambda: timed(policyd) == "DUNNO", "the store")


def test_frozen_connections_while_new_ones_work(start_policyd, database):
    """As behind a firewall that forgot its connections."""
    policyd = start_policyd(DEADLINE)
    assert timed(policyd) == "DUNNO"
    backends = until(database.idle_backends, "a connection to the store")
    proc.send(signal.SIGSTOP, backends)
    try:
        until(lambda: timed(policyd) == "DUNNO", "a new connection")
    finally:
        proc.send(signal.SIGCONT, backends)


def test_a_backend_that_is_terminated(start_policyd, database, postgres):
    policyd = start_policyd(DEADLINE)
    for _ in range(3):
        until(lambda: timed(policyd) == "DUNNO", "the store")
        postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                     f" WHERE datname = '{database.name}'")
    until(lambda: timed(policyd) == "DUNNO", "the store")


def test_an_account_that_is_locked_by_somebody_else(start_policyd, postgres,
                                                    database):
    policyd = start_policyd(DEADLINE)
    assert timed(policyd) == "DUNNO"
    with postgres.locked(database, "SELECT 'locked' FROM policyd.account "
                         f"WHERE account = '{JOE}' FOR UPDATE"):
        assert timed(policyd, JOE, address("AT")) == ACTIONS["error"]
        until(lambda: timed(policyd, "ann@example.com") == "DUNNO",
              "another account")
    until(lambda: timed(policyd) == "DUNNO", "the account")


@pytest.mark.parametrize("each", [0.020, 0.042])
def test_more_requests_than_the_store_answers_in_time(start_policyd, database,
                                                      each):
    """Five rounds of one worker, each of which takes a quarter of the deadline
    or more, or nearly half of it: the last cannot be waited for."""
    policyd = start_policyd({"server": {"workers": 1, "deadline": "6s"},
                             "actions": ACTIONS})
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(policyd.client()) for _ in range(320)]
        for client in clients:
            client.ask()
        database.sql("""DO $$ BEGIN EXECUTE replace(
            pg_get_functiondef('policyd.save'::regproc), 'IF p_must_last',
            'PERFORM pg_sleep(' || %s || ' * array_length(p_accounts, 1));
             IF p_must_last'); END $$""" % each)
        for number, client in enumerate(clients):
            client.send(request(f"ann{number}@example.com"))
        began = time.monotonic()
        answers = [client.answer() for client in clients]
        took = time.monotonic() - began
    assert set(answers) == {"DUNNO", ACTIONS["error"]}
    assert answers.count("DUNNO") >= 64
    # The deadline is 6 s.
    assert took < 7.2 * PATIENCE
    policyd.wait_log("more requests come than the store answers")
    # The store was slow, and never away.
    assert "store:" not in policyd.log()


def test_an_account_known_to_be_blocked_stays_so(start_policyd, stopped):
    """Every worker knows, whichever blocked it."""
    policyd = start_policyd({**DEADLINE, "server": {
        "deadline": "4s", "workers": 4}, "limits": {"countries": 1}})
    assert timed(policyd, JOE, address("DE")) == "DUNNO"
    assert timed(policyd, JOE, address("AT")) == "REJECT blocked"
    stopped()
    for client in policyd.spread(4):
        with client:
            assert client.ask(JOE, address("DE")) == "REJECT blocked"
        assert timed(policyd, "ann@example.com") == ACTIONS["error"]


def test_a_server_that_starts_before_its_store(make_policyd, postgres,
                                               stopped):
    policyd = make_policyd(DEADLINE)
    stopped()
    policyd.start()
    assert timed(policyd) == ACTIONS["error"]
    postgres.start()
    until(lambda: timed(policyd) == "DUNNO", "the store")


def test_the_log_of_a_store_that_is_away_is_short(start_policyd, stopped):
    policyd = start_policyd({**DEADLINE, "log": {"decisions": "refused"}})
    policyd.ask(JOE, address("DE"))
    policyd.forget_log()
    stopped()
    with Load(policyd, connections=4) as load:
        load.wait_answers(500, ACTIONS["error"])
    store_lines = [line for line in policyd.log().splitlines()
                   if "decision " not in line]
    assert 1 <= len(store_lines) <= 20, policyd.log()


# --- cleaning -------------------------------------------------------------------

def test_a_login_in_the_window_is_kept(start_policyd, database):
    """The row of a login may be up to a minute behind what it stands for."""
    policyd = start_policyd({"store": {"retention": "24h"},
                             "limits": {"window": "24h", "countries": 1}})
    policyd.ask(JOE, address("DE"))
    policyd.ask(JOE, address("DE"))
    database.age("24 hours 10 seconds")
    database.sql("""
        UPDATE policyd.account a SET complete_since = 0, places =
               concat_ws(' ', policyd.place_name(l.network), l.country,
                         '0000000000',
                         policyd.ms(now() - interval '23 h 59 min 20 s'),
                         policyd.ms(l.last_seen), '0000000001')
          FROM policyd.login l WHERE l.account = a.account""")
    assert policyd.cli("--clean").returncode == 0
    assert database.value("SELECT count(*) FROM policyd.login") == "1"
    assert policyd.ask(JOE, address("AT")).startswith("REJECT")
    database.age("24 hours 2 minutes")
    assert policyd.cli("--clean").returncode == 0
    assert database.value("SELECT count(*) FROM policyd.login") == "0"


def test_cleaning_waits_for_nobody(start_policyd, postgres, database):
    policyd = start_policyd({"actions": ACTIONS})
    for account in (JOE, "ann@example.com"):
        assert timed(policyd, account) == "DUNNO"
    database.age("40 days")
    with postgres.locked(database, "SELECT 'locked' FROM policyd.login "
                         f"WHERE account = '{JOE}' FOR UPDATE"):
        assert policyd.cli("--clean").returncode == 0
        assert database.sql("SELECT account FROM policyd.login") == [[JOE]]
    assert policyd.cli("--clean").returncode == 0
    assert database.value("SELECT count(*) FROM policyd.login") == "0"


def test_an_exempt_network_writes_no_login(start_policyd, database):
    """But what is known of the account: that there was mail."""
    policyd = start_policyd({"actions": ACTIONS})
    row = "SELECT network, last_seen, ctid, xmin FROM policyd.login"
    history = "SELECT history FROM policyd.account"
    assert timed(policyd) == "DUNNO"
    before, known = database.sql(row), database.value(history)
    assert [timed(policyd, client="10.1.2.3") for _ in range(3)] == \
        ["DUNNO"] * 3
    assert database.sql(row) == before
    assert database.value(history) != known


# --- the schema ----------------------------------------------------------------

def test_the_server_makes_the_schema(make_policyd, empty_database):
    policyd = make_policyd({"store": {"url": empty_database.url},
                            "actions": ACTIONS}).start()
    until(lambda: policyd.ask(JOE, address("DE")) == "DUNNO", "the store")
    assert empty_database.value(
        "SELECT count(*) FROM policyd.account") == "1"


def test_many_servers_make_the_schema_at_once(make_policyd, empty_database):
    servers = [make_policyd({"store": {"url": empty_database.url},
                             "actions": ACTIONS}).launch() for _ in range(4)]
    for policyd in servers:
        policyd.wait_ready()
        until(lambda: policyd.ask(JOE, address("DE")) == "DUNNO", "the store")
        # That it was not there yet when they came is nobody's error.
        assert "no policyd schema" not in policyd.log()


def test_a_newer_schema_is_refused(make_policyd, database):
    database.sql("INSERT INTO policyd.schema_version (version, name, "
                 "compatible_from) VALUES (999, 'tomorrow', 999)")
    policyd = make_policyd({"actions": ACTIONS}).start()
    assert timed(policyd) == ACTIONS["error"]
    policyd.wait_log("the database has schema 999")
    result = policyd.cli("--init-store")
    assert result.returncode == 69
    assert "schema 999" in result.stderr
    assert "upgrade policyd" in result.stderr
    assert database.value("SELECT count(*) FROM policyd.login") == "0"


def test_another_encoding_is_refused(make_policyd, postgres):
    """In LATIN1 an account like Łukasz@example.com could not be written."""
    postgres.sql("CREATE DATABASE latin1 TEMPLATE template0 ENCODING LATIN1"
                 " OWNER policyd")
    policyd = make_policyd({"store": {
        "url": f"postgresql:///latin1?host={postgres.sockets}&user=policyd"}})
    result = policyd.cli("--init-store")
    assert result.returncode == 69
    assert "encoding LATIN1" in result.stderr
    assert "createdb -E UTF8" in result.stderr
    assert postgres.sql("SELECT to_regnamespace('policyd') IS NULL",
                        "latin1") == [["t"]]


def test_ascii_takes_every_account(make_policyd, postgres):
    postgres.sql("CREATE DATABASE ascii TEMPLATE template0 ENCODING SQL_ASCII"
                 " OWNER policyd")
    policyd = make_policyd({"actions": ACTIONS, "store": {
        "url": f"postgresql:///ascii?host={postgres.sockets}&user=policyd"}})
    policyd.start()
    until(lambda: policyd.ask("łukasz@example.com") == "DUNNO", "the store")
    assert postgres.sql("SELECT account FROM policyd.account", "ascii") == \
        [["łukasz@example.com"]]


def test_a_notification_tells_of_the_window_alone(start_policyd, database):
    policyd = start_policyd({
        "limits": {"countries": 2}, "notify": {
            "enabled": True, "from": "policyd@example.com",
            "to": ["root@example.com"]},
        "smtp": {"host": "127.0.0.1", "port": 1, "timeout": "1s"}})
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    database.age("25 hours")
    for code in ("AT", "CH", "FR"):
        policyd.ask(JOE, address(code))
    assert database.value(
        "SELECT string_agg(l->>'country', ' ' ORDER BY l->>'country')"
        " FROM policyd.outbox, jsonb_array_elements(event->'logins') l"
    ) == "AT CH FR"


@pytest.mark.parametrize("option, least", [("", 2), ("connect_timeout=4", 4)])
def test_how_long_a_host_may_take_to_be_connected_to(make_policyd, option,
                                                     least):
    with BlackHole() as hole:
        policyd = make_policyd({"store": {
            "url": f"postgresql://127.0.0.1:{hole.port}/policyd?{option}"}})
        began = time.monotonic()
        result = policyd.cli("--list-blocked")
        assert result.returncode == os.EX_UNAVAILABLE, result.stderr
        assert "PostgreSQL does not answer" in result.stderr
        assert time.monotonic() - began >= least
