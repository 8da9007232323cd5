"""postgres.py -- a PostgreSQL server of our own, with a database per test.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import glob
import itertools
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import zlib

import proc
from build import made_once
from libpq import Session
from waiting import until

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{sockets}'
fsync = off
full_page_writes = off
max_wal_size = 96MB
max_connections = 200
shared_buffers = 64MB
log_min_messages = warning
jit = off
dynamic_shared_memory_type = mmap
"""
# Most of what is new would else be the first segment of its log.
INITDB = ["-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8",
          "--locale=C", "--wal-segsize=1"]



def _programs():
    """Its programs themselves, not Debian's wrappers, which take longer."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"),
                   key=lambda path: int(path.split("/")[4]))
    assert found, "no PostgreSQL server is installed"
    return pathlib.Path(found[-1]).parent


PROGRAMS = _programs()
# Where memory serves as a disk. Most of the time of a test would else be spent
# on copying its database.
MEMORY = pathlib.Path("/dev/shm")
WANTED = 1 << 30


def memory_folder():
    """Where temporary files are made; None: where others are."""
    if os.access(MEMORY, os.W_OK) and \
            shutil.disk_usage(MEMORY).free >= WANTED:
        return MEMORY
    return None


class Database:
    """A database of its own, owned by the role policyd."""

    def __init__(self, server, name):
        self.server = server
        self.name = name

    @property
    def url(self):
        return (f"postgresql:///{self.name}?host={self.server.sockets}"
                "&user=policyd")

    def sql(self, text):
        """Run SQL; the rows as lists of strings."""
        return self.server.sql(text, self.name)

    def value(self, text):
        rows = self.sql(text)
        assert len(rows) == 1 and len(rows[0]) == 1, rows
        return rows[0][0]

    def settle(self):
        """Write what account rows hold of logins to the table of logins."""
        self.sql("""
            UPDATE policyd.login l SET last_seen = v.last_seen, mails = v.mails
              FROM policyd.logins v
             WHERE v.account = l.account AND v.network = l.network;
            UPDATE policyd.account SET places = '', version = (random() * 9e18)::bigint,
                   complete_since = 9223372036854775807""")

    def age(self, interval):
        """Make everything that is remembered older."""
        self.settle()
        for table, columns in (
                ("login", ("first_seen", "last_seen")),
                ("account", ("last_seen",))):
            changes = ", ".join(f"{column} = {column} - interval '{interval}'"
                                for column in columns)
            if table == "account":
                changes += ", version = (random() * 9e18)::bigint"
            self.sql(f"UPDATE policyd.{table} SET {changes}")

    def backends(self, more=""):
        """The process ids of policyd's connections."""
        return [int(row[0]) for row in self.server.sql(
            "SELECT pid FROM pg_stat_activity"
            f" WHERE datname = '{self.name}' AND usename = 'policyd'{more}")]

    def idle_backends(self, more=""):
        """Of those the ones that hold nothing others could wait for."""
        return self.backends(" AND state = 'idle'" + more)


class Postgres:
    """One server, on a Unix socket only. It never runs as root.

    source: the server that this one is a standby of; environment: what its
    programs get beside ours.
    """

    def __init__(self, source=None, settings="", environment=None):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="policyd-pg.",
                                                  dir=memory_folder()))
        self.data = self.root / "data"
        self.sockets = self.root / "s"
        self.sockets.mkdir()
        self.sockets.chmod(0o755)
        self.root.chmod(0o755)
        self._options = {"env": dict(os.environ, **(environment or {}))}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            self._options.update(user=user.pw_uid, group=user.pw_gid,
                                 extra_groups=[])
            for path in (self.root, self.sockets):
                os.chown(path, user.pw_uid, user.pw_gid)
        self._numbers = itertools.count(1)
        # Sessions that wait for the next statement, by database.
        self._idle = {}
        if source is None:
            self._unpack()
        else:
            self._run("pg_basebackup", "-D", self.data, "-h", source.sockets,
                      "-U", "postgres", "-R", "--checkpoint=fast",
                      "--no-sync")
        with open(self.data / "postgresql.conf", "a") as conf:
            conf.write(SETTINGS.format(sockets=self.sockets) + settings)
        self.start()
        if source is None:
            self.sql("CREATE ROLE policyd LOGIN")

    def _run(self, program, *arguments):
        result = subprocess.run(
            [str(PROGRAMS / program), *map(str, arguments)],
            cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, **self._options)
        assert result.returncode == 0, result.stdout

    def _unpack(self):
        """What initdb makes. It is run once for all servers of a build."""
        def make(path):
            self._run("initdb", "-D", self.data, *INITDB)
            with open(path, "wb") as archive:
                subprocess.run(["tar", "-c", "-C", self.root, "data"],
                               stdout=archive, check=True)
            shutil.rmtree(self.data)

        key = zlib.crc32(repr((PROGRAMS, INITDB)).encode())
        with open(made_once(f"initdb-{key:x}.tar", make)) as archive:
            subprocess.run(["tar", "-x", "-C", self.root], stdin=archive,
                           check=True, **self._options)

    def start(self):
        # The log goes to a file: a server that inherits a pipe keeps its
        # reader waiting.
        self._run("pg_ctl", "-D", self.data, "-l", self.root / "log", "-w",
                  "start")

    def stop(self, mode="fast"):
        self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def promote(self):
        self._run("pg_ctl", "-D", self.data, "-w", "promote")

    def kill(self):
        """As if the power failed."""
        # The postmaster is stopped first, then nobody is born meanwhile.
        killed = self.freeze()
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        until(lambda: not any(os.path.exists(f"/proc/{pid}/exe")
                              for pid in killed), "the server's death")
        (self.data / "postmaster.pid").unlink()

    def processes(self):
        """The postmaster and its children."""
        master = int((self.data / "postmaster.pid").read_text().split()[0])
        return [master] + proc.children(master)

    def freeze(self):
        """Stop every process by SIGSTOP; returns what thaw wants."""
        master = self.processes()[0]
        os.kill(master, signal.SIGSTOP)
        until(lambda: proc.is_stopped(master), "the postmaster to stop")
        # Now nobody is born, and who dies is not reaped.
        stopped = self.processes()
        proc.send(signal.SIGSTOP, stopped)
        return stopped

    @staticmethod
    def thaw(stopped):
        proc.send(signal.SIGCONT, stopped)

    def session(self, database="postgres"):
        """One of its own, of who may do everything."""
        return Session(f"host={self.sockets} user=postgres dbname={database}")

    def sql(self, text, database="postgres"):
        """Run SQL; the rows as lists of strings."""
        idle = self._idle.setdefault(database, [])
        session = idle.pop() if idle else None
        if session and not session.is_fresh():
            session.close()
            session = None
        session = session or self.session(database)
        try:
            rows = session.sql(text)
        except AssertionError:
            session.close()
            raise
        idle.append(session)
        return rows

    def _leave(self, database):
        for session in self._idle.pop(database, []):
            session.close()

    @contextlib.contextmanager
    def locked(self, database, select, end="ROLLBACK"):
        """Hold what this SELECT of 'locked' locks."""
        with self.session(database.name) as locker:
            assert locker.sql(f"BEGIN; {select}")[-1] == ["locked"]
            try:
                yield
            finally:
                locker.sql(end)

    def database(self, template="template0"):
        """A fresh database, a copy of the template."""
        name = f"test{next(self._numbers)}"
        # Copying files takes half of the work of logging each page.
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template} OWNER policyd "
                 "STRATEGY FILE_COPY")
        return Database(self, name)

    def drop(self, database):
        self._leave(database.name)
        self.sql(f"DROP DATABASE {database.name} WITH (FORCE)")

    def close(self):
        for database in list(self._idle):
            self._leave(database)
        try:
            self.thaw(self.processes())
            self.stop("immediate")
        except FileNotFoundError:
            pass    # it is not running
        shutil.rmtree(self.root, ignore_errors=True)

    def wait_ready(self):
        def answers():
            try:
                return self.sql("SELECT 1")
            except AssertionError:
                return None
        until(answers, "PostgreSQL")
