#!/usr/bin/python3
"""size.py -- how large does the history of an account become?

SPDX-License-Identifier: GPL-3.0-or-later

Usage: size.py [--build DIRECTORY] [--accounts N] [--seed N] [--keep]

Plays 60 days of a made-up provider's mail (generate.py) through the store
(player.c) and prints the bytes of the column `history`. --keep writes them to
SIZE in the tree.
"""
import argparse
import json
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile

import generate
import program
import world
from evaluate import commit, quantile
from settings import SETTINGS
from traces import Traces

HERE = pathlib.Path(__file__).parent
LISTS = ("shipped", "shipped, no ASN file")


def script(traces, setting, config):
    """What the player reads: the learned days, in order of time."""
    yield f"load {config}\n"
    places = traces.places(setting, {world.GOOGLE})
    mails = sorted((ms, account, number)
                   for account, (times, numbers, _) in traces.mails.items()
                   for ms, number in zip(times, numbers)
                   if ms < traces.about["judged_from"])
    for ms, account, number in mails:
        place, _, country, _, trust = places[number]
        asn = place[2:] if place.startswith("AS") else "0"
        yield (f"at {ms}\nlearn {account} {traces.addresses[number]} {asn} "
               f"{country or '-'} {trust} -\n")


def sizes(build, traces, setting, folder):
    """Bytes of each account's history."""
    store = folder / "store.db"
    store.unlink(missing_ok=True)
    config = folder / "policyd.yaml"
    config.write_text(json.dumps(dict(
        program.configuration_of(setting.model),
        store={"url": f"sqlite:{store}", "create": True},
        server={"user": "", "group": ""})))
    with subprocess.Popen([build / "tests/detect/player"], text=True,
                          stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL) as player:
        player.stdin.writelines(script(traces, setting, config))
    if player.returncode != 0:
        raise RuntimeError("the player failed")
    database = sqlite3.connect(store)
    found = [length for length, in database.execute(
        "SELECT length(history) FROM account")]
    database.close()
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default="build")
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--keep", action="store_true")
    args = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="policyd-size."))
    try:
        generate.generate(folder / "traces", args.accounts, args.seed, 0.05)
        traces = Traces(folder / "traces")
        traces.read()
        lines = [f"Bytes of an account's history after 60 days; "
                 f"{args.accounts} accounts, seed {args.seed}, "
                 f"commit {commit()}.", "",
                 f"{'':28}{'p50':>7}{'p90':>7}{'p99':>7}{'most':>7}"]
        for setting in SETTINGS:
            if setting.name in LISTS:
                found = sizes(args.build.resolve(), traces, setting, folder)
                lines.append(f"{setting.name:28}" + "".join(
                    f"{quantile(found, share):7}"
                    for share in (.5, .9, .99, 1)))
    finally:
        shutil.rmtree(folder)
    print("\n".join(lines))
    if args.keep:
        (HERE / "SIZE").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
