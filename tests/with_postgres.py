#!/usr/bin/python3
"""with_postgres.py -- run a command beside a PostgreSQL server of its own.

SPDX-License-Identifier: GPL-3.0-or-later

The command finds it by the environment (PGHOST, PGUSER), and may do there
what it likes: the server is gone when the command ends.
"""
import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "system"))

from postgres import Postgres


def run_beside(start, environment):
    """Start servers, run the command of our arguments with what it finds them
    by, and end them; its exit status."""
    if len(sys.argv) < 2:
        sys.exit(f"usage: {pathlib.Path(sys.argv[0]).name} "
                 "COMMAND [ARGUMENT ...]")
    # Whoever ends it ends the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    servers = start()
    try:
        return subprocess.run(
            sys.argv[1:], check=False,
            # Others use the machine, too.
            env={"PGCONNECT_TIMEOUT": "60", **os.environ,
                 **environment(servers)}).returncode
    finally:
        servers.close()


if __name__ == "__main__":
    sys.exit(run_beside(Postgres, lambda server: {
        "PGHOST": str(server.sockets), "PGUSER": "postgres",
        "PGDATABASE": "postgres"}))
