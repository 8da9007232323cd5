"""test_stats.py -- --stats and --what-if on both stores.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import re

import pytest

from geoip import UNKNOWN, address
from policyd import run
from stores import served, store, table  # noqa: F401

OK, NOT_FOUND, USAGE = 0, 1, 64
JOE, ANN, BEN, KIM = (f"{name}@example.com"
                      for name in ("joe", "ann", "ben", "kim"))
# Limits that nobody reaches; what the store does not take must be seen.
FREE = {"limits": {"countries": "unlimited", "networks": "unlimited"},
        "server": {"deadline": "20s"}, "actions": {"error": "DEFER error"}}


def mail(policyd, account, client, count=1):
    for _ in range(count):
        assert policyd.ask(account, client) == "DUNNO"


@pytest.fixture
def known(served):
    """joe: 5 countries, 6 networks, 9 mails; ann: 2, 3, 3; ben: 1, 1, 20;
    kim: a network in no country."""
    policyd = served(FREE)
    for country in ("DE", "FR", "US", "CN", "BR"):
        mail(policyd, JOE, address(country))
    mail(policyd, JOE, address("DE", 1), 4)
    for client in (address("DE"), address("DE", 2), address("AT")):
        mail(policyd, ANN, client)
    mail(policyd, BEN, address("DE"), 20)
    mail(policyd, KIM, UNKNOWN)
    return policyd


def stats(policyd, *arguments, code=OK):
    """What a statistic says in JSON; the table must say the same."""
    result = policyd.cli("--json", "--stats", *arguments)
    assert result.returncode == code, result.stderr
    found = json.loads(result.stdout)
    shown = policyd.cli("--stats", *arguments)
    assert shown.returncode == code
    if found:
        heads = shown.stdout.splitlines()[0].lower()
        assert heads.split() == " ".join(found[0]).replace("_", " ").split()
    rows = [[str(value) if value not in ("", None) else "-"
             for value in row.values()] for row in found]
    assert table(shown.stdout) == rows
    return found


def pairs(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


# --- the seven questions ---------------------------------------------------------

def test_accounts_in_more_than_3_countries(known):
    assert stats(known, "suspects") == [
        {"account": JOE, "mails": 9, "networks": 6, "countries": 5}]
    more = stats(known, "--more-than", "1", "suspects")
    assert pairs(more, "account") == [(JOE,), (ANN,)]


def test_accounts_in_more_than_1_country(known):
    assert stats(known, "travellers") == [
        {"account": JOE, "countries": 5}, {"account": ANN, "countries": 2}]


def test_all_logins_of_those(known):
    rows = stats(known, "logins")
    assert [row["account"] for row in rows] == [ANN] * 3 + [JOE] * 6
    mails = {(row["account"], row["network"]): row["mails"] for row in rows}
    assert mails[JOE, address("DE", 1)] == 4
    assert mails[ANN, address("AT")] == 1
    assert all(row["first_seen"] <= row["last_seen"] for row in rows)
    assert pairs(stats(known, "logins", BEN), "account", "network",
                 "country", "mails") == [(BEN, address("DE"), "DE", 20)]


def test_of_one_account(known):
    assert stats(known, "mails", JOE) == [{"account": JOE, "mails": 9}]
    assert stats(known, "countries", JOE) == [
        {"account": JOE, "countries": 5}]
    assert stats(known, "networks", JOE) == [{"account": JOE, "networks": 6}]
    places = stats(known, "places", JOE)
    assert pairs(places, "country", "networks", "mails") == [
        ("DE", 2, 5), ("BR", 1, 1), ("CN", 1, 1), ("FR", 1, 1),
        ("US", 1, 1)]


def test_an_account_is_named_as_users_do(known):
    assert stats(known, "mails", "JOE@Example.com")[0]["mails"] == 9


def test_an_account_that_is_not_known(known):
    result = known.cli("--stats", "mails", "nobody@example.com")
    assert result.returncode == NOT_FOUND and result.stdout == ""
    assert "nobody@example.com" in result.stderr


# --- more ----------------------------------------------------------------------

def test_accounts_in_order(known):
    assert pairs(stats(known, "accounts-by-countries"), "account",
                 "countries") == [(JOE, 5), (ANN, 2), (BEN, 1)]
    assert pairs(stats(known, "accounts-by-networks"), "account",
                 "networks") == [(JOE, 6), (ANN, 3), (BEN, 1), (KIM, 1)]
    assert pairs(stats(known, "accounts-by-mails"), "account", "mails") == [
        (BEN, 20), (JOE, 9), (ANN, 3), (KIM, 1)]


def test_countries_and_networks_by_accounts(known):
    countries = pairs(stats(known, "countries-by-accounts"), "country",
                      "accounts", "networks", "mails")
    assert countries[0] == ("DE", 3, 3, 27)
    assert ("", 1, 1, 1) in countries and len(countries) == 7
    networks = pairs(stats(known, "networks-by-accounts"), "network",
                     "country", "accounts", "mails")
    assert networks[0] == (address("DE"), "DE", 3, 22)


def test_blocks_by_cause(known):
    assert stats(known, "blocks-by-cause") == []
    known.cli("--block", JOE)
    known.cli("--block", ANN)
    known.cli("--unblock", ANN)
    known.ask(JOE, address("DE"))
    row, = stats(known, "blocks-by-cause")
    assert (row["cause"], row["holding"], row["ended"], row["refused"]) == \
        ("manual", 1, 1, 1)


def test_so_many_rows(known):
    assert len(stats(known, "--rows", "2", "accounts-by-mails")) == 2
    assert len(stats(known, "--rows", "0", "logins")) == 9


def test_the_overview(known):
    shown = known.cli("--stats")
    assert shown.returncode == OK
    assert JOE in shown.stdout
    for name in ("suspects", "travellers", "logins", "mails", "countries",
                 "networks", "places", "networks-by-accounts"):
        assert f"\n  {name} " in shown.stdout
    names = shown.stdout.partition("tells more:\n")[2].splitlines()
    assert len(names) >= 14 and all(len(line) <= 80 for line in names)
    found = json.loads(known.cli("--json", "--stats").stdout)
    totals, = found["totals"]
    assert (totals["accounts"], totals["countries"], totals["mails"],
            totals["blocked"]) == (4, 6, 33, 0)
    assert found["accounts-by-countries"][0]["account"] == JOE


def test_an_empty_store(served):
    policyd = served()
    assert stats(policyd, "suspects") == []
    totals, = json.loads(policyd.cli("--json", "--stats").stdout)["totals"]
    assert totals["accounts"] == 0 and totals["first_seen"] is None


def test_the_views_are_there_for_everybody(known, store):
    known.stop()
    rows = store.sql("SELECT account, mails, networks, countries FROM "
                     "policyd.stats_accounts ORDER BY account")
    assert rows == [[ANN, "3", "3", "2"], [BEN, "20", "1", "1"],
                    [JOE, "9", "6", "5"], [KIM, "1", "1", "0"]]
    assert store.sql("SELECT country, accounts FROM policyd.stats_countries "
                     "WHERE country = 'DE'") == [["DE", "3"]]


@pytest.mark.parametrize("arguments, named", [
    (["--stats", "nonsense"], "nonsense"),
    (["--stats", "mails"], "ACCOUNT"),
    (["--stats", "suspects", JOE], JOE),
    (["--stats", "logins", JOE, "more"], "more"),
    (["--stats", "--rows", "few"], "few"),
    (["--stats", "places", JOE, "--more-than", "1"], "more-than"),
    (["--clean", "--rows", "1"], "rows"),
    (["--what-if"], "what-if"),
    (["--what-if", "limits.countries"], "limits.countries"),
    (["--what-if", "limits.countires=2"], "limits.countires"),
    (["--what-if", "server.workers=2"], "server.workers"),
    (["--what-if", "limits.countries=many"], "many"),
])
def test_usage(arguments, named):
    result = run("-c", "/dev/null", *arguments)
    assert result.returncode == USAGE, result.stderr
    assert named in result.stderr and result.stdout == ""


# --- other limits ----------------------------------------------------------------

def what_if(policyd, *changes):
    result = policyd.cli("--json", "--what-if", *changes)
    assert result.returncode == OK, result.stderr
    return json.loads(result.stdout)


def blocked(found):
    return {row["account"] for row in found["would_block"]}


def test_who_would_have_been_blocked(known):
    found = what_if(known, "limits.countries=2")
    assert found["accounts"] == 4
    assert (found["now"], found["what_if"]) == (0, 1)
    row, = found["would_block"]
    assert row["account"] == JOE and row["now"] is False
    # Logins of one millisecond count together.
    assert re.fullmatch("[345] countries within 24h, 2 allowed",
                        row["reason"])
    assert blocked(what_if(known, "limits.countries=1")) == {JOE, ANN}
    assert blocked(what_if(known, "limits.countries=5")) == set()
    assert blocked(what_if(known, "limits.networks=2")) == {JOE, ANN}
    assert blocked(what_if(known, "limits.networks=2",
                           "limits.countries=1")) == {JOE, ANN}


def test_the_table_says_the_same(known):
    result = known.cli("--what-if", "limits.countries=1")
    assert result.returncode == OK
    rows = table(result.stdout)
    assert [row[0] for row in rows[:2]] == [ANN, JOE]
    assert "2 of 4 accounts would have been blocked" in result.stdout
    short = known.cli("--what-if", "limits.countries=1", "--rows", "1")
    assert "and 1 more" in short.stdout


def test_looser_limits_are_not_known_while_accounts_are_blocked(known):
    warning = "looser than those in force"
    known.write({"limits": {"countries": 3}})
    assert warning in known.cli("--what-if", "limits.countries=50").stderr
    assert known.cli("--what-if", "limits.countries=1").stderr == ""
    known.write({"mode": "observe"})
    assert known.cli("--what-if", "limits.countries=50").stderr == ""


def test_the_window_is_a_limit_too(known, store):
    # joe was in FR and US long ago, and in BR, CN and DE at one time.
    countries = "'FR', 'US'"
    if store.kind == "sqlite":
        change = "first_seen - 7200000, last_seen = last_seen - 7200000"
    else:
        change = ("first_seen - interval '2 h', "
                  "last_seen = last_seen - interval '2 h'")
    known.stop()
    store.settle()
    store.sql(f"UPDATE policyd.login SET first_seen = {change} WHERE "
              f"account = '{JOE}' AND country IN ({countries})")
    assert blocked(what_if(known, "limits.countries=4")) == {JOE}
    assert blocked(what_if(known, "limits.countries=4",
                           "limits.window=1h")) == set()
    assert blocked(what_if(known, "limits.countries=2",
                           "limits.window=1h")) == {JOE}


def test_overrides_hold_as_ever(known, store):
    known.write({"overrides": [{"account": JOE, "countries": "unlimited"}]})
    assert blocked(what_if(known, "limits.countries=1")) == {ANN}
    at = "0" if store.kind == "sqlite" else "now()"
    store.sql("INSERT INTO policyd.override (account, settings, changed_at) "
              f"VALUES ('@example.com', '{{\"countries\": 1}}', {at})")
    assert blocked(what_if(known, "limits.countries=9")) == {JOE, ANN}
    store.sql("INSERT INTO policyd.override (account, settings, changed_at) "
              f"VALUES ('{ANN}', '{{\"countries\": 7}}', {at})")
    assert blocked(what_if(known, "limits.countries=9")) == {JOE}


def test_home_counts_apart(known):
    assert blocked(what_if(known, "limits.countries=3",
                           "limits.home.countries=DE,FR")) == set()
    assert blocked(what_if(known, "limits.countries=2",
                           "limits.home.countries=DE,FR")) == {JOE}


def test_what_was_before_a_fresh_count_is_apart(served):
    policyd = served(FREE)
    mail(policyd, JOE, address("DE"))
    mail(policyd, JOE, address("FR"))
    policyd.cli("--block", JOE)
    policyd.cli("--unblock", JOE)
    mail(policyd, JOE, address("US"))
    mail(policyd, JOE, address("CN"))
    assert blocked(what_if(policyd, "limits.countries=2")) == set()
    assert blocked(what_if(policyd, "limits.countries=1")) == {JOE}


def test_it_changes_nothing(known):
    what_if(known, "limits.countries=1")
    assert known.ask(JOE, address("JP")) == "DUNNO"
    listed = known.cli("--list-blocked", "--json")
    assert json.loads(listed.stdout) == []
