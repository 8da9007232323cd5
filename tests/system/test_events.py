"""test_events.py -- places, quotas and peaks: in events, the log and answers.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import email
import email.policy
import json
import re

import pytest

import policyd as daemon
from geoip import address
from smtp_server import SmtpServer
from stores import served, store  # noqa: F401
from test_http_metrics import OPENAPI, fits
from test_webhook import WebServer
from waiting import until

OK = 0
EVENT = OPENAPI["webhooks"]["event"]["post"]["requestBody"]["content"][
    "application/json"]["schema"]
JOE = "joe@example.com"
NO_LIMITS = {"countries": "unlimited", "networks": "unlimited"}
RULES = {"history": {"warm_up": 0}, "limits": NO_LIMITS}


@pytest.fixture
def told(served, geoip):
    """A function that starts a daemon which tells a web server; what that
    got, as JSON."""
    servers = []

    def start(config, **notify):
        web = WebServer()
        web.__enter__()
        servers.append(web)
        policyd = served(daemon.merge(
            {"geoip": {"country": str(geoip / "country.mmdb"),
                       "asn": str(geoip / "asn.mmdb")},
             **RULES, "notify": {"enabled": True, "webhook": web.url,
                                 **notify}}, config))

        def events(count):
            until(lambda: len(web.got) >= count, f"{count} events")
            got = [json.loads(body) for _, _, body in web.got]
            for event in got:
                fits(event, EVENT)
            return got
        return policyd, events
    yield start
    for web in servers:
        web.__exit__(None)


# --- each rule and limit --------------------------------------------------------

# What it takes, from where mail comes, and what is told of the last one.
CAUSES = {
    "a burst": (
        {"bursts": {"hour": {"mails": 2}}}, ["DE", "DE", "DE"],
        {"cause": "bursts.hour", "found": 3, "limit": 2, "window": 3600,
         "peak": 0}),
    "new countries": (
        {"new_places": {"countries": {"day": 1}}}, ["DE", "AT"],
        {"cause": "new_places.countries.day", "found": 2, "limit": 1,
         "window": 86400, "peak": None}),
    "deferrals": (
        {"new_places": {"beginner": {"hour": 1}, "deferrals": 1}},
        ["DE", "DE"],
        {"cause": "new_places.deferrals", "found": 1, "limit": 0,
         "window": 7 * 86400, "peak": None}),
    "countries": (
        {"limits": {"countries": 1}}, ["DE", "AT"],
        {"cause": "countries", "found": 2, "limit": 1, "window": 86400,
         "peak": None}),
    "a list of countries": (
        {"overrides": [{"account": JOE, "only_countries": ["DE"]}]},
        ["DE", "AT"],
        {"cause": "only_countries", "peak": None}),
}


@pytest.mark.parametrize("what", CAUSES)
def test_a_block_is_told_with_its_place(told, today, what):
    config, countries, wanted = CAUSES[what]
    policyd, events = told(config)
    for country in countries:
        policyd.ask(JOE, address(country))
    event, = events(1)
    assert (event["event"], event["account"]) == ("block", JOE)
    assert {key: event[key] for key in wanted} == wanted
    last = countries[-1]
    number = {"DE": 0, "AT": 1}[last]
    is_exempt = what == "a list of countries"
    # What was deferred bars its place from being learned today.
    passed = what == "a burst"
    assert event["login"] == {
        "client": address(last), "country": last, "asn": 64496 + number,
        "as_name": f"Example {number}", "place": f"AS{64496 + number}",
        "state": "exempt" if is_exempt else "new", "days": int(passed),
        "first": today if passed else None}
    history = event["history"]
    assert (history["settled"], history["days"], history["known_places"],
            history["known_countries"]) == (False, 0, 0, 0)
    assert history["hour"]["mails"]["found"] == len(countries)
    assert set(history["hour"]) == {"peak", "mails", "young", "new"}
    if what == "a burst":
        assert history["hour"]["mails"] == {"found": 3, "allowed": 2}
    policyd.wait_log(f"place={event['login']['state']} ")
    line = daemon.fields(re.search(
        r"decision .*blocked=now.*", policyd.log()).group())
    assert line["cause"] == event["cause"]
    assert (line["asn"], line["as_name"]) == (
        str(64496 + number), f"Example {number}")
    assert line["known_places"] == "0"
    assert line.get("first") == event["login"]["first"]
    # The same words everywhere.
    block, = json.loads(policyd.cli("--list-blocked", "--json").stdout)
    assert line["reason"] == block["reason"] == event["reason"]
    assert block["cause"] == event["cause"]
    if "found" in wanted:
        assert [int(line[key]) for key in ("found", "limit", "window")] == [
            event[key] for key in ("found", "limit", "window")]
        assert ("peak" in line) == (event["peak"] is not None)


def test_an_end_and_a_block_by_hand_have_no_login(told):
    policyd, events = told({"limits": {"countries": 1}})
    for country in ("DE", "AT"):
        policyd.ask(JOE, address(country))
    assert policyd.cli("--unblock", JOE, "--learn").returncode == OK
    assert policyd.cli("--block", JOE, "--reason", "phished").returncode == OK
    by_cause = {(event["event"], event["cause"]): event
                for event in events(3)}
    end = by_cause["unblock", "countries"]
    assert end["login"] is None and end["history"] is None
    # Whose block ended is told as before.
    assert (end["client"], end["country"]) == (address("AT"), "AT")
    by_hand = by_cause["block", "manual"]
    assert by_hand["login"] is None and by_hand["client"] == ""
    assert by_hand["history"]["known_places"] == 2
    assert by_hand["history"]["known_countries"] == 2


def test_since_when_a_place_is_known(told, today):
    policyd, events = told({"bursts": {"hour": {"mails": 1}},
                            "store": {"memory": "0s"}})
    client = address("DE")
    policyd.ask(JOE, client)
    assert policyd.cli("--unblock", JOE, "--learn").stdout.count("known now")
    text = policyd.cli("--explain", JOE, client).stdout
    first, = re.findall(r"a known place, since (\d{4}-\d\d-\d\d)\)", text)
    assert first < today
    login = json.loads(policyd.cli("--explain", JOE, client,
                                   "--json").stdout)["login"]
    assert (login["state"], login["first"]) == ("known", first)
    for _ in range(2):
        policyd.ask(JOE, client)
    event = [each for each in events(1) if each["event"] == "block"][-1]
    assert (event["login"]["state"], event["login"]["first"]) == \
        ("known", first)
    assert {key: event["login"][key] for key in ("place", "as_name", "days")} \
        == {key: login[key] for key in ("place", "as_name", "days")}
    policyd.wait_log(f'as_name="Example 0" place=known first={first} '
                     "known_places=1 ")


# --- mails and programs ----------------------------------------------------------

def mails_of(smtp, count):
    until(lambda: len(smtp.mails) >= count, f"{count} mails")
    parsed = [email.message_from_bytes(mail.content,
                                       policy=email.policy.default)
              for mail in smtp.mails]
    return {mail["To"]: (mail["Subject"],
                         mail.get_content().replace("\r\n", "\n"))
            for mail in parsed}


def test_mails_and_programs_tell_of_places(told, store):
    admin, owner = "postmaster@example.com", "joe@example.de"
    with SmtpServer() as smtp:
        policyd, events = told(
            {"bursts": {"hour": {"mails": 1}},
             "smtp": {"host": "127.0.0.1", "port": smtp.port},
             "texts": [{"account": "@example.de", "language": "de"}]},
            **{"from": "policyd@example.com", "to": [admin], "account": True,
               "subject": "${place} ${as_name}: ${state}, ${found} of "
                          "${limit}, usual ${peak}, ${known_places} known"})
        policyd.write({"notify": {"exec": [
            "/bin/sh", "-c", f"cat >{policyd.root}/new; env "
            f">{policyd.root}/env; mv {policyd.root}/new "
            f"{policyd.root}/event"]}})
        policyd.reload()
        for _ in range(2):
            policyd.ask(owner, address("DE"))
        mails = mails_of(smtp, 2)
        until((policyd.root / "event").exists, "the program")
    login = f"{address('DE')} DE, AS64496 Example 0: "
    subject, text = mails[admin]
    assert subject == "AS64496 Example 0: new, 2 of 1, usual 0, 0 known"
    assert f"  Last login:  {login}a place never used before\n" in text
    assert "  History:     0 known places, 0 known countries, mail on 0 of " \
        "60 days; peaks: 0 mails in 1h, 0 in 24h\n" in text
    assert f"  Von:    {login}nie zuvor benutzt\n" in mails[owner][1]
    assert json.loads((policyd.root / "event").read_text()) == events(1)[0]


def test_a_template_has_all_of_it(told, store, today):
    names = ["asn", "as_name", "place", "state", "first", "known_places",
             "found", "limit", "per", "peak", "login", "history"]
    with SmtpServer() as smtp:
        policyd, _ = told(
            {"bursts": {"hour": {"mails": 1}},
             "smtp": {"host": "127.0.0.1", "port": smtp.port}},
            **{"from": "policyd@example.com", "to": ["a@example.com"]})
        template = policyd.root / "template"
        template.write_text("\n".join(f"{name}=${{{name}}}"
                                      for name in names))
        policyd.write({"notify": {"template": str(template)}})
        policyd.reload()
        for _ in range(2):
            policyd.ask(JOE, address("DE"))
        _, text = mails_of(smtp, 1)["a@example.com"]
    said = dict(line.split("=", 1) for line in text.strip().splitlines())
    assert said == {
        "asn": "AS64496", "as_name": "Example 0", "place": "AS64496",
        "state": "new", "first": today, "known_places": "0",
        "found": "2", "limit": "1", "per": "1h", "peak": "0",
        "login": f"{address('DE')} DE, AS64496 Example 0: a place never used "
                 "before",
        "history": "0 known places, 0 known countries, mail on 0 of 60 days; "
                   "peaks: 0 mails in 1h, 0 in 24h"}


def test_rows_of_an_earlier_version_are_told(told, store):
    """They say nothing of places; all else is as ever."""
    policyd, events = told({"limits": {"countries": 1}})
    for country in ("DE", "AT"):
        policyd.ask(JOE, address(country))
    now, = events(1)
    row = json.loads(store.value("SELECT event FROM policyd.outbox"))
    known = ["event", "account", "server", "at", "cause", "found", "limit",
             "per", "note", "client", "country", "began", "until", "attempts",
             "logins", "countries", "networks", "asn"]
    old = {key: row[key] for key in known} | {"account": "old@example.com"}
    store.sql("INSERT INTO policyd.outbox (channel, kind, account, event, "
              "created_at, next_try) SELECT channel, kind, "
              f"'old@example.com', '{json.dumps(old)}', created_at, "
              "created_at FROM policyd.outbox")
    then = events(2)[1]
    assert then["account"] == "old@example.com"
    assert then["login"] is None and then["history"] is None
    assert set(then) == set(now)
    for key in ("reason", "cause", "found", "limit", "window", "client",
                "country", "began", "countries", "logins"):
        assert then[key] == now[key], key


# --- what is deferred or refused ---------------------------------------------------

def test_actions_and_the_log_tell_of_a_deferral(told):
    policyd, _ = told({
        "actions": {"new_place": "DEFER ${place} (${as_name}, ${state}"
                    "${first}): ${found} of ${limit}, usual ${peak}, "
                    "${known_places} known"},
        "new_places": {"beginner": {"hour": 1, "day": "unlimited"}},
        "log": {"format": "json"}})
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    assert policyd.ask(JOE, address("DE")) == (
        "DEFER AS64496 (Example 0, new): 2 of 1, usual 0, 0 known")
    policyd.wait_log('"verdict":"deferred"')
    line = [json.loads(line) for line in policyd.log().splitlines()
            if '"verdict":"deferred"' in line][-1]
    assert {key: line[key] for key in (
        "country", "asn", "as_name", "place", "known_places",
        "cause", "found", "limit", "window", "peak")} == {
            "country": "DE", "asn": 64496, "as_name": "Example 0",
            "place": "new", "known_places": 0,
            "cause": "new_places.quota.hour", "found": 2, "limit": 1,
            "window": 3600, "peak": 0}


def test_a_rate_is_told_with_its_place(told):
    policyd, _ = told({
        "actions": {"over_rate": "DEFER ${place} ${state} ${found}"},
        "rates": {"rules": [{"mails": 1, "per": "1h"}]}})
    policyd.ask(JOE, address("DE"))
    assert policyd.ask(JOE, address("DE")) == "DEFER AS64496 new 1"
    policyd.wait_log("cause=rate found=1 limit=1 window=3600 verdict=over_rate")
