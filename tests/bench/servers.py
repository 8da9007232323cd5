"""servers.py -- the servers that are measured, each started and stopped here.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import glob
import grp
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time

BUILD = pathlib.Path(os.environ.get("POLICYD_BUILD", "build")).resolve()
IS_ROOT = os.geteuid() == 0
# Whom servers run as when this is run by root: PostgreSQL refuses root.
OWNER = pwd.getpwnam("postgres") if IS_ROOT else pwd.getpwuid(os.getuid())
WORKERS = 4

_POSTGRES_CONF = """
listen_addresses = ''
unix_socket_directories = '{directory}'
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
fsync = on
log_min_messages = fatal
"""
# What counts statements, where the server's package brings it along.
_STATEMENTS = pathlib.Path("/usr/share/postgresql")


def _accepts(path):
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


class Server:
    """A process that listens on a Unix socket."""

    def __init__(self, directory, socket_name):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()
        self.directory.chmod(0o755)
        os.chown(self.directory, OWNER.pw_uid, OWNER.pw_gid)
        self.socket = self.directory / socket_name
        self.process = None

    def launch(self, command, as_owner=False, **options):
        if as_owner and IS_ROOT:
            options.update(user=OWNER.pw_uid, group=OWNER.pw_gid,
                           extra_groups=[])
        self.process = subprocess.Popen(
            list(map(str, command)), cwd="/", stdin=subprocess.DEVNULL,
            stdout=open(self.directory / "log", "ab"),
            stderr=subprocess.STDOUT, **options)
        deadline = time.monotonic() + 30
        while not _accepts(self.socket):
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = (self.directory / "log").read_text(errors="replace")
                raise SystemExit(f"{command[0]} does not serve:\n{log}")
            time.sleep(0.01)

    @property
    def pid(self):
        return self.process.pid

    def stop(self, number=signal.SIGTERM):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()


class Null(Server):
    """What answers without reading."""

    def __init__(self, directory):
        super().__init__(directory, "policy")

    def start(self):
        self.launch([BUILD / "tests/bench/null", WORKERS, self.socket])


class Postgres(Server):
    """A PostgreSQL server of our own that waits for the disk (fsync)."""

    def __init__(self, directory):
        super().__init__(directory, ".s.PGSQL.5432")
        found = glob.glob("/usr/lib/postgresql/*/bin/postgres")
        if not found:
            raise SystemExit("no PostgreSQL server is installed")
        found.sort(key=lambda path: int(path.split("/")[4]))
        self.programs = pathlib.Path(found[-1]).parent
        self.url = self.url_of("bench")
        major = self.programs.parent.name
        self.counts_statements = (
            _STATEMENTS / major / "extension/pg_stat_statements.control"
        ).exists()

    def url_of(self, database):
        return f"postgresql:///{database}?host={self.directory}&user=policyd"

    def start(self):
        data = self.directory / "data"
        as_owner = {"user": OWNER.pw_uid, "group": OWNER.pw_gid,
                    "extra_groups": []} if IS_ROOT else {}
        subprocess.run([self.programs / "initdb", "-D", data, "-U", "postgres",
                        "-A", "trust", "-E", "UTF8", "--locale=C"], cwd="/",
                       check=True, stdout=subprocess.DEVNULL, **as_owner)
        with open(data / "postgresql.conf", "a") as conf:
            conf.write(_POSTGRES_CONF.format(directory=self.directory))
            if self.counts_statements:
                conf.write("shared_preload_libraries = "
                           "'pg_stat_statements'\n")
        self.launch([self.programs / "postgres", "-D", data], as_owner=True)
        # The socket accepts a moment before the server does.
        deadline = time.monotonic() + 30
        while self._psql("SELECT 1", "postgres").returncode != 0:
            if time.monotonic() > deadline:
                raise SystemExit("PostgreSQL does not come up")
            time.sleep(0.05)
        self.sql("CREATE ROLE policyd LOGIN", "postgres")
        self.sql("CREATE DATABASE bench OWNER policyd", "postgres")
        if self.counts_statements:
            self.sql("CREATE EXTENSION pg_stat_statements", "postgres")

    def _psql(self, text, database):
        return subprocess.run(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.directory,
             "-U", "postgres", "-d", database], input=text, text=True,
            capture_output=True)

    def sql(self, text, database="bench"):
        result = self._psql(text, database)
        if result.returncode != 0:
            raise SystemExit(f"psql: {result.stderr}")
        return result.stdout.strip()

    def statements(self):
        """How many were run for clients so far, or None."""
        if not self.counts_statements:
            return None
        return int(self.sql(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s, "
            "pg_roles r WHERE s.userid = r.oid AND rolname = 'policyd' AND "
            "toplevel", "postgres"))

    def stop(self, number=signal.SIGINT):
        super().stop(number)


class Policyd(Server):
    """policyd itself, with its default configuration."""

    def __init__(self, directory, store_url, geoip, workers=WORKERS,
                 more=None):
        super().__init__(directory, "policy")
        self.config = self.directory / "policyd.yaml"
        group = grp.getgrgid(OWNER.pw_gid).gr_name
        config = {
            "listen": [f"unix:{self.socket}"],
            "server": {"workers": workers, "state": "",
                       "status": ""},
            "store": {"url": store_url},
            "geoip": {"country": str(geoip)},
            # The default is DUNNO: failures would look like answers.
            "actions": {"error": "450 4.3.5 error"},
        }
        if IS_ROOT:
            config["server"].update(user=OWNER.pw_name, group=group)
            config["socket"] = {"user": OWNER.pw_name, "group": group}
        else:
            config["socket"] = {"user": "", "group": ""}
        for section, keys in (more or {}).items():
            if isinstance(keys, dict):
                config.setdefault(section, {}).update(keys)
            else:
                config[section] = keys
        self.config.write_text(json.dumps(config))
        self.environment = {name: value for name, value in os.environ.items()
                            if name != "POLICYD_BUILD"}

    def init_store(self):
        done = subprocess.run(
            [BUILD / "policyd", "-c", self.config, "--init-store"], cwd="/",
            env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"--init-store: {done.stderr}")

    def start(self):
        self.launch([BUILD / "policyd", "-c", self.config],
                    env=self.environment)

    def counters(self):
        """What SIGUSR1 logs: the counters, by name."""
        log = self.directory / "log"
        seen = log.stat().st_size
        self.process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with open(log, "rb") as file:
                file.seek(seen)
                text = file.read().decode()
            found = dict(re.findall(r"\b(\w+)=(\d+)\b", "".join(
                line for line in text.splitlines() if " decision " not in line
            )))
            if "store_rounds" in found:
                return {name: int(value) for name, value in found.items()}
            time.sleep(0.01)
        raise SystemExit("policyd does not tell its counters")


def remove(directory):
    shutil.rmtree(directory, ignore_errors=True)
