"""processes.py -- what processes use: CPU time and memory, from /proc.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib

_TICK_US = 1_000_000 / os.sysconf("SC_CLK_TCK")


def _all():
    """Every process: its parent and the CPU time, in ticks, of itself and of
    the children it has waited for."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            text = pathlib.Path("/proc", entry, "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        # The name, in parentheses, may hold anything.
        fields = text.rpartition(")")[2].split()
        found[int(entry)] = int(fields[1]), sum(map(int, fields[11:15]))
    return found


def family(root, processes=None):
    """A process and all that descend from it."""
    processes = processes or _all()
    members = {root}
    grown = True
    while grown:
        born = {pid for pid, (parent, _) in processes.items()
                if parent in members} - members
        members |= born
        grown = bool(born)
    return members


def cpu_us(roots):
    """The CPU time of each process of a dict, its descendants included."""
    processes = _all()
    return {name: _TICK_US * sum(processes[pid][1]
                                 for pid in family(root, processes)
                                 if pid in processes)
            for name, root in roots.items()}


def _kind(pid):
    """Of PostgreSQL's processes: those of clients, of the log, others."""
    try:
        title = pathlib.Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "others"
    if title.startswith("postgres: policyd "):
        return "backends"
    return "wal" if title.startswith("postgres: walwriter") else "others"


def cpu_split_us(postgres):
    """The CPU time of PostgreSQL's processes that run, by their kind."""
    processes = _all()
    split = {"backends": 0, "wal": 0, "others": 0}
    for pid in family(postgres, processes):
        if pid in processes:
            split[_kind(pid)] += _TICK_US * processes[pid][1]
    return split


def private_bytes(pid):
    """The memory that a process shares with no other one."""
    total = 0
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").open():
        if line.startswith("Private_"):
            total += int(line.split()[1]) * 1024
    return total
