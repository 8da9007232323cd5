"""load.py -- clients that keep asking while something happens to the server.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import itertools
import threading
import time

from client import request
from geoip import address
from waiting import until


# Between two requests of a connection: to ask all the time would take the
# machine from those who are asked, and from the other tests.
PAUSE_S = 0.005


class Load:
    """So many connections, with all workers, each asking one request after
    the other.

    Like Postfix, a connection that is lost is made again. It is a lost
    request if it was taken and then had no answer; one that could not be
    sent is not. accounts: a name with {} for a number.
    """

    def __init__(self, policyd, connections=8, account="load{}@example.com",
                 client=None):
        self._policyd = policyd
        self._account = account
        self._client = client or address("DE")
        self._numbers = itertools.count(1)
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._connections = connections
        self._threads = []
        self.answers = {}       # text: how often
        self.lost = 0           # requests without an answer
        self.reconnects = 0
        self.longest = 0.0      # seconds to an answer
        self.is_expecting_end = False

    def __enter__(self):
        self._threads = [
            threading.Thread(target=self._run, args=(client,), daemon=True)
            for client in self._policyd.spread(self._connections)]
        for thread in self._threads:
            thread.start()
        self.wait_answers(len(self._threads) * 10)
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        self._ending.set()
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive(), "a client waits for ever"

    def answered(self):
        return sum(self.answers.values())

    def wait_answers(self, more, text=None):
        """Wait until there are so many more answers (with this text)."""
        def count():
            return self.answers.get(text, 0) if text else self.answered()
        first = count()
        until(lambda: count() >= first + more,
              f"{more} more answers {text or ''}; got {self.answers}")

    def _run(self, client):
        while not self._ending.is_set():
            if client is None:
                client = self._connect()
                continue
            self._ending.wait(PAUSE_S)
            if not self._ask(client):
                client.close()
                client = None
                with self._lock:
                    self.reconnects += 1
        if client is not None:
            client.close()

    def _connect(self):
        try:
            return self._policyd.client()
        except OSError:
            self._ending.wait(0.01)
            return None

    def _ask(self, client):
        account = self._account.format(next(self._numbers))
        began = time.monotonic()
        try:
            client.send(request(account, self._client))
        except OSError:
            return False
        try:
            answer = client.answer()
        except (EOFError, OSError):
            with self._lock:
                self.lost += 1
            return False
        with self._lock:
            self.longest = max(self.longest, time.monotonic() - began)
            self.answers[answer] = self.answers.get(answer, 0) + 1
        return True
