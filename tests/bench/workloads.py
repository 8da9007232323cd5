#!/usr/bin/python3
"""workloads.py -- what kinds of traffic cost, on both stores.

SPDX-License-Identifier: GPL-3.0-or-later

usual: 90 % of the requests come from the usual place of their account; roaming:
3 places in random order; strangers: each login is new; rates: usual, with two
rules. Each with store.memory and without it. Accounts are those of
population.py; they may log in from the countries of the GeoIP file alone, so
that their places are trusted from the first day on, as known ones are.
--keep writes the page to tests/bench/RESULTS, too.
"""
import argparse
import datetime
import os
import pathlib
import subprocess
import sys
import tempfile

import population
import report
from measure import visit
from processes import cpu_split_us, cpu_us
from servers import BUILD, Null, Policyd, Postgres, remove

LOAD = BUILD / "tests/bench/load"
RESULTS = pathlib.Path(__file__).parent / "RESULTS"
RATES = {"rates": {"rules": [{"mails": 1000000, "per": "1h"},
                             {"mails": 9000000, "per": "1d"}]}}
WORKLOADS = {
    "usual": (["-u", 90], {}),
    "roaming": (["-n", 3, "-u", 34], {}),
    "strangers": (["-x"], {}),
    "rates": (["-u", 90], RATES),
}
HEAD = ["store", "workload", "memory", "conn.", "requests/s", "of null",
        "p50 ms", "p99 ms", "p99.9 ms", "CPU us", "policyd", "backends",
        "others", "round", "asked"]


def arguments():
    parser = argparse.ArgumentParser(description="what kinds of traffic cost")
    add = parser.add_argument
    add("--seconds", type=int, default=4, help="of each measurement")
    add("--warm-up", type=int, default=2, help="seconds before it")
    add("--connections", default="1,32")
    add("--workloads", default=",".join(WORKLOADS))
    add("--stores", default="postgresql,sqlite")
    add("--accounts", type=int, default=10_000)
    add("--directory", default="/var/tmp", help="where the data goes")
    add("--keep", action="store_true", help="write tests/bench/RESULTS")
    options = parser.parse_args()
    options.connections = list(map(int, options.connections.split(",")))
    options.workloads = options.workloads.split(",")
    options.stores = options.stores.split(",")
    return options


def run_load(socket, connections, options, more, look):
    """The load generator's figures, and what look() grew by meanwhile."""
    command = [LOAD, "-c", connections, "-t", options.seconds,
               "-w", options.warm_up, "-a", options.accounts, *more, socket]
    with subprocess.Popen(list(map(str, command)), text=True,
                          stdout=subprocess.PIPE) as process:
        if process.stdout.readline() != "measuring\n":
            raise SystemExit(f"the load generator failed at {socket}")
        before = look()
        lines = process.stdout.read().splitlines()
        after = look()
    found = {name: float(value) for name, value in map(str.split, lines)}
    if found["errors"] or set(found) & {"action.450", "action.550"}:
        raise SystemExit(f"not each request passed: {lines}")
    return found, {name: after[name] - before[name] for name in after}


class Stores:
    """Both, filled likewise."""

    def __init__(self, directory, options):
        self.directory, self.options = directory, options
        self.geoip = directory / "country.mmdb"
        self.postgres = Postgres(directory / "pg")
        self.urls = {"postgresql": self.postgres.url,
                     "sqlite": f"sqlite:{directory}/sqlite/store.db"}
        self.started = 0

    def start(self):
        population.write_geoip(self.geoip)
        if "postgresql" in self.options.stores:
            self.postgres.start()
            self.server("postgresql", {}).init_store()
            self.postgres.sql(population.postgres_sql(self.options.accounts))
        if "sqlite" in self.options.stores:
            server = Policyd(self.directory / "sqlite", self.urls["sqlite"],
                             self.geoip)
            server.init_store()
            population.fill_sqlite(self.directory / "sqlite/store.db",
                                   self.options.accounts)

        for store in self.options.stores:
            self.run_in(store)

    def run_in(self, store):
        """Every account sends a mail, as it has when a server has run for a
        while: the first request of an account costs more."""
        server = self.server(store, {})
        server.start()
        try:
            visit(server.socket, self.options.accounts)
        finally:
            server.stop()
        if store == "postgresql":
            self.postgres.sql("VACUUM ANALYZE; CHECKPOINT")

    def server(self, store, more):
        self.started += 1
        config = {"overrides": [{"account": "@bench.example",
                                 "only_countries": population.COUNTRIES}],
                  **more}
        return Policyd(self.directory / f"policyd{self.started}",
                       self.urls[store], self.geoip, more=config)


def measure(stores, store, name, memory, connections, options):
    """One line of the table, but for the share of null."""
    traffic, more = WORKLOADS[name]
    server = stores.server(store, {
        **more, "store": {"url": stores.urls[store],
                          "memory": "60s" if memory else "0s"}})
    server.start()

    def look():
        seen = {"policyd": cpu_us({"it": server.pid})["it"],
                "backends": 0, "others": 0}
        if store == "postgresql":
            seen.update(cpu_split_us(stores.postgres.pid))
        counters = server.counters()
        return {**seen, **{key: counters[key] for key in
                           ("requests", "unasked", "store_rounds")}}
    try:
        found, grown = run_load(server.socket, connections, options, traffic,
                                look)
    finally:
        server.stop()
    count = max(grown["requests"], 1)
    asked = grown["requests"] - grown["unasked"]
    cpu = [grown[kind] / count for kind in ("policyd", "backends", "others")]
    return found, [store, name, "on" if memory else "off", str(connections),
                   f"{found['requests'] / found['seconds']:,.0f}", None,
                   *(f"{found[p] / 1000:.3f}" for p in ("p50", "p99", "p999")),
                   f"{sum(cpu):.1f}", *(f"{us:.1f}" for us in cpu),
                   f"{asked / max(grown['store_rounds'], 1):.1f}",
                   f"{100 * asked / count:.0f} %"]


def measure_null(directory, connections, options):
    server = Null(directory / f"null{connections}")
    server.start()

    def look():
        return {"it": cpu_us({"it": server.pid})["it"]}
    try:
        found, grown = run_load(server.socket, connections, options, [], look)
    finally:
        server.stop()
    return found["requests"] / found["seconds"], \
        grown["it"] / found["requests"]


def rows(stores, directory, options):
    for connections in options.connections:
        null, cpu = measure_null(directory, connections, options)
        yield ["null", "", "", str(connections), f"{null:,.0f}", "1.00", "",
               "", "", f"{cpu:.1f}", "", "", "", "", ""]
        for store in options.stores:
            for name in options.workloads:
                for memory in (True, False):
                    print(f"{connections} connections, {store}, {name}, "
                          f"memory {memory}", file=sys.stderr, flush=True)
                    found, row = measure(stores, store, name, memory,
                                         connections, options)
                    row[5] = f"{found['requests'] / found['seconds'] / null:.2f}"
                    yield row


def table(lines):
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    return "\n".join("  ".join(
        cell.ljust(width) if i < 3 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
        for line in lines)


def commit():
    done = subprocess.run(["git", "describe", "--always", "--dirty"],
                          capture_output=True, text=True,
                          cwd=pathlib.Path(__file__).parent)
    return done.stdout.strip() or "unknown"


def main():
    options = arguments()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="policyd-bench.",
                                              dir=options.directory))
    directory.chmod(0o755)
    stores = Stores(directory, options)
    try:
        machine = report.machine(directory, stores.postgres.programs)
        stores.start()
        lines = [HEAD, *rows(stores, directory, options)]
    finally:
        stores.postgres.stop()
        remove(directory)
    page = (f"Made by tests/bench/workloads.py; what the columns mean is said "
            f"there and below.\n\n{datetime.date.today()}, commit {commit()}\n"
            f"{machine}\n{options.accounts:,} accounts, 4 workers, "
            f"{options.seconds} s each, load average at the end "
            f"{os.getloadavg()[0]:.1f}; fsync is on\n\n{table(lines)}\n\n"
            "of null: of the requests/s of a server that answers without "
            "reading, in this run.\nCPU us: of a request, of all processes "
            "but the load generator: policyd's, PostgreSQL's\nfor clients, "
            "and its others (WAL and so on). round: requests that went to "
            "the store\ntogether. asked: of the requests, those that the "
            "store was asked for.\n")
    print(page)
    if options.keep:
        RESULTS.write_text(page)


if __name__ == "__main__":
    main()
