"""test_host_clock.py -- a host whose clock is ahead of the store's.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json

import pytest

import policyd as daemon
from clocks import clock  # noqa: F401
from geoip import address
from http_api import Api
from policyd import free_port
from stores import served, store  # noqa: F401
from test_clean import SURE, clean, counts

JOE = "joe@example.com"


@pytest.fixture
def ahead(clock):  # noqa: F811
    """The environment of programs on a host that is a month ahead."""
    clock.set(31 * 86400)
    yield clock.environment()
    clock.set(0)


def test_a_block_is_explained_by_the_stores_clock(start_policyd, ahead):
    policyd = start_policyd()
    assert policyd.cli("--block", JOE, "--for", "1h").returncode == 0
    for env in ({}, ahead):
        text = policyd.cli("--explain", JOE, address("DE"), **env).stdout
        assert "State      BLOCKED since" in text
        assert "would be: blocked" in text
        told = json.loads(policyd.cli("--explain", JOE, "--json", **env)
                          .stdout)
        assert told["blocked"]


@pytest.mark.skipif(bool(daemon.WRAPPER), reason="it would be ahead, too")
def test_a_block_is_shown_by_the_stores_clock(make_policyd, ahead):
    policyd = make_policyd({"http": {"listen": f"127.0.0.1:{free_port()}"}})
    policyd.start(**ahead)
    api = Api(policyd.config["http"]["listen"]).wait_ready()
    assert policyd.cli("--block", JOE, "--for", "1h").returncode == 0
    shown = api("GET", f"/v1/blocks/{JOE}")
    assert shown.status == 200, shown
    assert shown.json()["account"] == JOE
    assert api("GET", f"/v1/accounts/{JOE}").json()["blocked"]


def test_what_is_old_is_said_by_the_stores_clock(
        served, store, ahead):  # noqa: F811
    """A file has no clock but the host's: so it is seen that that is ahead."""
    policyd = served(SURE)
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    policyd.stop()
    lost = 1 if store.kind == "sqlite" else 0
    assert clean(policyd, **ahead) == counts(logins=lost)
    assert store.value("SELECT count(*) FROM policyd.login") == str(1 - lost)
