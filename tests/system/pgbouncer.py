"""pgbouncer.py -- a pgbouncer of our own, on a Unix socket.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile

from ports import free_port
from waiting import until

class Pgbouncer:
    """To be configured before it is started."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="policyd-pgb."))
        self.folder.chmod(0o755)
        self.port = free_port()
        self.process = None
        self._as_user = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            shutil.chown(self.folder, "postgres")
            self._as_user = {"user": user.pw_uid, "group": user.pw_gid,
                             "extra_groups": []}

    def write(self, text):
        """Write its configuration; one that runs reads it."""
        new = self.folder / "new.ini"
        new.write_text(text)
        new.rename(self.folder / "pgbouncer.ini")
        if self._runs():
            self.process.send_signal(signal.SIGHUP)

    def start(self):
        self.process = subprocess.Popen(
            ["/usr/sbin/pgbouncer", "-q", self.folder / "pgbouncer.ini"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **self._as_user)
        until(self._listens, "pgbouncer")

    def _runs(self):
        return self.process is not None and self.process.poll() is None

    def _socket(self):
        return self.folder / f".s.PGSQL.{self.port}"

    def _listens(self):
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self._socket())) == 0

    def stop(self):
        self.process.kill()
        self.process.wait()
        self._socket().unlink(missing_ok=True)

    def close(self):
        if self._runs():
            self.stop()
        shutil.rmtree(self.folder)
