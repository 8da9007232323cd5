#!/usr/bin/python3
"""counts.py -- what the model counts with: days, rings, lists.

SPDX-License-Identifier: GPL-3.0-or-later
"""
TODAY = 1
DAYS = (1 << 61) - 1                    # bit 0 is today, bit 60 the oldest
BARRED = 1 << 62                        # today, from being learned
PLACES_MAX, LIST_MAX = 64, 32


class Rings:
    """What is counted over one length of time: total of each, and the
    sub-buckets, newest first."""
    __slots__ = ("width", "newest", "buckets", "total")

    def __init__(self, width):
        self.width, self.newest = width, 0
        self.buckets, self.total = [], [0] * 5

    def turn(self, ms):
        steps = ms // self.width - self.newest
        if steps <= 0:
            return
        self.newest += steps
        if steps >= 13:
            self.buckets, self.total = [[0] * 5], [0] * 5
            return
        for _ in range(steps):
            self.buckets.insert(0, [0] * 5)
        while len(self.buckets) > 13:
            old = self.buckets.pop()
            self.total = [n - o for n, o in zip(self.total, old)]

    def sum_at(self, ms, what):
        """The total of what as it will be then, which is not long ago."""
        steps = max(0, ms // self.width - self.newest)
        return sum(bucket[what] for bucket in self.buckets[:max(0, 13 - steps)])

    def add(self, what):
        self.buckets[0][what] += 1
        self.total[what] += 1

    def clamp(self, ms):
        """A clock that was ahead: what was counted was counted now."""
        self.newest = min(self.newest, ms // self.width)

    def forget(self, *kinds):
        for what in kinds:
            self.total[what] = 0
            for bucket in self.buckets:
                bucket[what] = 0


def past_days(bits):
    """How many of the 60 days before today are set."""
    return (bits & DAYS >> 1 << 1).bit_count()


def shifted(days, n):
    """A table of days, n days later."""
    if n > 60:
        return {}
    later = {x: (bits & DAYS) << n & DAYS for x, bits in days.items()}
    return {x: bits for x, bits in later.items() if bits}


def make_room(days):
    """Let the least worth keeping leave, if there is no room for one more."""
    if len(days) < PLACES_MAX:
        return

    def worth(item):
        bits = item[1] & DAYS
        newest = (bits & -bits).bit_length() - 1 if bits else 64
        return -newest, bits.bit_count()
    del days[min(days.items(), key=worth)[0]]


def learn(days, name):
    """Set today's bit."""
    if name not in days:
        make_room(days)
    days[name] = days.get(name, 0) | TODAY


def count_since(seen, since):
    return sum(last > since for last in seen.values())


def see(seen, name, ms):
    """Note in a list that name was seen."""
    seen[name] = max(ms, seen.pop(name, ms))
    if len(seen) > LIST_MAX:
        del seen[min(seen, key=seen.get)]
