"""geoip.py -- our own small GeoIP files, and addresses in them.

SPDX-License-Identifier: GPL-3.0-or-later

The numbering is that of tests/geoip/make-mmdb.pl.
"""
import os
import pathlib
import subprocess
import zlib

from build import made_once

COUNTRIES = "DE AT CH FR IT ES NL PL US CA BR IN JP CN RU ZA".split()
REGISTERED_ONLY = "203.0.113.129"   # in SE, by registration alone
UNKNOWN = "203.0.113.201"           # in no file
UNKNOWN6 = "2001:db8:200::1"

_SCRIPT = pathlib.Path(__file__).parents[1] / "geoip" / "make-mmdb.pl"


def make_files(directory):
    """Write the files to the directory, which is made."""
    os.makedirs(directory, exist_ok=True)
    subprocess.run(["perl", str(_SCRIPT), str(directory)], check=True)


def made_files():
    """The folder of those that are made once for all tests of a build."""
    key = zlib.crc32(_SCRIPT.read_bytes())
    return made_once(f"geoip-{key:x}", make_files)


def address(country, number=0):
    """An IPv4 address in a country; numbers up to 27 are different."""
    n = COUNTRIES.index(country)
    network = "192.0.2" if number < 14 else "198.51.100"
    return f"{network}.{16 * n + 1 + number % 14}"


def address6(country, number=0, host=1):
    """An IPv6 address in a country; each number is a /64 of its own."""
    n = COUNTRIES.index(country)
    return f"2001:db8:{n:x}:{number:x}::{host:x}"
