"""stores.py -- both stores, each with a way to look inside.

SPDX-License-Identifier: GPL-3.0-or-later

In a test module: `from stores import store  # noqa: F401`; a test that asks
for `store` runs once with PostgreSQL and once with SQLite.
"""
import os
import pathlib
import pwd
import re
import shutil
import sqlite3
import tempfile

import pytest

import policyd as daemon


class SqliteStore:
    """A file of its own, owned by whom the daemon becomes."""

    kind = "sqlite"

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="policyd-sqlite."))
        self.path = self.root / "policyd.db"
        if daemon.IS_ROOT:
            entry = pwd.getpwnam(daemon.USER)
            os.chown(self.root, entry.pw_uid, entry.pw_gid)

    @property
    def url(self):
        return f"sqlite:{self.path}"

    def sql(self, text):
        """Run SQL as it is for PostgreSQL, without "policyd."; the rows as
        lists of strings."""
        text = text.replace("policyd.", "")
        with sqlite3.connect(self.path, timeout=60) as connection:
            # What the daemon brings along.
            connection.create_function("network_key", 1, lambda text: text)
            rows = connection.execute(text).fetchall()
        connection.close()
        return [["" if cell is None else str(cell) for cell in row]
                for row in rows]

    def value(self, text):
        rows = self.sql(text)
        assert len(rows) == 1 and len(rows[0]) == 1, rows
        return rows[0][0]

    def age(self, days):
        """Make all that is remembered so many days older."""
        self.settle()
        for table, columns in TIMES.items():
            for column in columns:
                self.sql(f"UPDATE {table} SET {column} = {column} - "
                         f"{days * 86400000} WHERE {column} > 0 AND "
                         f"{column} < 9223372036854775807")

    def settle(self):
        """Write what account rows hold of logins to the table of logins."""
        self.sql("CREATE TABLE now_seen AS SELECT * FROM logins")
        self.sql("UPDATE login SET last_seen = v.last_seen, mails = v.mails "
                 "FROM now_seen v WHERE v.account = login.account "
                 "AND v.network = login.network")
        self.sql("DROP TABLE now_seen")
        self.sql("UPDATE account SET places = '', version = version + 1, "
                 "complete_since = 9223372036854775807")

    def close(self):
        shutil.rmtree(self.root, ignore_errors=True)


class PostgresStore:
    """The database of a test, with the same ways to look at it."""

    kind = "postgresql"

    def __init__(self, database):
        self.database = database
        self.url = database.url
        self.sql = database.sql
        self.value = database.value

    def settle(self):
        self.database.settle()

    def age(self, days):
        self.settle()
        for table, columns in TIMES.items():
            changes = ", ".join(f"{column} = {column} - interval '{days} d'"
                                for column in columns)
            self.sql(f"UPDATE policyd.{table} SET {changes}")


TIMES = {
    "login": ["first_seen", "last_seen"],
    "account": ["evidence_since", "blocked_until", "last_seen",
                "rated_at"],
    "block": ["began_at", "until", "ended_at"],
    "outbox": ["created_at", "next_try", "ended_at"],
    "hit": ["first_seen", "last_seen"],
}


@pytest.fixture(params=["postgresql", "sqlite"])
def store(request):
    if request.param == "sqlite":
        made = SqliteStore()
        yield made
        made.close()
    else:
        yield PostgresStore(request.getfixturevalue("database"))


@pytest.fixture
def served(store, start_policyd):
    """A function that starts a daemon on the store."""
    def start(config=None, **options):
        return start_policyd(daemon.merge({"store": {"url": store.url}},
                                          config or {}), **options)
    return start


def table(text):
    """The rows of a printed table, its head apart: lists of cells."""
    lines = [line for line in text.splitlines() if line]
    return [re.split(r" {2,}", line.strip()) for line in lines[1:]]
