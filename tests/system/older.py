"""older.py -- the program as it was before the last step of the schema.

SPDX-License-Identifier: GPL-3.0-or-later

Built from the history of the source, once; what is built stays in the folder
of the build.
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

from build import SOURCE, made_once

SCHEMA = pathlib.Path("src/store/schema")


def _git(*arguments):
    """What git says, or None."""
    if shutil.which("git") is None:
        return None
    # Root builds what belongs to somebody else.
    result = subprocess.run(
        ["git", "-c", f"safe.directory={SOURCE.resolve()}", "-C",
         SOURCE, *arguments], capture_output=True)
    return result.stdout if result.returncode == 0 else None


def _steps(kind):
    """The numbered steps of a schema, each with the version whose programs can
    go on with it."""
    found = {}
    for path in sorted((SOURCE / SCHEMA / kind).glob("[0-9]*.sql")):
        found[path] = (int(path.name.split("-")[0]), int(re.search(
            r"^-- compatible-from: (\d+)$", path.read_text(), re.M)[1]))
    return found


def version(kind):
    """The number of the last step now."""
    return max(number for number, _ in _steps(kind).values())


def _commit():
    """The last one whose schema is the oldest that can go on with today's."""
    # Unpacked within somebody else's work tree it has none.
    if _git("rev-parse", "--show-prefix") != b"\n":
        return None
    steps = _steps("pgsql")
    floor = max(oldest for _, oldest in steps.values())
    for path, (number, _) in steps.items():
        if number <= floor:
            continue
        added = _git("log", "--format=%H", "--diff-filter=A", "--",
                     path.relative_to(SOURCE))
        if added is None:
            return None
        if added.strip():
            before = _git("rev-parse", "--verify", "-q",
                          added.decode().split()[-1] + "^")
            return before and before.decode().strip()
        break
    # It is not committed yet.
    head = _git("rev-parse", "--verify", "-q", "HEAD")
    return head and head.decode().strip()


def _build(commit, source, program):
    archive = _git("archive", commit)
    subprocess.run(["tar", "-x", "-C", source], input=archive, check=True)
    # Without optimization it is there in half the time.
    made = subprocess.run(
        ["make", "-s", f"-j{os.cpu_count()}", "CFLAGS=-O0",
         "BUILD=build", "build/policyd"], cwd=source, text=True,
        # Not what a make that runs the tests passes on.
        env={name: value for name, value in os.environ.items()
             if not name.startswith(("MAKE", "MFLAGS", "POLICYD_"))},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert made.returncode == 0, made.stdout[-3000:]
    shutil.copy(source / "build" / "policyd", program)


def program():
    """Its path; skips the test where there is no history to build it from."""
    commit = _commit()
    if commit is None:
        pytest.skip("the history of the source is not here (no git, a "
                    "shallow clone or an unpacked tarball): there is no "
                    "older version to build")

    def make(path):
        # Where no name has a blank: it may not know of such.
        with tempfile.TemporaryDirectory(prefix="policyd-older.") as made:
            _build(commit, pathlib.Path(made), path)
    return made_once(f"policyd-{commit}", make)
