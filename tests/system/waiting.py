"""waiting.py -- wait for a thing, never for a time.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import time

# Everything may take so many times longer, under valgrind for example.
PATIENCE = float(os.environ.get("POLICYD_PATIENCE", "1"))


def until(claim, what, seconds=60):
    """Call claim until it is true and return what it returned. The time is
    that after which it will never be, on a machine that is busy."""
    deadline = time.monotonic() + seconds * PATIENCE
    while True:
        asked_at = time.monotonic()
        found = claim()
        if found:
            return found
        now = time.monotonic()
        if now > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        # Most of the machine is for whom is waited for, not for the asking.
        time.sleep(min(max(0.01, 2 * (now - asked_at)), 0.1))


def measured(measure, is_right, rounds=5):
    """Measure until it is right, and return what was measured. Who else uses
    the machine may spoil a round, but not one after the other."""
    found = []
    for _ in range(rounds):
        found.append(measure())
        if is_right(found[-1]):
            return found[-1]
    raise AssertionError(f"in no round it was right: {found}")
