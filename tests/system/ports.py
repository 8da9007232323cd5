"""ports.py -- a port of loopback for a server that is about to start.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import random
import socket

# The kernel gives these to whoever connects or binds without a number.
RANGE = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")

_claims = []


def _numbers():
    low, high = map(int, RANGE.read_text().split())
    numbers = [port for port in range(10240, 65536)
               if not low <= port <= high] or list(range(10240, 65536))
    random.SystemRandom().shuffle(numbers)
    return iter(numbers)


_unused = _numbers()


def free_port(family=socket.AF_INET, host="127.0.0.1"):
    """A port that nobody listens on, and that no other test on this machine
    is given while this process lives. Each call returns another one."""
    for port in _unused:
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            # An abstract name ends with the process, whatever becomes of it.
            claim.bind(f"\0policyd-test-port-{port}")
            with socket.socket(family) as sock:
                sock.bind((host, port))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return port
    raise AssertionError("no port is free")
