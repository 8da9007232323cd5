"""test_http_large.py -- long lists of custom settings disturb nobody.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import pathlib
import re
import time

import pytest

from http_api import Api, console_of
from meanwhile import Meanwhile
from policyd import IS_PLAIN, free_port
from proc import cpu_seconds

MOST, BODY_MOST = 100_000, 8 << 20


@pytest.fixture(params=["sqlite", "pgsql"])
def served(request, make_policyd):
    policyd = make_policyd({
        "http": {"listen": f"127.0.0.1:{free_port()}"},
        "log": {"decisions": "refused"}}, is_embedded=request.param == "sqlite")
    policyd.start()
    policyd.api = Api(policyd.config["http"]["listen"]).wait_ready()
    return policyd


def memory_kb(pid, what):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{what}:\s+(\d+) kB", text, re.MULTILINE)[1])


def large_body():
    entries = [{"sender": f"user{i:06}@example.com", "ips": i % 900 + 1,
                "countries": 3, "comment": "of old"} for i in range(MOST)]
    body = json.dumps({"data": entries}, separators=(",", ":")).encode()
    assert 7 << 20 < len(body) <= BODY_MOST
    return body


def test_a_list_as_long_as_may_be(served):
    """It is little work, takes little memory, and health is told of meanwhile,
    which the store is asked about, too."""
    body = large_body()
    console = console_of(served)
    memory, work = memory_kb(console, "VmRSS"), cpu_seconds(console)
    api = Api(served.api.listen)

    def is_well():
        assert api("GET", "/livez").status == 200
        assert api("GET", "/readyz").status == 200

    with Meanwhile(is_well, 0.005) as health:
        began = time.monotonic()
        answer = served.api("PUT", "/update", body)
        took = time.monotonic() - began
        told = len(health.took)
    grown = (memory_kb(console, "VmHWM") - memory) * 1024 / len(body)
    work = cpu_seconds(console) - work
    print(f"{took:.2f} s, {work:.2f} s of it work, memory {grown:.1f} times "
          f"the body, health told {told} times")
    assert answer.status == 202, answer
    # What SQLite takes to write it is in it.
    assert not IS_PLAIN or (work < 3 and grown < 10)
    # Had it waited for the list, it would have been told once or twice.
    assert told >= 5
    listed = served.api("GET", "/custom-settings").json()
    assert len(listed) == MOST and listed[-1]["sender"] == \
        "user099999@example.com"


@pytest.mark.parametrize("text", [
    b'{"data":[' + b",".join([b"{}"] * 2_600_000) + b"]}",
    b'{"x":[' + b",".join([b"{}"] * 2_600_000) + b"]}",
    b'{"data":[' + b"[" * 7_000_000 + b"]}",
    b'{"data":[{"trusted_ips":[' + b",".join([b"[]"] * 2_600_000) + b"]}]}",
], ids=["objects", "another key", "brackets", "one entry"])
def test_lists_that_would_take_much_memory(served, text):
    console = console_of(served)
    before = memory_kb(console, "VmRSS")
    assert served.api("PUT", "/update", text).status == 400
    grown = (memory_kb(console, "VmHWM") - before) * 1024
    assert not IS_PLAIN or grown < 10 * len(text)
    assert served.api("GET", "/custom-settings").json() == []


def test_a_list_that_is_too_long(served):
    body = b'{"data":[' + b" " * BODY_MOST + b"]}"
    assert served.api("PUT", "/update", body).status == 413
    many = json.dumps({"data": [{"sender": f"{i}"} for i in range(MOST + 1)]},
                      separators=(",", ":")).encode()
    answer = served.api("PUT", "/update", many)
    assert answer.status == 400 and "100000" in answer.json()["detail"]
