"""measure.py -- measure one server at one number of connections.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import collections
import dataclasses
import subprocess

from processes import cpu_us
from servers import BUILD

LOAD = BUILD / "tests/bench/load"


@dataclasses.dataclass
class Workload:
    """What is asked for, by the load generator."""
    accounts: int
    exponent: float
    usual: int
    warm_up: int
    seconds: int


@dataclasses.dataclass
class Result:
    """What one measurement found; times in milliseconds."""
    rate: float
    p50: float
    p99: float
    longest: float
    cpu: dict           # microseconds a request, by name of the server
    errors: int = 0
    actions: collections.Counter = dataclasses.field(
        default_factory=collections.Counter)


def load(socket, connections, work, processes, seed=1, meanwhile=None):
    """Measure a policy server; meanwhile is called while it is busy."""
    command = [LOAD, "-c", connections, "-t", work.seconds,
               "-w", work.warm_up, "-a", work.accounts, "-u", work.usual,
               "-z", work.exponent, "-s", seed, socket]
    with subprocess.Popen(list(map(str, command)), text=True,
                          stdout=subprocess.PIPE) as process:
        if process.stdout.readline() != "measuring\n":
            raise SystemExit(f"the load generator failed at {socket}")
        before = cpu_us(processes)
        if meanwhile:
            meanwhile()
        lines = process.stdout.read().splitlines()
        after = cpu_us(processes)
    if process.returncode != 0:
        raise SystemExit(f"the load generator failed at {socket}")
    values = dict(line.split() for line in lines)
    requests = int(values["requests"])
    return Result(
        rate=requests / float(values["seconds"]),
        p50=float(values["p50"]) / 1000, p99=float(values["p99"]) / 1000,
        longest=float(values["max"]) / 1000, errors=int(values["errors"]),
        cpu={name: (after[name] - before[name]) / max(requests, 1)
             for name in processes},
        actions=collections.Counter({
            name.partition(".")[2]: int(count)
            for name, count in values.items() if name.startswith("action.")}))


def visit(socket, accounts, places=1):
    """Ask once for every account, from so many of its networks."""
    done = subprocess.run([LOAD, "-o", "-p", str(places), "-c", "32",
                           "-a", str(accounts), "-w", "0", "-t", "600",
                           str(socket)],
                          stdout=subprocess.PIPE, text=True, check=True)
    values = dict(line.split() for line in done.stdout.splitlines()[1:])
    if int(values["requests"]) < accounts * places:
        raise SystemExit(f"{socket}: {values['requests']} of {accounts} "
                         "requests were answered")
