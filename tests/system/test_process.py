"""test_process.py -- master and workers: births, deaths, reloads, the end.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import time

import pytest

import policyd as daemon
import proc
from activation import passed_socket, passing
from client import connect, request
from geoip import address
from load import Load
from policyd import children, free_port, is_alive
from proc import is_stopped, open_files
from waiting import PATIENCE, measured, until

JOE = "joe@example.com"
needs_root = pytest.mark.skipif(
    not daemon.IS_ROOT, reason="only root can become another user")


# --- deaths --------------------------------------------------------------------

def sockets(pid):
    return sum(file.startswith("socket:") for file in open_files(pid))


def test_one_worker_after_the_other_has_plenty_of_connections(start_policyd):
    """Those before it may be busy, so that another takes what is theirs."""
    policyd = start_policyd({"server": {"workers": 3}})
    workers = policyd.workers()
    idle = {pid: sockets(pid) for pid in workers}

    def held():
        return sorted(sockets(pid) - idle[pid] for pid in workers)

    def taken(count):
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(policyd.client())
                       for _ in range(count)]
            for client in clients:
                assert client.ask(JOE, address("DE")) == "DUNNO"
            shares = held()
        until(lambda: held() == [0, 0, 0], "all to be closed")
        return shares
    measured(lambda: taken(40), lambda shares: shares == [0, 8, 32])
    measured(lambda: taken(8), lambda shares: shares == [0, 0, 8])


def test_a_worker_that_stands_still_keeps_no_connection_waiting(
        start_policyd):
    policyd = start_policyd({"server": {"workers": 3}})
    workers = policyd.workers()
    for pid in workers:
        others = [other for other in workers if other != pid]
        proc.send(signal.SIGSTOP, others)
        until(lambda: all(map(is_stopped, others)), "two to stop")
        assert policyd.ask(JOE, address("DE")) == "DUNNO"
        proc.send(signal.SIGCONT, others)


def test_a_killed_worker_takes_only_its_own_connections(start_policyd):
    policyd = start_policyd({"server": {"workers": 4}})
    workers = policyd.workers()
    before = {pid: sockets(pid) for pid in workers}
    with Load(policyd, connections=12) as load:
        held = {pid: sockets(pid) - before[pid] for pid in workers}
        victim = max(workers, key=held.get)
        os.kill(victim, signal.SIGKILL)
        load.wait_answers(200)
        until(lambda: victim not in children(policyd.pid) and
              len(policyd.workers()) == 4, "the worker to be replaced")
        load.wait_answers(200)
    assert load.lost <= held[victim]
    assert load.reconnects <= held[victim]
    policyd.wait_log(f"{victim}")


def test_a_crash_loop_is_no_fork_storm(start_policyd):
    """Whoever dies young at once is replaced after 0.1, 0.2, 0.4, 0.8 s: so
    many deaths that one must have died five times take 1.5 s at least."""
    policyd = start_policyd({"server": {"workers": 2}})
    enough = 4 * len(policyd.generation()) + 1
    killed = set()

    def kill():
        alive = set(children(policyd.pid)) - killed
        proc.send(signal.SIGKILL, alive)
        killed.update(alive)
        return len(killed) >= enough

    began = time.monotonic()
    until(kill, f"{enough} to die")
    assert time.monotonic() - began >= 1.5
    policyd.wait_ready()
    assert policyd.ask(JOE, address("DE")) == "DUNNO"


def test_workers_leave_when_the_master_is_killed(start_policyd):
    policyd = start_policyd()
    with policyd.client() as client:
        assert client.ask(JOE, address("DE")) == "DUNNO"
        orphans = children(policyd.pid)
        assert len(orphans) >= 2
        policyd.process.kill()
        policyd.process.wait()
        until(lambda: not any(map(is_alive, orphans)), "the workers to leave")
    # A new one takes the abandoned socket over.
    policyd.start()
    assert policyd.ask(JOE, address("DE")) == "DUNNO"


# --- reload --------------------------------------------------------------------

def test_a_bad_reload_changes_nothing(start_policyd):
    policyd = start_policyd({"actions": {"ok": "PREPEND X: old"}})
    before = policyd.generation()
    policyd.write(text="actions: {ok: 'PREPEND X: new'}\nlimits: {lost: 5}\n"
                       "mode: sometimes\n")
    policyd.signal(signal.SIGHUP)
    policyd.wait_log(r"policyd\.yaml:2.*limits\.lost")
    policyd.wait_log(r"policyd\.yaml:3.*mode")
    assert policyd.ask(JOE, address("DE")) == "PREPEND X: old"
    assert set(children(policyd.pid)) == before
    policyd.write({"actions": {"ok": "PREPEND X: newer"}})
    policyd.reload()
    assert policyd.ask(JOE, address("DE")) == "PREPEND X: newer"


# Another /etc, so that there is a configuration without -c.
OWN_ETC = 'mount --bind "$1" /etc && exec "$2" "${@:5}"'


@daemon.needs_mounts
@pytest.mark.skipif(daemon.WRAPPER != [], reason="the program alone is run")
def test_a_file_that_was_there_must_be_there_at_reload(make_policyd, tmp_path):
    policyd = make_policyd()
    tmp_path.chmod(0o755)
    (tmp_path / "policyd").mkdir()
    for name in ("passwd", "group", "nsswitch.conf"):
        shutil.copy(f"/etc/{name}", tmp_path)
    path = tmp_path / "policyd" / "policyd.yaml"
    there = ["unshare", "--mount", "bash", "-c", OWN_ETC, "-", str(tmp_path)]
    defaults = subprocess.run(
        [*there, str(daemon.PROGRAM), "-c", "none", "--check-config"],
        env=daemon.environment(
            POLICYD_SERVER_USER="", POLICYD_SERVER_GROUP="",
            POLICYD_SOCKET_USER="", POLICYD_SOCKET_GROUP="",
            POLICYD_LISTEN="unix:/tmp/policy"),
        capture_output=True, text=True, timeout=60, check=True)
    assert defaults.stdout == \
        "defaults, there is no file /etc/policyd/policyd.yaml: ok\n"
    shutil.copy(policyd.path, path)
    policyd.launch(wrapper=there)
    policyd.wait_ready()
    before = policyd.generation()
    path.unlink()
    policyd.signal(signal.SIGHUP)
    policyd.wait_log(r"policyd/policyd\.yaml.*cannot be opened: No such")
    policyd.wait_log("not reloaded")
    assert set(children(policyd.pid)) == before
    shutil.copy(policyd.path, path)
    policyd.reload()


def test_a_reload_under_load_loses_no_request(start_policyd):
    policyd = start_policyd({"actions": {"ok": "PREPEND X: 0"}})
    with Load(policyd) as load:
        for generation in range(1, 4):
            policyd.write({"actions": {"ok": f"PREPEND X: {generation}"}})
            policyd.reload()
            load.wait_answers(100, f"PREPEND X: {generation}")
    assert load.lost == 0, load.answers
    assert set(load.answers) == {f"PREPEND X: {n}" for n in range(4)}


def test_reloads_in_quick_succession_leave_one_generation(start_policyd):
    policyd = start_policyd()
    first = policyd.generation()
    for n in range(20):
        policyd.write({"actions": {"ok": f"PREPEND X: {n}"}})
        policyd.signal(signal.SIGHUP)
    until(lambda: policyd.ask() == "PREPEND X: 19", "the last configuration")
    until(lambda: len(children(policyd.pid)) == len(first),
          "one generation to be left")
    assert not first & set(children(policyd.pid))


def test_a_reload_moves_the_listeners(start_policyd):
    policyd = start_policyd()
    port = free_port()
    policyd.write({"listen": [policyd.address, f"inet:127.0.0.1:{port}"]})
    policyd.reload()
    with policyd.client(f"inet:127.0.0.1:{port}") as client:
        assert client.ask() == "DUNNO"
    policyd.write({"listen": [policyd.address]})
    policyd.reload()
    with pytest.raises(ConnectionRefusedError):
        connect(f"inet:127.0.0.1:{port}")
    assert policyd.ask() == "DUNNO"


def test_a_reload_that_cannot_bind_changes_nothing(start_policyd):
    policyd = start_policyd()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        policyd.write({"listen": [policyd.address,
                                  f"inet:127.0.0.1:{port}"]})
        before = policyd.generation()
        policyd.forget_log()
        policyd.signal(signal.SIGHUP)
        policyd.wait_log(f"127.0.0.1:{port}")
        assert policyd.ask() == "DUNNO"
        assert set(children(policyd.pid)) == before


# --- the end -------------------------------------------------------------------

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_end_under_load_loses_no_request(start_policyd, number):
    policyd = start_policyd()
    with Load(policyd) as load:
        policyd.signal(number)
        assert policyd.process.wait(60 * PATIENCE) == 0
    assert load.lost == 0
    assert not policyd.socket.exists()


def test_the_end_does_not_wait_for_idle_clients(start_policyd):
    policyd = start_policyd()
    with policyd.client() as idle, policyd.client() as unfinished:
        idle.ask()
        unfinished.send(b"request=smtpd_access_policy\n")
        began = time.monotonic()
        assert policyd.stop() == 0
        assert time.monotonic() - began < 20 * PATIENCE


def test_the_end_comes_though_the_store_hangs(start_policyd, postgres):
    policyd = start_policyd({"server": {"deadline": "2s"}})
    policyd.ask(JOE, address("DE"))
    with policyd.client() as client:
        stopped = postgres.freeze()
        try:
            client.send(request(JOE, address("AT")))
            began = time.monotonic()
            assert policyd.stop() == 0
            assert time.monotonic() - began < 20 * PATIENCE
            assert client.answer() == "DUNNO"
        finally:
            postgres.thaw(stopped)


# --- background and pidfile -----------------------------------------------------

def test_in_the_background(make_policyd):
    policyd = make_policyd()
    pidfile = policyd.root / "pid"
    policyd.write({"server": {"pidfile": str(pidfile)}})
    policyd.launch("--daemon")
    assert policyd.process.wait(60 * PATIENCE) == 0, policyd.log()
    # It serves as soon as the command is back.
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    pid = int(pidfile.read_text())
    try:
        assert os.getsid(pid) != os.getsid(0)
        assert os.getpgid(pid) != os.getpgid(0)
        assert os.readlink(f"/proc/{pid}/cwd") == "/"
    finally:
        os.kill(pid, signal.SIGTERM)
    until(lambda: not is_alive(pid), "the daemon to end")
    assert not pidfile.exists()
    assert not policyd.socket.exists()


def test_what_cannot_start_says_so_in_the_background_too(make_policyd):
    policyd = make_policyd()
    broken = policyd.root / "geo.mmdb"
    broken.write_text("nothing")
    policyd.write({"geoip": {"country": str(broken)}})
    policyd.launch("-d")
    assert policyd.process.wait(60 * PATIENCE) == 78
    assert str(broken) in policyd.log()


def test_the_pidfile_of_a_foreground_server(make_policyd):
    policyd = make_policyd()
    pidfile = policyd.root / "pid"
    policyd.write({"server": {"pidfile": str(pidfile)}})
    policyd.start()
    assert int(pidfile.read_text()) == policyd.pid
    assert policyd.stop() == 0
    assert not pidfile.exists()


# --- sockets -------------------------------------------------------------------

def test_a_stale_socket_is_removed(make_policyd):
    policyd = make_policyd()
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(policyd.socket))
    assert policyd.socket.exists()
    policyd.start()
    assert policyd.ask() == "DUNNO"


def test_a_live_socket_is_refused(start_policyd, make_policyd):
    first = start_policyd()
    second = make_policyd({"listen": [first.address]}).launch()
    assert second.process.wait(60 * PATIENCE) not in (0, 1)
    assert str(first.socket) in second.log()
    assert first.ask() == "DUNNO"


def test_a_file_that_is_no_socket_is_kept(make_policyd):
    policyd = make_policyd()
    policyd.socket.write_text("precious")
    policyd.launch()
    assert policyd.process.wait(60 * PATIENCE) not in (0, 1)
    assert policyd.socket.read_text() == "precious"


def test_the_mode_of_the_socket(start_policyd):
    policyd = start_policyd({"socket": {"mode": "0600"}})
    assert stat.S_IMODE(policyd.socket.stat().st_mode) == 0o600


@pytest.mark.parametrize("family, host", [
    (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "[::1]")])
def test_tcp(make_policyd, family, host):
    port = free_port(family, host.strip("[]"))
    policyd = make_policyd({"listen": [f"inet:{host}:{port}"]})
    policyd.address = f"inet:{host}:{port}"
    policyd.start()
    assert policyd.ask(JOE, address("DE")) == "DUNNO"


def test_systemd_passes_the_socket(make_policyd):
    policyd = make_policyd()
    with passed_socket(policyd) as listener:
        policyd.write({"listen": [policyd.address]})
        policyd.start(**passing(listener, LISTEN_FDNAMES="policyd.socket"))
        assert policyd.ask(JOE, address("DE")) == "DUNNO"
        assert policyd.stop() == 0
        # It is systemd's, and clients wait there for the next server.
        with policyd.client() as waiting:
            waiting.send(b"request=smtpd_access_policy\n\n")
            policyd.start(**passing(listener))
            assert waiting.answer() == "DUNNO"


class NotifySocket:
    """What systemd hears from the daemon."""

    def __init__(self, folder):
        self.path = folder / "notify"
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(str(self.path))
        self.path.chmod(0o666)
        self.sock.setblocking(False)
        self.heard = []

    def wait(self, assignment, seconds=60):
        def hear():
            try:
                while True:
                    self.heard += self.sock.recv(4096).decode().split("\n")
            except BlockingIOError:
                pass
            while self.heard:
                if self.heard.pop(0).startswith(assignment):
                    return True
            return False
        until(hear, assignment, seconds)


def test_what_systemd_is_told(make_policyd):
    policyd = make_policyd()
    systemd = NotifySocket(policyd.root)
    policyd.launch(NOTIFY_SOCKET=systemd.path, WATCHDOG_USEC=400000)
    systemd.wait("READY=1")
    # Ready means that it serves.
    assert policyd.ask() == "DUNNO"
    systemd.wait("WATCHDOG=1")
    systemd.wait("WATCHDOG=1")
    policyd.signal(signal.SIGHUP)
    systemd.wait("RELOADING=1")
    systemd.wait("READY=1")
    systemd.wait("STATUS=")
    policyd.write(text="mode: wrong\n")
    policyd.signal(signal.SIGHUP)
    systemd.wait("RELOADING=1")
    systemd.wait("READY=1")
    policyd.signal(signal.SIGTERM)
    systemd.wait("STOPPING=1")
    assert policyd.process.wait(60 * PATIENCE) == 0
    systemd.sock.close()


# --- privileges ------------------------------------------------------------------

def status(pid, name):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return re.search(rf"^{name}:\s*(.*)$", text, re.MULTILINE).group(1)


@needs_root
def test_root_is_given_up(start_policyd):
    policyd = start_policyd()
    user = pwd.getpwnam(daemon.USER)
    for pid in [policyd.pid] + children(policyd.pid):
        assert set(status(pid, "Uid").split()) == {str(user.pw_uid)}
        assert set(status(pid, "Gid").split()) == {str(user.pw_gid)}
        assert set(status(pid, "Groups").split()) <= {str(user.pw_gid)}
        assert int(status(pid, "CapEff"), 16) == 0
        assert int(status(pid, "CapPrm"), 16) == 0
    owner = policyd.socket.stat()
    assert owner.st_uid == user.pw_uid
    assert policyd.ask(JOE, address("DE")) == "DUNNO"


@needs_root
def test_who_stays_root_says_so(start_policyd):
    policyd = start_policyd(user="root")
    assert status(policyd.pid, "Uid").split()[1] == "0"
    assert policyd.ask(JOE, address("DE")) == "DUNNO"


@needs_root
def test_a_user_that_does_not_exist(make_policyd):
    policyd = make_policyd()
    policyd.write({"server": {"user": "no-such-user"}})
    policyd.launch()
    assert policyd.process.wait(60 * PATIENCE) in (67, 77, 78)
    assert "no-such-user" in policyd.log()


def test_counters_are_logged_on_request(start_policyd):
    policyd = start_policyd()
    for _ in range(7):
        policyd.ask(JOE, address("DE"))
    policyd.signal(signal.SIGUSR1)
    counters = daemon.fields(policyd.wait_log(r"^.*\brequests=.*$").group())
    assert int(counters["requests"]) >= 7


@pytest.mark.parametrize("names, is_served", [
    ("policyd.socket", True), ("policy", True), ("unknown", True),
    ("policyd-http.socket", False), ("web", False)])
def test_a_unix_socket_that_nothing_names(make_policyd, names, is_served):
    """With `listen: []` a socket serves policy by the name of its unit: one
    that was for HTTP does not, after a restart neither."""
    policyd = make_policyd({"listen": []})
    with passed_socket(policyd) as listener:
        policyd.launch(**passing(listener, LISTEN_FDNAMES=names))
        if is_served:
            policyd.wait_ready()
            assert policyd.ask(JOE, address("DE")) == "DUNNO"
        else:
            policyd.wait_log(f"warning: {policyd.address}, passed by systemd, "
                             "serves nobody")


def test_a_port_passed_for_http_answers_no_policy_requests(make_policyd):
    """Not when http.listen is removed, neither by a reload nor a restart."""
    policyd = make_policyd()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        policyd.write({"http": {"listen": f"127.0.0.1:{port}"}})
        policyd.start(**passing(listener))

        def is_deaf():
            with connect(f"inet:127.0.0.1:{port}", timeout=1) as client:
                client.sendall(b"request=smtpd_access_policy\n\n")
                with pytest.raises(TimeoutError):
                    client.recv(100)
            assert policyd.ask(JOE, address("DE")) == "DUNNO"

        policyd.write({"http": {"listen": ""}})
        policyd.reload()
        is_deaf()
        policyd.wait_log(f"warning: inet:127.0.0.1:{port}, passed by systemd,"
                         " serves nobody")
        assert policyd.stop() == 0
        policyd.start(**passing(listener))
        is_deaf()
