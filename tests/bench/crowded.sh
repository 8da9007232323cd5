#!/bin/sh
# crowded.sh -- run crowded.c on an SQLite file and on a PostgreSQL server of
# its own.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: crowded.sh BUILD [ATTEMPTS ...]
set -e
program=$1/tests/bench/crowded
shift
directory=$(mktemp -d /var/tmp/policyd-crowded.XXXXXX)
trap 'rm -rf "$directory"' EXIT
echo "SQLite, microseconds a login"
"$program" "sqlite:$directory/store.db" "$@"
echo "PostgreSQL, microseconds a login"
/usr/bin/python3 -B tests/with_postgres.py "$program" \
	"postgresql:///postgres" "$@"
