#!/usr/bin/python3
"""settings.py -- the configurations that are compared.

SPDX-License-Identifier: GPL-3.0-or-later
"""
from dataclasses import dataclass, replace

from model import Config, no_rules


@dataclass
class Setting:
    name: str
    model: Config
    country_file: bool = True
    asn_file: bool = True
    learns: bool = False                # has rules that need a history
    is_ancestor: bool = False


SHIPPED = Config()

SETTINGS = [
    Setting("shipped", SHIPPED, learns=True),
    Setting("shipped, no ASN file", SHIPPED, learns=True, asn_file=False),
    Setting("shipped, no GeoIP file", SHIPPED, learns=True, asn_file=False,
            country_file=False),
    Setting("3 countries 10 networks 24h",
            no_rules(countries=3, networks=10, providers=False)),
    Setting("geoip-policyd",
            no_rules(countries=3, networks=10, window_s=3600,
                     providers=False), is_ancestor=True),
    Setting("pcc", no_rules(countries=2, window_s=2 * 86400,
                            providers=False), is_ancestor=True),
    Setting("postfwd anti-geoip-spam",
            no_rules(countries=5, networks=20, providers=False),
            is_ancestor=True),
    Setting("policyd-rate-limit",
            no_rules(rates=[(10, 60), (150, 86400)], providers=False),
            is_ancestor=True),
    Setting("4 countries 20 networks 1h, providers known",
            no_rules(countries=4, networks=20, window_s=3600)),
    Setting("5 networks 1h (wforce's example)",
            no_rules(networks=5, window_s=3600, providers=False)),
    Setting("block above 100 mails 1h",
            no_rules(hour_mails=100, hour_factor=0, providers=False)),
]


def scaled(factor):
    """The shipped rules, all thresholds made so much wider."""
    c = SHIPPED
    return replace(c, **{name: max(1, round(getattr(c, name) * factor))
                         for name in (
                             "countries_day", "places_hour", "places_day",
                             "quota_hour", "quota_day", "beginner_hour",
                             "beginner_day", "hour_mails", "day_mails",
                             "young_hour", "young_day", "young_week")})


CURVE = [Setting(f"shipped, thresholds x {factor}", scaled(factor),
                 learns=True) for factor in (0.5, 1.5, 2.5, 5)]


def without(what, **changes):
    return Setting(f"shipped but {what}", replace(SHIPPED, **changes),
                   learns=True)


# What each rule brings: the shipped configuration without it.
WITHOUT = [
    without("no new_places.countries", countries_day=None),
    without("no new_places.places", places_hour=None, places_day=None),
    without("no new_places.quota", quota_hour=None, quota_day=None,
            beginner_hour=None, beginner_day=None),
    without("no new_places.deferrals", deferrals=None),
    without("no new_places.patience", patience=None),
    without("no new_places.tries", tries=None),
    without("no bursts", hour_mails=None, day_mails=None),
    without("no bursts.young", young_hour=None, young_day=None,
            young_week=None),
    without("no bursts.young.week", young_week=None),
    without("no bursts.young by /16", young_around=False),
    without("peaks fade by 3 % a day", decay=0.97),
    without("blocks forget nothing", block_unlearns=False),
    without("no list of providers", providers=False),
]
