"""auto_failover.py -- pg_auto_failover: a monitor and two nodes.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

import policyd as daemon
import proc
from libpq import Session
from postgres import PROGRAMS, memory_folder
from waiting import until

PROGRAM = shutil.which("pg_autoctl")
# A node is given up after some seconds, not twenty.
IMPATIENCE = {
    "pgautofailover.health_check_period": 500,
    "pgautofailover.health_check_timeout": 1000,
    "pgautofailover.health_check_max_retries": 2,
    "pgautofailover.health_check_retry_delay": 500,
    "pgautofailover.node_considered_unhealthy_timeout": 4000,
    "pgautofailover.primary_demote_timeout": 2000,
    "pgautofailover.startup_grace_period": 1000,
}


def _stopped(pid):
    """A process and all that descend from it, stopped; a parent first, so that
    nobody is born meanwhile."""
    proc.send(signal.SIGSTOP, [pid])
    until(lambda: proc.is_stopped(pid), "a process to stop")
    return [pid] + [one for child in proc.children(pid)
                    for one in _stopped(child)]


class Node:
    """A process of pg_autoctl with its PostgreSQL."""

    def __init__(self, formation, name, *arguments):
        self.port = daemon.free_port()
        self.log = formation.root / f"{name}.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "create", *arguments, "--pgdata",
                 formation.root / name, "--pgport", str(self.port),
                 "--hostname", "127.0.0.1", "--auth", "trust", "--no-ssl",
                 "--run"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd="/", env=formation.environment, **formation.as_user)
        # Sessions that wait for the next statement, by database and user.
        self._idle = {}

    def kill(self):
        """All of it at once, as if the power failed."""
        pids = _stopped(self.process.pid)
        proc.send(signal.SIGKILL, pids)
        self.process.wait()

    def sql(self, text, database="postgres", user="postgres"):
        """The rows, each a text; None if it is not possible."""
        session = self._idle.pop((database, user), None)
        if session and not session.is_fresh():
            session.close()
            session = None
        try:
            session = session or Session(
                f"host=127.0.0.1 port={self.port} user={user} "
                f"dbname={database}")
            rows = session.sql(text)
        except AssertionError:
            if session:
                session.close()
            return None
        self._idle[database, user] = session
        return list(map(" ".join, rows))

    def leave(self):
        while self._idle:
            self._idle.popitem()[1].close()


class Formation:
    """A monitor, a primary and a standby, which is synchronous."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="policyd-paf.",
                                                  dir=memory_folder()))
        # Where there is none it takes one of all users below /tmp.
        (self.root / "run").mkdir(mode=0o700)
        self.as_user = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            for folder in (self.root, self.root / "run"):
                os.chown(folder, user.pw_uid, user.pw_gid)
            self.as_user = {"user": user.pw_uid, "group": user.pw_gid,
                            "extra_groups": []}
        self.environment = {
            "PATH": f"{PROGRAMS}:/usr/bin:/bin", "HOME": str(self.root),
            "XDG_CONFIG_HOME": str(self.root / "config"),
            "XDG_DATA_HOME": str(self.root / "share"),
            "XDG_RUNTIME_DIR": str(self.root / "run"),
            "PG_AUTOCTL_DEBUG": "", "LC_ALL": "C.UTF-8"}
        self.nodes = []
        try:
            self._make()
        except BaseException:
            self.close()
            raise

    def _make(self):
        self.monitor = Node(self, "monitor", "monitor")
        self.nodes.append(self.monitor)
        until(lambda: self.monitor.sql(
            "SELECT FROM pgautofailover.node", "pg_auto_failover")
            is not None, "the monitor")
        for name, value in IMPATIENCE.items():
            self.monitor.sql(f"ALTER SYSTEM SET {name} = {value}")
        self.monitor.sql("SELECT pg_reload_conf()")
        for name in ("one", "other"):
            self.nodes.append(Node(
                self, name, "postgres", "--name", name, "--dbname",
                "policyd", "--username", "policyd", "--monitor",
                "postgres://autoctl_node@127.0.0.1:"
                f"{self.monitor.port}/pg_auto_failover"))
            if name == "one":
                until(lambda: self.states() == ["single"], "the first node")
        # The base backup would wait for a checkpoint that takes its time.
        until(lambda: self.nodes[1].sql("CHECKPOINT") is not None and
              self.states() == ["primary", "secondary"], "both nodes", 120)

    def states(self):
        return self.monitor.sql(
            "SELECT reportedstate FROM pgautofailover.node "
            "WHERE reportedstate = goalstate ORDER BY nodeid",
            "pg_auto_failover")

    @property
    def url(self):
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes[1:])
        return (f"postgresql://policyd@{hosts}/policyd"
                "?target_session_attrs=read-write")

    def close(self):
        for node in reversed(self.nodes):
            node.leave()
            if node.process.poll() is None:
                node.kill()
        shutil.rmtree(self.root, ignore_errors=True)
