"""relay.py -- a network between a program and its server, with faults.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import select
import socket
import threading

from policyd import free_port


class Relay:
    """A port of 127.0.0.1 that leads to a Unix socket.

    cut: the connections end. swallow: new ones are accepted and nothing is
    passed on any more; deafen: so with the connections alone whose client has
    said this, those that are there. mute: what is said to a client from its
    saying one of these on is lost. fill: new ones are not even accepted, as by
    a host that drops packets. refuse: there is nobody. restore: all is well
    again.
    """

    def __init__(self, target):
        self._target = str(target)
        self._pairs = []        # client, server
        self._said = []         # those whose client said _watched
        self._watched = None
        self._deaf = []
        self._muting = ()
        self._muted = []
        self._is_passing = True
        self._is_accepting = True
        self._clients = []      # those that fill the queue
        self._lock = threading.Lock()
        self._bell, self._ring = socket.socketpair()
        self._is_ending = False
        # A port that was asked for by number is kept by refuse().
        self.port = free_port()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listener.setblocking(False)
        self.connections = 0
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        with self._lock:
            self._is_ending = True
        self._ring.send(b"x")
        self._thread.join()
        self.restore()
        self.cut()
        self._listener.close()
        self._bell.close()
        self._ring.close()

    def cut(self):
        with self._lock:
            for pair in self._pairs:
                for sock in pair:
                    # Its reader learns of it by the shutdown, not the close.
                    with contextlib.suppress(OSError):
                        sock.shutdown(socket.SHUT_RDWR)
                    sock.close()
            self._pairs.clear()
        self._ring.send(b"x")

    def open(self):
        """How many connections there are."""
        with self._lock:
            return len(self._pairs)

    def swallow(self):
        with self._lock:
            self._is_passing = False
        self._ring.send(b"x")

    def mute(self, *words):
        with self._lock:
            self._muting = words

    def watch(self, words):
        """For deafen: bytes that a client may say."""
        self._watched = words

    def deafen(self):
        """How many connections."""
        with self._lock:
            self._deaf = [pair for pair in self._said if pair in self._pairs]
        self._ring.send(b"x")
        return len(self._deaf)

    def refuse(self):
        # Linux: a socket that listened can do so again after this.
        with self._lock:
            self._is_accepting = False
            self._listener.shutdown(socket.SHUT_RDWR)
        self.cut()

    def fill(self):
        """A listen queue that is full: connecting neither succeeds nor
        fails."""
        with self._lock:
            self._is_passing = self._is_accepting = False
            self._listener.listen(0)
            for _ in range(4):
                client = socket.socket()
                client.setblocking(False)
                client.connect_ex(("127.0.0.1", self.port))
                self._clients.append(client)
        self._ring.send(b"x")

    def restore(self):
        with self._lock:
            for client in self._clients:
                client.close()
            self._clients.clear()
            self._listener.listen(100)
            self._is_passing = self._is_accepting = True
            self._muting = ()
        self._ring.send(b"x")

    def _run(self):
        while True:
            with self._lock:
                if self._is_ending:
                    return
                wanted = [self._bell]
                if self._is_accepting:
                    wanted.append(self._listener)
                if self._is_passing:
                    wanted += [sock for pair in self._pairs
                               if pair not in self._deaf for sock in pair]
            try:
                ready, _, _ = select.select(wanted, [], [], 1)
            except (OSError, ValueError):
                continue        # one was closed meanwhile
            with self._lock:
                self._serve(ready)

    def _serve(self, ready):
        if self._bell in ready:
            self._bell.recv(4096)
        if self._listener in ready and self._is_accepting:
            self._accept()
        for pair in list(self._pairs):
            for source, sink in (pair, pair[::-1]):
                if source in ready and pair in self._pairs and \
                        self._is_passing:
                    self._pass(pair, source, sink)

    def _accept(self):
        try:
            client, _ = self._listener.accept()
        except OSError:
            return
        self.connections += 1
        client.setblocking(True)
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self._target)
        except OSError:
            client.close()
            server.close()
            return
        self._pairs.append((client, server))

    def _pass(self, pair, source, sink):
        try:
            data = source.recv(65536)
            if data:
                if self._watched and source is pair[0] and \
                        self._watched in data:
                    self._said.append(pair)
                if source is pair[0] and \
                        any(words in data for words in self._muting):
                    self._muted.append(pair)
                if source is pair[0] or pair not in self._muted:
                    sink.sendall(data)
                return
        except OSError:
            pass
        self._pairs.remove(pair)
        for sock in pair:
            sock.close()
