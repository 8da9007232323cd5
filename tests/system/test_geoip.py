"""test_geoip.py -- GeoIP files of every layout, replaced while serving.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import re
import shutil
import signal

import pytest

import policyd as daemon
from geoip import COUNTRIES, REGISTERED_ONLY, UNKNOWN, address, address6
from load import Load
from waiting import PATIENCE, until

JOE = "joe@example.com"
WHERE = {"actions": {"ok": "PREPEND X-Country: [${country}]"},
         "limits": {"countries": 1000, "networks": 1000}}


def country(policyd, client):
    answer = policyd.ask(JOE, client)
    assert answer.startswith("PREPEND X-Country: ["), answer
    return answer[len("PREPEND X-Country: ["):-1]


@pytest.fixture
def serve(make_policyd, geoip):
    """A daemon with a GeoIP file of its own to play with."""
    def start(name="country.mmdb", config=None):
        policyd = make_policyd(daemon.merge(WHERE, config or {}))
        policyd.mmdb = policyd.root / "geo.mmdb"
        shutil.copy(geoip / name, policyd.mmdb)
        policyd.write({"geoip": {"country": str(policyd.mmdb)}})
        return policyd.start()
    return start


def replace(policyd, content):
    """Put a new file in the place of the old, as geoipupdate does."""
    new = policyd.mmdb.with_suffix(".new")
    new.write_bytes(content)
    new.chmod(0o644)
    new.rename(policyd.mmdb)


@pytest.mark.parametrize("name", [
    "country.mmdb", "city.mmdb", "flat.mmdb", "lite.mmdb", "info.mmdb"])
def test_layouts(serve, name):
    policyd = serve(name)
    for code in COUNTRIES:
        assert country(policyd, address(code)) == code
        assert country(policyd, address6(code)) == code
    assert country(policyd, "::ffff:" + address("IT")) == "IT"
    assert country(policyd, UNKNOWN) == ""


def test_the_registered_country_serves_where_there_is_no_other(serve):
    policyd = serve()
    assert country(policyd, REGISTERED_ONLY) == "SE"
    assert country(policyd, "2001:db8:100::1") == "SE"


def test_ipv6_in_a_file_for_ipv4_alone_has_no_country(serve):
    policyd = serve("ipv4.mmdb")
    assert country(policyd, address6("DE")) == ""
    assert country(policyd, address("DE")) == "DE"


def test_a_file_replaced_by_rename_is_taken_by_itself(serve, geoip):
    policyd = serve(config={"geoip": {"reload": "1s"}})
    assert country(policyd, address("DE")) == "DE"
    replace(policyd, (geoip / "country-v2.mmdb").read_bytes())
    until(lambda: country(policyd, address("DE")) == "AT", "the newer file")


def test_usr2_takes_a_new_file_at_once(serve, geoip):
    policyd = serve(config={"geoip": {"reload": "1d"}})
    with Load(policyd) as load:
        replace(policyd, (geoip / "country-v2.mmdb").read_bytes())
        assert country(policyd, address("DE")) == "DE"
        policyd.signal(signal.SIGUSR2)
        load.wait_answers(50, "PREPEND X-Country: [AT]")
    assert load.lost == 0


def test_a_file_overwritten_in_place_misleads_nobody(serve, geoip):
    """Written in small pieces, back and forth, under load."""
    policyd = serve(config={"geoip": {"reload": "1s"}})
    workers = policyd.workers()
    versions = [(geoip / name).read_bytes()
                for name in ("country-v2.mmdb", "country.mmdb")]
    with Load(policyd) as load:
        for turn in range(6):
            with open(policyd.mmdb, "r+b", buffering=0) as file:
                file.truncate(0)
                for at in range(0, len(versions[turn % 2]), 500):
                    file.write(versions[turn % 2][at:at + 500])
                    load.wait_answers(20)
    assert set(load.answers) <= {"PREPEND X-Country: [DE]",
                                 "PREPEND X-Country: [AT]"}
    assert load.lost == 0
    # Nobody crashed: who is gone was retired.
    assert "signal" not in policyd.log()
    assert workers
    until(lambda: country(policyd, address("DE")) == "DE", "the last file")


BROKEN = {
    "empty": lambda good: b"",
    "cut short": lambda good: good[:len(good) // 2],
    "without its end": lambda good: good[:-20],
    "half written": lambda good: good[:len(good) // 2] +
    bytes(len(good) // 2),
    "garbage": lambda good: os.urandom(len(good)),
    "a text": lambda good: b"<html>404 Not Found</html>\n" * 100,
    "its data overwritten": lambda good: good[:len(good) // 4] +
    b"\xff" * (len(good) // 2) + good[3 * len(good) // 4:],
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_file_is_refused_and_the_old_one_kept(serve, geoip, how):
    policyd = serve(config={"geoip": {"reload": "1d"}})
    good = (geoip / "country-v2.mmdb").read_bytes()
    replace(policyd, BROKEN[how](good))
    policyd.forget_log()
    policyd.signal(signal.SIGUSR2)
    policyd.wait_log(r"geo\.mmdb")
    assert country(policyd, address("DE")) == "DE"
    assert country(policyd, address6("ZA")) == "ZA"
    replace(policyd, good)
    policyd.signal(signal.SIGUSR2)
    until(lambda: country(policyd, address("DE")) == "AT", "the good file")


def test_a_file_that_is_gone_is_not_missed(serve):
    policyd = serve(config={"geoip": {"reload": "1d"}})
    policyd.mmdb.unlink()
    policyd.signal(signal.SIGUSR2)
    policyd.wait_log(r"geo\.mmdb")
    assert country(policyd, address("DE")) == "DE"


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000])
def test_a_file_that_cannot_be_used_at_start(make_policyd, content):
    policyd = make_policyd()
    mmdb = policyd.root / "geo.mmdb"
    mmdb.write_bytes(content)
    policyd.write({"geoip": {"country": str(mmdb)}})
    policyd.launch()
    assert policyd.process.wait(60 * PATIENCE) == 78
    assert "geo.mmdb" in policyd.log()
    assert "an MMDB file" in policyd.log()


def test_a_file_missing_at_start_is_taken_when_it_comes(make_policyd, geoip):
    policyd = make_policyd(WHERE)
    policyd.mmdb = policyd.root / "geo.mmdb"
    policyd.write({"geoip": {"country": str(policyd.mmdb), "reload": "1s"}})
    assert policyd.cli("--check-config").returncode == 78
    policyd.start()
    assert re.search(r"error: geoip\.country: .*geo\.mmdb does not exist",
                     policyd.log())
    assert country(policyd, address("DE")) == ""
    # A reload does not fail for it, unless another is named.
    policyd.reload()
    assert country(policyd, address("DE")) == ""
    replace(policyd, (geoip / "country.mmdb").read_bytes())
    until(lambda: country(policyd, address("DE")) == "DE", "the file")
    policyd.write({"geoip": {"country": str(policyd.root / "none.mmdb")}})
    policyd.forget_log()
    policyd.signal(signal.SIGHUP)
    policyd.wait_log("not reloaded")
    assert country(policyd, address("DE")) == "DE"


# --- autonomous systems, coordinates -----------------------------------------

@pytest.mark.parametrize("name", ["asn.mmdb", "lite.mmdb", "info-asn.mmdb"])
def test_whose_network_it_is_is_told(make_policyd, geoip, name):
    policyd = make_policyd({
        "actions": {"ok": "PREPEND X: [${country} ${asn} ${as_name}]"},
        "geoip": {"country": str(geoip / "country.mmdb"),
                  "asn": str(geoip / name)}}).start()
    assert policyd.ask(JOE, address("CH")) == "PREPEND X: [CH AS64498 Example 2]"
    assert policyd.ask(JOE, address6("CH")) == \
        "PREPEND X: [CH AS64498 Example 2]"
    assert policyd.ask(JOE, UNKNOWN) == "PREPEND X: [  ]"
    policyd.wait_log(r"country=CH asn=64498 ")
    shown = policyd.cli("--explain", JOE, address("CH")).stdout
    assert "(CH, AS64498 Example 2, " in shown
    assert re.search(r"^NETWORK +COUNTRY +SYSTEM ", shown, re.MULTILINE)
    assert re.search(rf"^{re.escape(address('CH'))} +CH +AS64498 ", shown,
                     re.MULTILINE), shown
    assert re.search(rf"^{re.escape(UNKNOWN)} +- +- ", shown, re.MULTILINE)
    told = json.loads(policyd.cli("--explain", JOE, address("CH"),
                                  "--json").stdout)
    assert (told["login"]["asn"], told["login"]["as_name"]) == (
        64498, "Example 2")
    assert {each["network"]: each["asn"] for each in told["logins"]}[
        address("CH")] == 64498


def test_the_asn_is_a_number_in_json(make_policyd, geoip):
    policyd = make_policyd({
        "log": {"format": "json"},
        "geoip": {"country": "", "asn": str(geoip / "asn.mmdb")}}).start()
    policyd.ask(JOE, address("CH"))
    policyd.wait_log(r'"asn": ?64498\b')


def test_each_file_is_taken_anew_by_itself(make_policyd, geoip):
    policyd = make_policyd({
        "actions": {"ok": "PREPEND X: [${country} ${asn}]"}})
    policyd.mmdb = policyd.root / "asn.mmdb"
    shutil.copy(geoip / "asn.mmdb", policyd.mmdb)
    policyd.write({"geoip": {"country": str(geoip / "country.mmdb"),
                             "asn": str(policyd.mmdb), "reload": "1s"}})
    policyd.start()
    assert policyd.ask(JOE, address("DE")) == "PREPEND X: [DE AS64496]"
    policyd.forget_log()
    replace(policyd, b"broken")
    policyd.wait_log(r"geoip\.asn: .*asn\.mmdb")
    assert policyd.ask(JOE, address("DE")) == "PREPEND X: [DE AS64496]"
    replace(policyd, (geoip / "asn-v2.mmdb").read_bytes())
    until(lambda: policyd.ask(JOE, address("DE")) ==
          "PREPEND X: [DE AS64497]", "the newer file")


def test_the_country_of_a_city_file_stands_in(make_policyd, geoip):
    policyd = make_policyd(daemon.merge(WHERE, {"geoip": {
        "country": "", "city": str(geoip / "flat-city.mmdb")}})).start()
    assert country(policyd, address("CH")) == "CH"
