#!/usr/bin/python3
"""lint-rooms.py -- see that src/ is built as it is meant to be.

SPDX-License-Identifier: GPL-3.0-or-later

Includes go downwards only, from one floor of FLOORS to a lower one; rooms on
one floor never include each other, and so do the sides of the store, which
the rest of the program reaches through store/ alone. A room of SECTIONS sees
those sections of the configuration alone, never the whole. No file is longer
than 400 lines, no function longer than 60, and every file names itself, its
purpose and its licence first. The rooms that src/README lists are the folders
there are, and the files that it and comments name are there.
"""
import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).parents[1] / "src"
FLOORS = [["base"], ["config"],
          ["store", "directory", "geo", "server"],
          ["policy", "mail", "command"], ["postfix", "notify"],
          ["jobs", "import", "replay", "admin"], ["roles"], ["main"]]
SIDES = ["store/pgsql", "store/sqlite"]
SECTIONS = {
    "store": ["block", "history", "notify", "report", "server", "store"],
    "directory": ["identity", "ldap"], "geo": ["geoip"],
    "server": ["geoip", "http", "server"],
    "mail": ["smtp"], "notify": ["notify", "smtp", "texts"]}
FLOOR = {room: number for number, rooms in enumerate(FLOORS)
         for room in rooms}
FILE_LINES, FUNCTION_LINES = 400, 60
FILES = {file.name for file in SOURCE.rglob("*")}
MENTION = re.compile(r"(?<![\w.])[a-z_]+\.(?:c|h|def|sql)\b(?!\()")


def room_of(path):
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else "main"


def is_hidden(path, header):
    """Is the header inside a side of the store, and the file outside it?"""
    return any(header.startswith(side + "/") and
               path.relative_to(SOURCE).parent.as_posix() != side
               for side in SIDES)


def is_others(room, header):
    """Is the header a part of the configuration that the room has no use
    for?"""
    match = re.fullmatch(r"config/(config|(\w+)_options)\.h", header)
    return (room in SECTIONS and match is not None and
            match.group(2) not in SECTIONS[room])


def includes(path, lines):
    room = room_of(path)
    if room not in FLOOR:
        yield 1, f"there is no room called {room}"
        return
    for number, line in enumerate(lines, 1):
        match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not match or match.group(1) == "counters.def":
            continue
        other = match.group(1).partition("/")[0]
        if "/" not in match.group(1) or other not in FLOOR:
            yield number, f"{match.group(1)} is not written as room/file.h"
        elif is_hidden(path, match.group(1)):
            yield number, f"{match.group(1)} is inside a side of the store"
        elif is_others(room, match.group(1)):
            yield number, (f"{match.group(1)} is not a section of {room}'s")
        elif other != room and FLOOR[other] >= FLOOR[room]:
            yield number, f"{room} must not include {match.group(1)}"


def lengths(_, lines):
    if len(lines) > FILE_LINES:
        yield len(lines), f"{len(lines)} lines; {FILE_LINES} are the most"
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            if number - start - 1 > FUNCTION_LINES:
                yield start, (f"a function of {number - start - 1} lines; "
                              f"{FUNCTION_LINES} are the most")
            start = None


def opening(path, lines):
    if len(lines) < 3 or not lines[1].startswith(f" * {path.name} -- "):
        yield 1, f'does not open with "{path.name} -- purpose"'
    elif not any(line.startswith(" * SPDX-License-Identifier: ")
                 for line in lines[2:5]):
        yield 3, "names no licence"


def mentions(_, lines):
    """Files that a comment names are there."""
    for number, line in enumerate(lines, 1):
        if "#include" in line:
            continue
        for name in MENTION.findall(line):
            if name not in FILES and name != "sysexits.h":
                yield number, f"there is no {name}"


def page():
    """What src/README says, held against the folders and files."""
    text = (SOURCE / "README").read_text()
    listed = set(re.findall(r"^ {4,6}([a-z/]+)/ ", text, re.MULTILINE))
    there = {folder.relative_to(SOURCE).as_posix()
             for folder in SOURCE.rglob("*/")
             if folder.is_dir() and folder.parent.name != "schema"}
    for room in sorted(there - listed):
        yield f"the room {room} is not listed"
    for room in sorted(listed - there):
        yield f"there is no room {room}"
    for name in re.findall(r"\b[a-z]+(?:/[a-z_]+)+\.(?:c|h|def)\b", text):
        if not (SOURCE / name).exists():
            yield f"there is no {name}"


def main():
    found = 0
    for message in page():
        print(f"src/README: {message}", file=sys.stderr)
        found += 1
    for path in sorted(SOURCE.rglob("*.[ch]")):
        lines = path.read_text().splitlines()
        for rule in (includes, lengths, opening, mentions):
            for number, message in rule(path, lines):
                print(f"{path.relative_to(SOURCE.parent)}:{number}: "
                      f"{message}", file=sys.stderr)
                found += 1
    return 1 if found else 0


sys.exit(main())
