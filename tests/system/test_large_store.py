"""test_large_store.py -- what goes over all accounts goes over each but once.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pytest

from stores import SqliteStore
from waiting import until

# Of two pages, and of ten.
FEW, MANY = 2000, 10000


@pytest.fixture
def target():
    """The URL of an SQLite store that is not there yet."""
    made = SqliteStore()
    yield made.url
    made.close()


def fill(database, accounts):
    """So many accounts with two logins each."""
    database.sql(f"""
        INSERT INTO policyd.account (account)
        SELECT 'u' || n || '@example.com'
          FROM generate_series(1, {accounts}) n
            ON CONFLICT DO NOTHING;
        INSERT INTO policyd.login
        SELECT 'u' || n || '@example.com', ('10.1.' || k || '.1')::inet,
               'DE', now() - interval '1 hour', now(), 1
          FROM generate_series(1, {accounts}) n, generate_series(1, 2) k
            ON CONFLICT DO NOTHING;
        ANALYZE policyd.account, policyd.login""")


def rows_read(database, what):
    """How many rows of its tables the server reads meanwhile."""
    def count():
        until(lambda: database.value(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'policyd' "
            "AND datname = current_database()") == "0", "policyd to be gone")
        return int(database.value(
            "SELECT sum(coalesce(seq_tup_read, 0) + "
            "coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_user_tables "
            "WHERE relname IN ('account', 'login')"))
    before = count()
    what()
    return count() - before


def copy(url, target):
    return ["--copy-store", url, target]


def what_if(_url, _target):
    return ["--what-if", "limits.countries=2"]


@pytest.mark.parametrize("job", [copy, what_if])
def test_each_page_costs_the_same(make_policyd, database, target, job):
    """Pages that each began at the first account would read 3 times as much
    of two, and 55 times of ten."""
    # On a busy machine it takes long.
    url = f"{database.url}&connect_timeout=60"
    policyd = make_policyd({"store": {"url": url}})

    def run():
        result = policyd.cli(*job(url, target))
        assert result.returncode == 0, result.stderr

    # Of few rows all are read sooner than those that are wanted.
    database.sql(f"ALTER DATABASE {database.name} SET enable_seqscan = off")
    fill(database, FEW)
    few = rows_read(database, run)
    fill(database, MANY)
    many = rows_read(database, run)
    assert few >= 2 * FEW
    assert many < 2 * few * MANY / FEW, (few, many)
