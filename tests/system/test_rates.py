"""test_rates.py -- rates, asked for through the socket, on both stores.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import itertools
import json
import sqlite3
import threading

import pytest

from geoip import address
from policyd import merge
from stores import served, store  # noqa: F401
from waiting import measured, until

JOE, ANN = "joe@example.com", "ann@example.com"
OVER = "DEFER over ${limit} in ${per}"
_messages = itertools.count(1)


def rates(*rules, stage="rcpt", count="messages", **more):
    """A configuration with rules of (mails, per)."""
    return merge({
        "limits": {"countries": "unlimited", "networks": "unlimited"},
        "rates": {"stage": stage, "count": count,
                  "rules": [{"mails": mails, "per": per}
                            for mails, per in rules]},
        "actions": {"over_rate": OVER, "error": "ERROR"},
        "server": {"workers": 3, "deadline": "20s"}}, more)


def over(mails, per):
    return f"DEFER over {mails} in {per}"


def message():
    """The instance of a new message."""
    return f"1f2e.{next(_messages):x}.0"


def send(policyd, account=JOE, client=address("DE"), connection=None, **more):
    """One request of a message of its own, unless an instance is given."""
    more.setdefault("instance", message())
    return (connection or policyd).ask(account, client, **more)


def data(policyd, recipients, account=JOE, state="DATA", **more):
    return send(policyd, account, protocol_state=state,
                recipient_count=str(recipients), **more)


# --- what counts -------------------------------------------------------------------

def test_the_rate_itself_is_allowed(served):
    policyd = served(rates((3, "1h")))
    assert [send(policyd) for _ in range(5)] == \
        ["DUNNO"] * 3 + [over(3, "1h")] * 2
    assert send(policyd, ANN) == "DUNNO"
    # Rates never block.
    listed = policyd.cli("--list-blocked", "--json")
    assert json.loads(listed.stdout) == []


def test_a_message_counts_once_whoever_is_asked(served):
    """Five messages of four recipients each, interleaved over many
    connections and so over all workers."""
    policyd = served(rates((5, "1h")))
    messages = [message() for _ in range(5)]
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(client)
                       for client in policyd.spread(12)]
        turn = itertools.cycle(connections)
        for _ in range(4):
            for instance in messages:
                assert send(policyd, connection=next(turn),
                            instance=instance) == "DUNNO"
        assert send(policyd, connection=next(turn)) == over(5, "1h")
        # What was accepted stays accepted.
        assert send(policyd, connection=next(turn),
                    instance=messages[0]) == "DUNNO"


def test_a_message_counts_once_whichever_host_asks(served):
    one, other = served(rates((2, "1h"))), served(rates((2, "1h")))
    first = message()
    for policyd in (one, other, one):
        assert send(policyd, instance=first) == "DUNNO"
    assert send(other) == "DUNNO"
    assert send(one) == send(other) == over(2, "1h")


def test_nobody_slips_through_together(served):
    """Eight clients at the same moment: exactly twenty mails pass."""
    policyd = served(rates((20, "1h")))
    answers = []

    def run(client):
        with client as connection:
            for _ in range(8):
                answers.append(send(policyd, connection=connection))

    threads = [threading.Thread(target=run, args=(client,))
               for client in policyd.spread(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("DUNNO") == 20
    assert answers.count(over(20, "1h")) == 44


def test_recipients_one_request_each(served):
    policyd = served(rates((5, "1h"), count="recipients"))
    first = message()
    assert [send(policyd, instance=first) for _ in range(4)] == ["DUNNO"] * 4
    assert send(policyd) == "DUNNO"
    assert send(policyd, instance=first) == over(5, "1h")


@pytest.mark.parametrize("stage", ["data", "end-of-message"])
def test_recipients_as_postfix_counts_them(served, stage):
    policyd = served(rates((5, "1h"), stage=stage, count="recipients"))
    state = stage.upper()
    # Requests at other stages count nothing.
    for _ in range(9):
        assert send(policyd) == "DUNNO"
    assert data(policyd, 4, state=state) == "DUNNO"
    # What is refused is not counted: there is room for one more.
    assert data(policyd, 2, state=state) == over(5, "1h")
    assert data(policyd, 1, state=state) == "DUNNO"
    assert data(policyd, 1, state=state) == over(5, "1h")


def test_messages_at_data(served):
    policyd = served(rates((2, "1h"), stage="data"))
    first = message()
    for _ in range(3):
        assert data(policyd, 50, instance=first) == "DUNNO"
    assert data(policyd, 50) == "DUNNO"
    assert data(policyd, 1) == over(2, "1h")


def test_several_rules_and_which_was_reached(served):
    policyd = served(rates((2, "2s"), (4, "1h")))

    def three():
        """Of somebody each time: they may have been too slow."""
        account = message() + "@example.com"
        return account, [send(policyd, account) for _ in range(3)]
    account, _ = measured(three, lambda found: found[1] == [
        "DUNNO", "DUNNO", over(2, "2s")])
    # The short window slides on: two more, and then it is the long one.
    until(lambda: send(policyd, account) == "DUNNO", "the window to slide")
    until(lambda: send(policyd, account) in ("DUNNO", over(4, "1h")),
          "the rest")
    until(lambda: send(policyd, account) == over(4, "1h"), "the long window")


def test_an_alias_and_capitals_are_one_account(served):
    policyd = served(rates((2, "1h"), identity={"extension": "+"}))
    assert [send(policyd, name) for name in
            ("Joe@Example.COM", "joe+news@example.com", JOE)] == \
        ["DUNNO", "DUNNO", over(2, "1h")]


def test_exempt_networks_have_rates_too(served):
    policyd = served(rates((1, "1h")))
    assert [send(policyd, client="127.0.0.1") for _ in range(2)] == \
        ["DUNNO", over(1, "1h")]


def test_observed_only(served):
    policyd = served(rates((1, "1h"), mode="observe"))
    assert [send(policyd) for _ in range(3)] == ["DUNNO"] * 3


# --- overrides ---------------------------------------------------------------------

@pytest.mark.parametrize("rules, passes", [
    ([], 20), ("unlimited", 20), ([{"mails": 5, "per": "1h"}], 5),
    (None, 2)])
@pytest.mark.parametrize("name", [JOE, "@example.com"])
def test_overrides_in_the_file(served, name, rules, passes):
    policyd = served(rates((2, "1h"), overrides=[
        {"account": name, "rates": rules}]))
    answers = [send(policyd) for _ in range(20)]
    assert answers.count("DUNNO") == passes
    assert [send(policyd, "kim@example.net") for _ in range(3)] == \
        ["DUNNO"] * 2 + [over(2, "1h")]


@pytest.mark.parametrize("rules, passes", [
    ([], 20), ([{"mails": 5, "per": 3600}], 5), (None, 2)])
def test_overrides_in_the_store(served, store, rules, passes):
    policyd = served(rates((2, "1h")))
    settings = json.dumps({} if rules is None else {"rates": rules})
    at = "0" if store.kind == "sqlite" else "now()"
    store.sql("INSERT INTO policyd.override (account, settings, changed_at) "
              f"VALUES ('@example.com', '{settings}', {at})")
    answers = [send(policyd) for _ in range(20)]
    assert answers.count("DUNNO") == passes


@pytest.mark.parametrize("per", [0, -1])
def test_a_rule_over_no_time_is_refused(served, store, per):
    served(rates((2, "1h")))
    at = "0" if store.kind == "sqlite" else "now()"
    insert = ("INSERT INTO policyd.override (account, settings, changed_at) "
              "VALUES ('{}', '{{\"rates\": [{{\"mails\": 5, \"per\": {}}}]}}', "
              + at + ")")
    store.sql(insert.format("@example.com", 1))
    with pytest.raises((AssertionError, sqlite3.IntegrityError),
                       match="(?i)check constraint"):
        store.sql(insert.format("@example.org", per))


def test_clients_by_their_address(served):
    """The account is the address; only some networks are limited, and one of
    them has a rate of its own."""
    policyd = served(rates(
        (2, "1h"), identity={"keys": ["client_address"]},
        rates={"networks": ["192.0.2.0/24", "2001:db8::/32"]},
        overrides=[{"account": "192.0.2.64/28",
                    "rates": [{"mails": 4, "per": "1h"}]},
                   {"account": "192.0.2.9", "rates": []}]))

    def passes(client):
        return [send(policyd, None, client)
                for _ in range(6)].count("DUNNO")

    assert passes("192.0.2.3") == 2
    assert passes("192.0.2.2") == 2
    assert passes("192.0.2.65") == 4
    assert passes("192.0.2.9") == 6
    assert passes("198.51.100.1") == 6
    assert passes("2001:db8:1::1") == 2


# --- reload ------------------------------------------------------------------------

def rewrite(policyd, *rules):
    policyd.write({"rates": {"rules": [{"mails": mails, "per": per}
                                       for mails, per in rules]}})
    policyd.reload()


def test_rules_that_come_and_go(served):
    policyd = served(rates((4, "1h"), (100, "1d")))
    assert [send(policyd) for _ in range(3)] == ["DUNNO"] * 3
    # One goes, one comes: the other knows what it knew, in any order.
    rewrite(policyd, (2, "30m"), (4, "1h"))
    assert send(policyd) == "DUNNO"
    assert send(policyd) == over(4, "1h")
    # A rule that is changed goes on counting.
    rewrite(policyd, (2, "30m"), (9, "1h"))
    assert send(policyd) == "DUNNO"
    assert send(policyd) == over(2, "30m")
    rewrite(policyd, (5, "1h"))
    assert send(policyd) == over(5, "1h")
    # None at all, and one again: that begins afresh or knows, but holds.
    rewrite(policyd)
    assert send(policyd) == "DUNNO"
    rewrite(policyd, (6, "1h"))
    assert send(policyd) == "DUNNO"
    assert send(policyd) == over(6, "1h")


# --- a rate that can never count -----------------------------------------------------

def warnings(policyd):
    return policyd.log(everything=True).count("rates count nothing")


def ask_often(policyd, **more):
    with policyd.client() as connection:
        for _ in range(210):
            send(policyd, connection=connection, **more)


def test_it_is_told_once_a_generation(start_policyd):
    policyd = start_policyd(rates((5, "1h"), stage="data"))
    ask_often(policyd)
    line = policyd.wait_log(r"^.*rates count nothing.*$").group()
    assert "warning" in line and "DATA" in line
    assert "smtpd_data_restrictions" in line
    ask_often(policyd)
    policyd.reload()
    assert warnings(policyd) == 1
    ask_often(policyd)
    until(lambda: warnings(policyd) == 2, "the next generation's warning")


@pytest.mark.parametrize("config, more", [
    (rates((5, "1h")), {}),                     # they come at the stage
    (rates(stage="data"), {}),                  # there is no rule
    (rates((5, "1h"), stage="data"), {"account": None}),    # nobody's mail
])
def test_it_is_not_told(start_policyd, config, more):
    policyd = start_policyd(config)
    ask_often(policyd, **more)
    # A housekeeper that leaves has looked at all that was before.
    policyd.reload()
    assert warnings(policyd) == 0


def test_one_request_at_the_stage_is_enough(start_policyd):
    policyd = start_policyd(rates((5, "1h"), stage="data"))
    policyd.workers()           # and the housekeeper, who watches it
    assert data(policyd, 1) == "DUNNO"
    ask_often(policyd)
    policyd.reload()
    assert warnings(policyd) == 0
