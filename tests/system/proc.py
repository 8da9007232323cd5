"""proc.py -- processes, as /proc tells of them: they come and go meanwhile.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import os
import pathlib

# Between a name being found and being read its process may end.
GONE = (FileNotFoundError, ProcessLookupError)


def children(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except GONE:
        return []
    return [int(child) for child in text.split()]


def _stat(pid):
    """The fields after the name, which may hold anything; None: no process."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except GONE:
        return None
    return text.rpartition(")")[2].split()


def is_alive(pid):
    stat = _stat(pid)
    return stat is not None and stat[0] != "Z"


def is_stopped(pid):
    """Do all of its threads stand still, or has it ended?"""
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/stat"):
        with contextlib.suppress(*GONE):
            if task.read_text().rpartition(")")[2].split()[0] not in "TZX":
                return False
    return True


def cpu_seconds(pid):
    """What a process has had of the processors, no matter who else runs."""
    stat = _stat(pid)
    return sum(map(int, stat[11:13])) / os.sysconf("SC_CLK_TCK") if stat \
        else 0


def open_files(pid):
    """What a process has open, a text for each descriptor."""
    found = []
    with contextlib.suppress(*GONE):
        for number in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(*GONE):
                found.append(os.readlink(f"/proc/{pid}/fd/{number}"))
    return found


def has_untaken(path):
    """Is there a connection to a Unix socket that nobody has accepted yet?"""
    for line in pathlib.Path("/proc/net/unix").read_text().splitlines():
        fields = line.split(maxsplit=7)
        if len(fields) == 8 and fields[7] == str(path) and fields[6] == "0":
            return True
    return False


def send(number, pids):
    """A signal to all that are still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
