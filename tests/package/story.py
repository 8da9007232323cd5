#!/usr/bin/python3
"""story.py -- the life of the package, in a Debian that systemd has booted.

SPDX-License-Identifier: GPL-3.0-or-later

Run by nspawn.sh as root, inside. Each step goes on where the one before ended.
"""
import grp
import os
import pathlib
import pwd
import re
import smtplib
import socket
import subprocess
import sys
import threading
import time
import traceback

from client import Client
from geoip import address
from waiting import until

DEBS = "/root/debs"
SOCKET = "/var/spool/postfix/policyd/policy"
ADDRESS = f"unix:{SOCKET}"
CONF = pathlib.Path("/etc/policyd/policyd.yaml")
SQLITE = "sqlite:/var/lib/policyd/policyd.db"
ENV = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8")


def run(*command, status=0, **options):
    """Run a command; its output. Its exit status must be as said."""
    result = subprocess.run(
        command, text=True, stdout=subprocess.PIPE, env=ENV,
        stderr=subprocess.STDOUT, timeout=300, **options)
    assert result.returncode == status, \
        f"{command}: exit status {result.returncode}\n{result.stdout}"
    return result.stdout


def shell(script, **options):
    return run("sh", "-euc", script, **options)


def install(*packages):
    return run("apt-get", "-q", "-y",
               "--no-install-recommends", "install", *packages)


def state(unit):
    return subprocess.run(["systemctl", "is-active", unit], text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def journal(unit="policyd.service"):
    return run("journalctl", "-q", "-o", "cat", "-u", unit)


def main_pid():
    return int(run("systemctl", "show", "-P", "MainPID", "policyd"))


def ask(account, client="192.0.2.1"):
    with Client(ADDRESS) as connection:
        return connection.ask(account, client)


def rights(path):
    status = os.stat(path)
    return (f"{status.st_mode & 0o7777:04o} "
            f"{pwd.getpwuid(status.st_uid).pw_name}:"
            f"{grp.getgrgid(status.st_gid).gr_name}")


def write(changes):
    """Edit the configuration: replace texts that must be there."""
    text = CONF.read_text()
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    CONF.write_text(text)


class Load:
    """Clients that go on asking as Postfix does: a connection that the server
    closed is opened anew, once; what fails then would have cost a mail."""

    def __init__(self, clients=8):
        self.answers = 0
        self.lost = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,))
                         for number in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        until(lambda: self.answers > 100, "answers")
        return self

    def __exit__(self, *_):
        seen = self.answers
        until(lambda: self.answers > seen + 100, "answers after all that")
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number):
        connection = Client(ADDRESS)
        while not self._over.wait(0.001):
            for attempt in (1, 2):
                try:
                    connection.ask(f"load{number}@example.com")
                    self.answers += 1
                    break
                except (OSError, EOFError) as error:
                    connection.close()
                    if attempt == 2:
                        self.lost.append(repr(error))
                try:
                    connection = Client(ADDRESS)
                except OSError as error:
                    self.lost.append(repr(error))
                    break


def snapshot():
    """What there is besides packages of others and what they write."""
    # Of caches and logs nobody keeps count.
    pruned = ("/proc /sys /dev /run /tmp /root /var/cache /var/log /var/tmp "
              "/var/lib/dpkg /var/lib/apt /var/lib/systemd "
              "/var/lib/ucf /var/cache/debconf /usr/share/doc").split()
    expression = " -o ".join(f"-path {path}" for path in pruned)
    files = shell(f"find / -xdev \\( {expression} \\) -prune -o -print")
    names = [file for file in files.split("\n")
             if not re.search(r"-$|\.lock$|ld\.so\.cache|mtab|__pycache__",
                              file)]
    users = [entry.pw_name for entry in pwd.getpwall()]
    groups = [entry.gr_name for entry in grp.getgrall()]
    return set(names) | {f"user {name}" for name in users} | \
        {f"group {name}" for name in groups}


# --- the steps, in order ------------------------------------------------------

def it_is_installed_and_runs():
    global before
    # What it depends on may stay after the purge.
    depends = run("dpkg-deb", "-f", f"{DEBS}/policyd.deb", "Depends")
    names = [re.split(r"[ |(]", part.strip())[0] for part in depends.split(",")]
    install(*names)
    before = snapshot()
    install(f"{DEBS}/policyd.deb")
    for unit in ("policyd.service", "policyd.socket", "policyd-clean.timer"):
        assert state(unit) == "active", f"{unit}: {state(unit)}"
        assert run("systemctl", "is-enabled", unit) == "enabled\n"
    assert rights(CONF) == "0640 root:policyd", rights(CONF)
    # Who does not answer begins with a look.
    assert "\nmode: observe\n" in CONF.read_text()
    write({"mode: observe": "mode: enforce",
           "  countries: unlimited\n  networks: unlimited\n":
           "  countries: 3\n  networks: 10\n"})
    run("systemctl", "reload", "policyd")
    assert rights("/var/lib/policyd") == "0750 policyd:policyd"
    assert rights("/var/spool/postfix/policyd") == "0710 policyd:postfix"
    assert rights(SOCKET) == "0660 policyd:postfix"
    # The timer does it.
    assert "-d /run/systemd/system" in \
        pathlib.Path("/etc/cron.d/policyd").read_text()


def without_geoip_it_counts_networks_and_says_so():
    assert "networks alone are counted" in journal(), journal()
    assert "networks alone are counted" in run("policyd", "--explain", "joe@x")
    for number in range(10):
        assert ask("nets@example.com", f"192.0.2.{number}") == "DUNNO"
    assert ask("nets@example.com", "192.0.2.10").startswith("REJECT")
    assert "nets@example.com" in run("policyd", "--list-blocked")
    assert rights("/var/lib/policyd/policyd.db").endswith("policyd:policyd")


def postfix_comes_later_and_reaches_the_socket():
    shell("echo 'postfix postfix/main_mailer_type select No configuration' |"
          " debconf-set-selections")
    install("postfix", "libsasl2-modules")
    assert rights("/var/spool/postfix/policyd") == "0710 policyd:postfix"
    ping = ("import socket; s = socket.socket(socket.AF_UNIX);"
            f"s.connect('{SOCKET}')")
    run("setpriv", "--reuid=postfix", "--regid=postfix", "--clear-groups",
        "python3", "-c", ping)
    run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
        "python3", "-c", ping, status=1)


MAIN_CF = """
compatibility_level = 3.6
myhostname = mail.example.net
mydestination =
alias_maps =
relay_domains = example.org
relay_transport = discard:
inet_interfaces = loopback-only
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_sasl_auth_enable = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
"""


def mail(at_most=8):
    """Send a mail as one who is logged in; the seconds that it took."""
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", 25, "client.example", timeout=60) as smtp:
        smtp.docmd("XCLIENT ADDR=192.0.2.1 NAME=client LOGIN=joe@example.com")
        smtp.ehlo()
        assert not smtp.sendmail("joe@example.com", ["ann@example.org"],
                                 "Subject: hello\r\n\r\nhello\r\n")
    took = time.monotonic() - began
    assert took < at_most, f"the mail took {took:.1f} s"
    return took


def asked():
    return journal().count("decision account=joe@example.com")


def closes():
    """Does the socket close, after mails that did not wait for it?"""
    mail()
    return state("policyd.socket") == "failed"


def postfix_asks_with_the_documented_lines():
    readme = pathlib.Path("/usr/share/doc/policyd/README.Debian").read_text()
    lines = re.search(r"^    smtpd_recipient_restrictions =\n(?:     +.*\n)+",
                      readme, re.M).group()
    main = pathlib.Path("/etc/postfix/main.cf")
    main.write_text(MAIN_CF + re.sub(r"^    ", "", lines, flags=re.M))
    shell("cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf;"
          "postfix start")
    assert "WRONG" not in run("policyd", "--check-postfix")
    before = asked()
    mail()
    until(lambda: asked() > before, "policyd to be asked")


def mail_does_not_wait_for_a_wrong_configuration():
    write({"mode: enforce": "mode: enforced"})
    run("systemctl", "restart", "policyd", status=1)
    until(closes, "the socket to be closed", 30)
    assert mail() < 2
    # Neither does it wait for what was wrong all along.
    assert state("policyd.service") == "failed"
    before = asked()
    write({"mode: enforced": "mode: enforce"})
    until(lambda: state("policyd.service") == "active", "policyd again", 30)
    assert state("policyd.socket") == "active"
    mail()
    until(lambda: asked() > before, "policyd to be asked")
    until(lambda: state("policyd-recover.timer") == "inactive", "the end")


def mail_does_not_wait_for_what_crashes():
    folder = pathlib.Path("/etc/systemd/system/policyd.service.d")
    folder.mkdir()
    (folder / "crash.conf").write_text(
        "[Service]\nExecStart=\nExecStart=/bin/sh -c 'kill -SEGV $$$$'\n")
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", "policyd", status=1)
    until(closes, "the socket to be closed", 60)
    assert mail() < 2
    (folder / "crash.conf").unlink()
    folder.rmdir()
    run("systemctl", "daemon-reload")
    # What the timer does in a minute.
    run("systemctl", "start", "policyd-recover.service")
    until(lambda: state("policyd.service") == "active", "policyd again", 30)


def mail_does_not_wait_for_what_is_killed_or_stands_still():
    for _ in range(2):
        os.kill(main_pid(), 9)
        mail()
        until(lambda: state("policyd.service") == "active", "policyd again")
    run("systemctl", "kill", "-s", "STOP", "policyd")
    mail()
    run("systemctl", "kill", "-s", "CONT", "policyd")


def mail_does_not_wait_for_what_is_stopped_or_masked():
    # With its socket there a stopped server is started by a request.
    run("systemctl", "stop", "policyd")
    before = asked()
    mail()
    until(lambda: asked() > before, "policyd to be asked")
    run("systemctl", "stop", "policyd.socket", "policyd.service")
    assert mail() < 2
    run("systemctl", "start", "policyd.socket", "policyd.service")
    run("systemctl", "mask", "--now", "policyd.service")
    mail()
    assert mail() < 2
    run("systemctl", "unmask", "policyd.service")
    run("systemctl", "reset-failed")
    run("systemctl", "start", "policyd.socket", "policyd.service")
    before = asked()
    mail()
    until(lambda: asked() > before, "policyd to be asked")
    run("postfix", "stop")


def the_units_are_confined():
    for unit in ("policyd.service", "policyd-clean.service"):
        said = run("systemd-analyze", "security", unit, "--no-pager")
        score = re.search(r"exposure level for .*: ([0-9.]+)", said)
        assert float(score.group(1)) <= 2.0, score.group()
        print(f"    {score.group()}")
    pid = main_pid()
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    assert re.search(r"^Uid:\t(\d+)\t\1\t\1", status, re.M).group(1) == \
        str(pwd.getpwnam("policyd").pw_uid)
    assert re.search(r"^CapBnd:\t0+$", status, re.M), status
    assert re.search(r"^NoNewPrivs:\t1$", status, re.M)
    assert re.search(r"^Seccomp:\t2$", status, re.M)


def countries_http_and_programs_work_confined():
    as_it_was = CONF.read_text()
    told = pathlib.Path("/var/lib/policyd/told")
    program = pathlib.Path("/usr/local/bin/told")
    program.write_text(f"#!/bin/sh\nexec cat >{told}\n")
    program.chmod(0o755)
    write({'  country: ""\n': "  country: /usr/share/GeoIP/country.mmdb\n",
           "notify:\n  enabled: false": "notify:\n  enabled: true",
           "  exec: []": f"  exec: [{program}]",
           '  listen: ""': "  listen: unix:/run/policyd/http"})
    run("policyd", "--check-config")
    run("systemctl", "restart", "policyd")
    for country in ("DE", "AT", "CH"):
        assert ask("abroad@example.com", address(country)) == "DUNNO"
    assert ask("abroad@example.com", address("FR")).startswith("REJECT")
    until(lambda: told.exists() and "abroad@example.com" in told.read_text(),
          "the program to be run")
    with socket.socket(socket.AF_UNIX) as http:
        http.connect("/run/policyd/http")
        http.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
        assert b" 200 " in http.recv(1000)
    told.unlink()
    program.unlink()
    CONF.write_text(as_it_was)
    run("systemctl", "restart", "policyd")


def a_reload_loses_nothing_and_a_bad_one_is_refused():
    pid = main_pid()
    with Load() as load:
        write({"  countries: 3\n": "  countries: 4\n"})
        run("systemctl", "reload", "policyd")
    assert not load.lost, load.lost
    assert main_pid() == pid
    write({"mode: enforce": "mode: enforced"})
    run("systemctl", "reload", "policyd", status=1)
    assert state("policyd.service") == "active" and main_pid() == pid
    assert ask("reload@example.com") == "DUNNO"
    write({"mode: enforced": "mode: enforce"})
    run("systemctl", "reload", "policyd")


def a_restart_and_an_upgrade_lose_nothing():
    pid = main_pid()
    with Load() as load:
        run("systemctl", "restart", "policyd")
    assert not load.lost, load.lost
    assert main_pid() != pid
    edited = CONF.read_text()
    pid = main_pid()
    os.chmod(CONF, 0o600)
    os.chown(CONF, pwd.getpwnam("policyd").pw_uid, 0)
    with Load() as load:
        run("dpkg", "-i", f"{DEBS}/policyd-next.deb")
        until(lambda: main_pid() not in (0, pid), "the new server")
    assert not load.lost, load.lost
    print(f"    {load.answers} answers meanwhile, none lost")
    assert CONF.read_text() == edited
    assert rights(CONF) == "0600 policyd:root", rights(CONF)
    shell(f"chown root:policyd {CONF}; chmod 0640 {CONF}")
    assert "nets@example.com" in run("policyd", "--list-blocked")
    assert ask("nets@example.com").startswith("REJECT")


def a_server_that_hangs_is_replaced_by_the_watchdog():
    folder = pathlib.Path("/etc/systemd/system/policyd.service.d")
    folder.mkdir()
    (folder / "test.conf").write_text("[Service]\nWatchdogSec=3\n")
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", "policyd")
    pid = main_pid()
    # It lives longer than the watchdog's time: so it does report.
    run("sleep", "5")
    assert main_pid() == pid
    os.kill(pid, 19)
    until(lambda: state("policyd.service") == "active" and
          main_pid() not in (0, pid), "another server", 30)
    assert ask("hang@example.com") == "DUNNO"
    (folder / "test.conf").unlink()
    folder.rmdir()
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", "policyd")


def the_timer_cleans():
    assert "policyd-clean.timer" in run("systemctl", "list-timers")
    run("systemctl", "start", "policyd-clean.service")
    assert run("systemctl", "show", "-P", "Result",
               "policyd-clean.service") == "success\n"


def without_the_socket_unit_it_listens_itself():
    run("systemctl", "disable", "--now", "policyd.socket")
    run("systemctl", "restart", "policyd")
    assert state("policyd.socket") == "inactive"
    assert ask("alone@example.com") == "DUNNO"
    assert rights(SOCKET) == "0660 policyd:postfix"
    run("systemctl", "stop", "policyd")
    assert not os.path.exists(SOCKET)
    run("systemctl", "enable", "--now", "policyd.socket")
    run("systemctl", "start", "policyd")
    assert ask("alone@example.com") == "DUNNO"


def postgresql_is_one_command():
    install("postgresql")
    readme = shell("cat /usr/share/doc/policyd/README.Debian")
    create, copy = re.findall(
        r"^    (su postgres .*|policyd --copy-store (?:.*\\\n)*.*)",
        readme, re.M)[:2]
    run("bash", "-ec", create)
    run("systemctl", "stop", "policyd")
    run("bash", "-ec", copy)
    write({f"url: {SQLITE}": "url: postgresql:///policyd"})
    run("systemctl", "restart", "policyd")
    assert ask("nets@example.com").startswith("REJECT")
    assert ask("fresh@example.com") == "DUNNO"
    assert "fresh@example.com" in run(
        "su", "postgres", "-c",
        "psql -At -c 'SELECT account FROM policyd.account' policyd")
    run("systemctl", "start", "policyd-clean.service")


def dbconfig_common_makes_another_database():
    write({"url: postgresql:///policyd": f"url: {SQLITE}"})
    run("systemctl", "restart", "policyd")
    shell("cd /; su postgres -c 'dropdb policyd; dropuser policyd'")
    shell("""debconf-set-selections <<END
policyd policyd/dbconfig-install boolean true
policyd policyd/dbconfig-reinstall boolean true
policyd policyd/db/dbname string maildesk
END""")
    install("dbconfig-pgsql")
    said = run("dpkg-reconfigure", "-f", "noninteractive", "policyd")
    # The administrator has edited the file: what is new lies beside it.
    new = pathlib.Path(f"{CONF}.ucf-dist")
    assert "  url: postgresql:///maildesk\n" in (
        new if new.exists() else CONF).read_text(), said + shell(
            "ls /etc/policyd; cat /etc/dbconfig-common/policyd.conf")
    write({f"url: {SQLITE}": "url: postgresql:///maildesk"}
          if new.exists() else {})
    run("systemctl", "restart", "policyd")
    assert ask("desk@example.com") == "DUNNO"
    assert "desk@example.com" in run(
        "su", "postgres", "-c",
        "psql -At -c 'SELECT account FROM policyd.account' maildesk")


def removal_stops_it_and_keeps_what_it_knew():
    pid = main_pid()
    run("apt-get", "-q", "-y", "remove", "policyd")
    assert not os.path.exists(SOCKET)
    assert not os.path.exists(f"/proc/{pid}")
    for unit in ("policyd.service", "policyd.socket", "policyd-clean.timer"):
        assert state(unit) == "inactive", f"{unit}: {state(unit)}"
    assert CONF.exists()
    assert os.path.exists("/var/lib/policyd/policyd.db")
    install(f"{DEBS}/policyd.deb")
    assert state("policyd.socket") == "active"
    assert "desk@example.com" in run(
        "su", "policyd", "-s", "/bin/sh", "-c",
        "policyd --explain desk@example.com")


def a_purge_leaves_nothing():
    mine = pathlib.Path("/var/lib/policyd/mine")
    mine.write_text("not the package's")
    run("apt-get", "-q", "-y", "purge", "policyd")
    assert mine.exists()
    mine.unlink()
    mine.parent.rmdir()
    run("apt-get", "-q", "-y", "purge", "postfix", "postgresql*",
        "dbconfig*")
    left = snapshot() - before
    # Of others: their users stay, as usual in Debian.
    left = {name for name in left if "policyd" in name or
            name == "group postfix" and "user postfix" not in left}
    assert not left, left


STEPS = [
    it_is_installed_and_runs,
    without_geoip_it_counts_networks_and_says_so,
    postfix_comes_later_and_reaches_the_socket,
    postfix_asks_with_the_documented_lines,
    mail_does_not_wait_for_a_wrong_configuration,
    mail_does_not_wait_for_what_crashes,
    mail_does_not_wait_for_what_is_killed_or_stands_still,
    mail_does_not_wait_for_what_is_stopped_or_masked,
    the_units_are_confined,
    countries_http_and_programs_work_confined,
    a_reload_loses_nothing_and_a_bad_one_is_refused,
    a_restart_and_an_upgrade_lose_nothing,
    a_server_that_hangs_is_replaced_by_the_watchdog,
    the_timer_cleans,
    without_the_socket_unit_it_listens_itself,
    postgresql_is_one_command,
    dbconfig_common_makes_another_database,
    removal_stops_it_and_keeps_what_it_knew,
    a_purge_leaves_nothing,
]


def main():
    for step in STEPS:
        name = step.__name__.replace("_", " ")
        try:
            step()
        except Exception:
            print(f"FAILED: {name}")
            for line in traceback.format_exc().splitlines():
                print(f"    {line}")
            print(shell("journalctl -q --no-pager | grep -v decision |"
                        " tail -n 40"))
            return 1
        print(f"ok {name}", flush=True)
    return 0


sys.exit(main())
