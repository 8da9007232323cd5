"""test_program.py -- the program decides as the model does, mail by mail.

SPDX-License-Identifier: GPL-3.0-or-later

Random months are played through store_check of both stores (player.c) and
through the model. POLICYD_MONTHS says how many, POLICYD_MONTH which alone.
"""
import json
import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "system"))

from model import Account, Model  # noqa: E402
from month import ACCOUNTS, Month  # noqa: E402
from postgres import Postgres  # noqa: E402
from program import configuration_of  # noqa: E402

PLAYER = pathlib.Path(os.environ.get("POLICYD_BUILD", "build")) / \
    "tests/detect/player"
MAILS = 1500
MONTHS = int(os.environ.get("POLICYD_MONTHS", "12"))
SEEDS = [int(os.environ["POLICYD_MONTH"])] if "POLICYD_MONTH" in os.environ \
    else range(1, MONTHS + 1)

pytestmark = pytest.mark.xdist_group("detect_program")


@pytest.fixture(scope="module", name="server")
def postgres():
    server = Postgres()
    yield server
    server.close()


@pytest.fixture(name="url", params=["sqlite", "pgsql"])
def url_of_a_store(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:{tmp_path}/store.db"
    return request.getfixturevalue("server").database().url


# --- the model ---------------------------------------------------------------

def ask(model, accounts, step):
    attempt, place = step.ask, step.ask.place
    return model.ask(
        accounts[attempt.account], step.ms, place.name, place.around,
        place.country.strip("-"), place.address, place.trust,
        instance=0 if attempt.instance == "-" else
        (attempt.instance, place.address), learning=attempt.host == 2)


def expected(month):
    """What the model says to each attempt."""
    accounts = {name: Account() for name in ACCOUNTS}
    model, said = None, []
    for step in month.steps:
        if step.load:
            model = Model(step.load)
        elif step.unblock:
            model.unblock_by_hand(accounts[step.unblock], step.ms)
        elif step.block:
            name, seconds = step.block
            model.block_by_hand(accounts[name], step.ms, seconds)
        elif step.expire:
            for account in accounts.values():
                model.expire(account, step.ms)
        else:
            verdict, cause = ask(model, accounts, step)
            if verdict == "blocked" and model.config.observes:
                verdict, cause = "block", "manual"  # it is told alike
            said.append((step, verdict, cause))
    return said


# --- the program -------------------------------------------------------------

def lines(month, url, directory):
    """The script of the player."""
    for number, step in enumerate(month.steps):
        yield f"at {step.ms}"
        if step.load:
            path = directory / f"{number}.yaml"
            path.write_text(json.dumps(dict(
                configuration_of(step.load), history={
                    **configuration_of(step.load)["history"], "warm_up": 0},
                store={"url": url, "create": True},
                server={"user": "", "group": ""})))
            yield f"load {path}"
        elif step.unblock:
            yield f"unblock {step.unblock}"
        elif step.block:
            yield "block {} {}".format(*step.block)
        elif step.expire:
            yield "expire"
        else:
            place = step.ask.place
            word = "learn" if step.ask.host == 2 else f"ask {step.ask.host}"
            yield (f"{word} {step.ask.account} {place.address} {place.asn} "
                   f"{place.country} {place.trust} {step.ask.instance}")


def play(month, url, directory):
    script = "\n".join(lines(month, url, directory)) + "\n"
    (directory / "script").write_text(script)
    run = subprocess.run([PLAYER], input=script, text=True, check=False,
                         capture_output=True)
    assert run.returncode == 0, run.stderr
    return [tuple(line.split(" ")) for line in run.stdout.splitlines()]


def same(verdict, cause, program):
    """Causes are finer in the program, and say why one is blocked."""
    if verdict == "blocked":
        return program[0] == "blocked"
    of_rates = (cause == "rates") == (program[1] == "rate")
    if verdict == "over_rate":
        return program[0] == verdict and of_rates
    if cause == "manual":
        return program[0] == verdict
    cause = cause.removeprefix("limits.")
    return program[0] == verdict and (
        program[1] == cause or
        cause in ("bursts", "bursts.young", "new_places.quota") and
        program[1] in (f"{cause}.hour", f"{cause}.day"))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_month(seed, url, tmp_path):
    month = Month(seed, clocks_step=seed % 3 != 0).make(MAILS)
    said = expected(month)
    program = play(month, url, tmp_path)
    assert len(program) == len(said)
    for number, ((step, *model), answer) in enumerate(zip(said, program)):
        assert same(*model, answer), \
            f"POLICYD_MONTH={seed}: mail {number} at {step.ms}, {step.ask}: " \
            f"the model says {model}, the program {answer}"


def test_months_are_rich():
    """All verdicts and causes are there, and mail that passes."""
    found = {}
    for seed in range(1, 25):
        month = Month(seed, clocks_step=seed % 3 != 0).make(MAILS)
        for _, verdict, cause in expected(month):
            found[verdict, cause] = found.get((verdict, cause), 0) + 1
    causes = ["new_places.countries.day", "new_places.places.hour",
              "new_places.places.day", "bursts", "bursts.young",
              "bursts.young.week", "new_places.deferrals",
              "new_places.patience", "new_places.tries", "limits.countries",
              "limits.networks"]
    for verdict in "block", "over_limit":
        assert not [cause for cause in causes
                    if (verdict, cause) not in found], (verdict, found)
    assert found["defer", "new_places.quota"] > 100
    assert found["over_rate", "rates"] > 100
    assert found["pass", ""] > 0.3 * 24 * MAILS
