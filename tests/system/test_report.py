"""test_report.py -- who reached which limit or rate, by mail and on screen.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import email
import email.policy
import json

import pytest

from geoip import address
from policyd import merge
from smtp_server import CLOSE, RawServer, SmtpServer, script
from waiting import until
from stores import served, store, table  # noqa: F401

OK, TEMPORARY = 0, 75
JOE, ANN, BEN = (f"{name}@example.com" for name in ("joe", "ann", "ben"))
# Over a limit is told each time; a rate of 2 mails an hour.
LIMITS = {"limits": {"countries": 1}, "block": {"enabled": False},
          "rates": {"rules": [{"mails": 2, "per": "1h"}]},
          "actions": {"over_limit": "DEFER limit", "over_rate": "DEFER rate",
                      "error": "DEFER error"},
          "server": {"deadline": "20s"}}


def settings(port, **report):
    return merge(LIMITS, {
        "report": {"enabled": True,
                   "to": ["boss@example.com", "bob@example.com"], **report},
        "notify": {"from": "policyd@example.com"},
        "smtp": {"host": "127.0.0.1", "port": port, "timeout": "60s"}})


def reach(policyd):
    """joe is in a second country 3 times, ann over her rate once, ben
    nothing."""
    policyd.ask(JOE, address("DE"))
    for _ in range(3):
        assert policyd.ask(JOE, address("FR")) == "DEFER limit"
    for _ in range(2):
        assert policyd.ask(ANN, address("DE")) == "DUNNO"
    assert policyd.ask(ANN, address("DE")) == "DEFER rate"
    assert policyd.ask(BEN, address("DE")) == "DUNNO"


def shown(policyd):
    result = policyd.cli("--report", "--json")
    assert result.returncode == OK, result.stderr
    return {row["account"]: row for row in json.loads(result.stdout)}


def clean(policyd, code=OK):
    result = policyd.cli("--clean", "--json")
    assert result.returncode == code, result.stderr
    return json.loads(result.stdout)["report"]


def text_of(mail):
    message = email.message_from_bytes(mail.content,
                                       policy=email.policy.default)
    return message, message.get_content()


def test_on_the_terminal(served):
    policyd = served(LIMITS)
    assert "Nobody reached" in policyd.cli("--report").stdout
    reach(policyd)
    rows = shown(policyd)
    assert set(rows) == {JOE, ANN}
    assert (rows[JOE]["times"], rows[JOE]["reached"]) == \
        (3, "more than 1 country in 24h")
    assert (rows[ANN]["times"], rows[ANN]["reached"]) == (1, "2 mails in 1h")
    assert rows[JOE]["first"] <= rows[JOE]["last"]
    text = policyd.cli("--report").stdout
    assert [row[:2] for row in table(text)] == [[JOE, "3"], [ANN, "1"]]
    # Looking is not reporting.
    assert shown(policyd) == rows


def test_cleaning_sends_it_to_all_and_once(served):
    with SmtpServer() as server:
        policyd = served(settings(server.port))
        reach(policyd)
        assert clean(policyd) == "sent"
        mail, = server.mails
        assert mail.recipients == ["boss@example.com", "bob@example.com"]
        assert mail.sender == "policyd@example.com"
        message, text = text_of(mail)
        assert message["Subject"] == "policyd report"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message.get_content_type() == "text/plain"
        assert text.startswith("2 accounts reached a limit or a rate on ")
        lines = text.splitlines()
        head = next(i for i, line in enumerate(lines) if "ACCOUNT" in line)
        # Columns are aligned: each begins where its head does.
        for name, column in (("ACCOUNT", (JOE, ANN)), ("REACHED", (
                "more than 1 country in 24h", "2 mails in 1h"))):
            at = lines[head].index(name)
            for line, value in zip(lines[head + 1:], column):
                assert line[at:].startswith(value), text
        assert shown(policyd) == {}
        assert clean(policyd) == "nothing to tell"
        assert len(server.mails) == 1


def test_a_report_of_nothing_if_that_is_wanted(served):
    with SmtpServer() as server:
        policyd = served(settings(server.port, only_if_needed=False,
                                  subject="all quiet?"))
        assert clean(policyd) == "sent"
        message, text = text_of(server.mails[0])
        assert message["Subject"] == "all quiet?"
        assert text.startswith("Nobody reached a limit or a rate on ")


@pytest.mark.parametrize("answers", [
    {"sender": "451 later"}, {"data": "451 full"}, {"data": "554 never"}])
def test_nothing_is_forgotten_before_the_server_took_it(served, answers):
    with SmtpServer(**answers) as server:
        policyd = served(settings(server.port))
        reach(policyd)
        before = shown(policyd)
        assert clean(policyd, TEMPORARY) == "not sent"
        assert shown(policyd) == before
    with SmtpServer() as server:
        policyd.write({"smtp": {"port": server.port}})
        assert clean(policyd) == "sent"
        assert JOE in text_of(server.mails[0])[1]


def test_a_connection_lost_at_the_end_of_the_text(served):
    with RawServer(script({".": CLOSE})) as server:
        policyd = served(settings(server.port))
        reach(policyd)
        assert clean(policyd, TEMPORARY) == "not sent"
        assert set(shown(policyd)) == {JOE, ANN}


def test_one_recipient_that_is_refused(served):
    with SmtpServer(refuse={"bob@example.com": "550 no such user"}) as server:
        policyd = served(settings(server.port))
        reach(policyd)
        result = policyd.cli("--clean")
        assert result.returncode == OK and "report: sent" in result.stdout
        assert "bob@example.com" in result.stderr
        assert server.mails[0].recipients == ["boss@example.com"]
        assert shown(policyd) == {}


def test_who_is_to_wait_gets_it_later(served, store):
    """Nobody else gets it again, and it is the same mail."""
    refuse = {"bob@example.com": "451 4.7.1 greylisted"}
    with SmtpServer(refuse=refuse) as server:
        policyd = served(settings(server.port))
        reach(policyd)
        result = policyd.cli("--clean")
        assert result.returncode == OK and "report: sent" in result.stdout
        assert "not sent to bob@example.com yet: 451" in result.stderr
        assert shown(policyd) == {}
        server.refuse.clear()
        now = "0" if store.kind == "sqlite" else "now()"
        store.sql(f"UPDATE policyd.outbox SET next_try = {now}")
        until(lambda: len(server.mails) == 2, "the second")
        policyd.wait_log("told of the report")
    first, second = server.mails
    assert first.recipients == ["boss@example.com"]
    assert second.recipients == ["bob@example.com"]
    assert text_of(first)[1] == text_of(second)[1]
    assert text_of(first)[0]["Message-ID"] == text_of(second)[0]["Message-ID"]


def test_what_is_reached_while_it_is_sent_stays(served):
    """The mail server takes the mail only when more has been reached."""
    def late(connection, stop):
        # All of the text is there: now joe and ben reach something.
        for account, client in ((JOE, "FR"), (BEN, "FR")):
            assert policyd.ask(account, address(client)) == "DEFER limit"
        connection.sendall(b"250 OK\r\n")

    with RawServer(script({".": late})) as server:
        policyd = served(settings(server.port))
        reach(policyd)
        before = shown(policyd)
        assert clean(policyd) == "sent"
    rows = shown(policyd)
    assert {account: row["times"] for account, row in rows.items()} == \
        {JOE: 1, BEN: 1}
    assert rows[JOE]["first"] >= before[JOE]["last"]


def test_two_reports_at_once_are_one(served, store):
    """Another process has the turn: this one sends nothing."""
    with SmtpServer() as server:
        policyd = served(settings(server.port))
        reach(policyd)
        until = ("unixepoch() * 1000 + 30000" if store.kind == "sqlite" else
                 "now() + interval '30 s'")
        store.sql("INSERT INTO policyd.turn (name, owner, until) "
                  f"VALUES ('report', 'another', {until})")
        assert clean(policyd) == "being sent by another"
        assert server.mails == [] and set(shown(policyd)) == {JOE, ANN}
        store.sql("DELETE FROM policyd.turn")
        assert clean(policyd) == "sent"


def test_without_a_report_old_hits_go(served, store):
    policyd = served(LIMITS)
    reach(policyd)
    store.age(31)
    result = policyd.cli("--clean", "--json")
    assert json.loads(result.stdout)["hits"] == 2
    assert json.loads(result.stdout)["report"] is None
    assert shown(policyd) == {}


def test_old_hits_wait_for_their_report(served, store):
    with SmtpServer(sender="451 later") as server:
        policyd = served(settings(server.port))
        reach(policyd)
        store.age(31)
        assert clean(policyd, TEMPORARY) == "not sent"
        assert set(shown(policyd)) == {JOE, ANN}
