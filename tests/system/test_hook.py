# test_hook.py -- programs run with an event: good, slow and wild ones.
# SPDX-License-Identifier: GPL-3.0-or-later

import os
import subprocess

import pytest

from delivery import EVENT, PROBE, SLACK, probe
from proc import is_alive
from waiting import until


def hook(*command, text=EVENT, timeout_ms=5000):
    return probe("hook", f"timeout_ms={timeout_ms}", "--", *command, text=text)


def shell(line, **options):
    return hook("/bin/sh", "-c", line, **options)


@pytest.mark.parametrize("size", [0, 100, 1000000])
def test_a_hook_reads_its_event(tmp_path, size):
    text = "x" * size
    done = shell(f"cat >{tmp_path}/event", text=text)
    assert (done.result, done.text) == ("done", "exit status 0")
    assert (tmp_path / "event").read_text(encoding="ascii") == text


@pytest.mark.parametrize("size", [100, 1000000])
@pytest.mark.parametrize("line", ["exit 0", "exec <&-; exit 0",
                                  "head -c 10 >/dev/null"])
def test_a_hook_need_not_read(line, size):
    done = shell(line, text="x" * size)
    assert (done.result, done.text) == ("done", "exit status 0")
    assert done.took < SLACK


@pytest.mark.parametrize("line, result, text", [
    ("exit 0", "done", "exit status 0"),
    ("exit 1", "refused", "exit status 1"),
    ("exit 75", "retry", "exit status 75"),
    ("kill -SEGV $$", "retry", "ended by signal 11"),
    ("exec /nonexistent", "refused", "exit status 127"),
])
def test_how_a_hook_ends(line, result, text):
    done = shell(line)
    assert (done.result, done.text) == (result, text)


@pytest.mark.parametrize("path", ["/nonexistent", "/etc/passwd", "/"])
def test_a_hook_that_cannot_be_run(path):
    done = hook(path)
    assert done.result == "retry"
    assert done.text.startswith(f"cannot run {path}: ")


def test_there_is_no_shell():
    done = hook("/bin/echo", "$HOME", "`id`", "; exit 3", "*")
    assert done.result == "done"
    assert "$HOME `id` ; exit 3 *" in done.log


@pytest.mark.parametrize("line", [
    "sleep 600 & echo $! >{0}; sleep 600",
    "trap '' TERM HUP; sleep 600 & echo $! >{0}; sleep 600",
    "exec >/dev/null 2>&1; sleep 600 & echo $! >{0}; sleep 600",
    "sleep 600 & echo $! >{0}; while :; do echo x; done",
])
def test_a_hook_that_never_ends_is_killed_with_its_children(tmp_path, line):
    done = shell(line.format(tmp_path / "pid"), timeout_ms=1000)
    assert (done.result, done.text) == ("retry", "killed: it took too long")
    assert 0.9 < done.took < 1 + SLACK
    grandchild = int((tmp_path / "pid").read_text(encoding="ascii"))
    until(lambda: not is_alive(grandchild), "the grandchild's end")


def test_a_hook_leaves_nothing_behind(tmp_path):
    done = shell(f"sleep 600 & echo $! >{tmp_path}/pid; exit 0")
    assert done.result == "done"
    assert done.took < SLACK
    grandchild = int((tmp_path / "pid").read_text(encoding="ascii"))
    until(lambda: not is_alive(grandchild), "the grandchild's end")


def test_what_a_hook_prints_is_logged_bounded_and_escaped():
    done = shell("printf 'one\\033[2J\\ntwo\\n' >&2; printf 'nul\\0three\\n';"
                 "i=0; while [ $i -lt 9999 ]; do echo line $i; i=$((i+1)); "
                 "done")
    assert done.result == "done"
    assert "/bin/sh: one\\x1b[2J\n" in done.log
    assert "/bin/sh: two\n" in done.log
    assert "nul three" in done.log
    assert "line 9998" not in done.log
    assert "more of its output is not logged" in done.log


def test_what_a_hook_finds():
    with open(PROBE, "rb") as inherited:
        os.set_inheritable(inherited.fileno(), True)
        done = subprocess.run(
            [PROBE, "hook", "--", "/bin/sh", "-c",
             "ls /proc/$$/fd; pwd; env; "
             # Read by the shell itself: it blocks signals while it forks.
             "while read -r line; do case $line in "
             "SigIgn*|SigBlk*) echo \"$line\";; esac; done </proc/$$/status"],
            input=b"", capture_output=True, check=True, close_fds=False,
            env={"SECRET": "x", "LD_LIBRARY_PATH": "/x"})
    said = [line.partition("/bin/sh: ")[2]
            for line in done.stderr.decode().splitlines()]
    assert said[:3] == ["0", "1", "2"]
    assert said[3] == "/"
    assert not [line for line in said if "SECRET" in line or "LD_" in line]
    assert "LANG=C.UTF-8" in said
    masks = [int(line.split("\\t")[1], 16) for line in said
             if line.startswith("Sig")]
    # 32 and 33 are the C library's own, which nobody can set.
    assert [mask & ~(3 << 31) for mask in masks] == [0, 0]
