"""test_log.py -- one line a decision, whatever the client sent.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import re

import pytest

from geoip import address
from policyd import fields

JOE = "joe@example.com"
BLOCKED = {"limits": {"countries": 1},
           "actions": {"blocked": "REJECT blocked"}}


def test_what_a_decision_tells(start_policyd):
    policyd = start_policyd(BLOCKED)
    policyd.ask(JOE, address("DE"), instance="abc.1", queue_id="4XyZ")
    policyd.ask(JOE, address("AT"), instance="abc.2")
    passed, refused = policyd.decisions(2, account=JOE)
    assert passed["client"] == address("DE")
    assert passed["country"] == "DE"
    assert (passed["countries"], passed["countries_limit"]) == ("1", "1")
    assert (passed["networks"], passed["networks_limit"]) == ("1", "10")
    assert passed["verdict"] == "pass"
    assert passed["action"] == "DUNNO"
    assert passed["instance"] == "abc.1"
    assert passed["queue_id"] == "4XyZ"
    assert float(passed["ms"]) >= 0
    assert refused["verdict"] == "blocked"
    assert refused["action"] == "REJECT blocked"
    assert "queue_id" not in refused


def test_decisions_as_json(start_policyd):
    policyd = start_policyd({**BLOCKED, "log": {"format": "json"}})
    hostile = "a\"b\\c\x01\x7f\u2028{}@example.com"
    policyd.ask(hostile, address("DE"))
    policyd.ask(JOE, address("DE"))
    policyd.wait_log(JOE)
    lines = [json.loads(line) for line in policyd.log().split("\n")[:-1]]
    accounts = [line.get("account") for line in lines]
    assert accounts.count(JOE) == 1
    decision = lines[accounts.index(JOE)]
    assert decision["country"] == "DE"
    assert decision["verdict"] == "pass"
    assert isinstance(decision["ms"], (int, float))


def test_reload_takes_the_new_log(start_policyd):
    policyd = start_policyd({"log": {"decisions": "refused"}})
    policyd.write({"log": {"format": "json", "decisions": "all"}})
    policyd.reload()
    policyd.forget_log()
    policyd.ask(JOE, address("DE"))
    policyd.wait_log(JOE)
    decision = json.loads(policyd.log().split("\n")[0])
    assert (decision["account"], decision["level"]) == (JOE, "info")
    policyd.write({"log": {"level": "error"}})
    policyd.reload()
    policyd.forget_log()
    policyd.ask(JOE, address("DE"))
    policyd.write({"log": {"level": "info"}})
    policyd.reload()
    policyd.ask(JOE, address("AT"))
    policyd.wait_log("AT")
    assert '"country":"DE"' not in policyd.log()


HOSTILE = [
    "a\rdecision account=admin@example.com verdict=pass",
    "\x1b[2J\x1b]0;title\x07@example.com",
    "\\n\\x00\"quoted\" 'single' `tick` $(id) %s%n%d",
    "\x00".join("x" * 5).replace("\x00", "\x01"),
    "x" * 60000,
    "\udcff\udcfe\udc80@example.com",
    "\u202egnp.exe\u2066@example.com",
    "a=b verdict=pass action=DUNNO",
]


@pytest.mark.parametrize("form", ["text", "json"])
def test_one_line_a_decision_whatever_the_bytes(start_policyd, form):
    policyd = start_policyd({"log": {"format": form}})
    policyd.ask(JOE, address("DE"))
    policyd.wait_log(JOE)
    policyd.forget_log()
    for value in HOSTILE:
        for name in ("account", "helo_name", "sender", "instance",
                     "queue_id", "recipient"):
            if name == "account":
                # Longer ones are nobody's.
                policyd.ask(value[:300], address("DE"))
            else:
                policyd.ask(JOE, address("DE"), **{name: value})
    policyd.ask("last@example.com", address("DE"))
    policyd.wait_log("last@example.com")
    lines = policyd.log_path.read_bytes().decode("utf-8", "replace")
    lines = lines[len(lines) - len(policyd.log()):].splitlines()
    decisions = [line for line in policyd.log().split("\n")
                 if "decision" in line.split("account")[0]]
    assert len(decisions) == 6 * len(HOSTILE) + 1
    for byte in policyd.log_path.read_bytes():
        assert (byte >= 0x20 or byte == 0x0a) and byte != 0x7f
    assert max(map(len, lines)) < 4096


def test_only_refusals_if_asked_to(start_policyd):
    policyd = start_policyd({**BLOCKED, "log": {"decisions": "refused"}})
    policyd.ask(JOE, address("DE"))
    policyd.ask(JOE, address("AT"))
    policyd.wait_log("verdict=blocked")
    assert "verdict=pass" not in policyd.log()


def test_a_block_is_logged_as_what_it_is(start_policyd):
    policyd = start_policyd(BLOCKED)
    policyd.ask(JOE, address("DE"))
    policyd.ask(JOE, address("AT"))
    policyd.ask(JOE, address("AT"))
    first, second = policyd.decisions(2, verdict="blocked")
    assert first["blocked"] == "now"
    assert first["countries"] == "2"
    assert first["reason"] == second["reason"] == \
        "2 countries within 24h, 1 allowed"
    assert "blocked" not in second


def test_errors_say_why(start_policyd):
    policyd = start_policyd({
        "store": {"url": "postgresql:///x?host=/nowhere"},
        "actions": {"error": "DEFER"}})
    assert policyd.ask(JOE, address("DE")) == "DEFER"
    decision = policyd.decisions(1, verdict="error")[0]
    assert decision["account"] == JOE
    assert "/nowhere" in policyd.log()


def test_a_reader_that_stalls_does_not_stop_the_daemon(make_policyd):
    """stderr is a pipe that nobody reads."""
    import os
    policyd = make_policyd()
    reader, writer = os.pipe()
    policyd.launch(wrapper=["bash", "-c", f'exec "$@" 2>&{writer}', "bash"],
                   pass_fds=[writer])
    os.close(writer)
    try:
        policyd.wait_ready()
        with policyd.client() as client:
            for _ in range(3000):
                assert client.ask(JOE, address("DE")) == "DUNNO"
    finally:
        os.set_blocking(reader, False)
        seen = os.read(reader, 1 << 20).decode()
        os.close(reader)
    assert re.search("decision ", seen)
    assert fields(seen.splitlines()[-2])
