"""dovecot.py -- a private Dovecot that asks policyd about logins.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import grp
import imaplib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile

from policyd import IS_ROOT, free_port
from waiting import PATIENCE, until

PASSWORD = "right"

# As Dovecot 2.3 wants it.
CONFIG_2_3 = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
auth_cache_size = 0
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{root}/mail/%u
# Whom the client stands for is told by the ID command.
login_trusted_networks = 127.0.0.0/8
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {root}/users
}}
userdb {{
  driver = static
  args = uid={mail} gid={mail_group} home={root}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
auth_policy_server_url = http://{policy}/dovecotpolicy
auth_policy_server_timeout_msecs = {patience_ms}
auth_policy_hash_nonce = a random text
{more}
"""

# And 2.4.
CONFIG_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
protocols = imap
listen = 127.0.0.1
ssl = no
auth_allow_cleartext = yes
auth_mechanisms = plain
auth_failure_delay = 0
auth_cache_size = 0
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_driver = maildir
mail_path = {root}/mail/%{{user}}
login_trusted_networks = 127.0.0.0/8
passdb passwd-file {{
  passwd_file_path = {root}/users
  default_password_scheme = PLAIN
}}
userdb static {{
  fields {{
    uid = {mail}
    gid = {mail_group}
    home = {root}/mail/%{{user}}
  }}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    listen = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
auth_policy_server_url = http://{policy}/dovecotpolicy
auth_policy_hash_nonce = a random text
auth_policy {{
  http_client_request_absolute_timeout = {patience_ms}ms
}}
{more}
"""


def _config():
    """What the version that is installed wants."""
    version = subprocess.run(["/usr/sbin/dovecot", "--version"], check=True,
                             capture_output=True, text=True).stdout
    return CONFIG_2_3 if version.startswith("2.3") else CONFIG_2_4


class Dovecot:
    """One Dovecot with an account or several, all with PASSWORD; for an answer
    it waits so long, and not two seconds as by default."""

    def __init__(self, policy, accounts, patience_ms=30000, **more):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="dovecot."))
        self.root.chmod(0o755)
        self.port = free_port()
        me = pwd.getpwuid(os.geteuid())
        users = (("dovecot", "dovenull", "nobody") if IS_ROOT else
                 (me.pw_name,) * 3)
        internal, login, mail = map(pwd.getpwnam, users)
        (self.root / "users").write_text("".join(
            f"{account}:{PASSWORD}\n" for account in accounts))
        (self.root / "mail").mkdir()
        os.chown(self.root / "mail", mail.pw_uid, mail.pw_gid)
        (self.root / "dovecot.conf").write_text(_config().format(
            root=self.root, internal=internal.pw_name, login=login.pw_name,
            group=grp.getgrgid(internal.pw_gid).gr_name, mail=mail.pw_uid,
            mail_group=mail.pw_gid, port=self.port, policy=policy,
            patience_ms=patience_ms,
            more="\n".join(f"{key} = {value}"
                           for key, value in more.items())))
        self.process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", self.root / "dovecot.conf"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        until(self._greets, "Dovecot to greet")

    def _greets(self):
        assert self.process.poll() is None, self.log()
        try:
            with socket.create_connection(("127.0.0.1", self.port), 10) as sock:
                return sock.recv(4) == b"* OK"
        except OSError:
            return False

    def login(self, account, address, password=PASSWORD):
        """Log in by IMAP, as a client at the address: True, or why not."""
        imap = imaplib.IMAP4("127.0.0.1", self.port, 60 * PATIENCE)
        try:
            imap.xatom("ID", f'("x-originating-ip" "{address}")')
            imap.login(account, password)
            imap.select("INBOX")
            return True
        except imaplib.IMAP4.error as error:
            return str(error)
        finally:
            imap.shutdown()

    def log(self):
        path = self.root / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60 * PATIENCE)
        shutil.rmtree(self.root, ignore_errors=True)
