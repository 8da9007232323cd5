"""test_http_metrics.py -- what monitoring is told, and what we say of it.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import re
import signal

import pytest
import yaml

from geoip import address
from http_api import Api, metrics
from policyd import SOURCE, free_port
from waiting import until

JOE = "joe@example.com"
ETC = SOURCE / "etc"


@pytest.fixture(params=["sqlite", "pgsql"])
def served(request, make_policyd):
    policyd = make_policyd({
        "limits": {"countries": 1}, "http":
            {"listen": f"127.0.0.1:{free_port()}"},
        "notify": {"enabled": True, "from": "policyd@example.com",
                   "to": ["postmaster@example.com"]},
        # Nobody listens there: notifications stay.
        "smtp": {"host": "127.0.0.1", "port": free_port()},
    }, is_embedded=request.param == "sqlite")
    policyd.start()
    policyd.api = Api(policyd.config["http"]["listen"]).wait_ready()
    return policyd


def read(policyd):
    answer = policyd.api("GET", "/metrics")
    assert answer.status == 200 and answer.type == "text/plain"
    assert "version=0.0.4" in answer.headers["Content-Type"]
    return metrics(answer.body.decode())


def test_the_format_and_the_numbers(served):
    until(lambda: read(served)["policyd_workers", ""] == 2, "both workers")
    before = read(served)
    assert before["policyd_build_info", 'version="1.0.0"'] == 1
    assert before["policyd_workers", ""] == 2
    assert before["policyd_workers_configured", ""] == 2
    assert before["policyd_store_up", ""] == 1
    assert before["policyd_geoip_build_timestamp_seconds", ""] > 1e9
    for country in ("DE", "FR", "IT"):
        served.ask(JOE, address(country))

    def told():
        now = read(served)
        return now["policyd_blocked_accounts", ""] == 1 and now
    now = until(told, "the gauges to be read anew")

    def rise(name, labels=""):
        return now[name, labels] - before[name, labels]
    assert rise("policyd_decisions_total", 'verdict="blocked"') == 2
    assert rise("policyd_blocks_total") == 1
    assert rise("policyd_blocks_by_cause_total", 'cause="countries"') == 1
    assert sum(count for (name, _), count in now.items()
               if name.endswith("_by_cause_total")) == 1
    # The harness asks for nobody; who was asked for passed once.
    assert rise("policyd_decisions_total", 'verdict="pass"') == 1
    assert rise("policyd_request_seconds_count") == 3
    assert 0 < rise("policyd_request_seconds_sum") < 60
    assert rise("policyd_store_seconds_count") == 3
    assert now["policyd_outbox_depth", ""] == 1
    assert now["policyd_outbox_age_seconds", ""] > 0
    assert {key: value for key, value in now.items()
            if key[0] == "policyd_outbox_channel_depth"} == {
                ("policyd_outbox_channel_depth", f'channel="{way}"'):
                int(way == "mail")
                for way in ("mail", "account", "exec", "webhook", "report")}
    assert now["policyd_outbox_channel_age_seconds", 'channel="mail"'] > 0
    assert now["policyd_outbox_channel_age_seconds", 'channel="exec"'] == 0

    def failed():
        now = read(served)
        return now["policyd_notify_failures_total", 'channel="mail"'] > 0 and \
            now
    now = until(failed, "nobody to take the mail")
    assert now["policyd_notify_failures_total", 'channel="webhook"'] == 0
    assert not [name for name, _ in now if name.startswith(
        "policyd_notify_failures_mail")]
    assert now["policyd_http_requests_total", ""] > before[
        "policyd_http_requests_total", ""]


def test_no_label_tells_of_anybody(served):
    served.ask(JOE, address("DE"))
    served.ask(JOE, address("FR"))
    served.api("PUT", f"/v1/overrides/{JOE}", {"countries": 3})
    text = served.api("GET", "/metrics").body.decode()
    for word in ("joe", "example", address("DE"), "DE", "FR"):
        assert not re.search(rf'"[^"]*{re.escape(word)}[^"]*"', text), word
    labels = set(re.findall(r"(\w+)=\"", text))
    assert labels == {"version", "verdict", "le", "channel", "cause"}


CAUSED = ("policyd_blocks_by_cause_total", "policyd_refused_by_cause_total")


def caused(policyd):
    """What was counted of causes: by workers, the console, all together."""
    return {(name, re.fullmatch('cause="(.*)"', label)[1]): int(count)
            for (name, label), count in read(policyd).items()
            if name in CAUSED}


def test_blocks_and_deferrals_are_counted_by_cause(served):
    served.write({
        "history": {"warm_up": 0},
        "new_places": {"beginner": {"hour": 1, "day": "unlimited"}},
        "overrides": [
            {"account": "rate@example.com", "rates": [
                {"mails": 1, "per": "1h"}],
             "new_places": {"beginner": {"hour": "unlimited"}}},
            {"account": "burst@example.com", "bursts": {
                "hour": {"mails": 1}}}]})
    served.reload()
    for account in ("quota", "rate", "burst"):
        with served.client() as one, served.client() as other:
            for client in (one, other):
                client.ask(f"{account}@example.com", address("DE"))
    assert served.api("PUT", "/v1/blocks/x@example.com", {}).status == 200
    # Refused by a block that holds: of no cause.
    assert served.ask("x@example.com", address("DE")).startswith("REJECT")
    blocks, refused = CAUSED
    there = {key: count for key, count in caused(served).items() if count}
    assert there == {(blocks, "bursts.hour"): 1, (blocks, "manual"): 1,
                     (refused, "new_places.quota.hour"): 1,
                     (refused, "rate"): 1}
    names = {cause for name, cause in caused(served) if name == blocks}
    assert names == {cause for name, cause in caused(served)
                     if name == refused} and len(names) == 23
    counters = served.api("GET", "/v1/statistics").json()["counters"]
    assert counters["blocks_by_cause.bursts.hour"] == 1
    served.signal(signal.SIGUSR1)
    served.wait_log(r"counters .* blocks_by_cause\.manual=1 "
                    r"blocks_by_cause\.bursts\.hour=1 ")
    served.wait_log(r"refused_by_cause\.new_places\.quota\.hour=1")
    assert "blocks_by_cause.rate" not in served.log()


def test_what_would_be_blocked_is_counted_as_refused(served):
    served.write({"mode": "observe"})
    served.reload()
    for country in ("DE", "FR"):
        served.ask(JOE, address(country))
    blocks, refused = CAUSED
    assert {key: count for key, count in caused(served).items() if count} == {
        (refused, "countries"): 1}


def test_a_killed_worker_counts_as_a_restart(served):
    # Until all are up a death is the failure of the start.
    served.wait_log(r" serves, \d+ processes")
    starts = read(served)["policyd_starts_total", ""]
    os.kill(served.workers()[0], signal.SIGKILL)
    until(lambda: read(served)["policyd_workers", ""] == 2 and
          read(served)["policyd_starts_total", ""] == starts + 1,
          "the worker to be replaced")


# --- the files in etc/ ------------------------------------------------------------

def known(served):
    return {name for name, _ in read(served)}


def names_in(text):
    return set(re.findall(r"\bpolicyd_\w+", text))


def test_rules_and_dashboard_name_what_there_is(served):
    """Every metric that they use exists, and each panel and rule is whole."""
    there = known(served)
    rules = yaml.safe_load((ETC / "prometheus-rules.yaml").read_text())
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in alerts}) == len(alerts) >= 8
    for rule in alerts:
        assert names_in(rule["expr"]) and names_in(rule["expr"]) <= there
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]
    board = json.loads((ETC / "grafana-dashboard.json").read_text())
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    assert len({panel["id"] for panel in board["panels"]}) == len(
        board["panels"])
    assert len(panels) >= 8
    for panel in panels:
        for target in panel["targets"]:
            used = names_in(target["expr"])
            assert used and used <= there, (panel["title"], used - there)


# --- OpenAPI ------------------------------------------------------------------------

OPENAPI = yaml.load((ETC / "openapi.yaml").read_text(), yaml.CSafeLoader)


def measures(kind):
    """Names of what is counted, or their keys in an override: of the table
    that the program is made of."""
    text = (SOURCE / "src/config/limit_measures.def").read_text()
    rows = re.findall(r'^(FOREIGN|HOME)\(\w+, "(\w+)", \w+, "(\w+)"', text,
                      re.MULTILINE)
    assert len(rows) >= 6
    return [name if kind == "name" else key for side, name, key in rows
            if kind in ("name", side)]


def test_what_is_counted_is_described():
    schemas = OPENAPI["components"]["schemas"]
    assert set(measures("name")) <= set(
        schemas["Account"]["properties"]["evidence"]["properties"])
    assert set(measures("HOME")) <= set(schemas["Home"]["properties"])
    for name in ("OverrideRequest", "Override"):
        assert set(measures("FOREIGN")) <= set(schemas[name]["properties"])


def resolve(schema):
    while "$ref" in schema:
        found = OPENAPI
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


TYPES = {"object": dict, "array": list, "string": str, "integer": int,
         "number": (int, float), "boolean": bool, "null": type(None)}


def fits(value, schema, where="body"):
    """Is the value as the schema says? The keywords that we use."""
    schema = resolve(schema)
    if "oneOf" in schema:
        errors = []
        for one in schema["oneOf"]:
            try:
                return fits(value, one, where)
            except AssertionError as error:
                errors.append(str(error))
        raise AssertionError(f"{where}: {errors}")
    kinds = schema["type"]
    kinds = kinds if isinstance(kinds, list) else [kinds]
    assert any(isinstance(value, TYPES[kind]) and not (
        kind in ("integer", "number") and isinstance(value, bool))
        for kind in kinds), f"{where}: {value!r} is not {kinds}"
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r}"
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            assert name in value, f"{where}: no {name}"
        for name, part in value.items():
            if name in properties:
                fits(part, properties[name], f"{where}.{name}")
            else:
                more = schema.get("additionalProperties", False)
                assert more is not False, f"{where}: {name} is not described"
                if more is not True:
                    fits(part, more, f"{where}.{name}")
    if isinstance(value, list):
        for i, part in enumerate(value):
            fits(part, schema["items"], f"{where}[{i}]")
    return True


def described(method, path, answer):
    """Hold an answer against the description of its path."""
    operation = OPENAPI["paths"][path][method.lower()]
    responses = operation["responses"]
    assert str(answer.status) in responses, (
        f"{method} {path}: {answer.status} is not described")
    content = resolve(responses[str(answer.status)]).get("content")
    if not content:
        assert answer.body == b"", (method, path, answer)
        return
    assert answer.type in content, (method, path, answer)
    if answer.type.endswith("json"):
        fits(answer.json(), content[answer.type]["schema"],
             f"{method} {path}")


OVERRIDE = {"countries": 3, "networks": "unlimited", "home": {
    "countries": ["DE"], "max_countries": 2}, "only_countries": ["FR"],
    "only_networks": ["192.0.2.0/24"], "rates": [{"mails": 1, "per": "1h"}],
    "new_places": {"quota": {"hour": 10, "day": "unlimited"}},
    "bursts": {"hour": {"factor": 2.5}, "young": {"around": False}},
    "comment": "x", "valid_until": "2999-01-01T00:00:00Z"}


def test_rules_are_described():
    """An override has every key of detection_rules.def, and no other."""
    text = (SOURCE / "src/config/detection_rules.def").read_text()
    rules = set(re.findall(r'^RULE\(\w+, "([a-z_.]+)"', text, re.M))
    sections = {key.split(".")[0] for key in rules}
    assert len(rules) > 10
    for name in "Override", "OverrideRequest":
        described_rules = set()
        work = [(key, part) for key, part in
                OPENAPI["components"]["schemas"][name]["properties"].items()
                if key in sections]
        while work:
            path, part = work.pop()
            inner = resolve(part).get("properties")
            if inner is None:
                described_rules.add(path)
            for key, one in (inner or {}).items():
                work.append((f"{path}.{key}", one))
        assert described_rules == rules


SENDER = {"key": "sender", "value": JOE}
CLIENT = {"key": "client", "value": {"address": "192.0.2.1", "sender": JOE}}

# Method, path as described, path as asked, body.
REQUESTS = [
    ("GET", "/livez", None, None), ("GET", "/readyz", None, None),
    ("GET", "/metrics", None, None),
    ("PUT", "/update", None, {"data": [{
        "sender": JOE, "ips": 3, "home_countries": {"codes": ["DE"]},
        "trusted_ips": ["192.0.2.1"], "trusted_countries": ["DE"]}]}),
    ("PUT", "/update", None, {"data": 1}),
    ("GET", "/custom-settings", None, None),
    ("PATCH", "/modify", None, {"key": "sender", "value": {
        "sender": JOE, "countries": 2}}),
    ("PATCH", "/modify", None, SENDER),
    ("DELETE", "/remove", None, SENDER), ("DELETE", "/remove", None, SENDER),
    ("POST", "/remove", None, SENDER), ("POST", "/remove", None, CLIENT),
    ("DELETE", "/v1/accounts/{account}", "/v1/accounts/ann@example.com", None),
    ("DELETE", "/v1/accounts/{account}", "/v1/accounts/@example.com", None),
    ("POST", "/query", None, CLIENT), ("POST", "/query", None, SENDER),
    ("POST", "/query", "/query?dry_run=1", CLIENT),
    ("POST", "/dovecotpolicy", "/dovecotpolicy?command=allow",
     {"login": JOE, "remote": "192.0.2.1"}),
    ("POST", "/dovecotpolicy", None, {}),
    ("PUT", "/v1/overrides/{account}", f"/v1/overrides/{JOE}", OVERRIDE),
    ("PUT", "/v1/overrides/{account}", f"/v1/overrides/{JOE}", OVERRIDE),
    ("PUT", "/v1/overrides/{account}", f"/v1/overrides/{JOE}", {"x": 1}),
    ("GET", "/v1/overrides/{account}", f"/v1/overrides/{JOE}", None),
    ("GET", "/v1/overrides", None, None),
    ("GET", "/v1/overrides", "/v1/overrides?limit=0", None),
    ("PUT", "/v1/blocks/{account}", f"/v1/blocks/{JOE}", {"duration": "1h"}),
    ("PUT", "/v1/blocks/{account}", f"/v1/blocks/{JOE}", {"duration": []}),
    ("GET", "/v1/blocks/{account}", f"/v1/blocks/{JOE}", None),
    ("GET", "/v1/blocks", None, None),
    ("GET", "/v1/accounts/{account}",
     f"/v1/accounts/{JOE}?address=192.0.2.1", None),
    ("GET", "/v1/accounts/{account}", f"/v1/accounts/{JOE}?address=x", None),
    ("DELETE", "/v1/blocks/{account}", f"/v1/blocks/{JOE}", None),
    ("DELETE", "/v1/blocks/{account}", f"/v1/blocks/{JOE}", None),
    ("GET", "/v1/blocks/{account}", f"/v1/blocks/{JOE}", None),
    ("DELETE", "/v1/overrides/{account}", f"/v1/overrides/{JOE}", None),
    ("DELETE", "/v1/overrides/{account}", f"/v1/overrides/{JOE}", None),
    ("GET", "/v1/overrides/{account}", f"/v1/overrides/{JOE}", None),
    ("GET", "/v1/blocks", "/v1/blocks?order=newest", None),
    ("GET", "/v1/statistics", None, None),
    ("GET", "/v1/status", None, None),
    ("GET", "/v1/decisions", None, None),
    ("GET", "/v1/decisions", "/v1/decisions?span=7h", None),
    ("GET", "/v1/countries", None, None),
    ("GET", "/v1/countries/{country}", "/v1/countries/DE", None),
    ("GET", "/v1/limits", None, None),
    ("GET", "/v1/limits/{limit}", "/v1/limits/countries?value=1", None),
    ("GET", "/v1/limits/{limit}", "/v1/limits/none", None),
    ("GET", "/v1/configuration", None, None),
    ("GET", "/v1/audit", None, None),
    ("GET", "/reload", None, None),
    ("POST", "/reload", None, None),
    ("POST", "/v1/session", None, None),
    ("GET", "/v1/session", None, None),
    ("DELETE", "/v1/session", None, None),
    ("GET", "/", None, None),
    ("GET", "/page/{file}", "/page/page.css", None),
    ("GET", "/page/{file}", "/page/page.js", None),
    ("GET", "/page/{file}", "/page/page.svg", None),
    ("GET", "/page/{file}", "/page/world.json", None),
    ("GET", "/page/{file}", "/page/none", None),
]


def test_answers_are_as_described(served):
    served.ask(JOE, address("DE"))
    for method, path, asked, body in REQUESTS:
        described(method, path, served.api(method, asked or path, body))
    tried = {(method.lower(), path) for method, path, _, _ in REQUESTS}
    assert tried == {(method, path) for path, item in
                     OPENAPI["paths"].items() for method in item
                     if method != "parameters"}


def test_the_description_is_whole():
    """Each operation has a name of its own, a summary and a scope, and each
    $ref leads somewhere."""
    names = []
    for path, item in OPENAPI["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            names.append(operation["operationId"])
            assert operation["summary"] and operation["tags"], path
            assert operation["x-scope"] in ("none", "read", "operate",
                                            "admin")
            for response in operation["responses"].values():
                assert resolve(response)["description"]
    assert len(set(names)) == len(names)
    for ref in re.findall(r"\$ref: ['\"]?([^'\"\s}]+)",
                          (ETC / "openapi.yaml").read_text()):
        assert resolve({"$ref": ref})
