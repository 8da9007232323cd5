# test_mail.py -- delivery by SMTP, hooks and webhooks against real peers.
# SPDX-License-Identifier: GPL-3.0-or-later

import email
import email.policy
import hashlib
import hmac
import http.server
import os
import pathlib
import ssl
import subprocess
import threading
import time
from types import SimpleNamespace

import pytest

from smtp_server import (CLOSE, SILENCE, Authority, BlackHole, RawServer,
                         SmtpServer, drip, script)

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROBE = ROOT / os.environ.get("BUILD", "build") / "tests/system/mail_probe"
MESSAGE = "From: <policyd@example.org>\r\nSubject: x\r\n\r\nHello\r\n"
THREE = ("a@example.org", "b@example.org", "c@example.org")
# What a delivery may take beyond its time-out on a busy machine.
SLACK = 3


def probe(what, *arguments, text=MESSAGE):
    began = time.monotonic()
    done = subprocess.run([PROBE, what, *arguments],
                          input=text.encode(), capture_output=True,
                          timeout=60, check=False, env={})
    took = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    outcome = SimpleNamespace(took=took, log=done.stderr.decode(),
                              output=done.stdout, recipients=[])
    for line in done.stdout.decode().splitlines():
        key, _, value = line.partition(": ")
        if key == "recipient":
            outcome.recipients.append(value)
        elif key in ("result", "text"):
            setattr(outcome, key, value)
    return outcome


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


# --- the message, as others read it ------------------------------------------

def build(*arguments, text=""):
    raw = probe("build", *arguments, text=text).output
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    return email.message_from_bytes(raw, policy=email.policy.default)


def body(message):
    return message.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize("text", [
    "plain\n", "\u00fcml\u00e4ut \u6f22\u5b57 \U0001f511 = . end \n",
    "x" * 5000 + "\n", "\u6f22" * 2000 + "\n", ".\n..\n.x\n",
    "trailing blank \t\nand tab\t\n", "From here\n", "\n\n\n", "=3D =\n",
], ids=lambda text: repr(text[:12]))
def test_the_body_survives(text):
    message = build("to=a@b.example", text=text)
    assert body(message) == text
    assert message.get_content_type() == "text/plain"


@pytest.mark.parametrize("subject", [
    "[policyd] joe@example.org was blocked",
    "gr\u00f6\u00dfe \u6f22\u5b57\U0001f511" * 20,
    "word " * 60 + "end", "x" * 500, "=?utf-8?Q?fake?=", "two  spaces",
    "(comment) \"quoted\" \\ <a@b>", "a", "",
], ids=lambda subject: repr(subject[:12]))
def test_the_subject_survives(subject):
    message = build("to=a@b.example", f"subject={subject}")
    assert message["Subject"] == subject


@pytest.mark.parametrize("field", ["subject", "from", "to", "content_type"])
def test_no_value_makes_a_header(field):
    evil = "x@example.org\r\nBcc: evil@example.org\r\n\r\nbody"
    message = build("to=a@b.example", f"{field}={evil}", text="text\n")
    assert "Bcc" not in message
    assert body(message) == "text\n"
    assert not message.defects


def test_the_header_is_read_by_others():
    message = build("from=P\u00f6licy \"d\" <p@example.org>",
                    'to="Joe, the Boss" <joe@example.org>', "to=b@example.org",
                    "to=J\u00f6rg <j@example.org>", "to=not an address")
    sender, = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (
        "P\u00f6licy \"d\"", "p@example.org")
    assert [(a.display_name, a.addr_spec) for a in message["To"].addresses] \
        == [("Joe, the Boss", "joe@example.org"), ("", "b@example.org"),
            ("J\u00f6rg", "j@example.org")]
    assert message["Date"].datetime.timestamp() == 1767225599
    assert message["Message-ID"] == "<1.test@mx.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["MIME-Version"] == "1.0"
    assert message.get_content_charset() == "utf-8"


# --- hooks -------------------------------------------------------------------

EVENT = '{"event":"block","account":"joe@example.org"}'


def hook(*command, text=EVENT, timeout_ms=5000):
    return probe("hook", f"timeout_ms={timeout_ms}", "--", *command, text=text)


def shell(line, **options):
    return hook("/bin/sh", "-c", line, **options)


def is_running(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return state.rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize("size", [0, 100, 1000000])
def test_a_hook_reads_its_event(tmp_path, size):
    text = "x" * size
    done = shell(f"cat >{tmp_path}/event", text=text)
    assert (done.result, done.text) == ("done", "exit status 0")
    assert (tmp_path / "event").read_text(encoding="ascii") == text


@pytest.mark.parametrize("size", [100, 1000000])
@pytest.mark.parametrize("line", ["exit 0", "exec <&-; exit 0",
                                  "head -c 10 >/dev/null"])
def test_a_hook_need_not_read(line, size):
    done = shell(line, text="x" * size)
    assert (done.result, done.text) == ("done", "exit status 0")
    assert done.took < SLACK


@pytest.mark.parametrize("line, result, text", [
    ("exit 0", "done", "exit status 0"),
    ("exit 1", "refused", "exit status 1"),
    ("exit 75", "retry", "exit status 75"),
    ("kill -SEGV $$", "retry", "ended by signal 11"),
    ("exec /nonexistent", "refused", "exit status 127"),
])
def test_how_a_hook_ends(line, result, text):
    done = shell(line)
    assert (done.result, done.text) == (result, text)


@pytest.mark.parametrize("path", ["/nonexistent", "/etc/passwd", "/"])
def test_a_hook_that_cannot_be_run(path):
    done = hook(path)
    assert done.result == "retry"
    assert done.text.startswith(f"cannot run {path}: ")


def test_there_is_no_shell():
    done = hook("/bin/echo", "$HOME", "`id`", "; exit 3", "*")
    assert done.result == "done"
    assert "$HOME `id` ; exit 3 *" in done.log


@pytest.mark.parametrize("line", [
    "sleep 600 & echo $! >{0}; sleep 600",
    "trap '' TERM HUP; sleep 600 & echo $! >{0}; sleep 600",
    "exec >/dev/null 2>&1; sleep 600 & echo $! >{0}; sleep 600",
    "sleep 600 & echo $! >{0}; while :; do echo x; done",
])
def test_a_hook_that_never_ends_is_killed_with_its_children(tmp_path, line):
    done = shell(line.format(tmp_path / "pid"), timeout_ms=1000)
    assert (done.result, done.text) == ("retry", "killed: it took too long")
    assert 0.9 < done.took < 1 + SLACK
    grandchild = int((tmp_path / "pid").read_text(encoding="ascii"))
    deadline = time.monotonic() + 5
    while is_running(grandchild) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(grandchild)


def test_a_hook_leaves_nothing_behind(tmp_path):
    done = shell(f"sleep 600 & echo $! >{tmp_path}/pid; exit 0")
    assert done.result == "done"
    assert done.took < SLACK
    grandchild = int((tmp_path / "pid").read_text(encoding="ascii"))
    deadline = time.monotonic() + 5
    while is_running(grandchild) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(grandchild)


def test_what_a_hook_prints_is_logged_bounded_and_escaped():
    done = shell("printf 'one\\033[2J\\ntwo\\n' >&2; printf 'nul\\0three\\n';"
                 "i=0; while [ $i -lt 9999 ]; do echo line $i; i=$((i+1)); "
                 "done")
    assert done.result == "done"
    assert "/bin/sh: one\\x1b[2J\n" in done.log
    assert "/bin/sh: two\n" in done.log
    assert "nul three" in done.log
    assert "line 9998" not in done.log
    assert "more of its output is not logged" in done.log


def test_what_a_hook_finds():
    with open(PROBE, "rb") as inherited:
        os.set_inheritable(inherited.fileno(), True)
        done = subprocess.run(
            [PROBE, "hook", "--", "/bin/sh", "-c",
             "ls /proc/$$/fd; pwd; env; grep -E 'SigIgn|SigBlk' "
             "/proc/$$/status"],
            input=b"", capture_output=True, check=True, close_fds=False,
            env={"SECRET": "x", "LD_LIBRARY_PATH": "/x"})
    said = [line.partition("/bin/sh: ")[2]
            for line in done.stderr.decode().splitlines()]
    assert said[:3] == ["0", "1", "2"]
    assert said[3] == "/"
    assert not [line for line in said if "SECRET" in line or "LD_" in line]
    assert "LANG=C.UTF-8" in said
    masks = [int(line.split("\\t")[1], 16) for line in said
             if line.startswith("Sig")]
    # 32 and 33 are the C library's own, which nobody can set.
    assert [mask & ~(3 << 31) for mask in masks] == [0, 0]


# --- webhooks ----------------------------------------------------------------

class WebServer:
    """Answers every POST with status, or hangs; keeps what it got."""

    def __init__(self, status=200, location=None, context=None, hangs=None,
                 answer=b"ok"):
        self.got = []
        self.stop = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                outer.got.append((self.path, self.headers,
                                  self.rfile.read(length)))
                if hangs == "before":
                    outer.stop.wait()
                self.send_response(status)
                if location is not None:
                    self.send_header("Location", location)
                self.end_headers()
                try:
                    self.wfile.write(answer)
                    self.wfile.flush()
                    while hangs == "after" and not outer.stop.wait(0.1):
                        self.wfile.write(b"x")
                        self.wfile.flush()
                except OSError:
                    pass

            do_GET = do_POST

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True)
        self.server.handle_error = lambda *arguments: None
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}/hook?a=b"
        self.thread = threading.Thread(target=self.server.serve_forever,
                                       kwargs={"poll_interval": 0.05})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.stop.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def post(url, *options, timeout_ms=5000, text=EVENT):
    return probe("webhook", f"url={url}", f"timeout_ms={timeout_ms}",
                 *options, text=text)


@pytest.mark.parametrize("text", [EVENT, "{}", '"\u00fc"' * 5000],
                         ids=["event", "empty", "long"])
def test_a_webhook_is_signed(text):
    with WebServer() as server:
        done = post(server.url, "secret=k\u00e9y", text=text)
    assert (done.result, done.text) == ("done", "HTTP status 200")
    (path, headers, body), = server.got
    assert path == "/hook?a=b"
    assert body == text.encode()
    assert headers["Content-Type"] == "application/json"
    right = hmac.new("k\u00e9y".encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Policyd-Signature"] == f"sha256={right}"


def test_a_webhook_without_a_secret_has_no_signature():
    with WebServer() as server:
        assert post(server.url).result == "done"
    assert "X-Policyd-Signature" not in server.got[0][1]


@pytest.mark.parametrize("status, result", [
    (200, "done"), (202, "done"), (204, "done"),
    (400, "refused"), (401, "refused"), (404, "refused"), (410, "refused"),
    (408, "retry"), (429, "retry"), (500, "retry"), (503, "retry"),
    (304, "retry"),
])
def test_what_the_status_means(status, result):
    with WebServer(status=status, answer=b"") as server:
        done = post(server.url)
    assert (done.result, done.text) == (result, f"HTTP status {status}")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status):
    with WebServer() as target:
        with WebServer(status=status, location=target.url) as server:
            done = post(server.url)
    assert done.result == "retry"
    assert len(server.got) == 1
    assert target.got == []


def test_a_webhook_that_hangs():
    with WebServer(hangs="before") as server:
        done = post(server.url, timeout_ms=1000)
    assert done.result == "retry"
    assert 0.9 < done.took < 1 + SLACK


@pytest.mark.parametrize("answer", [b"", b"x" * 10000000],
                         ids=["slow", "long"])
def test_an_answer_without_end_changes_nothing(answer):
    with WebServer(hangs="after", answer=answer) as server:
        done = post(server.url, timeout_ms=1000)
    assert done.result == "done"
    assert done.took < 1 + SLACK


def test_a_webhook_into_a_black_hole():
    with BlackHole() as hole:
        done = post(f"http://127.0.0.1:{hole.port}/", timeout_ms=1000)
    assert done.result == "retry"
    assert done.took < 1 + SLACK


def test_a_webhook_with_a_bad_certificate(trusted):
    with WebServer(context=trusted) as server:
        done = post(server.url)
    assert done.result == "retry"
    assert "certificate" in done.text
    assert server.got == []


def test_a_webhook_is_http(tmp_path):
    target = tmp_path / "file"
    for url in (f"file://{target}", "ftp://127.0.0.1/", "smtp://127.0.0.1/",
                "", "nonsense"):
        assert post(url).result == "retry"
    assert not target.exists()
