#!/usr/bin/python3
"""month.py -- a random month of some accounts, for the model and the program.

SPDX-License-Identifier: GPL-3.0-or-later

Numbers are small so that each rule speaks often. The clock mostly goes on, and
sometimes far ahead, or back; settings change; two hosts take turns. In a month
whose clock goes back there are no `limits`: the table of logins has more of
what lies in the future then than the model keeps.
"""
import random
from dataclasses import dataclass, field, replace

from model import COUNTED, EXEMPT, PROVIDER, Config

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
START = 20_454 * DAY + 8 * HOUR
ACCOUNTS = ("joe@example.com", "ann@example.com", "ben@example.net")
COUNTRIES = ("DE", "FR", "IT", "PL", "NL", "ES", "-")


@dataclass(frozen=True)
class Place:
    """An address, and what is known of it; asn 0, country "-": nothing."""
    address: str
    asn: int
    country: str
    trust: int = COUNTED

    @property
    def network(self):
        """The /16 or /32, as a name."""
        if ":" in self.address:
            return "/32 " + ":".join(self.address.split(":")[:2])
        return "/16 " + ".".join(self.address.split(".")[:2])

    @property
    def name(self):
        return f"AS{self.asn}" if self.asn else self.network

    @property
    def around(self):
        if ":" in self.address:
            return "/40 " + self.address.rsplit("::", 1)[0][:-2]
        return self.network


@dataclass
class Attempt:
    account: str
    place: Place
    instance: str           # "-": none
    host: int               # 2: it is learned


@dataclass
class Step:
    """One of these happens at that time."""
    ms: int
    ask: Attempt = None
    load: Config = None
    block: tuple = None     # account, seconds
    unblock: str = None
    expire: bool = False


@dataclass
class Month:
    seed: int
    clocks_step: bool = True
    steps: list = field(default_factory=list)

    def __post_init__(self):
        self.roll = random.Random(self.seed)
        self.now = START
        self.mails = {account: [] for account in ACCOUNTS}
        self.homes = {account: [self.place() for _ in range(2)]
                      for account in ACCOUNTS}

    def limit(self, least, most, off=0.2):
        """A number, or off."""
        return None if self.roll.random() < off else \
            self.roll.randint(least, most)

    def config(self):
        config = Config(
            known_after=self.roll.choice((1, 2, 2, 3)),
            settled_after=self.roll.choice((1, 3, 5)),
            decay=self.roll.choice((0.99, 0.9, 0.5, 1)),
            countries_day=self.limit(0, 4, off=0.6),
            places_hour=self.limit(0, 4, off=0.6),
            places_day=self.limit(0, 6, off=0.6),
            deferrals=self.limit(1, 4), patience=self.limit(1, 3),
            tries=self.limit(1, 3),
            quota_hour=self.limit(0, 3), quota_day=self.limit(0, 9),
            beginner_hour=self.limit(0, 5), beginner_day=self.limit(0, 15),
            hour_mails=self.limit(3, 20), day_mails=self.limit(5, 30),
            hour_factor=self.roll.choice((0, 1, 1.5, 2)),
            day_factor=self.roll.choice((0, 1, 2.5, 3)),
            young_days=self.roll.randint(1, 20),
            young_around=self.roll.random() < 0.5,
            young_hour=self.limit(1, 5), young_day=self.limit(2, 9),
            young_week=self.limit(4, 12, off=0.5),
            young_factor=self.roll.choice((0, 1, 1.5)),
            block_s=self.roll.choice((0, 600, 7200, 86400)),
            blocks=self.roll.random() < 0.8,
            observes=self.roll.random() < 0.15)
        if self.roll.random() < 0.3:
            config = replace(config, rates=[
                (self.roll.randint(1, 4), 3600),
                (self.roll.randint(3, 12), 86400)])
        if not self.clocks_step and self.roll.random() < 0.6:
            config = replace(config, countries=self.limit(1, 4),
                             networks=self.limit(2, 8))
        return config

    def place(self):
        """Somewhere: few numbers, so that some meet."""
        asn = self.roll.choice((0, 0, 1, 2, 3, 4, 5, 6))
        trust = self.roll.choices((COUNTED, PROVIDER, EXEMPT), (9, 1, 1))[0]
        country = self.roll.choice(COUNTRIES)
        if self.roll.random() < 0.3:
            address = f"2001:db{self.roll.randint(0, 3)}:" \
                f"{self.roll.choice((0x100, 0x1ff, 0x200)):x}::" \
                f"{self.roll.randint(1, 2)}"
        else:
            address = f"198.{self.roll.randint(1, 7)}." \
                f"{self.roll.randint(0, 1)}.{self.roll.randint(1, 2)}"
        return Place(address, asn, country, trust)

    def gap(self):
        """How long until the next thing happens."""
        kind = self.roll.random()
        if kind < 0.55:
            return self.roll.choice((0, 1, SECOND, 5 * SECOND))
        if kind < 0.65:
            return self.roll.randint(1, 10 * MINUTE)
        if kind < 0.71:             # the very edge of a sub-bucket
            width = self.roll.choice((5 * MINUTE, 2 * HOUR, 14 * HOUR))
            return -self.now % width + self.roll.choice((-1, 0, 1))
        if kind < 0.76:             # of a window
            return self.roll.choice((HOUR, DAY, HOUR + 5 * MINUTE,
                                     DAY + 2 * HOUR, 7 * DAY,
                                     7 * DAY + 14 * HOUR)) + \
                self.roll.choice((-1, 0, 1))
        if kind < 0.85:
            return self.roll.randint(1, 12 * HOUR)
        if kind < 0.97:             # the next day
            return DAY - self.now % DAY + self.roll.randint(-1, 20 * HOUR)
        if kind < 0.985:
            return self.roll.randint(1, 70) * DAY
        if not self.clocks_step:
            return 0
        return -self.roll.choice((1, SECOND, 5 * MINUTE, 3 * HOUR, DAY,
                                  30 * HOUR, 3 * DAY, 100 * DAY))

    def attempt(self):
        account = self.roll.choice(ACCOUNTS)
        mails = self.mails[account]
        again = self.roll.random()
        if mails and again < 0.1:
            place, instance = mails[-1]
        elif mails and again < 0.15:
            place, instance = self.roll.choice(mails)
        else:
            place = self.roll.choice(self.homes[account]) \
                if self.roll.random() < 0.6 else self.place()
            instance = "-" if self.roll.random() < 0.3 else \
                f"mail{len(mails)}"
        if again > 0.97 and mails:      # somebody else's, by its name
            instance = self.roll.choice(mails)[1]
        mails.append((place, instance))
        host = 2 if self.roll.random() < 0.02 else self.roll.randint(0, 1)
        return Attempt(account, place, instance, host)

    def make(self, count):
        self.steps.append(Step(self.now, load=self.config()))
        for _ in range(count):
            self.now = max(START - 300 * DAY, self.now + self.gap())
            kind = self.roll.random()
            step = Step(self.now)
            if kind < 0.004:
                step.load = self.config()
            elif kind < 0.012:
                step.unblock = self.roll.choice(ACCOUNTS)
            elif kind < 0.016:
                step.block = (self.roll.choice(ACCOUNTS),
                              self.roll.choice((0, 60, 3600)))
            elif kind < 0.022:
                step.expire = True
            elif kind < 0.024:
                self.homes[self.roll.choice(ACCOUNTS)] = [self.place()]
                continue
            else:
                step.ask = self.attempt()
            self.steps.append(step)
        return self
