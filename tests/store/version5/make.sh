#!/bin/sh
# make.sh -- write pgsql.sql and sqlite.sql: a store of schema version 5.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The schema is taken from the last commit that had version 5, what is in it
# from the files *.data beside this one.
set -eu
cd "$(dirname "$0")"
commit=abbf375
make() {
	store=$1
	prefix=$2
	now=$3
	shift 3
	echo "-- Made by make.sh."
	echo "CREATE TABLE ${prefix}schema_version ("
	if [ "$store" = pgsql ]; then
		echo "version integer PRIMARY KEY, name text NOT NULL,"
		echo "at timestamptz NOT NULL DEFAULT now());"
	else
		echo "version INTEGER PRIMARY KEY, name TEXT NOT NULL,"
		echo "at INTEGER NOT NULL) STRICT;"
	fi
	for name; do
		git show "$commit:src/facts/schema/$store/$name.sql"
		number=$(echo "$name" | sed 's/^0*\([0-9]*\).*/\1/')
		echo "INSERT INTO ${prefix}schema_version" \
		    "VALUES ($number, '$name', $now);"
	done
	cat "$store.data"
}
{
	echo "CREATE SCHEMA policyd;"
	make pgsql policyd. "now()" 001-tables 002-check 003-admin 004-report 005-http
} >pgsql.sql
make sqlite "" 1767225600000 001-tables 004-report 005-http >sqlite.sql
