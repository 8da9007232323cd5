"""test_postfix_check.py -- --check-postfix finds what is missing in main.cf.

SPDX-License-Identifier: GPL-3.0-or-later

postconf reads any directory: no Postfix runs here, but for the last test.
"""
import json
import os
import pathlib
import pwd
import shutil
import tempfile

import pytest

import policyd as daemon
from policyd import merge

pytestmark = pytest.mark.skipif(
    shutil.which("postconf", path="/usr/sbin:/usr/bin") is None or
    not daemon.IS_ROOT, reason="no Postfix, or not root")

OK, WRONG = 0, 1
US = ("check_policy_service {unix:policyd/policy, timeout=5s, try_limit=1, "
      "default_action=DUNNO}")
BARE = "check_policy_service unix:policyd/policy"
RECIPIENT = "smtpd_recipient_restrictions = "
RATES = {"rates": {"rules": [{"mails": 5, "per": "1h"}]}}
DATA = merge(RATES, {"rates": {"stage": "data"}})
END = merge(RATES, {"rates": {"stage": "end-of-message"}})


class Instance:
    """A configuration of Postfix, and one of policyd that goes with it."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="policyd-check."))
        self.root.chmod(0o755)
        self.folder = self.root / "spool" / "policyd"
        self.folder.mkdir(parents=True)
        shutil.chown(self.folder, daemon.USER, "postfix")
        self.folder.chmod(0o750)

    def check(self, main="", master="y", options="", sasl="yes", config=None):
        etc = self.root / "etc"
        etc.mkdir(exist_ok=True)
        (etc / "main.cf").write_text(
            f"compatibility_level = 3.6\n"
            f"queue_directory = {self.root}/spool\n"
            f"smtpd_sasl_auth_enable = {sasl}\n{main}\n")
        (etc / "master.cf").write_text(
            f"submission inet n - {master} - - smtpd\n{options}\n"
            "cleanup unix n - n - 0 cleanup\n")
        path = self.root / "policyd.yaml"
        path.write_text(json.dumps(merge({
            "listen": [f"unix:{self.folder}/policy"],
            "socket": {"user": daemon.USER, "group": "postfix"},
            "server": {"user": daemon.USER, "group": daemon.GROUP},
        }, config or {})))
        where = ["--postfix-config", str(etc)]
        shown = daemon.run("-c", path, "--check-postfix", *where)
        result = daemon.run("-c", path, "--check-postfix", "--json", *where)
        assert shown.returncode == result.returncode, shown.stderr
        found = json.loads(result.stdout)
        for line in found:
            assert line["what"] in shown.stdout
            for part in line["fix"].splitlines():
                assert part in shown.stdout
        wrong = [line for line in found if not line["ok"]]
        assert result.returncode == (WRONG if wrong else OK)
        return wrong


@pytest.fixture
def instance():
    made = Instance()
    yield made
    shutil.rmtree(made.root, ignore_errors=True)


# --- good --------------------------------------------------------------------------

@pytest.mark.parametrize("main", [
    RECIPIENT + US + ", permit_sasl_authenticated, reject",
    RECIPIENT + "permit_mynetworks\n  " + US + "\n  reject",
    RECIPIENT + "reject_unknown_recipient_domain, " + US,
    "smtpd_relay_restrictions = " + US + ", permit_sasl_authenticated, reject",
    "smtpd_client_restrictions = " + US,
    "smtpd_sender_restrictions = reject_non_fqdn_sender " + US,
    RECIPIENT + BARE + "\nsmtpd_policy_service_default_action = DUNNO\n"
    "smtpd_policy_service_timeout = 5\nsmtpd_policy_service_try_limit = 1",
    # Not much longer than server.deadline, 2s, and what it may take in all.
    RECIPIENT + "check_policy_service {unix:policyd/policy, timeout=3s, "
    "default_action=DUNNO}",
    "ours = " + US + "\n" + RECIPIENT + "$ours, permit",
    RECIPIENT + "check_policy_service inet:127.0.0.1:10023, "
    + US + ", permit",
    RECIPIENT + "check_policy_service "
    "{ unix:policyd/policy, timeout = 10s, try_limit= 1, "
    "default_action = dunno }",
])
def test_good(instance, main):
    assert instance.check(main) == []


@pytest.mark.parametrize("config, list_", [
    (DATA, "smtpd_data_restrictions"),
    (END, "smtpd_end_of_data_restrictions")])
def test_a_stage_behind_the_recipients(instance, config, list_):
    main = RECIPIENT + US
    wrong, = instance.check(main, config=config)
    assert wrong["what"].startswith(f"{list_} does not ask policyd: rates")
    assert wrong["fix"].startswith(f"{list_} =\n    check_policy_service {{ ")
    assert instance.check(f"{main}\n{list_} = {US}", config=config) == []
    # Without a rule the stage does not matter.
    no_rules = merge(config, {"rates": {"rules": []}})
    assert instance.check(main, config=no_rules) == []


# --- what is wrong -------------------------------------------------------------------

def test_nothing_there_and_then_the_lines_that_it_tells(instance):
    wrong, = instance.check()
    assert wrong["service"] == "submission/inet"
    assert "does not ask policyd" in wrong["what"]
    assert wrong["fix"] == (
        "smtpd_recipient_restrictions =\n"
        "    check_policy_service { unix:policyd/policy,\n"
        "        timeout=5s, try_limit=1, default_action=DUNNO },\n"
        "    ...")
    told = wrong["fix"].replace("...", "permit_sasl_authenticated, reject")
    assert instance.check(told) == []


@pytest.mark.parametrize("main, what", [
    (RECIPIENT + "permit_sasl_authenticated, " + US,
     "behind permit_sasl_authenticated, which is too late"),
    (RECIPIENT + "permit, " + US, "behind permit, which is too late"),
    (RECIPIENT + BARE + ", permit\nsmtpd_policy_service_timeout = 5\n"
     "smtpd_policy_service_try_limit = 1", "default_action=DUNNO is missing"),
    (RECIPIENT + "check_policy_service {unix:policyd/policy, timeout=5s, "
     "try_limit=1, default_action=451 later}",
     "default_action=DUNNO is missing"),
    (RECIPIENT + "check_policy_service {unix:policyd/policy, "
     "default_action=DUNNO}", "each recipient waits 201s"),
    (RECIPIENT + "check_policy_service {unix:policyd/policy, timeout=1m, "
     "try_limit=1, default_action=DUNNO}", "each recipient waits 60s"),
    (RECIPIENT + "check_policy_service {unix:policyd/policy, timeout=6s, "
     "default_action=DUNNO}", "each recipient waits 13s"),
    (RECIPIENT + "check_policy_service {unix:policyd/policy, timeout=2s, "
     "try_limit=1, default_action=DUNNO}",
     "waits 2s for an answer, which may take server.deadline, 2000ms"),
    ("smtpd_client_restrictions = " + US + "\nsmtpd_delay_reject = no",
     "before the recipient is known"),
    ("smtpd_sender_restrictions = " + US + "\nsmtpd_delay_reject = no",
     "before the recipient is known"),
    (RECIPIENT + "check_policy_service {unix:private/policy, "
     "default_action=DUNNO}", "asks unix:private/policy, where policyd does "
     "not listen"),
    ("smtpd_data_restrictions = " + US, "does not ask policyd"),
    (RECIPIENT + "check_policy_service inet:127.0.0.1:10023",
     "does not ask policyd"),
])
def test_wrong(instance, main, what):
    wrong, = instance.check(main)
    assert what in wrong["what"]
    assert "check_policy_service" in wrong["fix"]


def test_an_absolute_path_in_a_chroot(instance):
    main = RECIPIENT + US.replace("unix:", f"unix:{instance.root}/spool/")
    wrong, = instance.check(main, master="y")
    assert "chrooted to the queue directory" in wrong["what"]
    assert "unix:policyd/policy" in wrong["fix"]
    assert instance.check(main, master="n") == []
    # "-" is no chroot from compatibility level 1 on.
    assert instance.check(main, master="-") == []
    assert len(instance.check(main + "\ncompatibility_level = 0",
                              master="-")) == 1


def test_a_socket_outside_of_the_chroot(instance):
    outside = {"listen": [f"unix:{instance.root}/policy"]}
    wrong = instance.check(RECIPIENT + US, config=outside)
    assert any("outside of the queue directory" in line["what"] and
               line["fix"].startswith("listen:") for line in wrong)
    # What is wrong in main.cf besides is told at once.
    wrong = instance.check(RECIPIENT + "permit", config=outside)
    assert any(line["fix"].startswith("listen:") for line in wrong)
    assert any("does not ask policyd" in line["what"] and
               "check_policy_service { unix:policyd/policy," in line["fix"]
               for line in wrong)
    path = US.replace("unix:policyd/policy", f"unix:{instance.root}/policy")
    assert instance.check(RECIPIENT + path, master="n", config=outside) == []


def test_tcp(instance):
    config = {"listen": ["inet:127.0.0.1:4646"]}
    assert instance.check(RECIPIENT + US.replace(
        "unix:policyd/policy", "inet:127.0.0.1:4646"), config=config) == []
    wrong, = instance.check(RECIPIENT + "permit", config=config)
    assert "inet:127.0.0.1:4646" in wrong["fix"]


def test_a_service_that_overrides_the_list(instance):
    options = ("  -o smtpd_recipient_restrictions="
               "permit_sasl_authenticated,reject")
    wrong, = instance.check(RECIPIENT + US, options=options)
    assert wrong["service"] == "submission/inet"
    assert wrong["fix"].startswith("-o { smtpd_recipient_restrictions =")


def test_nobody_can_log_in(instance):
    wrong, = instance.check(RECIPIENT + US, sasl="no")
    assert "smtpd_sasl_auth_enable is no" in wrong["what"]
    assert wrong["fix"] == "smtpd_sasl_auth_enable = yes"
    # It does not matter where accounts are senders.
    assert instance.check(RECIPIENT + US, sasl="no", config={
        "identity": {"keys": ["sasl_username", "sender"]}}) == []


def test_who_may_connect(instance):
    good = RECIPIENT + US
    instance.folder.chmod(0o700)
    wrong, = instance.check(good)
    assert f"postfix may not enter {instance.folder} (mode 0700)" in \
        wrong["what"]
    instance.folder.chmod(0o750)
    wrong, = instance.check(good, config={"socket": {"group": "nogroup"}})
    assert "postfix may not connect to" in wrong["what"]
    assert "socket.group" in wrong["what"]
    assert instance.check(good, config={"socket": {
        "group": "nogroup", "mode": "0666"}}) == []
    # What is there counts, not what will be.
    socket = instance.folder / "policy"
    socket.touch()
    os.chown(socket, pwd.getpwnam(daemon.USER).pw_uid, 0)
    socket.chmod(0o660)
    assert "may not connect" in instance.check(good)[0]["what"]
    shutil.rmtree(instance.folder)
    wrong, = instance.check(good)
    assert f"{instance.folder}: No such file" in wrong["what"]


def test_no_postfix_there(instance):
    result = daemon.run("-c", "/dev/null", "--check-postfix",
                        "--postfix-config", instance.root / "nowhere")
    assert result.returncode == 66
    assert "--postfix-config: " in result.stderr
    assert "nowhere/main.cf cannot be read" in result.stderr
