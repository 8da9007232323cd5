"""test_detection.py -- what is told of places, quotas and bursts.

SPDX-License-Identifier: GPL-3.0-or-later

The rules themselves are tested in tests/store and tests/unit.
"""
import json
import re

import pytest

from geoip import address
from http_api import Api
from policyd import free_port
from stores import served, store  # noqa: F401
from terminal import answer

OK, NOT_FOUND, USAGE = 0, 1, 64
JOE, ANN, BEN = (f"{name}@example.com" for name in ("joe", "ann", "ben"))
ACTIONS = {"blocked": "REJECT ${reason}", "new_place":
           "DEFER ${limit} in ${per}: ${reason}", "error": "DEFER error"}
RULES = {"actions": ACTIONS, "history": {"warm_up": 0},
         "limits": {"countries": "unlimited", "networks": "unlimited"},
         "new_places": {"beginner": {"hour": 2, "day": "unlimited"}}}
OVER = "3 mails within 1h from networks never used before, 2 allowed"


def test_mail_from_new_places_is_deferred(served):
    policyd = served(RULES)
    assert [policyd.ask(JOE, address("DE")) for _ in range(3)] == \
        ["DUNNO", "DUNNO", f"DEFER 2 in 1h: {OVER}"]
    policyd.wait_log(f'verdict=deferred reason="{OVER}" action="DEFER')
    policyd.wait_log("country=DE place=new ")
    rows = json.loads(policyd.cli("--report", "--json").stdout)
    assert [(row["account"], row["reached"]) for row in rows] == [
        (JOE, "more than 2 mails in 1h from networks never used before")]
    assert policyd.cli("--list-blocked", "--json").stdout.strip() == "[]"
    # The list of one account is enough.
    result = policyd.cli("--override", JOE, "new_places.beginner.hour=4")
    assert result.returncode == OK, result.stderr
    assert policyd.ask(JOE, address("DE")) == "DUNNO"


def test_a_burst_is_told(served):
    policyd = served({**RULES, "bursts": {"hour": {"mails": 2}}})
    why = "3 mails within 1h, 2 allowed"
    assert [policyd.ask(ANN, address("DE")) for _ in range(3)] == \
        ["DUNNO", "DUNNO", f"REJECT {why}"]
    policyd.wait_log(f'verdict=blocked blocked=now reason="{why}"')
    block, = json.loads(policyd.cli("--list-blocked", "--json").stdout)
    assert (block["account"], block["reason"]) == (ANN, why)
    assert why in policyd.cli("--explain", ANN).stdout
    figures = json.loads(policyd.cli("--stats", "blocks-by-cause",
                                     "--json").stdout)
    assert "mails in an hour" in json.dumps(figures)


def test_new_countries_are_told(served):
    policyd = served({**RULES, "new_places": {"countries": {"day": 1}}})
    assert [policyd.ask(BEN, address(country)) for country in ("DE", "AT")] \
        == ["DUNNO", "REJECT 2 countries never used before within 24h, "
            "1 allowed"]


# --- explained ---------------------------------------------------------------

def explained(policyd, account, *address):
    result = policyd.cli("--explain", account, *address, "--json")
    assert result.returncode == OK, result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def systems(geoip):
    """Where each country is an autonomous system of its own."""
    return {**RULES, "geoip": {"asn": str(geoip / "asn.mmdb")}}


def test_what_is_known_of_an_account_is_explained(served, systems, today):
    policyd = served(systems)
    for country in ("DE", "CH", "CH"):
        policyd.ask(JOE, address(country))
    history = explained(policyd, JOE)["history"]
    assert (history["settled"], history["days"]) == (False, 0)
    assert history["deferred_days"] == 1 and history["learning"] is False
    assert history["hour"] == {
        "peak": 0, "mails": {"found": 3, "allowed": 400},
        "young": {"found": 0, "allowed": 60},
        "new": {"found": 2, "allowed": 2}}
    assert history["day"]["new"] == {"found": 2, "allowed": None}
    assert history["week"]["young"] == {"found": 0, "allowed": 80}
    german, swiss = sorted(history["places"], key=lambda one: one["place"])
    assert german == {"place": "AS64496", "as_name": "Example 0", "days": 1,
                      "state": "new", "first": today, "last": today,
                      "barred": False}
    # Its mail was deferred, so that today does not count.
    assert (swiss["place"], swiss["days"], swiss["barred"]) == \
        ("AS64498", 0, True)
    assert {(one["country"], one["days"]) for one in history["countries"]} \
        == {("DE", 1), ("CH", 1)}
    text = policyd.cli("--explain", JOE).stdout
    assert "not settled: mail on 0 of the 60 days before today" in text
    assert "mail deferred on 1 of the last 7 days" in text
    assert "within 1h: 3 of 400; 0 of 60 from places first used lately, " \
        "2 of 2 passed from new ones; peak 0" in text
    assert "within 7d: 0 of 80 from new ones and those first used lately; " \
        "peak 0" in text
    assert re.search(rf"^AS64496 +Example 0 +new +1 +{today} +{today}$",
                     text, re.M), text


def test_what_a_login_would_get_is_what_it_gets(served, systems):
    """Foretold by the rules, without a trace."""
    policyd = served(systems)
    client = address("DE")
    for _ in range(2):
        login = explained(policyd, ANN, client)["login"]
        assert (login["verdict"], login["state"], login["place"]) == \
            ("pass", "new", "AS64496")
        assert policyd.ask(ANN, client) == "DUNNO"
    for _ in range(2):
        login = explained(policyd, ANN, client)["login"]
        assert (login["verdict"], login["reason"]) == ("deferred", OVER)
    assert explained(policyd, ANN)["history"]["deferred_days"] == 0
    assert policyd.ask(ANN, client) == f"DEFER 2 in 1h: {OVER}"
    text = policyd.cli("--explain", ANN, client).stdout
    assert f"a place never used before) would be: deferred: {OVER}" in text
    policyd.cli("--override", ANN, "bursts.hour.mails=3")
    login = explained(policyd, ANN, client)["login"]
    assert login["verdict"] == "blocked"
    assert login["reason"] == "4 mails within 1h, 3 allowed"


def test_a_store_that_learns_says_so(served, systems):
    policyd = served({**systems, "history": {"warm_up": "7d"}})
    for _ in range(5):
        assert policyd.ask(JOE, address("DE")) == "DUNNO"
    document = explained(policyd, JOE, address("DE"))
    assert document["login"]["verdict"] == "pass"
    assert document["history"]["learning"] is True
    assert document["history"]["learning_until"] > \
        document["history"]["places"][0]["first"]
    assert "the store learns until " in policyd.cli("--explain", JOE).stdout


def test_who_is_nobody_has_no_history(served, systems):
    policyd = served(systems)
    history = explained(policyd, BEN)["history"]
    assert history["places"] == history["countries"] == []
    assert "Places" not in policyd.cli("--explain", BEN).stdout


# --- --unblock --learn, --forget ---------------------------------------------

def test_a_traveller_calls(served, systems):
    policyd = served({**systems, "http": {"listen": f"127.0.0.1:{free_port()}"},
                      "new_places": {"beginner": {"hour": 2,
                                                  "day": "unlimited"},
                                     "countries": {"day": 1}}})
    api = Api(policyd.config["http"]["listen"]).wait_ready()
    client = address("DE")
    for _ in range(2):
        policyd.ask(JOE, client)
    assert policyd.ask(JOE, client).startswith("DEFER")
    result = policyd.cli("--unblock", JOE, "--learn")
    assert result.returncode == OK, result.stderr
    assert result.stdout.splitlines() == [
        f"{JOE} is not blocked", "1 of its places is known now"]
    for _ in range(4):
        assert policyd.ask(JOE, client) == "DUNNO"
    result = policyd.cli("--unblock", JOE, "--learn", "--json")
    assert result.returncode == NOT_FOUND
    assert json.loads(result.stdout) == {
        "account": JOE, "result": "not blocked", "learned": 0}
    # Over the interface, and blocked.
    for country in ("CH", "AT"):
        answer = policyd.ask(ANN, address(country))
    assert answer.startswith("REJECT 2 countries never used before")
    assert api("DELETE", f"/v1/blocks/{ANN}?learn=maybe").status == 400
    assert api("DELETE", f"/v1/blocks/{ANN}?learn=true").status == 204
    for country in ("CH", "AT", "CH"):
        assert policyd.ask(ANN, address(country)) == "DUNNO"
    places = {place["place"]: place["state"]
              for place in explained(policyd, ANN)["history"]["places"]}
    assert places == {"AS64497": "known", "AS64498": "known"}
    assert api("DELETE", f"/v1/blocks/{ANN}?learn=true").status == 404
    change, *_ = api("GET", "/v1/audit").json()["changes"]
    assert (change["action"], change["subject"], change["detail"]) == \
        ("unblock", ANN, {"learned": 2})


def test_an_account_is_forgotten(served, systems):
    policyd = served({**systems, "http": {"listen":
                                          f"127.0.0.1:{free_port()}"}})
    api = Api(policyd.config["http"]["listen"]).wait_ready()
    for account in (JOE, ANN):
        policyd.ask(account, address("DE"))
        policyd.cli("--override", account, "countries=9")
        policyd.cli("--block", account, "--reason", "private")
    result = policyd.cli("--forget", "Joe@Example.com")
    assert result.returncode == OK, result.stderr
    assert result.stdout == f"{JOE} is forgotten\n"
    result = policyd.cli("--forget", JOE, "--yes", "--json")
    assert result.returncode == NOT_FOUND
    assert json.loads(result.stdout) == {"account": JOE,
                                         "result": "not known"}
    document = explained(policyd, JOE)
    assert document["known"] is False and document["block"] is None
    assert document["logins"] == document["history"]["places"] == []
    audit = api("GET", "/v1/audit").json()["changes"]
    assert [(row["action"], row["detail"]) for row in audit
            if row["subject"] == JOE] == [
        ("forget", {}), ("block", {}), ("override.put", {})]
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    # Nobody else is, nor by a name that is no account.
    assert explained(policyd, ANN)["blocked"] is True
    assert policyd.cli("--forget", "@example.com").returncode == USAGE
    assert api("DELETE", "/v1/accounts/@example.com").status == 400
    assert api("DELETE", f"/v1/accounts/{ANN}").status == 204
    assert api("DELETE", f"/v1/accounts/{ANN}").status == 404
    assert explained(policyd, ANN)["known"] is False


@pytest.mark.parametrize("typed, is_there", [(b"n\n", True),
                                             (b"y\n", False)])
def test_who_forgets_on_a_terminal_is_asked(served, typed, is_there):
    policyd = served()
    policyd.ask(JOE, address("DE"))
    code, text = answer(policyd, typed, "--forget", JOE)
    assert f"Delete all that is known of {JOE}? [y/N] " in text
    assert code == (NOT_FOUND if is_there else OK)
    assert explained(policyd, JOE)["known"] is is_there
