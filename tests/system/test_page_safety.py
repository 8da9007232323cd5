"""test_page_safety.py -- the status page with hostile names, little room, the
keyboard alone, and whatever helps those who do not see it.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import subprocess

import pytest

from geoip import address
from pages import (ENTER, ESCAPE, SPACE, TAB, browser,  # noqa: F401
                   confirm, enter, escape, find, keys, page, press, screen,
                   served, text, visit, wait_ready, wait_text)
from policyd import BUILD, SOURCE
from waiting import until

JOE = "joe@example.com"
MARKUP = "<img src=x onerror=document.title='owned'>@example.com"
QUOTES = "\"><script>alert(1)</script>'@example.com"
RIGHT_TO_LEFT = "\u202egpj.exe\u202c@\u05d0\u05d1\u05d2.example"
LONG = "x" * 240 + "@" + "y" * 60 + ".example"
HOSTILE = [MARKUP, QUOTES, RIGHT_TO_LEFT, LONG]
REASON = "<b>x</b>" + "w" * 100
VIEWS = ["", "blocked", f"account/{JOE}", "map", "limits", "overrides",
         "audit"]


@pytest.fixture
def hostile(served):
    """Accounts that were blocked and have overrides, with names to fear."""
    for name in HOSTILE:
        for path, body in (("blocks", {"reason": REASON}),
                           ("overrides", {"comment": REASON})):
            answer = served.api("PUT", f"/v1/{path}/{escape(name)}", body)
            assert answer.status < 300, answer
    served.ask(JOE, address("DE"))
    served.ask(JOE, address("FR"))
    return served


def shown(page, name):
    """Is it on the page, as it is?"""
    return name in page.execute_script(
        "return document.querySelector('main').textContent")


def quiet(page):
    """Nothing of a name became more than text."""
    assert page.execute_script("return document.title").endswith("policyd")
    assert not page.find_elements("css selector",
                                  "main img, main b > b, main script")
    # What is written from right to left ends with the name.
    assert page.execute_script(
        "return [...document.querySelectorAll('main .account')].every("
        "(one) => one.querySelector('bdi'))")


@pytest.mark.parametrize("view", ["", "blocked", "overrides", "audit"])
def test_hostile_names_in_lists(page, hostile, view):
    enter(page)
    visit(page, hostile, view)
    until(lambda: all(shown(page, name.lower()) for name in HOSTILE),
          "the names")
    if view != "audit":
        assert REASON in text(page)
    quiet(page)


@pytest.mark.parametrize("name", HOSTILE, ids=["markup", "quotes",
                                               "right to left", "long"])
def test_a_hostile_account(page, hostile, name):
    enter(page)
    visit(page, hostile, "blocked")
    until(lambda: shown(page, name), "the list")
    page.execute_script(
        "[...document.querySelectorAll('main .account')].find((one) =>"
        " one.textContent === arguments[0]).click()", name)
    until(lambda: page.execute_script(
        "return document.querySelector('main h2')?.textContent") == name,
        "the account")
    assert REASON in text(page)
    quiet(page)
    press(page, "Unblock…")
    assert name in find(page, "dialog[open]").text.replace("\n", "") or \
        name == RIGHT_TO_LEFT
    confirm(page)
    wait_text(page, "Not blocked")
    until(lambda: hostile.api("GET", f"/v1/blocks/{escape(name)}").status ==
          404, "the end of the block")


def test_a_thousand_characters_are_refused_as_text(page, served):
    enter(page)
    name = "<b>" + "z" * 1000
    visit(page, served, "account/" + escape(name))
    wait_text(page, "an account has 1 to")
    assert not page.find_elements("css selector", "main b")


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
def test_a_narrow_screen(page, hostile, dark):
    with screen(page, 360, dark=dark):
        enter(page)
        for view in VIEWS:
            visit(page, hostile, view)
            wait_ready(page)
            assert page.execute_script(
                "return document.documentElement.scrollWidth") <= 360, view
            wide = page.execute_script(
                "return [...document.querySelectorAll('main .wide')].filter("
                "(one) => one.scrollWidth > one.clientWidth).length")
            assert wide == 0, f"{view}: a table is wider than the screen"
        visit(page, hostile, "account/" + escape(LONG))
        wait_text(page, "Unblock…")
        press(page, "Override…")
        find(page, "dialog[open]")
        assert page.execute_script(
            "return document.documentElement.scrollWidth") <= 360
        press(page, "Cancel")


# --- by the keyboard alone ------------------------------------------------------

def focus(page):
    return page.execute_script(
        "const one = document.activeElement;"
        "return one.getAttribute('aria-label') || one.name ||"
        " one.textContent.trim()")


def tab_to(page, name):
    """Tab on until it has the focus; what has it can be seen to."""
    seen = []
    for _ in range(80):
        keys(page, TAB)
        seen.append(focus(page))
        if seen[-1] == name:
            assert page.execute_script(
                "return getComputedStyle(document.activeElement)"
                ".outlineStyle") != "none", f"{name} has no outline"
            return
    raise AssertionError(f"{name} is not among {seen}")


def test_the_keyboard_alone(page, served):
    served.ask(JOE, address("DE"))
    served.ask(JOE, address("FR"))
    enter(page)
    tab_to(page, "Blocked")
    keys(page, ENTER)
    wait_text(page, "1 account blocked")
    tab_to(page, "Choose " + JOE)
    keys(page, SPACE)
    wait_text(page, "1 account chosen")
    tab_to(page, JOE)
    keys(page, ENTER)
    wait_text(page, "Blocked: 2 countries")
    tab_to(page, "Unblock…")
    keys(page, ENTER)
    find(page, "dialog[open]")
    # Escape changes nothing, and gives the focus back.
    keys(page, ESCAPE)
    until(lambda: not page.find_elements("css selector", "dialog"),
          "the dialog to close")
    until(lambda: focus(page) == "Unblock…", "the focus to be given back")
    keys(page, ENTER)
    find(page, "dialog[open]")
    keys(page, "by hand")
    keys(page, ENTER)
    wait_text(page, "Not blocked")
    keys(page, TAB)


def test_the_way_past_the_navigation(page, served):
    enter(page)
    wait_text(page, "Nobody is blocked")
    page.execute_script("document.activeElement.blur();"
                        "document.querySelector('.skip').focus()")
    keys(page, ENTER)
    until(lambda: page.execute_script(
        "return document.activeElement.id") == "view", "the content")
    assert "Overview" in text(page)


# --- axe-core -------------------------------------------------------------------

@pytest.fixture(scope="session")
def axe():
    """The text of axe-core, from npm's registry, kept in the build."""
    folder = BUILD.resolve() / "npm"
    script = folder / "node_modules/axe-core/axe.min.js"
    if not script.exists():
        folder.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            (folder / name).write_bytes(
                (SOURCE / "src/admin/page" / name).read_bytes())
        try:
            done = subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=folder, capture_output=True, text=True, timeout=300,
                check=False)
        except (FileNotFoundError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"axe-core cannot be had: {error}")
        if not script.exists():
            pytest.skip(f"axe-core cannot be had: {done.stderr[-300:]}")
    return script.read_text()


RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",
    "best-practice"] }).then((result) => done(result.violations.map((one) => [
    one.impact, one.id, one.nodes.map((node) => node.html.slice(0, 200) + " " +
    node.failureSummary).slice(0, 3)])));
"""


def findings(page, axe):
    # A view is another part of the same document, which has it already.
    if page.execute_script("return !window.axe"):
        page.execute_script(axe)
    return [one for one in page.execute_async_script(RUN)
            if one[0] in ("serious", "critical")]


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
def test_axe_has_no_serious_findings(page, hostile, axe, dark):
    page.set_script_timeout(120)
    with screen(page, 1100, 900, dark=dark):
        assert findings(page, axe) == []
        enter(page)
        for view in VIEWS:
            visit(page, hostile, view)
            wait_ready(page)
            assert findings(page, axe) == [], view
        visit(page, hostile, f"account/{JOE}")
        wait_text(page, "Unblock…")
        press(page, "Override…")
        find(page, "dialog[open]")
        assert findings(page, axe) == []
        press(page, "Cancel")
        hostile.stop()
        wait_text(page, "Connection lost")
        assert findings(page, axe) == []
    page.get_log("browser")
