"""test_listing.py -- lists as programs read them, and as people see them.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import re

from geoip import address
from stores import served, store, table  # noqa: F401
from terminal import show

JOE, ANN, BEN = (f"{name}@example.com" for name in ("joe", "ann", "ben"))
EVE = "eve@example.org"
OK, USAGE = 0, 64


def listed(policyd, *arguments):
    """The accounts of a list, which is the same as a table and as JSON."""
    result = policyd.cli("--list-blocked", *arguments)
    assert result.returncode == OK, result.stderr
    rows = [row[0] for row in table(result.stdout) if len(row) > 1]
    told = json.loads(policyd.cli("--list-blocked", "--json",
                                  *arguments).stdout)
    assert [entry["account"] for entry in told] == rows
    return rows


def block(policyd, *accounts):
    for account in accounts:
        result = policyd.cli("--block", account, "--for", "30d")
        assert result.returncode == OK, result.stderr


def test_the_newest_first(served, store):
    policyd = served()
    block(policyd, ANN)
    store.age(3)
    block(policyd, EVE, JOE)
    store.age(1)
    block(policyd, BEN)
    assert listed(policyd) == [BEN, JOE, EVE, ANN]
    assert listed(policyd, "--rows", "2") == [BEN, JOE]
    assert policyd.cli("--list-blocked", "--rows", "3").stdout.endswith(
        "and 1 more\n")
    assert listed(policyd, "--since", "2d") == [BEN, JOE, EVE]
    assert listed(policyd, "@Example.com") == [BEN, JOE, ANN]
    assert listed(policyd, "@example.com", "--since", "2h") == [BEN]
    assert listed(policyd, "ANN@example.com", EVE) == [EVE, ANN]
    assert listed(policyd, "nobody@example.com") == []
    result = policyd.cli("--list-blocked", "--since", "yesterday")
    assert result.returncode == USAGE and "--since wants a duration" in \
        result.stderr


def test_no_terminal_no_ornament(served, store):
    policyd = served()
    long = "a-rather-long-name-of-an-account-" + "x" * 100 + "@example.com"
    policyd.cli("--block", long, "--reason", "because of " + "y" * 100)
    text = policyd.cli("--list-blocked", NO_COLOR="").stdout
    assert long in text and "y" * 100 in text and "\033" not in text
    assert re.search(r" 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ ", text)


def test_a_terminal_is_not_exceeded(served, store):
    policyd = served()
    name = "an-account-of-some-length" + "x" * 60 + "@example.com"
    policyd.cli("--block", name, "--for", "30d", "--reason",
                "because of " + "ö" * 50)
    block(policyd, JOE)
    store.age(5)
    block(policyd, ANN)
    for width in (66, 80, 120):
        lines = show(policyd, "--list-blocked", width=width, NO_COLOR="1")
        assert max(map(len, lines)) <= width, lines
        assert any("…" in line for line in lines)
        assert not any("\033" in line for line in lines)
    ann, *others = lines[1:]
    assert re.match(r"ann@example.com +(now|\d+ (s|min) ago) +in 29 days ", ann)
    assert all(re.search(r"  5 days ago +in \d+ days ", line)
               for line in others)
    lines = show(policyd, "--list-blocked", width=80, LANG="C")
    assert any("~" in line for line in lines)
    assert lines[0].startswith("\033[1m") and "ACCOUNT" in lines[0]
    lines = show(policyd, "--list-blocked", width=300)
    assert any(name in line and "ö" * 50 in line for line in lines)
    lines = show(policyd, "--list-blocked", TERM="dumb")
    assert "\033" not in "".join(lines)


def test_the_local_time_zone(served, store):
    policyd = served({"limits": {"countries": 1}})
    block(policyd, JOE)
    began = json.loads(policyd.cli("--list-blocked", "--json").stdout)[0][
        "began"]
    hour = int(began[11:13])
    for zone, hours in (("UTC", 0), ("<+05>-5", 5)):
        line = next(line for line in show(policyd, "--explain", JOE, TZ=zone)
                    if line.startswith("State"))
        assert f" {(hour + hours) % 24:02}:" in line, line
        assert ("UTC" if hours == 0 else "+05") in line


def test_shares_are_drawn(served, store):
    policyd = served({"mode": "observe"})
    for account, countries in ((JOE, "DE FR IT AT"), (ANN, "DE FR"),
                               (BEN, "DE")):
        for country in countries.split():
            policyd.ask(account, address(country))
    lines = show(policyd, "--stats", "accounts-by-countries", width=100)
    bars = [re.search("█*[▉-▏]?$", line).group() for line in lines[1:4]]
    assert bars[0].count("█") == 20
    assert bars[1].count("█") == 10 and bars[2].count("█") == 5
    assert max(map(len, lines)) <= 100
    assert "█" not in "".join(show(policyd, "--stats", "logins"))
    plain = policyd.cli("--stats", "accounts-by-countries", LANG="C.UTF-8")
    assert "█" not in plain.stdout
    lines = show(policyd, "--what-if", "limits.countries=1", LANG="C")
    assert "what if        2 of 3 (66.7 %)  " + 20 * "#" in lines
    assert "as it is       1 of 3 (33.3 %)  " + 10 * "#" in lines
    assert "#" not in policyd.cli("--what-if", "limits.countries=1").stdout
