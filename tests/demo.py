#!/usr/bin/python3
"""demo.py -- the story of a stolen mail account, in a minute.

SPDX-License-Identifier: GPL-3.0-or-later

Starts policyd on a store of its own, asks it what Postfix would ask, and
fails if the story does not come out right.
"""
import pathlib
import shutil
import sys
import tempfile
import textwrap

sys.path.insert(0, str(pathlib.Path(__file__).parent / "system"))

import geoip
from policyd import Policyd

JOE = "joe@example.com"
NAMES = {"DE": "Germany", "AT": "Austria", "CH": "Switzerland",
         "FR": "France", "IT": "Italy"}


class Story:
    """Tells each step, and remembers whether it came out as expected."""

    def __init__(self, policyd):
        self.policyd = policyd
        self.is_right = True

    def mail(self, country, expected):
        address = geoip.address(country)
        answer = self.policyd.ask(JOE, address)
        origin = f"from {NAMES[country]} ({address})"
        print(f"  {JOE} sends {origin:30}  {answer.split()[0]}")
        if answer != "DUNNO":
            print(textwrap.fill(answer, 76, initial_indent="      ",
                                subsequent_indent="      "))
        self._expect(answer.split()[0], expected)

    def command(self, *arguments):
        print(f"\n$ policyd {' '.join(arguments)}")
        result = self.policyd.cli(*arguments)
        text = result.stdout + result.stderr
        print("".join(f"  {line}\n" for line in text.splitlines()), end="")
        self._expect(result.returncode, 0)

    def _expect(self, found, expected):
        if found != expected:
            print(f"  *** expected {expected}, not {found}")
            self.is_right = False


def tell(story):
    print("policyd runs, and we ask it what Postfix would ask. DUNNO means "
          "that mail passes.\nNothing is known of the account yet; it may "
          "send from four countries within 24\nhours that are new to it.\n")
    story.mail("DE", "DUNNO")
    print("\nThen somebody else gets hold of the password, and has computers "
          "in many countries:\n")
    for country in ("AT", "CH", "FR"):
        story.mail(country, "DUNNO")
    story.mail("IT", "REJECT")
    print("\nFrom now on the account is blocked, wherever it sends from:\n")
    story.mail("DE", "REJECT")
    print("\nWhy is that?")
    story.command("--explain", JOE)
    print("\nThe owner has a new password, so let the account go:")
    story.command("--unblock", JOE)
    print()
    story.mail("DE", "DUNNO")


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="policyd-demo."))
    folder.chmod(0o755)
    policyd = Policyd()
    try:
        geoip.make_files(folder)
        policyd.write({"geoip": {"country": str(folder / "country.mmdb")},
                       "limits": {"countries": "unlimited",
                                  "networks": "unlimited",
                                  "home": {"max_countries": "unlimited",
                                           "max_networks": "unlimited"}},
                       "new_places": {"countries": {"day": 4}},
                       "history": {"warm_up": 0},
                       "store": {"url": f"sqlite:{policyd.root}/policyd.db"}})
        story = Story(policyd.start())
        tell(story)
    finally:
        policyd.close()
        shutil.rmtree(folder, ignore_errors=True)
    print("\nThe story came out right." if story.is_right else
          "\nThe story did NOT come out right.")
    return 0 if story.is_right else 1


sys.exit(main())
