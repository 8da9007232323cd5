"""test_played.py -- policyd --replay does to every account what the model does.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib

import pytest

import generate
import program
import world
from settings import SETTINGS, WITHOUT
from traces import Traces, play

BUILD = pathlib.Path(os.environ.get("POLICYD_BUILD", "build")).resolve()
PROVIDERS = {f"AS{world.GOOGLE}"}
ACCOUNTS, SEED, STOLEN = 80, 4, 0.25


@pytest.fixture(scope="module")
def traces(tmp_path_factory):
    directory = tmp_path_factory.mktemp("traces")
    generate.generate(directory, ACCOUNTS, SEED, STOLEN)
    traces = Traces(directory)
    traces.read()
    return traces


def without_cause(result):
    """Causes have other names in the model."""
    return {key: {**value, "cause": None} if isinstance(value, dict)
            else value for key, value in result.items()}


@pytest.mark.parametrize("setting", [
    setting for setting in SETTINGS + WITHOUT if program.can_say(setting)],
    ids=lambda setting: setting.name)
def test_program_and_model_agree(traces, setting):
    by_model = {result["account"]: without_cause(result)
                for result in play(traces, setting, PROVIDERS)
                if result["mails"]}
    by_program = {result["account"]: without_cause(result)
                  for result in program.replay(BUILD, traces, setting)}
    assert len(by_model) > ACCOUNTS / 2
    assert by_program == by_model
