# test_message.py -- the mails we build, read by another program.
# SPDX-License-Identifier: GPL-3.0-or-later

import email.policy

import pytest

from delivery import probe


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
