"""test_observe.py -- from observe to enforce, and what blocked accounts do.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json

from geoip import address
from stores import served, store, table  # noqa: F401
from waiting import until

JOE, ANN = "joe@example.com", "ann@example.com"
OK = 0
OBSERVE = {"mode": "observe", "limits": {"countries": 1}}


def would(policyd):
    result = policyd.cli("--list-blocked", "--would", "--json")
    assert result.returncode == OK, result.stderr
    return json.loads(result.stdout)


def wait_would(policyd, *accounts):
    def ask():
        found = would(policyd)
        return {entry["account"] for entry in found} == set(accounts) and \
            (found or True)
    return until(ask, f"{accounts} to be those who would be blocked")


def explain(policyd, *arguments):
    result = policyd.cli("--explain", *arguments, "--json")
    assert result.returncode == OK, result.stderr
    return json.loads(result.stdout)


def go_to(policyd, mode, **more):
    policyd.write({"mode": mode, **more})
    policyd.reload()


def test_who_would_be_blocked(served, store):
    policyd = served(OBSERVE)
    assert policyd.ask(ANN, address("DE")) == "DUNNO"
    for country in ("DE", "FR", "IT"):
        assert policyd.ask(JOE, address(country)) == "DUNNO"
    entry, = wait_would(policyd, JOE)
    assert "2 countries" in entry["reason"] and entry["country"] == "FR"
    assert entry["client"] == address("FR") and entry["until"] is not None
    row, = table(policyd.cli("--list-blocked", "--would").stdout)
    assert row[0] == JOE and row[3] == "-" and row[4] == "FR"
    assert policyd.cli("--list-blocked").stdout == ""
    told = json.loads(policyd.cli("--status", "--json").stdout)
    assert told["blocked"] == {"accounts": 0, "would": 1}
    assert "enforce would block 1 now" in policyd.cli("--status").stdout
    # Its time is over as that of a block is.
    unit = ("interval '25 h'" if store.kind == "postgresql" else "90000000")
    store.sql(f"UPDATE policyd.would SET began_at = began_at - {unit}, "
              f"until = until - {unit}")
    assert would(policyd) == []


def test_enforcing_starts_a_fresh_count(served, store):
    policyd = served(OBSERVE)
    for country in ("DE", "FR", "IT"):
        assert policyd.ask(JOE, address(country)) == "DUNNO"
    wait_would(policyd, JOE)
    assert explain(policyd, JOE)["evidence"]["countries"] == 3
    go_to(policyd, "enforce")
    assert policyd.ask(JOE, address("AT")) == "DUNNO"
    told = explain(policyd, JOE)
    assert told["evidence"]["countries"] == 1 and told["counted_since"]
    assert wait_would(policyd)
    assert "after observe; that changed" in policyd.cli("--status").stdout
    # Of an account that did nothing since, too.
    assert policyd.ask(JOE, address("AT")) == "DUNNO"
    assert policyd.ask(JOE, address("CH")).startswith("REJECT")
    # Another reload, or a restart, is no change.
    since = explain(policyd, ANN)["counted_since"]
    assert since is None
    go_to(policyd, "enforce", log={"level": "debug"})
    policyd.stop()
    policyd.start()
    assert policyd.ask(JOE, address("AT")).startswith("REJECT")
    assert policyd.ask(ANN, address("AT")) == "DUNNO"
    go_to(policyd, "enforce")
    assert policyd.ask(ANN, address("CH")).startswith("REJECT")


def test_what_was_counted_may_be_carried_over(served):
    policyd = served(OBSERVE)
    for country in ("DE", "FR", "IT"):
        assert policyd.ask(JOE, address(country)) == "DUNNO"
    go_to(policyd, "enforce", observe={"carry": True})
    assert policyd.ask(JOE, address("DE")).startswith("REJECT")


def test_one_mail_may_be_too_many(served):
    """A rule that one login can break needs no count."""
    policyd = served({**OBSERVE, "overrides": [
        {"account": JOE, "only_countries": ["DE"]}]})
    assert policyd.ask(JOE, address("FR")) == "DUNNO"
    entry, = wait_would(policyd, JOE)
    assert "outside the allowed countries" in entry["reason"]
    go_to(policyd, "enforce")
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    assert policyd.ask(JOE, address("FR")).startswith("REJECT")


def times(store):
    """SQL: now, and a second before it."""
    if store.kind == "postgresql":
        return "now()", "now() - interval '1 s'"
    return "unixepoch() * 1000", "unixepoch() * 1000 - 1000"


def test_a_host_of_another_name_follows_the_last_one(served, store):
    """As a container does that is made anew."""
    policyd = served(OBSERVE)
    for country in ("DE", "FR"):
        assert policyd.ask(JOE, address(country)) == "DUNNO"
    policyd.stop()
    store.sql("UPDATE policyd.mode SET host = 'before'")
    policyd.write({"mode": "enforce"})
    policyd.start()
    assert policyd.ask(JOE, address("AT")) == "DUNNO"
    assert [row[0] for row in store.sql(
        "SELECT mode FROM policyd.mode ORDER BY host = 'before'")] == [
            "enforce", "observe"]


def test_a_new_host_of_a_fleet_that_enforces(served, store):
    policyd = served({"limits": {"countries": 1}})
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    policyd.stop()
    store.sql("UPDATE policyd.mode SET host = 'other'")
    policyd.start()
    assert policyd.ask(JOE, address("FR")).startswith("REJECT")


def test_the_last_change_of_any_host_holds(served, store):
    policyd = served({"limits": {"countries": 1}})
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    now, before = times(store)
    store.sql("INSERT INTO policyd.mode (host, mode, since, taken_at, "
              f"first_at) VALUES ('other', 'enforce', {now}, {now}, {before})")
    until(lambda: explain(policyd, JOE)["counted_since"], "the change")
    # The housekeeper hears of it, and tells the workers.
    until(lambda: policyd.ask(JOE, address("DE")) == "DUNNO" and
          explain(policyd, JOE)["evidence"]["countries"] == 1, "a count")
    assert policyd.ask(JOE, address("FR")).startswith("REJECT")


def test_a_time_ahead_of_the_clock_keeps_nobody_from_counting(served, store):
    policyd = served({"limits": {"countries": 1}})
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    ahead = ("now() + interval '1 h'" if store.kind == "postgresql" else
             "unixepoch() * 1000 + 3600000")
    store.sql(f"UPDATE policyd.mode SET since = {ahead}")
    policyd.reload()
    until(lambda: store.value(
        "SELECT count(*) FROM policyd.mode WHERE since > "
        + times(store)[0]) == "0", "the clock to be believed")
    assert policyd.ask(ANN, address("DE")) == "DUNNO"
    assert policyd.ask(ANN, address("FR")).startswith("REJECT")


# --- what blocked accounts do ----------------------------------------------------

def attempts(policyd, count, last=""):
    def ask():
        found = explain(policyd, JOE)["attempts"]
        return len(found) == count and any(
            entry["network"].startswith(last) for entry in found) and found
    return until(ask, f"{count} attempts")


def test_attempts_are_kept(served, store):
    policyd = served({"limits": {"countries": 1}})
    for country in ("DE", "FR", "IT", "AT", "AT", "CH"):
        policyd.ask(JOE, address(country))
    found = attempts(policyd, 3)
    assert {entry["country"] for entry in found} == {"IT", "AT", "CH"}
    shown = policyd.cli("--explain", JOE).stdout
    assert "Attempts   while it was blocked" in shown
    # Looser limits are judged by them.
    arguments = ["--what-if", "limits.countries=4"]
    told = policyd.cli(*arguments)
    assert JOE in told.stdout and "1 of 1 accounts" in told.stdout
    assert "what blocked accounts did is not known before 20" in told.stderr
    told = policyd.cli("--what-if", "limits.countries=5")
    assert "0 of 1 accounts" in told.stdout
    store.age(40)
    unit = ("interval '40 d'" if store.kind == "postgresql" else
            str(40 * 86400000))
    store.sql(f"UPDATE policyd.mode SET first_at = first_at - {unit}")
    assert "not known" not in policyd.cli(*arguments).stderr


def test_attempts_are_bounded(served, store):
    policyd = served({"limits": {"countries": 1}})
    with policyd.client() as client:
        for country in ("DE", "FR"):
            client.ask(JOE, address(country))
        for n in range(100):
            client.ask(JOE, f"203.0.113.{n}")
    found = attempts(policyd, 64, "203.0.113.99")
    assert len({entry["network"] for entry in found}) == 64
    assert "203.0.113.0" not in {entry["network"] for entry in found}
    assert store.value("SELECT count(*) FROM policyd.attempt") == "64"


def test_attempts_are_forgotten_as_logins_are(served, store):
    policyd = served({"limits": {"countries": 1}})
    for country in ("DE", "FR", "IT"):
        policyd.ask(JOE, address(country))
    attempts(policyd, 1)
    unit = ("interval '31 d'" if store.kind == "postgresql" else
            str(31 * 86400000))
    store.sql(f"UPDATE policyd.attempt SET last_seen = last_seen - {unit}")
    policyd.ask(JOE, address("AT"))
    until(lambda: [entry["country"] for entry in
                   explain(policyd, JOE)["attempts"]] == ["AT"],
          "the old one to go")
