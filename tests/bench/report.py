"""report.py -- what was measured, as a table and a few ratios.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import collections
import os
import platform
import re
import statistics
import subprocess
import time


def merge(results):
    """The mean of several measurements of one cell; what is counted adds up,
    and of the longest times the longest counts."""
    mean = statistics.fmean
    return type(results[0])(
        rate=mean(r.rate for r in results),
        p50=mean(r.p50 for r in results), p99=mean(r.p99 for r in results),
        longest=max(r.longest for r in results),
        cpu={name: mean(r.cpu[name] for r in results)
             for name in results[0].cpu},
        errors=sum(r.errors for r in results),
        actions=sum((r.actions for r in results), collections.Counter()))


def _actions(result):
    total = sum(result.actions.values())
    texts = [f"{name} {100 * count / total:.4g} %"
             for name, count in result.actions.most_common()]
    if result.errors:
        texts.append(f"errors {result.errors}")
    return ", ".join(texts) or "-"


def table(cells):
    """cells: {(connections, server): result}. CPU time is per request."""
    head = ["connections", "server", "requests/s", "p50 ms", "p99 ms",
            "max ms", "server CPU us", "postgres CPU us", "answers"]
    rows = [head]
    for (connections, server), r in cells.items():
        cpu = [f"{r.cpu[name]:.1f}" if name in r.cpu else "-"
               for name in ("server", "postgres")]
        rows.append([str(connections), server, f"{r.rate:,.0f}",
                     f"{r.p50:.3f}", f"{r.p99:.3f}", f"{r.longest:.1f}",
                     *cpu, _actions(r)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = []
    for n, row in enumerate(rows):
        if n == 0 or row[0] != rows[n - 1][0]:
            lines.append("")
        lines.append("  ".join(
            cell.ljust(width) if i in (1, len(head) - 1) else
            cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))).rstrip())
    return "\n".join(lines[1:])


def _ratio(name, aim, values):
    return f"{name:<58} {values}  (aim: {aim})"


def ratios(cells, at, private, deadline_ms=2000):
    """What the project aims for; `at` is the number of connections."""
    def of(server):
        return {n: r for (n, name), r in cells.items() if name == server}

    lines = []
    pgsql, sqlite = of("policyd, PostgreSQL"), of("policyd, SQLite")
    if pgsql:
        lines.append(_ratio(
            "p99 / p50 of policyd at " + ", ".join(map(str, pgsql))
            + " connections", "3 or less",
            " ".join(f"{r.p99 / r.p50:.1f}" for r in pgsql.values())))
    if at in pgsql and at in sqlite:
        lines.append(_ratio(
            f"SQLite / PostgreSQL at {at} connections, requests/s",
            "0.5 or more", f"{sqlite[at].rate / pgsql[at].rate:.2f}"))
    if sqlite:
        longest = max(r.longest for r in sqlite.values())
        lines.append(_ratio("longest answer on SQLite, ms",
                            f"below {deadline_ms}", f"{longest:.0f}"))
    if private is not None:
        lines.append(_ratio("private memory of a worker with 250 connections,"
                            " MiB", "below 12", f"{private / 2**20:.1f}"))
    return "\n".join(lines)


def _sync_ms(directory):
    """How long the disk takes to make 8 kB last."""
    path = os.path.join(directory, "sync")
    with open(path, "wb", buffering=0) as file:
        begin = time.monotonic()
        for _ in range(50):
            os.pwrite(file.fileno(), b"x" * 8192, 0)
            os.fdatasync(file.fileno())
        taken = time.monotonic() - begin
    os.unlink(path)
    return taken / 50 * 1000


def _jiffies():
    """Of all processors: all, and those that somebody used."""
    with open("/proc/stat", encoding="ascii") as stat:
        times = list(map(int, stat.readline().split()[1:9]))
    return sum(times), sum(times) - times[3] - times[4]


def busy_share(seconds):
    """What share of the machine is used, of so many seconds."""
    before = _jiffies()
    time.sleep(seconds)
    total, used = (b - a for a, b in zip(before, _jiffies()))
    return used / max(total, 1)


def machine(directory, programs):
    """What it ran on."""
    with open("/proc/cpuinfo") as info:
        model = re.search(r"^model name\s*: (.*)$", info.read(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    filesystem = subprocess.run(
        ["stat", "-f", "-c", "%T", str(directory)], capture_output=True,
        text=True, check=True).stdout.strip()
    postgres = subprocess.run([programs / "postgres", "--version"], text=True,
                              capture_output=True, check=True).stdout.strip()
    return (f"{len(os.sched_getaffinity(0))} x "
            f"{model[1] if model else platform.machine()}, "
            f"{memory / 2**30:.0f} GiB, Linux {platform.release()}, "
            f"load average {os.getloadavg()[0]:.1f}\n"
            f"data on {filesystem}, {_sync_ms(directory):.2f} ms to make 8 kB "
            f"last; {postgres}")
