#!/usr/bin/python3
"""signals.py -- what would further signals bring?

SPDX-License-Identifier: GPL-3.0-or-later

Usage: signals.py [--accounts N] [--seed N] [--stolen SHARE] [--build DIRECTORY]
                  [--keep]

Postfix's log of the traces says where a mail came from and for how many
recipients. What else a server could see of it, HELO, recipients written to
before, bounces, is made up here, an account at a time, for honest people and
for thieves, those who know of the signal as well; README says how. Each signal
is a rule beside the shipped ones, in the model. --keep writes SIGNALS.
"""
import collections
import math
import multiprocessing
import pathlib
import random
from dataclasses import replace

import evaluate
import world
from counts import Rings
from model import COUNTED, DAY_MS, HOUR_MS, M, Model, Q
from settings import SETTINGS
from traces import Traces, play_account

HERE = pathlib.Path(__file__).parent


class Window:
    """How many within a length of time, and the most there ever were."""

    def __init__(self, ms):
        self.rings, self.most = Rings(ms // 12), 0

    def add(self, ms, number=1):
        self.rings.turn(ms)
        for _ in range(number):
            self.rings.add(M)
        return self.rings.total[M]

    def passed(self):
        self.most = max(self.most, self.rings.total[M])


class Mail:
    """One that asks, and what the model makes of its place."""
    __slots__ = ("ms", "stolen", "recipients", "place", "around", "country",
                 "new", "young")


class Signal:
    """What one account shows. Learns from what passed."""
    words = ""

    def __init__(self, rng, kind, adapts):
        self.rng, self.kind, self.adapts = rng, kind, adapts

    def see(self, mail):
        """The mail asks: what does it show?"""

    def quota(self, mail):
        """For an hour and a day, if smaller than the shipped one."""

    def blocks(self, mail):
        return False

    def passed(self, mail):
        pass


class Helo(Signal):
    """The name in HELO, digits apart: 35 % of devices say what all of Apple's
    do, 25 % what all of Thunderbird's do, the others a name of their own."""
    words = "HELO unknown: 2 an hour, 8 a day"

    def __init__(self, rng, kind, adapts):
        super().__init__(rng, kind, adapts)
        many = 6 if kind == "shared_role" else rng.choice((1, 2, 2, 3))
        self.devices = [self.device() for _ in range(many)]
        self.thief = rng.choice(("apple", "apple", "thunderbird")) \
            if adapts else "thief"
        self.days, self.day, self.name = {}, 0, None

    def device(self):
        x = self.rng.random()
        return "apple" if x < 0.35 else "thunderbird" if x < 0.6 else x

    def see(self, mail):
        day = mail.ms // DAY_MS
        for i, _ in enumerate(self.devices):    # one is replaced
            if day > self.day and self.rng.random() < (day - self.day) / 1000:
                self.devices[i] = self.device()
        self.day = max(self.day, day)
        self.name = self.thief if mail.stolen else \
            self.rng.choice(self.devices)

    def quota(self, mail):
        days = self.days.get(self.name, ())
        return None if sum(day < self.day for day in days) >= 2 else (2, 8)

    def passed(self, mail):
        self.days.setdefault(self.name, set()).add(self.day)


class Recipients(Signal):
    """Recipients that the account never wrote to."""
    words = "60 recipients never written to"

    def __init__(self, rng, kind, adapts):
        super().__init__(rng, kind, adapts)
        self.day, self.share = Window(DAY_MS), 0
        self.date = self.found = None

    def strangers(self, mail):
        """The share of them."""
        if mail.stolen:
            return 0.5 if self.adapts else 0.98
        if self.kind == "machine":
            return 0.9
        if self.kind in ("mail_merge", "newsletter"):
            if self.date != mail.ms // DAY_MS:  # a list anew, or as ever
                self.date = mail.ms // DAY_MS
                self.share = 1 if self.rng.random() < 0.3 else 0.1
            return self.share
        return 0.25

    def see(self, mail):
        share = self.strangers(mail)
        self.found = self.day.add(mail.ms, sum(
            self.rng.random() < share for _ in range(mail.recipients)))

    def blocks(self, mail):
        return self.found > max(60, 3 * self.day.most)

    def passed(self, mail):
        self.day.passed()


class Hours(Signal):
    """Hours of the day in which it never sent. 3 % of what an honest account
    sends is of any hour; abroad its hours are others."""
    words = "30 mails a day at other hours"

    def __init__(self, rng, kind, adapts):
        super().__init__(rng, kind, adapts)
        self.days = collections.defaultdict(set)
        self.day, self.found, self.hour, self.zones = Window(DAY_MS), 0, 0, {}

    def see(self, mail):
        self.hour = mail.ms // HOUR_MS % 24
        if mail.stolen:
            if self.adapts and self.days:
                self.hour = self.rng.choice(list(self.days))
        elif self.rng.random() < 0.03:
            self.hour = self.rng.randrange(24)
        elif mail.country not in ("", world.HOME) and mail.new:
            self.hour += self.zones.setdefault(mail.country,
                                               self.rng.randint(-8, 8))
        self.hour = self.hour % 24
        today = mail.ms // DAY_MS
        usual = {hour for hour, days in self.days.items()
                 if sum(day < today for day in days) >= 2}
        near = {(self.hour + n) % 24 for n in (-1, 0, 1)}
        self.found = self.day.add(mail.ms, 0 if usual & near else 1)

    def blocks(self, mail):
        return self.found > max(30, 2 * self.day.most) \
            and len(self.days) > 0

    def passed(self, mail):
        self.days[self.hour].add(mail.ms // DAY_MS)
        self.day.passed()


class Bounces(Signal):
    """Recipients that do not exist, as Postfix's log tells a minute later."""
    words = "10 bounces a day, over 8 %"

    def __init__(self, rng, kind, adapts):
        super().__init__(rng, kind, adapts)
        self.bounced, self.all = Window(DAY_MS), Window(DAY_MS)
        bad = rng.random() < 0.03               # an old list
        self.honest = (0.08 if bad else 0.03) if kind in (
            "mail_merge", "newsletter", "machine") else 0.01
        self.found, self.later = (0, 0), collections.deque()

    def see(self, mail):
        share = (0.03 if self.adapts else 0.15) if mail.stolen \
            else self.honest
        for _ in range(mail.recipients):
            if self.rng.random() < share:
                self.later.append(mail.ms + 60_000)
        count = 0
        while self.later and self.later[0] <= mail.ms:
            self.later.popleft()
            count += 1
        self.found = (self.bounced.add(mail.ms, count),
                      self.all.add(mail.ms, mail.recipients))

    def blocks(self, mail):
        bounced, of_all = self.found
        return bounced > 10 and bounced > 0.08 * of_all


class Weighed(Signal):
    """Recipients, not mails: 1 in 50 honest mails is to a list, 25 in the
    median, sigma 0.8, at most 100."""
    words = "100 recipients an hour"

    def __init__(self, rng, kind, adapts):
        super().__init__(rng, kind, adapts)
        self.hour, self.usual, self.found = Window(HOUR_MS), Window(HOUR_MS), 0

    def see(self, mail):
        number = mail.recipients
        if mail.stolen:
            number = 1 if self.adapts else number
        elif self.rng.random() < 0.02:
            number = min(100, int(25 * math.exp(self.rng.gauss(0, 0.8))))
        self.usual.add(mail.ms, 0 if mail.new else number)
        self.found = self.hour.add(mail.ms, number
                                   if mail.new or mail.young else 0)

    def blocks(self, mail):
        return self.found > max(100, 2 * self.usual.most)

    def passed(self, mail):
        self.usual.passed()


class Rented(Signal):
    """A list of systems that rent servers or run VPNs: has 7 of 10; who knows
    of it uses one of the others."""
    words = "rented: 1 an hour, 4 a day"
    listed = frozenset()

    def __init__(self, rng, kind, adapts):
        super().__init__(rng, kind, adapts)
        self.mine = False

    def see(self, mail):
        lucky = mail.stolen and self.adapts
        self.mine = mail.place in self.listed and not lucky

    def quota(self, mail):
        return (1, 4) if self.mine else None


class Seeing(Model):
    """The model, and a signal beside its rules."""

    def begin(self, signal, stolen, recipients):
        self.signal, self.stolen = signal, stolen
        self.recipients, self.mail = recipients, Mail()

    def ask(self, a, ms, place, around=None, *rest, **more):
        mail = self.mail
        mail.ms, mail.place, mail.around = ms, place, around
        mail.stolen, mail.recipients = ms in self.stolen, self.recipients[ms]
        return super().ask(a, ms, place, around, *rest, **more)

    def over_limits(self, a, ms, country, network, trust):
        """The model comes by here with every mail, before it judges."""
        mail, counted = self.mail, trust == COUNTED
        mail.country = country
        mail.new = counted and not self.is_known(a.places, mail.place)
        mail.young = counted and not mail.new and \
            self.is_young(a, mail.place, mail.around)
        self.signal.see(mail)
        return super().over_limits(a, ms, country, network, trust)

    def block_cause(self, a, ms, *rest):
        cause = super().block_cause(a, ms, *rest)
        if not cause and self.is_settled(a) and self.signal.blocks(self.mail):
            return "signal"
        return cause

    def over_quota(self, a):
        quota = self.signal.quota(self.mail)
        return super().over_quota(a) or \
            quota is not None and self.is_settled(a) and any(
                rings.total[Q] >= max(most, peak) for rings, most, peak in
                zip((a.hour, a.hours24), quota, a.peaks))

    def passed(self, a, *rest):
        super().passed(a, *rest)
        self.signal.passed(self.mail)


def play(setting, signal, adapts):
    """One object an account, as of traces.play."""
    places = TRACES.places(setting, evaluate.PROVIDERS)
    model = Seeing(setting.model)
    for account, (times, numbers, recipients) in TRACES.mails.items():
        truth = TRACES.truth[account]
        stolen = set(truth["stolen"])
        rng = random.Random(f"{signal.__name__} {account}")
        model.begin(signal(rng, truth["kind"], adapts), stolen,
                    dict(zip(times, recipients)))
        yield play_account(model, account, times, numbers, places,
                           TRACES.about["judged_from"], 0, stolen, False)


SHIPPED = SETTINGS[0]
NO_WEEK = replace(SHIPPED, name="shipped but no bursts.young.week",
                  model=replace(SHIPPED.model, young_week=None))
# The rules beside it; the signal; do thieves know of it?
RUNS = [(NO_WEEK, Signal, False), (SHIPPED, Signal, False)] + [
    (replace(SHIPPED, name=f"{signal.words}{', adapting' * adapts}"),
     signal, adapts)
    for signal in (Helo, Recipients, Hours, Bounces, Weighed, Rented)
    for adapts in (False, True)]


def score(run):
    return evaluate.Score(run[0], TRACES, play(*run),
                          TRACES.about["judged_from"])


def main():
    global TRACES
    args = evaluate.arguments()
    version = evaluate.commit()
    TRACES = Traces(evaluate.traces_of(args))
    TRACES.read()
    made_up = world.World(args.seed)
    Rented.listed = frozenset(
        f"AS{system.asn}" for system in made_up.systems
        if system.kind in ("hosting", "vpn") and system.asn % 10 < 7)
    with multiprocessing.Pool(args.jobs) as pool:
        scores = pool.map(score, RUNS, chunksize=1)
    lines = evaluate.headline(TRACES, True, version) + \
        list(evaluate.table(scores))
    print("\n".join(lines))
    if args.keep:
        (HERE / "SIGNALS").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
