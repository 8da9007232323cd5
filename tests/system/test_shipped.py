"""test_shipped.py -- what is installed beside the program.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import policyd as daemon

SOURCE = pathlib.Path(__file__).parents[2]
JOE = "joe@example.com"


def needs(program):
    return pytest.mark.skipif(shutil.which(program) is None,
                              reason=f"there is no {program}")


@pytest.fixture
def stored(make_policyd, tmp_path):
    """A server whose store is a file."""
    policyd = make_policyd(is_embedded=True)
    return policyd.start()


def test_there_is_what_readme_says_to_make():
    rules = (SOURCE / "Makefile").read_text()
    named = re.findall(r"`make\s+([a-z-]+)", (SOURCE / "README").read_text())
    assert "bench-fleet" in named
    missing = [name for name in named
               if not re.search(rf"^{name}:", rules, re.M)]
    assert not missing


# --- units of systemd -------------------------------------------------------------

def test_the_unit_allows_the_files_of_all_connections():
    unit = (SOURCE / "systemd/policyd.service").read_text()
    allowed = int(re.search(r"^LimitNOFILE=(\d+)$", unit, re.M).group(1))
    page = (SOURCE / "man/policyd.yaml.5").read_text()
    most = re.search(r"server.max_connections\n\.Pq a number from 1 to (\d+)",
                     page).group(1)
    spare = re.search(r"so many open files, and (\d+) more", page).group(1)
    assert int(most) + int(spare) <= allowed


# --- bash completion ------------------------------------------------------------

def complete(line):
    """What bash proposes at the end of a line."""
    script = (
        f"PATH='{daemon.PROGRAM.parent}':$PATH\n"
        f"source '{SOURCE}/etc/policyd.bash-completion'\n"
        'COMP_LINE=$1 COMP_POINT=${#1}\n'
        "_policyd policyd\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n')
    result = subprocess.run(["bash", "-c", script, "bash", line], text=True,
                            capture_output=True, timeout=120, cwd=SOURCE)
    assert result.returncode == 0 and result.stderr == "", result.stderr
    return result.stdout.split()


def test_completion_knows_every_option_of_help():
    shown = set(re.findall(r"--[a-z][a-z-]*", daemon.run("--help").stdout))
    assert len(shown) > 10
    assert shown <= set(complete("policyd --"))
    assert complete("policyd --unb") == ["--unblock"]
    assert complete("policyd -c etc/policyd.yaml --check-c") == \
        ["--check-config"]


def test_completion_of_blocked_accounts(stored):
    for account in (JOE, "jim@example.com", "ann@example.com"):
        assert stored.cli("--block", account).returncode == 0
    start = f"policyd -c {stored.path} --unblock "
    assert sorted(complete(start)) == ["ann@example.com", "jim@example.com",
                                       JOE]
    assert complete(start + "jo") == [JOE]
    # Readline has kept what stands before the @.
    assert complete(start + "joe@ex") == ["example.com"]


def test_completion_of_keys_programs_and_files():
    assert complete("policyd --get-config limits.home.max_c") == \
        ["limits.home.max_countries"]
    assert complete("policyd --import-config p") == ["policyd-rate-limit",
                                                     "pcc"]
    assert complete("policyd --import-config pcc tests/system/import/pcc.") == \
        ["tests/system/import/pcc.conf"]
    assert complete("policyd -c etc/policyd.y") == ["etc/policyd.yaml"]


# --- logcheck -------------------------------------------------------------------

def reported(lines):
    """Lines that logcheck would send to root."""
    rules = [re.sub(r"\[\[:digit:\]\]", r"[0-9]", rule)
             .replace("[:digit:]", "0-9").replace("[:alnum:]", "A-Za-z0-9")
             for rule in (SOURCE / "etc/policyd.logcheck").read_text()
             .split("\n") if rule and not rule.startswith("#")]
    return [line for line in lines
            if not any(re.search(rule, line) for rule in rules)]


def as_syslog(log):
    return [re.sub(r"^\S+ policyd\[(\d+)\] (\w+): ",
                   r"Nov 21 09:30:11 mail policyd[\1]: ", line)
            for line in log.split("\n") if line]


def test_logcheck_is_silent_while_all_is_well(make_policyd, geoip):
    policyd = make_policyd(is_embedded=True)
    policyd.write({"limits": {"countries": "unlimited"},
                   "geoip": {"country": ""}})
    policyd.start()
    policyd.ask(JOE)
    policyd.decisions(account=JOE)
    policyd.write({"geoip": {"country": str(geoip / "country.mmdb")}})
    policyd.reload()
    policyd.wait_log("generation 1 is gone")
    policyd.stop()
    lines = [line for line in as_syslog(policyd.log())
             # Of a test that is not started as root, or by systemd.
             if not re.search("not started as root|removed unix:", line)]
    assert len(lines) > 8
    assert reported(lines) == []


@pytest.mark.parametrize("message", [
    "store: connection refused",
    "error: geoip: /x.mmdb: the file is damaged",
    "decision of something else",
])
def test_logcheck_reports_trouble(message):
    line = f"Nov 21 09:30:11 mail policyd[1]: {message}"
    assert reported([line]) == [line]


# --- units, profile, installation -------------------------------------------------

@needs("systemd-analyze")
@pytest.mark.parametrize("unit", ["policyd.service", "policyd-clean.service"])
def test_a_service_is_confined(unit):
    result = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20",
         "--no-pager", str(SOURCE / "systemd" / unit)],
        text=True, capture_output=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr


@needs("apparmor_parser")
def test_the_apparmor_profile_compiles():
    subprocess.run(["apparmor_parser", "-QK",
                    str(SOURCE / "etc/policyd.apparmor")], check=True,
                   stderr=subprocess.DEVNULL, timeout=120)


def test_completions_know_every_statistic():
    tables = (SOURCE / "src/store/stats_tables.c").read_text()
    names = re.findall(r'^\t\{ "([a-z-]+)"', tables, re.MULTILINE)
    assert len(names) > 10
    for shell, list_ in (("bash", r'_policyd_stats="([^"]*)"'),
                         ("zsh", r"^stats=\(([^)]*)\)")):
        text = (SOURCE / f"etc/policyd.{shell}-completion").read_text()
        listed = re.search(list_, text, re.MULTILINE).group(1).split()
        assert listed == names, shell


@needs("zsh")
def test_the_completion_of_zsh_is_zsh():
    subprocess.run(["zsh", "-n", str(SOURCE / "etc/policyd.zsh-completion")],
                   check=True)


@needs("bash")
def test_the_completion_is_shell():
    subprocess.run(["bash", "-n", str(SOURCE / "etc/policyd.bash-completion")],
                   check=True)


def make_install(folder):
    """Install what is built into the folder."""
    # A word of make holds no blank: the build is named as seen from its source.
    build = os.path.relpath(daemon.BUILD, SOURCE)
    return subprocess.run(
        ["make", "-s", f"BUILD={build}", f"DESTDIR={folder}", "install"],
        cwd=SOURCE, text=True, capture_output=True, timeout=600,
        env={name: value for name, value in os.environ.items()
             if not name.startswith("MAKE") and
             name not in ("MFLAGS", "DESTDIR")})


def test_make_install_puts_everything_in_its_place(tmp_path):
    result = make_install(tmp_path)
    assert result.returncode == 0, result.stderr
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")
             if path.is_file()}
    prefix = "usr/local"
    for name in ("sbin/policyd", "lib/systemd/system/policyd.service",
                 "lib/systemd/system/policyd.socket",
                 "lib/systemd/system/policyd-clean.timer",
                 "lib/sysusers.d/policyd.conf", "lib/tmpfiles.d/policyd.conf",
                 "share/bash-completion/completions/policyd",
                 "share/zsh/site-functions/_policyd",
                 "lib/systemd/system/policyd-recover.path",
                 "share/policyd/schema/pgsql/001-tables.sql",
                 "share/policyd/schema/sqlite/001-tables.sql"):
        assert f"{prefix}/{name}" in files, sorted(files)
    for page in (SOURCE / "man").iterdir():
        assert any(file.endswith(f"man{page.suffix[1:]}/{page.name}")
                   for file in files), page.name
    assert any(file.endswith("policyd/policyd.yaml") for file in files)
    unit = (tmp_path / prefix / "lib/systemd/system/policyd.service"
            ).read_text()
    assert "ExecStart=/usr/local/sbin/policyd " in unit
    # An edited configuration is kept.
    conf = next(path for path in tmp_path.rglob("policyd.yaml"))
    conf.write_text("mode: observe\n")
    result = make_install(tmp_path)
    assert result.returncode == 0, result.stderr
    assert conf.read_text() == "mode: observe\n"
