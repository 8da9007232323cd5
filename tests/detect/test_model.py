"""test_model.py -- the model does what its first page says.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pytest

from counts import BARRED, PLACES_MAX, TODAY, make_room, past_days, shifted
from model import EXEMPT, PROVIDER, Y, Account, Config, Model, no_rules

DAY, HOUR, MINUTE = 86_400_000, 3_600_000, 60_000
START = 20_000 * DAY + 8 * HOUR         # eight in the morning of some day
HOME = ("AS1", "192.0.0.0/16", "DE")
AWAY = ("AS2", "198.51.0.0/16", "FR")


def place(n, country="FR"):
    return f"AS{n}", f"240.{n}.0.0/16", country


class Play:
    """One account, and what became of its last mail."""

    def __init__(self, **changes):
        self.model, self.a = Model(Config(**changes)), Account()
        self.now = START

    def send(self, where, mails=1, gap_ms=1000, **more):
        for _ in range(mails):
            verdict = self.model.ask(self.a, self.now, *where, **more)
            self.now += gap_ms
        return verdict

    def live(self, days, where=HOME, mails=3):
        """Some mails a day, over one hour, for so many days."""
        for _ in range(days):
            self.send(where, mails, HOUR // mails)
            self.now += DAY - HOUR // mails * mails
        return self


def known(n):
    """Bits of n days before today."""
    return (1 << n + 1) - 2


DAYS_COUNTED = [
    ("today is not a day before", TODAY, 0),
    ("60 days are remembered", known(60), 60),
    ("a bar is no day", BARRED | known(2), 2),
]


@pytest.mark.parametrize("_, bits, expected", DAYS_COUNTED)
def test_days_before_today(_, bits, expected):
    assert past_days(bits) == expected


def test_days_shift_out_and_bars_end():
    days = {"a": 1 << 60, "b": BARRED, "c": BARRED | TODAY}
    assert shifted(days, 1) == {"c": 2}
    assert shifted({"a": TODAY}, 61) == {}


def test_the_place_unseen_longest_makes_room():
    days = {n: 1 << n % 50 for n in range(PLACES_MAX)}
    days[7], days[8] = BARRED, 1 << 55
    make_room(days)
    assert 7 not in days and 8 in days


def test_a_place_is_known_after_two_days():
    play = Play().live(10)
    for _ in range(2):
        play.send(AWAY, 5)
        play.now += DAY
    assert play.send(AWAY, 50)[0] == "pass"


def test_one_day_is_not_enough():
    play = Play().live(10)
    play.send(AWAY, 5)
    play.now += DAY
    assert play.send(AWAY, 6)[0] == "defer"


@pytest.mark.parametrize("trust", [PROVIDER, EXEMPT])
def test_providers_and_exempt_networks_are_never_new_nor_learned(trust):
    play = Play().live(10)
    assert play.send(AWAY, 100, trust=trust)[0] == "pass"
    assert "AS2" not in play.a.places


def test_the_quota_defers_and_what_is_deferred_teaches_nothing():
    play = Play().live(10)
    assert play.send(AWAY, 5)[0] == "pass"
    assert play.a.places["AS2"] == TODAY
    assert play.send(AWAY) == ("defer", "new_places.quota")
    assert play.a.places["AS2"] == BARRED
    play.now += 2 * HOUR
    assert play.send(AWAY)[0] == "pass"
    assert play.a.places["AS2"] == BARRED


def test_the_quota_is_what_the_account_sends_anyway():
    play = Play().live(10, mails=12)
    assert play.send(AWAY, 12)[0] == "pass"
    assert play.send(AWAY)[0] == "defer"


def test_beginners_have_a_quota_of_their_own():
    play = Play().live(2)
    assert play.send(AWAY, 20)[0] == "pass"
    assert play.send(AWAY)[0] == "defer"


def test_deferred_on_three_days_of_seven_is_blocked():
    play = Play().live(10)
    for expected in "defer", "defer", "block":
        assert play.send(AWAY, 6)[0] == expected
        play.now += 2 * DAY
    assert play.send(HOME)[0] == "pass"     # a day later it is over
    assert play.a.deferred == 0


def test_who_does_not_stop_while_deferred_is_blocked():
    play = Play().live(10)
    play.send(AWAY, 5)
    verdicts = [play.send(AWAY, 1, 4 * MINUTE) for _ in range(16)]
    assert ("block", "new_places.patience") in verdicts
    assert ("pass", "") not in verdicts


def test_who_tries_again_now_and_then_is_not():
    play = Play().live(10)
    play.send(AWAY, 5)
    for pause in 0, 5, 10, 20:
        play.now += pause * MINUTE
        assert play.send(AWAY, 4, MINUTE // 4)[0] == "defer"


def test_too_many_new_places_block_and_are_not_learned():
    play = Play().live(10)
    for n in range(2, 5):
        assert play.send(place(n))[0] == "pass"
    assert play.send(place(5)) == ("block", "new_places.places.hour")
    assert play.a.places["AS2"] == BARRED


def test_too_many_new_countries_block_beginners_too():
    play = Play()
    for country in "FR", "IT", "ES", "PL":
        assert play.send(place(2, country))[0] == "pass"
    assert play.send(place(2, "NL")) == ("block", "new_places.countries.day")


def test_a_burst_blocks_and_a_habit_does_not():
    play = Play().live(20)
    play.now += 3 * HOUR                # yesterday's are forgotten
    assert play.send(HOME, 400)[0] == "pass"
    assert play.send(HOME) == ("block", "bursts")
    merger = Play().live(20)
    for mails in 350, 650, 1250:        # not twice as many within an hour
        merger.now += 3 * HOUR + DAY
        assert merger.send(HOME, mails)[0] == "pass"


def test_a_burst_from_a_place_known_for_days_only():
    play = Play(young_week=None).live(20).live(3, AWAY)
    assert play.send(AWAY, 60)[0] == "pass"
    assert play.send(AWAY) == ("block", "bursts.young")


def test_a_burst_from_an_unknown_corner_of_a_known_system():
    play = Play().live(20)
    corner = (HOME[0], "192.168.0.0/16", "DE")
    assert play.send(corner, 60)[0] == "pass"
    assert play.send(corner) == ("block", "bursts.young")


def test_a_little_every_day_from_where_the_account_never_was():
    play = Play().live(20)
    for _ in range(4):                  # as many as pass, new and then young
        play.now += DAY
        for _ in range(4):
            play.now += 2 * HOUR
            assert play.send(AWAY, 5)[0] == "pass"
    play.now += 2 * HOUR
    assert play.a.week.total[Y] == 80
    assert play.send(AWAY) == ("block", "bursts.young.week")


def test_who_sends_more_in_a_week_may_do_so_from_elsewhere():
    play = Play().live(20, mails=10)
    assert play.a.tops[2] == 80         # 13 sub-buckets of 14 hours
    play.now += DAY
    play.a.week.total[Y] = 159          # twice as many
    assert play.send(AWAY)[0] == "pass"
    assert play.send(AWAY) == ("block", "bursts.young.week")


def test_while_blocked_nothing_moves_and_then_a_count_is_fresh():
    play = Play().live(20)
    play.send(HOME, 401)
    before = dict(play.a.places), play.a.day
    play.now += 2 * HOUR
    assert play.send(AWAY) == ("blocked", "blocked")
    assert (play.a.places, play.a.day) == before
    play.now += DAY
    assert play.send(HOME, 200)[0] == "pass"


def test_a_mail_is_a_mail_once():
    play = Play().live(10)
    for _ in range(20):
        assert play.send(AWAY, instance=77)[0] == "pass"
    assert play.send(AWAY, 4, instance=0)[0] == "pass"
    before = play.a.hour.total[0]
    assert play.send(AWAY, 3, instance=78)[0] == "defer"
    assert play.a.hour.total[0] == before + 1


def test_peaks_fade_from_the_turn_of_the_day_that_noted_them():
    play = Play().live(1, mails=20)
    for days, expected in (30, 20), (10, 20 * 0.99 ** 10):
        play.now += days * DAY
        play.send(HOME)
        assert play.a.peaks[1] == pytest.approx(expected)


LIMITS = [
    ("the limit itself is allowed", 3, "pass"),
    ("one country more is not", 4, "block"),
]


@pytest.mark.parametrize("_, countries, expected", LIMITS)
def test_limits_count_as_ever(_, countries, expected):
    model, a = Model(no_rules(countries=3)), Account()
    for n in range(countries):
        verdict, _ = model.ask(a, START + n, *place(n, f"C{n}"), network=n)
    assert verdict == expected


def test_what_a_clock_that_was_ahead_left_is_of_now():
    play = Play().live(10)
    play.send(AWAY)
    day = play.a.day
    play.now -= 3 * DAY
    assert play.send(HOME)[0] == "pass"
    assert play.a.day == day - 3 and play.a.places["AS2"] == TODAY
    assert play.a.na["AS2"] == play.now - 1000


def test_a_small_step_about_midnight_stays_in_the_day_that_has_begun():
    play = Play().live(10)
    play.now += 16 * HOUR
    play.send(HOME)
    day = play.a.day
    play.now -= 5 * MINUTE
    assert play.send(HOME)[0] == "pass"
    assert play.a.day == day == play.now // DAY + 1
