#!/usr/bin/python3
"""traces.py -- read the logs that generate.py wrote, and play them.

SPDX-License-Identifier: GPL-3.0-or-later

Playing them through the model gives, for each account, what the program's
`--replay --json` gives: mails, passed, deferred, refused, first_deferred and
blocked, of the judged days; the days before are learned.
"""
import array
import heapq
import json

import world
from model import BLOCK, COUNTED, DEFER, EXEMPT, PASS, PROVIDER, Account, \
    Model

DAY_MS = 86_400_000
# When a client tries a deferred mail again, in minutes after the first time:
# as Postfix does (minimal_backoff_time 300s, doubled up to 4000s), for a day.
RETRIES_MIN = [5, 15, 35, 75] + [75 + 67 * n for n in range(1, 21)]


class Traces:
    def __init__(self, directory):
        self.directory = directory
        self.about = json.loads((directory / "about.json").read_text())
        self.truth = {}
        with open(directory / "truth.json", encoding="ascii") as file:
            for line in file:
                truth = json.loads(line)
                self.truth[truth["account"]] = truth
        self.logs = sorted(directory.glob("mail-*.log"))
        self.addresses = []
        # account: (times, numbers of addresses, recipients)
        self.mails = {}

    def read(self):
        """All mails, for the model."""
        numbers = {}
        day_ms = self.about["judged_from"] \
            - (len(self.logs) - 30) * DAY_MS
        for log in self.logs:
            with open(log, encoding="ascii") as file:
                for line in file:
                    at = line.find("client=unknown[")
                    if at < 0:
                        at = line.index("nrcpt=") + 6
                        mails[2].append(int(line[at:line.index(" ", at)]))
                        continue
                    end = line.index("]", at)
                    address = line[at + 15:end]
                    account = line[line.index("sasl_username=", end) + 14:-1]
                    number = numbers.setdefault(address, len(numbers))
                    ms = day_ms + 3_600_000 * int(line[11:13]) + \
                        60_000 * int(line[14:16]) + 1000 * int(line[17:19]) \
                        + int(line[20:23])
                    mails = self.mails.get(account)
                    if mails is None:
                        mails = self.mails[account] = (array.array("q"),
                                                       array.array("i"),
                                                       array.array("H"))
                    mails[0].append(ms)
                    mails[1].append(number)
            day_ms += DAY_MS
        self.addresses = list(numbers)

    def places(self, setting, providers):
        """Place, /16, country, network and trust of each address. Providers
        are listed by their networks: they are known without any file."""
        path = self.directory / "world.txt"
        geography = world.Geography(path, setting.country_file,
                                    setting.asn_file)
        whole = world.Geography(path)
        out = []
        for address in self.addresses:
            if address.startswith("10."):
                out.append(("", "", "", address, EXEMPT))
                continue
            found = geography.find(address)
            trust = PROVIDER if whole.find(address)[0] in providers \
                else COUNTED
            out.append(found + (trust,))
        return out


def play(traces, setting, providers, retries=False):
    """Play all accounts with a setting: one object an account."""
    places = traces.places(setting, providers)
    model = Model(setting.model)
    judged_from = traces.about["judged_from"]
    # Limits and rates remember a window, no history; skip what they forget.
    first = 0 if setting.learns else judged_from - 3 * DAY_MS
    for account, (times, numbers, _) in traces.mails.items():
        stolen = set(traces.truth[account]["stolen"])
        yield play_account(model, account, times, numbers, places, judged_from,
                           first, stolen, retries)


def play_account(model, account, times, numbers, places, judged_from, first,
                 stolen, retries):
    state = Account()
    ask = model.ask
    out = {"account": account, "mails": 0, "passed": 0, "deferred": 0,
           "refused": 0, "first_deferred": None, "blocked": None}
    again = []                          # (when, number of the try, first, of)
    for i, ms in enumerate(times):
        if ms < judged_from:
            if ms >= first:
                ask(state, ms, *places[numbers[i]], learning=True)
            continue
        while again and again[0][0] <= ms:
            one_try(model, state, out, places, again, heapq.heappop(again))
        if retries and ms not in stolen:
            one_try(model, state, out, places, again, (ms, 0, ms, numbers[i]))
            continue
        verdict, cause = ask(state, ms, *places[numbers[i]])
        count(out, verdict, cause, ms)
    while again:
        one_try(model, state, out, places, again, heapq.heappop(again))
    return out


def count(out, verdict, cause, ms):
    out["mails"] += 1
    if verdict == PASS:
        out["passed"] += 1
        return
    if verdict == BLOCK and not out["blocked"]:
        out["blocked"] = {"at": ms, "cause": cause,
                          "passed_before": out["passed"]}
    if verdict in (DEFER, "over_rate"):
        out["deferred"] += 1
        if not out["first_deferred"]:
            out["first_deferred"] = {"at": ms, "cause": cause,
                                     "passed_before": out["passed"]}
    else:
        out["refused"] += 1


def one_try(model, state, out, places, again, mail):
    """A mail of an honest client, which tries again what is deferred."""
    ms, tries, first_ms, number = mail
    verdict, cause = model.ask(state, ms, *places[number])
    if verdict in (DEFER, "over_rate") and tries < len(RETRIES_MIN):
        at = first_ms + RETRIES_MIN[tries] * 60_000
        heapq.heappush(again, (at, tries + 1, first_ms, number))
        if tries == 0:
            out["deferred_mails"] = out.get("deferred_mails", 0) + 1
            if not out["first_deferred"]:
                out["first_deferred"] = {"at": ms, "cause": cause,
                                         "passed_before": out["passed"]}
        return
    if tries and verdict == PASS:
        out.setdefault("delays_ms", []).append(ms - first_ms)
    count(out, verdict, cause, ms)
