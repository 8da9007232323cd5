"""clocks.py -- a wall clock that tests set forward, of daemons and stores.

SPDX-License-Identifier: GPL-3.0-or-later

In a test module: `from clocks import *`, which is the fixtures. A test that asks
for `clocked` runs once with PostgreSQL and once with SQLite; its `start` starts
daemons on the store, which go by the clock, as the store does.
"""
import datetime
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import time

import pytest

import policyd as daemon
from conftest import nowhere
from postgres import Postgres
from stores import PostgresStore, SqliteStore

__all__ = ["clock", "clocked", "clocked_postgres", "clocked_store"]

SOURCE = pathlib.Path(__file__).with_name("clock_ahead.c")
UTC = datetime.timezone.utc


class Clock:
    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="policyd-clock."))
        self.root.chmod(0o755)
        self.library, self.path = self.root / "ahead.so", self.root / "ahead"
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared",
                        "-fPIC", "-o", self.library, SOURCE], check=True)
        self.path.write_bytes(bytes(8))
        self.ahead = 0.0
        self.set(0)

    def set(self, seconds):
        """It is so much ahead from now on."""
        self.ahead = seconds
        # In place: the file is mapped.
        with open(self.path, "r+b") as file:
            file.write(struct.pack("=q", round(seconds * 1000)))

    def forward(self, seconds):
        self.set(self.ahead + seconds)

    def time(self):
        return time.time() + self.ahead

    def now(self):
        return datetime.datetime.fromtimestamp(self.time(), UTC)

    def environment(self):
        """For who is to go by it."""
        # It comes before the library of a sanitizer.
        asan = os.environ.get("ASAN_OPTIONS", "")
        return {"LD_PRELOAD": str(self.library), "POLICYD_CLOCK": str(self.path),
                "ASAN_OPTIONS": f"{asan}:verify_asan_link_order=0"}

    def close(self):
        shutil.rmtree(self.root, ignore_errors=True)


@pytest.fixture(scope="module")
def clock():
    made = Clock()
    yield made
    made.close()


@pytest.fixture(scope="module")
def clocked_postgres(clock):
    server = Postgres(environment=clock.environment())
    yield server
    server.close()


class Clocked:
    """A store, and daemons on it, whose clock is set."""

    def __init__(self, clock, store, make):
        self.clock, self.store, self._make = clock, store, make
        self._made = []

    def start(self, config):
        policyd = self._make(daemon.merge({"store": {"url": self.store.url}},
                                          config))
        self._made.append(policyd)
        return policyd.start(**self.clock.environment())

    def cli(self, policyd, *arguments):
        return policyd.cli(*arguments, **self.clock.environment())

    def close(self):
        """End them while there is a store to end with."""
        for policyd in self._made:
            policyd.close()


@pytest.fixture(params=["postgresql", "sqlite"])
def clocked_store(request, clock):
    clock.set(0)
    if request.param == "sqlite":
        store = SqliteStore()
        yield store
        store.close()
        return
    server = request.getfixturevalue("clocked_postgres")
    database = server.database()
    result = daemon.run("--init-store", POLICYD_STORE_URL=database.url,
                        **nowhere())
    assert result.returncode == 0, result.stderr
    yield PostgresStore(database)
    server.drop(database)


@pytest.fixture
def clocked(clock, clocked_store, make_policyd):
    if daemon.WRAPPER:
        pytest.skip("it would be ahead, too")
    made = Clocked(clock, clocked_store, make_policyd)
    yield made
    made.close()
