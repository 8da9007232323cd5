"""terminal.py -- run the program on a terminal of a given width.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import fcntl
import os
import pty
import struct
import subprocess
import termios

import policyd as daemon
from waiting import PATIENCE


def show(policyd, *arguments, width=80, **environment):
    """What a command shows on a terminal; its lines."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ,
                struct.pack("HHHH", 25, width, 0, 0))
    environment = {"TERM": "xterm", "LANG": "C.UTF-8", "TZ": "Europe/Berlin",
                   **environment}
    process = subprocess.Popen(
        [str(daemon.PROGRAM), "-c", str(policyd.path), *arguments],
        stdin=subprocess.DEVNULL, stdout=slave, stderr=subprocess.PIPE,
        cwd="/", env=daemon.environment(**environment))
    os.close(slave)
    shown = b""
    try:
        while True:
            piece = os.read(master, 65536)
            if not piece:
                break
            shown += piece
    except OSError:
        pass    # the other end was closed: that is how it ends
    finally:
        os.close(master)
    assert process.wait(120 * PATIENCE) == 0, process.stderr.read()
    process.stderr.close()
    return shown.decode().replace("\r\n", "\n").splitlines()


def answer(policyd, text, *arguments):
    """Answer a command on a terminal: its exit status, and what it asked."""
    master, slave = pty.openpty()
    try:
        process = subprocess.Popen(
            [str(daemon.PROGRAM), "-c", str(policyd.path), *arguments],
            stdin=slave, stdout=subprocess.PIPE, stderr=slave, cwd="/",
            env=daemon.environment())
        os.write(master, text)
        process.communicate(timeout=120 * PATIENCE)
        # What is read is what has come through so far: up to this is all.
        end = b"<the end>"
        os.write(slave, end)
        shown = b""
        while end not in shown:
            shown += os.read(master, 65536)
        return process.returncode, shown.partition(end)[0].decode()
    finally:
        os.close(master)
        os.close(slave)
