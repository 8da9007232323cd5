"""cluster.py -- shards, a pgbouncer before them, and proxies that know them.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import base64
import re
import subprocess

import policyd as daemon
from pgbouncer import Pgbouncer
from postgres import PROGRAMS, Postgres
from waiting import until

# What a shard may take where none is away: others use the machine, too.
PATIENCE_S = 20
# And what it may take to be connected to a proxy.
CONNECT_S = 60


class Pool(Pgbouncer):
    """One before shards."""

    def connection(self, name):
        return f"host={self.folder} port={self.port} dbname={name}"


class Proxy:
    """A database that has functions only."""

    def __init__(self, server, name="policyd"):
        self.server = server
        self.name = name
        server.sql(f"CREATE DATABASE {name} OWNER policyd")
        made = daemon.run("--init-store", "--proxy",
                          POLICYD_STORE_URL=self._url("postgres"))
        assert made.returncode == 0, made.stderr

    def _url(self, user):
        return (f"postgresql:///{self.name}?host={self.server.sockets}"
                f"&user={user}&connect_timeout={CONNECT_S}")

    @property
    def url(self):
        return self._url("policyd")

    def sql(self, text):
        return self.server.sql(text, self.name)

    def set_shards(self, connections, slow):
        def quoted(text):
            return "NULL" if text is None else \
                "'" + text.replace("'", "''") + "'"

        def array(texts):
            return "NULL" if texts is None else \
                f"ARRAY[{', '.join(map(quoted, texts))}]::text[]"
        self.sql("SELECT policyd.set_shards("
                 f"{array(connections)}, {array(slow)})")


DELETE_MOVED = """
DO $$
DECLARE
    v_after text := '';
BEGIN
    WHILE v_after IS NOT NULL LOOP
        v_after := (SELECT * FROM policyd.delete_moved({number}, {count},
                                                       v_after, 500));
        COMMIT;
    END LOOP;
END
$$
"""


class Cluster:
    """So many shards, each a server of its own, and proxies. standbys: of so
    many of the shards there are some."""

    def __init__(self, shards=4, proxies=2, standbys=0):
        self.shards = []
        self.standbys = {}
        self.proxies = []
        self.servers = []
        self.pool = None
        self._shard_of = {}
        try:
            for number in range(shards):
                self.add_shard()
            for number in range(standbys):
                self.standbys[number] = Postgres(self.shards[number])
            self.pool = Pool()
            for number in range(proxies):
                self.servers.append(Postgres())
                self.proxies.append(Proxy(self.servers[-1]))
            self.tell_proxies()
            self.start_pool()
        except BaseException:
            self.close()
            raise

    def add_shard(self):
        server = Postgres()
        self.shards.append(server)
        server.sql("CREATE DATABASE policyd OWNER policyd")
        made = daemon.run("--init-store", POLICYD_STORE_URL=(
            f"postgresql:///policyd?host={server.sockets}&user=policyd"))
        assert made.returncode == 0, made.stderr

    def double(self):
        """Twice as many shards, by copies of each: see policyd-scale(7)."""
        copies = [Postgres(server) for server in self.shards]
        self.pool.stop()
        for server, copy in zip(self.shards, copies):
            def has_all():
                return server.sql(
                    "SELECT replay_lsn = pg_current_wal_lsn() "
                    "FROM pg_stat_replication") == [["t"]]
            until(has_all, "the copy")
            copy.promote()
        self.shards += copies
        self._shard_of = {}
        self.tell_proxies()
        self.start_pool()
        for number, server in enumerate(self.shards):
            server.sql(DELETE_MOVED.format(number=number,
                                           count=len(self.shards)), "policyd")

    def start_pool(self):
        self.set_patience(PATIENCE_S)
        self.pool.start()

    def set_patience(self, seconds=None):
        """As a proxy says it is to be, but for how long a query may take."""
        made = daemon.run("--init-store", "--proxy", "--pgbouncer",
                          len(self.proxies),
                          POLICYD_STORE_URL=self.proxies[0].url)
        assert made.returncode == 0, made.stderr
        text, changed = re.subn(
            r"^query_timeout = .*$", f"query_timeout = {seconds}",
            made.stdout, flags=re.MULTILINE)
        assert changed == 1, made.stdout
        self.pool.write(made.stdout if seconds is None else text)

    def _direct(self, number):
        """How a shard is reached past the pool: as policyd-scale(7) has it."""
        hosts = [self.shards[number], self.standbys.get(number)]
        listed = ",".join(str(server.sockets) for server in hosts if server)
        return f"host={listed} target_session_attrs=read-write dbname=policyd"

    def tell_proxies(self):
        for proxy in self.proxies:
            proxy.set_shards(
                [self.pool.connection(f"shard{number}")
                 for number in range(len(self.shards))],
                [self._direct(number) for number in range(len(self.shards))])

    def shard_of(self, account):
        """The number of the shard an account is in. It is asked for of all
        whose name differs by its last digit at once."""
        if account not in self._shard_of:
            stem, _, domain = account.partition("@")
            self._shard_of.update(
                (name, int(number)) for name, number in self.proxies[0].sql(
                    "SELECT name, policyd.shard_of(name) FROM (SELECT '"
                    f"{stem[:-1]}' || n || '@{domain}' AS name "
                    "FROM generate_series(0, 9) n) AS names"))
        return self._shard_of[account]

    def sql(self, text):
        """The rows of all shards."""
        return [row for server in self.shards
                for row in server.sql(text, "policyd")]

    def close(self):
        if self.pool is not None:
            self.pool.close()
        for server in [*self.servers, *self.standbys.values(), *self.shards]:
            server.close()


# What is laid over a domain is in all shards.
SPREAD = """
CREATE SCHEMA others;
CREATE FUNCTION others.spread() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.account LIKE '@%' THEN
        FOR n IN 0 .. {count} - 1 LOOP
            IF n <> TG_ARGV[0]::integer THEN
                EXECUTE format('INSERT INTO others.override_%s SELECT ($1).*',
                               n) USING NEW;
            END IF;
        END LOOP;
    END IF;
    RETURN NULL;
END
$$;
"""


def look(cluster, name="look"):
    """Make a database in which the tables of all shards are one, for those who
    look into a store; its URL."""
    server = cluster.servers[0]
    server.sql(f"CREATE DATABASE {name}")
    dump = subprocess.run(
        [PROGRAMS / "pg_dump", "-s", "-n", "policyd", "-h",
         cluster.shards[0].sockets, "-U", "postgres", "policyd"],
        check=True, capture_output=True, text=True).stdout
    # Everything as it is in a shard; then tables give way.
    subprocess.run(
        [PROGRAMS / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-h",
         server.sockets, "-U", "postgres", name],
        input=dump, check=True, stdout=subprocess.DEVNULL, text=True)
    text = "CREATE EXTENSION postgres_fdw;\n"
    for number, shard in enumerate(cluster.shards):
        text += (f"CREATE SERVER s{number} FOREIGN DATA WRAPPER postgres_fdw "
                 f"OPTIONS (host '{shard.sockets}', dbname 'policyd');\n"
                 f"CREATE USER MAPPING FOR PUBLIC SERVER s{number} OPTIONS "
                 "(user 'postgres');\n")
    count = len(cluster.shards)
    # Line ends are part of them.
    views = base64.b64decode(server.sql(
        "SELECT translate(encode(convert_to(string_agg(format("
        "'CREATE VIEW %s AS %s', oid::regclass, pg_get_viewdef(oid)), ' ' "
        "ORDER BY oid), 'UTF8'), 'base64'), E'\\n', '') "
        "FROM pg_class WHERE relkind = 'v' AND relnamespace = "
        "'policyd'::regnamespace", name)[0][0]).decode()
    columns = {}
    for table, column, kind in server.sql(
            "SELECT c.relname, a.attname, "
            "format_type(a.atttypid, a.atttypmod) || CASE WHEN "
            "a.attcollation = 950 THEN ' COLLATE \"C\"' ELSE '' END || "
            "coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') "
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = "
            "a.attnum AND a.attgenerated = '' "
            "WHERE c.relkind = 'r' AND c.relnamespace = "
            "'policyd'::regnamespace AND a.attnum > 0 AND NOT "
            "a.attisdropped ORDER BY c.relname, a.attnum", name):
        columns.setdefault(table, []).append(f"{column} {kind}")
    keys = {"audit": "subject", "turn": "name", "decisions": "host",
            "host": "host", "schema_version": "version::text",
            "revision": "of", "mode": "host"}
    for table, listed in columns.items():
        text += f"DROP TABLE policyd.{table} CASCADE;\n"
        key = keys.get(table, "account")
        text += (f"CREATE TABLE policyd.{table} ({', '.join(listed)}) "
                 f"PARTITION BY LIST ((hashtext({key}) & {count - 1}));\n")
        for number in range(count):
            text += (f"CREATE FOREIGN TABLE policyd.{table}_{number} "
                     f"PARTITION OF policyd.{table} FOR VALUES IN ({number}) "
                     f"SERVER s{number} OPTIONS (schema_name 'policyd', "
                     f"table_name '{table}');\n")
    text += SPREAD.format(count=count)
    for number in range(count):
        text += (f"CREATE FOREIGN TABLE others.override_{number} "
                 f"({', '.join(columns['override'])}) SERVER s{number} "
                 "OPTIONS (schema_name 'policyd', table_name 'override');\n"
                 f"CREATE TRIGGER spread AFTER INSERT ON "
                 f"policyd.override_{number} FOR EACH ROW EXECUTE FUNCTION "
                 f"others.spread({number});\n")
    server.sql(text + views, name)
    return f"postgresql:///{name}?host={server.sockets}&user=postgres"
