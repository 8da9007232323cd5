"""test_commands.py -- what an administrator does to many, and as whom.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import pwd

import pytest

import policyd as daemon
from geoip import address
from stores import served, store, table  # noqa: F401
from terminal import answer
from waiting import until

JOE, ANN, BEN = (f"{name}@example.com" for name in ("joe", "ann", "ben"))
EVE = "eve@example.org"
OK, NOT_FOUND, USAGE, TEMPORARY = 0, 1, 64, 75
ME = pwd.getpwuid(os.getuid()).pw_name


def block(policyd, *accounts):
    for account in accounts:
        assert policyd.cli("--block", account).returncode == OK


def blocked(policyd):
    result = policyd.cli("--list-blocked", "--json")
    assert result.returncode == OK, result.stderr
    return {entry["account"] for entry in json.loads(result.stdout)}


def audit(store):
    return store.sql("SELECT actor, action, subject FROM policyd.audit "
                     "ORDER BY id")


# --- unblock ---------------------------------------------------------------------

def test_unblocking_several(served, store):
    policyd = served()
    block(policyd, JOE, ANN, BEN)
    result = policyd.cli("--unblock", "JOE@example.com", ANN, EVE)
    assert result.returncode == OK, result.stderr
    assert result.stdout.splitlines() == [
        f"{JOE} is unblocked; its count starts afresh",
        f"{ANN} is unblocked; its count starts afresh",
        f"{EVE} is not blocked"]
    assert blocked(policyd) == {BEN}
    assert [ME, "unblock", JOE] in audit(store)
    result = policyd.cli("--unblock", JOE, ANN, "--json")
    assert result.returncode == NOT_FOUND
    assert json.loads(result.stdout) == [
        {"account": JOE, "result": "not blocked"},
        {"account": ANN, "result": "not blocked"}]


def test_unblocking_a_domain(served):
    policyd = served()
    block(policyd, JOE, ANN, EVE)
    assert policyd.cli("--unblock", "@Example.com").returncode == OK
    assert blocked(policyd) == {EVE}
    result = policyd.cli("--unblock", "@example.com")
    assert result.returncode == NOT_FOUND
    assert "nobody of those is blocked" in result.stdout


def test_names_do_not_reach_the_terminal_as_they_are(served):
    """A name is what somebody logged in with."""
    policyd = served()
    for name, shown in (("\x1b[31m@example.com", r"\x1b[31m@example.com"),
                        ("\x9b31m@example.com", r"\u009b31m@example.com")):
        for words in (["--block", name], ["--explain", name],
                      ["--override", name, "countries=1"],
                      ["--override", name, "--delete"],
                      ["--unblock", "@example.com"],
                      ["--forget", name]):
            result = policyd.cli(*words)
            assert result.returncode == OK, result.stderr
            assert shown in result.stdout
            assert name not in result.stdout


def test_unblocking_those_of_late(served, store):
    policyd = served()
    block(policyd, JOE, BEN)
    store.age(1)
    block(policyd, ANN, EVE)
    result = policyd.cli("--unblock", "@example.com", "--since", "1h")
    assert result.returncode == OK
    assert ANN in result.stdout and JOE not in result.stdout
    assert policyd.cli("--unblock", "--since", "1h").returncode == OK
    # The older blocks were for a day.
    assert EVE not in blocked(policyd)
    assert policyd.cli("--unblock", "--since", "2d").returncode == NOT_FOUND


def test_many_are_asked_about(served):
    policyd = served()
    block(policyd, *(f"user{n}@example.com" for n in range(11)))
    assert answer(policyd, b"n\n", "--unblock", "@example.com")[0] == \
        NOT_FOUND
    assert len(blocked(policyd)) == 11
    assert answer(policyd, b"y\n", "--unblock", "@example.com")[0] == OK
    assert blocked(policyd) == set()
    block(policyd, *(f"user{n}@example.com" for n in range(11)))
    assert answer(policyd, b"", "--unblock", "@example.com",
                  "--yes")[0] == OK
    assert blocked(policyd) == set()


def test_blocking_where_all_pass(served):
    policyd = served({"mode": "observe"})
    result = policyd.cli("--block", JOE)
    assert "its mail passes all the same" in result.stdout
    assert policyd.ask(JOE, address("DE")) == "DUNNO"


# --- overrides -------------------------------------------------------------------

def overrides(policyd):
    result = policyd.cli("--list-overrides", "--json")
    assert result.returncode == OK, result.stderr
    return {entry["account"]: entry for entry in json.loads(result.stdout)}


def test_an_override_holds_at_once(served, store):
    policyd = served({"limits": {"countries": 1}})
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    result = policyd.cli("--override", "Joe@example.com", "countries=3",
                         "--for", "2w", "--comment", "travels")
    assert result.returncode == OK, result.stderr
    assert result.stdout.startswith(f"{JOE}: countries=3, until 20")
    for country in ("AT", "CH"):
        assert policyd.ask(JOE, address(country)) == "DUNNO"
    assert policyd.ask(JOE, address("FR")).startswith("REJECT")
    assert [ME, "put override", JOE] in audit(store) or \
        any(actor == ME and subject == JOE
            for actor, _, subject in audit(store))


def test_changes_are_laid_over_what_is_there(served):
    policyd = served()
    for change in (["countries=5", "home.countries=de,AT"],
                   ["networks=unlimited", "rates=100/1h,500/1d"],
                   ["only_networks=192.0.2.0/24,2001:db8::/32"],
                   ["new_places.quota.hour=10", "bursts.day.factor=2.5"],
                   ["countries=", "--comment", "was five"]):
        result = policyd.cli("--override", JOE, *change)
        assert result.returncode == OK, result.stderr
    entry = overrides(policyd)[JOE]
    assert entry["countries"] is None and entry["networks"] == "unlimited"
    assert entry["home"]["countries"] == ["DE", "AT"]
    assert entry["rates"] == [{"mails": 100, "per": 3600},
                              {"mails": 500, "per": 86400}]
    assert entry["only_networks"] == ["192.0.2.0/24", "2001:db8::/32"]
    assert entry["comment"] == "was five" and entry["author"] == ME
    assert entry["valid_until"] is None
    row, = table(policyd.cli("--list-overrides").stdout)
    assert row == [JOE, "networks=unlimited home.countries=DE,AT "
                   "only_networks=192.0.2.0/24,2001:db8::/32 "
                   "rates=100/3600s,500/86400s new_places.quota.hour=10 "
                   "bursts.day.factor=2.5", "-", ME, "was five"]
    # What is shown can be said again.
    assert policyd.cli("--override", ANN, *row[1].split()).returncode == OK
    assert overrides(policyd)[ANN]["rates"] == entry["rates"]


def test_those_of_the_configuration_are_listed_too(served):
    policyd = served({"overrides": [{"account": "@example.org",
                                     "countries": 9, "comment": "ours"}]})
    policyd.cli("--override", JOE, "countries=2")
    rows = table(policyd.cli("--list-overrides").stdout)
    assert rows[0] == ["@example.org", "countries=9", "-",
                       str(policyd.path), "ours"]
    assert rows[1][:2] == [JOE, "countries=2"]


def test_an_override_is_deleted(served, store):
    policyd = served({"limits": {"countries": 1}})
    policyd.cli("--override", JOE, "countries=9")
    result = policyd.cli("--override", JOE, "--delete")
    assert result.returncode == OK
    assert "general limits again" in result.stdout
    assert overrides(policyd) == {}
    assert policyd.cli("--override", JOE, "--delete").returncode == NOT_FOUND
    assert sum(subject == JOE for _, _, subject in audit(store)) == 2


@pytest.mark.parametrize("arguments, said", [
    ([JOE], "KEY=VALUE"),
    ([JOE, "--delete", "countries=1"], "--delete alone"),
    ([JOE, "countries"], "is not KEY=VALUE"),
    ([JOE, "limits=3"], "one of the keys"),
    ([JOE, "countries=many"], "countries: allowed is a number"),
    ([JOE, "only_countries=D"], "country codes"),
    ([JOE, "only_networks=10.0.0"], "addresses and networks"),
    ([JOE, "rates=100"], "rates=100/1h"),
    ([JOE, "new_places.deferrals=8"],
     "new_places.deferrals: allowed is a number from 1 to 7, or unlimited"),
    ([JOE, "new_places.quota=8"], "one of the keys"),
    ([JOE, "countries=1", "--for", "soon"], "--for wants a duration"),
    (["@", "countries=1"], "is a domain without a name"),
    ([JOE, "countries=1", "--since", "1h"], "--since goes with"),
])
def test_what_is_no_override(served, arguments, said):
    policyd = served()
    result = policyd.cli("--override", *arguments)
    assert result.returncode == USAGE, result.stdout
    assert said in result.stderr
    assert overrides(policyd) == {}


# --- as whom ---------------------------------------------------------------------

@pytest.mark.skipif(not daemon.IS_ROOT, reason="not root")
def test_commands_of_root_come_from_the_user_of_the_server(
        make_policyd, postgres, empty_database):
    """A database that lets nobody in but that user, by his name."""
    database = empty_database
    rules = postgres.data / "pg_hba.conf"
    rules.write_text(f"local {database.name} postgres trust\n"
                     f"local {database.name} all peer\n" + rules.read_text())
    postgres.sql(f"CREATE ROLE {daemon.USER} LOGIN")
    postgres.sql(f"GRANT ALL ON DATABASE {database.name} TO {daemon.USER}")
    postgres.sql("SELECT pg_reload_conf()")
    policyd = make_policyd({"store": {
        "url": f"postgresql:///{database.name}?host={postgres.sockets}"}})
    # As the rules above want it.
    until(lambda: policyd.cli("--init-store").returncode == OK,
          "the database to let it in")
    policyd.start()
    for command in (["--block", JOE], ["--list-blocked"],
                    ["--explain", JOE], ["--unblock", JOE], ["--stats"],
                    ["--override", JOE, "countries=5"], ["--clean"],
                    ["--list-overrides"]):
        result = policyd.cli(*command)
        assert result.returncode == OK, result.stderr
        assert 'role "root"' not in result.stderr
    assert database.value("SELECT string_agg(DISTINCT actor, ',') "
                          "FROM policyd.audit") == "root"


@pytest.mark.skipif(not daemon.IS_ROOT, reason="not root")
def test_files_of_the_embedded_store_are_the_servers(make_policyd, tmp_path):
    folder = tmp_path / "store"
    folder.mkdir()
    tmp_path.chmod(0o755)
    os.chown(folder, pwd.getpwnam(daemon.USER).pw_uid, -1)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == 0 and str(parent).count("/") > 1:
            parent.chmod(parent.stat().st_mode | 0o111)
    policyd = make_policyd({"store": {"url": f"sqlite:{folder}/db"}})
    for command in (["--init-store"], ["--block", JOE], ["--unblock", JOE]):
        assert policyd.cli(*command).returncode == OK
    owners = {path.owner() for path in folder.iterdir()}
    assert owners == {daemon.USER}
    policyd.start()
    assert policyd.ask(JOE) == "DUNNO"
