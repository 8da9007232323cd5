#!/usr/bin/python3
"""evaluate.py -- whom does policyd stop, and whom by mistake?

SPDX-License-Identifier: GPL-3.0-or-later

Usage: evaluate.py [--accounts N] [--seed N] [--stolen SHARE] [--model]
                   [--retries] [--without | --shipped] [--keep]
                   [--build DIRECTORY]

Makes the traces (BUILD/detect/...), plays them with every configuration of
settings.py through BUILD/policyd --replay, or with --model through the model,
and prints what came of it; with --without, what the shipped one is without each
of its rules; with --shipped, only what is shipped: for many accounts. --keep
writes RESULTS, detect.svg and detect.png, or WITHOUT, or SHIPPED, beside this
file.
"""
import argparse
import collections
import datetime
import math
import multiprocessing
import pathlib
import subprocess
import sys

import generate
import picture
import program
import world
from settings import CURVE, SETTINGS, WITHOUT
from traces import Traces, play

HERE = pathlib.Path(__file__).parent
PROVIDERS = {f"AS{world.GOOGLE}"}

# What is played, by the file that it is kept in.
PLAYED = {
    "RESULTS": SETTINGS + CURVE,
    "WITHOUT": SETTINGS[:1] + WITHOUT,
    "SHIPPED": [setting for setting in SETTINGS if setting.learns],
}


class Score:
    """What became of all accounts with one setting."""

    def __init__(self, setting, traces, results, since):
        self.setting = setting
        self.accounts = collections.Counter()       # honest ones, by kind
        self.blocked = collections.Counter()
        self.deferred = collections.Counter()
        self.causes = collections.Counter()
        self.thefts = collections.defaultdict(list)  # (blocked, passed)
        for result in results:
            truth = traces.truth[result["account"]]
            if truth["theft"]:
                self.add_stolen(truth, result, since)
            else:
                self.add_honest(truth["kind"], result)

    def add_honest(self, kind, result):
        self.accounts[kind] += 1
        self.deferred[kind] += result["first_deferred"] is not None
        if result["blocked"]:
            self.blocked[kind] += 1
            self.causes[result["blocked"]["cause"]] += 1

    def add_stolen(self, truth, result, since):
        block = result["blocked"]
        if block and block["at"] < truth["start"]:
            return
        honest = sum(ms >= since and (not block or ms < block["at"])
                     for ms in truth["honest"])
        passed = block["passed_before"] if block else result["passed"]
        self.thefts[truth["theft"]].append((block is not None,
                                            max(0, passed - honest)))

    def stolen(self):
        return [one for theft in self.thefts.values() for one in theft]

    def share_blocked(self):
        stolen = self.stolen()
        return sum(blocked for blocked, _ in stolen) / len(stolen)

    def passed(self, share):
        return quantile([passed for _, passed in self.stolen()], share)

    def at_most(self, mails):
        stolen = self.stolen()
        return sum(passed <= mails for _, passed in stolen) / len(stolen)

    def per_10000(self, counter):
        """Accounts of 10,000, and the standard error of that."""
        n, accounts = counter.total(), self.accounts.total()
        return 1e4 * n / accounts, 1e4 * math.sqrt(n) / accounts


def quantile(numbers, share):
    numbers = sorted(numbers)
    return numbers[min(len(numbers) - 1, int(share * len(numbers)))]


def table(scores):
    yield f"{'':44}{'stolen':>8}{'mails passed':>15}{'share with':>13}" \
        f"{'false blocks':>17}{'deferrals':>17}"
    yield f"{'configuration':44}{'blocked':>8}{'median':>9}{'p90':>6}" \
        f"{'<=5':>7}{'<=20':>6}{'of 10,000 accounts in a month':>34}"
    for score in scores:
        blocks = "{:9.1f} +-{:5.1f}".format(*score.per_10000(score.blocked))
        defers = "{:9.1f} +-{:5.1f}".format(*score.per_10000(score.deferred))
        yield (f"{score.setting.name:44}{score.share_blocked():8.1%}"
               f"{score.passed(.5):9}{score.passed(.9):6}"
               f"{score.at_most(5):7.0%}{score.at_most(20):6.0%}"
               f"{blocks}{defers}")


def details(score):
    yield f"{score.setting.name}, honest accounts by kind:"
    yield ""
    yield f"{'kind':20}{'accounts':>10}{'blocked':>10}{'deferred':>10}"
    for kind in sorted(score.accounts):
        yield f"{kind:20}{score.accounts[kind]:10}{score.blocked[kind]:10}" \
            f"{score.deferred[kind]:10}"
    causes = ", ".join(f"{cause} {n}"
                       for cause, n in score.causes.most_common())
    yield f"blocked by: {causes or '-'}"
    yield ""
    yield f"{score.setting.name}, thefts by kind:"
    yield ""
    yield f"{'theft':20}{'accounts':>10}{'blocked':>10}{'median':>10}" \
        f"{'p90':>10}"
    for theft, stolen in sorted(score.thefts.items()):
        passed = [mails for _, mails in stolen]
        blocked = sum(blocked for blocked, _ in stolen) / len(stolen)
        yield f"{theft:20}{len(stolen):10}{blocked:10.0%}" \
            f"{quantile(passed, .5):10}{quantile(passed, .9):10}"


def with_model(setting):
    results = play(TRACES, setting, PROVIDERS, ARGS.retries)
    return Score(setting, TRACES, results, TRACES.about["judged_from"])


def with_program(setting):
    if not program.can_say(setting):
        TRACES.read()
        setting.name += " (the model)"
        return with_model(setting)
    results = program.replay(ARGS.build, TRACES, setting)
    return Score(setting, TRACES, results, TRACES.about["judged_from"])


def commit():
    def git(*words):
        return subprocess.run(["git", "-C", HERE, *words], text=True,
                              capture_output=True, check=False).stdout.strip()
    changed = [line for line in git("status", "--porcelain", "--", ":/src",
                                    ":/tests/detect", ":/etc").splitlines()
               if not line.endswith(("RESULTS", "WITHOUT", "SHIPPED",
                                  "SIGNALS", "SIZE", ".svg", ".png"))]
    return git("rev-parse", "--short=12", "HEAD") + \
        (" and changes not committed" if changed else "")


def headline(traces, by_model, version, retries=False):
    about = traces.about
    return [
        f"{about['accounts']} accounts, {about['mails']} mails in 90 days, "
        f"seed {about['seed']}; the last 30 days are judged.",
        f"Played by {'the model' if by_model else 'policyd --replay'}"
        f"{', honest clients try again' if retries else ''}, "
        f"{datetime.date.today()}, commit {version}.", ""]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stolen", type=float, default=0.05)
    parser.add_argument("--model", action="store_true")
    parser.add_argument("--retries", action="store_true")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--without", action="store_const", dest="name",
                       const="WITHOUT", default="RESULTS")
    which.add_argument("--shipped", action="store_const", dest="name",
                       const="SHIPPED")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--build", type=pathlib.Path,
                        default=pathlib.Path("build"))
    return parser.parse_args()


def traces_of(args):
    """The directory that has them; they are made if there is none."""
    directory = args.build / "detect" / \
        f"{args.accounts}-{args.seed}-{args.stolen}"
    if not (directory / "about.json").exists():
        print(f"making {directory}", file=sys.stderr)
        generate.generate(directory, args.accounts, args.seed, args.stolen)
    return directory


def main():
    global ARGS, TRACES
    ARGS = arguments()
    version = commit()
    directory = traces_of(ARGS)
    TRACES = Traces(directory)
    by_model = ARGS.model or ARGS.retries
    if not by_model and not program.can_replay(ARGS.build):
        print(f"{ARGS.build}/policyd has no --replay: played by the model",
              file=sys.stderr)
        by_model = True
    if by_model:
        TRACES.read()
    settings = PLAYED[ARGS.name]
    scores = []
    with multiprocessing.Pool(ARGS.jobs) as pool:
        for score in pool.imap(with_model if by_model else with_program,
                               settings):
            print(score.setting.name, file=sys.stderr, flush=True)
            scores.append(score)
    lines = headline(TRACES, by_model, version, ARGS.retries) + \
        list(table(scores)) + [""] + list(details(scores[0]))
    print("\n".join(lines))
    output = HERE if ARGS.keep else directory
    (output / ARGS.name).write_text("\n".join(lines) + "\n")
    if ARGS.name == "RESULTS":
        picture.draw(output, scores, len(SETTINGS))
    print(f"\n{output / ARGS.name}", file=sys.stderr)


if __name__ == "__main__":
    main()
