"""test_dovecot.py -- a real Dovecot asks /dovecotpolicy about IMAP logins.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import hashlib
import os
import signal
import time

import pytest

from dovecot import Dovecot
from geoip import address
from http_api import Api, console_of
from policyd import free_port
from waiting import PATIENCE, until

JOE, ANN = "joe@example.com", "ann@example.com"


@pytest.fixture
def served(make_policyd):
    """A daemon that allows one country."""
    policyd = make_policyd({"limits": {"countries": 1},
                            "http": {"listen": f"127.0.0.1:{free_port()}"}},
                           is_embedded=True)
    policyd.start()
    policyd.api = Api(policyd.config["http"]["listen"]).wait_ready()
    return policyd


@pytest.fixture
def make_dovecot(served):
    made = []

    def make(policy=None, **more):
        made.append(Dovecot(policy or served.api.listen, [JOE, ANN], **more))
        return made[-1]

    yield make
    for dovecot in made:
        dovecot.close()


def logins(served, account=JOE):
    return sum(login["mails"] for login in served.api(
        "GET", f"/v1/accounts/{account}").json()["logins"])


def is_blocked(served, account=JOE):
    return served.api("GET", f"/v1/blocks/{account}").status == 200


def test_logins_count_when_they_succeed(served, make_dovecot):
    dovecot = make_dovecot()
    assert dovecot.login(JOE, address("FR"), "wrong") is not True
    assert dovecot.login(JOE, address("DE")) is True
    until(lambda: logins(served) > 0, "the login to be counted")
    told = served.api("GET", f"/v1/accounts/{JOE}").json()
    assert [one["country"] for one in told["logins"]] == ["DE"]
    # From another country mail would not pass, and neither does a login;
    # nobody is blocked by what was refused.
    assert dovecot.login(JOE, address("IT")) is not True
    assert dovecot.login(JOE, address("DE", 1)) is True
    assert not is_blocked(served)
    assert dovecot.login(ANN, address("IT")) is True


def test_mail_and_logins_count_together(served, make_dovecot):
    dovecot = make_dovecot()
    assert dovecot.login(JOE, address("DE")) is True
    until(lambda: logins(served) > 0, "the login to be counted")
    assert "REJECT" in served.ask(JOE, address("FR"))
    assert is_blocked(served)
    assert dovecot.login(JOE, address("DE")) is not True


def test_a_blocked_account_cannot_log_in(served, make_dovecot):
    dovecot = make_dovecot()
    served.api("PUT", f"/v1/blocks/{JOE}", {"reason": "phished"})
    assert dovecot.login(JOE, address("DE")) is not True
    assert dovecot.login(ANN, address("DE")) is True
    served.api("DELETE", f"/v1/blocks/{JOE}")
    assert dovecot.login(JOE, address("DE")) is True


def test_without_reports_nothing_counts(served, make_dovecot):
    """But who is blocked stays out."""
    dovecot = make_dovecot(auth_policy_report_after_auth="no")
    assert dovecot.login(JOE, address("FR"), "wrong") is not True
    for country in ("DE", "FR"):
        assert dovecot.login(JOE, address(country)) is True
    assert logins(served) == 0
    served.api("PUT", f"/v1/blocks/{JOE}", {})
    assert dovecot.login(JOE, address("DE")) is not True


@pytest.mark.parametrize("reject, works", [("no", True), ("yes", False)])
def test_policyd_away(served, make_dovecot, reject, works):
    dovecot = make_dovecot(auth_policy_reject_on_fail=reject)
    assert dovecot.login(JOE, address("DE")) is True
    served.stop()
    assert (dovecot.login(JOE, address("DE")) is True) == works
    served.start()
    served.api.wait_ready()
    assert dovecot.login(JOE, address("DE")) is True


@pytest.mark.parametrize("reject, works", [("no", True), ("yes", False)])
def test_policyd_that_does_not_answer(served, make_dovecot, reject, works):
    """Dovecot's patience is what it says, for each of its questions."""
    dovecot = make_dovecot(auth_policy_reject_on_fail=reject,
                           patience_ms=500)
    console = console_of(served)
    os.kill(console, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert (dovecot.login(JOE, address("DE")) is True) == works
        assert 0.5 <= time.monotonic() - began < 30 * PATIENCE
    finally:
        os.kill(console, signal.SIGCONT)


def test_dovecot_has_a_token(served, make_dovecot):
    token = "dovecot-may-operate"
    digest = hashlib.sha256(token.encode()).hexdigest()
    served.write({"http": {"tokens": [f"operate:{digest}"]}})
    served.path.chmod(0o640)
    os.chown(served.path, os.stat(served.root).st_uid, -1)
    served.reload()
    api = Api(served.api.listen, token=token).wait_ready()
    assert api("PUT", f"/v1/blocks/{JOE}", {}).status == 200
    stranger = make_dovecot()
    # Without it there is no answer, and Dovecot goes on.
    assert stranger.login(JOE, address("DE")) is True
    known = make_dovecot(
        auth_policy_server_api_header=f"Authorization: Bearer {token}")
    assert known.login(JOE, address("DE")) is not True
    assert known.login(ANN, address("DE")) is True
