"""mails.py -- mails a second through a real Postfix, with policyd and without.

SPDX-License-Identifier: GPL-3.0-or-later

Two instances of Postfix take turns, so that whatever else the machine does hits
both: one asks policyd for each recipient, the other nobody. smtp-source sends in
20 sessions at a time, a connection for each mail, all from one account. What is
taken is discarded.
"""
import collections
import contextlib
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "system"))

from filled import AT_HOME
from postfix import Postfix
from processes import cpu_us
from servers import OWNER

SENDER = "user000000@bench.example"
# No further turn begins after that, of a store.
MOST_S = 80
WITHOUT = "Postfix without"
MORE = "in_flow_delay = 0\n"
NOBODY = "smtpd_recipient_restrictions = permit\n"
CONFIG = {"identity": {"keys": ["sender"]}, "count": {"private": True},
          "socket": {"user": OWNER.pw_name, "group": "postfix",
                     "mode": "0660"}, **AT_HOME}


def _send(postfix, count):
    """Mails a second until the last one is taken."""
    begin = time.monotonic()
    subprocess.run(["smtp-source", "-s", "20", "-m", str(count), "-f", SENDER,
                    "-t", "someone@example.org",
                    f"127.0.0.1:{postfix.port}"], check=True, timeout=120,
                   stdout=subprocess.DEVNULL)
    took = time.monotonic() - begin
    deadline = time.monotonic() + 60
    while postfix.queue():
        if time.monotonic() > deadline:
            raise RuntimeError("Postfix does not deliver")
        time.sleep(0.05)
    return count / took


def _pid(postfix):
    return int((postfix.root / "spool/pid/master.pid").read_text())


def measure(filled, store, turns, count):
    """Mails a second: of each turn with policyd, and without; the CPU time of a
    mail, microseconds, of policyd, its store and Postfix in the turns with it,
    and of Postfix in the turns without; the share of the mails that the store
    was asked for."""
    rates = {"with": [], "without": []}
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(filled.copy(store))
        server = stack.enter_context(filled.server(url, CONFIG))
        both = {"with": Postfix(MORE, f"unix:{server.socket}")}
        stack.callback(both["with"].close)
        both["without"] = Postfix(MORE + NOBODY)
        stack.callback(both["without"].close)
        for kind in both:
            _send(both[kind], count // 4)
        watched = {"with": {"policyd": server.pid,
                            "Postfix": _pid(both["with"])},
                   "without": {WITHOUT: _pid(both["without"])}}
        if store == "postgresql":
            watched["with"]["PostgreSQL"] = filled.postgres.pid
        used = collections.Counter()
        asked = server.counters()
        end = time.monotonic() + MOST_S
        for turn in range(turns):
            if time.monotonic() > end:
                break
            for kind in ("with", "without")[::1 if turn % 2 else -1]:
                before = cpu_us(watched[kind])
                rates[kind].append(_send(both[kind], count))
                used.update(cpu_us(watched[kind]))
                used.subtract(before)
        counted = server.counters()
    requests = counted["requests"] - asked["requests"]
    sent = len(rates["with"]) * count
    if requests < sent or counted["errors"] > asked["errors"]:
        raise RuntimeError(f"policyd was asked {requests} times for "
                           f"{sent} mails")
    unasked = counted["unasked"] - asked["unasked"]
    return rates, {name: us / sent for name, us in used.items()}, \
        1 - unasked / requests


def cost(cpu):
    """What policyd costs, as a share of the mails a second when the processors
    are busy. The clock tells less of it than of who else used the machine."""
    return 1 - cpu[WITHOUT] / sum(us for name, us in cpu.items()
                                  if name != WITHOUT)


def part(run):
    turns, count = run.options.turns, run.options.mails
    lines = []
    for store in run.options.stores:
        rates, cpu, asked = measure(run.filled, store, turns, count)
        share = cost(cpu)
        lines.append(
            f"{store:10}  {statistics.median(rates['with']):6.0f} with, "
            f"{statistics.median(rates['without']):6.0f} without (turns, %: " +
            " ".join(f"{100 * (1 - a / b):.1f}" for a, b in
                     zip(rates["with"], rates["without"])) +
            f"); the store was asked for {asked:.0%}\n{'':10}  CPU us a mail: "
            + ", ".join(f"{name} {us:.0f}" for name, us in cpu.items()) +
            f": it costs {100 * share:.1f} %")
        run.aim(f"mails through Postfix, {store}: of the CPU time", "5 % or less",
                f"{100 * share:.1f} %", share <= 0.05)
    return ("Mails a second through Postfix, all of one account: medians of at "
            f"most {turns} turns of {count} mails\n\n" + "\n".join(lines))
