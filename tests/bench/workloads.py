#!/usr/bin/python3
"""workloads.py -- what kinds of traffic cost, on both stores: one page.

SPDX-License-Identifier: GPL-3.0-or-later

The parts are independent: one that fails is told as failed, and the next one
begins. --keep writes the page to tests/bench/RESULTS, too; --short is for who
wants to see whether it works.
"""
import argparse
import copy
import datetime
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import changes
import growth
import heeding
import mails
import report
import rules
import table
from filled import Filled, STORES
from servers import remove

RESULTS = pathlib.Path(__file__).parent / "RESULTS"
PARTS = {"traffic": table.part, "rules": rules.part, "mails": mails.part,
         "changes": changes.part, "heeding": heeding.part,
         "growth": growth.part}
SHORT = {"seconds": 1, "warm_up": 1, "filling": 1, "accounts": 2000, "turns": 2,
         "mails": 200, "trials": 100, "rows": "10000",
         "connections": "32"}


def numbers(text):
    return list(map(int, text.split(",")))


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0].partition(" -- ")[2])
    add = parser.add_argument
    add("--short", action="store_true", help="some minutes")
    add("--keep", action="store_true", help="write tests/bench/RESULTS")
    add("--parts", default=",".join(PARTS), help="%(default)s")
    add("--stores", default=",".join(STORES), help="%(default)s")
    add("--seconds", type=int, default=3, help="of each measurement")
    add("--warm-up", type=int, default=2, help="seconds before it")
    add("--filling", type=int, default=15,
        help="seconds before it, with store.memory")
    add("--connections", default="32,1,8", help="%(default)s")
    add("--accounts", type=int, default=10_000)
    add("--turns", type=int, default=7, help="of Postfix with and without")
    add("--mails", type=int, default=1500, help="of each turn")
    add("--trials", type=int, default=1000, help="of a block")
    add("--rows", default="10000,100000,1000000",
        help="of logins; 10000000 wants a --budget, too")
    add("--budget", type=int, default=600,
        help="seconds after which no further measurement begins")
    add("--directory", default="/var/tmp", help="where the data goes")
    if "--short" in sys.argv:
        parser.set_defaults(**SHORT)
    options = parser.parse_args()
    options.connections = numbers(options.connections)
    options.rows = numbers(options.rows)
    options.stores = options.stores.split(",")
    options.parts = options.parts.split(",")
    return options


class Run:
    """What the parts share, and where they tell whether an aim was met."""

    def __init__(self, directory, options):
        self.directory, self.options = directory, options
        self.filled = Filled(directory, options.stores)
        self.began = time.monotonic()
        self.aims = []

    def options_for(self, accounts):
        options = copy.copy(self.options)
        options.accounts = accounts
        return options

    def is_late(self):
        return time.monotonic() - self.began > self.options.budget

    def aim(self, what, aim, found, is_met):
        self.aims.append((what, aim, found, "met" if is_met else "not met"))

    def note(self, text):
        print(f"{time.monotonic() - self.began:4.0f} s  {text}",
              file=sys.stderr, flush=True)

    def start(self):
        self.note(f"filling: {self.options.accounts} accounts")
        self.filled.start()
        self.filled.fill(self.options.accounts)
        self.filled.make_empty()

    def part(self, name):
        self.note(name)
        if self.is_late():
            return f"{name}: no time was left"
        try:
            return PARTS[name](self)
        # Whatever it is, the other parts are wanted.
        except (Exception, SystemExit) as error:
            traceback.print_exc()
            self.aim(name, "", "failed, see below", False)
            return f"{name}: failed: {error}"

    def told_aims(self):
        widths = [max((len(row[i]) for row in self.aims), default=0)
                  for i in range(4)]
        return "The aims\n\n" + "\n".join("  ".join(
            cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
            for row in self.aims)


def commit():
    done = subprocess.run(["git", "describe", "--always", "--dirty"],
                          capture_output=True, text=True, check=False,
                          cwd=pathlib.Path(__file__).parent)
    return done.stdout.strip() or "unknown"


def head(run, busy):
    options = run.options
    machine = report.machine(run.directory, run.filled.postgres.programs)
    return (f"Made by make bench-workloads; what is measured is said in "
            f"tests/bench.\n\n{datetime.datetime.now():%Y-%m-%d %H:%M}, commit "
            f"{commit()}\n{machine}\nbefore it began others used "
            f"{100 * busy:.0f} % of the machine\n{options.accounts:,} accounts "
            f"with 10 networks each, in zipf order; 4 workers; fsync is on;\n"
            f"{options.seconds} s of each measurement, after "
            f"{options.warm_up} s; {options.filling} s if store.memory is of use")


def main():
    options = arguments()
    # Whoever ends it ends its servers, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    busy = report.busy_share(2)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="policyd-bench.",
                                              dir=options.directory))
    directory.chmod(0o755)
    run = Run(directory, options)
    try:
        page = [head(run, busy)]
        run.start()
        page += [run.part(name) for name in options.parts]
    finally:
        run.filled.stop()
        remove(directory)
    page.insert(1, run.told_aims())
    page.append(f"It took {(time.monotonic() - run.began) / 60:.0f} minutes; "
                f"the load average at its end was {os.getloadavg()[0]:.1f}.")
    text = "\n\n\n".join(page) + "\n"
    print(text)
    if options.keep:
        RESULTS.write_text(text)


if __name__ == "__main__":
    main()
