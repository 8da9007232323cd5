"""test_page_views.py -- what each view of the status page shows, and does.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import sqlite3
import time


from geoip import COUNTRIES, address
from pages import (both, browser, configure, confirm, enter,  # noqa: F401
                   enter_as, find, follow, page, press, put, served, text, visit,
                   wait_text)
from waiting import measured, until

JOE, ANN = "joe@example.com", "ann@example.org"


def block(served, account=JOE):
    """Block an account by its logins."""
    assert served.ask(account, address("DE")) == "DUNNO"
    assert served.ask(account, address("FR")) == "REJECT blocked"


# --- overview -------------------------------------------------------------------

def test_the_overview_counts(page, served):
    block(served)
    enter(page)
    wait_text(page, "Nothing is wrong", "Decisions per second", JOE,
              "2 countries")
    # The housekeeper tells of them within seconds, the page does the rest.
    until(lambda: page.execute_script(
        "return document.querySelectorAll('svg.chart rect.blocked').length"),
        "the bar of what was blocked")
    wait_text(page, "blocked 1")
    label = page.execute_script(
        "return document.querySelector('svg.chart').getAttribute('aria-label')")
    assert "1 blocked" in label and "passed" in label
    for span in ("24 hours", "30 days"):
        follow(page, span)
        until(lambda: page.execute_script(
            "return document.querySelector('.spans [aria-current]')"
            "?.textContent") == span, span)
        wait_text(page, "blocked 1")


def test_two_hosts_are_summed(page, served):
    block(served)
    path = served.config["store"]["url"].partition(":")[2]
    until(lambda: served.api("GET", "/v1/decisions").json()["buckets"],
          "the buckets of this host")
    with sqlite3.connect(path) as store:
        store.execute("INSERT INTO decisions (span, began, host, blocked)"
                      " SELECT span, max(began), 'other', 1000 FROM decisions"
                      " GROUP BY span")
        store.execute("INSERT INTO host VALUES ('other', '0.9.0', ?, ?)",
                      (int(time.time() * 1000),
                       '{"mode": "enforce", "workers": 1,'
                       ' "workers_configured": 4}'))
    enter(page)
    wait_text(page, "blocked 1,001", "2 hosts", "What is wrong",
              "1 of 4 workers are up", "runs policyd 0.9.0")


# --- blocked --------------------------------------------------------------------

@both
def test_unblocking(page, served):
    block(served)
    enter_as(page, "operate")
    visit(page, served, "blocked")
    wait_text(page, JOE, "2 countries", "1 account blocked")
    press(page, "Unblock " + JOE)
    confirm(page, reason="it was joe himself")
    wait_text(page, "Nobody is blocked", f"{JOE} is unblocked")
    assert served.ask(JOE, address("FR")) == "DUNNO"
    change = served.api("GET", "/v1/audit").json()["changes"][0]
    assert change["action"] == "unblock"
    assert change["detail"] == {"reason": "it was joe himself"}


def test_filters_and_order(page, served):
    for account in (JOE, ANN):
        block(served, account)
    served.api("PUT", "/v1/blocks/ben@example.com", {"reason": "phished"})
    enter(page)
    visit(page, served, "blocked")
    wait_text(page, "3 accounts blocked")
    put(page, "domain", "example.org\ue007")
    wait_text(page, "1 account blocked of whom", ANN)
    press(page, "Show all")
    wait_text(page, "3 accounts blocked")
    # The choices are those the server tells.
    options = page.execute_script(
        "return [...document.querySelector('[name=cause]').options].map("
        "(one) => one.value)")
    assert options == ["", "countries", "manual"]
    put(page, "cause", "manual")
    wait_text(page, "1 account blocked of whom", "phished")
    # It stays so when the page is loaded anew.
    page.refresh()
    wait_text(page, "1 account blocked of whom", "phished")
    press(page, "Show all")
    wait_text(page, "3 accounts blocked")
    press(page, "Sort by account")
    until(lambda: page.execute_script(
        "return [...document.querySelectorAll('main td a')].map("
        "(one) => one.textContent)") == [ANN, "ben@example.com", JOE],
        "the order of names")


def test_many_are_unblocked_at_once(page, served):
    names = [f"user{n}@example.com" for n in range(5)]
    for name in names:
        served.api("PUT", f"/v1/blocks/{name}", {"reason": "phished"})
    enter(page)
    visit(page, served, "blocked")
    wait_text(page, "5 accounts blocked")
    find(page, f"[aria-label='Choose {names[2]}']").send_keys(" ")
    wait_text(page, "1 account chosen")
    press(page, "Choose all 5")
    wait_text(page, "5 accounts chosen")
    find(page, f"[aria-label='Choose {names[0]}']").send_keys(" ")
    wait_text(page, "4 accounts chosen")
    press(page, "Unblock them…")
    # Of several a reason is wanted.
    find(page, "dialog .main").send_keys("\ue007")
    assert len(served.api("GET", "/v1/blocks").json()["blocks"]) == 5
    confirm(page, reason="false alarm")
    wait_text(page, "1 account blocked", "4 accounts are unblocked")
    left = served.api("GET", "/v1/blocks").json()["blocks"]
    assert [one["account"] for one in left] == [names[0]]


def fill_store(served, count):
    """So many blocked accounts, written as the program would."""
    path = served.config["store"]["url"].partition(":")[2]
    now = int(time.time() * 1000)
    rows = [(f"user{n:05}@{n % 50}.example", 1 + n % 2, now - n * 1000,
             COUNTRIES[n % len(COUNTRIES)]) for n in range(count)]
    with sqlite3.connect(path, timeout=30) as store:
        store.executemany(
            "INSERT INTO block (account, cause, found, allowed, per_s, note,"
            " began_at, until, attempts, client, country) VALUES (?1, ?2, 4,"
            " 3, 86400, '', ?3, 9223372036854775807, 0, '192.0.2.1', ?4)",
            rows)
        store.executemany("INSERT INTO account (account, blocked_until)"
                          " VALUES (?, 9223372036854775807)",
                          [row[:1] for row in rows])


def test_ten_thousand_are_blocked(page, served):
    def first_row():
        """From the first request to the first row, and to what is there
        before any account is."""
        page.refresh()
        wait_text(page, "10,000 accounts blocked", "user00000@0.example")
        return page.execute_script(
            "return [window.firstRow, performance"
            ".getEntriesByType('navigation')[0].domContentLoadedEventEnd]")

    fill_store(served, 10000)
    enter(page)
    visit(page, served, "blocked")
    wait_text(page, "10,000 accounts blocked")
    measured(first_row, lambda ms: ms[0] < max(1000, 4 * ms[1]), 10)
    assert len(page.find_elements("css selector", "main tbody tr")) == 100
    follow(page, "Next page")
    wait_text(page, "user00100@0.example")
    follow(page, "First page")
    wait_text(page, "user00000@0.example")
    put(page, "search", "user09999\ue007")
    wait_text(page, "1 account blocked of whom", "user09999@49.example")


# --- account --------------------------------------------------------------------

def test_an_account(page, served):
    assert served.ask(JOE, address("DE")) == "DUNNO"
    enter(page)
    visit(page, served, f"account/{JOE}")
    wait_text(page, "Not blocked", "1 of 1", "general", address("DE"))
    meter = find(page, "main meter")
    assert meter.get_attribute("aria-label") == "countries: 1 of 1"
    assert page.execute_script("return document.querySelector("
                               "'[data-country=DE]').classList[0]") != "degree0"
    assert page.find_elements("css selector", "svg.chart rect.counts")
    put(page, "address", address("FR") + "\ue007")
    wait_text(page, "blocked – " + address("FR"), "2 countries")
    # Asking counted nothing.
    assert served.ask(JOE, address("DE")) == "DUNNO"


def test_blocking_in_place(page, served):
    enter(page)
    visit(page, served, f"account/{JOE}")
    wait_text(page, "Nothing is known of it")
    press(page, "Block…")
    confirm(page, reason="phished", duration="2h")
    wait_text(page, "Blocked: phished", f"{JOE} is blocked")
    assert served.ask(JOE, address("DE")) == "REJECT blocked"
    press(page, "Unblock…")
    confirm(page)
    wait_text(page, "Not blocked")
    assert served.ask(JOE, address("DE")) == "DUNNO"


def test_an_override_with_an_end(page, served):
    block(served)
    enter(page)
    visit(page, served, f"account/{JOE}")
    press(page, "Override…")
    find(page, "dialog[open]")
    page.execute_script(
        "document.querySelector('[name=until]').value = '2036-12-31T12:00'")
    confirm(page, countries="unlimited", comment="travels")
    wait_text(page, f"The override of {JOE} is saved")
    told = served.api("GET", f"/v1/overrides/{JOE}").json()
    assert told["countries"] == "unlimited" and told["comment"] == "travels"
    assert told["valid_until"].startswith("2036-12-31T")
    # It holds.
    press(page, "Unblock…")
    confirm(page)
    wait_text(page, "Not blocked")
    for country in ("DE", "FR", "US", "BR"):
        assert served.ask(JOE, address(country)) == "DUNNO"


# --- map and limits -------------------------------------------------------------

def test_the_map(page, served):
    for account in (JOE, ANN):
        block(served, account)
    enter(page)
    visit(page, served, "map")
    wait_text(page, "DE Germany", "FR France")
    shade = ("return document.querySelector('[data-country=%s]')"
             ".getAttribute('class')")
    assert page.execute_script(shade % "DE") == "degree5"
    assert page.execute_script(shade % "US") == "degree0"
    put(page, "kind", "blocks")
    until(lambda: page.execute_script(shade % "DE") == "degree0" and
          page.execute_script(shade % "FR") == "degree5", "the blocks")
    # A click on the map, and by the keyboard a link of the list.
    page.execute_script("document.querySelector('[data-country=FR]')"
                        ".dispatchEvent(new MouseEvent('click'))")
    wait_text(page, "2 blocks", JOE, ANN)
    follow(page, "DE Germany")
    wait_text(page, "0 blocks, 2 accounts that logged in")


def test_limits(page, served):
    configure(served, {"limits": {"countries": 5}})
    for account, count in ((JOE, 4), (ANN, 2)):
        for country in COUNTRIES[:count]:
            served.ask(account, address(country))
    enter(page)
    visit(page, served, "limits")
    wait_text(page, "Most countries", "At most 5: 0 accounts")
    slider = find(page, "[aria-label='Most countries']")
    for value, who in ((4, 0), (3, 1), (2, 1), (1, 2)):
        slider.send_keys("\ue012")    # to the left
        wait_text(page, f"At most {value}: {who} account")
    press(page, "Whom would this limit of countries block?")
    wait_text(page, JOE, ANN, "4 countries")
    assert page.find_elements("css selector", "rect.present")


# --- overrides and audit trail --------------------------------------------------

def test_overrides(page, served):
    enter(page)
    visit(page, served, "overrides")
    wait_text(page, "There is none")
    press(page, "Add…")
    confirm(page, account=JOE, countries="7", rates="100/1h 500/1d",
            home="de at", comment="travels")
    wait_text(page, JOE, "countries: 7", "home.countries: DE AT", "travels")
    told = served.api("GET", f"/v1/overrides/{JOE}").json()
    assert [rate["mails"] for rate in told["rates"]] == [100, 500]
    assert told["author"] == "anna"
    press(page, "Edit the override of " + JOE)
    confirm(page, countries="x")
    assert page.find_elements("css selector", "dialog[open]")
    confirm(page, countries="9")
    wait_text(page, "countries: 9")
    told = served.api("GET", f"/v1/overrides/{JOE}").json()
    assert told["countries"] == 9 and len(told["rates"]) == 2
    # Somebody else was faster.
    press(page, "Edit the override of " + JOE)
    find(page, "dialog[open]")
    served.api("PUT", f"/v1/overrides/{JOE}", {"countries": 3})
    confirm(page, countries="8")
    wait_text(page, "another revision")
    press(page, "Cancel")
    assert served.api("GET", f"/v1/overrides/{JOE}").json()["countries"] == 3
    put(page, "search", "nobody\ue007")
    wait_text(page, "There is none")
    visit(page, served, "overrides")
    wait_text(page, "countries: 3")
    press(page, "Delete the override of " + JOE)
    confirm(page)
    wait_text(page, "There is none", f"The override of {JOE} is deleted")
    assert served.api("GET", f"/v1/overrides/{JOE}").status == 404


def test_the_audit_trail(page, served):
    for number in range(120):
        served.api("PUT", f"/v1/blocks/user{number}@example.com",
                   {"reason": "phished"})
    enter(page)
    visit(page, served, "audit")
    wait_text(page, "user119@example.com", "token:", "reason: phished")
    assert "user0@example.com" not in text(page)
    follow(page, "Older")
    wait_text(page, "user0@example.com")
    put(page, "search", "user77@\ue007")
    wait_text(page, "user77@example.com")
    assert "user78@example.com" not in text(page)
