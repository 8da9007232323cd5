"""slapd.py -- an OpenLDAP server of our own, on a free port of loopback.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

import proc
from ports import free_port
from waiting import until

SUFFIX = "dc=example,dc=com"
ROOT_DN = f"cn=admin,{SUFFIX}"
READER_DN = f"cn=reader,{SUFFIX}"
PASSWORD = "sesame street"
FILTER = "(&(objectClass=mailBox)(|(mailAlias=%s)(mailAccount=%s)))"

SETTINGS = """
include /etc/ldap/schema/core.schema
attributetype ( 1.3.6.1.4.1.32473.1.1 NAME 'mailAlias'
    EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.32473.1.2 NAME 'mailAccount'
    EQUALITY caseIgnoreMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
objectclass ( 1.3.6.1.4.1.32473.2.1 NAME 'mailBox' SUP top STRUCTURAL
    MUST cn MAY ( mailAlias $ mailAccount $ userPassword ) )
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
{tls}
{extra}
database mdb
suffix {suffix}
rootdn {root_dn}
rootpw "{password}"
directory {folder}/data
maxsize 268435456
dbnosync
index mailAlias,mailAccount,objectClass eq
access to attrs=userPassword by anonymous auth by * none
access to * {access}
"""


def entry(name, **attributes):
    """A mail box as LDIF."""
    lines = [f"dn: cn={name},{SUFFIX}", "objectClass: mailBox", f"cn: {name}"]
    for key, values in attributes.items():
        for value in [values] if isinstance(values, str) else values:
            lines.append(f"{key}: {value}")
    return "\n".join(lines) + "\n\n"


TOP = (f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\n"
       f"o: example\ndc: example\n\n")
READER = entry("reader", userPassword=PASSWORD)


class Certificates:
    """An authority, a server and a client, in a folder."""

    def __init__(self, folder, name="127.0.0.1"):
        self.folder = pathlib.Path(folder)
        self.ca = self.folder / "ca.pem"
        self._run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
                  "2", "-keyout", "ca.key", "-out", "ca.pem", "-subj",
                  "/CN=Test CA", "-addext",
                  "basicConstraints=critical,CA:TRUE", "-addext",
                  "keyUsage=critical,keyCertSign,cRLSign")
        kind = "IP" if name[0].isdigit() else "DNS"
        self.server = self._sign("server", f"/CN={name}",
                                 f"subjectAltName={kind}:{name}\n")
        self.client = self._sign("client", "/O=example/CN=reader",
                                 "extendedKeyUsage=clientAuth\n")

    def _run(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True,
                       capture_output=True)

    def _sign(self, name, subject, extensions):
        """A certificate of our authority: its file and that of its key."""
        (self.folder / f"{name}.ext").write_text(extensions)
        self._run("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout",
                  f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
        self._run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem",
                  "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-out",
                  f"{name}.pem", "-extfile", f"{name}.ext")
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"


class Slapd:
    """A server with some mail boxes; it runs once started."""

    def __init__(self, ldif="", certificates=None, extra="",
                 access="by * read", is_traced=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="policyd-slapd."))
        (self.folder / "data").mkdir()
        self.port, self.tls_port = free_port(), free_port()
        self.uri = f"ldap://127.0.0.1:{self.port}"
        self.tls_uri = f"ldaps://127.0.0.1:{self.tls_port}"
        socket_path = str(self.folder / "ldapi").replace("/", "%2F")
        self.unix_uri = f"ldapi://{socket_path}"
        self.uris = [self.uri, self.unix_uri]
        tls = ""
        if certificates:
            self.uris.append(self.tls_uri)
            tls = (f"TLSCACertificateFile {certificates.ca}\n"
                   f"TLSCertificateFile {certificates.server[0]}\n"
                   f"TLSCertificateKeyFile {certificates.server[1]}\n"
                   "TLSVerifyClient try\n"
                   "authz-regexp \"cn=([^,]+),o=example\" "
                   f"\"cn=$1,{SUFFIX}\"\n")
        self.conf = self.folder / "slapd.conf"
        self.conf.write_text(SETTINGS.format(
            folder=self.folder, tls=tls, extra=extra, suffix=SUFFIX,
            root_dn=ROOT_DN, password=PASSWORD, access=access))
        self.process = None
        self.is_traced = is_traced
        subprocess.run(["/usr/sbin/slapadd", "-q", "-f", self.conf],
                       input=TOP + READER + ldif, text=True, check=True,
                       capture_output=True)

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["/usr/sbin/slapd", "-d", "stats" if self.is_traced else "0",
                 "-f", self.conf, "-h", " ".join(self.uris)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(self._is_up, "slapd")
        return self

    def _is_up(self):
        assert self.process.poll() is None, "slapd ended"
        ports = [self.port]
        if self.tls_uri in self.uris:
            ports.append(self.tls_port)
        try:
            for port in ports:
                socket.create_connection(("127.0.0.1", port), 10).close()
        except OSError:
            return False
        return (self.folder / "ldapi").exists()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)
        until(lambda: proc.is_stopped(self.process.pid), "slapd to stop")

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        """Stop it; start() goes on with the same data on the same port."""
        if self.process is None:
            return
        self.thaw()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def modify(self, ldif):
        subprocess.run(["ldapmodify", "-x", "-H", self.uri, "-D", ROOT_DN,
                        "-w", PASSWORD], input=ldif, text=True, check=True,
                       capture_output=True)

    def searches(self, text):
        """How many searches had the text in their filter, if traced."""
        log = (self.folder / "log").read_text(errors="replace")
        return sum(" SRCH base=" in line and text in line
                   for line in log.splitlines())

    def clients(self):
        """Where connections to the plain port come from."""
        found = subprocess.run(
            ["ss", "-Htn", "state", "established",
             f"( sport = :{self.port} )"], check=True, text=True,
            capture_output=True).stdout
        return sorted(line.split()[-1] for line in found.splitlines())

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
