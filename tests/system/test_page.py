"""test_page.py -- the status page: sessions, logging in, staying fresh.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import re

import pytest

from geoip import address
from http_api import Api
from pages import (PASSWORD, TOKENS, USER, both, browser,  # noqa: F401
                   configure, enter, enter_as, fill, find, page, press, served, text,
                   visit, wait_text)
from waiting import until

WebDriverException = pytest.importorskip(
    "selenium.common.exceptions").WebDriverException

JOE = "joe@example.com"


# --- sessions ---------------------------------------------------------------------

def log_in(served, **who):
    """The API with the cookie of a new session; its csrf and its cookie."""
    api = Api(served.api.listen, tls=served.api.tls, **who)
    answer = api("POST", "/v1/session")
    assert answer.status == 201, answer
    cookie = answer.headers["Set-Cookie"]
    guest = Api(served.api.listen, tls=served.api.tls)
    guest.headers["Cookie"] = cookie.partition(";")[0]
    return guest, answer.json(), cookie


@both
def test_a_session_needs_its_cookie_and_its_token(served):
    guest, told, cookie = log_in(served, user=(USER, PASSWORD))
    assert told["who"] == "anna" and told["scope"] == "admin"
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert ("Secure" in cookie) == served.url.startswith("https")
    assert guest("GET", "/v1/blocks").status == 200
    path = f"/v1/blocks/{JOE}"
    for token in (None, "", "0" * 64, told["csrf"][:-1]):
        assert guest("PUT", path, {}, X_CSRF_Token=token).status == 403
    assert guest("PUT", path, {}, X_CSRF_Token=told["csrf"]).status == 200
    change = Api(served.api.listen, tls=served.api.tls, user=(
        USER, PASSWORD))("GET", "/v1/audit").json()["changes"][0]
    assert change["actor"] == "anna"
    assert guest("DELETE", "/v1/session",
                 X_CSRF_Token=told["csrf"]).status == 204
    assert guest("GET", "/v1/blocks").status == 401


def test_a_session_has_the_scope_of_its_token(served):
    guest, told, _ = log_in(served, token=TOKENS["read"])
    assert told["scope"] == "read"
    assert guest("PUT", f"/v1/blocks/{JOE}", {},
                 X_CSRF_Token=told["csrf"]).status == 403
    assert guest("GET", "/v1/configuration").status == 403


def test_a_reload_ends_sessions(served):
    guest, _, _ = log_in(served, token=TOKENS["read"])
    assert guest("GET", "/v1/session").status == 200
    served.reload()
    served.api.wait_ready()
    assert guest("GET", "/v1/session").status == 401


def test_wrong_passwords_begin_nothing(served):
    answer = Api(served.api.listen, tls=served.api.tls,
                 user=("anna", "no"))("POST", "/v1/session")
    assert answer.status == 401 and "Set-Cookie" not in answer.headers
    # The page asks, not the browser.
    answer = Api(served.api.listen, tls=served.api.tls)(
        "GET", "/v1/session", Sec_Fetch_Dest="empty")
    assert answer.status == 401 and "WWW-Authenticate" not in answer.headers


# --- the browser --------------------------------------------------------------------

@both
def test_logging_in_and_out(page, served):
    fill(page, USER, "wrong")
    wait_text(page, "are wrong")
    page.refresh()
    enter(page)
    assert USER in text(page)
    page.refresh()
    wait_text(page, "Version")
    press(page, "Log out")
    wait_text(page, "Log in")
    assert "Version" not in text(page)


def test_the_way_back_after_a_session_has_ended(page, served):
    enter(page)
    visit(page, served, f"account/{JOE}")
    wait_text(page, "Nothing is known of it")
    served.reload()
    served.api.wait_ready()
    # The page finds out by itself, and comes back to where it was.
    wait_text(page, "Log in")
    fill(page, USER, PASSWORD)
    wait_text(page, "Nothing is known of it", JOE)
    page.get_log("browser")


def test_a_server_that_goes_away_and_comes_back(page, served):
    enter(page)
    served.stop()
    wait_text(page, "Connection lost")
    assert "Version" in text(page), "what was known is still shown"
    served.start()
    # Another process knows nothing of the session.
    wait_text(page, "Log in")
    page.get_log("browser")


def test_the_overview_updates_itself(page, served):
    enter(page)
    wait_text(page, "Nobody is blocked")
    served.api("PUT", f"/v1/blocks/{JOE}", {"reason": "phished"})
    wait_text(page, JOE, "phished")


def is_gone(page, element):
    try:
        return not page.execute_script("return arguments[0].isConnected",
                                       element)
    except WebDriverException:
        return True


def test_what_has_the_focus_keeps_it(page, served):
    enter(page)
    wait_text(page, "Nobody is blocked")
    link = page.execute_script(
        "document.querySelector('main details').open = true;"
        "const link = document.querySelector('.spans a:nth-child(2)');"
        "link.focus(); return link")
    # It is made anew, and nobody notices.
    until(lambda: is_gone(page, link), "the view to be made anew")
    assert page.execute_script(
        "return document.activeElement.textContent") == "24 hours"
    assert page.execute_script(
        "return document.querySelector('main details').open")


def test_who_reads_cannot_change(page, served):
    served.api("PUT", f"/v1/blocks/{JOE}", {"reason": "phished"})
    enter_as(page, "read")
    for view, word in (("blocked", "phished"), (f"account/{JOE}", "phished"),
                       ("overrides", "There is none")):
        visit(page, served, view)
        wait_text(page, word)
        names = page.execute_script(
            "return [...document.querySelectorAll('main button')].map("
            "(one) => one.textContent)")
        assert not any(name.endswith("…") for name in names), names
    assert "Audit trail" not in text(page)
    visit(page, served, "audit")
    until(lambda: page.find_element("id", "trouble").text, "the refusal")
    page.get_log("browser")


def test_observe_is_loud(page, served):
    configure(served, {"mode": "observe"})
    enter(page)
    wait_text(page, "Mode observe", "All mail passes", "Would be blocked now")
    for country in ("DE", "FR"):
        assert served.ask(JOE, address(country)) == "DUNNO"
    wait_text(page, "Would be blocked now: 1 account", JOE, "2 countries")
    told = served.api("GET", "/v1/blocks?would=1").json()["blocks"]
    assert [one["account"] for one in told] == [JOE]


def test_nothing_comes_from_elsewhere(served):
    """Neither the page nor its files name another place or hold a script."""
    api = Api(served.api.listen)
    start = api("GET", "/")
    found, todo = {}, re.findall(rb'(?:src|href)="(page/[^"]+)"', start.body)
    assert not re.search(rb"https?:|<script>| style=| on\w+=", start.body)
    while todo:
        path = "/" + todo.pop().decode()
        if path in found:
            continue
        answer = found[path] = api("GET", path)
        assert answer.status == 200, path
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        # The name of a namespace is no place.
        body = answer.body.replace(b"http://www.w3.org/2000/svg", b"")
        assert not re.search(rb"https?:|innerHTML|//[a-z]+\.", body), path
        todo += [b"page/" + name for name in re.findall(
            rb'from\s+"\./([a-z_]+\.js)"', body)]
        todo += re.findall(rb'"(page/[a-z_.]+)"', body)
    assert len(found) > 15 and "/page/world.json" in found
    assert api("GET", "/page/none.js").status == 404
