"""activation.py -- a listening socket that is passed on, as systemd does it.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import socket


def passing(listener, **environment):
    """What Policyd.launch() and start() want to be passed it."""
    fd = listener.fileno()
    return {"wrapper": ["bash", "-c",
                        f'exec 3<&{fd}; LISTEN_PID=$$ exec "$@"', "bash"],
            "pass_fds": [fd], "LISTEN_FDS": 1, **environment}


@contextlib.contextmanager
def passed_socket(policyd):
    """A Unix socket, where policyd is asked from now on; it stays open."""
    path = policyd.root / "passed"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        path.chmod(0o666)
        listener.listen(64)
        policyd.address = f"unix:{path}"
        yield listener
