"""test_notify.py -- from a block to the mail, program or web server.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import email
import email.policy
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

import policyd as daemon
import waiting
from geoip import address
from load import Load
from outage import BLOCKED, CONFIG, OK
from policyd import is_alive
from smtp_server import BlackHole, RawServer, SmtpServer, script
from test_webhook import WebServer, signature
from waiting import until

ADMIN = "postmaster@example.com"
JOE = "joe@example.com"


# --- the outbox of either store ----------------------------------------------

class PgsqlStore:
    def __init__(self, database):
        self.url = database.url
        self._database = database

    def rows(self, columns, where="true"):
        return [tuple(row) for row in self._database.sql(
            f"SELECT {columns} FROM policyd.outbox WHERE {where} ORDER BY id")]

    def hurry(self):
        """Time passes: what was put off is due."""
        self._database.sql("UPDATE policyd.outbox SET next_try = now() "
                           "WHERE ended_at IS NULL")

    def age(self, days):
        self._database.sql("UPDATE policyd.outbox SET created_at = "
                           f"created_at - interval '{days} days'")

    def delays(self):
        """In how many seconds rows are tried again, from when they were."""
        return [float(row[0]) for row in self._database.sql(
            "SELECT extract(epoch FROM next_try - now()) FROM policyd.outbox "
            "WHERE ended_at IS NULL ORDER BY id")]


class SqliteStore:
    def __init__(self, folder):
        self.path = folder / "policyd.db"
        self.url = f"sqlite:{self.path}"

    def _sql(self, text):
        with contextlib.closing(sqlite3.connect(
                self.path, timeout=60, isolation_level=None)) as store:
            return store.execute(text).fetchall()

    def rows(self, columns, where="true"):
        return [tuple(map(str, row)) for row in self._sql(
            f"SELECT {columns} FROM outbox WHERE {where} ORDER BY id")]

    def hurry(self):
        self._sql("UPDATE outbox SET next_try = 0 WHERE ended_at IS NULL")

    def mark(self, digest):
        """All of it were in a digest."""
        self._sql(f"UPDATE outbox SET recipients = ':{digest}' || char(10) "
                  "|| recipients")

    def age(self, days):
        self._sql("UPDATE outbox SET created_at = created_at - "
                  f"{days * 86400000}")

    def delays(self):
        return [row[0] for row in self._sql(
            "SELECT next_try / 1000.0 - (julianday('now') - 2440587.5) * 86400"
            " FROM outbox WHERE ended_at IS NULL ORDER BY id")]


@pytest.fixture(params=["pgsql", "sqlite"])
def store(request):
    """The store to tell from. Where the way is the same for both, one does:
    tests/store sees to it that they answer alike."""
    if request.param == "pgsql":
        return PgsqlStore(request.getfixturevalue("database"))
    # The daemon's user must get there.
    folder = daemon.pathlib.Path(daemon.tempfile.mkdtemp(prefix="policyd-s."))
    request.addfinalizer(lambda: shutil.rmtree(folder))
    if daemon.IS_ROOT:
        shutil.chown(folder, daemon.USER, daemon.GROUP)
    return SqliteStore(folder)


@pytest.fixture
def server(geoip):
    """A function that starts servers, on a store, which send mail to a
    port."""
    made = []

    def start(store, port=1, **notify):
        made.append(daemon.Policyd(daemon.merge(CONFIG, {
            "geoip": {"country": str(geoip / "country.mmdb")},
            "store": {"url": store.url},
            "smtp": {"host": "127.0.0.1", "port": port, "timeout": "60s"},
            "notify": {"enabled": True, "from": "policyd@example.com",
                       "to": [ADMIN], **notify}})))
        return made[-1].start()
    yield start
    for policyd in made:
        policyd.close()


def block(policyd, account=JOE):
    assert policyd.ask(account, address("DE")) == OK
    assert policyd.ask(account, address("AT")) == BLOCKED


def courier(policyd):
    """The process that sends."""
    return policyd.processes()["courier"][0]


def parse(mail):
    return email.message_from_bytes(mail.content, policy=email.policy.default)


def text_of(mail):
    return mail.get_content().replace("\r\n", "\n")


def wait_mails(smtp, count):
    until(lambda: len(smtp.mails) >= count, f"{count} mails")
    return [parse(mail) for mail in smtp.mails]


def wait_ended(store, count=1):
    """Wait until so many rows are done, well or not."""
    until(lambda: len(store.rows("id", "ended_at IS NOT NULL")) >= count,
          f"{count} rows to end")


# --- what is told ------------------------------------------------------------

def test_block_and_unblock(store, server):
    with SmtpServer() as smtp:
        policyd = server(store, smtp.port)
        block(policyd)
        [mail] = wait_mails(smtp, 1)
        assert mail["Subject"] == f"[policyd] {JOE} was blocked"
        assert mail["From"] == "policyd@example.com" and mail["To"] == ADMIN
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Date"].datetime and re.fullmatch(
            r"<[^<>@\s]+@[^<>@\s]+>", mail["Message-ID"])
        text = text_of(mail)
        assert "2 countries within 24h, 1 allowed" in text
        for code in ("DE", "AT"):
            assert re.search(rf"^ +{address(code)} +{code} +\d{{4}}-.*1$",
                             text, re.MULTILINE), text
        assert f"policyd --explain {JOE}" in text
        assert f"policyd --unblock {JOE}" in text
        # The same account again: it is blocked already.
        assert policyd.ask(JOE, address("CH")) == BLOCKED
        assert policyd.cli("--unblock", JOE).returncode == 0
        mail = wait_mails(smtp, 2)[1]
        assert mail["Subject"] == f"[policyd] {JOE} is no longer blocked"
        assert "Its mail is accepted again" in mail.get_content()
        wait_ended(store, 2)
    assert len(smtp.mails) == 2
    assert store.rows("kind, error, attempts") == [
        ("block", "", "1"), ("unblock", "", "1")]


ONE = {name: pytest.mark.parametrize("store", [name], indirect=True)
       for name in ("pgsql", "sqlite")}


@ONE["sqlite"]
@pytest.mark.parametrize("on", ["block", "unblock"])
def test_only_what_is_wanted(store, server, on):
    with SmtpServer() as smtp:
        policyd = server(store, smtp.port, on=[on])
        block(policyd)
        assert policyd.cli("--unblock", JOE).returncode == 0
        wait_ended(store)
        assert store.rows("kind") == [(on,)]
    assert len(smtp.mails) == 1


@ONE["sqlite"]
def test_templates(store, server):
    """To the administrator and to the account, each by its own."""
    with SmtpServer() as smtp:
        policyd = server(store, smtp.port)
        for name, text in (("admin", "A ${account} ${client} ${country} "
                            "${countries}/${limit} ${per}\n${logins}\n"),
                           ("owner", "O ${account}: ${reason}\n")):
            (policyd.root / name).write_text(text)
        policyd.write({"notify": {
            "template": str(policyd.root / "admin"), "account": True,
            "account_template": str(policyd.root / "owner"),
            "subject": "Sperre für ${account}"}})
        policyd.reload()
        block(policyd)
        mails = {mail["To"]: mail for mail in wait_mails(smtp, 2)}
        assert mails[ADMIN]["Subject"] == f"Sperre für {JOE}"
        text = text_of(mails[ADMIN])
        assert text.startswith(f"A {JOE} {address('AT')} AT 2/1 24h\n")
        assert address("DE") in text
        assert text_of(mails[JOE]).strip() == \
            f"O {JOE}: 2 countries within 24h, 1 allowed"
        # Who has no address cannot be told; the administrator is.
        block(policyd, "joe")
        wait_mails(smtp, 3)
        policyd.wait_log("gave up telling of the block of joe by account: "
                         "the account is no address")


@ONE["sqlite"]
def test_each_in_his_language(store, server):
    """What users read is chosen by their domain, their mail too."""
    with SmtpServer() as smtp:
        policyd = server(store, smtp.port)
        (policyd.root / "vendu").write_text("V ${account}: ${reason}\n")
        policyd.write({
            "notify": {"account": True},
            "texts": [
                {"account": "jim@example.de", "blocked": "REJECT Jim!"},
                {"account": "@example.de", "language": "de"},
                {"account": "@example.fr",
                 "blocked": "REJECT ${account} est suspendu",
                 "account_subject": "Suspendu: ${account}",
                 "account_template": str(policyd.root / "vendu")}]})
        policyd.reload()
        for account, said in (
                ("joe@example.de", "ist gesperrt: 2 Staaten innerhalb von "
                                   "24h, erlaubt: 1. Bitte wenden Sie sich"),
                ("jim@example.de", "REJECT Jim!"),
                ("joe@example.fr", "REJECT joe@example.fr est suspendu"),
                (JOE, "REJECT blocked")):
            assert policyd.ask(account, address("DE")) == "DUNNO"
            answer = policyd.ask(account, address("AT"))
            assert said in answer and answer.isascii(), answer
        mails = {mail["To"]: mail for mail in wait_mails(smtp, 8)
                 if mail["To"] != ADMIN}
    german = mails["joe@example.de"]
    assert german["Subject"] == "Senden von joe@example.de ist gesperrt"
    text = text_of(german)
    assert "von ungewöhnlich vielen" in text and "STAAT  ZUERST" in text
    assert "Grund:  2 Staaten innerhalb von 24h, erlaubt: 1" in text
    assert mails["joe@example.fr"]["Subject"] == "Suspendu: joe@example.fr"
    assert text_of(mails["joe@example.fr"]).strip() == \
        "V joe@example.fr: 2 countries within 24h, 1 allowed"
    for account in ("jim@example.de", JOE):
        assert mails[account]["Subject"] == \
            f"Sending mail from {account} is blocked"
        assert "was used from unusually many" in text_of(mails[account])


@ONE["pgsql"]
def test_program_and_web_server(store, server):
    with WebServer() as web:
        policyd = server(store, to=[], webhook=web.url)
        (policyd.root / "secret").write_text("sesame")
        (policyd.root / "secret").chmod(0o600)
        if daemon.IS_ROOT:
            shutil.chown(policyd.root / "secret", daemon.USER)
        policyd.write({"notify": {
            "webhook_secret_file": str(policyd.root / "secret"),
            "exec": ["/bin/sh", "-c",
                     f"cat >{policyd.root}/new; mv {policyd.root}/new "
                     f"{policyd.root}/event"]}})
        policyd.reload()
        block(policyd)
        until((policyd.root / "event").exists, "the program")
        until(lambda: web.got, "the web server")
        told = (policyd.root / "event").read_bytes()
        _, headers, body = web.got[0]
        wait_ended(store, 2)
    assert told == body
    event = json.loads(body)
    assert event["event"] == "block" and event["account"] == JOE
    assert (event["cause"], event["found"], event["limit"]) == \
        ("countries", 2, 1)
    assert {login["country"] for login in event["logins"]} == {"DE", "AT"}
    assert headers["webhook-id"] == event["id"]
    assert headers["webhook-signature"] == signature("sesame", headers, body)
    assert len(web.got) == 1


@ONE["sqlite"]
def test_test_notify(store, server):
    with SmtpServer() as smtp:
        policyd = server(store, smtp.port)
        result = policyd.cli("--test-notify")
        assert (result.returncode, result.stderr) == (0, "")
        [mail] = wait_mails(smtp, 1)
        assert mail["Subject"] == "[policyd] Test of notifications"
    result = policyd.cli("--test-notify")
    assert result.returncode == 69
    assert "NOT sent" in result.stdout
    assert store.rows("id") == []


# --- mail servers in trouble -------------------------------------------------

def test_one_recipient_is_refused_for_a_while(store, server):
    to = ["a@example.com", "b@example.com", "c@example.com"]
    with SmtpServer(refuse={to[1]: "451 4.7.1 later"}) as smtp:
        policyd = server(store, smtp.port, to=to)
        block(policyd)
        wait_mails(smtp, 1)
        # One a line.
        until(lambda: store.rows("replace(recipients, '\n', ';'), attempts")
              == [(to[1] + ";", "1")], "the rest to be put off")
        smtp.refuse.clear()
        store.hurry()
        wait_ended(store)
    assert [mail.recipients for mail in smtp.mails] == [[to[0], to[2]], [to[1]]]
    first, second = map(parse, smtp.mails)
    assert first["Message-ID"] == second["Message-ID"]


@ONE["sqlite"]
def test_the_mail_server_is_down_for_a_while(store, server):
    """One tries whether it is back, less and less often; the others wait. Then
    all are told, once."""
    port = daemon.free_port()
    policyd = server(store, port)
    accounts = [f"user{n}@example.com" for n in range(12)]
    for account in accounts:
        block(policyd, account)
    for pause in (1, 2, 4):
        policyd.wait_log(f"cannot connect .*; trying again in {pause} s")
    # As many as may be under way at once, at most, then one for each pause,
    # whenever the accounts were blocked and however slowly it all goes.
    tries = re.findall(r"cannot connect .*; trying again in (\d+) s",
                       policyd.log())
    tries = tries[:tries.index("4") + 1]
    assert 3 <= len(tries) <= 4 + 2, tries
    with SmtpServer(port=port) as smtp:
        wait_mails(smtp, 12)
        wait_ended(store, 12)
    assert {parse(mail)["Subject"] for mail in smtp.mails} == {
        f"[policyd] {account} was blocked" for account in accounts}
    assert len(smtp.mails) == 12


@ONE["pgsql"]
def test_it_is_given_up_after_three_days(store, server):
    policyd = server(store, daemon.free_port())
    block(policyd)
    until(lambda: store.rows("attempts") == [("1",)], "the first try")
    store.age(2.9)
    store.hurry()
    until(lambda: store.rows("attempts") == [("2",)] and
          store.delays()[0] < 20, "the second")
    assert store.rows("id", "ended_at IS NOT NULL") == []
    store.age(0.2)
    store.hurry()
    wait_ended(store)
    policyd.wait_log(f"error: notify: gave up telling of the block of {JOE} "
                     "by mail: ")
    assert store.rows("error")[0][0] != ""


# --- deaths and outages ------------------------------------------------------

class SlowServer(SmtpServer):
    """Waits before it answers a command, until it is let go."""

    def __init__(self, command):
        super().__init__()
        self.command = command
        self.is_reached = threading.Event()
        self.go = threading.Event()

    async def _hold(self, command):
        if command == self.command:
            self.is_reached.set()
            await self.loop.run_in_executor(None, self.go.wait, 60)

    async def handle_MAIL(self, *arguments):
        await self._hold("MAIL")
        return await super().handle_MAIL(*arguments)

    async def handle_DATA(self, *arguments):
        await self._hold("DATA")
        return await super().handle_DATA(*arguments)


@pytest.mark.parametrize("when", ["MAIL", "DATA"])
def test_the_courier_is_killed(store, server, when):
    """What it was at is told by the next one."""
    with SlowServer(when) as smtp:
        policyd = server(store, smtp.port)
        block(policyd)
        assert smtp.is_reached.wait(60)
        killed = courier(policyd)
        os.kill(killed, signal.SIGKILL)
        until(lambda: not is_alive(killed), "its death")
        smtp.go.set()
        # Its lease holds until nobody can be at it any more.
        assert store.rows("id", "ended_at IS NULL") != []
        assert store.delays()[0] > 20
        assert courier(policyd) != killed
        store.hurry()
        wait_ended(store)
        # The dead one's may have arrived too; its copy can be told.
        assert len({parse(mail)["Message-ID"] for mail in smtp.mails}) == 1


@pytest.mark.parametrize("when", ["MAIL", "DATA"])
def test_a_stop_while_mail_is_sent(store, server, when):
    """What the server may have is waited for, the rest is called back: either
    way it is told once."""
    with SlowServer(when) as smtp:
        policyd = server(store, smtp.port)
        block(policyd)
        assert smtp.is_reached.wait(60)
        policyd.signal(signal.SIGTERM)
        if when == "MAIL":
            assert policyd.process.wait(60) == 0
            assert store.delays()[0] < 1
            smtp.go.set()
        else:
            policyd.wait_log("stopping")
            # Longer than anything else may take to stop.
            with pytest.raises(subprocess.TimeoutExpired):
                policyd.process.wait(7)
            smtp.go.set()
            assert policyd.process.wait(60) == 0
            assert len(store.rows("id", "ended_at IS NOT NULL")) == 1
        assert "killed" not in policyd.log()
        policyd.start()
        block(policyd, "ann@example.com")
        wait_ended(store, 2)
        assert len(smtp.mails) == 2


@pytest.mark.parametrize("signals", [(signal.SIGKILL,), (signal.SIGTERM,)])
def test_the_end_while_the_server_says_good_bye(server, signals, store):
    """It has the mail: that is written down already."""
    texts = []

    def end(connection, stop):
        texts.append(1)
        connection.sendall(b"250 OK\r\n")
        stop.wait()

    with RawServer(script({".": end})) as smtp:
        policyd = server(store, smtp.port)
        block(policyd)
        until(lambda: texts, "the mail")
        wait_ended(store)
        for number in signals:
            os.kill(courier(policyd), number)
        pids = daemon.children(policyd.pid)
        policyd.process.kill()
        policyd.process.wait()
        until(lambda: not any(map(is_alive, pids)), "their death")
    with SmtpServer() as smtp:
        policyd.write({"smtp": {"port": smtp.port}})
        policyd.start()
        block(policyd, "ann@example.com")
        wait_ended(store, 2)
        assert len(smtp.mails) == 1 and texts == [1]


@ONE["pgsql"]
def test_the_courier_is_killed_again_and_again(store, server):
    """At moments that nobody chose: nothing is lost."""
    with SmtpServer() as smtp:
        policyd = server(store, smtp.port)
        for number in range(8):
            block(policyd, f"user{number}@example.com")
            if number % 3 == 0:
                # It may not be born yet, or dead already.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(courier(policyd), signal.SIGKILL)
        until(lambda: store.hurry() or
              len(store.rows("id", "ended_at IS NOT NULL")) == 8, "all")
        subjects = {parse(mail)["Subject"] for mail in smtp.mails}
    assert subjects == {f"[policyd] user{number}@example.com was blocked"
                        for number in range(8)}


def test_the_store_goes_while_mail_is_sent(database, postgres, server):
    """The mail was sent: that is remembered until it can be written."""
    store = PgsqlStore(database)
    with SlowServer("DATA") as smtp:
        policyd = server(store, smtp.port)
        block(policyd)
        assert smtp.is_reached.wait(60)
        postgres.stop()
        try:
            smtp.go.set()
            policyd.wait_log(f"told of the block of {JOE}")
        finally:
            postgres.start()
        wait_ended(store)
        store.hurry()
        # And it goes on.
        until(lambda: policyd.ask("ann@example.com", address("DE")) == OK,
              "the store")
        until(lambda: policyd.ask("ann@example.com", address("AT")) == BLOCKED,
              "a block")
        wait_ended(store, 2)
    assert len(smtp.mails) == 2


# --- many --------------------------------------------------------------------

def test_no_way_waits_for_another(store, server):
    """100 blocks, and a web server that swallows everything: all mails come,
    the accounts' own and the administrator's. If each waited for the web
    server, for 30 s, they would take most of an hour."""
    accounts = [f"user{number}@example.com" for number in range(100)]

    def told():
        """The administrator's mails."""
        return [mail for mail in smtp.mails if mail.recipients == [ADMIN]]

    def are_all_told():
        text = "".join(mail["Subject"] + text_of(mail)
                       for mail in map(parse, told()))
        return set(re.findall(r"user\d+@example.com", text)) == set(accounts)

    with SmtpServer() as smtp, BlackHole() as hole:
        policyd = server(store, smtp.port, account=True,
                         webhook=f"http://127.0.0.1:{hole.port}/")
        for account in accounts:
            block(policyd, account)
        # The rest of a digest may come as one more.
        wait_mails(smtp, 121)
        until(are_all_told, "all accounts in mails to the administrator")
        until(lambda: len(smtp.mails) - len(told()) >= 100, "their own")
        own = [mail for mail in smtp.mails if mail.recipients != [ADMIN]]
    assert sorted(mail.recipients[0] for mail in own) == sorted(accounts)
    assert len(told()) >= 21


@ONE["pgsql"]
@pytest.mark.parametrize("parallel", [1, 3])
def test_so_many_at_once(store, server, parallel):
    busy, most = [], []

    def serve(connection, stop):
        busy.append(1)
        most.append(len(busy))
        # Others have the time to come.
        until(lambda: len(busy) >= parallel or len(most) > 8, "the others")
        script({".": taken})(connection, stop)

    def taken(connection, stop):
        busy.pop()
        connection.sendall(b"250 OK\r\n")

    with RawServer(serve, parallel=True) as smtp:
        policyd = server(store, smtp.port, parallel=parallel)
        for number in range(9):
            block(policyd, f"user{number}@example.com")
        wait_ended(store, 9)
    assert max(most) == parallel


def test_two_servers_tell_everything_once(database, server):
    store = PgsqlStore(database)
    with WebServer() as web:
        servers = [server(store, to=[], webhook=web.url) for _ in range(2)]
        accounts = [f"user{number}@example.com" for number in range(60)]
        with Load(servers[0]), Load(servers[1]):
            for number, account in enumerate(accounts):
                block(servers[number % 2], account)
            # One could be so much faster that nothing is left to the other.
            while not all("notify: told of" in each.log() for each in servers):
                accounts.append(f"user{len(accounts)}@example.com")
                assert len(accounts) < 1000
                block(servers[0], accounts[-1])
            until(lambda: len(store.rows("id", "ended_at IS NOT NULL")) ==
                  len(accounts), "all to be told")
        told = [json.loads(body)["account"] for _, _, body in web.got]
    assert sorted(told) == sorted(accounts)


@pytest.fixture(params=[30])
def flood(geoip, request):
    """A server that has blocked so many accounts."""
    folder = daemon.pathlib.Path(daemon.tempfile.mkdtemp(prefix="policyd-f."))
    if daemon.IS_ROOT:
        shutil.chown(folder, daemon.USER, daemon.GROUP)
    to = ["a@example.com", "b@example.com"]
    with SmtpServer(refuse={to[1]: "451 4.7.1 later"}) as smtp:
        policyd = daemon.Policyd(daemon.merge(CONFIG, {
            "geoip": {"country": str(geoip / "country.mmdb")},
            "store": {"url": f"sqlite:{folder}/policyd.db"},
            "smtp": {"host": "127.0.0.1", "port": smtp.port},
            "notify": {"enabled": True, "from": "policyd@example.com",
                       "to": to}}))
        policyd.start()
        for number in range(request.param):
            block(policyd, f"user{number}@example.com")
        try:
            yield policyd, smtp, SqliteStore(folder)
        finally:
            policyd.close()
            shutil.rmtree(folder)


@pytest.mark.long
def test_many_become_one(flood):
    """20 mails, then one for the rest; b, who was refused all of them for a
    while, has none twice and misses none."""
    policyd, smtp, store = flood
    mails = wait_mails(smtp, 20)
    until(lambda: len(smtp.mails) > 20, "the digest", 120)
    mails = [parse(mail) for mail in smtp.mails]
    singles = {mail["Subject"] for mail in mails[:20]}
    assert len(singles) == 20
    digest = mails[20]
    assert "accounts were blocked or unblocked" in digest["Subject"]
    text = text_of(digest)
    listed = set(re.findall(r"blocked +(user\d+@example.com)", text))
    everybody = {f"user{number}@example.com" for number in range(30)}
    assert listed | {subject.split()[1] for subject in singles} == everybody
    assert smtp.mails[20].recipients == ["a@example.com"]
    def is_left():
        rows = [row[0].split(";") for row in
                store.rows("replace(recipients, '\n', ';')")]
        # Those of the digest say so, to be sent together again.
        return [row[-2:] for row in rows] == [["b@example.com", ""]] * 30 and \
            sum(row[0].startswith(":policyd.digest.") for row in rows) == 10
    until(is_left, "b alone to be left")
    assert store.rows("id", "ended_at IS NOT NULL") == []
    smtp.refuse.clear()
    seen = len(smtp.mails)
    store.hurry()
    wait_mails(smtp, seen + 1)
    assert smtp.mails[seen].recipients == ["b@example.com"]
    # The digest comes again as it was.
    until(lambda: [parse(mail)["Message-ID"] for mail in smtp.mails].count(
        digest["Message-ID"]) == 2, "the digest for b", 30)
    again = [mail for mail in map(parse, smtp.mails)
             if mail["Message-ID"] == digest["Message-ID"]][1]
    assert text_of(again) == text
    assert " error: " not in policyd.log()


@pytest.mark.long
@pytest.mark.parametrize("flood", [6], indirect=True)
def test_a_digest_that_is_whole_no_more(flood):
    """Four of ten are told or gone: the others wait for them for a while, and
    are then told together, by the digest's own name."""
    policyd, smtp, store = flood
    wait_mails(smtp, 6)
    until(lambda: [row[0] for row in store.rows("recipients")] ==
          ["b@example.com\n"] * 6, "b alone to be left")
    store.mark("policyd.digest.7.10.1 mx.example 10")
    smtp.refuse.clear()
    store.hurry()
    until(lambda: len(smtp.mails) > 6, "the digest", 120)
    digest = parse(smtp.mails[6])
    assert digest["Message-ID"] == "<policyd.digest.7.10.1@mx.example>"
    assert smtp.mails[6].recipients == ["b@example.com"]
    assert sorted(re.findall(r"blocked +(user\d+@example.com)",
                             text_of(digest))) == [
        f"user{number}@example.com" for number in range(6)]
    assert " 6 accounts were" in digest["Subject"]
    until(lambda: len(store.rows("id", "ended_at IS NOT NULL")) == 6,
          "all to be told")
    assert len(smtp.mails) == 7
    assert " error: " not in policyd.log()
