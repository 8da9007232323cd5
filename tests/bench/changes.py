"""changes.py -- a reload, and --clean, while there is load.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import signal
import subprocess
import time

from filled import PLACES
from servers import BUILD
from traffic import amiss, figures, load

# Like Postfix: what a connection that is lost was asked is asked once more.
TRAFFIC = ["-n", PLACES, "-u", 90, "-r"]


def reload(server):
    """Two of them, a second apart."""
    for _ in range(2):
        os.kill(server.pid, signal.SIGHUP)
        time.sleep(1)
    return "2 reloads"


def clean(server):
    """Half of what is kept is too old all at once."""
    begin = time.monotonic()
    done = subprocess.run(
        [BUILD / "policyd", "-c", server.config, "--clean"], cwd="/",
        env=dict(server.environment, POLICYD_STORE_RETENTION="15d"),
        capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"--clean: {done.stdout}{done.stderr}")
    return f"--clean, {time.monotonic() - begin:.1f} s"


def _during(server, options, change=None):
    with load(server.socket, 32, options, TRAFFIC) as process:
        what = change(server) if change else "nothing"
        return what, figures(process)


def part(run):
    lines = []
    for store in run.options.stores:
        for change in (reload, clean):
            with run.filled.copy(store) as url, \
                    run.filled.server(url, {}) as server:
                _, before = _during(server, run.options)
                what, found = _during(server, run.options, change)
            wrong = amiss(found)
            lines.append(
                f"{store:10}  {what:16}  p99 before {before['p99'] / 1000:.2f}"
                f" ms, during {found['p99'] / 1000:.2f}, longest "
                f"{found['max'] / 1000:.0f}; {found['requests']:,.0f} requests,"
                f" asked again {found['again']:.0f}, without an answer or "
                f"refused {sum(wrong.values())}")
            run.aim(f"{change.__name__} under load, {store}: errors", "none",
                    str(wrong or "none"), not wrong)
    return ("What is changed under load: usual, memory on, 32 connections\n\n"
            + "\n".join(lines))
