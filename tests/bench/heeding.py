#!/usr/bin/python3
"""heeding.py -- how soon a block made on one host is heeded on another.

SPDX-License-Identifier: GPL-3.0-or-later

Two policyd on one store. In each trial an account passes from the memory of
host B; then host A blocks it, since it logs in from a country that is not its
own, and B is asked again and again until it refuses. The time is that from A's
answer to B's.
"""
import argparse
import pathlib
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "system"))

from client import Client
from filled import Filled, STORES
from servers import remove

WITHIN_MS = 100
PASSES = 4          # of an account on B, before it is blocked
AT_A_TIME = 50      # accounts that pass, before the first of them is blocked
CONFIG = {"overrides": [{"account": "@bench.example",
                         "only_countries": ["DE"]}],
          "store": {"memory_mails": 10000},
          "limits": {"countries": "unlimited", "networks": "unlimited"}}
HOME, ABROAD = "130.100.1.1", "130.101.1.1"     # DE, AT
GIVE_UP_S = 10


def trial(a, b, account):
    """Milliseconds."""
    assert a.ask(account, ABROAD).startswith("REJECT")
    began = time.monotonic()
    while not b.ask(account, HOME).startswith("REJECT"):
        if time.monotonic() > began + GIVE_UP_S:
            raise RuntimeError(f"{account} is not refused")
        time.sleep(0.0005)
    return (time.monotonic() - began) * 1000


def measure(filled, store, trials):
    """The times in order, and the share of the mails before the blocks, but
    for the first of each account, that passed from memory."""
    with filled.copy(store, "empty") as url, \
            filled.server(url, CONFIG) as one, \
            filled.server(url, CONFIG) as other, \
            Client(f"unix:{one.socket}") as a, \
            Client(f"unix:{other.socket}") as b:
        deadline = time.monotonic() + GIVE_UP_S
        while other.counters()["unasked"] == 0:
            assert time.monotonic() < deadline, "nothing is remembered"
            b.ask("first@bench.example", HOME)
        times, passed = [], 0
        while len(times) < trials:
            accounts = [f"heeding{len(times) + number}@bench.example"
                        for number in range(min(AT_A_TIME,
                                                trials - len(times)))]
            before = other.counters()["unasked"]
            for account in accounts * PASSES:
                assert b.ask(account, HOME) == "DUNNO"
            passed += other.counters()["unasked"] - before
            times += [trial(a, b, account) for account in accounts]
    return sorted(times), passed / (trials * (PASSES - 1))


def row(store, times, share):
    def at(quantile):
        return times[min(len(times) - 1, int(quantile * len(times)))]
    late = sum(ms > WITHIN_MS for ms in times)
    return (f"{store:10}  {len(times)} trials: p50 {at(0.5):.2f} ms, p99 "
            f"{at(0.99):.2f}, longest {times[-1]:.1f}; later than {WITHIN_MS} "
            f"ms: {late}" + ("" if share >= 1 else
                             f" (not all passed from memory: {share:.2f})"))


def part(run):
    lines = []
    for store in run.options.stores:
        times, share = measure(run.filled, store, run.options.trials)
        lines.append(row(store, times, share))
        run.aim(f"a block is heeded on another host, {store}: longest of "
                f"{len(times)}", f"{WITHIN_MS} ms or less",
                f"{times[-1]:.1f} ms",
                times[-1] <= WITHIN_MS and share >= 0.99)
    return "From a block on one host to the refusal on another\n\n" + \
        "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0].partition(" -- ")[2])
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--stores", default=",".join(STORES))
    parser.add_argument("--directory", default="/var/tmp")
    options = parser.parse_args()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="policyd-bench.",
                                              dir=options.directory))
    directory.chmod(0o755)
    filled = Filled(directory, options.stores.split(","))
    # Whoever ends it ends its servers, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        filled.start()
        filled.make_empty()
        for store in filled.stores:
            print(row(store, *measure(filled, store, options.trials)),
                  flush=True)
    finally:
        filled.stop()
        remove(directory)


if __name__ == "__main__":
    main()
