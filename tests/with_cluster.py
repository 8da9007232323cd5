#!/usr/bin/python3
"""with_cluster.py -- run a command beside four shards and two proxies.

SPDX-License-Identifier: GPL-3.0-or-later

The command finds the proxy by POLICYD_TEST_STORE, and the tables of all
shards as one by POLICYD_TEST_LOOK.
"""
import sys

from with_postgres import run_beside
from cluster import Cluster, look

if __name__ == "__main__":
    sys.exit(run_beside(Cluster, lambda cluster: {
        "POLICYD_TEST_STORE": cluster.proxies[0].url,
        "POLICYD_TEST_LOOK": look(cluster)}))
