#!/usr/bin/python3
"""generate.py -- write Postfix's logs of a made-up mail provider.

SPDX-License-Identifier: GPL-3.0-or-later

Usage: generate.py [--accounts N] [--seed N] [--stolen SHARE] DIRECTORY

DIRECTORY gets, the same for the same numbers:

    mail-2026-01-01.log ...  90 days: 60 of history, the last 30 are judged
    truth.json               one object an account and line: its kind; of a
                             stolen one the theft, and the times of the thief's
                             and of the owner's mails
    world.txt                network, country, AS number: what writer.pl wants
    country.mmdb, asn.mmdb   GeoIP files of that world
    about.json               what it was made with
"""
import argparse
import datetime
import json
import pathlib
import random
import subprocess

from honest import DAYS, JUDGED, SHARES, new_office, office_move
from thefts import THEFTS, stolen_mails
from world import World

HERE = pathlib.Path(__file__).parent
FIRST_DAY = datetime.date(2026, 1, 1)
FIRST_MS = 1_767_225_600_000            # the same, in UTC
DAY_MS = 86_400_000
OFFICE_SIZE = 20                        # that move together


class Provider:
    """All accounts, and what they send on a day."""

    def __init__(self, accounts, seed, stolen):
        self.world = World(seed)
        self.people, self.truth, self.thefts = [], [], {}
        self.victims = {}
        rng = random.Random(f"people {seed}")
        makers = rng.choices(list(SHARES), list(SHARES.values()), k=accounts)
        moved = 0
        for number, maker in enumerate(makers):
            name = f"u{number:05d}@example.com"
            if maker is office_move:
                if moved % OFFICE_SIZE == 0:
                    shared = new_office(rng, self.world)
                moved += 1
                person = maker(rng, self.world, shared)
            else:
                person = maker(rng, self.world)
            person.name = name
            person.rng = random.Random(f"{seed} {number}")
            self.people.append(person)
            self.truth.append({"account": name, "kind": maker.__name__,
                               "theft": None, "start": None, "stolen": [],
                               "honest": []})
        victims = rng.sample(range(accounts), round(accounts * stolen))
        for i, number in enumerate(victims):
            self.steal(rng, number, THEFTS[i % len(THEFTS)])

    def steal(self, rng, number, theft):
        truth, person = self.truth[number], self.people[number]
        mails = list(stolen_mails(rng, self.world, theft, person))
        for day, ms, address, to in mails:
            self.thefts.setdefault(day, []).append(
                (ms, person.name, address, to))
            truth["stolen"].append(FIRST_MS + day * DAY_MS + ms)
        truth["stolen"].sort()
        truth["theft"], truth["start"] = theft.__name__, truth["stolen"][0]
        self.victims[person.name] = truth

    def mails(self, day):
        """Those of one day, in order of time."""
        out = list(self.thefts.get(day, ()))
        for person in self.people:
            name = person.name
            mails = [(ms, name, address, to)
                     for ms, address, to in person.mails(person.rng, day)]
            if name in self.victims:
                self.victims[name]["honest"] += sorted(
                    FIRST_MS + day * DAY_MS + mail[0] for mail in mails)
            out += mails
        out.sort()
        return out


CLOCK = [f"{h:02d}:{m:02d}:{s:02d}" for h in range(24) for m in range(60)
         for s in range(60)]


def write_day(file, date, mails, number):
    """Two lines of Postfix for each mail; returns the number of the last."""
    write = file.write
    for ms, account, address, to in mails:
        number += 1
        now = (f"{date}T{CLOCK[ms // 1000]}.{ms % 1000:03d}000+00:00 "
               "mx1 postfix/")
        queue_id = f"4{number:09X}"
        write(f"{now}submission/smtpd[{2000 + number % 97}]: {queue_id}: "
              f"client=unknown[{address}], sasl_method=PLAIN, "
              f"sasl_username={account}\n"
              f"{now}qmgr[900]: {queue_id}: from=<{account}>, "
              f"size={1500 + number * 37 % 90000}, nrcpt={to} "
              "(queue active)\n")
    return number


def generate(directory, accounts, seed, stolen):
    directory.mkdir(parents=True, exist_ok=True)
    provider = Provider(accounts, seed, stolen)
    provider.world.write(directory / "world.txt")
    subprocess.run(["perl", HERE / "writer.pl", directory / "world.txt",
                    directory / "country.mmdb", directory / "asn.mmdb"],
                   check=True)
    number = 0
    for day in range(DAYS):
        date = FIRST_DAY + datetime.timedelta(day)
        with open(directory / f"mail-{date}.log", "w",
                  encoding="ascii") as file:
            number = write_day(file, date, provider.mails(day), number)
    with open(directory / "truth.json", "w", encoding="ascii") as file:
        for truth in provider.truth:
            file.write(json.dumps(truth) + "\n")
    about = {"accounts": accounts, "seed": seed, "stolen": stolen,
             "mails": number, "days": DAYS,
             "judged_from": FIRST_MS + JUDGED * DAY_MS}
    (directory / "about.json").write_text(json.dumps(about) + "\n")
    return about


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stolen", type=float, default=0.05)
    parser.add_argument("directory", type=pathlib.Path)
    args = parser.parse_args()
    print(json.dumps(generate(args.directory, args.accounts, args.seed,
                              args.stolen)))


if __name__ == "__main__":
    main()
