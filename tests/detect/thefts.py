#!/usr/bin/python3
"""thefts.py -- what those do who have stolen a password.

SPDX-License-Identifier: GPL-3.0-or-later

Each theft is a function that answers the mails it sends, in any order: (day,
millisecond of the day, address, recipients). It goes on whatever the answers
are. README has the parameters and where they come from.
"""
import math

from honest import DAYS, JUDGED
from world import COUNTRIES, HOME, ipv4

DAY_MS = 86_400_000


def lognormal(rng, median, sigma, most=3000):
    return max(1, min(int(median * math.exp(rng.gauss(0, sigma))), most))


def begin(rng, last_day=DAYS - 4):
    """A moment in the judged days, at any hour."""
    return (rng.uniform(JUDGED, last_day)) * DAY_MS


def spread(rng, start, hours, mails, address):
    """That many mails at random within so many hours."""
    for _ in range(mails):
        yield start + rng.random() * hours * 3_600_000, address()


def rented(rng, world, country=None):
    return rng.choice(world.of("hosting", country or rng.choice(COUNTRIES)))


def infected(rng, world, country):
    """A computer at somebody's home, or a phone."""
    kind = "broadband" if rng.random() < 0.8 else "mobile"
    return ipv4(rng, rng.choice(world.of(kind, country)))


def botnet(rng, world, victim):
    """Infected computers of many countries, a few mails from each."""
    bots = [infected(rng, world, country)
            for country in rng.sample(COUNTRIES, rng.randint(8, 42))
            for _ in range(rng.randint(2, 10))]
    return spread(rng, begin(rng), rng.uniform(1, 48),
                  lognormal(rng, 600, 1.0), lambda: rng.choice(bots))


def many_addresses(rng, world, victim):
    """Many addresses of one foreign country."""
    country = rng.choice([c for c in COUNTRIES if c != HOME])
    bots = [infected(rng, world, country) for _ in range(rng.randint(15, 80))]
    return spread(rng, begin(rng), rng.uniform(2, 48),
                  lognormal(rng, 400, 1.0), lambda: rng.choice(bots))


def same_country(rng, world, victim):
    """Residential proxies in the victim's country."""
    bots = [infected(rng, world, HOME) for _ in range(rng.randint(3, 30))]
    return spread(rng, begin(rng), rng.uniform(2, 72),
                  lognormal(rng, 300, 1.0), lambda: rng.choice(bots))


def same_as(rng, world, victim):
    """From the system that the victim uses himself."""
    systems = [access.system for _, access in victim.work + victim.leisure
               if hasattr(access, "system") and access.system.asn > 1 << 31]
    system = rng.choice(systems or world.of("broadband", HOME))
    bots = [ipv4(rng, system) for _ in range(rng.randint(1, 8))]
    return spread(rng, begin(rng), rng.uniform(2, 72),
                  lognormal(rng, 400, 1.2), lambda: rng.choice(bots))


def slow(rng, world, victim):
    """As many a day as nobody notices, from one to three rented servers."""
    servers = [ipv4(rng, rented(rng, world)) for _ in range(rng.randint(1, 3))]
    start = begin(rng, DAYS - 12)
    hours = (DAYS * DAY_MS - start) / 3_600_000
    a_day = 5 * math.exp(rng.random() * math.log(80 / 5))
    return spread(rng, start, hours, int(a_day * hours / 24),
                  lambda: rng.choice(servers))


def night(rng, world, victim):
    """One to three nights, while nobody looks."""
    servers = [ipv4(rng, rented(rng, world)) for _ in range(rng.randint(1, 4))]
    first = int(begin(rng) / DAY_MS)
    for number in range(rng.randint(1, 3)):
        at = (first + number) * DAY_MS + 3_600_000
        yield from spread(rng, at, 4, lognormal(rng, 150, 0.8),
                          lambda: rng.choice(servers))


def check_first(rng, world, victim):
    """A mail to see whether it works, the many one to ten days later."""
    server = ipv4(rng, rented(rng, world))
    start = begin(rng, DAYS - 13)
    yield start, server
    for _ in range(rng.randint(0, 2)):
        start += rng.uniform(0.2, 3) * DAY_MS
        yield start, server
    start += rng.uniform(0.5, 4) * DAY_MS
    servers = [ipv4(rng, rented(rng, world)) for _ in range(rng.randint(0, 5))]
    yield from spread(rng, start, rng.uniform(1, 24),
                      lognormal(rng, 700, 1.0),
                      lambda: rng.choice(servers + [server]))


def teach(rng, world, victim):
    """A few mails on some days, so that the place is known; then many."""
    server = ipv4(rng, rented(rng, world))
    day = rng.randint(JUDGED, JUDGED + 8)
    days = rng.randint(3, 9)
    for number in range(days):
        yield from spread(rng, (day + number) * DAY_MS + 7 * 3_600_000, 12,
                          rng.randint(1, 8), lambda: server)
    yield from spread(rng, (day + days) * DAY_MS + 6 * 3_600_000,
                      rng.uniform(1, 60), lognormal(rng, 700, 1.0),
                      lambda: server)


def one_place(rng, world, victim):
    """One rented server, as fast as it goes."""
    server = ipv4(rng, rented(rng, world))
    return spread(rng, begin(rng), rng.uniform(0.3, 10),
                  lognormal(rng, 1000, 0.8), lambda: server)


def snowshoe(rng, world, victim):
    """Rented addresses of many systems, little from each at any time."""
    servers = []
    for _ in range(rng.randint(4, 20)):
        system = rented(rng, world)
        servers += [ipv4(rng, system) for _ in range(rng.randint(2, 8))]
    return spread(rng, begin(rng, DAYS - 6), rng.uniform(24, 120),
                  lognormal(rng, 700, 0.8), lambda: rng.choice(servers))


THEFTS = (botnet, many_addresses, same_country, same_as, slow, night,
          check_first, teach, one_place, snowshoe)


def stolen_mails(rng, world, theft, victim):
    """Its mails as (day, millisecond, address, recipients)."""
    many = rng.random() < 0.3               # many recipients in each mail
    for at, address in theft(rng, world, victim):
        day, ms = divmod(int(at), DAY_MS)
        if day < DAYS:
            yield day, ms, address, rng.randint(10, 50) if many else 1
