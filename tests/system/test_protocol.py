"""test_protocol.py -- bytes in, answers out, whatever a client sends.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import re
import socket
import threading
import time

import pytest

from client import connect, request
from geoip import address
from proc import open_files
from waiting import PATIENCE, measured, until

MINIMAL = b"request=smtpd_access_policy\n\n"


def test_many_requests_on_one_connection(start_policyd):
    with start_policyd().client() as client:
        for _ in range(100):
            assert client.ask("joe@example.com", address("DE")) == "DUNNO"


def test_the_answer_is_one_line_and_an_empty_one(start_policyd):
    sock = connect(start_policyd().address)
    sock.sendall(MINIMAL)
    assert sock.recv(1000) == b"action=DUNNO\n\n"
    sock.close()


def test_a_request_split_at_every_byte(start_policyd):
    """Two pieces, cut at each place in turn."""
    whole = request("joe@example.com", address("DE"))
    with start_policyd().client() as client:
        for cut in range(1, len(whole)):
            client.send(whole[:cut])
            client.send(whole[cut:])
            assert client.answer() == "DUNNO"


def test_a_request_byte_by_byte(start_policyd):
    with start_policyd().client() as client:
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        for byte in request("joe@example.com", address("DE")):
            client.send(bytes([byte]))
        assert client.answer() == "DUNNO"


def test_a_thousand_pipelined_requests_are_answered_in_order(start_policyd):
    """The order shows by the account that each answer names."""
    policyd = start_policyd({"actions": {"ok": "PREPEND X-Of: ${account}"}})
    names = [f"user{n}@example.com" for n in range(1000)]
    with policyd.client() as client:
        sender = threading.Thread(target=client.send, args=(
            b"".join(request(name, address("DE")) for name in names),))
        sender.start()
        answers = [client.answer() for _ in names]
        sender.join()
    assert answers == [f"PREPEND X-Of: {name}" for name in names]


def test_a_client_that_reads_late_gets_every_answer(start_policyd):
    """The server may stop reading meanwhile, but loses nothing."""
    policyd = start_policyd({"actions": {"ok": "PREPEND X: " + "x" * 200}})
    count = 5000
    data = MINIMAL * count
    with policyd.client() as client:
        sender = threading.Thread(target=client.send, args=(data,))
        sender.start()
        assert policyd.ask() == "PREPEND X: " + "x" * 200
        for _ in range(count):
            client.answer()
        sender.join()


@pytest.mark.parametrize("garbage", [
    pytest.param(b"request=smtpd_access_policy\nnonsense\n\n",
                 id="a line without ="),
    pytest.param(b"request=smtpd_access_policy\nsender=a\0b\n\n",
                 id="a NUL byte"),
    pytest.param(b"request=junk\n\n", id="another request"),
    pytest.param(b"sender=a@example.com\n\n", id="no request"),
    pytest.param(b"\n", id="an empty request"),
    pytest.param(b"GET / HTTP/1.0\n\n", id="HTTP"),
    pytest.param(b"request=smtpd_access_policy\nhelo_name=" + b"x" * 65536 +
                 b"\n\n", id="more than 64 KiB in one line"),
    pytest.param(b"request=smtpd_access_policy\n" + b"a=b\n" * 20000 + b"\n",
                 id="more than 64 KiB in many lines"),
    pytest.param(bytes(range(1, 256)) * 300, id="bytes of every kind"),
])
def test_garbage_closes_its_connection_alone(start_policyd, garbage):
    policyd = start_policyd()
    with policyd.client() as neighbour, policyd.client() as client:
        assert neighbour.ask("joe@example.com", address("DE")) == "DUNNO"
        try:
            client.send(garbage)
        except (BrokenPipeError, ConnectionResetError):
            pass    # it was closed already
        assert client.is_closed_unanswered()
        assert neighbour.ask("joe@example.com", address("DE")) == "DUNNO"
    line = policyd.wait_log(r"^.*(protocol|malformed|request).*$")
    assert line
    assert all(byte >= 0x20 or byte == 0x0a
               for byte in policyd.log_path.read_bytes())


@pytest.mark.parametrize("begin, said", [
    (MINIMAL.replace(b"\n", b"\r\n"), "CR LF"),
    (b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP, which is spoken "
     "at http.listen"),
    (b"EHLO example.com\r\n", "CR LF"),
    (b"QUIT\n", 'a line without "="'),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "TLS"),
])
def test_who_speaks_another_language_is_not_waited_for(start_policyd, begin,
                                                       said):
    policyd = start_policyd({"server": {"idle_timeout": "1h"}})
    with policyd.client() as client:
        client.send(begin)
        assert client.is_closed_unanswered()
    policyd.wait_log(f"warning: protocol: closed a connection: .*{said}")


def test_answers_before_garbage_are_given(start_policyd):
    with start_policyd().client() as client:
        client.send(MINIMAL + MINIMAL + b"nonsense\n\n")
        assert client.answer() == "DUNNO"
        assert client.answer() == "DUNNO"
        assert client.is_closed_unanswered()


def test_64_kib_are_not_too_much(start_policyd):
    frame = len(b"request=smtpd_access_policy\nhelo_name=\n\n")
    with start_policyd().client() as client:
        client.send(b"request=smtpd_access_policy\nhelo_name=" +
                    b"x" * (65536 - frame) + b"\n\n")
        assert client.answer() == "DUNNO"


def test_an_empty_value_counts_as_absent(start_policyd):
    policyd = start_policyd({
        "identity": {"keys": ["sasl_username", "sender"]},
        "actions": {"ok": "PREPEND X-Of: ${account}"}})
    assert policyd.ask("", sender="a@example.com") == \
        "PREPEND X-Of: a@example.com"


def test_a_value_may_contain_equals_signs(start_policyd):
    policyd = start_policyd({"actions": {"ok": "PREPEND X-Of: ${account}"}})
    assert policyd.ask("a=b=c@example.com", address("DE")) == \
        "PREPEND X-Of: a=b=c@example.com"


def test_utf8_accounts(start_policyd):
    policyd = start_policyd({"actions": {"ok": "PREPEND X-Of: ${account}"}})
    assert policyd.ask("jürgen@例え.example", address("DE")) == \
        "PREPEND X-Of: jürgen@例え.example"
    policyd.decisions(account="jürgen@例え.example")


def test_bytes_that_are_no_utf8_do_no_harm(start_policyd, database):
    """PostgreSQL would refuse them as text."""
    policyd = start_policyd({"actions": {"error": "DEFER trouble"}})
    with policyd.client() as client:
        client.send(b"request=smtpd_access_policy\n"
                    b"client_address=192.0.2.1\n"
                    b"sasl_username=j\xfc\xffrgen@example.com\n\n")
        assert client.answer() == "DUNNO"
        assert client.ask("joe@example.com", address("DE")) == "DUNNO"


def test_control_characters_reach_neither_answer_nor_log(start_policyd):
    """The answer is checked by the client, every byte of it."""
    policyd = start_policyd({"actions": {"ok": "PREPEND X-Of: ${account}"}})
    hostile = "".join(chr(c) for c in range(1, 33) if c != 10) + \
        "\x7f\"\\ verdict=pass@example.com"
    with policyd.client() as client:
        answer = client.ask(hostile, address("DE"))
    assert answer.startswith("PREPEND X-Of: ")
    decision = policyd.decisions()[0]
    assert decision["verdict"] == "pass"
    raw = policyd.log_path.read_bytes()
    assert all(byte >= 0x20 or byte == 0x0a for byte in raw)
    assert b"\x7f" not in raw
    assert len(re.findall(r"\bdecision ", policyd.log())) >= 1


def test_sql_in_an_account_is_an_account(start_policyd, database):
    policyd = start_policyd()
    evil = "'; drop schema policyd cascade; --@example.com"
    assert policyd.ask(evil, address("DE")) == "DUNNO"
    assert policyd.ask(evil, address("AT")) == "DUNNO"
    explained = policyd.cli("--explain", evil)
    assert explained.returncode == 0, explained.stderr
    assert "AT" in explained.stdout and "DE" in explained.stdout


@pytest.mark.parametrize("client", [
    "", "unknown", "999.1.2.3", "192.0.2", "fe80::1%eth0", ":::",
    pytest.param("x" * 5000, id="a long text"),
])
def test_an_address_that_is_none(start_policyd, client):
    policyd = start_policyd()
    assert policyd.ask("joe@example.com", client) == "DUNNO"


def time_of_many(client):
    began = time.monotonic()
    for _ in range(300):
        client.ask("joe@example.com", address("DE"))
    return time.monotonic() - began


def test_idle_connections_beside_a_busy_one(start_policyd):
    policyd = start_policyd({"server": {"workers": 2}})
    with policyd.client() as client:
        alone = time_of_many(client)
    idle = [policyd.client() for _ in range(500)]
    try:
        for client in idle:
            client.ask()
        with policyd.client() as busy:
            measured(lambda: time_of_many(busy), lambda took: took < 10 * alone)
        for client in idle:
            assert client.ask("joe@example.com", address("DE")) == "DUNNO"
    finally:
        for client in idle:
            client.close()


def test_a_client_that_sends_slowly_holds_up_nobody(start_policyd):
    """One worker, and a byte now and then on another connection."""
    policyd = start_policyd({"server": {"workers": 1}})
    slow = policyd.client()
    whole = request("slow@example.com", address("DE"))
    with policyd.client() as busy:
        for byte in whole[:-1]:
            slow.send(bytes([byte]))
            assert busy.ask("joe@example.com", address("DE")) == "DUNNO"
    slow.send(whole[-1:])
    assert slow.answer() == "DUNNO"
    slow.close()


def test_connections_beyond_the_most_wait(start_policyd):
    policyd = start_policyd({"server": {"workers": 1, "max_connections": 10}})
    first = [policyd.client() for _ in range(10)]
    for client in first:
        client.ask()
    late = policyd.client(timeout=0.3)
    late.send(MINIMAL)
    with pytest.raises(TimeoutError):
        late.answer()
    for client in first:
        assert client.ask() == "DUNNO"
    first.pop().close()
    late.sock.settimeout(60 * PATIENCE)
    assert late.answer() == "DUNNO"
    for client in first + [late]:
        client.close()


def test_connections_never_take_the_files_of_the_store(
        make_policyd, postgres):
    """With 100 open files, 150 clients, and a store that is started anew.
    Under valgrind some of these files are its own."""
    policyd = make_policyd({"server": {"workers": 1},
                            "actions": {"error": "DEFER"}})
    policyd.start(wrapper=["bash", "-c", 'ulimit -n 100; exec "$@"', "bash"])
    files, taken = map(int, policyd.wait_log(
        r"only (\d+) open files are allowed: each worker takes (\d+) "
        "connections, not the 1024").groups())
    assert 80 < files <= 100 and taken == files // 2
    clients = [policyd.client() for _ in range(150)]
    for client in clients:
        client.send(MINIMAL)
    for client in clients[:taken]:
        assert client.answer() == "DUNNO"
    postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                 " WHERE pid <> pg_backend_pid()"
                 " AND backend_type = 'client backend'")
    until(lambda: clients[0].ask("joe@example.com", address("DE")) ==
          "DUNNO", "the store to be used again")
    for client in clients:
        client.close()


def test_an_idle_connection_is_closed_in_the_end(start_policyd):
    policyd = start_policyd({"server": {"idle_timeout": "1s"}})
    with policyd.client() as silent, policyd.client() as unfinished:
        began = time.monotonic()
        silent.ask()
        unfinished.send(MINIMAL[:-1])
        assert silent.is_closed_unanswered()
        assert unfinished.is_closed_unanswered()
        assert time.monotonic() - began > 0.5


def test_a_busy_connection_is_not_idle(start_policyd):
    policyd = start_policyd({"server": {"idle_timeout": "2s"}})

    def longest_pause():
        """None, if it was closed."""
        pauses = []
        with policyd.client() as client:
            end = time.monotonic() + 3
            while time.monotonic() < end:
                began = time.monotonic()
                try:
                    assert client.ask() == "DUNNO"
                except (EOFError, OSError):
                    break
                time.sleep(0.1)
                pauses.append(time.monotonic() - began)
            else:
                return None
        return max(pauses, default=0)
    # It may only be closed if this machine held us up.
    measured(longest_pause, lambda pause: pause is None)


def test_a_client_that_goes_away_before_its_answer(start_policyd):
    policyd = start_policyd({"server": {"workers": 1}})
    for _ in range(50):
        client = policyd.client()
        client.send(request("gone@example.com", address("DE")) * 20)
        client.close()
    assert policyd.ask("joe@example.com", address("DE")) == "DUNNO"
    assert len(policyd.workers()) == 1


def test_half_closed_connections_get_their_answers(start_policyd):
    """As from `printf ... | nc -N`: the client will send no more."""
    policyd = start_policyd()
    with policyd.client() as client:
        client.send(MINIMAL * 3)
        client.sock.shutdown(socket.SHUT_WR)
        assert [client.answer() for _ in range(3)] == ["DUNNO"] * 3
        with pytest.raises(EOFError):
            client.answer()


def test_a_worker_does_not_collect_descriptors(start_policyd):
    policyd = start_policyd({"server": {"workers": 1}})
    policyd.ask("joe@example.com", address("DE"))
    worker = policyd.workers()[0]
    before = len(open_files(worker))
    for _ in range(200):
        policyd.ask("joe@example.com", address("DE"))
    until(lambda: len(open_files(worker)) <= before,
          "the connections to be closed")
