"""test_status.py -- how the server is, as --status and systemd are told.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import re

from geoip import address
from stores import served, store  # noqa: F401
from test_process import NotifySocket
from waiting import until

JOE = "joe@example.com"
OK, WRONG = 0, 1


def status(policyd, **options):
    # What is of today is so by the zone of whoever asks.
    result = policyd.cli("--status", "--json", TZ="UTC", **options)
    return result.returncode, json.loads(result.stdout)


def wait_status(policyd, wanted, what):
    """Wait until it says so: what is told is some seconds old at most."""
    def ask():
        code, told = status(policyd)
        return wanted(told) and (code, told)
    return until(ask, what)


def test_all_is_well(served, today):
    policyd = served({"limits": {"countries": 1}})
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    assert policyd.ask(JOE, address("FR")).startswith("REJECT")
    code, told = wait_status(
        policyd, lambda told: told.get("today", {}).get("blocked") == 1 and
        told["server"].get("processes_up") == 3,
        "what was decided")
    # The GeoIP file of the tests is as old as its description says.
    assert set(told["wrong"]) <= {"geoip"}
    assert told["server"]["running"] and told["server"]["pid"] == policyd.pid
    assert told["server"]["processes"] == told["server"]["processes_up"] == 3
    assert told["today"]["passed"] >= 1 and told["today"]["errors"] == 0
    assert told["today"]["since"] == f"{today}T00:00:00Z"
    assert told["mode"] == "enforce"
    assert told["blocked"] == {"accounts": 1, "would": 0}
    assert told["store"]["answers"] and told["store"]["away_for"] == 0
    assert told["outbox"] == {"waiting": 0, "since": None}
    text = policyd.cli("--status").stdout
    assert len(text.splitlines()) <= 10
    assert re.search(r"^Server +3 of 3 processes are up; pid", text, re.M)
    assert "\033" not in text
    assert policyd.cli("--status").returncode == code


def test_no_file_is_too_old(start_policyd):
    policyd = start_policyd({"geoip": {"country": ""}})
    code, told = wait_status(policyd, lambda told: told["ok"], "no fault")
    assert code == OK and told["wrong"] == {}
    assert "all is well" in policyd.cli("--status").stdout


def test_no_server_runs(make_policyd):
    policyd = make_policyd({"geoip": {"country": ""}})
    code, told = status(policyd)
    assert code == WRONG and list(told["wrong"]) == ["server"]
    assert told["wrong"]["server"] == "none runs here"
    policyd.start()
    wait_status(policyd, lambda told: told["ok"], "no fault")
    policyd.stop()
    code, told = status(policyd)
    assert code == WRONG and not told["server"]["running"]
    assert "the last sign of one was" in told["wrong"]["server"]
    assert "WRONG: none runs here" in policyd.cli("--status").stdout


def test_today_is_of_all_servers(served, store, today):
    policyd = served({"geoip": {"country": ""}})
    policyd.ask(JOE)
    wait_status(policyd, lambda told: told["today"]["passed"] >= 1,
                "one that passed")
    before = status(policyd)[1]["today"]["passed"]
    assert status(policyd)[1]["today"]["since"] == f"{today}T00:00:00Z"
    now, state = (("now()", "'{}'") if store.kind == "postgresql" else
                  ("unixepoch() * 1000", "'{}'"))
    store.sql("INSERT INTO policyd.decisions (span, began, host, passed) "
              f"VALUES (60, {now}, 'other', 1000)")
    assert status(policyd)[1]["today"]["passed"] >= before + 1000
    store.sql("INSERT INTO policyd.host (host, version, seen, state) "
              f"VALUES ('other', '0.1', {now}, {state})")
    assert "other has version 0.1" in policyd.cli("--status").stdout
    # A process may still be on its way to the store.
    wait_status(policyd, lambda told: told["ok"], "no fault")
    ago = ("now() - interval '1 h'" if store.kind == "postgresql" else
           "unixepoch() * 1000 - 3600000")
    store.sql(f"UPDATE policyd.host SET seen = {ago} WHERE host = 'other'")
    code, told = status(policyd)
    assert code == WRONG and list(told["wrong"]) == ["hosts"]
    assert "other was last seen 60 min ago" in told["wrong"]["hosts"]


def test_a_changed_mode_waits_for_a_reload(start_policyd):
    policyd = start_policyd({"geoip": {"country": ""}})
    wait_status(policyd, lambda told: told["ok"], "no fault")
    policyd.write({"mode": "observe"})
    code, told = status(policyd)
    assert code == WRONG
    assert told["wrong"] == {"mode": "observe: nothing is refused, only told; "
                             "but the server goes by enforce: reload it"}
    policyd.reload()
    wait_status(policyd, lambda told: told["ok"], "observe")


def test_a_store_that_is_away(start_policyd, postgres):
    policyd = start_policyd({"geoip": {"country": ""},
                             "server": {"deadline": "1s"}})
    assert policyd.ask(JOE) == "DUNNO"
    wait_status(policyd, lambda told: told["ok"], "no fault")
    away = {"POLICYD_STORE_URL": "postgresql:///nowhere?host=/nonexistent"}
    code, told = status(policyd, **away)
    assert code == WRONG and not told["store"]["answers"]
    assert "does not answer" in told["wrong"]["store"]
    # Passwords are not told.
    away = {"POLICYD_STORE_URL":
            "postgresql://joe:secret@/nowhere?host=/nonexistent"}
    result = policyd.cli("--status", **away)
    assert "secret" not in result.stdout and "joe" in result.stdout


def test_a_geoip_file_that_is_missing(make_policyd, tmp_path):
    policyd = make_policyd({"geoip": {"country": str(tmp_path / "none")}})
    policyd.start()
    code, told = wait_status(policyd, lambda told: told["server"]["running"],
                             "a server")
    assert code == WRONG and "cannot be read" in told["wrong"]["geoip"]


def test_systemd_is_told_of_the_store(make_policyd):
    policyd = make_policyd({"mode": "observe",
                            "store": {"url": "postgresql:///nowhere"
                                      "?host=/nonexistent"}})
    systemd = NotifySocket(policyd.root)
    policyd.launch(NOTIFY_SOCKET=systemd.path)
    systemd.wait("STATUS=Generation 1: 3 of 3 processes are up; the STORE IS "
                 "AWAY; mode is observe")
    policyd.stop()
    systemd.sock.close()
