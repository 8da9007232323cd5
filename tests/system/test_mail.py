# test_mail.py -- delivery by SMTP to servers good and bad.
# SPDX-License-Identifier: GPL-3.0-or-later

import base64
import hmac
import pathlib
import shutil
import ssl
import subprocess

import pytest

from delivery import MESSAGE, SLACK, probe
from postfix import Postfix
from smtp_server import (CLOSE, SILENCE, Authority, BlackHole, RawServer,
                         SmtpServer, drip, recorded, script)
from waiting import until

HEAD = ("Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
        "From: <policyd@example.org>\r\nTo: <joe@example.org>\r\n"
        "Message-ID: <1@example.org>\r\nSubject: x\r\n"
        "MIME-Version: 1.0\r\nX-Long: " + "x" * 60 + "\r\n y\r\n\r\n")
THREE = ("a@example.org", "b@example.org", "c@example.org")


def send(server, *options, to=("joe@example.org",), text=MESSAGE,
         host="127.0.0.1", env=None):
    return probe("mail", f"host={host}", f"port={server.port}",
                 *options, *(f"to={address}" for address in to), text=text,
                 env=env)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def trusted(authority):
    return authority.context("DNS:localhost,IP:127.0.0.1")


# --- a server that behaves ---------------------------------------------------

def test_mail_is_delivered():
    with SmtpServer() as server:
        sent = send(server, "helo=policy.example.org", to=THREE,
                    text=HEAD + "Hello\n")
    assert sent.result == "done"
    assert sent.text == "250 OK queued"
    assert sent.recipients == ["done 250 OK queued"] * 3
    mail, = server.mails
    assert mail.sender == "policyd@example.org"
    assert tuple(mail.recipients) == THREE
    assert mail.helo == "policy.example.org"
    assert mail.content == (HEAD + "Hello\r\n").encode()
    assert not sent.is_down


@pytest.mark.parametrize("text, arrives", [
    ("a\nb\r\nc\rd", b"a\r\nb\r\nc\r\nd\r\n"),
    (".\r\n.a\r\n..\r\n...b\r\n.\r\n", b".\r\n.a\r\n..\r\n...b\r\n.\r\n"),
    ("a\n.\nQUIT\n", b"a\r\n.\r\nQUIT\r\n"),
    ("a\r.\r\nb", b"a\r\n.\r\nb\r\n"),
    ("8 bit: \u00fc\n", "8 bit: \u00fc\r\n".encode()),
    ("", b""),
    (".leading\n" * 20000, b".leading\r\n" * 20000),
], ids=["line ends", "dots", "commands", "bare CR", "8 bit", "nothing",
        "long"])
def test_text_arrives_as_it_is_with_crlf(text, arrives):
    with SmtpServer() as server:
        sent = send(server, text=HEAD + text)
    assert sent.result == "done"
    assert server.mails[0].content == HEAD.encode() + arrives


def test_names_are_for_people_not_for_the_envelope():
    with SmtpServer() as server:
        sent = send(server, "from=policyd <p@example.org>",
                    to=['"Joe, Boss" <joe@example.org>'])
    assert sent.result == "done"
    assert server.mails[0].sender == "p@example.org"
    assert server.mails[0].recipients == ["joe@example.org"]


def test_what_is_no_address_is_not_sent_to_the_server():
    bad = "x@example.org>\r\nRCPT TO:<evil@example.org"
    with SmtpServer() as server:
        sent = send(server, to=["joe@example.org", bad, "a b@example.org"])
    assert sent.result == "partly"
    assert [r.split()[0] for r in sent.recipients] == [
        "done", "refused", "refused"]
    assert server.mails[0].recipients == ["joe@example.org"]


def test_nobody_to_send_to():
    with SmtpServer() as server:
        assert send(server, to=[]).result == "refused"
        assert send(server, to=["no address"]).result == "refused"
    assert server.commands == []


def test_a_bad_sender_is_not_sent_to_the_server():
    with SmtpServer() as server:
        sent = send(server, "from=x>\r\nRCPT TO:<evil@example.org")
    assert sent.result == "retry"
    assert "notify.from" in sent.text
    assert server.commands == []


# --- a server that refuses ---------------------------------------------------

def test_one_of_three_recipients_is_refused_for_good():
    with SmtpServer(refuse={THREE[1]: "550 5.1.1 no such user"}) as server:
        sent = send(server, to=THREE)
    assert sent.result == "partly"
    assert sent.recipients == [
        "done 250 OK queued", "refused 550 5.1.1 no such user",
        "done 250 OK queued"]
    assert sent.text == "550 5.1.1 no such user"
    assert server.mails[0].recipients == [THREE[0], THREE[2]]


@pytest.mark.parametrize("which", range(3))
def test_one_of_three_recipients_is_to_come_back(which):
    with SmtpServer(refuse={THREE[which]: "451 4.7.1 greylisted"}) as server:
        sent = send(server, to=THREE)
    assert sent.result == "partly"
    assert [r.split()[0] for r in sent.recipients] == [
        "retry" if i == which else "done" for i in range(3)]


@pytest.mark.parametrize("codes, result", [
    (("550", "550", "550"), "refused"),
    (("450", "450", "450"), "retry"),
    (("550", "450", "550"), "retry"),
])
def test_all_recipients_are_refused(codes, result):
    refuse = {a: f"{code} no" for a, code in zip(THREE, codes)}
    with SmtpServer(refuse=refuse) as server:
        sent = send(server, to=THREE)
    assert sent.result == result
    assert [r.split()[:2] for r in sent.recipients] == [
        ["refused" if code == "550" else "retry", code] for code in codes]
    assert "DATA" not in server.commands


@pytest.mark.parametrize("answers, result", [
    ({"sender": "553 5.1.8 not you"}, "refused"),
    ({"sender": "451 4.3.0 later"}, "retry"),
    ({"sender": "530 5.7.0 log in first"}, "retry"),
    ({"data": "554 5.7.1 spam"}, "refused"),
    ({"data": "452 4.2.2 disk full"}, "retry"),
])
def test_sender_or_text_is_refused(answers, result):
    with SmtpServer(**answers) as server:
        sent = send(server, to=THREE)
    assert sent.result == result
    assert sent.text == next(iter(answers.values()))
    assert sent.recipients == [f"{result} {sent.text}"] * 3
    assert server.mails == []


@pytest.mark.parametrize("step, answer, result, says", [
    ("", "554 5.3.2 go away", "retry", "554"),
    ("", "421 4.3.2 busy", "retry", "421"),
    ("MAIL", CLOSE, "retry", ""),
    ("RCPT", "421 4.3.2 going down", "retry", "421 4.3.2 going down"),
    ("RCPT", "550-first line\r\n550 last line", "refused", "550 first line"),
    ("DATA", "554 5.5.1 no", "refused", "554 5.5.1 no"),
    ("DATA", "451 4.5.1 no", "retry", "451 4.5.1 no"),
    (".", CLOSE, "retry", ""),
    ("QUIT", CLOSE, "done", "250 OK"),
    ("RCPT", "what is this?", "retry", ""),
])
def test_a_step_of_the_dialog_fails(step, answer, result, says):
    with RawServer(script({step: answer, "HELO": "550 no"})) as server:
        sent = send(server, "timeout=30")
    assert sent.result == result
    assert says in sent.text
    assert sent.text != ""


def test_nobody_listens():
    with SmtpServer() as server:
        pass
    sent = send(server)
    assert sent.result == "retry"
    assert "connect" in sent.text
    assert sent.took < SLACK


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_ipv6_address(host):
    with SmtpServer(address="::1") as server:
        assert send(server, host=host).result == "done"


# --- addresses beyond ASCII --------------------------------------------------

JOSE = "jos\u00e9@example.org"


def test_a_domain_is_sent_in_ascii():
    with SmtpServer() as server:
        sent = send(server, to=["joe@b\u00fccher.example"])
    assert sent.result == "done"
    assert server.mails[0].recipients == ["joe@xn--bcher-kva.example"]


def test_an_address_in_utf8_asks_for_smtputf8():
    commands = []
    answers = {"EHLO": "250-x\r\n250-SIZE\r\n250 SMTPUTF8"}
    with RawServer(recorded(script(answers), commands)) as server:
        sent = send(server, to=[JOSE, "joe@example.org"])
    assert sent.result == "done"
    assert commands[1:4] == [
        b"MAIL FROM:<policyd@example.org> SMTPUTF8\r\n",
        f"RCPT TO:<{JOSE}>\r\n".encode(), b"RCPT TO:<joe@example.org>\r\n"]


@pytest.mark.parametrize("offered", [
    "250 x", "250-x\r\n250 SIZE", "250-x\r\n250 SMTPUTF8"])
def test_a_server_without_smtputf8(offered):
    """Who needs it is refused, the others get theirs."""
    commands = []
    with RawServer(recorded(script({"EHLO": offered}), commands)) as server:
        sent = send(server, to=[JOSE, "joe@example.org"])
        only = send(server, to=[JOSE])
        sender = send(server, f"from={JOSE}")
    assert sent.result == "partly"
    assert sent.recipients[0].startswith("refused the server takes no such")
    assert sent.recipients[1] == "done 250 OK"
    assert only.result == "refused"
    assert sender.result == "retry" and "notify.from" in sender.text
    assert not any(b"\xc3" in line for line in commands)


# --- a server that takes its time --------------------------------------------

@pytest.mark.parametrize("serve", [
    script({"": SILENCE}),
    script({"EHLO": SILENCE}),
    script({"DATA": SILENCE}),
    script({".": SILENCE}),
    script({"": drip(b"220 ", b"x")}),
    script({"": drip(b"", b"220-x\r\n")}),
    script({"EHLO": drip(b"", b"250-X\r\n")}),
    script({".": drip(b"", b"250-wait\r\n")}),
], ids=["greeting", "ehlo", "data", "end", "drips bytes", "drips greeting",
        "drips ehlo", "drips end"])
def test_the_deadline_bounds(serve):
    with RawServer(serve) as server:
        sent = send(server, "timeout=1")
    assert sent.result == "retry"
    assert 0.8 < sent.took < 1 + SLACK


def test_the_deadline_bounds_a_server_that_does_not_read():
    stall = script({"DATA": drip(b"354 go on\r\n", b"")})
    with RawServer(stall) as server:
        sent = send(server, "timeout=1", text="x" * 70 + "\n" * 20000000)
    assert sent.result == "retry"
    assert 0.8 < sent.took < 1 + SLACK


@pytest.mark.parametrize("tls", ["none", "starttls", "wrapped"])
def test_the_deadline_bounds_a_black_hole(tls):
    with BlackHole() as hole:
        sent = send(hole, "timeout=1", f"tls={tls}")
    assert sent.result == "retry"
    assert 0.8 < sent.took < 1 + SLACK


@pytest.mark.parametrize("tls, serve", [
    ("wrapped", script({"": SILENCE})),
    ("wrapped", drip(b"\x16\x03\x03\x40\x00", b"\x00")),
    ("starttls", script({"EHLO": "250-x\r\n250 STARTTLS",
                         "STARTTLS": drip(b"220 go\r\n", b"")})),
    ("starttls", script({"EHLO": "250-x\r\n250 STARTTLS",
                         "STARTTLS": SILENCE})),
])
def test_the_deadline_bounds_the_handshake(tls, serve):
    with RawServer(serve) as server:
        sent = send(server, "timeout=1", f"tls={tls}")
    assert sent.result == "retry"
    assert 0.8 < sent.took < 1 + SLACK


@pytest.mark.parametrize("answers, result", [
    ({"QUIT": SILENCE}, "done"),
    ({"QUIT": drip(b"", b"221-x\r\n")}, "done"),
    ({"RCPT": "550 no", "QUIT": SILENCE}, "refused"),
    ({"RCPT": "550 no", "QUIT": drip(b"", b"221-x\r\n")}, "refused"),
])
def test_the_good_bye_is_not_waited_for(answers, result):
    with RawServer(script(answers)) as server:
        sent = send(server, "timeout=30")
    assert sent.result == result
    assert sent.took < SLACK


# --- TLS ---------------------------------------------------------------------

@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("tls", ["starttls", "wrapped"])
def test_tls_with_the_right_certificate(tls, host, authority, trusted):
    with SmtpServer(**{tls: trusted}) as server:
        sent = send(server, f"tls={tls}", f"ca_file={authority.ca_file}",
                    host=host)
    assert sent.result == "done", sent.text
    assert server.mails[0].tls is not None


@pytest.mark.parametrize("version, name", [
    (ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")])
@pytest.mark.parametrize("tls", ["starttls", "wrapped"])
def test_tls_1_2_and_1_3(tls, version, name, authority):
    context = authority.context("IP:127.0.0.1")
    context.minimum_version = context.maximum_version = version
    with SmtpServer(**{tls: context}) as server:
        sent = send(server, f"tls={tls}", f"ca_file={authority.ca_file}")
    assert sent.result == "done", sent.text
    assert server.mails[0].tls == name


@pytest.mark.parametrize("tls", ["starttls", "wrapped"])
def test_a_certificate_nobody_vouches_for(tls, trusted, tmp_path):
    other = Authority(tmp_path)
    for ca in ("", other.ca_file):
        with SmtpServer(**{tls: trusted}) as server:
            sent = send(server, f"tls={tls}", f"ca_file={ca}")
        assert sent.result == "retry"
        assert "certificate" in sent.text
        assert server.commands == []


@pytest.mark.parametrize("tls", ["starttls", "wrapped"])
@pytest.mark.parametrize("names", ["DNS:mail.example.org", "IP:127.0.0.2"])
def test_a_certificate_for_another_host(tls, names, authority):
    with SmtpServer(**{tls: authority.context(names)}) as server:
        sent = send(server, f"tls={tls}", f"ca_file={authority.ca_file}")
    assert sent.result == "retry"
    assert "127.0.0.1" in sent.text
    assert server.commands == []


def test_a_ca_file_that_is_missing(trusted):
    with SmtpServer(starttls=trusted) as server:
        sent = send(server, "tls=starttls", "ca_file=/nonexistent.pem")
    assert sent.result == "retry"
    assert server.commands == []


def test_no_starttls_no_mail():
    with SmtpServer() as server:
        sent = send(server, "tls=starttls", "username=u", "password=p")
    assert sent.result == "retry"
    assert "TLS" in sent.text
    assert server.commands == []


@pytest.mark.parametrize("answer", [
    "454 not now", "220 go\r\n250 and what I said before TLS"])
def test_starttls_that_is_tampered_with(answer):
    serve = script({"EHLO": "250-x\r\n250 STARTTLS", "STARTTLS": answer})
    with RawServer(serve) as server:
        sent = send(server, "tls=starttls", "timeout=4")
    assert sent.result == "retry"
    assert sent.took < SLACK


def test_wrapped_against_a_plain_server():
    with SmtpServer() as server:
        sent = send(server, "tls=wrapped", "timeout=1")
    assert sent.result == "retry"
    assert server.commands == []


@pytest.mark.parametrize("tls", ["starttls", "wrapped"])
def test_tls_1_3_never_stalls(tls, authority):
    """The server's tickets come when they like."""
    context = authority.context("IP:127.0.0.1")
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with SmtpServer(**{tls: context}) as server:
        for _ in range(25):
            sent = send(server, f"tls={tls}",
                        f"ca_file={authority.ca_file}", "timeout=30")
            assert sent.result == "done", sent.text
            assert sent.took < SLACK


def test_tickets_before_ehlo(authority):
    """They are here when EHLO is to be written: it is written first."""
    context = authority.context("IP:127.0.0.1")
    context.minimum_version = ssl.TLSVersion.TLSv1_3

    def serve(connection, stop):
        lines = connection.makefile("rb")
        connection.sendall(b"220 x\r\n")
        lines.readline()
        connection.sendall(b"250-x\r\n250 STARTTLS\r\n")
        lines.readline()
        connection.sendall(b"220 go\r\n")
        # The handshake and its tickets are one: nothing is read after it.
        with context.wrap_socket(connection, server_side=True) as tls:
            assert tls.version() == "TLSv1.3"
            tls.recv(1000)
            tls.sendall(b"554 enough\r\n")

    with RawServer(serve) as server:
        for _ in range(10):
            sent = send(server, "tls=starttls", "timeout=30",
                        f"ca_file={authority.ca_file}")
            assert "554 enough" in sent.text and sent.took < SLACK


def test_no_files_of_a_user_are_read(authority, trusted, tmp_path):
    """libESMTP looks for authorities and keys below the home directory."""
    for name in (".authenticate", ".config/libesmtp"):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        folder.chmod(0o700)
        shutil.copy(authority.ca_file, folder / "ca.pem")
        (folder / "ca.pem").chmod(0o600)
    with SmtpServer(starttls=trusted) as server:
        sent = send(server, "tls=starttls", env={"HOME": str(tmp_path)})
    assert sent.result == "retry"
    assert "certificate" in sent.text


# --- AUTH --------------------------------------------------------------------

LOGIN = ("username=policyd@example.org", "password=s3cr\u00e9t pass")
PASSWORD = (b"policyd@example.org", "s3cr\u00e9t pass".encode())


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("tls", ["none", "starttls", "wrapped"])
def test_a_server_that_requires_auth(tls, authority, trusted):
    where = {} if tls == "none" else {tls: trusted}
    options = (f"tls={tls}", f"ca_file={authority.ca_file}")
    with SmtpServer(password=PASSWORD, **where) as server:
        sent = send(server, *options, *LOGIN)
        assert sent.result == "done", sent.text
        assert server.mails[0].login == PASSWORD[0]

        wrong = send(server, *options, LOGIN[0], "password=guessed")
        assert wrong.result == "retry"
        assert "535" in wrong.text
        assert "guessed" not in wrong.text + wrong.log

        without = send(server, *options)
        assert without.result == "retry"
        assert "530" in without.text
        assert len(server.mails) == 1


def with_auth(offered, log):
    """A serve function that offers mechanisms and knows PLAIN, LOGIN and
    CRAM-MD5; log has what was asked for, and the logins that were right."""
    name, password = PASSWORD

    def serve(connection, stop):
        lines = connection.makefile("rwb", buffering=0)

        def ask(challenge):
            lines.write(b"334 " + base64.b64encode(challenge) + b"\r\n")
            answer = lines.readline().strip()
            return answer if answer == b"*" else base64.b64decode(answer)

        lines.write(b"220 x\r\n")
        for line in lines:
            word, _, rest = line.strip().partition(b" ")
            answer = b"554 enough"
            if word == b"EHLO":
                answer = b"250-x\r\n250 AUTH " + offered.encode()
            elif word == b"AUTH":
                mechanism, _, initial = rest.partition(b" ")
                log.append(mechanism.decode())
                if mechanism == b"PLAIN":
                    got = base64.b64decode(initial) if initial else ask(b"")
                    is_right = got.split(b"\0")[1:] == [name, password]
                elif mechanism == b"LOGIN":
                    got = base64.b64decode(initial) if initial else ask(
                        b"Username:")
                    is_right = [got, ask(b"Password:")] == [name, password]
                elif mechanism == b"CRAM-MD5":
                    digest = hmac.new(password, b"<1@x>", "md5").hexdigest()
                    is_right = ask(b"<1@x>") == name + b" " + digest.encode()
                else:
                    assert ask(b"") == b"*"
                    is_right = False
                log.append(is_right)
                answer = b"235 2.7.0 OK" if is_right else b"501 5.7.0 no"
            elif word == b"MAIL":
                log.append("MAIL")
            lines.write(answer + b"\r\n")

    return serve


@pytest.mark.parametrize("offered, asked", [
    ("PLAIN", ["PLAIN", True]),
    ("LOGIN", ["LOGIN", True]),
    ("CRAM-MD5", ["CRAM-MD5", True]),
    ("GSSAPI CRAM-MD5 DIGEST-MD5 NTLM PLAIN", ["CRAM-MD5", True]),
    ("SCRAM-SHA-256 LOGIN PLAIN", ["LOGIN", True]),
    ("NTLM LOGIN", ["NTLM", False, "LOGIN", True]),
])
def test_auth_by(offered, asked):
    log = []
    with RawServer(with_auth(offered, log)) as server:
        send(server, *LOGIN)
    assert log == [*asked, "MAIL"]


@pytest.mark.parametrize("serve, says", [
    (script({}), "offers no AUTH"),
    (script({"EHLO": "502 what?", "HELO": "250 x"}), "offers no AUTH"),
    (script({"EHLO": "250-x\r\n250 AUTH GSSAPI XOAUTH2"}), "offers none of"),
    (with_auth("PLAIN", []), "login: 501 5.7.0 no"),
])
def test_without_a_login_nothing_is_sent(serve, says):
    commands = []
    with RawServer(recorded(serve, commands)) as server:
        sent = send(server, LOGIN[0], "password=guessed")
    assert sent.result == "retry" and sent.is_down
    assert says in sent.text
    assert not any(line.startswith(b"MAIL") for line in commands)


def test_a_password_does_not_go_elsewhere_in_plain():
    # 192.0.2.0/24 is for documentation: nothing may be sent there at all.
    sent = probe("mail", "host=192.0.2.1", "port=25", "timeout=20",
                 "to=joe@example.org", *LOGIN)
    assert sent.result == "retry"
    assert "smtp.tls" in sent.text
    assert sent.took < SLACK


# --- Postfix -----------------------------------------------------------------

def give_a_login(server):
    database = server.root / "sasldb"
    subprocess.run(["saslpasswd2", "-p", "-c", "-f", database, "-u",
                    "example.org", "policyd"], input=b"sesame", check=True)
    shutil.chown(database, "postfix")
    (server.config / "sasl").mkdir()
    (server.config / "sasl" / "smtpd.conf").write_text(
        "pwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
        f"mech_list: CRAM-MD5 PLAIN LOGIN\nsasldb_path: {database}\n")


@pytest.fixture(scope="module")
def postfix(authority):
    """A Postfix that wants STARTTLS and a login, and is strict."""
    authority.context("DNS:localhost,IP:127.0.0.1")
    pem = pathlib.Path(authority.folder) / "DNS-localhost-IP-127.0.0.1"
    server = Postfix(more=f"""
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {pem}.pem
smtpd_tls_key_file = {pem}.key
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
smtpd_sasl_security_options = noanonymous
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtputf8_enable = yes
strict_smtputf8 = yes
""", prepare=give_a_login)
    yield server
    server.close()


def test_postfix_with_starttls_and_sasl(postfix, authority):
    options = ("tls=starttls", f"ca_file={authority.ca_file}",
               "username=policyd@example.org", "timeout=60")
    without = send(postfix, *options[:2], to=THREE)
    assert without.result == "refused" and "554" in without.text
    wrong = send(postfix, *options, "password=guessed")
    assert wrong.result == "retry" and "535" in wrong.text
    postfix.forget_log()
    sent = send(postfix, *options, "password=sesame", to=[*THREE, JOSE])
    assert sent.result == "done", sent.text
    for address in (*THREE, JOSE):
        until(lambda: f"to=<{address}>" in postfix.log(), address)
    assert "sasl_method=CRAM-MD5" in postfix.log()
    until(lambda: "quit=1" in postfix.log(), "its good-bye")


def test_postfix_without_tls_is_not_told_the_password(postfix):
    sent = send(postfix, "username=policyd@example.org", "password=sesame")
    assert sent.result == "retry"
    assert "AUTH" in sent.text
