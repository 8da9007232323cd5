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


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: with_postgres.py COMMAND [ARGUMENT ...]")
    # Whoever ends it ends the server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    server = Postgres()
    try:
        return subprocess.run(
            sys.argv[1:], check=False,
            env=dict(os.environ, PGHOST=str(server.sockets),
                     PGUSER="postgres", PGDATABASE="postgres")).returncode
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())
