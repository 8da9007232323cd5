"""rules.py -- what history and its rules cost, in turns with and without.

SPDX-License-Identifier: GPL-3.0-or-later

Without: no rule of new_places and bursts is on; what is recorded is the same.
"""
import statistics

import traffic

OFF = {
    "new_places": {
        "countries": {"day": "unlimited"},
        "places": {"hour": "unlimited", "day": "unlimited"},
        "quota": {"hour": "unlimited", "day": "unlimited"},
        "beginner": {"hour": "unlimited", "day": "unlimited"},
        "deferrals": "unlimited", "patience": "unlimited",
        "tries": "unlimited"},
    "bursts": {
        "hour": {"mails": "unlimited"}, "day": {"mails": "unlimited"},
        "young": {"hour": "unlimited", "day": "unlimited",
                  "week": "unlimited"}},
}
MOST_US = {"postgresql": 10, "sqlite": 5}
TURNS = 5


def _cost_us(run, url, config):
    cell = traffic.measure_at(run.filled, url, "roaming",
                              {**traffic.memory(False), **config}, 8,
                              run.options)
    if cell.amiss:
        raise RuntimeError(f"not all passed: {cell.amiss}")
    return cell.total


def _line(run, store):
    costs = {"with": [], "without": []}
    with run.filled.copy(store) as url:
        for turn in range(TURNS):
            run.note(f"{store}, turn {turn + 1}")
            costs["with"].append(_cost_us(run, url, {}))
            costs["without"].append(_cost_us(run, url, OFF))
    found = {name: statistics.median(values)
             for name, values in costs.items()}
    more = found["with"] - found["without"]
    run.aim(f"{store}: history and its rules, CPU us a request",
            f"{MOST_US[store]} or less", f"{more:.1f}",
            more <= MOST_US[store])
    turns = "; ".join(f"{a:.0f} {b:.0f}" for a, b in zip(*costs.values()))
    return (f"{store:12} {found['with']:7.1f} with, "
            f"{found['without']:7.1f} without  (turns: {turns})")


def part(run):
    return "\n".join(
        ["What history and its rules cost: CPU us a request, roaming, memory "
         "off, 8 connections;", f"medians of {TURNS} turns", ""] +
        [_line(run, store) for store in run.options.stores])
