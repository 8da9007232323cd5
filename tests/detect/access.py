#!/usr/bin/python3
"""access.py -- the ways onto the internet, and which address each gives when.

SPDX-License-Identifier: GPL-3.0-or-later

An access answers address(rng, day, session): the client address that Postfix
sees for a session of that number on that day.
"""
import random

from world import ipv4, ipv6, region


class Static:
    """An office, a server: one address for ever."""

    def __init__(self, rng, system):
        self.system = system
        self.fixed = ipv4(rng, system)

    def address(self, rng, day, session):
        return self.fixed


class Line:
    """A line at home: another address after each lease, from any block that
    the provider uses in the region; with IPv6 another prefix after each lease,
    from a few /40, and another interface identifier each day (RFC 8981)."""

    def __init__(self, rng, system, lease_days, has_ipv6):
        self.system, self.lease, self.has_ipv6 = system, lease_days, has_ipv6
        self.seed = rng.getrandbits(32)
        self.blocks = region(rng, system, 12)
        self.pools6 = [rng.getrandbits(8) << 24 for _ in range(3)]

    def address(self, rng, day, session):
        lease = random.Random(self.seed + day // self.lease)
        if not self.has_ipv6:
            return ipv4(lease, self.system, blocks=self.blocks)
        subnet = lease.choice(self.pools6) | lease.getrandbits(16) << 8
        lease.seed(self.seed ^ day << 32)
        return ipv6(self.system, subnet, lease.getrandbits(64))


class Phone:
    """A mobile carrier: IPv4 behind its NAT, a handful of shared addresses a
    region, another one each session; or a /64 each attachment."""

    def __init__(self, rng, system, has_ipv6=False):
        self.system, self.has_ipv6 = system, has_ipv6
        blocks = region(rng, system, 3)
        self.pool6 = rng.getrandbits(8) << 24
        self.pool = [ipv4(rng, system, blocks=blocks) for _ in range(24)]

    def address(self, rng, day, session):
        if self.has_ipv6:
            return ipv6(self.system, self.pool6 | rng.getrandbits(24),
                        rng.getrandbits(64))
        return rng.choice(self.pool)


class Vpn:
    """A consumer VPN: one of its systems, an exit chosen anew for a share of
    the sessions, and mostly in the favourite countries."""

    def __init__(self, rng, systems, sticky):
        self.systems = rng.sample(systems, rng.randint(1, 3))
        self.sticky = sticky
        self.favourite = self.exit(rng)

    def exit(self, rng):
        system = rng.choice(self.systems)
        return system, rng.choice(system.blocks)[0]

    def address(self, rng, day, session):
        system, block = self.favourite if rng.random() < self.sticky \
            else self.exit(rng)
        low = rng.randrange(64)         # an exit has a few addresses
        return f"{block >> 8}.{block & 255}.7.{low}"


class Shared:
    """Any address of a system, for each mail: Google's send-as."""

    def __init__(self, system):
        self.system = system

    def address(self, rng, day, session):
        return ipv4(rng, self.system)


class Webmail:
    """The provider's own webmail, in a private network."""

    def address(self, rng, day, session):
        return "10.0.0.25"


class Moving:
    """One access before a day, another from then on."""

    def __init__(self, before, after, day):
        self.before, self.after, self.day = before, after, day

    def address(self, rng, day, session):
        return (self.before if day < self.day else self.after) \
            .address(rng, day, session)
