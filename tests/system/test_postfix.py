"""test_postfix.py -- a real Postfix asks.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import subprocess

import pytest

import policyd as daemon
from geoip import address, address6
from postfix import Postfix
from waiting import until

pytestmark = pytest.mark.skipif(
    not daemon.IS_ROOT, reason="only root can start a Postfix")

JOE = "joe@example.com"


@pytest.fixture(scope="module")
def postfix():
    """One Postfix for all tests here; it asks who listens at its socket."""
    instance = Postfix()
    yield instance
    instance.close()


@pytest.fixture
def mail(make_policyd, postfix):
    """A function that starts policyd where Postfix asks; gives both."""
    def start(config=None):
        policyd = make_policyd({
            "listen": [f"unix:{postfix.socket}"],
            "socket": {"mode": "0660", "user": daemon.USER,
                       "group": "postfix"}, **(config or {})})
        policyd.address = f"unix:{postfix.socket}"
        postfix.forget_log()
        return policyd.start(), postfix
    return start


def test_the_story_of_a_stolen_account(mail):
    policyd, postfix = mail()
    for country in ("DE", "AT", "CH"):
        code, text = postfix.send(address(country), JOE)
        assert code == 250, text
    code, text = postfix.send(address("FR"), JOE)
    assert code == 554
    assert JOE in text and "is blocked" in text
    assert "Please contact your postmaster" in text
    assert "5.7.1" in text
    # From the first country too, and nobody else is concerned.
    assert postfix.send(address("DE"), JOE)[0] == 554
    assert postfix.send(address("DE"), "ann@example.com")[0] == 250
    assert policyd.cli("--unblock", JOE).returncode == 0
    assert postfix.send(address("DE"), JOE)[0] == 250
    assert postfix.send(address("FR"), JOE)[0] == 250
    assert "fatal" not in postfix.log() and "problem" not in postfix.log()


def test_mail_without_a_login_is_not_our_business(mail):
    policyd, postfix = mail({"limits": {"countries": 1}})
    for country in ("DE", "AT", "CH", "FR"):
        assert postfix.send(address(country), None)[0] == 250


def test_an_exempt_network(mail):
    policyd, postfix = mail({"limits": {"countries": 1},
                             "exempt": {"networks": ["198.51.100.0/24"]}})
    assert postfix.send(address("DE"), JOE)[0] == 250
    assert postfix.send(address("AT", 14), JOE)[0] == 250
    assert postfix.send(address("AT"), JOE)[0] == 554


def test_ipv6(mail):
    policyd, postfix = mail({"limits": {"countries": 2, "networks": 2}})
    assert postfix.send(address6("DE", 1, 1), JOE)[0] == 250
    assert postfix.send(address6("DE", 1, 2), JOE)[0] == 250
    assert postfix.send(address6("AT"), JOE)[0] == 250
    assert postfix.send(address6("CH"), JOE)[0] == 554


def test_smtp_over_ipv6(mail):
    policyd, postfix = mail()
    with postfix.session(address6("DE"), JOE, host="::1") as smtp:
        smtp.mail(JOE)
        assert smtp.rcpt("someone@example.org")[0] == 250


def test_two_recipients_and_two_mails_on_one_connection(mail):
    policyd, postfix = mail({"limits": {"countries": 1}})
    with postfix.session(address("DE"), JOE) as smtp:
        for _ in range(2):
            smtp.mail(JOE)
            assert smtp.rcpt("one@example.org")[0] == 250
            assert smtp.rcpt("two@example.org")[0] == 250
            assert smtp.data("Subject: x\r\n\r\nx\r\n")[0] == 250
    decisions = policyd.decisions(4, account=JOE)
    assert len({line["instance"] for line in decisions}) == 2


def test_blocked_between_two_recipients(mail):
    policyd, postfix = mail()
    with postfix.session(address("DE"), JOE) as smtp:
        smtp.mail(JOE)
        assert smtp.rcpt("one@example.org")[0] == 250
        assert policyd.cli("--block", JOE, "--reason",
                           "stolen").returncode == 0
        code, text = smtp.rcpt("two@example.org")
        assert code == 554 and b"stolen" in text


def test_policyd_stopped_in_mid_session(mail):
    """default_action lets mail pass; the next server is found again."""
    policyd, postfix = mail({"limits": {"countries": 1}})
    with postfix.session(address("DE"), JOE) as smtp:
        smtp.mail(JOE)
        assert smtp.rcpt("one@example.org")[0] == 250
        assert policyd.stop() == 0
        assert smtp.rcpt("two@example.org")[0] == 250
        policyd.start()
        assert smtp.rcpt("three@example.org")[0] == 250
    assert postfix.send(address("AT"), JOE)[0] == 554


def test_policyd_restarted_between_two_recipients(mail):
    policyd, postfix = mail({"limits": {"countries": 1}})
    with postfix.session(address("DE"), JOE) as smtp:
        smtp.mail(JOE)
        assert smtp.rcpt("one@example.org")[0] == 250
        policyd.stop()
        policyd.start()
        policyd.forget_log()
        assert smtp.rcpt("two@example.org")[0] == 250
    policyd.decisions(1, account=JOE)


def test_a_reload_is_not_noticed(mail):
    policyd, postfix = mail({"limits": {"countries": 1}})
    with postfix.session(address("DE"), JOE) as smtp:
        smtp.mail(JOE)
        for n in range(5):
            assert smtp.rcpt(f"user{n}@example.org")[0] == 250
            policyd.reload()
    assert "warning" not in postfix.log()


def test_an_account_with_characters_of_all_kinds(mail):
    """As far as XCLIENT can carry them (xtext)."""
    policyd, postfix = mail()
    login = "o'brien+2Bx+22+3D+20y@example.com"
    with postfix.session(address("DE"), login) as smtp:
        smtp.mail("sender@example.com")
        assert smtp.rcpt("one@example.org")[0] == 250
    line = policyd.wait_log("o'brien").string
    assert "o'brien+x" in line


def test_swaks_sees_the_text(mail):
    """What an administrator would try by hand."""
    policyd, postfix = mail()
    policyd.cli("--block", JOE, "--reason", "stolen")
    result = subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{postfix.port}",
         "--xclient-addr", address("DE"), "--xclient-login", JOE,
         "--from", JOE, "--to", "someone@example.org",
         "--quit-after", "RCPT"], capture_output=True, text=True,
        timeout=60)
    assert f"{JOE} is blocked" in result.stdout
    assert "stolen" in result.stdout
    until(lambda: "stolen" in postfix.log(), "the refusal in the mail log")
