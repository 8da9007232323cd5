#!/usr/bin/python3
"""with_cluster.py -- run a command beside four shards and two proxies.

SPDX-License-Identifier: GPL-3.0-or-later

The command finds the proxy by POLICYD_TEST_STORE, and the tables of all
shards as one by POLICYD_TEST_LOOK.
"""
import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "system"))

from cluster import Cluster, look


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: with_cluster.py COMMAND [ARGUMENT ...]")
    # Whoever ends it ends the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    cluster = Cluster()
    try:
        return subprocess.run(
            sys.argv[1:], check=False,
            env=dict(os.environ, POLICYD_TEST_STORE=cluster.proxies[0].url,
                     POLICYD_TEST_LOOK=look(cluster))).returncode
    finally:
        cluster.close()


if __name__ == "__main__":
    sys.exit(main())
