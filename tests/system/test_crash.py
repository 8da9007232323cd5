"""test_crash.py -- PostgreSQL dies, and forgets what it need not remember.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import itertools
import os

import pytest

import policyd as daemon
from geoip import address
from outage import BLOCKED, CONFIG, OK
from postgres import Postgres
from waiting import until

JOE = "joe@example.com"


@pytest.fixture
def forgetful():
    """A server that writes nothing to the disk that nobody waits for."""
    server = Postgres(settings="wal_writer_delay = 10s\n"
                               "wal_writer_flush_after = 0\n")
    yield server
    server.close()


def crash(server):
    """It dies, and is started anew, when nobody of it is left."""
    dead = server.processes()
    server.kill()
    until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in dead),
          "the dead to be buried")
    server.start()


def test_a_place_that_is_new_survives(forgetful, make_policyd):
    """No more countries get through than are allowed, whenever it dies."""
    database = forgetful.database()
    policyd = make_policyd(daemon.merge(CONFIG, {
        # Of several each comes back to the store by itself.
        "server": {"workers": 1, "deadline": "20s"},
        "store": {"url": database.url}, "limits": {"countries": 3}}))
    assert policyd.cli("--init-store").returncode == 0
    policyd.start()
    strangers = (f"stranger{n}@example.com" for n in itertools.count())

    def is_there():
        """Of a stranger nothing is known but by the store."""
        return policyd.ask(next(strangers), address("DE")) == OK

    until(is_there, "the store")
    for country in ("DE", "AT", "FR"):
        assert policyd.ask(JOE, address(country)) == OK
        crash(forgetful)
        until(is_there, "the store to be back")
    assert policyd.ask(JOE, address("US")) == BLOCKED
    crash(forgetful)
    assert JOE in policyd.cli("--list-blocked").stdout
