"""test_postfix_away.py -- mail does not wait for a policyd that is away.

SPDX-License-Identifier: GPL-3.0-or-later

Postfix has the lines of the README. In a booted Debian tests/package plays
what systemd adds to that: it closes the socket of a server that is down.
"""
import os
import re
import signal
import socket
import time

import pytest

import policyd as daemon
from geoip import address
from postfix import Postfix
from waiting import measured

pytestmark = pytest.mark.skipif(
    not daemon.IS_ROOT, reason="only root can start a Postfix")

JOE = "joe@example.com"
# What a mail to one recipient may take at most, in seconds.
AT_MOST = 8
# And where nobody is waited for.
AT_ONCE = 3


def documented():
    """The call of policyd as the README has it."""
    readme = (daemon.SOURCE / "README").read_text()
    calls = re.findall(r"check_policy_service \{ (unix:[^}]*?) \}", readme)
    calls = {" ".join(call.split()) for call in calls}
    assert len(calls) == 1, calls
    return calls.pop()


@pytest.fixture(scope="module")
def postfix():
    instance = Postfix(call=documented())
    yield instance
    instance.close()


@pytest.fixture
def served(make_policyd, postfix):
    """policyd where Postfix asks, and its answer was heard."""
    policyd = make_policyd({
        "listen": [f"unix:{postfix.socket}"],
        "socket": {"mode": "0660", "user": daemon.USER, "group": "postfix"}})
    policyd.address = f"unix:{postfix.socket}"
    policyd.start()
    postfix.forget_log()
    assert postfix.send(address("DE"), JOE)[0] == 250
    policyd.decisions(1, account=JOE)
    return policyd


def passes(postfix, at_most=AT_MOST):
    """A mail passes in time."""
    def took():
        began = time.monotonic()
        code, text = postfix.send(address("DE"), JOE)
        assert code == 250, text
        return time.monotonic() - began
    measured(took, lambda seconds: seconds < at_most)


@pytest.fixture
def silent(postfix):
    """A socket that somebody holds open and nobody reads, as systemd's is
    while the server cannot start."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(postfix.socket))
        postfix.socket.chmod(0o666)
        listening.listen(100)
        yield
    postfix.socket.unlink()


def test_nobody_answers_at_the_socket(postfix, silent):
    passes(postfix)


def test_there_is_no_socket(postfix):
    assert not postfix.socket.exists()
    passes(postfix, AT_ONCE)


def test_a_socket_that_nobody_holds(postfix):
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(postfix.socket))
    postfix.socket.chmod(0o666)
    try:
        passes(postfix, AT_ONCE)
    finally:
        postfix.socket.unlink()


def test_policyd_stands_still(postfix, served):
    stopped = [served.pid, *daemon.children(served.pid)]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        passes(postfix)
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    assert postfix.send(address("DE"), JOE)[0] == 250


def test_policyd_is_stopped(postfix, served):
    served.stop()
    passes(postfix, AT_ONCE)


def test_policyd_is_killed(postfix, served):
    """All of it, while smtpd holds a connection."""
    with postfix.session(address("DE"), JOE) as smtp:
        smtp.mail(JOE)
        assert smtp.rcpt("one@example.org")[0] == 250
        for pid in [served.pid, *daemon.children(served.pid)]:
            os.kill(pid, signal.SIGKILL)
        served.process.wait()
        began = time.monotonic()
        assert smtp.rcpt("two@example.org")[0] == 250
        assert time.monotonic() - began < AT_MOST
    passes(postfix, AT_ONCE)
    served.start()
    assert postfix.send(address("DE"), JOE)[0] == 250
    served.decisions(1, account=JOE)
