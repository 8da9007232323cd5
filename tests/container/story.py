#!/usr/bin/python3
"""story.py -- the container image is built, and lives a life.

SPDX-License-Identifier: GPL-3.0-or-later

Usage: story.py BUILD. What it makes stays below BUILD for the next time. Needs
root, podman, debootstrap and a mirror; without one of them it says which, and
is skipped. Each step goes on where the one before ended.
"""
import json
import os
import pathlib
import sys
import tempfile
import traceback

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
sys.path.insert(0, str(SOURCE / "tests/system"))

from client import Client
from engine import Engine, Skipped
from ports import free_port
from postgres import Postgres
from waiting import until

USER = 10001
NAME = f"policyd-story-{os.getpid()}"


class Story:
    def __init__(self, engine, folder):
        self.engine = engine
        self.port = free_port()
        self.state = folder / "state"
        self.sockets = folder / "sockets"
        self.secret = folder / "store_password"
        for path in (self.state, self.sockets):
            path.mkdir()
            os.chown(path, USER, USER)
        self.secret.write_text("not for everybody\n")
        self.secret.chmod(0o400)
        os.chown(self.secret, USER, USER)
        self.store_port = free_port()
        # For psql and pg_ctl.
        os.environ["PGPORT"] = str(self.store_port)
        self.server = Postgres(settings=f"port = {self.store_port}\n"
                                        "listen_addresses = '127.0.0.1'\n")
        hba = self.server.data / "pg_hba.conf"
        hba.write_text("local all postgres trust\n"
                       "host all all 127.0.0.1/32 scram-sha-256\n")
        self.server.sql("ALTER ROLE policyd PASSWORD 'not for everybody';"
                        "SELECT pg_reload_conf()")
        self.server.sql("CREATE DATABASE policyd OWNER policyd")

    def close(self):
        self.engine("rm", "-f", "-t", "0", NAME, status=None)
        self.server.close()

    def start(self):
        self.engine.run(
            "-d", "--name", NAME, "--read-only", "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            "-v", f"{self.state}:/var/lib/policyd",
            "-v", f"{self.sockets}:/run/policyd",
            "-v", f"{self.secret}:/run/secrets/store_password:ro",
            "-e", f"POLICYD_LISTEN=inet:127.0.0.1:{self.port},"
                  "unix:/run/policyd/policy",
            "-e", "POLICYD_SOCKET_MODE=0666",
            "-e", "POLICYD_SERVER_WORKERS=2",
            "-e", "POLICYD_STORE_URL=postgresql://policyd@127.0.0.1:"
                  f"{self.store_port}/policyd",
            "-e", "POLICYD_STORE_PASSWORD_FILE=/run/secrets/store_password",
            "policyd")
        until(lambda: " serves, " in self.log(), "the server in the container")

    def log(self):
        return self.engine("logs", NAME).stdout

    def ask(self, account, address=None, **fields):
        address = address or f"inet:127.0.0.1:{self.port}"
        with Client(address) as connection:
            return connection.ask(account, **fields)

    def inside(self, *command, **options):
        return self.engine("exec", NAME, *command, **options)


# --- the steps, in order ------------------------------------------------------

def it_is_built(story):
    story.engine.build("policyd", SOURCE / "etc/container/Containerfile",
                       SOURCE)


def it_starts_without_root(story):
    story.start()
    assert story.inside("id", "-u").stdout.strip() == str(USER)
    # The master is the process 1, and nobody is root.
    assert story.inside("cat", "/proc/1/comm").stdout.strip() == "policyd"
    users = story.inside("sh", "-c", "grep -h ^Uid: /proc/[0-9]*/status")
    assert set(users.stdout.split()) == {"Uid:", str(USER)}, users.stdout
    rights = story.inside("grep", "^Cap", "/proc/1/status").stdout
    assert set(rights.split()[1::2]) == {"0" * 16}, rights


def it_answers_by_tcp_and_by_a_socket_in_a_volume(story):
    assert story.ask("joe@example.com") == "DUNNO"
    assert story.ask("joe@example.com",
                     f"unix:{story.sockets}/policy") == "DUNNO"


def its_log_is_json_on_standard_output(story):
    logs = story.engine("logs", NAME)
    assert logs.stderr == "", logs.stderr
    lines = [json.loads(line) for line in logs.stdout.splitlines()]
    assert any(line.get("account") == "joe@example.com" for line in lines)


def its_commands_are_run_inside(story):
    story.inside("policyd", "--block", "joe@example.com")
    assert story.ask("joe@example.com").startswith("REJECT")
    shown = story.inside("policyd", "-j", "--list-blocked").stdout
    assert "joe@example.com" in shown, shown


def its_health_is_told(story):
    # The housekeeper tells how it is every few seconds.
    until(lambda: story.engine("healthcheck", "run", NAME,
                               status=None).returncode == 0, "good health")


def blocked_accounts_stay_so_without_the_store(story):
    until(lambda: (story.state / "blocked").exists(), "the state in a volume")
    story.engine("stop", "-t", "15", NAME)
    status = story.engine("inspect", "-f", "{{.State.ExitCode}}", NAME)
    assert status.stdout.strip() == "0", status.stdout
    story.engine("rm", NAME)
    story.server.stop("immediate")
    story.start()
    assert story.ask("joe@example.com").startswith("REJECT")
    assert story.ask("ann@example.com") == "DUNNO"


def a_wrong_variable_is_told(story):
    tried = story.engine.run("--rm", "-e", "POLICYD_LIMITS_COUNTRIS=3",
                             "policyd", "--check-config", status=78)
    assert "POLICYD_LIMITS_COUNTRIS" in tried.stdout + tried.stderr


def a_secret_that_everybody_can_read_is_refused(story):
    story.secret.chmod(0o444)
    tried = story.engine.run(
        "--rm", "-v", f"{story.secret}:/run/secrets/store_password:ro",
        "-e", "POLICYD_STORE_PASSWORD_FILE=/run/secrets/store_password",
        "policyd", "--check-config", status=78)
    assert "chmod" in tried.stdout + tried.stderr, tried.stdout


STEPS = (
    it_is_built,
    it_starts_without_root,
    it_answers_by_tcp_and_by_a_socket_in_a_volume,
    its_log_is_json_on_standard_output,
    its_commands_are_run_inside,
    its_health_is_told,
    blocked_accounts_stay_so_without_the_store,
    a_wrong_variable_is_told,
    a_secret_that_everybody_can_read_is_refused,
)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: story.py BUILD")
    try:
        engine = Engine(pathlib.Path(sys.argv[1]).resolve() / "container")
    except Skipped as why:
        print(f"skipped: the container image was not tried: {why}")
        return 0
    with tempfile.TemporaryDirectory(prefix="policyd-container.") as folder:
        os.chmod(folder, 0o755)
        story = Story(engine, pathlib.Path(folder))
        try:
            for step in STEPS:
                step(story)
                print(step.__name__.replace("_", " "), flush=True)
        except Exception:
            traceback.print_exc()
            print(engine("logs", NAME, status=None).stdout)
            return 1
        finally:
            story.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
