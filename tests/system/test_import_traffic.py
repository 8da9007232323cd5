"""test_import_traffic.py -- what is imported stops what it stopped before.

SPDX-License-Identifier: GPL-3.0-or-later

The sample of each program becomes the configuration of a daemon, but for the
places that are this test's own.
"""
import pathlib

import pytest
import yaml

import policyd as daemon
from geoip import address

FILES = pathlib.Path(__file__).parent / "import"
JOE, ANN = "joe@example.com", "ann@example.com"


@pytest.fixture
def imported(start_policyd):
    """A function that starts a daemon with what an import prints."""
    def start(program, *names):
        config = {}
        for name in names:
            result = daemon.run("--import-config", program, FILES / name)
            assert result.returncode == 0, result.stderr
            read = yaml.safe_load(result.stdout)
            # Where things are; nobody is written to, none is asked.
            for key in ("listen", "store", "geoip", "http", "smtp", "ldap",
                        "notify", "log"):
                read.pop(key, None)
            # "duration: 0s" is a text to YAML 1.1, as it is to us.
            config = daemon.merge(config, read)
        return start_policyd(config)
    return start


def from_all(policyd, account, countries):
    """The answers to a mail from each country."""
    return [policyd.ask(account, address(country)) for country in countries]


def test_geoip_policyd(imported):
    policyd = imported("geoip-policyd", "geoip-policyd.default")
    assert from_all(policyd, JOE, ["CH", "FR", "CH"]) == ["DUNNO"] * 3
    assert policyd.ask(JOE, address("IT")).startswith("REJECT")
    # At home an account may move more.
    assert from_all(policyd, ANN, ["DE", "AT", "CH", "FR"]) == ["DUNNO"] * 4
    # Five addresses abroad, and those that are ignored.
    tom = "tom@example.com"
    for number in range(5):
        assert policyd.ask(tom, address("CH", number)) == "DUNNO"
    assert policyd.ask(tom, address("CH", 14)) == "DUNNO"
    assert policyd.ask(tom, address("CH", 5)).startswith("REJECT")


def test_geoip_policyd_with_custom_settings(imported):
    policyd = imported("geoip-policyd", "geoip-policyd.service",
                       "geoip-policyd.json")
    # The boss may travel, the office is in Germany.
    assert from_all(policyd, "boss@example.com", ["DE", "AT", "CH", "FR"]) \
        == ["DUNNO"] * 4
    office = "office@example.com"
    assert policyd.ask(office, "192.0.2.1") == "DUNNO"
    assert policyd.ask(office, address("CH")).startswith("REJECT")


def test_pcc(imported):
    policyd = imported("pcc", "pcc-hold.conf")
    held = "HOLD Too many countries. Please call us"
    assert from_all(policyd, JOE, ["DE", "AT", "PL", "CH"]) == [
        "DUNNO", "DUNNO", "DUNNO", held]
    assert policyd.ask(JOE, address("DE")) == held
    assert from_all(policyd, "boss@example.com", ["DE", "AT", "CH", "FR"]) \
        == ["DUNNO"] * 4
    # AT and CH by addresses on the white list.
    assert policyd.ask(ANN, address("DE")) == "DUNNO"
    assert policyd.ask(ANN, "198.51.100.1") == "DUNNO"
    assert policyd.ask(ANN, "198.51.100.33") == "DUNNO"
    assert policyd.ask(ANN, address("AT")) == "DUNNO"
    # Whose domain is not named is not looked at.
    assert from_all(policyd, "eve@example.net", ["DE", "AT", "CH", "FR"]) \
        == ["DUNNO"] * 4


def data(policyd, account, recipients):
    return policyd.ask(account, protocol_state="DATA",
                       recipient_count=str(recipients))


def test_policyd_rate_limit(imported):
    policyd = imported("policyd-rate-limit", "policyd-rate-limit-1.2.yaml")
    over = "defer_if_permit Rate limit reached, retry later"
    # Asked at DATA, it counts recipients there, and only there.
    assert policyd.ask(JOE) == "dunno"
    assert data(policyd, JOE, 9) == "dunno"
    assert data(policyd, JOE, 2) == over
    assert data(policyd, JOE, 1) == "dunno"
    assert data(policyd, JOE, 1) == over
    assert data(policyd, ANN, 10) == "dunno"
    assert data(policyd, "free@example.com", 500) == "dunno"
    shop = "shop@example.com"
    assert data(policyd, shop, 1000) == "dunno"
    assert data(policyd, shop, 1) == over
    # Places were no matter there.
    assert from_all(policyd, ANN, ["DE", "AT", "CH", "FR"]) == ["dunno"] * 4


def test_the_plugin_of_postfwd(imported):
    policyd = imported("anti-spam", "anti-spam-2.conf")
    five = ["DE", "AT", "CH", "FR", "IT"]
    assert from_all(policyd, JOE, five) == ["DUNNO"] * 5
    assert policyd.ask(JOE, address("ES")).startswith("REJECT")
    # It refused, and blocked nobody.
    assert policyd.cli("--list-blocked").stdout.count(JOE) == 0
    for number in range(20):
        assert policyd.ask(ANN, address("DE", number % 14) if number < 14
                           else address("AT", number - 14)) == "DUNNO"
    assert policyd.ask(ANN, address("DE", 14)) == "DUNNO"  # on the white list
    assert policyd.ask(ANN, address("AT", 13)).startswith("REJECT")
