"""population.py -- accounts, their networks and countries, in every store.

SPDX-License-Identifier: GPL-3.0-or-later

The numbering is that of tests/bench/workload.h: network K (0 to 9) of account
ABCDEF is 13K.1AB.1CD.1EF. Networks 0 to 7 are in the account's own country, 8
and 9 in the next one: nobody is over the default limits. The usual network 0
was seen last within a day, the others within the 30 days that logins are kept.
"""
import datetime
import pathlib
import random
import sqlite3
import subprocess
import time

HERE = pathlib.Path(__file__).parent
NETWORKS = 10
ELSEWHERE = 8       # the first network that is in the next country
COUNTRIES = "DE AT CH FR IT ES NL PL US CA".split()
ACCOUNTS_PER_COUNTRY = 10_000
DAY_MS = 24 * 60 * 60 * 1000


def write_geoip(path):
    """A country file that knows every address of the population."""
    lines = []
    for network in range(NETWORKS):
        for group in range(100):
            code = COUNTRIES[(group + (network >= ELSEWHERE)) % len(COUNTRIES)]
            lines.append(f"13{network}.{100 + group}.0.0/16 {code}\n")
    subprocess.run(["perl", str(HERE / "mmdb.pl"), str(path)], check=True,
                   input="".join(lines), text=True)


def postgres_sql(accounts, directory):
    """Fill policyd.account and policyd.login, by a file in a directory of the
    server."""
    return f"""
        SELECT setseed(0.5);
        CREATE TEMPORARY TABLE place AS
        SELECT format('user%s@bench.example', lpad(a::text, 6, '0')) account,
               format('13%s.%s.%s.%s', k, 100 + a / 10000, 100 + a / 100 % 100,
                      100 + a % 100)::cidr network,
               (ARRAY{COUNTRIES})[1 + (a / {ACCOUNTS_PER_COUNTRY}
                   + (k >= {ELSEWHERE})::int) % {len(COUNTRIES)}] country,
               k,
               now() - random() * CASE k WHEN 0 THEN interval '1 day'
                                  ELSE interval '30 days' END AS seen
          FROM generate_series(0, {accounts - 1}) a,
               generate_series(0, {NETWORKS - 1}) k;
        INSERT INTO policyd.account (account) SELECT account FROM place
         WHERE k = 0 ORDER BY account;
        COPY (SELECT account, network, country, now() - interval '30 days',
                     seen, 1 FROM place ORDER BY account, network)
          TO '{directory}/login.copy';
        COPY policyd.login (account, network, country, first_seen, last_seen,
                            mails) FROM '{directory}/login.copy';
        DROP TABLE place;
        VACUUM ANALYZE;
        CHECKPOINT;
    """


def _places(accounts, now_ms):
    """The rows of login, in order."""
    draw = random.Random(0)
    for a in range(accounts):
        rest = f".{100 + a // 10000}.{100 + a // 100 % 100}.{100 + a % 100}"
        for k in range(NETWORKS):
            group = a // ACCOUNTS_PER_COUNTRY + (k >= ELSEWHERE)
            age_ms = int(draw.random() * (30 if k else 1) * DAY_MS)
            yield (f"user{a:06}@bench.example", f"13{k}{rest}",
                   COUNTRIES[group % len(COUNTRIES)], now_ms - 30 * DAY_MS,
                   now_ms - age_ms, 1)


def fill_sqlite(path, accounts):
    """Fill the tables account and login of a file with policyd's schema."""
    with sqlite3.connect(path) as db:
        db.executemany("INSERT INTO account (account) VALUES (?)",
                       ((f"user{a:06}@bench.example",)
                        for a in range(accounts)))
        db.executemany("INSERT INTO login (account, network, country, first_seen, "
                       "last_seen, mails) VALUES (?, ?, ?, ?, ?, ?)",
                       _places(accounts, int(time.time() * 1000)))
    db.execute("ANALYZE")
    # The last to close it removes its WAL file, which would be ours.
    db.close()


def write_log(path, accounts, places, days=5):
    """Postfix's log of the days before yesterday: each account sends from so
    many of its networks on each."""
    today = datetime.datetime.now(datetime.timezone.utc).replace(
        hour=8, minute=0, second=0, microsecond=0)
    with open(path, "w", encoding="ascii") as log:
        for day in range(days + 1, 1, -1):
            for n in range(accounts * places):
                a, k = divmod(n, places)
                at = today - datetime.timedelta(
                    days=day, seconds=-n * 36000 / (accounts * places))
                log.write(
                    f"{at.isoformat()} mx postfix/smtpd[7]: {day:X}{n:07X}: "
                    f"client=unknown[13{k}.{100 + a // 10000}."
                    f"{100 + a // 100 % 100}.{100 + a % 100}], "
                    "sasl_method=PLAIN, "
                    f"sasl_username=user{a:06}@bench.example\n")
