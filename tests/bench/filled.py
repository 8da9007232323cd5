"""filled.py -- both stores with accounts in them, and a copy for each use.

SPDX-License-Identifier: GPL-3.0-or-later

Accounts are those of population.py. What a server has after running for a while
is there: each has sent on five days, from three places of its own, which are
known so, and today. Whoever measures gets a copy, so that the order of
measurements does not matter.
"""
import contextlib
import itertools
import os
import pathlib
import shutil
import subprocess

import population
from measure import visit
from servers import BUILD, IS_ROOT, OWNER, Policyd, Postgres

PLACES = 3
STORES = ("postgresql", "sqlite")
# Whoever may log in from these countries is known there at once: so that
# accounts without a past, or with a new place each time, are not refused.
AT_HOME = {"overrides": [{"account": "@bench.example",
                          "only_countries": population.COUNTRIES}]}


class Filled:
    def __init__(self, directory, stores=STORES):
        self.directory = pathlib.Path(directory)
        self.stores = stores
        self.geoip = self.directory / "country.mmdb"
        self.postgres = Postgres(self.directory / "pg")
        self._numbers = itertools.count(1)

    def start(self):
        population.write_geoip(self.geoip)
        if "postgresql" in self.stores:
            self.postgres.start()

    def stop(self):
        self.postgres.stop()

    def policyd(self, url, more):
        """A server, not started."""
        return Policyd(self.directory / f"policyd{next(self._numbers)}", url,
                       self.geoip, more=more)

    # --- filling -----------------------------------------------------------

    def fill(self, accounts, name="bench", learns=True):
        """Make a store of this name in each kind. learns: accounts have a
        past; else they may log in from the countries that there are."""
        for store in self.stores:
            url = self._make(store, name)
            server = self.policyd(url, {} if learns else AT_HOME)
            server.init_store()
            if store == "postgresql":
                self.postgres.sql(population.postgres_sql(
                    accounts, self.postgres.directory), name)
            else:
                population.fill_sqlite(self._file(name), accounts)
            if learns:
                self._teach(server, accounts)
            self._run_in(store, server, accounts, name, learns)

    def make_empty(self, name="empty"):
        for store in self.stores:
            self.policyd(self._make(store, name), {}).init_store()

    def _make(self, store, name):
        if store == "sqlite":
            folder = self._file(name).parent
            folder.mkdir()
            os.chown(folder, OWNER.pw_uid, OWNER.pw_gid)
        elif name != "bench":
            self.postgres.sql(f"CREATE DATABASE {name} OWNER policyd",
                              "postgres")
        return self._url(store, name)

    def _file(self, name):
        return self.directory / f"sqlite-{name}" / "store.db"

    def _url(self, store, name):
        if store == "sqlite":
            return f"sqlite:{self._file(name)}"
        return self.postgres.url_of(name)

    def _teach(self, server, accounts):
        log = self.directory / "mail.log"
        if not log.exists():
            population.write_log(log, accounts, PLACES)
        subprocess.run([BUILD / "policyd", "-c", server.config, "--replay",
                        "--learn", log], check=True, cwd="/",
                       stdout=subprocess.DEVNULL, env=server.environment)

    def _run_in(self, store, server, accounts, name, learns):
        server.start()
        try:
            visit(server.socket, accounts, PLACES if learns else 1)
        finally:
            server.stop()
        if store == "postgresql":
            self.postgres.sql("VACUUM ANALYZE; CHECKPOINT", name)

    # --- using -------------------------------------------------------------

    @contextlib.contextmanager
    def copy(self, store, name="bench"):
        """The URL of a copy, gone afterwards."""
        copy = f"copy{next(self._numbers)}"
        if store == "sqlite":
            folder = self._file(copy).parent
            shutil.copytree(self._file(name).parent, folder)
            if IS_ROOT:
                for path in (folder, *folder.iterdir()):
                    os.chown(path, OWNER.pw_uid, OWNER.pw_gid)
        else:
            self.postgres.sql(f"CREATE DATABASE {copy} TEMPLATE {name} "
                              "OWNER policyd", "postgres")
            self.postgres.sql("CHECKPOINT", "postgres")
        with self.itself(store, copy) as url:
            yield url

    @contextlib.contextmanager
    def itself(self, store, name):
        """The URL of a store, gone afterwards."""
        try:
            yield self._url(store, name)
        finally:
            if store == "sqlite":
                shutil.rmtree(self._file(name).parent, ignore_errors=True)
            else:
                self.postgres.sql(f"DROP DATABASE {name} WITH (FORCE)",
                                  "postgres")

    @contextlib.contextmanager
    def server(self, url, more):
        """A server that runs."""
        server = self.policyd(url, more)
        server.start()
        try:
            yield server
        finally:
            server.stop()
            shutil.rmtree(server.directory, ignore_errors=True)
