"""test_memory_limits.py -- two hosts that remember, against who counts each mail.

SPDX-License-Identifier: GPL-3.0-or-later

Random mails of some accounts over two daemons on one store, one at a time and
many at once, with blocks, unblocks, overrides, reloads and hours that pass in
between. Whatever comes: within the window no more networks, countries and mails
get through than the limits say, who is blocked is refused on both hosts, and
when both have stopped the store has counted each mail. POLICYD_SEED plays one
alone.
"""
import contextlib
import datetime
import os
import random
import re

import pytest

import policyd as daemon
from client import request
from clocks import *  # noqa: F401,F403
from geoip import address
from waiting import until

OK, BLOCKED, SLOW = "DUNNO", "550 5.7.1 blocked", "450 4.7.1 slow down"
SEEDS = [int(os.environ["POLICYD_SEED"])] if "POLICYD_SEED" in os.environ \
    else [1, 2, 3]
STEPS = 160
WINDOW_S, RATE_S, BLOCK_S = 3600, 1800, 1200
ACCOUNTS = [f"user{number}@example.com" for number in range(5)]
# Two places, which all accounts have sent from before.
PLACES = [(country, number) for country in ("DE", "AT", "CH", "FR", "IT")
          for number in (0, 1, 14)]
CONFIG = {
    "limits": {"countries": 3, "networks": 5, "window": f"{WINDOW_S}s"},
    "block": {"duration": f"{BLOCK_S}s"},
    "store": {"memory": "1h", "memory_mails": 10000},
    "actions": {"blocked": BLOCKED, "over_rate": SLOW,
                "error": "450 4.3.5 error"},
}


class Account:
    """What the model knows: the mails that passed, and whether it is blocked."""

    def __init__(self, name):
        self.name = name
        self.logins = []            # place, when it was asked at the earliest
        self.rated = []             # when, of each mail that a rate counted
        self.is_blocked = self.is_news = False
        self.blocked_at = None
        self.networks = None        # an override
        self.mails = 0              # that the store has to count

    def forget(self):
        """A count begins afresh."""
        self.logins.clear()
        self.is_blocked = False

    def block(self, at):
        """Not before this time; hosts that have not said so may not know."""
        if not self.is_blocked:
            self.is_blocked, self.is_news, self.blocked_at = True, True, at

    def within(self, now):
        return [place for place, at in self.logins if now - at < WINDOW_S]

    def rated_within(self, now):
        return sum(now - at < RATE_S for at in self.rated)


class Play:
    def __init__(self, clocked, seed):
        self.clocked, self.clock = clocked, clocked.clock
        self.draw = random.Random(seed)
        self.limits = {"countries": 3, "networks": 5}
        # At DATA a rate leaves recipients to the memory; at RCPT it leaves it
        # further recipients alone.
        self.rate, self.stage = 12, "data" if seed % 3 == 1 else "rcpt"
        self.accounts = [Account(name) for name in ACCOUNTS]
        self.numbers = iter(range(1, 1000000))
        self.config = daemon.merge(CONFIG, {"rates": {
            "rules": [{"mails": self.rate, "per": f"{RATE_S}s"}]
            if seed % 3 != 2 else [], "stage": self.stage}})
        self.has_rate = bool(self.config["rates"]["rules"])
        # Each mail, so that nothing has to be heard of.
        self.is_asked = self.has_rate and self.stage == "rcpt"
        self.told = []              # what was done, for who wants to know why
        self.seen = dict.fromkeys(("passed", "refused", "slow", "over"), 0)
        first = clocked.start(self.config)
        self._teach(first)
        self.hosts = [first, clocked.start(self.config)]

    def _teach(self, policyd):
        """Days of the past, so that places are known and remembered."""
        lines = []
        for day in range(6, 1, -1):
            at = self.clock.now() - datetime.timedelta(days=day)
            for account in self.accounts:
                for client in (address("DE"), address("DE", 14)):
                    lines.append(
                        f"{at.isoformat()} mx postfix/smtpd[7]: "
                        f"{len(lines):X}: client=unknown[{client}], "
                        f"sasl_method=PLAIN, sasl_username={account.name}\n")
        log = policyd.root / "mail.log"
        log.write_text("".join(lines))
        result = self.clocked.cli(policyd, "--replay", "--learn", log)
        assert result.returncode == 0, result.stderr

    def say(self, text):
        self.told.append(text)

    def story(self):
        return "\n".join(self.told[-60:])

    # --- mails -------------------------------------------------------------

    def place(self, account):
        """Mostly one that was used."""
        used = account.within(self.clock.time())
        if used and self.draw.random() < 0.85:
            return self.draw.choice(used)
        return self.draw.choice(PLACES)

    def mail(self, account, host, place=None):
        place = place or self.place(account)
        at, instance = self.clock.time(), f"mail.{next(self.numbers)}"
        answer = self.hosts[host].ask(account.name, address(*place),
                                      instance=instance)
        self.take(account, place, at, answer)
        if answer == OK and self.draw.random() < 0.3:
            answer = self.hosts[host].ask(
                account.name, address(*place), instance=instance,
                recipient="another@example.net")
            assert answer == OK, f"{answer}\n{self.story()}"
        if answer == OK and self.has_rate and self.stage == "data":
            answer = self.hosts[host].ask(
                account.name, address(*place), instance=instance,
                protocol_state="DATA", recipient_count="1")
            self.take_data(account, at, answer)
        self.say(f"{account.name} {place} on {host}: {answer}")
        self.judge(account)
        return answer

    def many(self, account, count):
        """All of them at the same moment, on both hosts."""
        was_blocked = account.is_blocked
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(self.hosts[n % 2].client())
                       for n in range(count)]
            places = [self.place(account) for _ in clients]
            at = self.clock.time()
            for client, place in zip(clients, places):
                client.send(request(account.name, address(*place),
                                    instance=f"mail.{next(self.numbers)}"))
            answers = [client.answer() for client in clients]
        self.say(f"{account.name} at once: {list(zip(places, answers))}")
        for place, answer in sorted(zip(places, answers),
                                    key=lambda pair: pair[1] == BLOCKED):
            self.take(account, place, at, answer, was_blocked)
        self.judge(account)

    def take(self, account, place, at, answer, was_blocked=None):
        """One answer, in the model."""
        was_blocked = account.is_blocked if was_blocked is None else \
            was_blocked
        assert answer in (OK, BLOCKED, SLOW), answer
        if answer == BLOCKED:
            self.seen["refused"] += 1
            account.block(at)
            return
        if was_blocked and account.is_blocked:
            # Its time must be over.
            assert self.clock.time() >= account.blocked_at + BLOCK_S, \
                f"a block is not heeded\n{self.story()}"
            account.forget()
        account.mails += 1
        if answer == SLOW:
            self.seen["slow"] += 1
            return
        self.seen["passed"] += 1
        account.logins.append((place, at))
        if self.has_rate and self.stage == "rcpt":
            account.rated.append(at)

    def take_data(self, account, at, answer):
        if answer == BLOCKED:
            account.block(at)
        elif answer == OK:
            account.rated.append(at)
        else:
            self.seen["slow"] += 1

    def judge(self, account):
        """Of all that passed within the window that ends now."""
        if account.is_blocked:
            if account.is_news:
                self.heed(account)
            return
        now = self.clock.time()
        used = set(account.within(now))
        limit = account.networks or self.limits["networks"]
        assert len(used) <= limit, \
            f"{len(used)} networks of {limit}\n{self.story()}"
        countries = {country for country, _ in used}
        assert len(countries) <= self.limits["countries"], \
            f"{countries}, {self.limits}\n{self.story()}"
        rated = account.rated_within(now)
        assert rated <= self.rate, f"{rated} mails\n{self.story()}"

    def heed(self, account):
        """It was blocked just now: until both hosts know."""
        account.is_news = False
        place = self.place(account)
        for host in (0, 1):
            until(lambda: self.probe(account, host, place) == BLOCKED,
                  f"the block of {account.name} on {host}\n{self.story()}")

    def probe(self, account, host, place):
        """Some milliseconds long a mail may pass: it has to be counted."""
        answer = self.hosts[host].ask(
            account.name, address(*place),
            instance=f"mail.{next(self.numbers)}")
        account.mails += answer != BLOCKED
        return answer

    def everywhere(self, account):
        """From where it was, on both hosts: remembered, or no longer so."""
        for host in (0, 1):
            for place in set(account.within(self.clock.time())):
                self.mail(account, host, place)

    # --- what else happens ---------------------------------------------------

    def cli(self, *arguments):
        host = self.hosts[self.draw.randrange(2)]
        result = self.clocked.cli(host, *arguments)
        assert result.returncode in (0, 1), result.stderr
        self.say(" ".join(map(str, arguments)))
        return result.returncode

    def block(self, account):
        if account.is_blocked:
            return
        at = self.clock.time()
        self.cli("--block", account.name, "--for", f"{BLOCK_S}s")
        account.block(at)
        self.heed(account)

    def unblock(self, account):
        self.cli("--unblock", account.name)
        if account.is_blocked:
            account.forget()
            place = self.draw.choice(PLACES)
            for host in (0, 1):
                until(lambda: self.ends(account, host, place),
                      f"the end of it on {host}\n{self.story()}")
            self.judge(account)

    def ends(self, account, host, place):
        at = self.clock.time()
        answer = self.hosts[host].ask(
            account.name, address(*place),
            instance=f"mail.{next(self.numbers)}")
        if answer == BLOCKED:
            return False
        self.take(account, place, at, answer)
        return True

    def override(self, account):
        """An account beside it shows when both hosts know: what is told in
        this order is heard in this order."""
        sentinel = f"sentinel{next(self.numbers)}@example.com"
        for policyd in [] if self.is_asked else self.hosts:
            self.remembered(policyd, sentinel)
        self.everywhere(account)
        account.networks = self.draw.choice([2, 4, 7])
        self.cli("--override", account.name, f"networks={account.networks}")
        self.cli("--block", sentinel)
        for policyd in self.hosts:
            until(lambda: policyd.ask(sentinel, "127.0.0.1") == BLOCKED,
                  "the sentinel")
        self.everywhere(account)

    @staticmethod
    def remembered(policyd, account):
        """Asked from a network that does not count: it may pass at once."""
        def one():
            assert policyd.ask(account, "127.0.0.1") == OK
            return re.search(rf"account={re.escape(account)} .* memory=yes",
                             policyd.log())
        until(one, f"{account} to be remembered")

    def reload(self, account):
        self.everywhere(account)
        self.limits = {"countries": self.draw.choice([2, 3]),
                       "networks": self.draw.choice([3, 5])}
        self.say(f"limits: {self.limits}")
        for policyd in self.hosts:
            policyd.write({"limits": self.limits})
            policyd.reload()
        self.everywhere(account)

    def hours_pass(self, account):
        """The clock is set; what was remembered before is of another time."""
        del account
        self.say("time passes")
        for policyd in self.hosts:
            assert policyd.stop() == 0
        self.clock.forward(self.draw.choice([600, 1500, 3000]))
        for policyd in self.hosts:
            policyd.start(**self.clock.environment())

    def step(self):
        account = self.draw.choice(self.accounts)
        kind = self.draw.random()
        if kind < 0.72:
            for _ in range(self.draw.randrange(1, 5)):
                self.mail(account, self.draw.randrange(2))
        elif kind < 0.84:
            self.many(account, self.draw.randrange(4, 10))
        else:
            self.draw.choice(
                [self.block, self.unblock, self.unblock, self.unblock,
                 self.override, self.override, self.reload,
                 self.hours_pass])(account)

    def end(self):
        for policyd in self.hosts:
            assert policyd.stop() == 0
        store = self.clocked.store
        counted = {account.name: int(store.value(
            "SELECT coalesce(sum(mails), 0) FROM policyd.logins "
            f"WHERE account = '{account.name}'")) for account in self.accounts}
        log = "".join(policyd.log() for policyd in self.hosts)
        # The mail that is one too many is counted, too.
        wanted = {account.name: account.mails + len(re.findall(
            rf"account={re.escape(account.name)} .*\bblocked=now", log))
            for account in self.accounts}
        assert counted == wanted
        assert self.seen["passed"] > STEPS / 2 and self.seen["refused"] > 10
        assert (self.seen["slow"] > 0) == self.has_rate
        # Not by hand: they went over a limit.
        assert log.count(" blocked=now") >= 3
        assert log.count(" memory=yes") > (0 if self.is_asked else 50)


@pytest.mark.parametrize("seed", SEEDS)
def test_never_more_than_the_limit(clocked, seed):  # noqa: F811
    play = Play(clocked, seed)
    for _ in range(STEPS):
        play.step()
    play.end()
