#!/usr/bin/python3
"""picture.py -- false blocks against mails passed, by gnuplot.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import subprocess

# On a logarithmic scale nothing has to stand somewhere.
NO_BLOCKS, NO_MAILS = 0.3, 1

HEAD = """
set title "What of a stolen account gets out, and who is blocked by mistake"
set xlabel "honest accounts blocked, of 10,000 in a month (left edge: none)"
set ylabel "mails of the thief that passed, median"
set logscale xy
set xrange [0.25:3000]
set yrange [1:1000]
set grid
set key outside right top Left reverse samplen 1 spacing 1.3
set terminal {terminal}
set output "{output}"
"""
BLUE, RED, GREY = "#1b6ca8", "#c0392b", "#777777"


def point(score):
    blocks = max(NO_BLOCKS, score.per_10000(score.blocked)[0])
    return f"{blocks} {max(NO_MAILS, score.passed(.5))}"


def plots(scores, compared):
    """Data and plot command: the curve, then a point a configuration."""
    curve = sorted([scores[0]] + scores[compared:],
                   key=lambda score: score.passed(.5))
    rows = "\n".join(point(score) for score in curve)
    data = f"$curve << end\n{rows}\nend\n"
    parts = [f"$curve with lines lw 2 lc rgb '{BLUE}' "
             "title 'shipped, all thresholds x 0.5 to 5'"]
    for number, score in enumerate(scores[:compared]):
        setting = score.setting
        colour = BLUE if setting.learns else \
            RED if setting.is_ancestor else GREY
        name = setting.name.replace("'", "''")
        data += f"$point{number} << end\n{point(score)}\nend\n"
        parts.append(f"$point{number} with points pt {number + 4} ps 1.4 lw 2 "
                     f"lc rgb '{colour}' title '{name}'")
    return data, "plot " + ", \\\n".join(parts) + "\n"


def draw(directory, scores, compared):
    """scores: those compared first, then those of the curve."""
    data, plot = plots(scores, compared)
    for terminal, suffix in (
            ("svg size 1000,560 font 'sans,12' background 'white'", "svg"),
            ("pngcairo size 1000,560 font 'sans,10'", "png")):
        head = HEAD.format(terminal=terminal,
                           output=directory / f"detect.{suffix}")
        subprocess.run(["gnuplot"], input=data + head + plot, text=True,
                       check=True)
