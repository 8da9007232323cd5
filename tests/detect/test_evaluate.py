"""test_evaluate.py -- traces are made and scored as README says.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import re

import pytest

import evaluate
import generate
from model import Config
from settings import Setting
from traces import Traces, play

LINES = [
    r"2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00 mx1 postfix/submission/"
    r"smtpd\[\d+\]: 4[0-9A-F]{9}: client=unknown\[[0-9a-f.:]+\], "
    r"sasl_method=PLAIN, sasl_username=u\d{5}@example\.com",
    r"2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00 mx1 postfix/qmgr\[900\]: "
    r"4[0-9A-F]{9}: from=<u\d{5}@example\.com>, size=\d+, nrcpt=\d+ "
    r"\(queue active\)",
]


@pytest.fixture(scope="module", name="traces")
def made(tmp_path_factory):
    directory = tmp_path_factory.mktemp("traces")
    generate.generate(directory, 40, 3, 0.25)
    traces = Traces(directory)
    traces.read()
    return traces


def test_the_same_seed_makes_the_same(traces, tmp_path):
    generate.generate(tmp_path, 40, 3, 0.25)
    for name in "mail-2026-01-20.log", "mail-2026-03-20.log", "truth.json":
        assert (tmp_path / name).read_bytes() == \
            (traces.directory / name).read_bytes()


def test_lines_are_postfix_lines_in_order_of_time(traces):
    assert len(traces.logs) == 90
    for log in traces.logs[::30]:
        lines = log.read_text().splitlines()
        assert lines and lines == sorted(lines, key=lambda line: line[:32])
        for number, line in enumerate(lines):
            assert re.fullmatch(LINES[number % 2], line)


def test_each_theft_is_there_and_in_the_judged_days(traces):
    stolen = [truth for truth in traces.truth.values() if truth["theft"]]
    assert len({truth["theft"] for truth in stolen}) == 10
    for truth in stolen:
        assert truth["start"] >= traces.about["judged_from"]
        times = traces.mails[truth["account"]][0]
        assert sorted(truth["stolen"] + truth["honest"]) == list(times)


def test_the_reader_finds_every_mail(traces):
    found = sum(len(times) for times, _, _ in traces.mails.values())
    assert found == traces.about["mails"]


def score(traces, config):
    setting = Setting("tested", config, learns=True)
    return evaluate.Score(setting, traces, play(traces, setting, set()),
                          traces.about["judged_from"])


def test_without_rules_everything_passes(traces):
    off = {name: None for name in Config.__dataclass_fields__
           if name.endswith(("_day", "_hour", "_week", "_mails"))
           or name in ("deferrals", "patience", "tries")}
    loose = score(traces, Config(**off))
    assert loose.share_blocked() == 0 and loose.blocked.total() == 0
    total = sum(len(truth["stolen"]) for truth in traces.truth.values())
    assert sum(passed for _, passed in loose.stolen()) == total


def test_the_shipped_rules_stop_most(traces):
    shipped = score(traces, Config())
    assert shipped.accounts.total() == 30
    assert shipped.share_blocked() >= 0.6
    assert shipped.thefts["one_place"][0][0]


def test_the_share_is_of_honest_accounts_and_has_an_error(traces):
    shipped = score(traces, Config())
    shipped.blocked.clear()
    shipped.blocked["office"] = 9
    share, error = shipped.per_10000(shipped.blocked)
    assert share == 3000 and error == 1000
