"""test_cli.py -- the command line: every mode and every exit status.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import re
import shutil

import pytest

import policyd as daemon
from geoip import COUNTRIES, address
from policyd import free_port, run
from smtp_server import SmtpServer

JOE = "joe@example.com"
OK, NOT_FOUND, USAGE, UNAVAILABLE, TEMPORARY, PERMISSION, CONFIG = \
    0, 1, 64, 69, 75, 77, 78


@pytest.fixture
def served(start_policyd):
    """A daemon that allows one country."""
    return start_policyd({"limits": {"countries": 1},
                          "actions": {"blocked": "REJECT blocked"}})


def listed(policyd):
    result = policyd.cli("--list-blocked", "--json")
    assert result.returncode == OK, result.stderr
    return {entry["account"]: entry for entry in json.loads(result.stdout)}


# --- help and usage --------------------------------------------------------------

def test_help_fits_a_screen():
    result = run("--help")
    assert result.returncode == OK and result.stderr == ""
    lines = result.stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


def test_help_names_every_mode():
    text = run("--help").stdout
    for option in ("-c", "-d", "-t", "-v", "--dump-config", "--get-config",
                   "--init-store", "--clean", "--list-blocked", "--block",
                   "--for", "--reason", "--unblock", "--explain", "--json",
                   "--help", "--version", "--copy-store", "--test-notify"):
        assert re.search(rf"{option}\b", text), option


def test_version():
    result = run("--version")
    assert result.returncode == OK
    assert re.match(r"policyd \d+\.\d+", result.stdout)


@pytest.mark.parametrize("arguments, named", [
    (["--no-such-option"], "no-such-option"),
    (["stray"], "stray"),
    (["--block"], "block"),
    (["--explain"], "explain"),
    (["--block", JOE, "--for", "soon"], "soon"),
    (["--for", "1h"], "for"),
    (["--list-blocked", "--clean"], "clean"),
    (["--explain", JOE, "not-an-address"], "not-an-address"),
])
def test_usage(arguments, named):
    result = run("-c", "/dev/null", *arguments)
    assert result.returncode == USAGE, result.stderr
    assert named in result.stderr
    assert result.stdout == ""


# --- the configuration -----------------------------------------------------------

def test_a_good_configuration(make_policyd):
    for option in ("-t", "--check-config"):
        assert make_policyd().cli(option).returncode == OK


def test_every_error_of_a_bad_configuration_at_once(make_policyd):
    policyd = make_policyd()
    policyd.write(text="""\
mode: sometimes
limits:
  countries: -1
  windw: 24h
server: {workers: many}
exempt:
  networks: [192.0.2.0/33]
""")
    result = policyd.cli("-t")
    assert result.returncode == CONFIG
    for line, key, found in ((1, "mode", "sometimes"),
                             (3, "limits.countries", "-1"),
                             (4, "limits.windw", ""),
                             (5, "server.workers", "many"),
                             (7, "exempt.networks", "192.0.2.0/33")):
        assert re.search(rf"policyd\.yaml:{line}\b.*{key}.*{re.escape(found)}",
                         result.stderr), (key, result.stderr)


@pytest.mark.parametrize("text", ["a: [", "\t- x", "limits: 5", "- a", "\0",
                                  "a: &a [*a]", "mode: enforce\nmode: observe"])
def test_what_is_no_configuration(make_policyd, text):
    policyd = make_policyd()
    policyd.write(text=text)
    result = policyd.cli("-t")
    assert result.returncode == CONFIG
    assert "policyd.yaml" in result.stderr


def test_a_file_that_is_not_there():
    result = run("-c", "/nowhere/policyd.yaml", "-t")
    assert result.returncode == CONFIG
    assert "/nowhere/policyd.yaml" in result.stderr


def test_the_environment_wins(make_policyd):
    policyd = make_policyd({"limits": {"countries": 4}})
    get = ("--get-config", "limits.countries")
    assert policyd.cli(*get).stdout == "4\n"
    assert policyd.cli(*get, POLICYD_LIMITS_COUNTRIES=7).stdout == "7\n"
    wrong = policyd.cli("-t", POLICYD_LIMITS_COUNTRIES="seven")
    assert wrong.returncode == CONFIG
    assert "POLICYD_LIMITS_COUNTRIES" in wrong.stderr
    assert "seven" in wrong.stderr


@pytest.mark.parametrize("key, value", [
    ("mode", "enforce"), ("limits.window", "24h"), ("limits.networks", "unlimited"),
    ("limits.home.max_countries", "unlimited"), ("server.deadline", "2s"),
    ("block.enabled", "true")])
def test_one_default(key, value):
    result = run("-c", "/dev/null", "--get-config", key)
    assert (result.returncode, result.stdout) == (OK, value + "\n")


def test_a_key_that_does_not_exist():
    section = run("-c", "/dev/null", "--get-config", "limits")
    assert section.returncode == NOT_FOUND
    assert "is a section" in section.stderr
    result = run("-c", "/dev/null", "--get-config", "limits.lost")
    assert result.returncode in (NOT_FOUND, USAGE)
    assert "limits.lost" in result.stderr


def test_the_dump_reads_back_to_the_same(make_policyd):
    policyd = make_policyd({"overrides": [
        {"account": JOE, "countries": "unlimited", "comment": "a: 'b' #c"}],
        "limits": {"home": {"countries": ["DE"]}}})
    first = policyd.cli("--dump-config")
    assert first.returncode == OK
    policyd.write(text=first.stdout)
    assert policyd.cli("--dump-config").stdout == first.stdout


def test_secrets_are_not_shown(make_policyd):
    policyd = make_policyd()
    secret = policyd.root / "secret"
    secret.write_text("hunter2\n")
    secret.chmod(0o644)
    policyd.write({"store": {"password_file": str(secret)}})
    refused = policyd.cli("-t")
    assert refused.returncode == CONFIG and str(secret) in refused.stderr
    secret.chmod(0o600)
    if daemon.IS_ROOT:
        # Who reloads is server.user.
        refused = policyd.cli("-t")
        assert refused.returncode == CONFIG
        assert re.search(r"store\.password_file: .*secret cannot be read by "
                         r"nobody", refused.stderr)
        shutil.chown(secret, daemon.USER)
    assert policyd.cli("-t").returncode == OK
    assert "hunter2" not in policyd.cli("--dump-config").stdout


@pytest.mark.parametrize("changes, told", [
    ({"server": {"user": "no-such-user"}}, "no user \"no-such-user\""),
    ({"socket": {"group": "no-such-group"}}, "no group \"no-such-group\""),
    ({"listen": ["unix:/no/such/folder/policy"]}, "create it: install -d"),
    ({"http": {"listen": "unix:/no/such/folder/http"}}, "http.listen"),
    ({"geoip": {"asn": "/no/such/file.mmdb"}}, "geoip.asn"),
    ({"exempt": {"networks_file": "/etc/shadow"}}, "exempt.networks_file"),
    ({"notify": {"exec": ["/etc/passwd"]}}, "notify.exec: /etc/passwd"),
])
@pytest.mark.skipif(not daemon.IS_ROOT, reason="root becomes another user")
def test_what_would_keep_the_server_from_starting(make_policyd, changes,
                                                  told):
    result = make_policyd(changes).cli("--check-config")
    assert result.returncode == CONFIG
    assert told in result.stderr
    assert result.stdout == ""


def test_servers_are_tried(make_policyd, database):
    policyd = make_policyd({
        "store": {"url": database.url},
        "ldap": {"enabled": True, "uris": [f"ldap://127.0.0.1:{free_port()}"]},
        "notify": {"enabled": True, "from": JOE, "to": [JOE]},
        "smtp": {"host": "127.0.0.1", "port": free_port()}})
    result = policyd.cli("--check-config", "--live")
    lines = result.stdout.splitlines()
    assert result.returncode == UNAVAILABLE
    assert lines[0] == "store: ok"
    assert re.match(r"ldap://127\.0\.0\.1:\d+: FAILED: .*Connection refused",
                    lines[1])
    assert lines[2].startswith("smtp: FAILED: Failed to connect")
    assert lines[3] == "addresses: ok"
    # Nothing is left behind, nothing was taken.
    assert not policyd.socket.exists()
    policyd.write({"ldap": {"enabled": False}, "notify": {"enabled": False}})
    assert policyd.cli("--check-config", "--live").returncode == OK
    policyd.start()
    busy = policyd.cli("--check-config", "--live", "--json")
    assert busy.returncode == UNAVAILABLE
    last = json.loads(busy.stdout.splitlines()[-1])
    assert last["tried"] == "addresses" and not last["ok"]
    assert "another server listens there" in last["text"]


def test_the_mail_server_is_tried_and_gets_no_mail(make_policyd):
    with SmtpServer() as server:
        policyd = make_policyd({
            "notify": {"enabled": True, "from": JOE, "to": [JOE]},
            "smtp": {"host": "127.0.0.1", "port": server.port}})
        assert "smtp: ok\n" in policyd.cli("-t", "--live").stdout
        assert server.mails == []


# --- the store -------------------------------------------------------------------

def test_init_store_twice(make_policyd, empty_database):
    policyd = make_policyd({"store": {"url": empty_database.url}})
    for _ in range(2):
        result = policyd.cli("--init-store")
        assert result.returncode == OK, result.stderr
    assert empty_database.value("SELECT count(*) FROM policyd.account") == "0"


@pytest.mark.parametrize("mode", [
    ["--init-store"], ["--list-blocked"], ["--block", JOE],
    ["--unblock", JOE], ["--explain", JOE], ["--clean"]])
def test_a_store_that_is_away(make_policyd, mode):
    policyd = make_policyd(
        {"store": {"url": "postgresql:///x?host=/nowhere"}})
    result = policyd.cli(*mode)
    assert result.returncode in (UNAVAILABLE, TEMPORARY)
    assert "/nowhere" in result.stderr


@pytest.mark.skipif(daemon.IS_ROOT, reason="root may read everything")
def test_a_configuration_that_may_not_be_read(make_policyd):
    policyd = make_policyd()
    os.chmod(policyd.path, 0)
    result = policyd.cli("-t")
    assert result.returncode in (PERMISSION, CONFIG)
    assert "policyd.yaml" in result.stderr


# --- blocks ----------------------------------------------------------------------

def test_nobody_is_blocked(served):
    assert listed(served) == {}
    assert served.cli("--list-blocked").returncode == OK


def test_who_is_blocked_is_listed(served):
    served.ask(JOE, address("DE"))
    assert served.ask(JOE, address("AT")) == "REJECT blocked"
    assert served.ask(JOE, address("DE")) == "REJECT blocked"
    entry = listed(served)[JOE]
    assert entry["refused"] == 1
    assert (entry["client"], entry["country"]) == (address("AT"), "AT")
    assert entry["until"] > entry["began"]
    text = served.cli("--list-blocked").stdout
    assert JOE in text and "countries" in text


def test_blocking_by_hand(served):
    result = served.cli("--block", "Ann@Example.com", "--for", "2h",
                        "--reason", "lost her laptop")
    assert result.returncode == OK, result.stderr
    assert served.ask("ann@example.com", address("DE")) == "REJECT blocked"
    text = served.cli("--list-blocked").stdout
    assert "ann@example.com" in text and "lost her laptop" in text
    assert "lost her laptop" in served.cli("--explain",
                                           "ann@example.com").stdout


def test_a_long_reason_is_cut_between_characters(served):
    result = served.cli("--block", JOE, "--reason", "a" + "\u00e9" * 200)
    assert result.returncode == OK, result.stderr
    assert listed(served)[JOE]["reason"] == "a" + "\u00e9" * 74
    assert served.ask(JOE, address("DE")) == "REJECT blocked"


@pytest.mark.parametrize("arguments, said", [
    ([JOE, "--reason", "\udcff"], "UTF-8"),
    (["@example.com"], "domain"),
])
def test_what_cannot_be_blocked(served, arguments, said):
    result = served.cli("--block", *arguments)
    assert result.returncode == USAGE
    assert said in result.stderr
    assert listed(served) == {}


def test_blocking_without_an_end(served):
    assert served.cli("--block", JOE, "--for", "0").returncode == OK
    assert not listed(served)[JOE]["until"]


def test_unblocking(served):
    served.cli("--block", JOE)
    assert served.ask(JOE, address("DE")) == "REJECT blocked"
    assert served.cli("--unblock", "JOE@example.com").returncode == OK
    assert served.ask(JOE, address("DE")) == "DUNNO"
    assert listed(served) == {}
    again = served.cli("--unblock", JOE)
    assert again.returncode == NOT_FOUND
    assert JOE in again.stdout + again.stderr


def test_many_blocked_accounts_are_all_listed(served, database):
    database.sql("INSERT INTO policyd.account (account, blocked_until) "
                 "SELECT 'u' || n, 'infinity' "
                 "FROM generate_series(1, 2500) n")
    database.sql("INSERT INTO policyd.block (account, cause, found, allowed,"
                 " per_s, began_at, until) SELECT 'u' || n, 8, 0, 0, 0,"
                 " now(), 'infinity' FROM generate_series(1, 2500) n")
    assert len(listed(served)) == 2500


# --- explain ---------------------------------------------------------------------

def explain(policyd, *arguments):
    result = policyd.cli("--explain", *arguments, "--json")
    assert result.returncode == OK, result.stderr
    return json.loads(result.stdout)


def test_explain_tells_the_evidence(served):
    served.ask(JOE, address("DE"))
    served.ask(JOE, address("AT"))
    text = served.cli("--explain", JOE).stdout
    for word in (address("DE"), address("AT"), "DE", "AT", "BLOCKED",
                 "limits.countries"):
        assert word in text, text
    assert JOE in json.dumps(explain(served, JOE))


def test_explain_tells_the_verdict_of_an_address(served):
    served.ask(JOE, address("DE"))
    same = served.cli("--explain", JOE, address("DE")).stdout
    other = served.cli("--explain", JOE, address("AT")).stdout
    assert "pass" in same and "(AT" not in same
    assert "block" in other and "(AT" in other


def test_explain_writes_nothing(served, database):
    served.ask(JOE, address("DE"))
    tables = ("account", "login", "block", "outbox")
    read = [f"SELECT * FROM policyd.{table} ORDER BY 1" for table in tables]
    before = [database.sql(query) for query in read]
    for country in COUNTRIES:
        served.cli("--explain", JOE, address(country))
        served.cli("--explain", "nobody@example.com", address(country))
    assert [database.sql(query) for query in read] == before
    assert served.ask(JOE, address("DE")) == "DUNNO"


def test_explain_tells_where_limits_come_from(make_policyd):
    policyd = make_policyd({"overrides": [
        {"account": "@example.com", "countries": 9}]})
    text = policyd.cli("--explain", JOE).stdout
    assert re.search(r"limits\.countries +9 +override in the conf", text), text


def test_explain_of_somebody_unknown(served):
    assert served.cli("--explain", "who@example.com").returncode == OK


# --- clean -----------------------------------------------------------------------

def test_clean_deletes_what_is_old_and_nothing_else(make_policyd, database):
    policyd = make_policyd({"store": {"retention": "30d"}}).start()
    for n in range(20):
        policyd.ask(f"old{n}@example.com", address("DE"))
    database.age("31 days")
    policyd.ask(JOE, address("DE"))
    result = policyd.cli("--clean")
    assert result.returncode == OK, result.stderr
    assert database.sql("SELECT account FROM policyd.login") == [[JOE]]
    # What is known of accounts stays longer.
    assert database.value("SELECT count(*) FROM policyd.account") == "21"
    database.age("31 days")
    assert policyd.cli("--clean").returncode == OK
    assert database.sql("SELECT account FROM policyd.account") == [[JOE]]


def test_clean_beside_a_busy_server(start_policyd, database):
    from load import Load
    policyd = start_policyd({"store": {"retention": "30d"}})
    database.sql("INSERT INTO policyd.login (account, network, country, "
                 "first_seen, last_seen, mails) SELECT 'u' || n, '192.0.2.1',"
                 " 'DE', now() - interval '40 d', now() - interval '40 d', 1"
                 " FROM generate_series(1, 20000) n")
    with Load(policyd, connections=4) as load:
        result = policyd.cli("--clean")
        load.wait_answers(100)
    assert result.returncode == OK, result.stderr
    assert set(load.answers) == {"DUNNO"} and load.lost == 0
    assert database.value("SELECT count(*) FROM policyd.login "
                          "WHERE account ~ '^u[0-9]+$'") == "0"


def test_clean_never_cuts_the_window(make_policyd, database):
    policyd = make_policyd({"store": {"retention": "1h"},
                            "limits": {"window": "24h", "countries": 1},
                            "actions": {"blocked": "REJECT blocked"}}).start()
    policyd.ask(JOE, address("DE"))
    database.age("20 h")
    assert policyd.cli("--clean").returncode in (OK, CONFIG)
    assert policyd.ask(JOE, address("AT")) == "REJECT blocked"


def test_explain_tells_of_a_domain_that_is_not_counted(start_policyd):
    policyd = start_policyd({"identity": {"domains": ["example.com"]}})
    result = policyd.cli("--explain", "joe@example.net", address("DE"))
    assert result.returncode == OK
    assert "identity.domains" in result.stdout
    assert "would be: none" in result.stdout
    result = policyd.cli("--explain", JOE, address("DE"))
    assert "identity.domains" not in result.stdout
    assert "would be: pass" in result.stdout
