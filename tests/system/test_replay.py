"""test_replay.py -- logs of the past played through a configuration.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import bz2
import datetime
import gzip
import json
import lzma
import os
import signal
import subprocess

import pytest

import geoip
from policyd import PROGRAM, environment
from stores import served, store  # noqa: F401
from waiting import PATIENCE

JOE = "joe@example.com"
UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)
MINUTE = datetime.timedelta(minutes=1)
START = datetime.datetime(2026, 3, 1, 12, tzinfo=UTC)
OK, USAGE, BAD_DATA, NO_INPUT = 0, 64, 65, 66
# Nothing judges but what a test names.
RULES_OFF = {
    "new_places": {"countries": {"day": "unlimited"},
                   "places": {"hour": "unlimited", "day": "unlimited"},
                   "quota": {"hour": "unlimited", "day": "unlimited"},
                   "beginner": {"hour": "unlimited", "day": "unlimited"}},
    "bursts": {"hour": {"mails": "unlimited"}, "day": {"mails": "unlimited"},
               "young": {"hour": "unlimited", "day": "unlimited"}}}


def iso(at):
    return at.isoformat(timespec="milliseconds")


def syslog(at):
    return f"{at:%b} {at.day:2} {at:%H:%M:%S}"


def mail(at, account=JOE, client="192.0.2.1", queue_id="4A", host="mx1",
         time=iso, nrcpt=None, service="postfix/submission/smtpd"):
    text = (f"{time(at)} {host} {service}[7]: {queue_id}: client=unknown"
            f"[{client}], sasl_method=PLAIN, sasl_username={account}\n")
    if nrcpt is not None:
        text += (f"{time(at)} {host} postfix/qmgr[9]: {queue_id}: from=<x>, "
                 f"size=1, nrcpt={nrcpt} (queue active)\n")
    return text


def countries(start=START, number=5, **more):
    """One mail a minute, each from another country."""
    return "".join(
        mail(start + n * MINUTE, client=geoip.address(country), **more)
        for n, country in enumerate(["DE", "FR", "US", "CN", "BR"][:number]))


@pytest.fixture
def replay(make_policyd, tmp_path):
    """A function that plays texts of logs, or files, and returns the objects
    printed by account."""
    def play(*logs, config=None, options=(), expect=OK, stderr="", stdin=None,
             **env):
        policyd = make_policyd({**RULES_OFF, "limits": {"countries": 3},
                                **(config or {})})
        names = []
        for n, log in enumerate(logs):
            names.append(log if log == "-" or "\n" not in str(log)
                         else tmp_path / f"log{n}")
            if names[-1] != log:
                names[-1].write_text(log)
        run = policyd.cli("--replay", "--json", *options, *names,
                          input=stdin, **env)
        assert run.returncode == expect, run.stderr
        assert stderr in run.stderr, run.stderr
        if not stderr:
            assert run.stderr == ""
        objects = map(json.loads, run.stdout.splitlines())
        return {one["account"]: one for one in objects}
    return play


def test_who_would_have_been_blocked(replay):
    log = countries() + mail(START + 5 * MINUTE, account="Ann@Example.com")
    found = replay(log)
    assert found == {
        JOE: {"account": JOE, "mails": 5, "passed": 3, "deferred": 0,
              "refused": 2, "first_deferred": None,
              "blocked": {"at": "2026-03-01T12:03:00.000Z",
                          "cause": "countries", "passed_before": 3}},
        "ann@example.com": {
            "account": "ann@example.com", "mails": 1, "passed": 1,
            "deferred": 0, "refused": 0, "first_deferred": None,
            "blocked": None}}


def test_text_tells_who_when_why_and_the_totals(make_policyd, tmp_path):
    (tmp_path / "log").write_text(countries() + mail(START, account="ann"))
    policyd = make_policyd({**RULES_OFF, "limits": {"countries": 3}})
    run = policyd.cli("--replay", tmp_path / "log")
    assert run.returncode == OK and run.stderr == ""
    lines = [line.split() for line in run.stdout.splitlines()]
    assert lines[1][:7] == [JOE, "blocked", "2026-03-01T12:03:00Z", "3", "3",
                            "0", "2"]
    assert "4 countries within 24h, 3 allowed" in run.stdout
    assert ["countries", "1", "0"] in lines
    assert "1 of 2 accounts would have been blocked" in run.stdout
    assert "of 6 mails 4 would have passed" in run.stdout
    assert "ann" not in run.stdout


def test_a_block_ends_by_the_clock_of_the_log(replay):
    log = countries() + mail(START + DAY - MINUTE) + mail(
        START + DAY + 4 * MINUTE)
    found = replay(log, config={"block": {"duration": "24h"}})[JOE]
    assert (found["passed"], found["refused"]) == (4, 3)


def test_mode_and_notifications_do_not_matter(replay):
    config = {"mode": "observe", "notify": {
        "enabled": True, "from": "a@example.com", "to": ["b@example.com"]},
        "smtp": {"port": 1}}
    assert replay(countries(), config=config)[JOE]["blocked"]


def test_overrides_of_the_store_hold(make_policyd, tmp_path):
    log = tmp_path / "log"
    log.write_text(countries() + countries(account="ann"))
    policyd = make_policyd({**RULES_OFF, "limits": {"countries": 3}})
    for account, limit in (JOE, "10"), ("ann", "1"):
        run = policyd.cli("--override", account, f"countries={limit}")
        assert run.returncode == OK, run.stderr
    run = policyd.cli("--replay", "--json", log)
    assert run.returncode == OK and run.stderr == ""
    ann, joe = map(json.loads, run.stdout.splitlines())
    assert joe["blocked"] is None
    assert ann["blocked"]["passed_before"] == 1


def test_the_store_may_be_away(replay):
    found = replay(countries(), config={"store": {"url": "sqlite:/no/x.db"}},
                   stderr="the store's overrides are not known")
    assert found[JOE]["blocked"]


def test_several_hosts_and_files_by_time(replay, tmp_path):
    """Files need not be in order, and no queue id is anybody's alone."""
    even, odd = "", ""
    for n, country in enumerate(["DE", "FR", "US", "CN"]):
        line = mail(START + n * MINUTE, client=geoip.address(country),
                    host=f"mx{n % 2}")
        if n % 2:
            odd += line
        else:
            even += line
    (tmp_path / "odd.gz").write_bytes(gzip.compress(odd.encode()))
    found = replay(tmp_path / "odd.gz", even)[JOE]
    assert found["blocked"]["at"] == "2026-03-01T12:03:00.000Z"
    assert found["mails"] == 4


def test_lines_out_of_order(replay):
    lines = countries().splitlines(keepends=True)
    lines[2], lines[3] = lines[3], lines[2]
    blocked = replay("".join(lines))[JOE]["blocked"]
    assert blocked["at"] == "2026-03-01T12:03:00.000Z"


def test_rotated_and_over_the_year(replay, tmp_path):
    """Times without a year, by a local clock; the file tells the year."""
    eve = datetime.datetime(2025, 12, 31, 22, 58, 0, tzinfo=UTC)
    berlin = datetime.timezone(datetime.timedelta(hours=1))
    log = countries(eve, time=lambda at: syslog(at.astimezone(berlin)))
    old = tmp_path / "mail.log.1.gz"
    old.write_bytes(gzip.compress(log.encode()))
    written = (eve + DAY).timestamp()
    os.utime(old, (written, written))
    found = replay(old, TZ="Europe/Berlin")[JOE]
    assert found["blocked"]["at"] == "2025-12-31T23:01:00.000Z"


def test_a_leap_day(replay, tmp_path):
    path = tmp_path / "mail.log"
    path.write_text(countries(datetime.datetime(2024, 2, 29, tzinfo=UTC),
                              time=syslog))
    written = datetime.datetime(2024, 3, 1, tzinfo=UTC).timestamp()
    os.utime(path, (written, written))
    blocked = replay(path, TZ="UTC")[JOE]["blocked"]
    assert blocked["at"] == "2024-02-29T00:03:00.000Z"


def test_standard_input_and_ipv6(replay):
    log = "".join(mail(START + n * MINUTE, client=geoip.address6("DE", n))
                  for n in range(4))
    found = replay("-", stdin=log,
                   config={"limits": {"networks": 2, "countries": 3}})
    assert found[JOE]["blocked"]["cause"] == "networks"
    assert found[JOE]["blocked"]["passed_before"] == 2


def test_rates_defer_and_count_recipients(replay):
    log = "".join(mail(START + n * MINUTE, queue_id=f"4{n}", nrcpt=4)
                  for n in range(4))
    rules = [{"mails": 10, "per": "1h"}]
    for stage in "rcpt", "data":
        found = replay(log, config={"rates": {
            "count": "recipients", "stage": stage, "rules": rules}})[JOE]
        assert (found["passed"], found["deferred"]) == (2, 2), stage
        assert found["first_deferred"] == {
            "at": "2026-03-01T12:02:00.000Z", "cause": "rate",
            "passed_before": 2}
    found = replay(log, config={"rates": {"rules": rules}})[JOE]
    assert found["passed"] == 4


def test_recipients_in_the_next_file(replay):
    """Rotated between the two lines."""
    first, second = "", ""
    for n in range(3):
        lines = mail(START + n * MINUTE, queue_id=f"4{n}",
                     nrcpt=6).splitlines(keepends=True)
        first, second = first + lines[0], second + lines[1]
    found = replay(first, second, config={"rates": {
        "count": "recipients", "stage": "data",
        "rules": [{"mails": 10, "per": "1h"}]}})[JOE]
    assert (found["passed"], found["deferred"]) == (1, 2)


def test_malformed_lines_are_counted_and_the_first_shown(replay, tmp_path):
    path = tmp_path / "mail.log"
    path.write_bytes(
        b"\0\0\0" + countries(number=2).encode() + b"what is this?\n\n" +
        b"2026-03-01T12:02:00Z mx1 postfix/smtpd[1]: 4A: client=x, "
        b"sasl_username=joe\xff\n" + b"y" * 200000 + b"\n" +
        mail(START + 9 * MINUTE, account="j\udcff").encode(
            errors="surrogateescape").rstrip())
    found = replay(path, stderr="3 of 7 lines could not be read; the first "
                   f"is {path}:3: what is this?")
    assert found[JOE]["mails"] == 2
    assert found["j%ff"]["mails"] == 1


@pytest.mark.parametrize("compress, program", [
    (bz2.compress, "bzip2"), (lzma.compress, "xz"),
    (lambda text: b"\x28\xb5\x2f\xfd" + text, "zstd")])
def test_other_compressions_are_refused(replay, tmp_path, compress, program):
    path = tmp_path / "log"
    path.write_bytes(compress(countries().encode()))
    replay(path, expect=NO_INPUT, stderr=f"{program} -dc {path} | policyd")


def test_files_that_cannot_be_read(replay, tmp_path):
    replay(tmp_path / "none", expect=NO_INPUT, stderr="No such file")
    replay(tmp_path, expect=NO_INPUT, stderr="Is a directory")
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(countries().encode() * 200)[:-20])
    assert replay(cut, stderr="the compressed file is cut short")[JOE]


def test_nothing_in_it(replay):
    assert not replay("2026-03-01T12:00:00Z mx1 postfix/smtpd[1]: hello\n",
                      stderr="no mail of a logged-in user")


@pytest.mark.parametrize("words, says", [
    ([], "wants logs"), (["--what-if", "limits.countries=1"], "wants logs"),
    (["--what-if", "/dev/null"], "wants KEY=VALUE"),
    (["--learn", "--judge-from", "2026-01-01", "/dev/null"], "neither"),
    (["--judge-from", "soon", "/dev/null"], "wants a date"),
    (["--clean", "/dev/null"], "only one mode")])
def test_wrong_command_lines(make_policyd, words, says):
    run = make_policyd().cli("--replay", *words)
    assert run.returncode == USAGE and says in run.stderr, run.stderr


def test_what_if_beside_what_is(replay, make_policyd, tmp_path):
    found = replay(countries(), options=[
        "--what-if", "limits.countries=unlimited", "rates.count=messages"]
        )[JOE]
    assert found["blocked"]["passed_before"] == 3
    assert found["what_if"] == {
        "mails": 5, "passed": 5, "deferred": 0, "refused": 0,
        "first_deferred": None, "blocked": None}
    run = make_policyd(RULES_OFF).cli(
        "--what-if", "limits.countries=1", "--replay", tmp_path / "log0")
    assert run.returncode == OK, run.stderr
    assert "what if: 1 of 1 accounts would have been blocked" in run.stdout
    row = run.stdout.splitlines()[1].split()
    assert row[:4] == [JOE, "blocked", "2026-03-01T12:01:00Z", "1"]
    assert row[7] == "blocked"


def history(days, **more):
    """Three mails a day at home."""
    return "".join(mail(START + day * DAY + n * MINUTE, **more)
                   for day in range(days) for n in range(3))


QUOTA = {"new_places": {"quota": {"hour": 1, "day": 1},
                        "beginner": {"hour": 1, "day": 1}},
         "history": {"warm_up": 0}}


def test_judged_from_a_day_on(replay):
    """What is before is learned: home is known, elsewhere has a quota."""
    later = START + 10 * DAY
    away = geoip.address("US", 20)
    log = history(12) + "".join(mail(later + n * 2 * MINUTE, client=away)
                                for n in range(1, 6))
    found = replay(log, config=QUOTA,
                   options=["--judge-from", "2026-03-11"])[JOE]
    assert found["mails"] == 11
    assert found["first_deferred"]["cause"].startswith("new_places.quota")
    # From the start on, home is no better.
    found = replay(log, config=QUOTA)[JOE]
    assert found["mails"] == 41
    assert found["first_deferred"]["passed_before"] <= 3


def test_judged_from_a_day_that_no_mail_reaches(replay):
    assert not replay(countries(), options=["--judge-from", "2026-03-02"],
                      stderr="nothing was judged: all 5 mails are from before "
                      "2026-03-02")


def decisions(policyd):
    return [line for line in policyd.log(everything=True).splitlines()
            if "decision" in line]


@pytest.mark.parametrize("form", ["text", "json"])
def test_policyds_own_log(start_policyd, replay, form):
    policyd = start_policyd({**RULES_OFF, "limits": {"countries": 2},
                             "log": {"format": form}})
    for n, country in enumerate(["DE", "FR", "US", "CN"]):
        for _ in range(2):
            policyd.ask("joe \"x\"@example.com", geoip.address(country),
                        instance=f"mail {n}")
    log = "\n".join(decisions(policyd)) + "\n"
    found = replay(log)["joe \"x\"@example.com"]
    assert (found["mails"], found["passed"], found["refused"]) == (4, 3, 1)


def test_postfix_lines_count_beside_policyds_own(replay):
    log = ""
    for n, line in enumerate(countries().splitlines(keepends=True)):
        log += (f"{iso(START + n * MINUTE)} mx1 policyd[1]: decision "
                f"account={JOE} client=192.0.2.1 verdict=pass instance={n}\n")
        log += line
    assert replay(log, stderr="5 lines of policyd")[JOE]["mails"] == 5


# --- learning ------------------------------------------------------------------

def recent(days, **more):
    """Mails on each of the last days."""
    today = datetime.datetime.now(UTC).replace(hour=12, minute=0, second=0)
    return "".join(mail(today - day * DAY, **more)
                   for day in range(days, 0, -1))


def learn(policyd, log, *options):
    run = policyd.cli("--replay", "--learn", "--json", *options, log)
    assert run.returncode == OK, run.stderr
    return json.loads(run.stdout)


def test_learn_into_the_store_beside_a_server(served, tmp_path):
    policyd = served({**QUOTA, "limits": {"countries": "unlimited"}})
    log = tmp_path / "log"
    log.write_text(recent(10) + recent(10, account="ann"))
    # Nobody is known, so home is as new as any place.
    assert policyd.ask("bob") == "DUNNO"
    assert policyd.ask("bob").startswith("DEFER")
    learned = learn(policyd, log)
    assert (learned["mails"], learned["accounts"]) == (20, 2)
    assert (learned["places"], learned["changed"]) == (2, 2)
    for _ in range(5):
        assert policyd.ask(JOE) == "DUNNO"
    assert policyd.ask(JOE, geoip.address("US", 20)) == "DUNNO"
    assert policyd.ask(JOE, geoip.address("US", 20)).startswith("DEFER")
    # Once more, and nothing changes: what came since stays.
    assert learn(policyd, log)["changed"] == 0
    assert policyd.ask(JOE, geoip.address("US", 20)).startswith("DEFER")
    assert policyd.ask(JOE) == "DUNNO"


def test_a_clock_that_was_wrong_teaches_nothing(served, tmp_path):
    """Nor does the future make old what was learned, nor has the store learned
    since the start of a host that has no clock."""
    policyd = served({**QUOTA, "limits": {"countries": "unlimited"}})
    lines = recent(10).splitlines(keepends=True)
    wrong = mail(datetime.datetime(2099, 3, 1, tzinfo=UTC))
    log = tmp_path / "log"
    start = mail(datetime.datetime(1970, 1, 2, tzinfo=UTC))
    log.write_text(wrong + start + "".join(lines[:5]) + wrong +
                   "".join(lines[5:]))
    run = policyd.cli("--replay", "--learn", "--json", log)
    assert run.returncode == OK, run.stderr
    assert "3 of 13 lines could not be read; the first is " \
        f"{log}:1: 2099-03-01" in run.stderr
    learned = json.loads(run.stdout)
    assert learned["mails"] == 10 and learned["from"] > "2020"
    assert learned["to"] < "2099"
    for _ in range(5):
        assert policyd.ask(JOE) == "DUNNO"


def test_learn_makes_the_store(store, make_policyd, tmp_path):
    """Before the first start of the server."""
    policyd = make_policyd({"store": {"url": store.url}})
    log = tmp_path / "log"
    log.write_text(recent(8))
    run = policyd.cli("--replay", "--learn", log)
    assert run.returncode == OK, run.stderr
    assert "learned from 8 mails" in run.stdout
    assert "1 accounts changed" in run.stdout


def test_refused_mail_of_our_own_log_teaches_nothing(served, tmp_path):
    policyd = served()
    log = tmp_path / "log"
    log.write_text("".join(
        f"{iso(START + n * MINUTE)} mx1 policyd[1]: decision account={name} "
        f"client=192.0.2.1 verdict={verdict}\n" for n, (name, verdict) in
        enumerate([("ann", "pass"), ("bob", "blocked"),
                   ("eve", "pass would=blocked"), ("joe", "exempt")])))
    assert learn(policyd, log)["accounts"] == 2


def test_learn_without_mail(served, tmp_path):
    run = served().cli("--replay", "--learn", "/dev/null")
    assert run.returncode == BAD_DATA
    assert "no mail of a logged-in user" in run.stderr


def test_nothing_is_left_behind_when_it_is_killed(make_policyd, tmp_path):
    policyd = make_policyd(RULES_OFF)
    directory = tmp_path / "tmp"
    directory.mkdir(mode=0o777)
    run = subprocess.Popen(
        [PROGRAM, "-c", policyd.path, "--replay", "-"], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        env=environment(TMPDIR=directory))
    for n in range(20000):
        run.stdin.write(mail(START + n * MINUTE, account=f"a{n}"))
    run.stdin.flush()
    run.send_signal(signal.SIGTERM)
    assert run.wait(120 * PATIENCE) == -signal.SIGTERM
    run.stdin.close()
    assert not list(directory.iterdir())
