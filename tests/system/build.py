"""build.py -- the folder of the build, and what tests keep in it.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import fcntl
import os
import pathlib

SOURCE = pathlib.Path(__file__).parents[2]
BUILD = pathlib.Path(os.environ.get("POLICYD_BUILD", SOURCE / "build"))


def made_once(name, make):
    """The path of a file that make(path) makes unless it is there. Its name
    says all that what is in it depends on."""
    path = BUILD.resolve() / "tests" / "system" / "made" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            # A whole one, or none.
            new = path.with_suffix(".new")
            make(new)
            new.rename(path)
    return path
