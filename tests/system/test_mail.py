# test_mail.py -- delivery by SMTP to servers good and bad.
# SPDX-License-Identifier: GPL-3.0-or-later

import ssl

import pytest

from delivery import MESSAGE, SLACK, probe
from smtp_server import (CLOSE, SILENCE, Authority, BlackHole, RawServer,
                         SmtpServer, drip, script)

THREE = ("a@example.org", "b@example.org", "c@example.org")


def send(server, *options, to=("joe@example.org",), text=MESSAGE,
         host="127.0.0.1"):
    return probe("mail", f"host={host}", f"port={server.port}",
                 *options, *(f"to={address}" for address in to), text=text)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def trusted(authority):
    return authority.context("DNS:localhost,IP:127.0.0.1")


# --- a server that behaves ---------------------------------------------------

def test_mail_is_delivered():
    with SmtpServer() as server:
        sent = send(server, "helo=policy.example.org", to=THREE)
    assert sent.result == "done"
    assert sent.text == "250 OK queued"
    assert sent.recipients == ["done "] * 3
    mail, = server.mails
    assert mail.sender == "policyd@example.org"
    assert tuple(mail.recipients) == THREE
    assert mail.helo == "policy.example.org"
    assert mail.content == MESSAGE.encode()


@pytest.mark.parametrize("text, arrives", [
    ("a\nb\r\nc\rd", b"a\r\nb\r\nc\r\nd\r\n"),
    (".\r\n.a\r\n..\r\n...b\r\n.\r\n", b".\r\n.a\r\n..\r\n...b\r\n.\r\n"),
    ("a\n.\nQUIT\n", b"a\r\n.\r\nQUIT\r\n"),
    ("a\r.\r\nb", b"a\r\n.\r\nb\r\n"),
    ("8 bit: \u00fc\n", "8 bit: \u00fc\r\n".encode()),
    ("", b"\r\n"),
    (".leading\n" * 20000, b".leading\r\n" * 20000),
], ids=["line ends", "dots", "commands", "bare CR", "8 bit", "nothing",
        "long"])
def test_text_arrives_as_it_is_with_crlf(text, arrives):
    with SmtpServer() as server:
        sent = send(server, text=text)
    assert sent.result == "done"
    assert server.mails[0].content == arrives


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
        "done ", "refused 550 5.1.1 no such user", "done "]
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
    ("RCPT", "550-first line\r\n550 last line", "refused", "550-first line"),
    ("DATA", "554 5.5.1 no", "refused", "554 5.5.1 no"),
    ("DATA", "451 4.5.1 no", "retry", "451 4.5.1 no"),
    (".", CLOSE, "retry", ""),
    ("QUIT", CLOSE, "done", "250 OK"),
    ("RCPT", "what is this?", "retry", ""),
])
def test_a_step_of_the_dialog_fails(step, answer, result, says):
    with RawServer(script({step: answer, "HELO": "550 no"})) as server:
        sent = send(server, "timeout=1")
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
        sent = send(server, "timeout=20")
    assert sent.result == result
    assert sent.took < 2 + SLACK


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


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_auth_by(mechanism):
    asked = []

    def serve(connection, stop):
        lines = connection.makefile("rwb", buffering=0)
        lines.write(b"220 x\r\n")
        for line in lines:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"EHLO":
                answer = b"250-x\r\n250 AUTH GSSAPI CRAM-MD5 DIGEST-MD5 "
                answer += b"NTLM " + mechanism.encode()
            elif word == b"AUTH":
                asked.append(line.split()[1].decode())
                lines.write(b"334 \r\n")
                lines.readline()
                if mechanism == "LOGIN":
                    lines.write(b"334 UGFzc3dvcmQ6\r\n")
                    lines.readline()
                answer = b"235 OK"
            else:
                answer = b"554 enough"
            lines.write(answer + b"\r\n")

    with RawServer(serve) as server:
        send(server, *LOGIN)
    assert asked == [mechanism]


def test_a_password_does_not_go_elsewhere_in_plain():
    # 192.0.2.0/24 is for documentation: nothing may be sent there at all.
    sent = probe("mail", "host=192.0.2.1", "port=25", "timeout=20",
                 "to=joe@example.org", *LOGIN)
    assert sent.result == "retry"
    assert "smtp.tls" in sent.text
    assert sent.took < SLACK
