"""test_http_compat.py -- the HTTP endpoints of geoip-policyd.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json

import pytest

from geoip import address
from http_api import Api
from policyd import children, free_port
from waiting import until

JOE = "joe@example.com"
ENTRY = {"comment": "travels", "sender": JOE, "ips": 5, "countries": 2}


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


def query(api, sender, client, parameters=""):
    answer = api("POST", "/query" + parameters, {
        "key": "client", "value": {"address": client, "sender": sender}})
    assert answer.status == 202, answer
    body = answer.json()
    assert body["operation"] == "query" and body["error"] is None
    assert len(body["guid"]) == 36
    return body


def settings(api):
    answer = api("GET", "/custom-settings")
    assert answer.status == 200 and answer.type == "application/json"
    return answer.json()


def modify(api, **value):
    return api("PATCH", "/modify", {"key": "sender", "value": value})


def is_blocked(api, account):
    return api("GET", f"/v1/blocks/{account}").status == 200


# --- /query and /remove ---------------------------------------------------------

def test_a_query_counts_as_a_login(served):
    api = served.api
    assert query(api, JOE, address("DE"))["result"] is True
    body = query(api, JOE, address("FR"))
    assert body["result"] is False
    assert body["verdict"] == "blocked" and body["country"] == "FR"
    assert "2 countries" in body["reason"]
    # It is the same account for Postfix.
    assert served.ask(JOE, address("DE")) == "REJECT blocked"


def test_a_query_and_postfix_count_together(served):
    assert served.ask(JOE, address("DE")) == "DUNNO"
    assert query(served.api, JOE, address("IT"))["result"] is False


def test_a_dry_run_counts_nothing(served):
    api = served.api
    query(api, JOE, address("DE"))
    for country in ("FR", "IT", "ES"):
        body = query(api, JOE, address(country), "?dry_run=1")
        assert body["result"] is False and body["account"] == JOE
    assert not is_blocked(api, JOE)
    assert query(api, JOE, address("DE", 1))["result"] is True
    assert query(api, JOE, address("FR"), "?dry_run=0")["result"] is False
    assert is_blocked(api, JOE)


def test_a_query_takes_ipv6_and_folds_case(served):
    body = query(served.api, "Joe@EXAMPLE.com", "2001:db8:1:2::3")
    assert body["account"] == JOE


def test_what_a_query_tells(served):
    """As geoip-policyd does: all that was seen, home apart."""
    served.api("PUT", "/update", {"data": [{
        "sender": JOE, "countries": 3, "home_countries":
            {"codes": ["DE"], "ips": 5, "countries": 5}}]})
    query(served.api, JOE, address("DE"))
    query(served.api, JOE, address("FR"))
    query(served.api, JOE, address("FR", 1))
    told = query(served.api, JOE, address("IT"))["object"]
    host, _, port = told.pop("remote_addr").rpartition(":")
    assert host == "127.0.0.1" and int(port) > 0
    for name in ("foreign_ips_seen", "foreign_countries_seen"):
        told[name].sort()
    assert told == {
        "policy_reject": False, "whitelisted": False,
        "current_client_ip": address("IT"), "current_country_code": "IT",
        "total_ips": 4, "total_countries": 3,
        "home_ips_seen": [address("DE")], "home_countries_seen": ["DE"],
        "foreign_ips_seen": sorted([address("FR"), address("FR", 1),
                                    address("IT")]),
        "foreign_countries_seen": ["FR", "IT"]}


def test_what_a_query_tells_of_who_is_refused(served):
    query(served.api, JOE, address("DE"))
    told = query(served.api, JOE, address("FR"))["object"]
    assert told["policy_reject"] is True and told["total_countries"] == 2
    assert told["home_ips_seen"] == told["home_countries_seen"] == ["N/A"]
    assert query(served.api, JOE, address("DE"))["object"][
        "policy_reject"] is True


def test_what_a_query_tells_of_exempt_networks(served):
    told = query(served.api, JOE, "127.0.0.1")["object"]
    assert told["whitelisted"] is True and told["policy_reject"] is False
    assert told["total_ips"] == 0 and told["foreign_ips_seen"] is None


def test_short_queries(served):
    api = served.api
    body = query(api, JOE, address("DE"), "?compact=1")
    assert body["object"] == "client" and body["result"] is True
    # The country alone: nothing is counted.
    for country in ("FR", "IT"):
        told = query(api, JOE, address(country), "?info=1")
        assert told["result"] is True
        assert told["object"]["current_country_code"] == country
        assert told["object"]["foreign_ips_seen"] is None
    assert query(api, JOE, address("DE", 1))["result"] is True


def test_what_its_own_test_client_does(served):
    """Each endpoint in turn, with the bodies that it sends by default."""
    served.write({"http": {"compat_reload": True}})
    served.reload()
    api = served.api.wait_ready()
    sender, client = "geoip-policyd-test@example.com", "127.0.0.1"
    entry = {"comment": "a test", "sender": sender, "ips": 10, "countries": 3}
    login = {"login": sender, "remote": client, "protocol": "imap",
             "success": True, "tls": True}
    assert api("GET", "/custom-settings").status in (200, 204)
    assert query(api, sender, client)["object"]["policy_reject"] is False
    for command in ("report", "allow"):
        answer = api("POST", f"/dovecotpolicy?command={command}", login)
        assert answer.status == 200 and answer.json()["status"] == 0
    with served.client() as connection:
        assert connection.ask(
            sender, client, sender=sender, protocol_state="RCPT",
            helo_name="client.example.test", protocol_name="ESMTP",
            recipient="postmaster@example.com") == "DUNNO"
    removal = {"key": "sender", "value": sender}
    for method, path, body in (
            ("PUT", "/update", {"data": [entry]}),
            ("PATCH", "/modify", {"key": "sender", "value": dict(
                entry, ips=12, countries=4)}),
            ("DELETE", "/remove", removal), ("POST", "/remove", removal),
            ("GET", "/reload", None)):
        assert api(method, path, body, Accept="application/json").status == \
            202, path


def test_unblock(served):
    api = served.api
    query(api, JOE, address("DE"))
    assert query(api, JOE, address("FR"))["result"] is False
    answer = api("POST", "/remove", {"key": "sender", "value": "JOE@example.com"})
    assert answer.status == 202 and answer.body == b""
    assert served.ask(JOE, address("IT")) == "DUNNO"
    # It is not blocked: as wanted.
    assert api("POST", "/remove",
               {"key": "sender", "value": JOE}).status == 202


@pytest.mark.parametrize("path, method", [
    ("/query", "POST"), ("/remove", "POST"), ("/remove", "DELETE"),
    ("/modify", "PATCH"), ("/update", "PUT"),
    ("/dovecotpolicy?command=allow", "POST")])
@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b'"text"', b"null", b"{}", b"\xff\xfe", b"{\"key\":1}",
    b'{"key":"sender"}', b'{"key":"client","value":[]}',
    b'{"key":"sender","value":{}}', b'{"key":"sender","value":""}',
    b'{"key":"sender","value":7}', b'{"data":{}}', b'{"data":[1]}',
    b'{"key":"client","value":{"address":"nowhere","sender":"a@b"}}',
    b'{"key":"client","value":{"address":"192.0.2.0/24","sender":"a@b"}}',
    b'{"key":"client","value":{"address":"192.0.2.1","sender":"a\\nb"}}',
    b'{"key":"sender","key":"sender","value":"a@b"}',
    b'{"key":"sender","value":"a\\u0000b"}', b'{"login":7}',
    b'{"login":""}', b"[" * 50000,
], ids=lambda body: body[:30].decode("latin-1") or "empty")
def test_bodies_that_make_no_sense(served_once, path, method, body):
    answer = served_once("POST" if not method else method, path, body)
    assert answer.status == 400, answer
    assert answer.type == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 400 and problem["detail"]
    assert settings(served_once) == []


@pytest.fixture(scope="module")
def served_once(postgres, geoip):
    """An API that many harmless tests share."""
    import policyd as daemon
    policyd = daemon.Policyd({
        "http": {"listen": f"127.0.0.1:{free_port()}"},
        "geoip": {"country": str(geoip / "country.mmdb")}})
    policyd.write({"store": {"url": f"sqlite:{policyd.root}/db"}})
    policyd.start()
    yield Api(policyd.config["http"]["listen"]).wait_ready()
    policyd.close()


@pytest.mark.parametrize("kind", [None, "text/plain", "application/xml",
                                  "application/jsonp",
                                  "application/x-www-form-urlencoded"])
def test_bodies_of_another_type(served_once, kind):
    body = json.dumps({"key": "sender", "value": JOE}).encode()
    assert served_once("POST", "/remove", body,
                       Content_Type=kind).status == 400


def test_a_type_with_a_charset(served_once):
    body = json.dumps({"key": "sender", "value": JOE}).encode()
    assert served_once("POST", "/remove", body, Content_Type="Application/"
                       "JSON; charset=utf-8").status == 202


# --- custom settings --------------------------------------------------------------

def test_settings_begin_empty(served):
    assert settings(served.api) == []


def test_update_keeps_the_order_and_survives(served):
    data = [dict(ENTRY, sender=f"{name}@example.com")
            for name in ("zoe", "adam", "mia")]
    answer = served.api("PUT", "/update", {"data": data})
    assert answer.status == 202 and answer.body == b""
    assert settings(served.api) == data
    served.reload()
    served.api.wait_ready()
    assert settings(served.api) == data
    served.stop()
    served.start()
    served.api.wait_ready()
    assert settings(served.api) == data


def test_update_replaces_all(served):
    served.api("PUT", "/update", {"data": [ENTRY]})
    other = dict(ENTRY, sender="other@example.com")
    assert served.api("PUT", "/update", {"data": [other]}).status == 202
    assert settings(served.api) == [other]
    assert served.api("PUT", "/update", {"data": []}).status == 202
    assert settings(served.api) == []


def test_the_first_of_one_sender_wins(served):
    served.api("PUT", "/update", {"data": [
        ENTRY, {"sender": "JOE@example.com", "ips": 1}]})
    assert settings(served.api) == [ENTRY]


BAD_ENTRIES = [
    {"ips": 3}, {"sender": "", "ips": 3}, {"sender": 5},
    {"sender": "a@b", "ips": -1}, {"sender": "a@b", "ips": "3"},
    {"sender": "a@b", "ips": 1.5}, {"sender": "a@b", "countries": 10**9},
    {"sender": "a@b", "comment": 7},
    {"sender": "a@b", "trusted_ips": ["nowhere"]},
    {"sender": "a@b", "trusted_ips": "192.0.2.1"},
    {"sender": "a@b", "trusted_countries": ["DEU"]},
    {"sender": "a@b", "home_countries": ["DE"]},
    {"sender": "a@b", "home_countries": {"codes": "DE"}},
    {"sender": "a@b" * 200}, {"sender": "@"}, "text", None, [],
]


def test_update_is_all_or_nothing(served):
    served.api("PUT", "/update", {"data": [ENTRY]})
    for bad in BAD_ENTRIES:
        answer = served.api("PUT", "/update", {"data": [
            dict(ENTRY, sender="new@example.com"), bad]})
        assert answer.status == 400, (bad, answer)
        assert settings(served.api) == [ENTRY]


def test_every_field_comes_back_and_counts(served):
    entry = {
        "comment": "Grüße", "sender": JOE, "ips": 0, "countries": 3,
        "trusted_ips": ["192.0.2.0/24", "2001:db8::/32"],
        "trusted_countries": ["DE", "AT"],
        "home_countries": {"codes": ["DE"], "ips": 30, "countries": 2},
    }
    assert served.api("PUT", "/update", {"data": [entry]}).status == 202
    assert settings(served.api) == [entry]
    explained = served.api("GET", f"/v1/accounts/{JOE}").json()["settings"]
    store = "override of the account in the store"
    assert explained["limits.countries"] == {"value": "3", "from": store}
    assert explained["limits.networks"]["from"] == "general"
    assert explained["limits.home.countries"]["value"] == "DE"
    assert explained["limits.home.max_networks"]["value"] == "30"
    assert explained["only_countries"]["value"] == "DE AT"
    assert explained["only_networks"]["from"] == store


def test_settings_are_obeyed(served):
    served.api("PUT", "/update", {"data": [
        {"sender": JOE, "countries": 3},
        {"sender": "ann@example.com", "trusted_countries": ["DE"]},
        {"sender": "eve@example.com", "home_countries":
            {"codes": ["FR", "IT"], "countries": 2}}]})
    for country in ("DE", "FR", "IT"):
        assert served.ask(JOE, address(country)) == "DUNNO"
    assert served.ask(JOE, address("ES")) == "REJECT blocked"
    assert served.ask("ann@example.com", address("DE")) == "DUNNO"
    assert served.ask("ann@example.com", address("FR")) == "REJECT blocked"
    for country in ("FR", "IT", "DE"):
        assert served.ask("eve@example.com", address(country)) == "DUNNO"
    assert served.ask("bob@example.com", address("DE")) == "DUNNO"
    assert served.ask("bob@example.com", address("FR")) == "REJECT blocked"


def test_modify_changes_what_it_names(served):
    api = served.api
    first = dict(ENTRY, sender="first@example.com")
    api("PUT", "/update", {"data": [ENTRY, first]})
    assert modify(api, sender=JOE, ips=9).status == 202
    assert settings(api)[0] == dict(ENTRY, ips=9)
    assert modify(api, sender=JOE, countries=7).status == 202
    assert settings(api)[0] == dict(ENTRY, ips=9, countries=7)
    assert modify(api, sender=JOE, countries=0, comment="new",
                  trusted_countries=["DE"],
                  home_countries={"codes": ["AT"]}).status == 202
    expected = {"comment": "new", "sender": JOE, "ips": 9, "countries": 0,
                "trusted_countries": ["DE"], "home_countries":
                {"codes": ["AT"]}}
    assert settings(api) == [expected, first]
    assert modify(api, sender=JOE, trusted_countries=[],
                  home_countries=None).status == 202
    assert settings(api)[0] == {"comment": "new", "sender": JOE, "ips": 9,
                                "countries": 0}


def test_modify_adds_what_is_not_there(served):
    assert modify(served.api, **ENTRY).status == 202
    assert modify(served.api, sender="b@example.com", ips=4).status == 202
    assert settings(served.api) == [ENTRY, {
        "comment": "", "sender": "b@example.com", "ips": 4, "countries": 0}]


def test_modify_refuses_and_changes_nothing(served):
    served.api("PUT", "/update", {"data": [ENTRY]})
    for value in ({"sender": JOE, "ips": -1}, {"sender": JOE, "ips": "many"},
                  {"ips": 3}, {"sender": JOE, "comment": 1}, JOE, None, []):
        assert served.api("PATCH", "/modify", {
            "key": "sender", "value": value}).status == 400, value
    assert settings(served.api) == [ENTRY]


def test_delete_keeps_the_order(served):
    data = [dict(ENTRY, sender=f"{name}@example.com") for name in "abcd"]
    served.api("PUT", "/update", {"data": data})
    answer = served.api("DELETE", "/remove", {
        "key": "sender", "value": "A@example.com"})
    assert answer.status == 202 and answer.body == b""
    # The form that carries the whole entry.
    assert served.api("DELETE", "/remove", {
        "key": "sender", "value": data[2]}).status == 202
    assert settings(served.api) == [data[1], data[3]]
    assert served.api("DELETE", "/remove", {
        "key": "sender", "value": "a@example.com"}).status == 400


def test_overrides_of_v1_are_left_alone(served):
    api = served.api
    rates = [{"mails": 5, "per": 60}]
    api("PUT", "/v1/overrides/@example.com", {"countries": 9})
    api("PUT", f"/v1/overrides/{JOE}", {"rates": rates})
    assert settings(api) == []
    assert api("PUT", "/update", {"data": [ENTRY]}).status == 202
    joe = api("GET", f"/v1/overrides/{JOE}").json()
    assert joe["rates"] == rates and joe["listed"] is True
    assert joe["countries"] == 2
    assert api("PUT", "/update", {"data": []}).status == 202
    left = api("GET", "/v1/overrides").json()["overrides"]
    assert [one["account"] for one in left] == ["@example.com"]
    assert api("DELETE", "/remove", {
        "key": "sender", "value": "@example.com"}).status == 400


def test_many_settings(served):
    data = [{"comment": "", "sender": f"user{i:05}@example.com", "ips": i + 1,
             "countries": 0} for i in range(3000)]
    assert served.api("PUT", "/update", {"data": data}).status == 202
    assert settings(served.api) == data


# --- /reload ----------------------------------------------------------------------

@pytest.mark.parametrize("method", ["POST", "GET"])
def test_reload(served, method):
    if method == "GET":
        # An image in a page could do it.
        refused = served.api("GET", "/reload")
        assert refused.status == 405
        assert refused.headers["Allow"] == "POST"
        served.write({"http": {"compat_reload": True}})
        served.reload()
        served.api.wait_ready()
    before = served.generation()
    served.write({"limits": {"countries": 2}})
    assert served.api(method, "/reload").status == 202
    until(lambda: children(served.pid) and
          not before & set(children(served.pid)), "a new generation")
    served.api.wait_ready()
    for country in ("DE", "FR"):
        assert served.ask(JOE, address(country)) == "DUNNO"


def test_reload_of_a_broken_file(served):
    before = served.generation()
    served.write(text="limits: {countries: many}")
    answer = served.api("POST", "/reload")
    assert answer.status == 500 and "limits.countries" in answer.json()[
        "detail"]
    assert set(children(served.pid)) == before


# --- Dovecot ----------------------------------------------------------------------

def dovecot(api, command, login, remote, **more):
    answer = api("POST", f"/dovecotpolicy?command={command}", {
        "device_id": "", "login": login, "protocol": "imap", "pwhash": "01",
        "remote": remote, "session_id": "x", "tls": True, **more})
    assert answer.status == 200, answer
    return answer.json()


def test_dovecot_asks_and_reports(served):
    api = served.api
    for country in ("DE", "FR", "IT"):
        # Nobody has logged in yet, and then the password was wrong.
        assert dovecot(api, "allow", JOE, address(country))["status"] == 0
        dovecot(api, "report", JOE, address(country), success=False)
    dovecot(api, "report", JOE, address("DE"), success=True,
            policy_reject=False)
    assert dovecot(api, "allow", JOE, address("DE", 1))["status"] == 0
    refused = dovecot(api, "allow", JOE, address("FR"))
    assert refused["status"] == -1 and "countries" in refused["msg"]
    assert not is_blocked(api, JOE)
    dovecot(api, "report", JOE, address("FR"), success=True,
            policy_reject=True)
    assert not is_blocked(api, JOE)
    dovecot(api, "report", JOE, address("FR"), success=True)
    assert is_blocked(api, JOE)
    assert dovecot(api, "allow", JOE, address("DE"))["status"] == -1
    assert served.ask(JOE, address("DE")) == "REJECT blocked"


@pytest.mark.parametrize("body, kind", [
    (None, None), (b"", "application/json"), (b"no JSON", "text/plain"),
    (b"[]", None), (b'{"login":7}', "application/json")])
def test_any_report_is_taken(served_once, body, kind):
    answer = served_once("POST", "/dovecotpolicy?command=report", body,
                         Content_Type=kind)
    assert answer.status == 200 and answer.json()["status"] == 0


def test_a_report_without_a_type_counts(served):
    for country in ("DE", "FR"):
        served.api("POST", "/dovecotpolicy?command=report", json.dumps({
            "login": JOE, "remote": address(country),
            "success": True}).encode(), Content_Type=None)
    assert is_blocked(served.api, JOE)


def test_settings_as_its_clients_write_them(served):
    """Keys that it does not know, numbers with a fraction of nothing."""
    body = b"""{"key": "sender", "value": {"sender": "joe@example.com",
        "ips": 100.0, "countries": 1e1, "color": "red", "home_countries":
        {"codes": ["DE", "FR"], "ips": 2, "radius": 5}}}"""
    assert served.api("PATCH", "/modify", body).status == 202
    assert settings(served.api) == [{
        "comment": "", "sender": JOE, "ips": 100, "countries": 10,
        "home_countries": {"codes": ["DE", "FR"], "ips": 2}}]
    assert served.api("PUT", "/update", {"version": 3, "data": [dict(
        ENTRY, color="red")]}).status == 202
    assert settings(served.api) == [ENTRY]


def test_dovecot_without_an_address(served):
    assert dovecot(served.api, "allow", JOE, "")["status"] == 0
    assert dovecot(served.api, "report", JOE, None,
                   success=True)["status"] == 0


@pytest.mark.parametrize("path", ["/dovecotpolicy", "/dovecotpolicy?command=",
                                  "/dovecotpolicy?command=delete"])
def test_dovecot_wants_a_command(served_once, path):
    assert served_once("POST", path, {"login": JOE}).status == 400
