"""test_page.py -- the status page in a real browser, and its sessions.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import hashlib
import json
import os
import re
import shutil

import pytest

import policyd as daemon
from geoip import address
from http_api import Api
from policyd import free_port
from test_http_safety import certificate, crypt
from waiting import until

JOE = "joe@example.com"
HOSTILE = "<img src=x onerror=document.title='owned'>@example.com"
TOKENS = {scope: f"{scope}-token" for scope in ("read", "operate")}


@pytest.fixture(params=["http", "https"])
def served(request, make_policyd):
    """A daemon with a user and tokens that allows one country."""
    policyd = make_policyd({
        "limits": {"countries": 1}, "actions": {"blocked": "REJECT blocked"},
        "http": {"listen": f"127.0.0.1:{free_port()}",
                 "users": {"anna": crypt("pass:wörd", b"$2b$")},
                 "tokens": [f"{scope}:{hashlib.sha256(t.encode()).hexdigest()}"
                            for scope, t in TOKENS.items()]}})
    policyd.write({"store": {"url": f"sqlite:{policyd.root}/db"}})
    tls = None
    if request.param == "https":
        from http_api import unverified
        tls = unverified()
        path = certificate(policyd.root, "page")
        policyd.write({"http": {"tls": {"cert_file": str(path), "key_file":
                                        str(path.with_suffix(".key"))}}})
    policyd.path.chmod(0o640)
    if daemon.IS_ROOT:
        os.chown(policyd.path, os.stat(policyd.root).st_uid, -1)
    policyd.start()
    policyd.api = Api(policyd.config["http"]["listen"], tls=tls,
                      token=TOKENS["operate"]).wait_ready()
    policyd.url = f"{request.param}://{policyd.api.listen}/"
    return policyd


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


def test_a_session_needs_its_cookie_and_its_token(served):
    guest, told, cookie = log_in(served, user=("anna", "pass:wörd"))
    assert told["who"] == "anna" and told["scope"] == "admin"
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert ("Secure" in cookie) == served.url.startswith("https")
    assert guest("GET", "/v1/blocks").status == 200
    path = f"/v1/blocks/{JOE}"
    for token in (None, "", "0" * 64, told["csrf"][:-1]):
        assert guest("PUT", path, {}, X_CSRF_Token=token).status == 403
    assert guest("PUT", path, {}, X_CSRF_Token=told["csrf"]).status == 200
    change = Api(served.api.listen, tls=served.api.tls, user=(
        "anna", "pass:wörd"))("GET", "/v1/audit").json()["changes"][0]
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

@pytest.fixture(scope="module")
def browser():
    selenium = pytest.importorskip(
        "selenium.webdriver", reason="python3-selenium is not installed")
    from selenium.webdriver.chrome.service import Service
    if not shutil.which("chromedriver"):
        pytest.skip("chromium and chromium-driver are not installed")
    options = selenium.ChromeOptions()
    for option in ("--headless=new", "--disable-gpu",
                   "--disable-dev-shm-usage", *(["--no-sandbox"]
                                                if daemon.IS_ROOT else [])):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.set_capability("acceptInsecureCerts", True)
    driver = selenium.Chrome(
        service=Service(shutil.which("chromedriver")), options=options)
    yield driver
    driver.quit()


@pytest.fixture
def page(browser, served):
    browser.delete_all_cookies()
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get(served.url)
    yield browser
    # A 401 is told of there too; nothing else may be.
    bad = [line["message"] for line in browser.get_log("browser")
           if "401" not in line["message"]]
    assert bad == []


def text(page):
    return page.execute_script("return document.body.innerText")


def fill(page, **fields):
    """Fill in a form and send it by the keyboard alone."""
    until(lambda: page.execute_script(
        "return document.activeElement.tagName") == "INPUT", "a field")
    for number, value in enumerate(fields.values()):
        if number:
            page.switch_to.active_element.send_keys("\ue004")
        page.switch_to.active_element.send_keys(value)
    page.switch_to.active_element.send_keys("\ue007")


def enter(page, name="anna", secret="pass:wörd"):
    fill(page, name=name, secret=secret)
    until(lambda: "Overview" in text(page) and "Version" in text(page),
          "the overview")


def test_logging_in_and_out(page, served):
    fill(page, name="anna", secret="wrong")
    until(lambda: "are wrong" in text(page), "the refusal")
    page.refresh()
    enter(page)
    assert "anna" in text(page)
    for name in ("passed", "blocked", "over limit", "over rate", "errors"):
        assert f"Decisions: {name}" in text(page)
    page.refresh()
    until(lambda: "Version" in text(page), "the session to go on")
    page.find_element("id", "leave").click()
    until(lambda: "Log in" in text(page), "the end")


def test_unblocking(page, served):
    assert served.ask(JOE, address("DE")) == "DUNNO"
    assert served.ask(JOE, address("FR")) == "REJECT blocked"
    enter(page, name="", secret=TOKENS["operate"])
    page.get(served.url + "#/blocked")
    until(lambda: JOE in text(page) and "2 countries" in text(page),
          "the blocked account")
    page.find_element("css selector", "td button").click()
    until(lambda: "Nobody is blocked" in text(page), "the list without it")
    assert served.ask(JOE, address("FR")) == "DUNNO"


def test_who_reads_cannot_unblock(page, served):
    served.api("PUT", f"/v1/blocks/{JOE}", {"reason": "phished"})
    enter(page, name="", secret=TOKENS["read"])
    until(lambda: "phished" in text(page), "the block")
    assert not page.find_elements("css selector", "td button")


def test_an_account(page, served):
    assert served.ask(JOE, address("DE")) == "DUNNO"
    enter(page)
    page.get(served.url + "#/account/" + JOE)
    until(lambda: address("DE") in text(page), "the login")
    assert "1 of 1" in text(page) and "Not blocked" in text(page)
    page.find_element("link text", "Blocked").send_keys("\ue007")
    until(lambda: "Nobody is blocked" in text(page), "the list")


def test_hostile_names_are_text(page, served):
    path = "/v1/blocks/" + HOSTILE.replace("<", "%3C").replace(
        ">", "%3E").replace(" ", "%20").replace("'", "%27")
    assert served.api("PUT", path, {"reason": "<b>x</b>"}).status == 200
    enter(page)
    until(lambda: "onerror" in text(page), "the name")
    assert "<b>x</b>" in text(page) and page.title == "policyd"
    assert not page.find_elements("css selector", "main img, main b")
    page.get(served.url + "#/account/" + json.dumps(HOSTILE)[1:-1])
    until(lambda: HOSTILE in text(page) and "Not known" not in text(page),
          "the account")


def test_a_narrow_screen(page, served):
    served.api("PUT", f"/v1/blocks/{'x' * 60}@{'y' * 60}.example", {})
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": 360, "height": 640, "deviceScaleFactor": 1, "mobile": True})
    try:
        enter(page)
        until(lambda: "xxxx" in text(page), "the list")
        assert page.execute_script(
            "return document.documentElement.scrollWidth") <= 360
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_server_that_goes_away(page, served):
    enter(page)
    served.stop()
    until(lambda: "does not answer" in text(page), "that to be told", 30)
    page.get_log("browser")


def test_nothing_comes_from_elsewhere(served):
    """Neither the page nor its files name another place or hold a script."""
    for path in ("/", "/page.css", "/page.js"):
        answer = Api(served.api.listen, tls=served.api.tls)("GET", path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert not re.search(rb"https?:|<script>|style=|//[a-z]+\.",
                             answer.body)
