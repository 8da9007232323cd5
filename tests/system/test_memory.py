"""test_memory.py -- logins that pass from memory, and what ends that.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import itertools
import select
import signal
import time

import pytest

import policyd as daemon
import proc
from client import request
from geoip import address
from relay import Relay
from stores import store  # noqa: F401
from waiting import PATIENCE, until

OK = "DUNNO"
ERROR = "450 4.3.5 error"
BLOCKED = "550 5.7.1 blocked"
TRIALS = 25
# Places of an account that may log in from here alone are trusted at once;
# others after days.
CONFIG = {
    "overrides": [{"account": "@example.com", "only_countries": ["DE"]}],
    "actions": {"blocked": BLOCKED, "error": ERROR},
}


def on(store):  # noqa: F811
    return daemon.merge(CONFIG, {"store": {"url": store.url}})


def mail(policyd, account, number):
    return policyd.ask(account, address("DE"), instance=f"mail.{number}")


def remembered(policyd, **wanted):
    """How many decisions so far were made from memory."""
    return sum(" memory=yes" in line for line in policyd.log().split("\n")
               if all(f"{name}={value}" in line
                      for name, value in wanted.items()))


def mails(store, account):  # noqa: F811
    return int(store.value("SELECT coalesce(sum(mails), 0) FROM "
                           f"policyd.logins WHERE account = '{account}'"))


def pass_unasked(policyd, account, numbers=None):
    """Until mails of an account pass from memory."""
    numbers = numbers or iter(range(1000000))

    def one():
        before = remembered(policyd, account=account)
        assert mail(policyd, account, f"{account}.{next(numbers)}") == OK
        return remembered(policyd, account=account) > before
    until(one, f"{account} to pass from memory")


def spin(seconds):
    """A pause that is too short to sleep for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_what_passed_from_memory_is_counted(start_policyd, store):  # noqa: F811
    policyd = start_policyd(daemon.merge(on(store), {
        "store": {"memory_mails": 7}}))
    pass_unasked(policyd, "joe@example.com")
    for number in range(100):
        assert mail(policyd, "ann@example.com", number) == OK
    passed = remembered(policyd, account="ann@example.com")
    # The others asked, as the eighth of each does; and who is held up for so
    # long that the news of the store are old.
    assert 20 <= passed <= 88
    # A further recipient is no further mail.
    assert mail(policyd, "ann@example.com", 99) == OK
    assert policyd.stop() == 0
    assert mails(store, "ann@example.com") == 100


def test_what_is_owed_is_paid_in_time(start_policyd, store):  # noqa: F811
    policyd = start_policyd(daemon.merge(on(store), {
        "store": {"memory": "1s"}}))
    pass_unasked(policyd, "joe@example.com")
    for number in range(10):
        mail(policyd, "ann@example.com", number)
    assert remembered(policyd, account="ann@example.com") > 0
    until(lambda: mails(store, "ann@example.com") == 10, "ten mails")


def test_it_can_be_turned_off(start_policyd, store):  # noqa: F811
    policyd = start_policyd(daemon.merge(on(store), {
        "store": {"memory": "0s"}}))
    for number in range(20):
        assert mail(policyd, "joe@example.com", number) == OK
    assert remembered(policyd) == 0


def test_rates_are_asked(start_policyd, store):  # noqa: F811
    policyd = start_policyd(daemon.merge(on(store), {
        "rates": {"rules": [{"mails": 5, "per": "1h"}]},
        "actions": {"over_rate": "450 4.7.1 slow down"}}))
    until(lambda: mail(policyd, "joe@example.com", 0) == OK, "the store")
    answers = [mail(policyd, "ann@example.com", number)
               for number in range(20)]
    assert answers.count(OK) == 5


def test_a_mail_of_two_stages_and_many_recipients_is_one(start_policyd,
                                                         store):  # noqa: F811
    """Postfix asks for each recipient, and once more when there is a rate."""
    policyd = start_policyd(daemon.merge(on(store), {
        "rates": {"rules": [{"mails": 30, "per": "1h"}], "stage": "data"},
        "actions": {"over_rate": "450 4.7.1 slow down"}}))
    pass_unasked(policyd, "joe@example.com")
    answers = []
    for number in range(0, 40, 2):
        pair = (f"mail.{number}", f"mail.{number + 1}")
        # Two that come at the same time.
        for _ in range(3):
            for instance in pair:
                assert policyd.ask("ann@example.com", address("DE"),
                                   instance=instance) == OK
        answers += [policyd.ask("ann@example.com", address("DE"),
                                instance=instance, protocol_state="DATA")
                    for instance in pair]
    assert remembered(policyd, account="ann@example.com") > 20
    assert answers == [OK] * 30 + ["450 4.7.1 slow down"] * 10
    shown = policyd.cli("--explain", "ann@example.com").stdout
    assert "within 1h: 40 of 400;" in shown, shown
    assert policyd.stop() == 0
    assert mails(store, "ann@example.com") == 40


def test_a_block_is_heeded_at_once_elsewhere(make_policyd,
                                             store):  # noqa: F811
    """Two hosts on one store; the command line is a third."""
    config = daemon.merge(on(store), {"store": {"memory_mails": 2000}})
    a, b = make_policyd(config).start(), make_policyd(config).start()
    took = []
    numbers = iter(range(1000000))
    for trial in range(TRIALS):
        account = f"user{trial}@example.com"
        pass_unasked(b, account, numbers)
        assert a.cli("--block", account).returncode == 0
        began = time.monotonic()
        until(lambda: mail(b, account, next(numbers)) == BLOCKED, "a block")
        took.append(time.monotonic() - began)
    took.sort()
    print(took)
    # It is the median that is held to it, on a machine that is busy; what is
    # not heard of would hold for 2,000 mails.
    assert took[len(took) // 2] < 1 * PATIENCE
    assert took[-1] < 20 * PATIENCE
    # And the end of it.
    assert a.cli("--unblock", "user0@example.com").returncode == 0
    until(lambda: mail(b, "user0@example.com", next(numbers)) == OK,
          "the end of it")


def test_an_override_is_heeded_at_once(make_policyd, store):  # noqa: F811
    config = daemon.merge(on(store), {"store": {"memory_mails": 2000}})
    a, b = make_policyd(config).start(), make_policyd(config).start()
    pass_unasked(b, "joe@example.com")
    assert a.cli("--override", "joe@example.com",
                 "only_countries=AT").returncode == 0
    began = time.monotonic()
    until(lambda: mail(b, "joe@example.com", time.monotonic()) != OK,
          "the override")
    assert time.monotonic() - began < 20 * PATIENCE


def test_a_reload_forgets(start_policyd, store):  # noqa: F811
    policyd = start_policyd(on(store))
    pass_unasked(policyd, "joe@example.com")
    policyd.write({"overrides": [{"account": "@example.com",
                                  "only_countries": ["AT"]}]})
    policyd.reload()
    assert mail(policyd, "joe@example.com", "last") == BLOCKED


def test_a_line_that_is_a_black_hole_is_not_believed(start_policyd,
                                                     database):
    """The connection that listens is stopped, the others are not."""
    policyd = start_policyd(daemon.merge(CONFIG, {"store": {"memory_mails": 2000}}))
    numbers = iter(range(1000000))
    pass_unasked(policyd, "joe@example.com", numbers)
    stopped = until(lambda: database.idle_backends(
        " AND query LIKE 'SELECT (extract(epoch FROM clock_timestamp()%'"),
        "who listens")
    proc.send(signal.SIGSTOP, stopped)
    try:
        assert policyd.cli("--block", "joe@example.com").returncode == 0
        began = time.monotonic()
        until(lambda: mail(policyd, "joe@example.com", next(numbers)) ==
              BLOCKED, "a block")
        assert time.monotonic() - began < 20 * PATIENCE
    finally:
        proc.send(signal.SIGCONT, stopped)
    # It listens again, on another connection.
    pass_unasked(policyd, "ann@example.com", numbers)


def test_a_line_that_is_swallowed_is_not_believed(make_policyd, database,
                                                  postgres):
    """Two hosts; the network loses what is said to the one that listens."""
    with Relay(postgres.sockets / ".s.PGSQL.5432") as relay:
        relay.watch(b"LISTEN policyd")
        a = make_policyd(CONFIG).start()
        b = make_policyd(daemon.merge(CONFIG, {"store": {
            "url": f"postgresql://policyd@127.0.0.1:{relay.port}"
                   f"/{database.name}", "memory_mails": 10000}})).start()
        numbers = iter(range(1000000))
        pass_unasked(b, "joe@example.com", numbers)
        assert relay.deafen() == 1
        assert a.cli("--block", "joe@example.com").returncode == 0
        began = time.monotonic()
        # What was heard last is believed for a second.
        until(lambda: mail(b, "joe@example.com", next(numbers)) == BLOCKED,
              "a block")
        assert time.monotonic() - began < 20 * PATIENCE
        assert mail(a, "joe@example.com", next(numbers)) == BLOCKED
        # It listens again, on another connection.
        pass_unasked(b, "ann@example.com", numbers)
        assert b.stop() == 0


def test_who_passed_a_moment_ago_passes_without_the_store(start_policyd,
                                                          database, postgres):
    with Relay(postgres.sockets / ".s.PGSQL.5432") as relay:
        policyd = start_policyd(daemon.merge(CONFIG, {"store": {
            "url": f"postgresql://policyd@127.0.0.1:{relay.port}"
                   f"/{database.name}", "memory_mails": 2000}}))
        numbers = iter(range(1000000))
        pass_unasked(policyd, "joe@example.com", numbers)
        relay.refuse()
        until(lambda: policyd.ask("ann@example.com", address("DE")) == ERROR,
              "the store to be away")
        # Long after the last news of it.
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            assert mail(policyd, "joe@example.com", next(numbers)) == OK
            time.sleep(0.01)
        before = remembered(policyd, account="joe@example.com")
        assert mail(policyd, "joe@example.com", next(numbers)) == OK
        assert remembered(policyd, account="joe@example.com") == before + 1
        relay.restore()
        until(lambda: policyd.ask("ann@example.com", address("DE")) == OK,
              "the store")
        assert policyd.stop() == 0
    sent = next(numbers)
    assert int(database.value(
        "SELECT sum(mails) FROM policyd.logins "
        "WHERE account = 'joe@example.com'")) == sent


@pytest.mark.parametrize("name", ["one", ""])
def test_a_mail_whose_answer_was_lost_counts_once(start_policyd, database,
                                                  postgres, name):
    """It was written, and passes from memory when no answer comes in time."""
    with Relay(postgres.sockets / ".s.PGSQL.5432") as relay:
        relay.watch(b"LISTEN policyd")
        policyd = start_policyd(daemon.merge(CONFIG, {
            "server": {"workers": 1, "deadline": "1s"},
            "store": {"url": f"postgresql://policyd@127.0.0.1:{relay.port}"
                             f"/{database.name}", "memory_mails": 2000}}))
        numbers = iter(range(1000000))
        pass_unasked(policyd, "joe@example.com", numbers)
        with policyd.client() as client:
            def version(count):
                for number in itertools.islice(numbers, count):
                    client.send(request("joe@example.com", address("DE"),
                                        instance=name and f"{name}.{number}"))
                    assert client.answer() == OK
                return database.value("SELECT version FROM policyd.account "
                                      "WHERE account = 'joe@example.com'")

            def is_written():
                """One is asked for when the news are old."""
                before = version(0)
                relay.mute(b"LISTEN policyd", b"touch", b"save")
                is_changed = version(1) != before
                relay.mute(b"LISTEN policyd")
                return is_changed
            assert relay.deafen() == 1
            until(is_written, "a mail to be written")
            version(3)
        relay.restore()
        relay.cut()
        until(lambda: policyd.ask("ann@example.com", address("DE")) == OK,
              "the store")
        assert policyd.stop() == 0
    assert mails(database, "joe@example.com") == next(numbers)


def test_who_is_known_does_not_wait_for_who_is_not(start_policyd, database):
    """The one worker waits for the store, whose backend is stopped."""
    policyd = start_policyd(daemon.merge(CONFIG, {
        "server": {"workers": 1, "deadline": "20s"},
        "store": {"url": database.url, "memory_mails": 2000}}))
    numbers = iter(range(1000000))
    pass_unasked(policyd, "joe@example.com", numbers)
    for _ in range(20):
        assert mail(policyd, "joe@example.com", next(numbers)) == OK
    locked = " AND wait_event_type = 'Lock'"

    def known_is_first():
        """Unless nobody heard from the store for a second."""
        with policyd.client() as stranger, policyd.client() as known:
            with database.server.locked(
                    database, "LOCK TABLE policyd.account; SELECT 'locked'"):
                stranger.send(request("ann@example.com", address("DE")))
                stopped = until(lambda: database.backends(locked),
                                "who waits")
                proc.send(signal.SIGSTOP, stopped)
            try:
                known.send(request("joe@example.com", address("DE"),
                                   instance=f"mail.{next(numbers)}"))
                ready, _, _ = select.select([stranger, known], [], [], 8)
            finally:
                proc.send(signal.SIGCONT, stopped)
            assert {stranger.answer(), known.answer()} == {OK}
        return ready == [known]
    until(known_is_first, "who is known to be answered first")
    assert policyd.stop() == 0
    assert mails(database, "joe@example.com") == next(numbers)


@pytest.mark.parametrize("count", [4])
def test_no_mail_is_lost_between_workers(start_policyd, store,  # noqa: F811
                                         count):
    policyd = start_policyd(daemon.merge(on(store), {
        "server": {"workers": count}, "store": {"memory_mails": 3}}))
    pass_unasked(policyd, "joe@example.com")
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(client)
                   for client in policyd.spread(4 * count)]
        for number in range(50):
            for k, client in enumerate(clients):
                client.send(request("ann@example.com", address("DE"),
                                    instance=f"{number}.{k}"))
            assert {client.answer() for client in clients} == {OK}
    assert remembered(policyd, account="ann@example.com") > 100
    assert policyd.stop() == 0
    assert mails(store, "ann@example.com") == 200 * count


def test_who_is_locked_at_the_end_costs_no_other_its_mails(start_policyd,
                                                          database):
    """Debts are paid many at a time; there are more than one call takes."""
    policyd = start_policyd(daemon.merge(CONFIG, {
        "server": {"workers": 1}, "store": {"url": database.url}}))
    pass_unasked(policyd, "joe@example.com")
    accounts = [f"user{number}@example.com" for number in range(150)]
    for number in range(3):
        for account in accounts:
            assert mail(policyd, account, f"{account}.{number}") == OK
    assert remembered(policyd, account=accounts[-1]) > 0
    with database.server.locked(
            database, "SELECT 'locked' FROM policyd.account "
                      f"WHERE account = '{accounts[0]}' FOR UPDATE"):
        assert policyd.stop() == 0
    assert [account for account in accounts[1:]
            if mails(database, account) != 3] == []


def test_who_leaves_as_the_answer_comes(start_policyd, store):  # noqa: F811
    """What follows the request ends the connection when it is answered, and
    what comes at that moment is nobody's any more."""
    policyd = start_policyd(daemon.merge(on(store), {
        "server": {"workers": 1}}))
    workers = policyd.workers()
    numbers = iter(range(1000000))
    with policyd.client() as known:
        for number in range(1500):
            with policyd.client() as leaving:
                leaving.send(request(f"user{number}@example.com",
                                     address("DE")) + b"none\n")
                known.send(b"".join(
                    request("joe@example.com", address("DE"),
                            instance=f"mail.{next(numbers)}")
                    for _ in range(3)))
                spin(number % 50 * 40e-6)
                with contextlib.suppress(OSError):
                    leaving.send(b"none\n")
            assert [known.answer() for _ in range(3)] == [OK] * 3
    assert policyd.workers() == workers
