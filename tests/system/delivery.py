# delivery.py -- run mail_probe: one mail, hook or webhook, and how it fared.
# SPDX-License-Identifier: GPL-3.0-or-later

import os
import pathlib
import subprocess
import time
from types import SimpleNamespace

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROBE = ROOT / os.environ.get("BUILD", "build") / "tests/system/mail_probe"
MESSAGE = "From: <policyd@example.org>\r\nSubject: x\r\n\r\nHello\r\n"
EVENT = '{"event":"block","account":"joe@example.org"}'
# What a delivery may take beyond its time-out on a busy machine.
SLACK = 20


def probe(what, *arguments, text=MESSAGE, env=None):
    began = time.monotonic()
    done = subprocess.run([PROBE, what, *arguments],
                          input=text.encode(), capture_output=True,
                          timeout=120, check=False, env=env or {})
    took = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    outcome = SimpleNamespace(took=took, log=done.stderr.decode(),
                              output=done.stdout, recipients=[],
                              is_down=False)
    for line in done.stdout.decode().splitlines():
        key, _, value = line.partition(": ")
        if key == "recipient":
            outcome.recipients.append(value)
        elif key == "down":
            outcome.is_down = True
        elif key in ("result", "text"):
            setattr(outcome, key, value)
    return outcome
