"""meanwhile.py -- what goes on beside what a test does.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import threading
import time


class Meanwhile(threading.Thread):
    """Does something over and over while a block runs; how long each took,
    in seconds."""

    def __init__(self, work, pause=0):
        super().__init__()
        self.work, self.pause = work, pause
        self.took, self.over = [], threading.Event()

    def run(self):
        while not self.over.wait(self.pause):
            began = time.monotonic()
            self.work()
            self.took.append(time.monotonic() - began)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()
