"""test_memory_days.py -- what store.memory lets pass teaches as what was asked.

SPDX-License-Identifier: GPL-3.0-or-later

Days are played by a clock that is set forward. Two daemons on one store: one
remembers logins, the other asks for each; an account sends by each of them.
"""
import datetime
import json
import random
import time

import pytest

from clocks import *  # noqa: F401,F403
from geoip import address
from waiting import until

OK = "DUNNO"
JOE, ANN = "joe@example.com", "ann@example.com"
# Nothing judges: it is what is learned that matters.
CONFIG = {
    "limits": {"countries": "unlimited", "networks": "unlimited"},
    "new_places": {"places": {"hour": "unlimited", "day": "unlimited"}},
    "actions": {"error": "450 4.3.5 error"},
}



def unasked(policyd):
    return policyd.log().count(" memory=yes")


class Twins:
    """JOE by the daemon that remembers, ANN by the one that asks."""

    def __init__(self, clocked, geoip, **memory):
        self.clocked, self.clock = clocked, clocked.clock
        config = {**CONFIG, "geoip": {"asn": str(geoip / "asn.mmdb")}}
        self.remembers = clocked.start({**config, "store": memory})
        self.asks = clocked.start({**config, "store": {"memory": "0s"}})
        self.numbers = iter(range(1, 1000000))

    def send(self, country="DE", number=0):
        mail = f"mail.{next(self.numbers)}"
        client = address(country, number)
        for policyd, account in ((self.remembers, JOE), (self.asks, ANN)):
            assert policyd.ask(account, client, instance=mail) == OK

    def send_unasked(self, *place):
        """Mails until one needs no store."""
        def one():
            before = unasked(self.remembers)
            self.send(*place)
            return unasked(self.remembers) > before
        until(one, "a mail to pass from memory")

    def at(self, hour, days=0, is_night=False):
        """Go to an hour of today, or of a later day. Either nothing is
        remembered by then; or what is, on a night without an end."""
        if not is_night:
            assert self.remembers.stop() == 0
        now = self.clock.now()
        then = now.replace(hour=0, minute=0, second=0, microsecond=0) + \
            datetime.timedelta(days=days, hours=hour)
        self.clock.forward((then - now).total_seconds())
        if is_night:
            # What was heard of the clock before is believed for a second, if
            # it was asked for within another one.
            time.sleep(2.5)
        else:
            self.remembers.start(**self.clock.environment())

    def settle(self):
        """What is owed is paid: a worker that leaves does so."""
        assert self.remembers.stop() == 0
        assert self.learned(JOE) == self.learned(ANN)
        self.remembers.start(**self.clock.environment())

    def learned(self, account):
        result = self.clocked.cli(self.asks, "--explain", account, "--json")
        assert result.returncode == 0, result.stderr
        document = json.loads(result.stdout)
        history = document["history"]
        return {
            "days": history["days"], "settled": history["settled"],
            "places": sorted((one["place"], one["days"], one["state"],
                              one["first"], one["last"])
                             for one in history["places"]),
            "countries": sorted((one["country"], one["days"])
                                for one in history["countries"]),
            "mails": sorted((one["network"], one["mails"])
                            for one in document["logins"])}


@pytest.fixture
def twins(clocked, geoip):  # noqa: F811
    made = Twins(clocked, geoip)
    # Until the place is known.
    for _ in range(2):
        made.send()
        made.at(12, days=1)
    return made


def days(twins, account=JOE):
    (_, count, *_), = twins.learned(account)["places"]
    return count


def test_a_day_on_which_nothing_was_asked_is_learned(twins):
    twins.at(23)
    twins.send_unasked()
    # What was remembered in the evening holds on.
    twins.at(1, days=1, is_night=True)
    before = days(twins, ANN)
    twins.send_unasked()
    twins.settle()
    assert unasked(twins.remembers) >= 2
    assert days(twins) == days(twins, ANN) == before + 1


def test_a_day_without_mail_is_not(twins):
    """It is owed in the evening, and paid in the morning."""
    twins.at(23)
    twins.send_unasked()
    before = days(twins)
    twins.at(1, days=1, is_night=True)
    twins.settle()
    assert days(twins) == before


@pytest.mark.parametrize("seed", [1, 2])
def test_weeks(clocked, geoip, seed):  # noqa: F811
    """Some places, some of them often: both learn the same of them."""
    draw = random.Random(seed)
    twins = Twins(clocked, geoip, memory_mails=draw.choice([2, 20]))
    places = [(country, number) for country in ("DE", "AT", "CH")
              for number in (0, 1)]
    for day in range(12):
        twins.at(1, days=1, is_night=day % 4 == 3)
        for hour in (12, 23):
            usual = draw.choice(places)
            for _ in range(draw.randrange(12)):
                twins.send(*(usual if draw.random() < 0.8 else
                             draw.choice(places)))
            twins.at(hour)
    twins.settle()
    assert unasked(twins.remembers) > 0
