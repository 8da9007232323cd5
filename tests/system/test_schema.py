"""test_schema.py -- policyd-schema(7) against the schemas that there are.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import re
import sqlite3
import subprocess

import pytest

import policyd as daemon

SOURCE = pathlib.Path(__file__).parents[2]
MAN = (SOURCE / "man" / "policyd-schema.7").read_text()
EXAMPLES = re.findall(r"^\.Bd -literal.*\n((?:.*\n)*?)\.Ed", MAN, re.M)
PGSQL = [text for text in EXAMPLES if "policyd" in text]
SQLITE = [text for text in EXAMPLES if "policyd" not in text]


def section(title):
    """What a section of the page lists: {name: the text about it}."""
    text = re.search(rf"^\.Ss {title}\n((?:.*\n)*?)(?=\.S[sh] )", MAN,
                     re.M).group(1)
    return dict(re.findall(r"^\.It Ic (\w+)\n((?:.*\n)*?)(?=\.It|\.El)", text,
                           re.M))


def columns(text):
    """The names after .Va, in order."""
    return [name for line in re.findall(r"^\.Va (.*)$", text, re.M)
            for name in re.findall(r"\w+", line)]


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory):
    """A connection to a store in a file, with a login and a block in it."""
    policyd = daemon.Policyd()
    policyd.write({"store": {"url": f"sqlite:{policyd.root}/policyd.db"}})
    policyd.start()
    policyd.ask("joe@example.com")
    assert policyd.cli("--block", "joe@example.com").returncode == 0
    connection = sqlite3.connect(f"file:{policyd.root}/policyd.db?mode=ro",
                                 uri=True)
    yield connection
    connection.close()
    policyd.close()


def test_the_page_has_examples_for_both():
    assert len(PGSQL) >= 5 and len(SQLITE) >= 2


@pytest.mark.parametrize("text", PGSQL)
def test_an_example_runs_in_postgresql(text, start_policyd, database):
    policyd = start_policyd()
    policyd.ask("joe@example.com", "198.51.100.1")
    assert policyd.cli("--block", "joe@example.com").returncode == 0
    try:
        rows = database.sql(text)
    finally:
        if "CREATE ROLE" in text:
            database.sql("DROP OWNED BY auditor; DROP ROLE auditor")
    if "'joe@example.com'" in text or "block" in text or "<<=" in text:
        assert "198.51.100.1" in str(rows) or "joe@example.com" in str(rows)


@pytest.mark.parametrize("text", SQLITE)
def test_an_example_runs_in_sqlite(text, sqlite):
    assert len(sqlite.execute(text).fetchall()) == 1


def test_every_table_and_view_of_postgresql_is_described(database):
    found = {"v": set(), "r": set()}
    for name, kind in database.sql(
            "SELECT relname, relkind FROM pg_class WHERE relkind IN ('r', 'v')"
            " AND relnamespace = 'policyd'::regnamespace"):
        found[kind].add(name)
    assert found["v"] == set(section("Views"))
    assert found["r"] == set(section("Tables")) - {"cause"}


def test_every_table_and_view_of_sqlite_is_described(sqlite):
    found = {"view": set(), "table": set()}
    for name, kind in sqlite.execute(
            "SELECT name, type FROM sqlite_schema WHERE type IN"
            " ('view', 'table') AND name NOT LIKE 'sqlite_%'"):
        found[kind].add(name)
    assert found["view"] == set(section("Views"))
    assert found["table"] == set(section("Tables"))


@pytest.mark.parametrize("view", section("Views"))
def test_the_columns_of_a_view_are_as_described(view, database, sqlite):
    described = columns(section("Views")[view])
    in_pgsql = [row[0] for row in database.sql(
        "SELECT attname FROM pg_attribute WHERE attnum > 0 AND attrelid ="
        f" 'policyd.{view}'::regclass ORDER BY attnum")]
    in_sqlite = [row[1] for row in
                 sqlite.execute(f"PRAGMA table_info({view})")]
    assert in_pgsql == described
    assert in_sqlite == described


@pytest.mark.parametrize("table", section("Tables"))
def test_columns_that_are_named_exist_in_the_table(table, sqlite):
    there = {row[1] for row in sqlite.execute(f"PRAGMA table_info({table})")}
    assert set(columns(section("Tables")[table])) <= there


@pytest.mark.parametrize("wrong, said", [
    ("-- name: turn_leave\n", "turn_leave"),
    ("owner = ?2;\n", "turn_leave"),
    ("-- name: clock\n", "clock")])
def test_statements_of_one_store_alone_are_not_built(wrong, said, tmp_path):
    """Both files name the same statements, with the same parameters."""
    folder = SOURCE / "src" / "store" / "statements"
    embed = ["sh", folder / "embed.sh", folder / "pgsql.sql"]
    assert subprocess.run([*embed, folder / "sqlite.sql"],
                          capture_output=True).returncode == 0
    other = tmp_path / "sqlite.sql"
    text = (folder / "sqlite.sql").read_text()
    assert wrong in text
    other.write_text(text.replace(wrong, ""))
    result = subprocess.run([*embed, other], capture_output=True, text=True)
    assert result.returncode != 0
    assert said in result.stderr


def test_the_functions_that_are_named_exist(database):
    for name in re.findall(r"^\.It Fn policyd\.(\w+)", MAN, re.M):
        assert database.value(
            "SELECT count(*) FROM pg_proc WHERE proname = "
            f"'{name}' AND pronamespace = 'policyd'::regnamespace") == "1"
