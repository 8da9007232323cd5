"""test_held_mail.py -- mail on hold is released or deleted; nothing else is.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json

import pytest

import policyd as daemon
from geoip import address
from policyd import run
from postfix import Postfix
from waiting import until

pytestmark = pytest.mark.skipif(
    not daemon.IS_ROOT, reason="only root can start a Postfix")

OK, NOT_FOUND, USAGE, TEMPORARY = 0, 1, 64, 75
JOE, ANN, BEN = (f"{name}@example.com" for name in ("joe", "ann", "ben"))
HOME = address("DE")

# Nobody listens where mail to late@ goes: it is deferred. All but the first
# mail to slow@ wait in the active queue. Only with SASL on does Postfix write
# down who is logged in.
MORE = """
smtpd_sasl_auth_enable = yes
transport_maps = inline:{{late@example.org = smtp:[127.0.0.1]:1},
    {slow@example.org = slow:}}
slow_destination_rate_delay = 1h
"""


@pytest.fixture(scope="module")
def postfix():
    instance = Postfix(MORE)
    send(instance, ANN, "slow@example.org")
    until(lambda: not instance.queue(), "the first mail to be delivered")
    yield instance
    instance.close()


@pytest.fixture
def mail(make_policyd, postfix):
    """policyd where Postfix asks, and Postfix with an empty queue."""
    postfix.run("postsuper", "-d", "ALL")
    policyd = make_policyd({
        "listen": [f"unix:{postfix.socket}"],
        "socket": {"mode": "0660", "user": daemon.USER, "group": "postfix"},
        "actions": {"blocked": "HOLD ${account} is blocked"}})
    policyd.address = f"unix:{postfix.socket}"
    return policyd.start(), postfix


def send(postfix, login, recipient="held@example.org", sender=None):
    """Send a mail; its queue id."""
    with postfix.session(HOME, login) as smtp:
        assert smtp.mail(sender or login)[0] == 250
        code, text = smtp.rcpt(recipient)
        assert code == 250, (text, postfix.log())
        code, text = smtp.data("Subject: hello\r\n\r\nhello\r\n")
        assert code == 250, text
        return text.decode().rpartition(" ")[2]


def queues(postfix):
    """Which queue each mail is in."""
    return {entry["queue_id"]: entry["queue_name"]
            for entry in postfix.queue()}


def wait_queue(postfix, number, name):
    until(lambda: queues(postfix).get(number) == name,
          f"{number} to be in the queue {name}")


def unblock(policyd, postfix, account, *how, code=OK):
    where = ["--postfix-config", postfix.config] if how else []
    result = policyd.cli("--unblock", account, *how, *where)
    assert result.returncode == code, result.stderr
    return result.stdout


@pytest.fixture
def full(mail):
    """A queue with mail of several senders in every state: policyd, Postfix,
    and what is on hold of joe and of others, and what is not."""
    policyd, postfix = mail
    others = {}
    for login in (JOE, ANN):
        number = send(postfix, login, "late@example.org")
        wait_queue(postfix, number, "deferred")
        others[number] = "deferred"
    for login in (JOE, ANN):
        number = send(postfix, login, "slow@example.org")
        wait_queue(postfix, number, "active")
        others[number] = "active"
    for account in (JOE, ANN, BEN):
        assert policyd.cli("--block", account).returncode == OK
    joe = {send(postfix, JOE), send(postfix, JOE.upper()),
           # What a stolen account sends mostly has another sender.
           send(postfix, JOE, sender="bank@example.net"),
           send(postfix, JOE, sender="")}
    others[send(postfix, ANN)] = "hold"
    # And somebody else's may have joe's.
    others[send(postfix, BEN, sender=JOE)] = "hold"
    # Mail without a login goes by its sender.
    for sender, found in ((JOE, joe), ("kim@example.com", others)):
        number = send(postfix, None, "late@example.org", sender=sender)
        wait_queue(postfix, number, "deferred")
        postfix.run("postsuper", "-h", number)
        if found is joe:
            joe.add(number)
        else:
            others[number] = "hold"
    assert queues(postfix) == {**others, **dict.fromkeys(joe, "hold")}
    return policyd, postfix, joe, others


def test_delete(full):
    policyd, postfix, joe, others = full
    told = unblock(policyd, postfix, JOE, "--delete")
    assert "is unblocked" in told
    assert f"{len(joe)} of its mails on hold were deleted" in told
    assert queues(postfix) == others
    # The others are still blocked, joe is not.
    wait_queue(postfix, send(postfix, BEN), "hold")
    assert not joe & set(queues(postfix))


def test_release(full):
    policyd, postfix, joe, others = full
    told = unblock(policyd, postfix, JOE, "--release", "--json")
    assert json.loads(told) == {"account": JOE, "result": "unblocked",
                                "released": len(joe)}
    now = queues(postfix)
    assert "hold" not in {now.get(number) for number in joe}
    # The next queue run delivers them, but for the one to late@.
    postfix.run("postqueue", "-f")
    until(lambda: len(joe & set(queues(postfix))) == 1, "mail to go out")
    until(lambda: others.items() <= queues(postfix).items(),
          "the others to be as they were")
    assert postfix.log(everything=True).count("released from hold") >= len(joe)


def test_an_alias_of_capitals_and_a_second_time(full):
    policyd, postfix, joe, others = full
    assert f"{len(joe)} of its mails" in unblock(
        policyd, postfix, "Joe@EXAMPLE.com", "--delete")
    told = unblock(policyd, postfix, JOE, "--delete", code=NOT_FOUND)
    assert "is not blocked" in told
    assert "0 of its mails on hold were deleted" in told
    assert queues(postfix) == others


def test_mail_of_an_account_whose_block_is_over(mail):
    policyd, postfix = mail
    policyd.cli("--block", JOE)
    number = send(postfix, JOE)
    assert unblock(policyd, postfix, JOE).count("\n") == 1
    assert queues(postfix) == {number: "hold"}
    told = unblock(policyd, postfix, JOE, "--delete")
    assert "is not blocked" in told
    assert "1 of its mails on hold was deleted" in told
    assert queues(postfix) == {}


def test_more_mail_than_one_run_asks_about(mail):
    policyd, postfix = mail
    policyd.cli("--block", JOE)
    policyd.cli("--block", ANN)
    kept = set()
    with postfix.session(HOME, JOE) as joe, \
            postfix.session(HOME, ANN) as ann:
        for i in range(230):
            for smtp in ([joe, ann] if i % 50 == 0 else [joe]):
                smtp.mail("any@example.com")
                smtp.rcpt("held@example.org")
                code, text = smtp.data("x\r\n")
                assert code == 250
                if smtp is ann:
                    kept.add(text.decode().rpartition(" ")[2])
    assert "230 of its mails" in unblock(policyd, postfix, JOE, "--delete")
    assert set(queues(postfix)) == kept and len(kept) == 5


def test_no_postfix_there(mail, tmp_path):
    policyd, _ = mail
    policyd.cli("--block", JOE)
    result = policyd.cli("--unblock", JOE, "--delete", "--postfix-config",
                         tmp_path)
    assert result.returncode == TEMPORARY
    assert "postqueue" in result.stderr
    # Nothing was done by halves.
    listed = json.loads(policyd.cli("--list-blocked", "--json").stdout)
    assert [entry["account"] for entry in listed] == [JOE]


@pytest.mark.parametrize("arguments, named", [
    (["--unblock", JOE, "--release", "--delete"], "once"),
    (["--block", JOE, "--release"], "--unblock"),
    (["--unblock", JOE, "--delete", "--postfix-config", "etc"], "absolute"),
    (["--unblock", JOE, "--postfix-config", "/etc"], "--postfix-config"),
])
def test_usage(arguments, named):
    result = run("-c", "/dev/null", *arguments)
    assert result.returncode == USAGE and named in result.stderr
