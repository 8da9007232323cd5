#!/usr/bin/python3
"""fleet.py -- many hosts on one store: directly, by pgbouncer, on four shards.

SPDX-License-Identifier: GPL-3.0-or-later

Each host is a policyd with two workers, all on this machine, with a load
generator of its own. Nothing passes or fails here: it is a table from one run.
"""
import argparse
import collections
import concurrent.futures
import contextlib
import datetime
import os
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "system"))

import policyd as daemon
from cluster import Cluster, Pool
from postgres import Postgres
from processes import cpu_us
from waiting import until

LOAD = daemon.BUILD.resolve() / "tests/bench/load"
ERROR = "450 4.3.5 error"
# Who connects is written down.
SETTINGS = ("log_connections = on\nlog_line_prefix = '%m '\n"
            "max_connections = 500\n")


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0].partition(" -- ")[2])
    add = parser.add_argument
    add("--hosts", type=int, default=8)
    add("--connections", type=int, default=2, help="to each host")
    add("--seconds", type=int, default=5, help="of each measurement")
    add("--accounts", type=int, default=20000)
    add("--memory", default="0s", help="store.memory; %(default)s")
    add("--stores", default="direct,pooled,shards", help="%(default)s")
    return parser.parse_args()


class Direct:
    name = "direct"

    def __init__(self):
        self.server = Postgres(settings=SETTINGS)
        self.database = self.server.database()
        self.urls = [self.database.url]

    @property
    def servers(self):
        return [self.server]

    def processes(self):
        return {"PostgreSQL": int((self.server.data / "postmaster.pid")
                                  .read_text().split()[0])}

    def close(self):
        self.server.close()


POOLED = """
[databases]
policyd = host={sockets} dbname={database} user=policyd
[pgbouncer]
unix_socket_dir = {folder}
listen_port = {port}
auth_type = any
pool_mode = transaction
default_pool_size = 20
max_client_conn = 1000
server_login_retry = 1
"""


class Pooled(Direct):
    name = "pooled"

    def __init__(self):
        super().__init__()
        self.pool = Pool()
        self.pool.write(POOLED.format(
            folder=self.pool.folder, port=self.pool.port,
            sockets=self.server.sockets, database=self.database.name))
        self.pool.start()
        self.urls = [f"postgresql:///policyd?host={self.pool.folder}"
                     f"&port={self.pool.port}&user=policyd"]

    def processes(self):
        return dict(super().processes(), pgbouncer=self.pool.process.pid)

    def close(self):
        self.pool.close()
        super().close()


class Shards:
    name = "shards"

    def __init__(self):
        self.cluster = Cluster()
        self.urls = [proxy.url for proxy in self.cluster.proxies]

    @property
    def servers(self):
        return self.cluster.shards

    def processes(self):
        def pid(server):
            return int((server.data / "postmaster.pid").read_text()
                       .split()[0])
        found = {f"shard {number}": pid(server)
                 for number, server in enumerate(self.servers)}
        found.update({f"proxy {number}": pid(server)
                      for number, server in enumerate(self.cluster.servers)})
        return dict(found, pgbouncer=self.cluster.pool.process.pid)

    def close(self):
        self.cluster.close()


STORES = {kind.name: kind for kind in (Direct, Pooled, Shards)}


class Fleet:
    def __init__(self, options, store):
        self.options = options
        self.store = store
        self.hosts = []

    def start(self):
        for number in range(self.options.hosts):
            host = daemon.Policyd({
                "server": {"workers": 2},
                "store": {"url": self.store.urls[number %
                                                 len(self.store.urls)],
                          "memory": self.options.memory},
                "actions": {"error": ERROR},
                "log": {"decisions": "refused"}})
            self.hosts.append(host)
            host.start()
        for host in self.hosts:
            until(lambda: host.ask("first@example.com") == "DUNNO", "a host")

    def close(self):
        for host in self.hosts:
            with contextlib.suppress(AssertionError):
                host.close()

    def load(self, hosts):
        """Requests a second in all, their p99 in ms, CPU us a request."""
        options = self.options
        roots = dict(self.store.processes(),
                     **{f"policyd {number}": host.pid
                        for number, host in enumerate(hosts)})
        running = [subprocess.Popen(
            list(map(str, (LOAD, "-c", options.connections, "-t",
                           options.seconds, "-w", 2, "-a", options.accounts,
                           "-s", number + 1, host.address[5:]))),
            text=True, stdout=subprocess.PIPE)
            for number, host in enumerate(hosts)]
        for process in running:
            assert process.stdout.readline() == "measuring\n"
        before = cpu_us(roots)
        results = [dict(line.split() for line in
                        process.communicate()[0].splitlines())
                   for process in running]
        after = cpu_us(roots)
        requests = sum(int(result["requests"]) for result in results)
        errors = sum(int(result.get("errors", 0)) for result in results) + \
            sum(int(count) for result in results
                for name, count in result.items()
                if name.startswith("action.450"))
        used = collections.Counter()
        for name in roots:
            used[name.split()[0]] += after[name] - before[name]
        return {
            "requests/s": round(requests / options.seconds),
            "p99 ms": round(max(float(result["p99"]) for result in results)
                            / 1000, 1),
            "CPU us/request": {name: round(us / max(requests, 1))
                               for name, us in used.items()},
            "errors": errors}

    def disk(self):
        """Bytes of WAL a request, first those that make accounts, then
        others; bytes of tables and indexes an account, and rows."""
        server, database = self.store.server, self.store.database

        def wal():
            return int(server.sql("SELECT pg_current_wal_insert_lsn() - "
                                  "'0/0'")[0][0])

        def visit():
            before = wal()
            done = subprocess.run(
                list(map(str, (LOAD, "-o", "-c", 8, "-a",
                               self.options.accounts, "-w", 0, "-t", 600,
                               self.hosts[0].address[5:]))),
                text=True, stdout=subprocess.PIPE, check=True)
            values = dict(line.split() for line in
                          done.stdout.splitlines()[1:])
            return round((wal() - before) / int(values["requests"]))
        # Each page is written as a whole once behind a checkpoint.
        server.sql("ALTER SYSTEM SET full_page_writes = on")
        server.sql("SELECT pg_reload_conf()")
        server.sql("CHECKPOINT")
        fresh, again = visit(), visit()
        size = int(database.value(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE "
            "relnamespace = 'policyd'::regnamespace AND relkind = 'r'"))
        rows = int(database.value("SELECT count(*) FROM policyd.login"))
        accounts = int(database.value("SELECT count(*) FROM policyd.account"))
        return {"WAL, of a new account": fresh, "of a known one": again,
                "on the disk, an account": round(size / accounts),
                "logins an account": round(rows / accounts, 2)}

    def connections(self):
        return [int(server.sql(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE usename = 'policyd'")[0][0])
            for server in self.store.servers]

    def block_everywhere(self):
        """Seconds from a block on one host until all refuse."""
        account = "blocked@example.com"
        for host in self.hosts:
            assert host.ask(account) == "DUNNO"
        with concurrent.futures.ThreadPoolExecutor(len(self.hosts)) as pool:
            assert self.hosts[0].cli("--block", account).returncode == 0
            began = time.monotonic()

            def refused(host):
                until(lambda: host.ask(account).startswith("REJECT"),
                      "the refusal")
                return time.monotonic() - began
            times = list(pool.map(refused, self.hosts))
        return round(max(times), 3)

    def restart(self):
        """Seconds until all hosts have the store again, and the most
        connections that were tried within 100 ms."""
        for server in self.store.servers:
            server.stop("immediate")
        until(lambda: all(host.ask("again@example.com") == ERROR
                          for host in self.hosts), "errors")
        time.sleep(2)   # so that all of them wait
        marks = [(server.root / "log").stat().st_size
                 for server in self.store.servers]
        for server in self.store.servers:
            server.start()
        began = time.monotonic()
        for host in self.hosts:
            until(lambda: host.ask("again@example.com") == "DUNNO", "a host")
        took = time.monotonic() - began
        slots = collections.Counter()
        for server, mark in zip(self.store.servers, marks):
            text = (server.root / "log").read_bytes()[mark:].decode()
            for stamp in re.findall(
                    r"^(\S+ \S+) \S+ LOG:  connection received", text, re.M):
                at = datetime.datetime.fromisoformat(stamp).timestamp()
                slots[server, int(at * 10)] += 1
        return round(took, 2), max(slots.values(), default=0)


def measure(options, kind):
    store = kind()
    fleet = Fleet(options, store)
    try:
        fleet.start()
        if kind is Direct:
            yield "bytes", fleet.disk()
        yield "one host", fleet.load(fleet.hosts[:1])
        yield f"{options.hosts} hosts", fleet.load(fleet.hosts)
        yield "connections", fleet.connections()
        yield "a block holds on all after, s", fleet.block_everywhere()
        took, peak = fleet.restart()
        yield "all are back after a restart, s", took
        if kind is Direct:
            yield "connections tried within 100 ms then, at most", peak
    finally:
        fleet.close()
        store.close()


def main():
    options = arguments()
    print(f"{options.hosts} hosts, 2 workers and {options.connections} "
          f"connections each, {os.cpu_count()} processors, "
          f"{options.accounts} accounts, store.memory {options.memory}")
    for name in options.stores.split(","):
        print(f"\n{name}")
        for what, value in measure(options, STORES[name]):
            print(f"  {what:46} {value}", flush=True)


if __name__ == "__main__":
    main()
