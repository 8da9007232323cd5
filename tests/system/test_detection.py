"""test_detection.py -- what is told of places, quotas and bursts.

SPDX-License-Identifier: GPL-3.0-or-later

The rules themselves are tested in tests/store and tests/unit.
"""
import json

import pytest

from geoip import address
from stores import served, store, table  # noqa: F401

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
