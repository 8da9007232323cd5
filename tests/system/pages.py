"""pages.py -- the status page in a headless Chromium: fixtures and helpers.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import hashlib
import os
import shutil
import urllib.parse

import pytest

import policyd as daemon
from http_api import Api, unverified
from policyd import free_port
from test_http_safety import certificate, crypt
from waiting import until

TOKENS = {scope: f"{scope}-token" for scope in ("read", "operate", "admin")}
USER, PASSWORD = "anna", "pass:wörd"
ENTER, TAB, SPACE, ESCAPE = "\ue007", "\ue004", " ", "\ue00c"


def hide(policyd):
    """The file holds hashes: nobody else may read it."""
    policyd.path.chmod(0o640)
    if daemon.IS_ROOT:
        os.chown(policyd.path, os.stat(policyd.root).st_uid, -1)


def configure(served, changes):
    """Change the configuration of a daemon that runs."""
    served.write(changes)
    hide(served)
    served.reload()
    served.api.wait_ready()


@pytest.fixture
def served(request, make_policyd):
    """A daemon with a user and tokens that allows one country; by plain HTTP,
    unless the test is parametrized with "https"."""
    scheme = getattr(request, "param", "http")
    policyd = make_policyd({
        "limits": {"countries": 1}, "actions": {"blocked": "REJECT blocked"},
        "http": {"listen": f"127.0.0.1:{free_port()}",
                 "users": {USER: crypt(PASSWORD, b"$2b$")},
                 "tokens": [f"{scope}:{hashlib.sha256(t.encode()).hexdigest()}"
                            for scope, t in TOKENS.items()]}}, is_embedded=True)
    tls = None
    if scheme == "https":
        tls = unverified()
        path = certificate(policyd.root, "page")
        policyd.write({"http": {"tls": {"cert_file": str(path), "key_file":
                                        str(path.with_suffix(".key"))}}})
    hide(policyd)
    policyd.start()
    policyd.api = Api(policyd.config["http"]["listen"], tls=tls,
                      token=TOKENS["admin"]).wait_ready()
    policyd.url = f"{scheme}://{policyd.api.listen}/"
    return policyd


# Each test twice, by HTTP and by HTTPS.
both = pytest.mark.parametrize("served", ["http", "https"], indirect=True)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    selenium = pytest.importorskip(
        "selenium.webdriver", reason="python3-selenium is not installed")
    from selenium.webdriver.chrome.service import Service
    if not shutil.which("chromedriver"):
        pytest.skip("chromium and chromium-driver are not installed")
    options = selenium.ChromeOptions()
    for option in ("--headless=new", "--disable-gpu", "--lang=en-GB",
                   "--disable-dev-shm-usage", "--window-size=1100,900",
                   *(["--no-sandbox"] if daemon.IS_ROOT else [])):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.set_capability("acceptInsecureCerts", True)
    # What it leaves behind goes with what the tests leave.
    scraps = dict(os.environ, TMPDIR=str(tmp_path_factory.mktemp("scraps")))
    driver = selenium.Chrome(
        service=Service(shutil.which("chromedriver"), env=scraps),
        options=options)
    yield driver
    driver.quit()


# Counts what the page's policy forbids, from before its first script on; and
# tells when the first row of a table was there.
WATCH = """
window.forbidden = [];
addEventListener("securitypolicyviolation", (event) =>
    forbidden.push(event.violatedDirective + " " + event.blockedURI), true);
new MutationObserver((_, observer) => {
    if (document.querySelector("main td")) {
        window.firstRow = performance.now();
        observer.disconnect();
    }
}).observe(document, { childList: true, subtree: true });
"""


@pytest.fixture
def page(browser, served):
    browser.delete_all_cookies()
    browser.get("about:blank")
    browser.get_log("browser")
    watch = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument",
                                    {"source": WATCH})
    browser.get(served.url)
    yield browser
    assert browser.execute_script("return window.forbidden") == []
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", watch)
    # What the server refuses is told of there too; nothing else may be.
    bad = [line["message"] for line in browser.get_log("browser")
           if "responded with a status of 4" not in line["message"]]
    assert bad == []


@contextlib.contextmanager
def screen(page, width, height=640, dark=False):
    """Another size of the window, or the colours of the night."""
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1,
        "mobile": width < 500})
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme",
         "value": "dark" if dark else "light"}]})
    try:
        yield
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def text(page):
    return page.execute_script("return document.body.innerText")


def wait_text(page, *wanted, seconds=60):
    """Wait until all of these are on the page."""
    until(lambda: all(one in text(page) for one in wanted),
          f"{wanted} on the page", seconds)


def find(page, selector):
    """The element, as soon as there is one."""
    return until(lambda: page.find_elements("css selector", selector),
                 selector)[0]


def _enter(look, what):
    """Press Enter on what look finds."""
    for _ in range(10):
        try:
            until(look, what).send_keys(ENTER)
            return
        except Exception as error:
            # What updates itself may have made it anew.
            if "Stale" not in type(error).__name__:
                raise
    raise AssertionError(f"{what} does not stand still")


def press(page, name, within="body"):
    """Press the button with this name, by the keyboard."""
    _enter(lambda: page.execute_script(
        "return [...document.querySelectorAll(arguments[0])].find((one) =>"
        " (one.getAttribute('aria-label') || one.textContent) ==="
        " arguments[1])", f"{within} button", name), f"button {name}")


def follow(page, name):
    """Follow the link with this text, by the keyboard."""
    _enter(lambda: next(iter(page.find_elements("link text", name)),
                              None), f"link {name}")


def put(page, name, value, within="main"):
    """Write a value in a field."""
    element = find(page, f"{within} [name={name}]")
    if element.tag_name != "select":
        element.clear()
    element.send_keys(value)
    return element


def keys(page, text):
    """Press keys, whatever has the focus: it may be made anew meanwhile."""
    from selenium.webdriver import ActionChains
    ActionChains(page).send_keys(text).perform()


def fill(page, *values):
    """Fill in the form that has the focus, and send it by the keyboard."""
    until(lambda: page.execute_script(
        "return document.activeElement.tagName") == "INPUT", "a field")
    for number, value in enumerate(values):
        if number:
            keys(page, TAB)
        keys(page, value)
    keys(page, ENTER)


def enter(page, name=USER, secret=PASSWORD):
    fill(page, name, secret)
    wait_text(page, "Overview", "Version")


def enter_as(page, scope):
    enter(page, "", TOKENS[scope])


def escape(part):
    return urllib.parse.quote(part, safe="")


def visit(page, served, view):
    page.get(f"{served.url}#/{view}")


def wait_ready(page):
    """Wait for the view that the address names."""
    until(lambda: page.execute_script(
        "const name = location.hash.slice(2).split('/')[0];"
        "return document.querySelector('main h2') !== null &&"
        " document.querySelector('nav a[aria-current]')?.hash"
        " === '#/' + name"), "the view")


def confirm(page, **fields):
    """Fill in the dialog that is open, and say yes."""
    find(page, "dialog[open]")
    for name, value in fields.items():
        put(page, name, value, "dialog")
    find(page, "dialog .main").send_keys(ENTER)
