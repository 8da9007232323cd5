#!/usr/bin/python3
"""run.py -- how fast policyd answers, beside a floor and a ceiling.

SPDX-License-Identifier: GPL-3.0-or-later

The ceiling is a server that answers without reading. All take turns, so that
whatever else the machine does hits all alike. Nothing passes or fails here: it
is a table from one run.
"""
import argparse
import pathlib
import sys
import tempfile
import time

import measure
import population
import report
from processes import family, private_bytes
from servers import Null, Policyd, Postgres, remove

SERVERS = ["null", "policyd, PostgreSQL", "policyd, SQLite"]
SHORT = {"null": SERVERS[0], "policyd": SERVERS[1], "sqlite": SERVERS[2]}
MEMORY_CONNECTIONS = 250


def note(text):
    print(text, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0].partition(" -- ")[2])
    add = parser.add_argument
    add("--seconds", type=int, default=4, help="of each measurement")
    add("--warm-up", type=int, default=1, help="seconds before it")
    add("--rounds", type=int, default=2, help="measurements of each cell")
    add("--connections", default="1,8,32,100")
    add("--servers", default=",".join(SHORT), help="%(default)s")
    add("--accounts", type=int, default=100_000)
    add("--exponent", type=float, default=1.01,
        help="of the accounts' zipf distribution")
    add("--usual", type=int, default=90,
        help="percent of the requests that come from the usual network")
    add("--directory", default="/var/tmp", help="where the data goes")
    options = parser.parse_args()
    options.connections = list(map(int, options.connections.split(",")))
    try:
        options.servers = [SHORT[name] for name in options.servers.split(",")]
    except KeyError as error:
        parser.error(f"no server is called {error}")
    if options.warm_up < 1 or options.seconds < 1 or options.rounds < 1:
        parser.error("a second at least, and one round")
    return options


class Bench:
    """All servers, running side by side; the idle ones cost nothing."""

    def __init__(self, directory, options):
        self.directory = directory
        self.options = options
        self.work = measure.Workload(options.accounts, options.exponent,
                                     options.usual, options.warm_up,
                                     options.seconds)
        self.geoip = directory / "country.mmdb"
        self.postgres = Postgres(directory / "pg")
        self.running = {}

    def start(self):
        options = self.options
        population.write_geoip(self.geoip)
        self.postgres.start()
        pgsql = Policyd(self.directory / "pgsql", self.postgres.url,
                        self.geoip)
        sqlite = Policyd(self.directory / "sqlite",
                         f"sqlite:{self.directory}/sqlite/store.db",
                         self.geoip)
        if SERVERS[0] in options.servers:
            self.running[SERVERS[0]] = Null(self.directory / "null")
        if SERVERS[1] in options.servers:
            note(f"filling PostgreSQL: {options.accounts} accounts, "
                 f"{options.accounts * population.NETWORKS} logins")
            pgsql.init_store()
            self.postgres.sql(population.postgres_sql(
                options.accounts, self.postgres.directory))
            self.running[SERVERS[1]] = pgsql
        if SERVERS[2] in options.servers:
            note("filling SQLite likewise")
            sqlite.init_store()
            population.fill_sqlite(self.directory / "sqlite/store.db",
                                   options.accounts)
            self.running[SERVERS[2]] = sqlite
        for server in self.running.values():
            server.start()

    def stop(self):
        for server in self.running.values():
            server.stop()
        self.postgres.stop()

    def cell(self, server, connections, seed):
        processes = {"postgres": self.postgres.pid}
        if server != "policyd, PostgreSQL":
            processes = {}
        processes["server"] = self.running[server].pid
        return measure.load(self.running[server].socket, connections,
                            self.work, processes, seed)

    def run_in(self):
        """Let every account send one mail, as it has when a server has run
        for a while: the first request of an account costs more."""
        for server in SERVERS[1:]:
            if server in self.running:
                note(f"one request for every account: {server}")
                measure.visit(self.running[server].socket,
                              self.options.accounts)
        if SERVERS[1] in self.running:
            self.postgres.sql("VACUUM ANALYZE; CHECKPOINT")

    def cells(self):
        found = {}
        for turn in range(self.options.rounds):
            for connections in self.options.connections:
                for server in self.options.servers:
                    note(f"round {turn + 1}, {connections} connections: "
                         f"{server}")
                    found.setdefault((connections, server), []).append(
                        self.cell(server, connections, turn + 1))
        return {cell: report.merge(found[cell]) for cell in sorted(
            found, key=lambda cell: (cell[0], SERVERS.index(cell[1])))}

    def worker_memory(self):
        """Of the largest process, with all connections to one worker."""
        if SERVERS[1] not in self.options.servers:
            return None
        note(f"one worker, {MEMORY_CONNECTIONS} connections: its memory")
        server = Policyd(self.directory / "memory", self.postgres.url,
                         self.geoip, workers=1)
        server.start()
        sizes = []

        def look():
            sizes.append(max(private_bytes(pid)
                             for pid in family(server.pid) - {server.pid}))
        try:
            measure.load(server.socket, MEMORY_CONNECTIONS, self.work, {},
                         meanwhile=look)
        finally:
            server.stop()
        return sizes[0]


def main():
    options = arguments()
    begin = time.monotonic()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="policyd-bench.",
                                              dir=options.directory))
    directory.chmod(0o755)
    bench = Bench(directory, options)
    try:
        print(report.machine(directory, bench.postgres.programs), flush=True)
        bench.start()
        bench.run_in()
        cells = bench.cells()
        private = bench.worker_memory()
    finally:
        bench.stop()
        remove(directory)
    print(f"{options.accounts:,} accounts in zipf order (exponent "
          f"{options.exponent}), {options.accounts * population.NETWORKS:,} "
          f"login rows; {options.usual} % of the requests\nfrom the account's "
          f"usual network, the others from 9 more; {options.rounds} x "
          f"{options.seconds} s each, by turns;\n4 workers; CPU time is per "
          "request; fsync is on\n")
    print(report.table(cells))
    print()
    at = 32 if 32 in options.connections else max(options.connections)
    print(report.ratios(cells, at, private))
    note(f"in {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
