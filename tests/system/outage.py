"""outage.py -- what every outage of the store is measured by.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import datetime
import itertools
import re
import select
import threading
import time

from client import request
from geoip import address
from policyd import children, fields
from proc import cpu_seconds
from waiting import PATIENCE, measured, until

# What a busy machine may add to a deadline.
SLACK = 20 * PATIENCE
OK, BLOCKED, ERROR = "DUNNO", "REJECT blocked", "DEFER_IF_PERMIT error"
CONFIG = {
    "server": {"deadline": "3000ms", "workers": 2},
    "actions": {"ok": OK, "blocked": BLOCKED, "error": ERROR},
    "exempt": {"accounts": ["exempt@example.com"]},
    "limits": {"countries": 1},
}
BAD, EXEMPT, KNOWN = "bad@example.com", "exempt@example.com", "known@b.example"
CLIENTS = 4
# Modes that need the store.
JOBS = (["--list-blocked"], ["--explain", KNOWN], ["--clean"],
        ["--block", "new@example.com"], ["--unblock", BAD])

_numbers = itertools.count(1)


class Watch:
    """Clients that stay connected to a server, one account being blocked."""

    def __init__(self, policyd):
        self.policyd = policyd
        self.late = SLACK + int(policyd.config["server"]["deadline"]
                                .removesuffix("ms")) / 1000
        self.clients = policyd.spread(CLIENTS)
        until(lambda: set(self.volley([KNOWN] * CLIENTS)) == {OK}, "the store")
        until(lambda: policyd.ask(BAD, address("DE")) == OK, "a count")
        until(lambda: policyd.ask(BAD, address("AT")) == BLOCKED, "a block")
        # Trouble of the start is not what is to be tested.
        until(lambda: not self._open(), "the end of the trouble at start")
        policyd.forget_log()

    def reconnect(self):
        """After a reload, so that old workers can end."""
        self.close()
        self.clients = self.policyd.spread(CLIENTS)

    def close(self):
        for client in self.clients:
            client.close()

    def volley(self, accounts):
        """Ask on all connections at once; each answer comes in time."""
        began = time.monotonic()
        for client, account in zip(self.clients, accounts):
            client.send(request(account, address("DE")))
        answers = {}
        while len(answers) < len(accounts):
            waiting = [client for client in self.clients
                       if client not in answers]
            ready, _, _ = select.select(waiting, [], [], self.late)
            assert time.monotonic() - began < self.late, \
                f"late: {answers}\n{self.policyd.log()}"
            for client in ready:
                answers[client] = client.answer()
        return [answers[client] for client in self.clients if client in answers]

    def ask_all_kinds(self, account=None):
        """What accounts that are not special are answered; the others have
        the answers that they always have."""
        kinds = [account or f"new{next(_numbers)}@example.com", BAD, EXEMPT,
                 account or KNOWN]
        answers = []
        for turn in (0, 2):
            order = kinds[turn:] + kinds[:turn]
            for asked, answer in zip(order, self.volley(order)):
                if asked == BAD:
                    assert answer == BLOCKED
                elif asked == EXEMPT:
                    assert answer == OK
                else:
                    answers.append(answer)
        return set(answers)

    def endure(self, account=None):
        """The store is away: see that the server bears it."""
        until(lambda: ERROR in self.ask_all_kinds(account), "an error")
        assert self.ask_all_kinds(account) == {ERROR}
        assert self.complaints(), self.policyd.log()
        self.is_idle()
        assert self.ask_all_kinds(account) == {ERROR}
        # Nothing was counted, and no line says so.
        assert "countries_limit=0" not in self.policyd.log()

    def is_idle(self):
        """Nobody spins. The time is what is measured, not waited for."""
        pids = children(self.policyd.pid)

        def used():
            before = sum(map(cpu_seconds, pids))
            time.sleep(0.4)
            return sum(map(cpu_seconds, pids)) - before
        measured(used, lambda seconds: seconds < 0.055)

    def jobs_fail(self, jobs=JOBS):
        """The command line says once what is wrong, and exits with 69."""
        for job in jobs:
            result = self.policyd.cli(*job)
            assert result.returncode == 69, (job, result.stderr)
            assert result.stdout == ""
            assert result.stderr.count("\n") == 1, (job, result.stderr)
            assert " error: store: " in result.stderr

    def recover(self, account=None, seconds=60):
        """The store is there again: so is the server, block and all."""
        until(lambda: self.ask_all_kinds(account) == {OK}, "the store",
              seconds)
        until(lambda: self.ask_all_kinds(account) == {OK} and
              self._ask_anybody() and not self._open(),
              f"the end of {self._open()}", seconds)
        assert self.policyd.ask(BAD, address("DE")) == BLOCKED
        for pid, lines in self.complaints().items():
            assert len(lines) == 1, (pid, lines)

    def _ask_anybody(self):
        """A worker that nobody asks cannot tell that it is over."""
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(self.policyd.client())
                       for _ in range(CLIENTS)]
            return {client.ask(KNOWN, address("DE"))
                    for client in clients} == {OK}

    def complaints(self):
        """What each process says is wrong with the store."""
        return self._lines(r" error: store: (?!back)(.*)")

    def _lines(self, pattern):
        found = {}
        for line in self.policyd.log().splitlines():
            match = re.search(rf"policyd\[(\d+)\]{pattern}", line)
            if match:
                found.setdefault(match.group(1), []).append(match.group(2))
        return found

    def _open(self):
        """The processes that have not said yet that it is over."""
        over = self._lines(r" info: store: (back after.*)")
        wrong = self.complaints()
        alive = {str(pid) for pid in children(self.policyd.pid)}
        assert all(len(wrong.get(pid, [])) >= len(lines)
                   for pid, lines in over.items()), self.policyd.log()
        return [pid for pid in wrong if pid in alive and
                len(wrong[pid]) > len(over.get(pid, []))]

    def missed(self):
        """How many requests the processes say they answered without it."""
        return sum(int(re.search(r"; (\d+) requests", line).group(1))
                   for lines in self._lines(r" info: store: (back.*)").values()
                   for line in lines)

    def errors(self):
        """How many requests had no answer from the store; those whose account
        was known to be blocked have one, but not its counts."""
        decisions = [found for found in map(
            fields, self.policyd.log().splitlines()) if "verdict" in found]
        assert not any("memory" in found for found in decisions)
        return sum(found["verdict"] == "error" or
                   (found["verdict"] == "blocked" and "countries" not in found)
                   for found in decisions)

    def are_back_soon(self, take_away, let_go):
        """After a long outage all workers use the store again within 1.5 s.
        Times are told to a tenth; and whoever is to run may wait a few times:
        prober, worker, store."""
        def back():
            self.policyd.forget_log()
            take_away()
            self._miss_it_for(14)
            took, stall = self._all_are_back(let_go)
            print(f"back after {took:.2f} s, stalls of {stall:.2f} s")
            return took - (1.5 + 0.1 + 8 * stall) * PATIENCE
        measured(back, lambda late: late < 0, 3)

    def _miss_it_for(self, seconds):
        """Keep asking, in vain: what is measured is what comes after."""
        until(lambda: ERROR in self.ask_all_kinds(), "an error")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.ask_all_kinds()
            time.sleep(0.05)

    def _all_are_back(self, let_go, account=None):
        """Let the store come back. How long it took until the last worker
        that had missed it used it again, by its own log, and the longest that
        this machine let somebody stand meanwhile who wanted to run."""
        workers = {str(pid) for pid in self.policyd.workers()} & set(
            self.complaints())
        assert workers
        with Witness() as witness:
            let_go()
            began = time.time()
            until(lambda: all(self.ask_all_kinds(account) == {OK}
                              for _ in range(5)), "the store", 60)
            until(lambda: self.ask_all_kinds(account) == {OK} and
                  workers <= set(self._backs()), "all workers", 60)
        backs = self._backs()
        return max(backs[pid] for pid in workers) - began, witness.stall

    def _backs(self):
        """When each process had the store back. That is said when it has
        worked for a while: how long it was away tells when."""
        away, backs = {}, {}
        for at, pid, gone, after in re.findall(
                r"^(\S+)Z policyd\[(\d+)\] (?:(error)|info): store: "
                r"(?:back after ([\d.]+) s|(?!back))", self.policyd.log(),
                re.MULTILINE):
            if gone:
                away[pid] = datetime.datetime.fromisoformat(
                    at + "+00:00").timestamp()
            elif after:
                backs[pid] = away[pid] + float(after)
        return backs


class Witness(threading.Thread):
    """Sleeps a little, again and again, and sees for how much longer."""

    PAUSE = 0.005

    def __init__(self):
        super().__init__()
        self.stall = 0
        self._over = threading.Event()

    def run(self):
        while not self._over.is_set():
            began = time.monotonic()
            time.sleep(self.PAUSE)
            self.stall = max(self.stall,
                             time.monotonic() - began - self.PAUSE)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join()
