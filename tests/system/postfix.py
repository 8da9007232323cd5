"""postfix.py -- a private Postfix that believes us who the client is (XCLIENT).

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import json
import os
import pathlib
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile

import pytest

from policyd import USER, free_port
from proc import is_alive
from waiting import PATIENCE, until

MAIN = """
compatibility_level = 3.6
config_directory = {root}/etc
queue_directory = {root}/spool
data_directory = {root}/data
maillog_file = {root}/log
maillog_file_prefixes = {root}
inet_protocols = all
inet_interfaces = 127.0.0.1, ::1
myhostname = mail.example.net
mydestination =
alias_maps =
local_recipient_maps =
default_transport = discard:
relay_transport = discard:
smtpd_authorized_xclient_hosts = 127.0.0.0/8, [::1]
relay_domains = example.org
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = {restrictions}
smtpd_tls_security_level = none
smtpd_error_sleep_time = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
cyrus_sasl_config_path = {root}/etc/sasl
"""

# Nothing runs in a chroot, so that a socket may be anywhere.
MASTER = """
[127.0.0.1]:{port} inet n - n - - smtpd
[::1]:{port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
proxymap  unix  - - n - - proxymap
anvil     unix  - - n - 1 anvil
discard   unix  - - n - - discard
smtp      unix  - - n - - smtp
slow      unix  - - n - - discard
showq     unix  - - n - - showq
tlsmgr    unix  - - n 1000? 1 tlsmgr
pickup    unix  n - n 60 1 pickup
postlog   unix-dgram n - n - 1 postlogd
"""


def overridden(lines, more):
    """Parameters with more of them, each said once: of one that is said twice
    every process warns."""
    names = {line.partition("=")[0].strip() for line in more.splitlines()}
    return "".join(line + "\n" for line in lines.splitlines()
                   if line.partition("=")[0].strip() not in names) + more


class Postfix:
    """One instance. It asks the policy server at socket for each RCPT TO.

    more is added to main.cf; call is how it asks, where unix:policyd/policy
    becomes the socket. prepare(self) is called before it starts.

    All of its processes log by a socket that ten lines fill; master, which is
    to start who reads it, may wait for it to be read. So it has to have said
    that it is up before anybody connects, and one that stands is begun anew.
    """

    def __init__(self, more="", call="unix:policyd/policy, "
                 "default_action=DUNNO", prepare=None):
        if os.geteuid() != 0:
            pytest.skip("only root can start a Postfix")
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="policyd-postfix."))
        self.root.chmod(0o755)
        for name in ("etc", "spool", "data"):
            (self.root / name).mkdir()
        os.chown(self.root / "data", pwd.getpwnam("postfix").pw_uid, -1)
        self.port = free_port()
        self._log_from = 0
        # As /var/spool/postfix/policyd: the server makes its socket there.
        folder = self.root / "policyd"
        folder.mkdir()
        shutil.chown(folder, USER, "postfix")
        self.socket = folder / "policy"
        call = call.replace("unix:policyd/policy", f"unix:{self.socket}")
        restrictions = f"check_policy_service {{{call}}}, permit"
        (self.root / "etc" / "main.cf").write_text(overridden(
            MAIN.format(root=self.root, restrictions=restrictions), more))
        (self.root / "etc" / "master.cf").write_text(
            MASTER.format(port=self.port))
        if prepare is not None:
            prepare(self)
        self._start()
        until(self._answers, "Postfix")

    @property
    def config(self):
        """Its configuration directory."""
        return self.root / "etc"

    def run(self, program, *arguments, input=""):
        """Run a command of Postfix on this instance; what it prints."""
        result = subprocess.run(
            [program, "-c", str(self.config), *arguments], input=input,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=120 * PATIENCE,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        assert result.returncode == 0, result.stdout + self.log()
        return result.stdout

    def _start(self, tries=5):
        for _ in range(tries):
            self.run("postfix", "start")
            try:
                until(lambda: "daemon started" in self.log(everything=True),
                      "Postfix to start", 20)
                return
            except AssertionError:
                self._kill()
        raise AssertionError(f"Postfix stands: {self.log(everything=True)}")

    def _kill(self):
        """Master, whose others then leave."""
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(self._pidfile.read_text()), signal.SIGKILL)
        until(lambda: self._is_free(self._pidfile), "Postfix to die")
        (self.root / "log").unlink(missing_ok=True)

    @property
    def _pidfile(self):
        return self.root / "spool" / "pid" / "master.pid"

    def queue(self):
        """What postqueue lists: dicts."""
        # An empty queue is told in words.
        return [json.loads(line)
                for line in self.run("postqueue", "-j").splitlines()
                if line.startswith("{")]

    def _answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 10):
                return True
        except OSError:
            return False

    def log(self, everything=False):
        path = self.root / "log"
        text = path.read_text(errors="replace") if path.exists() else ""
        return text if everything else text[self._log_from:]

    def forget_log(self):
        """Later reads of the log begin here."""
        self._log_from = len(self.log(everything=True))

    def session(self, address, login=None, host="127.0.0.1"):
        """An SMTP session as from this address, logged in as login."""
        smtp = smtplib.SMTP(host, self.port, "client.example",
                            timeout=120 * PATIENCE)
        smtp.ehlo()
        client = f"IPV6:{address}" if ":" in address else address
        xclient = f"XCLIENT ADDR={client} NAME=client.example"
        if login:
            xclient += f" LOGIN={login}"
        code, text = smtp.docmd(xclient)
        assert code == 220, (code, text)
        smtp.ehlo()
        return smtp

    def send(self, address, login, recipients=("someone@example.org",)):
        """Send one mail; the reply to the first RCPT that is refused, else
        to the end of DATA."""
        with self.session(address, login) as smtp:
            smtp.mail(login or "sender@example.com")
            for recipient in recipients:
                code, text = smtp.rcpt(recipient)
                if code != 250:
                    return code, text.decode()
            code, text = smtp.data("Subject: hello\r\n\r\nhello\r\n")
            return code, text.decode()

    def close(self):
        try:
            # As "postfix stop" does, which would log first.
            with contextlib.suppress(OSError, ValueError):
                os.kill(int(self._pidfile.read_text()), signal.SIGTERM)
            until(lambda: self._is_free(self._pidfile), "Postfix to stop", 20)
        except AssertionError:
            self._kill()
        finally:
            shutil.rmtree(self.root, ignore_errors=True)

    def _is_free(self, pidfile):
        try:
            return not is_alive(int(pidfile.read_text()))
        except (OSError, ValueError):
            return True
