"""conftest.py -- what tests ask for: servers, databases, daemons.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import datetime
import fcntl
import pathlib
import shutil
import sys
import tempfile
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from build import BUILD

# Tests as pytest rewrites them are kept, but not beside their source.
CACHE = BUILD.resolve() / "tests" / "system" / "pycache"
CACHE.mkdir(parents=True, exist_ok=True)
sys.pycache_prefix = str(CACHE)
sys.dont_write_bytecode = False

import geoip as geoip_files
import policyd as daemon
from postgres import Postgres
from waiting import PATIENCE


@pytest.hookimpl(hookwrapper=True)
def pytest_collection():
    """Of processes that begin side by side the first one rewrites the tests;
    the others wait, and find them."""
    with open(CACHE / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests run side by side. Those that share something of their module,
    such as a Postfix, stay together; the longest begin first, and a test on
    its own fills what time is left at the end."""
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        if any(found[-1].scope == "module" for found in fixtures):
            item.add_marker(pytest.mark.xdist_group(item.module.__name__))
    items.sort(key=lambda item: (
        item.get_closest_marker("long") is None,
        item.get_closest_marker("xdist_group") is None))


def pytest_configure(config):
    config.addinivalue_line("markers", "long: waits long, so it begins first")


@pytest.fixture
def today():
    """The day (UTC), for a test that speaks of it: it does not end within the
    test. Near its end the next one is waited for."""
    longest = 120 * PATIENCE
    left = 86400 - time.time() % 86400
    while left < longest:
        time.sleep(left)
        left = 86400 - time.time() % 86400
    return str(datetime.datetime.now(datetime.timezone.utc).date())


@pytest.fixture(scope="session")
def geoip():
    """The folder with our GeoIP files, readable by everybody."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="policyd-geoip."))
    folder.chmod(0o755)
    # Who is not to read the build reads a copy.
    shutil.copytree(geoip_files.made_files(), folder, dirs_exist_ok=True)
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres():
    """The one PostgreSQL server of the session."""
    server = Postgres()
    yield server
    server.close()


@pytest.fixture(scope="session")
def schema(postgres):
    """The name of a database that holds the schema, to be copied."""
    database = postgres.database()
    result = daemon.run("--init-store", POLICYD_STORE_URL=database.url,
                        **nowhere())
    assert result.returncode == 0, result.stderr
    return database.name


def nowhere():
    """Environment for a program that is not to read /etc/policyd."""
    if not daemon.IS_ROOT:
        return {}
    return {"POLICYD_SERVER_USER": daemon.USER,
            "POLICYD_SERVER_GROUP": daemon.GROUP}


@pytest.fixture
def empty_database(postgres):
    """A database of its own, without a schema."""
    database = postgres.database()
    yield database
    postgres.drop(database)


@pytest.fixture
def database(postgres, schema):
    """A database of its own, with the schema in it."""
    database = postgres.database(schema)
    yield database
    postgres.drop(database)


@pytest.fixture
def make_policyd(request, geoip):
    """A function that makes daemons, not started, with a store and GeoIP.
    Unless the configuration names one, the store is the database of the test,
    which is made for who needs it alone, or, embedded, a file."""
    # The store outlives its daemons.
    if "database" in request.fixturenames:
        request.getfixturevalue("database")
    made = []

    def make(config=None, is_embedded=False, **options):
        base = {"geoip": {"country": str(geoip / "country.mmdb")}}
        if is_embedded:
            base["store"] = {"url": daemon.OWN_FILE}
        elif "url" not in (config or {}).get("store", {}):
            base["store"] = {"url": request.getfixturevalue("database").url}
        made.append(daemon.Policyd(daemon.merge(base, config or {}),
                                   **options))
        return made[-1]

    yield make
    trouble = None
    for policyd in made:
        try:
            policyd.close()
        except AssertionError as error:
            trouble = trouble or error
    if trouble:
        raise trouble


@pytest.fixture
def start_policyd(make_policyd):
    """A function that starts daemons; they are ended after the test."""
    def start(config=None, **options):
        return make_policyd(config, **options).start()
    return start
