"""traffic.py -- what one kind of traffic costs: a cell of the table.

SPDX-License-Identifier: GPL-3.0-or-later

usual: 90 % of the requests come from the usual place of their account; roaming:
3 known places in random order; strangers: each login is new; rates: usual, with
two rules.
"""
import contextlib
import dataclasses
import subprocess

from filled import AT_HOME, PLACES
from processes import cpu_split_us, cpu_us
from servers import BUILD, Null

LOAD = BUILD / "tests/bench/load"
USUAL = ["-n", PLACES, "-u", 90]
WORKLOADS = {
    "usual": (USUAL, {}),
    "roaming": (["-n", PLACES, "-u", 34], {}),
    "strangers": (["-x"], AT_HOME),
    "rates": (USUAL, {"rates": {"rules": [
        {"mails": 1000000, "per": "1h"}, {"mails": 9000000, "per": "1d"}]}}),
}
PARTS = ("policyd", "backends", "wal", "others")


@dataclasses.dataclass
class Cell:
    """What was measured; times are milliseconds, CPU microseconds a request."""
    rate: float
    p50: float
    p99: float
    p999: float
    cpu: dict
    asked: float = None         # share of the requests
    together: float = None      # requests of a round
    statements: float = None    # of a request
    of_null: float = None
    amiss: dict = dataclasses.field(default_factory=dict)

    @property
    def total(self):
        return sum(self.cpu.values())


def memory(is_on):
    return {"store": {"memory": "60s" if is_on else "0s"}}


@contextlib.contextmanager
def load(socket, connections, options, more=(), seconds=None, warm_up=None):
    """The load generator, from when it measures on; its figures are what
    communicate() gives."""
    command = [LOAD, "-c", connections, "-t", seconds or options.seconds,
               "-w", warm_up or options.warm_up, "-a", options.accounts, *more,
               socket]
    with subprocess.Popen(list(map(str, command)), text=True,
                          stdout=subprocess.PIPE) as process:
        try:
            if process.stdout.readline() != "measuring\n":
                raise RuntimeError(f"the load generator failed at {socket}")
            yield process
        finally:
            process.kill()


def figures(process):
    """Names and values, when it has ended by itself."""
    text, _ = process.communicate(timeout=60)
    return {name: float(value)
            for name, value in map(str.split, text.splitlines())}


def amiss(found):
    """Answers that are not DUNNO, by their verb; requests without one."""
    return {name: int(count) for name, count in found.items()
            if count and (name == "errors" or
                          name.startswith("action.") and
                          name != "action.DUNNO")}


def cell_of(found, **more):
    return Cell(rate=found["requests"] / found["seconds"],
                p50=found["p50"] / 1000, p99=found["p99"] / 1000,
                p999=found["p999"] / 1000, amiss=amiss(found), **more)


def _look(server, postgres):
    seen = dict.fromkeys(PARTS, 0)
    if postgres:
        seen.update(cpu_split_us(postgres.pid))
        seen["statements"] = postgres.statements() or 0
    seen["policyd"] = cpu_us({"it": server.pid})["it"]
    counters = server.counters()
    return {**seen, **{key: counters[key] for key in
                       ("requests", "unasked", "store_rounds")}}


def measure(filled, store, name, is_on, connections, options):
    """One cell, but for of_null. A memory that is of use is filled first."""
    fills = is_on and name in ("usual", "roaming")
    with filled.copy(store) as url:
        return measure_at(filled, url, name, memory(is_on), connections,
                          options, options.filling if fills else None)


def measure_at(filled, url, name, config, connections, options, warm_up=None):
    traffic, more = WORKLOADS[name]
    postgres = filled.postgres if url.startswith("postgresql") else None
    with filled.server(url, {**more, **config}) as server, \
            load(server.socket, connections, options, traffic,
                 warm_up=warm_up) as process:
        before = _look(server, postgres)
        found = figures(process)
        after = _look(server, postgres)
    grown = {key: after[key] - before[key] for key in after}
    count = max(grown["requests"], 1)
    asked = grown["requests"] - grown["unasked"]
    return cell_of(
        found, cpu={part: grown[part] / count for part in PARTS},
        asked=asked / count, together=asked / max(grown["store_rounds"], 1),
        statements=grown["statements"] / count
        if postgres and postgres.counts_statements else None)


def measure_null(directory, connections, options):
    server = Null(directory)
    server.start()
    try:
        with load(server.socket, connections, options) as process:
            before = cpu_us({"it": server.pid})["it"]
            found = figures(process)
            grown = cpu_us({"it": server.pid})["it"] - before
    finally:
        server.stop()
    return cell_of(found, cpu={"null": grown / found["requests"]})
