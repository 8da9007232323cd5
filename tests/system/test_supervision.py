"""test_supervision.py -- what could stop the daemon, and does not.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import itertools
import os
import pty
import re
import signal
import socket
import time

import pytest

import policyd as daemon
from client import request
from geoip import address
from policyd import children, free_port, is_alive
from proc import cpu_seconds, is_stopped
from waiting import PATIENCE, until

JOE = "joe@example.com"


# --- descriptors -----------------------------------------------------------------

@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", "<&-", "2>&-"])
def test_what_is_logged_never_goes_to_a_client(make_policyd, closed):
    """Started without standard input, output or error."""
    policyd = make_policyd({"server": {"workers": 1}})
    policyd.start(wrapper=["bash", "-c", f'exec "$@" {closed}', "bash"])
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(policyd.client()) for _ in range(5)]
        for _ in range(2):
            for client in clients:
                assert client.ask(JOE, address("DE")) == "DUNNO"
        for client in clients:
            client.sock.settimeout(0.05)
            with pytest.raises(TimeoutError):
                client.sock.recv(1)
        for pid in [policyd.pid] + children(policyd.pid):
            for fd in range(3):
                assert not os.readlink(f"/proc/{pid}/fd/{fd}") \
                    .startswith(("socket:", "anon_inode:"))


def test_the_pidfile_holds_a_number_alone(make_policyd):
    policyd = make_policyd()
    pidfile = policyd.root / "pid"
    policyd.write({"server": {"pidfile": str(pidfile)}})
    policyd.launch("-d", wrapper=["bash", "-c", 'exec "$@" <&- >&- 2>&-',
                                  "bash"])
    assert policyd.process.wait(60 * PATIENCE) == 0
    try:
        for _ in range(10):
            assert policyd.ask(JOE, address("DE")) == "DUNNO"
        assert re.fullmatch(r"\d+\n", pidfile.read_text())
    finally:
        pid = int(pidfile.read_text().split()[0])
        os.kill(pid, signal.SIGTERM)
    until(lambda: not is_alive(pid), "the daemon to end")


# --- logs that nobody reads ---------------------------------------------------------

def answers_and_ends(policyd, count):
    """Whatever becomes of the log, requests are answered and TERM is heard."""
    with policyd.client() as client:
        for _ in range(count):
            began = time.monotonic()
            assert client.ask(JOE, address("DE")) == "DUNNO"
            assert time.monotonic() - began < 20 * PATIENCE
    assert policyd.stop() == 0


def test_a_terminal_that_nobody_reads(make_policyd):
    policyd = make_policyd()
    reader, terminal = pty.openpty()
    os.chmod(os.ttyname(terminal), 0o620)
    policyd.launch(
        wrapper=["bash", "-c", f'exec "$@" 2>&{terminal}', "bash"],
        pass_fds=[terminal])
    os.close(terminal)
    try:
        policyd.wait_ready()
        answers_and_ends(policyd, 500)
    finally:
        os.close(reader)


# A /dev of its own whose log leads to the socket $1.
OWN_DEV = """
set -e
dev=$(mktemp -d)
mount -t tmpfs -o mode=0755 tmpfs "$dev"
for name in null zero full random urandom tty; do
    touch "$dev/$name"
    mount --bind "/dev/$name" "$dev/$name"
done
mkdir -m 1777 "$dev/shm"
ln -s "$1" "$dev/log"
ln -s /proc/self/fd "$dev/fd"
mount --move "$dev" /dev
rmdir "$dev"
shift
exec "$@"
"""


@daemon.needs_mounts
def test_a_syslogd_that_does_not_read(make_policyd):
    policyd = make_policyd({"log": {"to": "syslog"}})
    path = policyd.root / "log.socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as syslogd:
        syslogd.bind(str(path))
        path.chmod(0o666)
        policyd.launch(wrapper=["unshare", "--mount", "bash", "-c", OWN_DEV,
                                "bash", str(path)])
        policyd.wait_ready()
        line = until(lambda: syslogd.recv(8192), "a line").decode()
        assert re.match(r"<22>\w{3} [ \d]\d \d\d:\d\d:\d\d policyd\[\d+\]: ",
                        line)
        answers_and_ends(policyd, 1000)


# --- a resolver that does not answer ------------------------------------------------

def own_address(sock, port):
    """Bind the port on a loopback address that nobody has it on; that."""
    for number in range(1, 255):
        address_ = f"127.9.{number}.{os.getpid() % 254 + 1}"
        with contextlib.suppress(OSError):
            sock.bind((address_, port))
            return address_
    raise AssertionError(f"port {port} is taken everywhere")


@daemon.needs_mounts
def test_a_name_that_nobody_resolves_holds_up_nobody(make_policyd):
    """Not the replacement of a worker, not a stop."""
    policyd = make_policyd({"server": {"workers": 1}})
    resolv = policyd.root / "resolv.conf"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        resolv.write_text(f"nameserver {own_address(silent, 53)}\n"
                          "options timeout:30\n")
        policyd.launch(wrapper=[
            "unshare", "--mount", "bash", "-c",
            f'mount --bind {resolv} /etc/resolv.conf; exec "$@"', "bash"])
        policyd.wait_ready()
        worker = policyd.workers()[0]
        policyd.write({"listen": [policyd.address,
                                  "inet:listen.example.com:4646"]})
        policyd.signal(signal.SIGHUP)
        until(lambda: silent.recv(4096), "a question")
        began = time.monotonic()
        os.kill(worker, signal.SIGKILL)
        until(lambda: policyd.workers() != [worker], "another worker")
        assert policyd.ask(JOE, address("DE")) == "DUNNO"
        assert policyd.stop() == 0
        assert time.monotonic() - began < 25 * PATIENCE


@daemon.needs_mounts
def test_a_start_that_waits_for_a_name_can_be_stopped(make_policyd):
    policyd = make_policyd()
    resolv = policyd.root / "resolv.conf"
    policyd.write({"listen": ["inet:listen.example.com:4646"]})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        resolv.write_text(f"nameserver {own_address(silent, 53)}\n"
                          "options timeout:30\n")
        policyd.launch(wrapper=[
            "unshare", "--mount", "bash", "-c",
            f'mount --bind {resolv} /etc/resolv.conf; exec "$@"', "bash"])
        until(lambda: silent.recv(4096), "a question")
        began = time.monotonic()
        assert policyd.stop() == 0
        assert time.monotonic() - began < 25 * PATIENCE


def test_a_name_is_resolved_at_a_start(make_policyd):
    policyd = make_policyd()
    port = free_port()
    policyd.write({"listen": [policyd.address, f"inet:localhost:{port}"]})
    policyd.start()
    with policyd.client(f"inet:127.0.0.1:{port}") as client:
        assert client.ask() == "DUNNO"


def test_a_name_is_resolved_at_a_reload(start_policyd):
    policyd = start_policyd()
    port = free_port()
    policyd.write({"listen": [policyd.address, f"inet:localhost:{port}"]})
    policyd.reload()
    with policyd.client(f"inet:127.0.0.1:{port}") as client:
        assert client.ask() == "DUNNO"
    policyd.write({"listen": [policyd.address, "inet:no.such.invalid:1"]})
    policyd.signal(signal.SIGHUP)
    policyd.wait_log("not reloaded")
    assert "inet:no.such.invalid:1: the host was not found" in policyd.log()
    with policyd.client(f"inet:127.0.0.1:{port}") as client:
        assert client.ask() == "DUNNO"


# --- reloads and signals ---------------------------------------------------------------

def test_a_connection_in_the_moment_of_a_reload(start_policyd):
    """A worker hears at once that it retires and that somebody came."""
    policyd = start_policyd({"server": {"workers": 1}})
    old = policyd.workers()[0]
    os.kill(old, signal.SIGSTOP)
    policyd.signal(signal.SIGHUP)
    policyd.wait_log("generation 2 serves, generation 1 finishes")
    new = policyd.workers()[0]
    os.kill(new, signal.SIGSTOP)
    until(lambda: all(is_stopped(pid) for pid in (old, new)), "them to stop")
    with policyd.client() as client:
        client.send(request(JOE, address("DE")))
        os.kill(old, signal.SIGCONT)
        until(lambda: not is_alive(old), "the old worker to leave")
        os.kill(new, signal.SIGCONT)
        assert client.answer() == "DUNNO"
    assert "accept" not in policyd.log()


def test_a_worker_that_is_told_to_end_does_not_spin(make_policyd):
    port = free_port()
    policyd = make_policyd({"listen": [f"inet:127.0.0.1:{port}"],
                            "server": {"workers": 1}})
    policyd.address = f"inet:127.0.0.1:{port}"
    policyd.start()
    worker = policyd.workers()[0]
    begun = request(JOE, address("DE"))[:-1]
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(policyd.client()) for _ in range(10)]
        busy = clients.pop()
        for client in clients:
            client.send(begun)
        began = time.monotonic()
        os.kill(worker, signal.SIGTERM)
        # All were just used, and have begun a request, when it leaves.
        with pytest.raises((EOFError, OSError)):
            for client in itertools.cycle(clients):
                busy.ask(JOE, address("DE"))
                client.send(b"\n" + begun)
                client.answer()
        used = before = cpu_seconds(worker)
        while is_alive(worker):
            used = max(used, cpu_seconds(worker))
            time.sleep(0.02)
        assert 0.5 < time.monotonic() - began < 20 * PATIENCE
        assert used - before < 0.2
    until(lambda: policyd.workers() != [worker], "another worker")


@pytest.mark.long
def test_who_hangs_is_replaced(start_policyd):
    """All processes but the master stand still, as systemd cannot see."""
    policyd = start_policyd({"server": {"workers": 2, "deadline": "100ms"}})
    stopped = policyd.generation()
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    until(lambda: not set(policyd.workers()) & stopped, "other workers", 150)
    policyd.wait_log("worker 0 .* has shown no sign of life for 30 s: killed")
    assert policyd.ask(JOE, address("DE")) == "DUNNO"
    until(lambda: not set(children(policyd.pid)) & stopped,
          "another housekeeper", 150)
