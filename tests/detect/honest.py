#!/usr/bin/python3
"""honest.py -- people and programs who send mail as they should.

SPDX-License-Identifier: GPL-3.0-or-later

Each kind is a function that makes a Person; README has the parameters and
where they come from. A day of a Person is a list of mails: (millisecond of the
day, address, recipients).
"""
import math

from access import Line, Moving, Phone, Shared, Static, Vpn, Webmail
from world import COUNTRIES, HOME, NEAR

DAYS, JUDGED = 90, 60                   # the last 30 are judged
FIRST_WEEKDAY = 3                       # day 0 is Thursday, 2026-01-01


def poisson(rng, mean):
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, n, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        n += 1
        product *= rng.random()
    return n


def is_weekend(day):
    return (day + FIRST_WEEKDAY) % 7 in (5, 6)


class Person:
    def __init__(self, rng, median, sigma=0.8):
        self.rate = min(median * math.exp(rng.gauss(0, sigma)), 120)
        self.weekend = rng.uniform(0.1, 0.5)
        self.work, self.leisure = [], []        # (weight, access)
        self.trips = []                         # (from, to, work-and-leisure)
        self.first_day = 0
        self.bulk = None                        # day -> [(size, access, gap)]
        self.offset = rng.uniform(-1, 1)        # hours: an early bird, an owl

    def also(self, access, work, leisure):
        """May be used at work and at leisure, with these weights."""
        if work:
            self.work.append((work, access))
        if leisure:
            self.leisure.append((leisure, access))
        return access

    def choose(self, rng, day, at_work):
        for start, end, accesses in self.trips:
            if start <= day < end:
                return pick(rng, accesses)
        return pick(rng, self.work if at_work else self.leisure)

    def mails(self, rng, day):
        if day < self.first_day:
            return []
        out = []
        rate = self.rate * (self.weekend if is_weekend(day) else 1)
        for session in range(poisson(rng, rate / 1.7)):
            at_work = rng.random() < (0.3 if is_weekend(day) else 0.75)
            hour = rng.gauss(12 if at_work else 18.5, 2.4) + self.offset
            access = self.choose(rng, day, at_work)
            at = int(min(max(hour, 0.1), 23.6) * 3_600_000)
            shared = isinstance(access, Shared)
            address = access.address(rng, day, session)
            while at < 86_390_000:
                out.append((at, address, recipients(rng)))
                if rng.random() > 0.41:
                    break
                at += int(rng.expovariate(1 / 240_000)) + 20_000
                if shared:
                    address = access.address(rng, day, session)
        if self.bulk:
            for size, access, gap_ms in self.bulk(rng, day):
                out += batch(rng, day, size, access, gap_ms)
        return out


def recipients(rng):
    return 1 if rng.random() < 0.8 else 1 + int(rng.expovariate(0.35))


def batch(rng, day, size, access, gap_ms):
    """One mail after the other from one place, begun in working hours."""
    at = int(rng.uniform(7, 14) * 3_600_000)
    address = access.address(rng, day, 99)
    for _ in range(size):
        at += int(rng.uniform(0.5, 1.5) * gap_ms)
        if at < 86_390_000:
            yield at, address, 1


def pick(rng, weighted):
    if len(weighted) == 1:
        return weighted[0][1]
    x = rng.random() * sum(weight for weight, _ in weighted)
    for weight, access in weighted:
        x -= weight
        if x < 0:
            break
    return access


# --- ways onto the net, as people have them ----------------------------------

def home_line(rng, world, country=HOME, ipv6=None):
    return Line(rng, rng.choice(world.of("broadband", country)),
                rng.choice((1, 1, 14, 90)),
                rng.random() < 0.4 if ipv6 is None else ipv6)


def phone(rng, world, country=HOME, ipv6=None):
    return Phone(rng, rng.choice(world.of("mobile", country)),
                 rng.random() < 0.4 if ipv6 is None else ipv6)


def office_line(rng, world, country=HOME):
    return Static(rng, rng.choice(world.of("business", country)))


def abroad(rng, world, country):
    """A hotel, a café, a local line, a phone: roaming keeps the address of the
    home carrier (home routed), so that a local one is the exception."""
    places = [(3, Static(rng, rng.choice(world.of("business", country)))),
              (2, Phone(rng, rng.choice(world.of("wifi", country)))),
              (1, home_line(rng, world, country))]
    return places[:rng.randint(1, 3)]


def travel(rng, world, person, trips, near=0.6, own_phone=True):
    """Trips anywhere in the 90 days, 2 to 12 days long."""
    mobile = phone(rng, world)
    for _ in range(trips):
        start = rng.randrange(DAYS)
        country = rng.choice(NEAR if rng.random() < near else COUNTRIES)
        accesses = abroad(rng, world, country)
        if own_phone:
            accesses.append((3, mobile))
        person.trips.append((start, start + rng.randint(2, 12), accesses))
    if own_phone:
        person.also(mobile, 1, 1)


# --- the kinds ---------------------------------------------------------------

def office(rng, world):
    person = Person(rng, 6)
    person.also(office_line(rng, world), 9, 3)
    if rng.random() < 0.5:
        person.also(phone(rng, world), 1, 2)
    travel(rng, world, person, rng.random() < 0.15, own_phone=False)
    return person


def home(rng, world):
    person = Person(rng, 1.2)
    person.also(home_line(rng, world), 1, 1)
    travel(rng, world, person, rng.random() < 0.2, own_phone=False)
    return person


def multi_device(rng, world):
    person = Person(rng, 4)
    person.also(office_line(rng, world), 6, 0)
    person.also(home_line(rng, world), 2, 5)
    person.also(phone(rng, world), 2, 3)
    travel(rng, world, person, rng.random() < 0.3, own_phone=False)
    return person


def commuter(rng, world):
    person = Person(rng, 5)
    person.also(office_line(rng, world), 5, 0)
    person.also(home_line(rng, world), 1, 4)
    person.also(phone(rng, world), 2, 2)
    for _ in range(rng.randint(1, 3)):          # trains, stations, cafés
        person.also(Phone(rng, rng.choice(world.of("wifi", HOME))), 0.5, 0.5)
    return person


def cgnat_phone(rng, world):
    person = Person(rng, 1.5)
    person.also(phone(rng, world, ipv6=False), 1, 1)
    if rng.random() < 0.5:
        person.also(home_line(rng, world), 0, 1)
    return person


def ipv6_privacy(rng, world):
    person = Person(rng, 2.5)
    person.also(home_line(rng, world, ipv6=True), 2, 3)
    person.also(phone(rng, world, ipv6=True), 1, 1)
    return person


def shared_role(rng, world):
    """info@, sales@: several people, each with ways of their own."""
    person = Person(rng, 15, 0.7)
    person.also(office_line(rng, world), 8, 2)
    for _ in range(rng.randint(2, 7)):
        person.also(home_line(rng, world), 1, 2)
        if rng.random() < 0.6:
            person.also(phone(rng, world), 1, 1)
    if rng.random() < 0.15:                     # a colleague abroad
        person.also(home_line(rng, world, rng.choice(NEAR)), 1, 1)
    return person


def traveller(rng, world):
    person = Person(rng, 5)
    person.also(office_line(rng, world), 5, 0)
    person.also(home_line(rng, world), 1, 3)
    travel(rng, world, person, 1 + poisson(rng, 3.5))
    return person


def roamer(rng, world):
    """A phone that roams: home routed, or an eSIM that breaks out anywhere."""
    person = Person(rng, 2.5)
    person.also(phone(rng, world), 2, 2)
    person.also(home_line(rng, world), 0, 1)
    for _ in range(1 + poisson(rng, 2)):
        start = rng.randrange(DAYS)
        sims = [(1, phone(rng, world, country))
                for country in rng.sample(NEAR, rng.randint(1, 3))]
        person.trips.append((start, start + rng.randint(2, 15), sims))
    return person


def consumer_vpn(rng, world):
    person = Person(rng, 2.5)
    person.also(Vpn(rng, world.of("vpn"), rng.uniform(0.3, 0.95)), 3, 3)
    person.also(home_line(rng, world), 1, 1)
    return person


def company_vpn(rng, world):
    person = Person(rng, 6)
    person.also(office_line(rng, world), 4, 0)
    for country in (HOME, rng.choice(NEAR), "US")[:rng.randint(1, 3)]:
        person.also(Static(rng, rng.choice(world.of("hosting", country))),
                    2, 2)
    travel(rng, world, person, poisson(rng, 0.5))
    return person


def send_as(rng, world):
    """Writes in Gmail, which hands the mail in here, from any of its hosts."""
    person = Person(rng, 3)
    person.also(Shared(world.google), 4, 4)
    if rng.random() < 0.4:
        person.also(home_line(rng, world), 1, 1)
    return person


def webmail(rng, world):
    person = Person(rng, 2.5)
    person.also(Webmail(), 3, 3)
    if rng.random() < 0.5:
        person.also(phone(rng, world), 1, 1)
    travel(rng, world, person, rng.random() < 0.3)
    return person


def newsletter(rng, world):
    """A program that writes to its subscribers, weekly or monthly."""
    person = Person(rng, 0.3)
    server = person.also(Static(rng, rng.choice(world.of("hosting", HOME))),
                         1, 1)
    size = min(200 * math.exp(rng.gauss(0.7, 0.8)), 3000)
    every, phase = rng.choice((7, 7, 14, 30)), rng.randrange(30)

    def bulk(rng, day):
        if (day - phase) % every == 0:
            yield int(size * rng.uniform(0.8, 1.25)), server, 4000
    person.bulk = bulk
    return person


def mail_merge(rng, world):
    """Invitations, invoices: about one a month, most are small."""
    person = Person(rng, 6)
    desk = person.also(office_line(rng, world), 6, 0)
    line = person.also(home_line(rng, world), 1, 3)

    def bulk(rng, day):
        if not is_weekend(day) and rng.random() < 1 / 21:
            yield min(int(30 * math.exp(rng.gauss(0, 0.9))), 1500), \
                rng.choice((desk, desk, line)), 3000
    person.bulk = bulk
    return person


def machine(rng, world):
    """A shop, a monitor: steady, with bad days."""
    person = Person(rng, 10, 1.0)
    person.weekend = 1
    host = person.also(Static(rng, rng.choice(world.of("hosting", HOME))),
                       1, 1)

    def bulk(rng, day):
        if rng.random() < 0.04:
            yield min(int(3 * person.rate * rng.random()), 400), host, 20000
    person.bulk = bulk
    return person


def expatriate(rng, world):
    country = rng.choice(COUNTRIES)
    person = Person(rng, 2.5)
    person.also(home_line(rng, world, country), 1, 3)
    person.also(phone(rng, world, country), 2, 1)
    if rng.random() < 0.4:                      # back for a while
        start = rng.randrange(DAYS)
        person.trips.append((start, start + rng.randint(7, 20), [
            (2, home_line(rng, world)), (1, phone(rng, world))]))
    return person


def new_employee(rng, world):
    person = rng.choice((office, multi_device, commuter))(rng, world)
    person.first_day = rng.randint(45, DAYS - 5)
    return person


def new_office(rng, world):
    """What those of one office share: it gets another provider one morning."""
    return (office_line(rng, world), office_line(rng, world),
            rng.randint(JUDGED + 1, DAYS - 8))


def office_move(rng, world, shared):
    before, after, day = shared
    person = Person(rng, 6)
    person.also(Moving(before, after, day), 9, 3)
    if rng.random() < 0.5:
        person.also(home_line(rng, world), 1, 3)
    return person


# Of 1,000 accounts; README says why.
SHARES = {
    office: 180, home: 180, multi_device: 130, commuter: 60, cgnat_phone: 100,
    ipv6_privacy: 60, shared_role: 35, traveller: 30, roamer: 15,
    consumer_vpn: 25, company_vpn: 35, send_as: 20, webmail: 40,
    newsletter: 6, mail_merge: 15, machine: 9, expatriate: 20,
    new_employee: 25, office_move: 15,
}
