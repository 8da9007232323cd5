"""client.py -- a policy client, as Postfix's smtpd is one.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import fcntl
import itertools
import os
import socket
import termios

from waiting import PATIENCE

_instances = itertools.count(1)


def request(account=None, client="192.0.2.1", **attributes):
    """The bytes of one request, attributes in Postfix's order."""
    number = next(_instances)
    fields = {
        "request": "smtpd_access_policy",
        "protocol_state": "RCPT",
        "protocol_name": "ESMTP",
        "client_address": client,
        "client_name": "unknown",
        "client_port": "40000",
        "helo_name": "client.example",
        "sender": "sender@example.com",
        "recipient": "recipient@example.net",
        "recipient_count": "0",
        "queue_id": "",
        "instance": f"{os.getpid():x}.{number:x}.0",
        "size": "0",
        "sasl_method": "PLAIN" if account else "",
        "sasl_username": account or "",
    }
    fields.update(attributes)
    lines = [f"{name}={value}\n" for name, value in fields.items()
             if value is not None]
    return "".join(lines).encode("utf-8", "surrogateescape") + b"\n"


def connect(address, timeout=60):
    """A socket connected to "unix:/path" or "inet:host:port"."""
    kind, _, rest = address.partition(":")
    if kind == "unix":
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        target = rest
    else:
        host, _, port = rest.rpartition(":")
        is_ipv6 = host.startswith("[")
        sock = socket.socket(socket.AF_INET6 if is_ipv6 else socket.AF_INET)
        target = (host.strip("[]"), int(port))
    sock.settimeout(timeout * PATIENCE)
    try:
        sock.connect(target)
    except OSError:
        sock.close()
        raise
    return sock


class Client:
    """One connection. Answers are read in the order of the requests."""

    def __init__(self, address, timeout=60):
        self.sock = connect(address, timeout)
        self._unread = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def fileno(self):
        return self.sock.fileno()

    def send(self, data):
        self.sock.sendall(data)

    def unread(self):
        """Of what was sent to a Unix socket: is any of it still unread?"""
        return fcntl.ioctl(self.sock, termios.TIOCOUTQ, bytes(4)) != bytes(4)

    def answer(self):
        """The text after "action=" of the next answer."""
        while b"\n\n" not in self._unread:
            more = self.sock.recv(65536)
            if not more:
                raise EOFError(f"closed after {self._unread!r}")
            self._unread += more
        answer, _, self._unread = self._unread.partition(b"\n\n")
        assert answer.startswith(b"action="), answer
        assert b"\n" not in answer, answer
        assert all(byte >= 0x20 and byte != 0x7f for byte in answer), answer
        return answer[len(b"action="):].decode()

    def ask(self, account=None, client="192.0.2.1", **attributes):
        self.send(request(account, client, **attributes))
        return self.answer()

    def is_closed_unanswered(self):
        """Did the server close without an answer? Waits for either."""
        try:
            more = self.sock.recv(65536)
        except ConnectionResetError:
            more = b""
        assert self._unread + more == b"", more
        return True
