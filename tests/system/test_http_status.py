"""test_http_status.py -- what the status page asks: /v1/status and the like.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import sqlite3
import subprocess

import pytest

from geoip import address
from http_api import Api
from policyd import free_port
from waiting import until

JOE, ANN, BEN = "joe@example.com", "ann@example.org", "ben@example.com"


@pytest.fixture(params=["sqlite", "pgsql"])
def served(request, make_policyd):
    """A daemon on either store that allows one country; and its API."""
    policyd = make_policyd({
        "limits": {"countries": 1}, "actions": {"blocked": "REJECT blocked"},
        "http": {"listen": f"127.0.0.1:{free_port()}"}},
        is_embedded=request.param == "sqlite")
    policyd.start()
    policyd.api = Api(policyd.config["http"]["listen"]).wait_ready()
    policyd.get = lambda path: policyd.api("GET", path).json()
    return policyd


def sums(told):
    names = ("passed", "exempt", "blocked", "over_limit", "over_rate",
             "deferred", "errors")
    return {name: sum(bucket[name] for bucket in told["buckets"])
            for name in names}


# --- decisions ------------------------------------------------------------------

def test_decisions_are_counted_once_in_each_span(served):
    for _ in range(5):
        served.ask(JOE, address("DE"))
    for _ in range(3):
        served.ask(JOE, address("FR"))
    until(lambda: sums(served.get("/v1/decisions"))["blocked"] == 3,
          "the housekeeper to tell")
    for span, step in (("1h", 60), ("24h", 600), ("30d", 21600)):
        told = served.get(f"/v1/decisions?span={span}")
        assert told["span"] == span and told["step"] == step
        assert sums(told)["blocked"] == 3 and sums(told)["passed"] >= 5
        for bucket in told["buckets"]:
            assert sum(bucket["times"]) == sum(
                bucket[name] for name in sums(told)), bucket
            assert bucket["us"] > 0
        assert len(told["bounds_us"]) == len(told["buckets"][0]["times"])
    assert served.api("GET", "/v1/decisions?span=2h").status == 400


def test_what_was_counted_outlives_a_reload_and_a_restart(served):
    served.ask(JOE, address("DE"))
    served.ask(JOE, address("FR"))
    served.reload()
    served.api.wait_ready()
    served.ask(JOE, address("FR"))
    until(lambda: sums(served.get("/v1/decisions"))["blocked"] == 2,
          "both generations to tell")
    served.ask(JOE, address("FR"))
    assert served.stop() == 0
    served.start()
    served.api.wait_ready()
    assert sums(served.get("/v1/decisions"))["blocked"] == 3


def test_two_hosts_are_summed(served, make_policyd):
    """Another daemon with another name for its host, on the same store."""
    if subprocess.run(["unshare", "--uts", "true"], check=False).returncode:
        pytest.skip("this user cannot have another name of the host")
    other = make_policyd({"actions": {"blocked": "REJECT blocked"},
                          "limits": {"countries": 1}, "mode": "observe"})
    other.write({"store": served.config["store"]}
                if "store" in served.config else {})
    other.start(wrapper=("unshare", "--uts", "sh", "-c",
                         'hostname other.example && exec "$@"', "sh"))
    for _ in range(4):
        served.ask(JOE, address("DE"))
    for _ in range(7):
        other.ask(JOE, address("DE"))
    until(lambda: len(served.get("/v1/status")["hosts"]) == 2,
          "the other host to be seen")
    assert {host["host"]: host["mode"]
            for host in served.get("/v1/status")["hosts"]}[
                "other.example"] == "observe"
    until(lambda: sums(served.get("/v1/decisions"))["passed"] >= 11,
          "both to tell")
    assert any("observe" in problem["text"]
               for problem in served.get("/v1/status")["problems"])
    other.stop()


# --- status ---------------------------------------------------------------------

def test_the_status_of_a_server_that_is_well(served):
    def is_well():
        told = served.get("/v1/status")
        return told["problems"] == [] and [
            host["workers"] for host in told["hosts"]] == [2] and told
    # What is told of the host is some seconds old.
    told = until(is_well, "a host that is well")
    assert told["mode"] == "enforce"
    assert told["store"]["blocked"] == 0


def test_the_status_without_the_store(make_policyd):
    policyd = make_policyd({
        "store": {"url": "postgresql://127.0.0.1:1/none"},
        "http": {"listen": f"127.0.0.1:{free_port()}"}})
    policyd.start()
    api = Api(policyd.config["http"]["listen"])
    told = until(lambda: api("GET", "/v1/status"), "an answer")
    assert told.status == 200 and told.json()["store"] is None
    assert "store" in [one["subject"] for one in told.json()["problems"]]
    assert api("GET", "/v1/decisions").status == 503


# --- blocks ---------------------------------------------------------------------

@pytest.fixture
def blocked(served):
    for account in (JOE, ANN):
        served.ask(account, address("DE"))
        served.ask(account, address("FR"))
    served.api("PUT", f"/v1/blocks/{BEN}", {"reason": "phished"})
    return served


def accounts(told):
    return [block["account"] for block in told["blocks"]]


def test_blocks_are_searched(blocked):
    for query, wanted in (("search=oe", [JOE]), ("domain=example.org", [ANN]),
                          ("domain=@example.com", [BEN, JOE]),
                          ("country=FR", [ANN, JOE]), ("cause=manual", [BEN]),
                          ("cause=countries&search=joe", [JOE]),
                          ("since=1h", [ANN, BEN, JOE]),
                          ("country=US", [])):
        told = blocked.get("/v1/blocks?" + query)
        assert accounts(told) == wanted, query
        assert told["total"] == len(wanted)
        assert {one["cause"]: one["blocks"] for one in told["causes"]} == {
            "countries": 2, "manual": 1}
        assert {one["country"]: one["blocks"]
                for one in told["countries"]} == {"FR": 2, "": 1}
    for query in ("order=no", "cause=no", "since=no", "order=newest&after=x",
                  "would=1&search=oe"):
        assert blocked.api("GET", "/v1/blocks?" + query).status == 400


def test_blocks_are_sorted(blocked):
    def times(order):
        return [block["began"] for block in
                blocked.get(f"/v1/blocks?order={order}")["blocks"]]
    assert times("oldest") == sorted(times("oldest"))
    assert times("newest") == sorted(times("newest"), reverse=True)
    assert len(times("newest")) == 3


def test_pages_of_what_was_searched(blocked):
    for order in ("account", "newest", "oldest", "end", "refused", "cause",
                  "country"):
        whole = accounts(blocked.get(f"/v1/blocks?order={order}"))
        found, after = [], ""
        while after is not None:
            told = blocked.get(f"/v1/blocks?order={order}&limit=1"
                               f"&after={after}")
            assert ("total" in told) == (after == "")
            found += accounts(told)
            after = told["next"]
        assert found == whole and len(found) == 3


def test_the_reason_of_an_unblock_is_kept(blocked):
    assert blocked.api("DELETE", f"/v1/blocks/{JOE}?reason=it%20was%20joe"
                       ).status == 204
    assert blocked.api("DELETE", f"/v1/blocks/{ANN}").status == 204
    told = blocked.get("/v1/audit")["changes"]
    assert [one["detail"] for one in told if one["action"] == "unblock"] == [
        {}, {"reason": "it was joe"}]
    assert blocked.api("DELETE", f"/v1/blocks/{BEN}?reason=" + "x" * 128
                       ).status == 400
    told = blocked.get("/v1/audit?search=JOE")["changes"]
    assert {one["subject"] for one in told} == {JOE}


def test_overrides_are_searched(served):
    served.api("PUT", f"/v1/overrides/{JOE}", {"comment": "On a journey"})
    served.api("PUT", "/v1/overrides/@example.org", {"countries": 5})
    for search, wanted in (("journey", [JOE]), ("example", [
            "@example.org", JOE]), ("none", [])):
        told = served.get(f"/v1/overrides?search={search}")
        assert [one["account"] for one in told["overrides"]] == wanted


# --- countries and limits -------------------------------------------------------

def test_countries(blocked):
    told = {one["country"]: one for one in
            blocked.get("/v1/countries")["countries"]}
    assert told["DE"]["accounts"] == 2 and told["DE"]["blocks"] == 0
    assert told["FR"]["blocks"] == 2
    told = blocked.get("/v1/countries/FR?hours=1")
    assert {one["account"] for one in told["blocks"]} == {JOE, ANN}
    told = blocked.get("/v1/countries/DE")
    assert {one["account"] for one in told["accounts"]} == {JOE, ANN}
    assert blocked.api("GET", "/v1/countries?hours=0").status == 400


def test_the_curve_agrees_with_what_if(served):
    served.write({"limits": {"countries": 9}})
    served.reload()
    served.api.wait_ready()
    for account, count in ((JOE, 4), (ANN, 2), (BEN, 1)):
        for country in ("DE", "FR", "US", "BR")[:count]:
            served.ask(account, address(country))
    served.api("PUT", f"/v1/overrides/{ANN}", {"networks": 9})
    told = served.get("/v1/limits")
    assert told["accounts"] == 3 and told["whole"]
    curves = {one["name"]: one for one in told["limits"]}
    assert curves["countries"]["limit"] == 9
    assert curves["countries"]["blocked"][:6] == [3, 2, 1, 1, 0, 0]
    # Who has a limit of his own is not bound by the general one.
    assert curves["networks"]["blocked"][:5] == [2, 1, 1, 1, 0]
    for value in range(1, 5):
        line = served.cli("--what-if", f"limits.countries={value}",
                          "--json").stdout
        assert f'"what_if": {curves["countries"]["blocked"][value]}' in line
    told = served.get("/v1/limits/countries?value=1")
    assert [(one["account"], one["found"]) for one in told["accounts"]] == [
        (ANN, 2), (JOE, 4)]
    assert served.api("GET", "/v1/limits/none").status == 404


def test_an_account_beside_its_limits(served):
    served.ask(JOE, address("DE"))
    served.api("PUT", f"/v1/overrides/{JOE}", {"networks": 7})
    told = served.get(f"/v1/accounts/{JOE}")
    counts = {one["name"]: one for one in told["counts"]}
    assert counts["countries"]["found"] == 1
    assert counts["countries"]["limit"] == 1
    assert counts["networks"]["limit"] == 7
    assert "override" in counts["networks"]["from"]
    assert counts["asns"]["limit"] is None
    assert told["history"]["day"]["mails"]["found"] == sum(told["mails"]["spans"])


def test_buckets_in_a_file_are_bounded(served):
    """What a host left behind long ago goes when the next one writes."""
    if not served.config["store"]["url"].startswith("sqlite:"):
        pytest.skip("tests/store sees to it for both")
    served.ask(JOE, address("DE"))
    until(lambda: served.get("/v1/decisions")["buckets"], "the first")
    path = served.config["store"]["url"].partition(":")[2]
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO decisions (span, began, host, passed)"
                           " VALUES (60, 60000, 'gone', 1)")
    served.ask(JOE, address("DE"))
    until(lambda: sqlite3.connect(path).execute(
        "SELECT count(*) FROM decisions WHERE host = 'gone'").fetchone() ==
        (0,), "the old bucket to go")
