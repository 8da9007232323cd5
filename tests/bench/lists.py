#!/usr/bin/python3
"""lists.py -- what clients notice of a long list of custom settings.

SPDX-License-Identifier: GPL-3.0-or-later

One list takes the place of another that has nothing in common with it, over
and over, while clients ask; on each store. Nothing passes or fails here: it is
a table from one run.
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import sqlite3
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "system"))

import policyd as daemon
from http_api import Api, console_of
from meanwhile import Meanwhile
from postgres import Postgres
from stores import SqliteStore

LOAD = daemon.BUILD.resolve() / "tests/bench/load"


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0].partition(" -- ")[2])
    add = parser.add_argument
    add("--entries", type=int, default=100_000)
    add("--connections", type=int, default=32)
    add("--seconds", type=int, default=8, help="of each measurement")
    add("--accounts", type=int, default=20_000)
    add("--stores", default="sqlite,pgsql", help="%(default)s")
    return parser.parse_args()


def body_of(letter, entries):
    data = [{"sender": f"{letter}{i:06}@example.com", "ips": i % 900 + 1,
             "comment": "of old"} for i in range(entries)]
    return json.dumps({"data": data}, separators=(",", ":")).encode()


def memory(pid, what):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{what}:\s+(\d+) kB", text, re.MULTILINE)[1]) \
        << 10


class Bench:
    def __init__(self, options, store):
        self.options, self.store = options, store
        self.bodies = [body_of(letter, options.entries) for letter in "ab"]
        self.host = daemon.Policyd({
            "http": {"listen": f"127.0.0.1:{daemon.free_port()}"},
            "store": {"url": store.url, "memory": "0s"},
            "actions": {"error": "450 4.3.5 error"},
            "log": {"decisions": "refused"}})
        self.host.start()
        self.api = Api(self.host.config["http"]["listen"]).wait_ready()

    def put(self):
        self.bodies.reverse()
        answer = self.api("PUT", "/update", self.bodies[0])
        if answer.status != 202:
            raise SystemExit(f"{answer}")

    def load(self):
        options = self.options
        lines = subprocess.run(
            list(map(str, (LOAD, "-c", options.connections, "-t",
                           options.seconds, "-w", 1, "-a", options.accounts,
                           self.host.address[5:]))),
            text=True, stdout=subprocess.PIPE, check=True).stdout.splitlines()
        return dict(line.split() for line in lines if " " in line)

    def alone(self):
        """One list, and who waits for it while there is nothing else."""
        waits = contextlib.nullcontext()
        if self.store.kind == "sqlite":
            file = sqlite3.connect(self.store.path, timeout=60,
                                   isolation_level=None,
                                   check_same_thread=False)

            def write():
                file.execute("BEGIN IMMEDIATE")
                file.execute("ROLLBACK")
            waits = Meanwhile(write)
        console = console_of(self.host)
        before = memory(console, "VmRSS")
        log = pathlib.Path(f"{self.store.url.partition(':')[2]}-wal")
        self.put()
        with Meanwhile(lambda: self.host.ask("someone@example.com")) as asks:
            with waits:
                began = time.monotonic()
                self.put()
                yield "a list takes, s", f"{time.monotonic() - began:.2f}"
        yield "memory, times the body", "%.1f" % (
            (memory(console, "VmHWM") - before) / len(self.bodies[0]))
        yield "longest answer meanwhile, ms", f"{max(asks.took) * 1e3:.1f}"
        if self.store.kind == "sqlite":
            yield "longest wait for the file, ms", \
                f"{max(waits.took) * 1e3:.1f}"
            yield "log, MiB", f"{log.stat().st_size / 2**20:.0f}"
            file.close()

    def crowded(self):
        """With many clients, without lists and with one after the other."""
        before = self.load()
        with Meanwhile(self.put) as lists:
            during = self.load()
        yield "a list takes, with clients, s", \
            f"{statistics.median(lists.took):.2f}"
        for name in ("requests", "p50", "p99", "p999", "max", "errors"):
            scale = 1000 if name not in ("requests", "errors") else 1
            values = [float(found[name]) / scale for found in
                      (before, during)]
            if name == "requests":
                values = [value / self.options.seconds for value in values]
            yield name + (", ms" if scale > 1 else
                          " a second" if name == "requests" else ""), \
                "%10.1f %10.1f" % tuple(values) + (
                    "  x %.2f" % (values[1] / values[0]) if values[0] else "")


def main():
    options = arguments()
    print(f"{options.entries} entries, {options.connections} clients, "
          f"{os.cpu_count()} processors, load "
          f"{os.getloadavg()[0]:.1f}")
    for name in options.stores.split(","):
        server = Postgres() if name == "pgsql" else None
        store = SqliteStore() if server is None else server.database()
        if server is not None:
            store.kind = "pgsql"
        bench = None
        try:
            bench = Bench(options, store)
            print(f"\n{name}")
            for steps in (bench.alone(), bench.crowded()):
                for what, value in steps:
                    print(f"  {what:32} {value}", flush=True)
        finally:
            if bench is not None:
                bench.host.close()
            (server or store).close()


if __name__ == "__main__":
    main()
