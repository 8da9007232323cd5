"""table.py -- kinds of traffic, each with store.memory and without it.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import statistics

import traffic

# At how many connections the table has all kinds of traffic; at others two.
MAIN = 32
SOME = ("usual", "roaming")
HEAD = ["conn.", "store", "workload", "memory", "requests/s", "of null",
        "p50 ms", "p99 ms", "p99.9 ms", "p99/p50", "CPU us", "policyd",
        "backends", "WAL", "others", "round", "statements", "asked"]
LEFT = 4        # columns of words

# store, workload, memory: most CPU us, least share of null.
AIMS = [("postgresql", "usual", True, 12, 0.4),
        ("postgresql", "roaming", False, 50, 0.12),
        ("postgresql", "strangers", True, 90, None),
        ("postgresql", "rates", True, 70, None),
        ("sqlite", "usual", True, None, 0.4),
        ("sqlite", "roaming", False, 25, None)]
EXPLAINED = """\
of null: of the requests/s of a server that answers without reading, measured
before and after. CPU us: of a request, of all processes but the load generator:
policyd's, PostgreSQL's for clients, its WAL writer's, and its others. round:
requests that went to the store together. statements: that PostgreSQL ran, of a
request. asked: of the requests, those that the store was asked for. usual: 90 %
of the requests come from the usual one of an account's 3 known places; roaming:
all 3 in random order; strangers: each login is new; rates: usual, two rules.
p99/p50 is judged with memory off: with it most requests take a small part of the
time of those that ask, and the quotient says how small.
"""


def _row(connections, store, name, is_on, cell):
    def number(value, form):
        return "" if value is None else format(value, form)
    cpu = ["", "", "", "", ""] if "policyd" not in cell.cpu else \
        [f"{cell.total:.1f}", *(f"{cell.cpu[part]:.1f}"
                                for part in traffic.PARTS)]
    if "null" in cell.cpu:
        cpu[0] = f"{cell.total:.1f}"
    return [str(connections), store, name,
            "" if is_on is None else "on" if is_on else "off",
            f"{cell.rate:,.0f}", number(cell.of_null, ".2f"),
            f"{cell.p50:.3f}", f"{cell.p99:.3f}", f"{cell.p999:.3f}",
            f"{cell.p99 / cell.p50:.1f}", *cpu, number(cell.together, ".1f"),
            number(cell.statements, ".2f"), number(cell.asked, ".0%")]


def _text(rows):
    rows = [HEAD, *rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    return "\n".join("  ".join(
        cell.ljust(width) if i < LEFT else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
        for row in rows)


class Table:
    def __init__(self, run):
        self.run = run
        self.cells = {}     # (connections, store, workload, memory)
        self.nulls = {}     # by connections
        self.rows, self.notes = [], []

    def null(self, connections):
        number = len(self.cells) + len(self.rows)
        return traffic.measure_null(
            self.run.directory / f"null{number}-{connections}", connections,
            self.run.options)

    def one(self, *key):
        connections, store, name, is_on = key
        self.run.note(f"{connections} connections, {store}, {name}, memory "
                      f"{'on' if is_on else 'off'}")
        try:
            cell = traffic.measure(self.run.filled, store, name, is_on,
                                   connections, self.run.options)
        except (Exception, SystemExit) as error:
            self.notes.append(f"{key}: failed: {error}")
            return
        if cell.amiss:
            self.notes.append(f"{key}: not all passed: {cell.amiss}")
        self.cells[key] = cell

    def at(self, connections):
        """All that is measured at so many connections."""
        names = traffic.WORKLOADS if connections == MAIN else SOME
        nulls = [self.null(connections)]
        keys = [(connections, store, name, is_on)
                for store in self.run.options.stores for name in names
                for is_on in (True, False)]
        for key in keys:
            if self.run.is_late():
                self.notes.append(f"{key}: no time was left")
            else:
                self.one(*key)
        nulls.append(self.null(connections))
        rate = statistics.fmean(null.rate for null in nulls)
        nulls[0].rate, nulls[0].of_null = rate, 1
        self.nulls[connections] = nulls[0]
        self.rows.append(_row(connections, "null", "", None, nulls[0]))
        for key in keys:
            if key in self.cells:
                self.cells[key].of_null = self.cells[key].rate / rate
                self.rows.append(_row(*key, self.cells[key]))

    def judge(self):
        for store, name, is_on, most, least in AIMS:
            cell = self.cells.get((MAIN, store, name, is_on))
            what = f"{store}, {name}, memory {'on' if is_on else 'off'}"
            if cell is None or store not in self.run.options.stores:
                continue
            if most:
                self.run.aim(f"{what}: CPU us", f"{most} or less",
                             f"{cell.total:.1f}", cell.total <= most)
            if least:
                self.run.aim(f"{what}: of null", f"{least} or more",
                             f"{cell.of_null:.2f}", cell.of_null >= least)
        for (connections, store, name, is_on), cell in self.cells.items():
            if not is_on and name in SOME:
                null = self.nulls[connections]
                ratio = cell.p99 / cell.p50
                self.run.aim(
                    f"{store}, {name}, memory off, {connections} connections: "
                    "p99 / p50", "3 or less", f"{ratio:.1f} (null "
                    f"{null.p99 / null.p50:.1f})", ratio <= 3)


def part(run):
    table = Table(run)
    for connections in run.options.connections:
        table.at(connections)
    table.judge()
    return "\n".join([_text(table.rows), "", EXPLAINED, *table.notes]).rstrip()
