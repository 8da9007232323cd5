"""test_auto_failover.py -- the primary of pg_auto_failover dies under load.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import time

import pytest

import auto_failover
import policyd as daemon
from geoip import address
from load import Load
from outage import BLOCKED, CONFIG, ERROR, KNOWN, OK
from waiting import until

pytestmark = [
    pytest.mark.skipif(auto_failover.PROGRAM is None,
                       reason="there is no pg_autoctl"),
    # It knows no other place for sockets than that of Debian's servers.
    pytest.mark.skipif(not daemon.IS_ROOT and
                       not os.access("/run/postgresql", os.W_OK),
                       reason="this user cannot start PostgreSQL's cluster")]


@pytest.fixture
def formation():
    made = auto_failover.Formation()
    yield made
    made.close()


def block(policyd, number):
    """Have an account blocked; its name if that was acknowledged."""
    account = f"victim{number}@example.com"
    policyd.ask(account, address("DE"))
    return policyd.ask(account, address("AT")) == BLOCKED and account


@pytest.mark.long
def test_no_block_that_was_acknowledged_is_lost(formation, start_policyd,
                                                capsys):
    policyd = start_policyd(daemon.merge(CONFIG, {
        "store": {"url": formation.url, "memory": "0s"},
        "log": {"decisions": "refused"}}))
    until(lambda: policyd.ask(KNOWN, address("DE")) == OK, "the store")
    one, other = formation.nodes[1:]
    with Load(policyd, connections=4) as load:
        blocked = [block(policyd, number) for number in range(20)]
        assert all(blocked)
        one.kill()
        died = time.monotonic()
        number = 20
        # Those that are acknowledged meanwhile count, too.
        while not blocked[-1] or number < 25:
            blocked.append(block(policyd, number))
            number += 1
            assert time.monotonic() < died + 120, formation.states()
        took = time.monotonic() - died
        load.wait_answers(200, OK)
    assert load.lost == 0 and set(load.answers) <= {OK, ERROR}
    blocked = {account for account in blocked if account}
    held = set(other.sql("SELECT account FROM policyd.block "
                         "WHERE ended_at IS NULL", "policyd"))
    assert blocked <= held
    for account in sorted(blocked)[:5]:
        assert policyd.ask(account, address("DE")) == BLOCKED
    with capsys.disabled():
        print(f"\nanswers counted again {took:.1f} s after the primary died; "
              f"{load.answers.get(ERROR, 0)} of {load.answered()} requests "
              f"had the error action; {len(blocked)} blocks kept")
