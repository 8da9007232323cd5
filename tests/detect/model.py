#!/usr/bin/python3
"""model.py -- what policyd remembers of an account and how it decides.

SPDX-License-Identifier: GPL-3.0-or-later

A plain model, one account at a time, without a store: the evaluation runs it
where the program cannot, and tests hold the program against it. The meaning of
every rule is fixed here; the program means the same.

TIME is in milliseconds since 1970, a day is a day of UTC (ms // 86400000).
When the clock has gone back what lies in the future is of now: the newest
sub-bucket of each ring is the running one, what was seen or recorded was seen
now, a block has begun now. A newest day that is more than one ahead is today;
one that is just one ahead stays, so that a small step about midnight turns no
day twice.

ATTEMPT. One mail that asks. `place` is its autonomous system, else its /16
(IPv6 /32); `around` its /16 (IPv6 /40); `country` may be "". `trust` is
COUNTED; PROVIDER, a listed network of strangers; or EXEMPT, an exempt or
private network.
 * An account that is blocked is refused. Only the attempts of the block are
   counted: no day turns, no ring, list or history changes.
 * A block whose time is over ends at the moment it was to end, by a fresh
   count: M, Y, Q, D, NA, NC and the deferred days are emptied, logins up to its
   end do not count for `limits`. The history, bars and peaks stay, and what was
   counted for the peaks (k) too. Unblocking does the same at its own moment.
 * A mail is a mail once: an instance of a client among the last 64 that passed
   passes again, and nothing is counted; `limits` alone see it, and `rates` if
   they did not count it: none held when it came first. One that did not
   pass and asks again, as the very next attempt of the account, is judged anew
   but not added to M.
 * Where the account may log in from fixed networks or countries alone
   (only_*), it is EXEMPT here.

HISTORY. A place, /16 or country has a number of 64 bits: bit 0 is today, bits
1 to 60 the days before, bit 62 says "barred today", so it is never negative. On
the first attempt of a later day every number is shifted by the days gone by,
what leaves bit 60 is lost, bars end, and empty entries are deleted; the
account's active days and its deferred days are shifted likewise.
 * A mail that PASSES from a COUNTED place sets bit 0 of its place, unless that
   is barred, of its /16, and of its country, if it has one. It sets bit 0 of
   the account's active days wherever it came from, PROVIDER and EXEMPT too.
 * known(x): at least known_after of bits 1 to 60 are set. settled: at least
   settled_after active days among bits 1 to 60. Both change at midnight only,
   unless the configuration does.
 * new: COUNTED, and the place is not known. young: COUNTED, known, but either
   its /16 is not known and the account is settled (young_around), or none of
   the bits of the place from young_days on is set while the account has one.
 * At most 64 places, /16 and countries each. When one more comes the one leaves
   whose newest day is the longest ago (an entry without days before all
   others); of several the one with fewer days; then the one that came first.

RINGS. M (all attempts), Y (those from young places), Q (passed and new) and k
(passed, and not new or the account is not settled) are rings of 13 sub-buckets
as in store/rates.h, for an hour (width 300,000 ms) and a day (7,200,000 ms):
the running sub-bucket and the 12 before it; Y and k are one for a week, too
(50,400,000 ms). In the week Y counts the mails as well that passed from new
places while the account was settled, and k none from a young place. A mail
weighs one, whatever its recipients. D, for the hour only, is what rule 5
deferred; a client that tries again counts again.

LISTS. NA: each new place with the time of its last attempt, however that
ended. NC: likewise the country of a new place, if it has one that is not known
either. What is counted is younger than the window: last > now - window. What
became known meanwhile stays until it is too old. 32 entries, the oldest leaves.

PEAKS. When the day turns by n days: P = max(P * decay**n, top), then top = 0.
After a mail is counted in k: top = max(top, sum of k), for hour, day and week.

ORDER. blocked; instance; the day turns; the login is recorded for `limits`; M,
Y, NA and NC count this attempt; rules 1, 2, 3; rule 5 and with it 4; then
`limits`, then `rates`; if all pass: Q, k, tops, and the history.
 1. len(NC, a day) > countries_day                       blocks
 2. settled, and len(NA, an hour) > places_hour
    or len(NA, a day) > places_day                       blocks
 3. M1 > max(hour_mails, hour_factor * P1)
    or M24 > max(day_mails, day_factor * P24)            blocks
    likewise Y1 and Y24 with young_hour and young_day, if the place is young
    or Y7 > max(young_week, young_factor * P7), if the place is young, or if it
    is new and the account settled; a new one makes Y7 one more
 5. new, and Q1 >= max(quota_hour, P1) or Q24 >= max(quota_day, P24), with the
    quotas for beginners while not settled               defers
    A deferral deletes bit 0 of the place and bars it (making the entry if there
    is none), sets bit 0 of the deferred days, and counts in D.
 4. If that makes `deferrals` days of the last 7, today included, or D is not 0 in
    more than `patience` sub-buckets, or D > tries, it blocks instead of
    deferring.
None switches a rule off, or one of its halves. Rules 1, 2, 4 and 5 need a new
place, or what came from new places: of an EXEMPT or PROVIDER mail only rule 3
speaks (a webmail server sends for the thief, too), and 1 and 2 where the
account is over already. What is refused or deferred teaches nothing.

A block by a rule or a limit also deletes today's bit of every place that NA has
seen today and that is not known, and bars it (block_unlearns): what a thief
sent before he was seen must not count as a day of the place. The place of the
mail that blocks is among them if it is new. So does a block by hand. Today is
the clock's; if the newest day is before that, nothing was seen today.

MODES. Where nothing is blocked (block.enabled off) a mail that would block is
refused, and that is all. Where policyd only observes, nothing is blocked, and
what a block would have deleted and barred is.

WARM-UP. Until the store has learned for history.warm_up, rules 3, 4 and 5 keep
silent. The model is warm.

LEARNING, as from logs: the attempt passes whatever the rules say, and counts
like one that passed.
"""
import math
from dataclasses import dataclass, field

from counts import BARRED, DAYS, PLACES_MAX, TODAY, Rings, count_since, learn, \
    make_room, past_days, see, shifted

COUNTED, PROVIDER, EXEMPT = range(3)
M, Y, Q, K, D = range(5)                # what rings count
PASS, DEFER, BLOCK, BLOCKED, OVER_LIMIT, OVER_RATE = "pass", "defer", \
    "block", "blocked", "over_limit", "over_rate"
HOUR_MS, DAY_MS, WEEK_MS = 3_600_000, 86_400_000, 604_800_000
INSTANCES_MAX = 64
DEFERRAL_DAYS = (1 << 7) - 1


@dataclass
class Config:
    """The keys of the configuration that detection reads; None: off."""
    known_after: int = 2
    settled_after: int = 5
    decay: float = 0.99
    countries_day: int = 4
    places_hour: int = 3
    places_day: int = 5
    deferrals: int = 3
    quota_hour: int = 5
    quota_day: int = 20
    beginner_hour: int = 20
    beginner_day: int = 60
    patience: int = 12
    tries: int = 40
    hour_mails: int = 400
    hour_factor: float = 2
    day_mails: int = 400
    day_factor: float = 3
    young_days: int = 14
    young_around: bool = True
    young_hour: int = 60
    young_day: int = 100
    young_week: int = 80
    young_factor: float = 2
    block_unlearns: bool = True
    window_s: int = 86400
    countries: int = None
    networks: int = None
    rates: list = field(default_factory=list)
    block_s: int = 86400                # 0: until unblocked
    blocks: bool = True
    observes: bool = False
    providers: bool = True


def no_rules(**changes):
    """A configuration in which only what is named here is on."""
    off = dict.fromkeys(("countries_day", "places_hour", "places_day",
                         "deferrals", "patience", "tries", "quota_hour", "quota_day",
                         "beginner_hour", "beginner_day", "hour_mails",
                         "day_mails", "young_hour", "young_day",
                         "young_week"))
    return Config(**{**off, **changes})


class Account:
    __slots__ = ("day", "places", "countries", "active", "deferred", "hour",
                 "hours24", "week", "peaks", "tops", "na", "nc", "began",
                 "blocked_until", "attempts", "instances", "last_instance",
                 "rated",
                 "logins", "judged_by", "since", "rates", "arounds", "latest")

    def __init__(self):
        self.day = 0
        self.places, self.arounds, self.countries = {}, {}, {}
        self.active = self.deferred = 0
        self.hour = Rings(HOUR_MS // 12)
        self.hours24 = Rings(DAY_MS // 12)
        self.week = Rings(WEEK_MS // 12)
        self.peaks, self.tops = [0.0, 0.0, 0.0], [0, 0, 0]
        self.na, self.nc = {}, {}
        self.blocked_until, self.began, self.attempts = None, 0, 0
        self.instances, self.last_instance, self.rated = [], 0, set()
        self.logins, self.judged_by, self.since = {}, None, 0
        self.rates, self.latest = {}, 0


class Model:
    def __init__(self, config):
        self.config = config

    def ask(self, a, ms, place, around=None, country="", network=None,
            trust=COUNTED, instance=0, learning=False):
        """Judge one attempt of account a: (verdict, cause)."""
        c = self.config
        self.clamp(a, ms)
        if a.blocked_until is not None:
            if a.blocked_until > ms:
                a.attempts += 1
                return BLOCKED, "blocked"
            self.unblock(a, a.blocked_until)
        again = instance != 0 and instance == a.last_instance
        a.last_instance = instance
        if instance and instance in a.instances:
            limit = self.over_limits(a, ms, country, network, trust)
            if limit and not learning:
                return self.block(a, ms, limit)
            if not learning and instance not in a.rated:
                return self.rate(a, ms, instance)
            return PASS, ""
        if ms // DAY_MS > a.day:
            self.turn_day(a, ms // DAY_MS)
        if trust == PROVIDER and not c.providers:
            trust = COUNTED
        new = trust == COUNTED and not self.is_known(a.places, place)
        young = trust == COUNTED and not new and \
            self.is_young(a, place, around)
        for rings in a.hour, a.hours24, a.week:
            rings.turn(ms)
            if not again:
                rings.add(M)
                if young:
                    rings.add(Y)
        if new:
            see(a.na, place, ms)
            if country and not self.is_known(a.countries, country):
                see(a.nc, country, ms)
        limit = self.over_limits(a, ms, country, network, trust)
        if not learning:
            cause = self.block_cause(a, ms, new, young)
            if not cause and new and self.over_quota(a):
                cause = self.defer(a, place, again)
                if not cause:
                    return DEFER, "new_places.quota"
            if cause or limit:
                return self.block(a, ms, cause or limit)
            verdict = self.rate(a, ms, instance)
            if verdict[0] != PASS:
                return verdict
        self.passed(a, place, around, country, trust, new, young)
        if instance:
            a.instances = [instance] + a.instances[:INSTANCES_MAX - 1]
            a.rated &= set(a.instances)
        return PASS, ""

    def rate(self, a, ms, instance):
        """May it pass by the rates, if there are any? Then it is counted."""
        if not self.config.rates:
            return PASS, ""
        if not self.rates_allow(a, ms):
            return OVER_RATE, "rates"
        a.rated.add(instance)
        return PASS, ""

    def is_known(self, days, name):
        return past_days(days.get(name, 0)) >= self.config.known_after

    def is_settled(self, a):
        return past_days(a.active) >= self.config.settled_after

    def is_young(self, a, place, around):
        since = self.config.young_days
        return self.config.young_around and self.is_settled(a) and \
            not self.is_known(a.arounds, around) or \
            not (a.places[place] & DAYS) >> since and \
            (a.active & DAYS) >> since != 0

    def turn_day(self, a, day):
        n = day - a.day
        a.day = day
        a.places = shifted(a.places, n)
        a.arounds = shifted(a.arounds, n)
        a.countries = shifted(a.countries, n)
        a.active = a.active << n & DAYS if n <= 60 else 0
        a.deferred = a.deferred << n & DAYS if n <= 60 else 0
        a.peaks = [max(peak * self.config.decay ** n, top)
                   for peak, top in zip(a.peaks, a.tops)]
        a.tops = [0, 0, 0]

    def block_cause(self, a, ms, new, young):
        """Rules 1 to 3."""
        c = self.config
        day_ago = ms - DAY_MS
        if c.countries_day is not None and len(a.nc) > c.countries_day \
                and count_since(a.nc, day_ago) > c.countries_day:
            return "new_places.countries.day"
        if a.na and self.is_settled(a):
            if c.places_hour is not None and \
                    count_since(a.na, ms - HOUR_MS) > c.places_hour:
                return "new_places.places.hour"
            if c.places_day is not None and \
                    count_since(a.na, day_ago) > c.places_day:
                return "new_places.places.day"
        if self.bursts(a, M, c.hour_mails, c.day_mails):
            return "bursts"
        if young and self.bursts(a, Y, c.young_hour, c.young_day):
            return "bursts.young"
        if c.young_week is not None and \
                (young or new and self.is_settled(a)) and \
                a.week.total[Y] + new > max(c.young_week,
                                            c.young_factor * a.peaks[2]):
            return "bursts.young.week"
        return None

    def bursts(self, a, what, hour, day):
        c = self.config
        return hour is not None and a.hour.total[what] > \
            max(hour, c.hour_factor * a.peaks[0]) or \
            day is not None and a.hours24.total[what] > \
            max(day, c.day_factor * a.peaks[1])

    def over_quota(self, a):
        """Rule 5: may one more mail come from a new place?"""
        c = self.config
        hour, day = (c.quota_hour, c.quota_day) if self.is_settled(a) \
            else (c.beginner_hour, c.beginner_day)
        return hour is not None and \
            a.hour.total[Q] >= max(hour, a.peaks[0]) or \
            day is not None and a.hours24.total[Q] >= max(day, a.peaks[1])

    def defer(self, a, place, again):
        """Note it; the cause if that is more than an account may have."""
        c = self.config
        self.bar(a, place)
        a.deferred |= TODAY
        if not again or not a.hour.buckets[0][D]:
            a.hour.add(D)
        if c.deferrals is not None and \
                (a.deferred & DEFERRAL_DAYS).bit_count() >= c.deferrals:
            return "new_places.deferrals"
        if c.patience is not None and \
                sum(bucket[D] != 0 for bucket in a.hour.buckets) > c.patience:
            return "new_places.patience"
        if c.tries is not None and a.hour.total[D] > c.tries:
            return "new_places.tries"
        return None

    @staticmethod
    def bar(a, place):
        if place not in a.places:
            make_room(a.places)
        a.places[place] = a.places.get(place, 0) & ~TODAY | BARRED

    def block(self, a, ms, cause):
        c = self.config
        if not c.blocks:
            return OVER_LIMIT, cause
        self.unlearn(a, ms)
        if not c.observes:
            self.begin_block(a, ms, c.block_s)
        return BLOCK, cause

    @staticmethod
    def begin_block(a, ms, seconds):
        a.blocked_until = ms + seconds * 1000 if seconds else math.inf
        a.began, a.attempts = ms, 0

    def unlearn(self, a, ms):
        today = ms // DAY_MS
        if today > a.day or not self.config.block_unlearns:
            return
        for place, last in a.na.items():
            if last >= today * DAY_MS and \
                    not self.is_known(a.places, place):
                self.bar(a, place)

    # What an administrator does.

    def block_by_hand(self, a, ms, seconds):
        self.clamp(a, ms)
        self.unlearn(a, ms)
        self.begin_block(a, ms, seconds)

    def unblock_by_hand(self, a, ms):
        self.clamp(a, ms)
        if a.blocked_until is not None:
            self.unblock(a, min(a.blocked_until, ms))

    def expire(self, a, ms):
        """End the block if its time is over."""
        if a.blocked_until is not None and a.blocked_until <= ms:
            self.clamp(a, ms)
            self.unblock(a, a.blocked_until)

    @staticmethod
    def clamp(a, ms):
        """The clock may have gone back."""
        if ms >= a.latest:
            a.latest = ms
            return
        a.latest = ms
        if a.day > ms // DAY_MS + 1:
            a.day = ms // DAY_MS
        for rings in a.hour, a.hours24, a.week, *a.rates.values():
            rings.clamp(ms)
        for seen in a.na, a.nc:
            for name, last in seen.items():
                seen[name] = min(last, ms)
        for network, (last, country) in a.logins.items():
            a.logins[network] = min(last, ms), country
        a.since = min(a.since, ms)
        if a.blocked_until is not None and a.began > ms:
            a.blocked_until -= a.began - ms
            a.began = ms

    @staticmethod
    def unblock(a, at):
        """A fresh count; what is known stays known."""
        a.blocked_until, a.since = None, at
        a.na, a.nc, a.deferred = {}, {}, 0
        a.hour.forget(M, Y, Q, D)
        a.hours24.forget(M, Y, Q)
        a.week.forget(Y)

    def passed(self, a, place, around, country, trust, new, young):
        counts_for_peak = not new or not self.is_settled(a)
        for i, rings in enumerate((a.hour, a.hours24, a.week)):
            if new:
                rings.add(Q)
            if counts_for_peak and not (young and i == 2):
                rings.add(K)
                a.tops[i] = max(a.tops[i], rings.total[K])
        if not counts_for_peak:
            a.week.add(Y)
        a.active |= TODAY
        if trust != COUNTED:
            return
        if not a.places.get(place, 0) & BARRED:
            learn(a.places, place)
        learn(a.arounds, around)
        if country:
            learn(a.countries, country)

    def over_limits(self, a, ms, country, network, trust):
        """Countries and networks within the window, as ever."""
        c = self.config
        if trust != COUNTED:
            return None
        since = max(ms - c.window_s * 1000, a.since)
        last = a.logins.get(network)
        a.logins[network] = ms, country
        if c.countries is None and c.networks is None and \
                len(a.logins) <= PLACES_MAX:
            return None
        if last and last[0] > since and last[1] == country and \
                a.judged_by is c:
            return None         # nothing new: no more than there were
        a.judged_by = None
        a.logins = {n: x for n, x in a.logins.items() if x[0] > since}
        if c.countries is not None and \
                len({x[1] for x in a.logins.values() if x[1]}) > c.countries:
            return "limits.countries"
        if c.networks is not None and len(a.logins) > c.networks:
            return "limits.networks"
        a.judged_by = c
        return None

    def rates_allow(self, a, ms):
        rules = self.config.rates
        for mails, per_s in rules:
            rings = a.rates.get(per_s)
            if (rings.sum_at(ms, M) if rings else 0) + 1 > mails:
                return False
        a.rates = {per_s: a.rates.get(per_s) or Rings(per_s * 1000 // 12)
                   for _, per_s in rules}
        for rings in a.rates.values():
            rings.turn(ms)
            rings.add(M)
        return True
