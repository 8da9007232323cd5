"""test_page_screenshots.py -- the pictures of the status page in README.

SPDX-License-Identifier: GPL-3.0-or-later

POLICYD_SCREENSHOTS=DIR, as `make screenshots` says, writes them there; else
they are only made. What they show is invented.
"""
import math
import os
import pathlib
import random
import sqlite3
import time

from geoip import address
from pages import (browser, enter, page, screen, served, visit,  # noqa: F401
                   wait_ready, wait_text)
from waiting import until

JOE = "joe@example.com"
FOLDER = os.environ.get("POLICYD_SCREENSHOTS")
TIMES = (0, 30, 40, 20, 6, 3, 1, 0, 0, 0, 0, 0)     # percent of each bucket
COLUMNS = ("250us 500us 1ms 2500us 5ms 10ms 25ms 100ms 500ms 1s 2500ms"
           .split() + ["longer"])


def fill_decisions(store, now):
    """A busy server: minutes of the last hour."""
    chance = random.Random(1)
    names = ["passed", "exempt", "blocked", "over_limit", "over_rate", "us",
             *("took_" + name for name in COLUMNS)]
    for minute in range(60):
        sent = int(900 + 200 * math.sin(minute / 9) + chance.randrange(120))
        blocked = chance.randrange(10, 40) + (90 if 31 < minute < 41 else 0)
        counts = [sent, 40, blocked, 0, chance.randrange(9), sent * 800,
                  *(sent * share // 100 for share in TIMES)]
        store.execute(
            f"INSERT OR REPLACE INTO decisions (span, began, host,"
            f" {', '.join(names)}) VALUES (60, ?, 'mx2',"
            f" {', '.join(map(str, counts))})",
            ((now // 60000 - 60 + minute) * 60000,))


def fill_logins(store, now):
    """Where one account was within the last weeks."""
    day = 86400000
    for country, number, first, last, mails in (
            ("DE", 0, 24, 0.1, 412), ("DE", 1, 19, 2, 58),
            ("AT", 0, 12, 9, 17)):
        store.execute(
            "INSERT INTO login (account, network, country, first_seen,"
            " last_seen, mails) VALUES (?, ?, ?, ?, ?, ?)",
            (JOE, address(country, number), country, int(now - first * day),
             int(now - last * day), mails))


def test_screenshots(page, served, tmp_path):
    folder = pathlib.Path(FOLDER) if FOLDER else tmp_path
    now = int(time.time() * 1000)
    for name, count in (("ann", 2), ("ben", 2), ("kim", 1), ("lea", 2)):
        for country in ("DE", "BR")[:count]:
            served.ask(f"{name}@example.com", address(country, len(name)))
    with sqlite3.connect(served.config["store"]["url"][7:],
                         timeout=30) as store:
        fill_decisions(store, now)
        fill_logins(store, now)
    for country in ("DE", "FR", "FR", "BR", "US"):
        served.ask(JOE, address(country))
    enter(page)
    until(lambda: served.api("GET", "/v1/status").json()["store"]["blocked"]
          == 4, "the totals")
    for name, view, words, height in (
            ("overview", "", "Newest blocks", 1000),
            ("account", f"account/{JOE}", "Logins", 1080)):
        with screen(page, 800, height):
            visit(page, served, view)
            page.refresh()
            wait_text(page, words, JOE)
            wait_ready(page)
            page.save_screenshot(str(folder / f"{name}.png"))
        assert (folder / f"{name}.png").stat().st_size > 20000
