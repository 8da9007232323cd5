"""test_http_v1.py -- the server's own API under /v1.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import re
import sqlite3
import threading

import pytest

from geoip import address
from http_api import Api
from policyd import free_port

JOE = "joe@example.com"


@pytest.fixture(params=["sqlite", "pgsql"])
def served(request, make_policyd):
    """A daemon on either store that allows one country; and its API."""
    policyd = make_policyd({
        "limits": {"countries": 1},
        "actions": {"blocked": "REJECT blocked"},
        "http": {"listen": f"127.0.0.1:{free_port()}"},
    }, is_embedded=request.param == "sqlite")
    policyd.start()
    policyd.api = Api(policyd.config["http"]["listen"]).wait_ready()
    return policyd


def problem(answer, status):
    assert answer.status == status, answer
    assert answer.type == "application/problem+json"
    body = answer.json()
    assert body["status"] == status and body["title"] and body["detail"]
    return body["detail"]


# --- accounts -----------------------------------------------------------------

def test_an_account_is_explained(served):
    api = served.api
    served.ask(JOE, address("DE"))
    body = api("GET", "/v1/accounts/JOE@example.com").json()
    assert body["account"] == JOE and body["known"] and not body["blocked"]
    assert body["evidence"]["countries"] == 1
    assert body["logins"][0]["country"] == "DE"
    assert "login" not in body
    body = api("GET", f"/v1/accounts/{JOE}?address={address('FR')}").json()
    assert body["login"]["verdict"] == "blocked"
    assert body["login"]["country"] == "FR"
    # It reads only.
    assert served.ask(JOE, address("DE")) == "DUNNO"


def test_an_account_that_nobody_knows(served):
    body = served.api("GET", "/v1/accounts/nobody").json()
    assert not body["known"] and body["logins"] == []


def test_bad_accounts_and_addresses(served):
    get = served.api
    problem(get("GET", "/v1/accounts/" + "x" * 400), 400)
    problem(get("GET", "/v1/accounts/a%0Ab"), 400)
    problem(get("GET", "/v1/accounts/a%00b"), 400)
    problem(get("GET", "/v1/accounts/%ff%fe"), 400)
    problem(get("GET", "/v1/accounts/@"), 400)
    problem(get("GET", "/v1/accounts/"), 404)
    problem(get("GET", f"/v1/accounts/{JOE}?address=nowhere"), 400)
    problem(get("GET", f"/v1/accounts/{JOE}?address="), 400)


# --- blocks -------------------------------------------------------------------

def test_block_and_unblock(served):
    api = served.api
    problem(api("GET", f"/v1/blocks/{JOE}"), 404)
    answer = api("PUT", f"/v1/blocks/{JOE}",
                 {"duration": "2h", "reason": "phished"})
    assert answer.status == 200, answer
    block = answer.json()
    assert block["account"] == JOE and block["reason"] == "phished"
    assert block["until"] > block["began"]
    assert served.ask(JOE) == "REJECT blocked"
    assert api("GET", f"/v1/blocks/{JOE}").json()["refused"] == 1
    assert api("DELETE", f"/v1/blocks/{JOE}").status == 204
    problem(api("DELETE", f"/v1/blocks/{JOE}"), 404)
    assert served.ask(JOE) == "DUNNO"


def test_blocks_of_other_lengths(served):
    put = served.api
    assert put("PUT", f"/v1/blocks/{JOE}", {}).json()["until"] is not None
    assert put("PUT", f"/v1/blocks/{JOE}",
               {"duration": 0}).json()["until"] is None
    assert put("PUT", f"/v1/blocks/{JOE}",
               {"duration": 60}).json()["until"] is not None


def test_bad_blocks(served):
    for body in ({"duration": -1}, {"duration": "soon"}, {"duration": 1e3},
                 {"duration": 10**12}, {"duration": []}, {"reason": 7},
                 {"reason": "x" * 128}, [], b"null"):
        problem(served.api("PUT", f"/v1/blocks/{JOE}", body), 400)
    problem(served.api("PUT", "/v1/blocks/@example.com", {}), 400)
    problem(served.api("GET", f"/v1/blocks/{JOE}"), 404)


def test_blocks_page_by_page(served):
    names = sorted(f"user{i:02}@example.com" for i in range(25))
    for name in names:
        served.api("PUT", f"/v1/blocks/{name}", {})
    seen, after, pages = [], "", 0
    while after is not None:
        page = served.api("GET", f"/v1/blocks?limit=10&after={after}").json()
        seen += [block["account"] for block in page["blocks"]]
        after = page["next"]
        pages += 1
    assert seen == names and pages == 3
    assert len(served.api("GET", "/v1/blocks").json()["blocks"]) == 25


def test_bad_pages(served):
    for limit in ("0", "-1", "1001", "many", "", "1e3", "10x"):
        for path in ("blocks", "overrides", "audit"):
            problem(served.api("GET", f"/v1/{path}?limit={limit}"), 400)
    problem(served.api("GET", "/v1/audit?before=x"), 400)


# --- overrides ------------------------------------------------------------------

FULL = {
    "countries": 5, "networks": "unlimited",
    "home": {"countries": ["DE", "AT"], "max_countries": 4,
             "max_networks": "unlimited", "max_asns": 7},
    "only_countries": ["FR"], "only_networks": ["192.0.2.0/24", "2001:db8::1"],
    "rates": [{"mails": 10, "per": 60}, {"mails": 100, "per": 3600}],
    "history": {"decay": 0.97},
    "new_places": {"quota": {"hour": 10, "day": "unlimited"}},
    "bursts": {"day": {"factor": 2.5}, "young": {"around": False}},
    "comment": "Straße\nzwei", "valid_until": "2999-12-31T23:59:59Z",
}


def test_an_override_comes_back(served):
    api = served.api
    answer = api("PUT", "/v1/overrides/Joe@Example.com", FULL)
    assert answer.status == 201, answer
    body = answer.json()
    assert {key: body[key] for key in FULL} == FULL
    assert body["account"] == JOE and body["author"] == "local"
    assert body["revision"] == 1 and body["listed"] is False
    assert answer.headers["ETag"] == '"1"'
    assert api("GET", f"/v1/overrides/{JOE}").json() == body
    # What was read can be written.
    again = api("PUT", f"/v1/overrides/{JOE}", body)
    assert again.status == 200 and again.json()["revision"] == 2
    assert api("DELETE", f"/v1/overrides/{JOE}").status == 204
    problem(api("GET", f"/v1/overrides/{JOE}"), 404)
    problem(api("DELETE", f"/v1/overrides/{JOE}"), 404)


def test_put_replaces_the_whole(served):
    served.api("PUT", f"/v1/overrides/{JOE}", FULL)
    body = served.api("PUT", f"/v1/overrides/{JOE}", {"networks": 3}).json()
    assert body["networks"] == 3 and body["countries"] is None
    assert not {"history", "new_places", "bursts"} & set(body)
    assert body["rates"] is None and body["home"] == {
        "countries": None, "max_countries": None, "max_networks": None,
        "max_asns": None}


def test_overrides_are_obeyed(served):
    api = served.api
    api("PUT", "/v1/overrides/@example.com", {"countries": 2})
    api("PUT", f"/v1/overrides/{JOE}", {"countries": "unlimited"})
    for country in ("DE", "FR", "IT", "ES"):
        assert served.ask(JOE, address(country)) == "DUNNO"
    assert served.ask("ann@example.com", address("DE")) == "DUNNO"
    assert served.ask("ann@example.com", address("FR")) == "DUNNO"
    assert served.ask("ann@example.com", address("IT")) == "REJECT blocked"


def test_an_override_that_is_over(served):
    api = served.api
    api("PUT", f"/v1/overrides/{JOE}", {
        "countries": 9, "valid_until": "2001-01-01T00:00:00+01:00"})
    body = api("GET", f"/v1/overrides/{JOE}").json()
    assert body["valid_until"] == "2000-12-31T23:00:00Z"
    settings = api("GET", f"/v1/accounts/{JOE}").json()["settings"]
    assert settings["limits.countries"] == {"value": "1", "from": "general"}


def test_bad_overrides(served):
    for body in (
            {"countries": -1}, {"countries": "3"}, {"countries": 2.5},
            {"countries": 10**7}, {"country": 3}, {"home": []},
            {"home": {"countries": "DE"}}, {"home": {"countries": ["D"]}},
            {"home": {"max_countries": 0}}, {"home": {"x": 1}},
            {"only_countries": [1]}, {"only_networks": ["x"]},
            {"only_networks": {}}, {"rates": {}}, {"rates": [1]},
            {"rates": [{"mails": 1}]}, {"rates": [{"mails": 0, "per": 1}]},
            {"rates": [{"mails": 1, "per": "soon"}]},
            {"rates": [{"mails": 1, "per": 60}, {"mails": 2, "per": "1m"}]},
            {"rates": [{"mails": 1, "per": i + 1} for i in range(9)]},
            {"comment": 5}, {"comment": "x" * 5000}, {"valid_until": 7},
            {"valid_until": "tomorrow"}, {"valid_until": "2026-02-30T00:00:00Z"},
            {"valid_until": "2026-01-01"}, [], b"null"):
        problem(served.api("PUT", f"/v1/overrides/{JOE}", body), 400)
    problem(served.api("GET", f"/v1/overrides/{JOE}"), 404)


def test_nobody_overwrites_what_he_has_not_seen(served):
    api = served.api
    path = f"/v1/overrides/{JOE}"
    problem(api("PUT", path, {}, If_Match='"1"'), 412)
    assert api("PUT", path, {}, If_None_Match="*").status == 201
    problem(api("PUT", path, {}, If_None_Match="*"), 412)
    assert api("PUT", path, {"countries": 1}, If_Match='"1"').status == 200
    problem(api("PUT", path, {"countries": 2}, If_Match='"1"'), 412)
    problem(api("PUT", path, {}, If_Match="nonsense"), 412)
    problem(api("DELETE", path, If_Match='"1"'), 412)
    assert api("GET", path).json()["countries"] == 1
    assert api("DELETE", path, If_Match='"2"').status == 204


def test_two_who_create_at_once(served):
    answers = []

    def create():
        answers.append(served.api("PUT", f"/v1/overrides/{JOE}", {},
                                  If_None_Match="*").status)
    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201] + [412] * 7


def test_overrides_page_by_page(served):
    names = sorted(f"user{i:02}@example.com" for i in range(25))
    for name in names:
        served.api("PUT", f"/v1/overrides/{name}", {"countries": 2})
    first = served.api("GET", "/v1/overrides?limit=20").json()
    assert [o["account"] for o in first["overrides"]] == names[:20]
    rest = served.api("GET", "/v1/overrides?limit=20&after="
                      + first["next"]).json()
    assert [o["account"] for o in rest["overrides"]] == names[20:]
    assert rest["next"] is None


# --- the rest -----------------------------------------------------------------------

def test_the_audit_trail(served):
    api = served.api
    api("PUT", f"/v1/blocks/{JOE}", {"duration": 60, "reason": "x"})
    api("DELETE", f"/v1/blocks/{JOE}")
    api("DELETE", f"/v1/blocks/{JOE}")      # nothing to unblock: no change
    api("PUT", f"/v1/overrides/{JOE}", {"countries": 4})
    api("DELETE", f"/v1/overrides/{JOE}")
    api("PUT", "/update", {"data": [{"sender": JOE, "ips": 3}]})
    assert served.cli("--block", "eve@example.com").returncode == 0
    changes = api("GET", "/v1/audit").json()["changes"]
    assert [(c["action"], c["subject"]) for c in reversed(changes)] == [
        ("block", JOE), ("unblock", JOE), ("override.put", JOE),
        ("override.delete", JOE), ("overrides.replace", ""),
        ("block", "eve@example.com")]
    assert changes[-1]["detail"] == {"duration": 60, "reason": "x"}
    assert changes[3]["detail"]["countries"] == 4
    assert changes[1]["detail"] == {"count": 1}
    assert {c["actor"] for c in changes[1:]} == {"local"}
    assert {c["origin"] for c in changes[1:]} == {"127.0.0.1"}
    assert changes[0]["origin"] == "command line" and changes[0]["actor"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", c["at"])
               for c in changes)
    page = api("GET", "/v1/audit?limit=2").json()
    assert page["changes"] == changes[:2]
    older = api("GET", f"/v1/audit?limit=9&before={page['next']}").json()
    assert older["changes"] == changes[2:] and older["next"] is None


def test_automatic_blocks_are_nobody_s_change(served):
    served.ask(JOE, address("DE"))
    served.ask(JOE, address("FR"))
    assert served.api("GET", "/v1/audit").json()["changes"] == []


def test_statistics(served):
    served.ask(JOE, address("DE"))
    served.ask(JOE, address("FR"))
    body = served.api("GET", "/v1/statistics").json()
    assert body["counters"]["blocks"] == 1
    assert body["counters"]["workers"] == 2
    assert set(body["store"]) == {"blocked", "overrides", "outbox",
                                  "outbox_since"}


def test_the_configuration(served):
    body = served.api("GET", "/v1/configuration").json()
    keys = body["configuration"]
    assert body["file"] == str(served.path)
    assert keys["limits.countries"] == "1"
    assert keys["listen"] == [served.address]
    assert keys["exempt.accounts"] == []


# --- methods and paths ----------------------------------------------------------------

def test_paths_and_methods(served):
    api = served.api
    for path in ("/v1", "/v1/", "/v1/nothing", "/reload/", "//reload",
                 "/v1/blocks/", "/../etc/passwd", "/METRICS", "/v1/audit/1"):
        problem(api("GET", path), 404)
    for method, path, allow in (
            ("PUT", "/reload", "GET, HEAD, POST"), ("GET", "/query", "POST"),
            ("GET", "/remove", "DELETE, POST"),
            ("OPTIONS", f"/v1/blocks/{JOE}", "GET, HEAD, PUT, DELETE"),
            ("BREW", "/metrics", "GET, HEAD")):
        answer = api(method, path)
        problem(answer, 405)
        assert answer.headers["Allow"] == allow
    head = api("HEAD", f"/v1/accounts/{JOE}")
    assert head.status == 200 and head.body == b""
    assert int(head.headers["Content-Length"]) > 100


def test_a_body_of_another_type(served):
    problem(served.api("PUT", f"/v1/blocks/{JOE}", b"{}",
                       Content_Type="text/plain"), 415)


def test_hostile_names_are_only_names(served):
    """A name is data for the store, whatever is in it."""
    api = served.api
    for name in ("a' OR 'x'='x", "%25s%25n", "../../etc/passwd", "a;--",
                 "$(id)", "{account}", "ü@exämple.com", "a/b/c", "☃"):
        from urllib.parse import quote
        path = "/v1/overrides/" + quote(name.replace("%25", "%"))
        answer = api("PUT", path, {"countries": 3})
        assert answer.status == 201, (name, answer)
        assert api("GET", path).json()["countries"] == 3
        assert api("DELETE", path).status == 204


def test_the_trail_forgets_after_400_days(make_policyd):
    policyd = make_policyd({"http": {"listen": f"127.0.0.1:{free_port()}"}},
                           is_embedded=True)
    policyd.start()
    api = Api(policyd.config["http"]["listen"]).wait_ready()
    for name in "abc":
        api("PUT", f"/v1/overrides/{name}", {})
    with sqlite3.connect(policyd.root / "policyd.db") as db:
        db.execute("UPDATE audit SET at = at - 401 * 86400000 "
                   "WHERE subject <> 'c'")
    api("DELETE", "/v1/overrides/a")
    changes = api("GET", "/v1/audit").json()["changes"]
    assert [(c["action"], c["subject"]) for c in changes] == [
        ("override.delete", "a"), ("override.put", "c")]
