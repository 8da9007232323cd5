#!/usr/bin/python3
"""model.py -- what policyd remembers of an account and how it decides.

SPDX-License-Identifier: GPL-3.0-or-later

A plain model, one account at a time, without a store: the evaluation runs it
where the program cannot, and tests hold the program against it. The meaning of
every rule is fixed here; the program means the same.

TIME is in milliseconds since 1970, a day is a day of UTC (ms // 86400000). A
clock that goes back stays in the newest day and the newest sub-bucket.

ATTEMPT. One mail that asks. `place` is its autonomous system, else its /16
(IPv6 /32); `country` may be "". `trust` is COUNTED; PROVIDER, a listed network
of strangers; or EXEMPT, an exempt or private network.
 * An account that is blocked is refused. Only the attempts of the block are
   counted: no day turns, no ring, list or history changes.
 * A block whose time is over ends at the moment it was to end, by a fresh
   count: M, Q, NA, NC and the deferred days are emptied, logins up to its end
   do not count for `limits`. The history, bars and peaks stay, and what was
   counted for the peaks (k) too. Unblocking does the same at its own moment.
 * A mail is a mail once: an instance among the last 64 that passed passes
   again, and nothing is counted. One that did not pass and asks again, as the
   very next attempt of the account, is judged anew but not added to M.

HISTORY. A place or country has a number of 64 bits: bit 0 is today, bits 1 to
60 the days before, bit 62 says "barred today", so it is never negative. On the
first attempt of a later day every number is shifted by the days gone by, what
leaves bit 60 is lost, bars end, and empty entries are deleted; the account's
active days and its deferred days are shifted likewise.
 * A mail that PASSES from a COUNTED place sets bit 0 of its place, unless that
   is barred, and of its country, if it has one. It sets bit 0 of the account's
   active days wherever it came from, PROVIDER and EXEMPT included.
 * known(x): at least known_after of bits 1 to 60 are set. settled: at least
   settled_after active days among bits 1 to 60. Both change at midnight only.
 * new: COUNTED, and the place is not known.
 * At most 64 places and 64 countries. When one more comes the one leaves whose
   newest day is the longest ago (an entry without days before all others); of
   several the one with fewer days; then the one that came first.

RINGS. M (all attempts), Q (passed and new) and k (passed, and not new or the
account is not settled) are rings of 13 sub-buckets as in store/rates.h, for an
hour (width 300,000 ms) and a day (7,200,000 ms): the running sub-bucket and
the 12 before it. A mail weighs one, whatever its recipients.

LISTS. NA: each new place with the time of its last attempt, however that
ended. NC: likewise the country of a new place, if it has one that is not known
either. What is counted is younger than the window: last > now - window. What
became known meanwhile stays until it is too old. 32 entries, the oldest leaves.

PEAKS. When the day turns by n days: P = max(P * 0.97**n, top), then top = 0.
After a mail is counted in k: top = max(top, sum of k), for hour and day. Doubles.

ORDER. blocked; instance; the day turns; the login is recorded for `limits`; M,
NA and NC count this attempt; rules 1, 2, 3; rule 5 and with it rule 4; then
`limits`, then `rates`; if all pass: Q, k, tops, and the history.
 1. len(NC, a day) > countries_day                       blocks
 2. settled, and len(NA, an hour) > places_hour
    or len(NA, a day) > places_day                       blocks
 3. M1 > max(hour_mails, hour_factor * P1)
    or M24 > max(day_mails, day_factor * P24)            blocks
 5. new, and Q1 >= max(quota_hour, P1) or Q24 >= max(quota_day, P24), with the
    quotas for beginners while not settled               defers
    A deferral deletes bit 0 of the place and bars it (making the entry if there
    is none), and sets bit 0 of the deferred days.
 4. If that makes `deferrals` days of the last 7, today included, it blocks
    instead of deferring: the deferral of the third day is the block.
None switches a rule off, or one of its halves. Rules 1, 2, 4 and 5 need a new
place, or what came from new places: of an EXEMPT or PROVIDER mail only rule 3
speaks (a webmail server sends for the thief, too), and 1 and 2 where the
account is over already. What is refused or deferred teaches nothing.

A block by a rule or a limit also deletes today's bit of every place that NA has seen
today and that is not known, and bars it (block_unlearns): what a thief sent
before he was seen must not count as a day of the place. The place of the mail
that blocks is among them if it is new.

LEARNING, as from logs: the attempt passes whatever the rules say, and counts
like one that passed.
"""
from dataclasses import dataclass, field

COUNTED, PROVIDER, EXEMPT = range(3)
PASS, DEFER, BLOCK, BLOCKED, OVER_RATE = "pass", "defer", "block", "blocked", \
    "over_rate"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
TODAY, BARRED, DAYS = 1, 1 << 62, (1 << 61) - 1
PLACES_MAX, LIST_MAX, INSTANCES_MAX = 64, 32, 64
DECAY = 0.97
DEFERRAL_DAYS = (1 << 7) - 1


@dataclass
class Config:
    """The keys of the configuration that detection reads; None: off."""
    known_after: int = 2
    settled_after: int = 5
    countries_day: int = 4
    places_hour: int = 4
    places_day: int = 8
    deferrals: int = 3
    quota_hour: int = 5
    quota_day: int = 20
    beginner_hour: int = 20
    beginner_day: int = 60
    hour_mails: int = 150
    hour_factor: float = 2
    day_mails: int = 200
    day_factor: float = 3
    block_unlearns: bool = True
    window_s: int = 86400
    countries: int = None
    networks: int = None
    rates: list = field(default_factory=list)
    block_s: int = 86400
    providers: bool = True


def no_rules(**changes):
    """A configuration in which only what is named here is on."""
    off = dict.fromkeys(("countries_day", "places_hour", "places_day",
                         "deferrals", "quota_hour", "quota_day",
                         "beginner_hour", "beginner_day", "hour_mails",
                         "day_mails"))
    return Config(**{**off, **changes})


class Rings:
    """M, Q and k over one length of time."""
    __slots__ = ("width", "newest", "sums", "m", "q", "k")

    def __init__(self, width):
        self.width, self.newest = width, 0
        self.sums = []                  # [m, q, k] each, newest first
        self.m = self.q = self.k = 0

    def turn(self, ms):
        steps = ms // self.width - self.newest
        if steps <= 0:
            return
        self.newest += steps
        if steps >= 13:
            self.sums = [[0, 0, 0]]
            self.m = self.q = self.k = 0
            return
        sums = self.sums
        for _ in range(steps):
            sums.insert(0, [0, 0, 0])
        while len(sums) > 13:
            m, q, k = sums.pop()
            self.m -= m
            self.q -= q
            self.k -= k

    def empty_m_q(self):
        for bucket in self.sums:
            bucket[0] = bucket[1] = 0
        self.m = self.q = 0


class Account:
    __slots__ = ("day", "places", "countries", "active", "deferred", "hour",
                 "rings_day", "peaks", "tops", "na", "nc", "settled",
                 "blocked_until", "attempts", "instances", "last_instance",
                 "logins", "since", "rates")

    def __init__(self):
        self.day = 0
        self.places, self.countries = {}, {}
        self.active = self.deferred = 0
        self.hour = Rings(HOUR_MS // 12)
        self.rings_day = Rings(DAY_MS // 12)
        self.peaks, self.tops = [0.0, 0.0], [0, 0]
        self.na, self.nc = {}, {}
        self.settled = False
        self.blocked_until, self.attempts = None, 0
        self.instances, self.last_instance = [], 0
        self.logins, self.since, self.rates = {}, 0, []


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


def count_since(seen, since):
    return sum(last > since for last in seen.values())


def see(seen, name, ms):
    """Note in a list that name was seen."""
    seen[name] = max(ms, seen.pop(name, ms))
    if len(seen) > LIST_MAX:
        del seen[min(seen, key=seen.get)]


class Model:
    def __init__(self, config):
        self.config = config

    def ask(self, a, ms, place, country="", network=None, trust=COUNTED,
            instance=0, learn=False):
        """Judge one attempt of account a: (verdict, cause)."""
        c = self.config
        if a.blocked_until is not None:
            if a.blocked_until > ms:
                a.attempts += 1
                return BLOCKED, "blocked"
            self.unblock(a, a.blocked_until)
        if instance and instance in a.instances:
            return PASS, ""
        again = instance != 0 and instance == a.last_instance
        a.last_instance = instance
        if ms // DAY_MS > a.day:
            self.turn_day(a, ms // DAY_MS)
        if trust == PROVIDER and not c.providers:
            trust = COUNTED
        new = trust == COUNTED and \
            past_days(a.places.get(place, 0)) < c.known_after
        a.hour.turn(ms)
        a.rings_day.turn(ms)
        if not again:
            for rings in a.hour, a.rings_day:
                rings.sums[0][0] += 1
                rings.m += 1
        if new:
            see(a.na, place, ms)
            if country and past_days(a.countries.get(country, 0)) \
                    < c.known_after:
                see(a.nc, country, ms)
        limit = self.over_limits(a, ms, country, network, trust)
        if not learn:
            cause = self.block_cause(a, ms)
            if not cause and new and self.over_quota(a):
                self.defer(a, place)
                if c.deferrals is None or (a.deferred & DEFERRAL_DAYS) \
                        .bit_count() < c.deferrals:
                    return DEFER, "new_places.quota"
                cause = "new_places.deferrals"
            if cause or limit:
                return self.block(a, ms, cause or limit)
            if c.rates and not self.rates_allow(a, ms):
                return OVER_RATE, "rates"
        self.passed(a, place, country, trust, new)
        if instance:
            a.instances = [instance] + a.instances[:INSTANCES_MAX - 1]
        return PASS, ""

    def turn_day(self, a, day):
        n = day - a.day
        a.day = day
        a.places = shifted(a.places, n)
        a.countries = shifted(a.countries, n)
        a.active = a.active << n & DAYS if n <= 60 else 0
        a.deferred = a.deferred << n & DAYS if n <= 60 else 0
        a.settled = past_days(a.active) >= self.config.settled_after
        a.peaks = [max(peak * DECAY ** n, top)
                   for peak, top in zip(a.peaks, a.tops)]
        a.tops = [0, 0]

    def block_cause(self, a, ms):
        """Rules 1 to 3."""
        c = self.config
        day_ago = ms - DAY_MS
        if c.countries_day is not None and len(a.nc) > c.countries_day \
                and count_since(a.nc, day_ago) > c.countries_day:
            return "new_places.countries.day"
        if a.settled and a.na:
            if c.places_hour is not None and \
                    count_since(a.na, ms - HOUR_MS) > c.places_hour:
                return "new_places.places.hour"
            if c.places_day is not None and \
                    count_since(a.na, day_ago) > c.places_day:
                return "new_places.places.day"
        if c.hour_mails is not None and a.hour.m > \
                max(c.hour_mails, c.hour_factor * a.peaks[0]):
            return "bursts.hour"
        if c.day_mails is not None and a.rings_day.m > \
                max(c.day_mails, c.day_factor * a.peaks[1]):
            return "bursts.day"
        return None

    def over_quota(self, a):
        """Rule 5: may one more mail come from a new place?"""
        c = self.config
        hour, day = (c.quota_hour, c.quota_day) if a.settled \
            else (c.beginner_hour, c.beginner_day)
        return hour is not None and a.hour.q >= max(hour, a.peaks[0]) or \
            day is not None and a.rings_day.q >= max(day, a.peaks[1])

    def defer(self, a, place):
        self.bar(a, place)
        a.deferred |= TODAY

    @staticmethod
    def bar(a, place):
        if place not in a.places:
            make_room(a.places)
        a.places[place] = a.places.get(place, 0) & ~TODAY | BARRED

    def block(self, a, ms, cause):
        c = self.config
        if c.block_unlearns:
            midnight = a.day * DAY_MS - 1
            for place, last in a.na.items():
                if last > midnight and \
                        past_days(a.places.get(place, 0)) < c.known_after:
                    self.bar(a, place)
        a.blocked_until, a.attempts = ms + c.block_s * 1000, 0
        return BLOCK, cause

    @staticmethod
    def unblock(a, at):
        """A fresh count; what is known stays known."""
        a.blocked_until, a.since = None, at
        a.na, a.nc, a.deferred = {}, {}, 0
        a.hour.empty_m_q()
        a.rings_day.empty_m_q()

    def passed(self, a, place, country, trust, new):
        counts_for_peak = not new or not a.settled
        for rings, i in (a.hour, 0), (a.rings_day, 1):
            bucket = rings.sums[0]
            if new:
                bucket[1] += 1
                rings.q += 1
            if counts_for_peak:
                bucket[2] += 1
                rings.k += 1
                if rings.k > a.tops[i]:
                    a.tops[i] = rings.k
        a.active |= TODAY
        if trust != COUNTED:
            return
        bits = a.places.get(place)
        if bits is None:
            make_room(a.places)
            a.places[place] = TODAY
        elif not bits & (BARRED | TODAY):
            a.places[place] = bits | TODAY
        if country:
            if country not in a.countries:
                make_room(a.countries)
            a.countries[country] = a.countries.get(country, 0) | TODAY

    def over_limits(self, a, ms, country, network, trust):
        """Countries and networks within the window, as ever."""
        c = self.config
        if c.countries is None and c.networks is None or trust != COUNTED:
            return None
        since = max(ms - c.window_s * 1000, a.since)
        last = a.logins.get(network)
        a.logins[network] = ms, country
        if last and last[0] > since and last[1] == country:
            return None         # nothing new: no more than there were
        a.logins = {n: x for n, x in a.logins.items() if x[0] > since}
        if c.countries is not None and \
                len({x[1] for x in a.logins.values() if x[1]}) > c.countries:
            return "limits.countries"
        if c.networks is not None and len(a.logins) > c.networks:
            return "limits.networks"
        return None

    def rates_allow(self, a, ms):
        rules = self.config.rates
        if not a.rates:
            a.rates = [Rings(per_s * 1000 // 12) for _, per_s in rules]
        for (mails, _), rings in zip(rules, a.rates):
            rings.turn(ms)
            if rings.m + 1 > mails:
                return False
        for rings in a.rates:
            rings.sums[0][0] += 1
            rings.m += 1
        return True
