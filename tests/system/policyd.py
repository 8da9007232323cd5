"""policyd.py -- start the daemon, talk to it, read its log, stop it.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import pathlib
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import tempfile

import pytest

import proc
from build import BUILD, SOURCE  # noqa: F401
from client import Client, request
from ports import free_port  # noqa: F401
from proc import children, is_alive, is_stopped  # noqa: F401
from waiting import PATIENCE, until

PROGRAM = BUILD.resolve() / "policyd"
# A command to run the daemon under, such as valgrind with its options.
WRAPPER = shlex.split(os.environ.get("POLICYD_WRAPPER", ""))
# Sanitizers and valgrind take memory and time of their own.
IS_PLAIN = not WRAPPER and b"libasan" not in PROGRAM.read_bytes()
IS_ROOT = os.geteuid() == 0
# Not in a container, and not where / is no mount, as in a chroot.
needs_mounts = pytest.mark.skipif(
    not IS_ROOT or subprocess.run(["unshare", "--mount", "true"], check=False,
                                  capture_output=True).returncode != 0,
    reason="only root can have mounts of his own, where it may")
# What sanitizers, valgrind (-q) and assert() say.
TROUBLE = re.compile(r"^==\d+==|runtime error:|Assertion `", re.MULTILINE)
# The store of a daemon alone: {root} is its directory.
OWN_FILE = "sqlite:{root}/policyd.db"
# Whom the daemon becomes when it is started as root.
USER, GROUP = "nobody", "nogroup"


def environment(**more):
    """What the daemon and its command line inherit: little."""
    kept = {name: os.environ[name]
            for name in ("PATH", "LANG", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                         "LSAN_OPTIONS", "POLICYD_COVERAGE") if name in
            os.environ}
    kept.update({name: str(value) for name, value in more.items()})
    return kept


def run(*arguments, input=None, timeout=120, **env):
    """Run the program once; a CompletedProcess with text output."""
    return subprocess.run(
        [str(PROGRAM), *map(str, arguments)], input=input, text=True,
        capture_output=True, timeout=timeout * PATIENCE, cwd="/",
        env=environment(**env))


def merge(base, changes):
    """base with changes laid over it, sections key by key."""
    merged = dict(base)
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def fields(line):
    """The fields of a line of the text log, as a dict."""
    found = {}
    for match in re.finditer(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))', line):
        name, quoted, plain = match.groups()
        found[name] = plain if quoted is None else quoted
    return found


# What valgrind --track-fds=yes says of files that a process is meant to have at
# its end: the line to the master, which hears so that it ended, and that of a
# task; the sockets and the copies of GeoIP files that all processes share.
MEANT = re.compile(r"Open [^\n]*\n   at [^\n]*\n"
                   r"(   by [^\n]*\(fcntl[^\n]*\n)?   by [^\n]*\("
                   r"(process_fleet|task_process|listen_sockets|unix_socket|"
                   r"file_snapshot)\.c[^\n]*\n"
                   r"(   by[^\n]*\n)*\n*")


def without_meant(log):
    """The log without what valgrind says of those alone."""
    for pid in set(re.findall(r"^==(\d+)== FILE DESCRIPTORS", log,
                              re.MULTILINE)):
        own = re.compile(rf"^=={pid}== (.*\n)", re.MULTILINE)
        said = MEANT.sub("", "".join(own.findall(log)))
        if re.fullmatch(r"FILE DESCRIPTORS[^\n]*\n\s*", said):
            log = own.sub("", log)
    return log


class Policyd:
    """One daemon in a directory of its own.

    config is laid over the defaults of the tests; it is written as JSON,
    which is YAML too. text replaces the file altogether.
    """

    def __init__(self, config=None, user=USER):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="policyd."))
        self.root.chmod(0o755)
        self.socket = self.root / "policy"
        self.address = f"unix:{self.socket}"
        self.path = self.root / "policyd.yaml"
        self.log_path = self.root / "log"
        self.user = user
        self.process = None
        self._log_from = 0
        self._launched_at = 0
        self.config = merge(self._defaults(), config or {})
        store = self.config.get("store", {})
        if store.get("url") == OWN_FILE:
            store["url"] = OWN_FILE.format(root=self.root)
        self.write()
        if IS_ROOT and user != "root":
            entry = pwd.getpwnam(user)
            os.chown(self.root, entry.pw_uid, entry.pw_gid)

    def _defaults(self):
        group = GROUP if self.user == USER else "root"
        defaults = {
            "listen": [self.address],
            # No answer fails because others use the machine.
            "server": {"workers": 2, "deadline": "30s",
                       "state": str(self.root / "blocked"),
                       "status": str(self.root / "status")},
            "log": {"level": "info"},
            "limits": {"countries": 3, "networks": 10,
                       "home": {"max_countries": 3, "max_networks": 10}},
            # Accounts of the tests are everywhere on their first day.
            "new_places": {"countries": {"day": "unlimited"}},
        }
        if IS_ROOT:
            defaults["server"].update(user=self.user, group=group)
            defaults["socket"] = {"user": self.user, "group": group}
        else:
            defaults["socket"] = {"user": "", "group": ""}
        return defaults

    def write(self, changes=None, text=None):
        """Write the configuration file, with changes from now on."""
        self.config = merge(self.config, changes or {})
        if text is None:
            text = json.dumps(self.config, indent=1)
        # By rename: a daemon that reads meanwhile sees one or the other.
        new = self.path.with_suffix(".new")
        new.write_text(text)
        new.chmod(0o644)
        new.rename(self.path)

    # --- life ---------------------------------------------------------------

    def launch(self, *arguments, wrapper=(), pass_fds=(), **env):
        """Start the process without waiting for anything."""
        assert self.process is None or self.process.poll() is not None
        self._launched_at = len(self.log(everything=True))
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, *WRAPPER, str(PROGRAM), "-c", str(self.path),
                 *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                env=environment(**env), pass_fds=pass_fds,
                start_new_session=True)
        return self

    def start(self, *arguments, **options):
        """Start the process and wait until all of it serves."""
        self.launch(*arguments, **options)
        self.wait_ready()
        until(self._is_complete, "all processes to be up", 120)
        return self

    def wait_ready(self):
        until(self._serves, "the daemon to serve")

    def _serves(self):
        code = self.process.poll()
        assert code is None, f"exit status {code}:\n{self.log()}"
        try:
            with self.client() as client:
                # Nobody, so that nothing is counted.
                client.ask()
            return True
        except (OSError, EOFError):
            return False

    def _is_complete(self):
        """Until all are up some are not even born; it says when they are."""
        code = self.process.poll()
        assert code is None, f"exit status {code}:\n{self.log()}"
        level = self.config["log"].get("level")
        return level not in ("info", "debug") or \
            os.readlink(f"/proc/{self.pid}/fd/2") != str(self.log_path) or \
            re.search(r" serves, \d+ processes",
                      self.log(everything=True)[self._launched_at:])

    @property
    def pid(self):
        return self.process.pid

    def signal(self, number):
        os.kill(self.pid, number)

    def reload(self):
        """Reload and wait until the new generation serves alone."""
        before = set(children(self.pid))
        self.signal(signal.SIGHUP)
        until(lambda: children(self.pid) and
              not before & set(children(self.pid)), "a new generation")
        self.wait_ready()

    def processes(self):
        """Who serves: {"worker": [process ids], ...}, as soon as all are up
        and nobody else is about to."""
        def ask():
            seen = len(self.log(everything=True))
            self.signal(signal.SIGUSR1)
            line = until(lambda: re.search(
                r"^.*\bphase=(\w+) .*\bworker=.*\n",
                self.log(everything=True)[seen:], re.MULTILINE),
                "the list of processes")
            listed = {role: text.split() for role, text in fields(
                line.group().partition(" phase=")[2]).items()}
            # "-" is missing, "12?" not up yet.
            if line.group(1) != "serving" or not all(
                    pid.isdigit() for pids in listed.values()
                    for pid in pids):
                return None
            return {role: list(map(int, pids))
                    for role, pids in listed.items()}
        return until(ask, "all processes to be up", 120)

    def workers(self):
        """The process ids of the workers, as soon as all processes are up."""
        return self.processes()["worker"]

    def generation(self):
        """The process ids of all that serve, as soon as they are up."""
        return {pid for pids in self.processes().values() for pid in pids}

    def stop(self, seconds=60):
        """Ask it to end, and return the exit status."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.process.wait(seconds * PATIENCE + 1)

    def close(self):
        """End it whatever happened, and check what it left behind."""
        try:
            if self.process is not None and self.process.poll() is None:
                code = self.stop()
                assert code == 0, f"exit status {code}:\n{self.log()}"
            log = without_meant(self.log(everything=True))
            trouble = TROUBLE.search(log)
            assert not trouble, log[trouble.start():][:5000]
        finally:
            self._kill()
            shutil.rmtree(self.root, ignore_errors=True)

    def _kill(self):
        if self.process is None:
            return
        pids = children(self.pid)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        proc.send(signal.SIGKILL, pids)

    # --- talk ---------------------------------------------------------------

    def client(self, address=None, timeout=60):
        return Client(address or self.address, timeout)

    def spread(self, count):
        """So many clients, in turn one of each worker: by itself one worker
        would take them all. The others stand still meanwhile."""
        workers = self.workers()
        return [self._client_of(workers[number % len(workers)], workers)
                for number in range(count)]

    def _client_of(self, taker, workers):
        others = [pid for pid in workers if pid != taker]
        proc.send(signal.SIGSTOP, others)
        try:
            until(lambda: all(map(is_stopped, others)), "the others to stop")
            client = self.client()
            until(lambda: not proc.has_untaken(self.socket),
                  "it to be taken")
        finally:
            proc.send(signal.SIGCONT, others)
        return client

    def ask(self, account=None, client="192.0.2.1", **attributes):
        """One request on a connection of its own. As Postfix does, another
        one is made if a worker that leaves closes it before the request."""
        for _ in range(10):
            with self.client() as connection:
                try:
                    connection.send(request(account, client, **attributes))
                except BrokenPipeError:
                    continue
                return connection.answer()
        raise EOFError("each connection is closed at once")

    def cli(self, *arguments, **options):
        """Run the program as an administrator does, on the same file."""
        return run("-c", self.path, *arguments, **options)

    # --- log ----------------------------------------------------------------

    def log(self, everything=False):
        if not self.log_path.exists():
            return ""
        text = self.log_path.read_bytes().decode("utf-8", "replace")
        return text if everything else text[self._log_from:]

    def forget_log(self):
        """Later reads of the log begin here."""
        self._log_from = len(self.log(everything=True))

    def wait_log(self, pattern, seconds=60):
        """Wait for a line that matches; returns the match."""
        return until(lambda: re.search(pattern, self.log(), re.MULTILINE),
                     f"{pattern!r} in the log:\n{self.log()}", seconds)

    def decisions(self, count=1, **wanted):
        """Wait for so many decision lines with these fields; the fields."""
        def find():
            found = [fields(line) for line in self.log().split("\n")
                     if re.search(r"\bdecision ", line)]
            found = [decision for decision in found
                     if all(decision.get(name) == value
                            for name, value in wanted.items())]
            return len(found) >= count and found
        return until(find, f"{count} decisions with {wanted}")
