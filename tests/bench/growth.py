"""growth.py -- what more rows cost.

SPDX-License-Identifier: GPL-3.0-or-later

Logins are asked for, each time: store.memory is off. 10 rows an account.
"""
import population
import traffic
from filled import AT_HOME

CONNECTIONS = 32
WORKLOADS = ("usual", "roaming")


def _lines(run, rows):
    accounts, name = rows // population.NETWORKS, f"rows{rows}"
    run.filled.fill(accounts, name, learns=False)
    for store in run.options.stores:
        with run.filled.itself(store, name) as url:
            cells = [traffic.measure_at(
                run.filled, url, workload,
                {**traffic.memory(False), **AT_HOME}, CONNECTIONS,
                run.options_for(accounts)) for workload in WORKLOADS]
        yield f"{rows:>10,} rows  {store:10}" + "".join(
            f"  {workload} {cell.total:6.1f} us, {cell.rate:7,.0f}/s"
            for workload, cell in zip(WORKLOADS, cells))


def part(run):
    lines = []
    for rows in run.options.rows:
        run.note(f"{rows} rows")
        if run.is_late():
            lines.append(f"{rows:>10,} rows: no time was left")
            continue
        try:
            lines += _lines(run, rows)
        except (Exception, SystemExit) as error:
            lines.append(f"{rows:>10,} rows: failed: {error}")
    return ("CPU of a request, and requests/s, by rows of the table of logins; "
            f"memory off, {CONNECTIONS} connections\n\n" +
            "\n".join(lines))
