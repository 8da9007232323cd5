#!/usr/bin/python3
"""world.py -- a made-up internet: networks with a country and an AS each.

SPDX-License-Identifier: GPL-3.0-or-later

Addresses are from ranges that belong to nobody: 240.0.0.0/4 (reserved, RFC
1112) in pieces of a /16, and 3fff::/20 (documentation, RFC 9637) in pieces of
a /32. AS numbers are private ones (RFC 6996), but for the networks of shared
senders, which etc/providers.txt names by their real numbers. README says
where the figures come from.
"""
import random

HOME = "DE"
COUNTRIES = ("DE AT CH FR IT ES NL PL US CA BR IN JP CN RU ZA GB BE DK SE NO "
             "FI CZ SK HU RO BG GR TR UA VN TH ID PH MX AR CO NG EG KE PK IR "
             "MA KR").split()
NEAR = "AT CH FR IT ES NL PL GB BE DK CZ GR TR".split()
FIRST_ASN = 4200000000
GOOGLE, MICROSOFT, CLOUDFLARE = 15169, 8075, 13335

# How many systems of each kind a country has, and how many /16 each holds
# abroad and at home.
KINDS = {"broadband": (4, 5, 60), "mobile": (3, 3, 20), "business": (6, 2, 6),
         "hosting": (3, 1, 4), "wifi": (2, 1, 2)}


class System:
    """An autonomous system: `blocks` are (first two octets, country)."""
    __slots__ = ("asn", "kind", "country", "blocks", "prefix6")

    def __init__(self, asn, kind, country):
        self.asn, self.kind, self.country = asn, kind, country
        self.blocks, self.prefix6 = [], None


class World:
    def __init__(self, seed):
        rng = random.Random(f"world {seed}")
        self.systems, self.by_kind = [], {}
        self.next4, self.next6 = 240 << 8, 0
        for country in COUNTRIES:
            for kind, (systems, away, at_home) in KINDS.items():
                blocks = at_home if country == HOME else away
                many = 3 if country == HOME and kind == "business" else 1
                for _ in range(systems * many):
                    self.add(kind, country, [country] * blocks)
        # Consumer VPNs: rented racks all over the world, an AS each; some
        # firms' own numbers announce exits in many countries.
        for _ in range(24):
            self.add("vpn", None, rng.choices(COUNTRIES, k=6))
        self.google = self.add("google", "US", ["US"] * 4, GOOGLE)
        self.microsoft = self.add("microsoft", "US", ["US", "NL", HOME, "IE"],
                                  MICROSOFT)

    def add(self, kind, country, blocks, asn=None):
        system = System(asn or FIRST_ASN + len(self.systems), kind, country)
        for where in blocks:
            system.blocks.append((self.next4, where))
            self.next4 += 1
        system.prefix6 = 0x3fff0000 + self.next6
        self.next6 += 1
        self.systems.append(system)
        self.by_kind.setdefault((kind, country), []).append(system)
        return system

    def of(self, kind, country=None):
        return self.by_kind[kind, country]

    def write(self, path):
        """What writer.pl makes MMDB files of: network, country, AS."""
        with open(path, "w", encoding="ascii") as file:
            for system in self.systems:
                for block, country in system.blocks:
                    file.write(f"{block >> 8}.{block & 255}.0.0/16 "
                               f"{country} {system.asn}\n")
                where = system.country or system.blocks[0][1]
                file.write(f"{system.prefix6 >> 16:x}:"
                           f"{system.prefix6 & 0xffff:x}::/32 "
                           f"{where} {system.asn}\n")


def region(rng, system, most):
    """The blocks of a system that are in use in one region."""
    return rng.sample(system.blocks, min(most, len(system.blocks)))


def ipv4(rng, system, block=None, blocks=None):
    """A random address of a system, of a block, or of one of the blocks."""
    if block is None:
        block = rng.choice(blocks or system.blocks)[0]
    low = rng.getrandbits(16)
    return f"{block >> 8}.{block & 255}.{low >> 8}.{low & 255}"


def ipv6(system, subnet, interface):
    """An address in the /64 number `subnet` of a system's /32."""
    return (f"{system.prefix6 >> 16:x}:{system.prefix6 & 0xffff:x}:"
            f"{subnet >> 16 & 0xffff:x}:{subnet & 0xffff:x}:"
            f"{interface >> 48 & 0xffff | 1:x}:{interface >> 32 & 0xffff:x}:"
            f"{interface >> 16 & 0xffff:x}:{interface & 0xffff | 1:x}")


class Geography:
    """Where an address is, read back from the file of the world."""

    def __init__(self, path, country_file=True, asn_file=True):
        self.table = {}
        with open(path, encoding="ascii") as file:
            for line in file:
                network, country, asn = line.split()
                key = network.split("::")[0] if "::" in network \
                    else network.rsplit(".", 2)[0]
                self.table[key] = (country if country_file else "",
                                   f"AS{asn}" if asn_file else None)

    def find(self, address):
        """Place, /16 (IPv6 /40), country of an address, and the network that
        `limits` counts."""
        if ":" in address:
            parts = address.split(":")
            key, counted = ":".join(parts[:2]), ":".join(parts[:4])
            wide = f"{key}::/32"
            around = f"{key}:{int(parts[2], 16) & 0xff00:x}::/40"
        else:
            key, counted = address.rsplit(".", 2)[0], address
            wide = around = f"{key}.0.0/16"
        country, system = self.table.get(key, ("", None))
        return system or wide, around, country, counted
