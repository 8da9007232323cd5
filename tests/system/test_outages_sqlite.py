"""test_outages_sqlite.py -- what mail notices when the file is in trouble.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile

import pytest

import policyd as daemon
from client import request
from geoip import address
from load import Load
from outage import (BAD, BLOCKED, CLIENTS, CONFIG, ERROR, EXEMPT, JOBS, KNOWN,
                    OK, Watch)
from policyd import children
from proc import open_files
from waiting import until


@pytest.fixture
def watch(geoip):
    """A function that starts a server on a file, in a folder of its own or
    in the one given; its clients are watched."""
    watches = []

    def start(folder=None):
        policyd = daemon.Policyd(daemon.merge(
            CONFIG, {"geoip": {"country": str(geoip / "country.mmdb")}}))
        path = pathlib.Path(folder or policyd.root / "store") / "policyd.db"
        path.parent.mkdir(exist_ok=True)
        if daemon.IS_ROOT:
            shutil.chown(path.parent, daemon.USER, daemon.GROUP)
        policyd.write({"store": {"url": f"sqlite:{path}"}})
        policyd.start()
        watches.append(Watch(policyd))
        watches[-1].path = path
        return watches[-1]
    yield start
    for each in watches:
        each.close()
        each.policyd.close()


def saved(path):
    """A copy of the store, whole."""
    copy = path.with_name("saved.db")
    with contextlib.closing(sqlite3.connect(path)) as source, \
            contextlib.closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = WAL")
    shutil.chown(copy, *(entry for entry in (
        path.stat().st_uid, path.stat().st_gid)))
    return copy


def restore(copy, path):
    """As an administrator does it: the copy takes the place of the file."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    copy.rename(path)


# --- locked ------------------------------------------------------------------

def test_locked(watch):
    watched = watch()
    with contextlib.closing(sqlite3.connect(watched.path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        watched.endure()
    watched.recover()
    for line in sum(watched.complaints().values(), []):
        assert "is locked by another program" in line


def test_a_stop_waits_for_no_lock(watch):
    """The deadline is later than all must have ended. Whoever waits is
    answered, and nobody is killed."""
    watched = watch()
    watched.policyd.write({"server": {"deadline": "20000ms"}})
    watched.policyd.reload()
    with watched.policyd.client() as client, \
            contextlib.closing(sqlite3.connect(watched.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        client.send(request("new@example.com", address("DE")))
        until(lambda: not client.unread(), "it to be asked for")
        assert watched.policyd.stop() == 0
        assert client.answer() == ERROR
    assert "in time: killed" not in watched.policyd.log()


def test_locker_is_stopped(watch):
    """Somebody stopped a backup in the middle of it."""
    watched = watch()
    locker = subprocess.Popen(
        ["/usr/bin/python3", "-c", "import sqlite3, sys\n"
         "store = sqlite3.connect(sys.argv[1])\n"
         "store.execute('BEGIN IMMEDIATE')\nprint('locked', flush=True)\n"
         "sys.stdin.read()", str(watched.path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert locker.stdout.readline() == "locked\n"
    locker.send_signal(signal.SIGSTOP)
    watched.endure()
    # Its death frees the lock.
    locker.kill()
    locker.wait()
    locker.stdin.close()
    locker.stdout.close()
    watched.recover()


# --- no room -----------------------------------------------------------------

@pytest.fixture
def small():
    """A file system of 4 MB."""
    folder = tempfile.mkdtemp(prefix="policyd-small.")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs",
                       folder], capture_output=True).returncode:
        os.rmdir(folder)
        pytest.skip("cannot mount a small file system")
    yield folder
    subprocess.run(["umount", folder], check=True)
    os.rmdir(folder)


def test_disk_is_full(small, watch):
    watched = watch(small)
    filler = os.path.join(small, "filler")
    with open(filler, "wb", buffering=0) as file, \
            contextlib.suppress(OSError):
        while True:
            file.write(bytes(512))
    with Load(watched.policyd, connections=CLIENTS,
              account="filling{}@example.com") as load:
        load.wait_answers(1, ERROR)
    # What is in the log already may be written once more.
    assert watched.ask_all_kinds() <= {OK, ERROR}
    watched.is_idle()
    assert watched.complaints()
    for line in sum(watched.complaints().values(), []):
        assert "no space left: make room" in line
    os.unlink(filler)
    watched.recover()
    assert load.lost == 0 and load.longest < watched.late
    with contextlib.closing(sqlite3.connect(watched.path)) as store:
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


# --- the file ----------------------------------------------------------------

@pytest.mark.skipif(not daemon.IS_ROOT, reason="needs a user to be kept out")
def test_unreadable(watch):
    """Who has it open goes on; a new generation cannot open it, but knows
    who is blocked."""
    watched = watch()
    watched.path.chmod(0)
    assert watched.ask_all_kinds() == {OK}
    watched.close()
    watched.policyd.reload()
    watched.reconnect()
    watched.endure()
    for line in sum(watched.complaints().values(), []):
        assert f"cannot be read and written (Permission denied): give it " \
            f"to {daemon.USER}" in line
    watched.path.chmod(0o640)
    watched.recover()


@pytest.mark.skipif(not daemon.IS_ROOT, reason="needs a user to be kept out")
def test_jobs_on_an_unreadable_file(watch):
    watched = watch()
    watched.path.chmod(0)
    # The folder of the source may be closed to others.
    program = shutil.copy(daemon.PROGRAM, watched.policyd.root)
    for job in JOBS:
        result = subprocess.run(
            [program, "-c", watched.policyd.path, *job], text=True,
            capture_output=True, user=daemon.USER, group=daemon.GROUP,
            extra_groups=[], env=daemon.environment(), check=False)
        assert result.returncode == 69
        assert result.stderr.count("\n") == 1
        assert "Permission denied" in result.stderr
    watched.path.chmod(0o640)


def at_most_locked(watched):
    """Who makes the new one may take so long that another tells of it; or that
    the log of the old one is gone, before he sees that the file is."""
    for line in sum(watched.complaints().values(), []):
        assert "is locked by another program" in line or \
            "-wal was deleted while it is in use" in line


def test_deleted(watch):
    """It is made anew at once, and every process goes over to it."""
    watched = watch()
    watched.path.unlink()
    assert watched.volley(["a@b.c", "b@b.c", KNOWN, "c@b.c"]) == [OK] * CLIENTS
    at_most_locked(watched)
    assert f"{watched.path} was removed or replaced" in watched.policyd.log()
    until(lambda: not any(
        f"{watched.path} (deleted)" in open_files(pid)
        for pid in children(watched.policyd.pid)),
        "all to let go of the old one")
    assert watched.policyd.ask(BAD, address("DE")) == OK
    assert watched.policyd.ask(BAD, address("AT")) == BLOCKED
    result = watched.policyd.cli("--list-blocked")
    assert BAD in result.stdout


def test_replaced_by_a_copy(watch):
    watched = watch()
    copy = saved(watched.path)
    assert watched.policyd.ask("later@b.example", address("DE")) == OK
    restore(copy, watched.path)
    assert watched.ask_all_kinds() == {OK}
    at_most_locked(watched)
    assert "nothing is known" in watched.policyd.cli(
        "--explain", "later@b.example").stdout
    assert BAD in watched.policyd.cli("--list-blocked").stdout


def truncate(path):
    os.truncate(path, 4096)


def scribble(path):
    with open(path, "r+b") as file:
        file.write(random.Random(1).randbytes(path.stat().st_size))


@pytest.mark.parametrize("damage", [truncate, scribble])
def test_damaged(watch, damage):
    """Until an administrator puts a copy in its place."""
    watched = watch()
    copy = saved(watched.path)
    # What is in the log alone would cover the damage.
    with contextlib.closing(sqlite3.connect(watched.path)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(watched.path)
    watched.endure()
    watched.jobs_fail()
    restore(copy, watched.path)
    watched.recover()
    for line in sum(watched.complaints().values(), []):
        assert str(watched.path) in line and \
            ("damaged" in line or "is not an SQLite database" in line)


def test_emptied(watch):
    """It looks new: whoever has the others' lock at last makes it anew, until
    an administrator puts a copy in its place."""
    watched = watch()
    copy = saved(watched.path)
    os.truncate(watched.path, 0)
    for number in range(20):
        assert set(watched.volley([f"other{number}@b.example", EXEMPT])) <= \
            {OK, ERROR}
    restore(copy, watched.path)
    until(lambda: set(watched.volley([BAD] * CLIENTS)) == {BLOCKED},
          "the block that the copy has", 40)
    until(lambda: set(watched.volley([KNOWN] * CLIENTS)) == {OK}, "the store")
    for line in sum(watched.complaints().values(), []):
        assert str(watched.path) in line


def test_who_was_blocked_is_known_after_a_restart(watch):
    watching = watch()
    policyd = watching.policyd
    watching.close()
    assert policyd.stop() == 0
    aside = watching.path.parent.with_name("aside")
    watching.path.parent.rename(aside)
    policyd.start()
    assert policyd.ask(BAD, address("DE")) == BLOCKED
    assert policyd.ask(KNOWN, address("DE")) == ERROR
    aside.rename(watching.path.parent)
    until(lambda: policyd.ask(KNOWN, address("DE")) == OK, "the store", 40)
    assert policyd.ask(BAD, address("DE")) == BLOCKED


def test_all_are_back_soon_after_another_program_lets_go(watch):
    """By itself each would wait for seconds more."""
    watched = watch()
    with contextlib.closing(sqlite3.connect(watched.path)) as other:
        watched.are_back_soon(lambda: other.execute("BEGIN IMMEDIATE"),
                              lambda: other.execute("ROLLBACK"))
