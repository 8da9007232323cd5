"""test_import.py -- --import-config: other programs' files as one of ours.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import re

import pytest

import policyd as daemon

FILES = pathlib.Path(__file__).parent / "import"


def convert(program, path):
    """Its YAML, which is good and says so itself."""
    result = daemon.run("--import-config", program, path)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


def values(tmp_path, text):
    """A function that says the value of a key, lists one item a line."""
    path = tmp_path / "policyd.yaml"
    path.write_text(text)
    # Users, folders and files are on the machine that the sample comes from.
    good = daemon.run("-c", path, "--dump-config")
    assert good.returncode == 0, good.stderr

    def value(key):
        result = daemon.run("-c", path, "--get-config", key)
        assert result.returncode == 0, result.stderr
        return result.stdout.rstrip("\n")
    return value


CASES = [
    ("geoip-policyd", "geoip-policyd.json", {
        "limits.window": "1h",
        "limits.countries": "3",
        "limits.networks": "10",
        "overrides":
            '{account: "boss@example.com", countries: 20, networks: 100, '
            'comment: "travels, über all"}\n'
            '{account: "shop@example.com", networks: 30}\n'
            '{account: "joe@example.com", '
            'home: {countries: ["DE", "AT"], max_countries: 2, '
            'max_networks: 30}, comment: "at home in two countries"}\n'
            '{account: "office@example.com", only_countries: ["DE", "GB"], '
            'only_networks: ["192.0.2.0/24", "2001:db8::/32"]}',
    }),
    ("policyd-rate-limit", "policyd-rate-limit.yaml", {
        "rates.rules": "{mails: 10, per: 1m}\n{mails: 150, per: 1d}",
        "rates.count": "recipients",
        "rates.stage": "rcpt",
        "rates.networks": "192.0.2.0/24",
        "identity.keys": "sasl_username\nclient_address",
        "limits.countries": "unlimited",
        "limits.networks": "unlimited",
        "listen": "inet:127.0.0.1:8552",
        "store.url":
            "postgresql://mail%40limit@db.example.com/rate%20limit",
        "actions.ok": "dunno",
        "actions.over_rate": "defer_if_permit Rate limit reached, retry later",
        "report.enabled": "true",
        "report.to": "operator@example.com",
        "report.subject": "who sends too much",
        "report.only_if_needed": "false",
        "notify.from": "postmaster@example.com",
        "smtp.host": "mail.example.com",
        "smtp.port": "587",
        "smtp.tls": "starttls",
        "overrides":
            '{account: "shop@example.com", rates: [{mails: 5000, per: 1d}]}\n'
            '{account: "free@example.com", rates: []}',
    }),
    ("pcc", "pcc.conf", {
        "listen": "inet:localhost:9999",
        "store.url": "postgresql://scott@db.example.com:5433/countries",
        "identity.domains": "example.com\nexample.org",
        "smtp.host": "mail.example.com",
        "smtp.port": "2525",
        "notify.enabled": "true",
        "notify.to": "admin@example.com\noperator@example.com",
        "notify.from": "policyd@example.com",
        "notify.events": "block",
        "limits.window": "2d",
        "limits.countries": "2",
        "limits.networks": "unlimited",
        "exempt.countries": "GB\nES",
        "exempt.accounts": "boss@example.com",
        "block.duration": "0s",
        "actions.blocked": "REJECT Your account is blocked. Please call us",
    }),
    ("anti-spam", "anti-spam.conf", {
        "store.url": "sqlite:/var/lib/policyd/policyd.db",
        "limits.window": "1d",
        "limits.countries": "5",
        "limits.networks": "20",
        "block.enabled": "false",
        "exempt.networks": "198.51.100.0/24\n203.0.113.123",
    }),
    ("geoip-policyd", "geoip-policyd.default", {
        "listen": "inet:127.0.0.1:4646",
        "store.url": "sqlite:/var/lib/policyd/policyd.db",
        "identity.keys": "sasl_username",
        "geoip.country": "/usr/share/GeoIP/GeoLite2-City.mmdb",
        "limits.window": "2h",
        "limits.countries": "2",
        "limits.networks": "5",
        "limits.home.countries": "DE\nAT",
        "limits.home.max_networks": "7",
        "exempt.networks": "198.51.100.0/24\n2001:db8:ff::/48",
        "block.duration": "0s",
        "http.listen": "127.0.0.1:8081",
        "ldap.enabled": "true",
        "ldap.uris": "ldap://one.example.com:389/\nldap://two.example.com",
        "ldap.base": "dc=example,dc=com",
        "ldap.filter": "(&(objectClass=person)(mail=%s))",
        "ldap.attribute": "uid",
        "ldap.starttls": "true",
        "ldap.tls.verify": "false",
        "ldap.unknown": "skip",
        "notify.enabled": "true",
        "notify.to": "operator@example.com",
        "notify.from": "policyd@example.com",
        "smtp.host": "mail.example.com",
        "smtp.port": "25",
        "smtp.helo": "here.example.com",
        "log.level": "debug",
        "log.format": "json",
    }),
    ("geoip-policyd", "geoip-policyd.service", {
        "listen": "inet:127.0.0.1:4647",
        "geoip.country": "/var/lib/GeoIP/City.mmdb",
        "limits.window": "1d",
        "limits.countries": "1",
        "limits.networks": "4",
        "block.duration": "0s",
        "ldap.uris": "ldap://one\nldap://two",
        "exempt.networks": "198.51.100.0/24",
        "http.listen": "127.0.0.1:8080",
    }),
    ("policyd-rate-limit", "policyd-rate-limit-1.2.yaml", {
        "store.url": "sqlite:/var/lib/policyd/policyd.db",
        "rates.rules": "{mails: 10, per: 1m}\n{mails: 150, per: 1d}",
        "rates.count": "recipients",
        "rates.stage": "data",
        "identity.keys": "sasl_username",
    }),
    ("policyd-rate-limit", "policyd-rate-limit.conf", {
        "rates.rules": "{mails: 10, per: 1m}\n{mails: 150, per: 1d}",
        "rates.count": "recipients",
        "rates.stage": "rcpt",
        "rates.networks": "192.0.2.0/24",
        "identity.keys": "sasl_username\nclient_address",
        "listen": "inet:127.0.0.1:8552",
        "store.url":
            "postgresql://mail%40limit@db.example.com/rate%20limit",
        "actions.over_rate": "defer_if_permit Rate limit reached, retry later",
        "report.enabled": "true",
        "report.to": "operator@example.com",
        "report.only_if_needed": "true",
        "smtp.host": "mail.example.com",
        "smtp.port": "587",
        "smtp.tls": "starttls",
        "overrides":
            '{account: "shop@example.com", rates: [{mails: 5000, per: 1d}]}\n'
            '{account: "free@example.com", rates: []}',
    }),
    ("pcc", "pcc-hold.conf", {
        "store.url": "sqlite:/var/lib/policyd/policyd.db",
        "actions.blocked": "HOLD Too many countries. Please call us",
        "exempt.networks": "198.51.100.0/28\n198.51.100.33",
        "exempt.countries": "GB\nPL",
    }),
    ("anti-spam", "anti-spam-2.conf", {
        "geoip.country": "/usr/local/share/GeoIP/GeoLite2-Country.mmdb",
        "limits.countries": "5",
        "limits.networks": "20",
    }),
]


def by_the_length(text):
    """Durations have several spellings: 1d and 24h are the same."""
    return re.sub(r"\b24h\b", "1d", re.sub(r"\b48h\b", "2d", text))


@pytest.mark.parametrize("program,name,wanted", CASES,
                         ids=[case[1] for case in CASES])
def test_what_means_the_same_is_taken_over(program, name, wanted, tmp_path):
    value = values(tmp_path, convert(program, FILES / name))
    found = {key: by_the_length(value(key)) for key in wanted}
    assert found == wanted


@pytest.mark.parametrize("program,name,remarks", [
    ("geoip-policyd", "geoip-policyd.json", ["/etc/default/geoip-policyd"]),
    ("geoip-policyd", "geoip-policyd.default", [
        "GEOIPPOLICYD_REDIS_ADDRESS (line 11): ",
        "GEOIPPOLICYD_LDAP_BINDPW (line 30): ", "ldap.bind_password_file",
        "GEOIPPOLICYD_OPERATOR_MESSAGE_PATH (line 38): ",
        "GEOIPPOLICYD_CUSTOM_SETTINGS_PATH (line 23): ",
        "--import-config geoip-policyd /etc/geoip-policyd/custom.json"]),
    ("pcc", "pcc-hold.conf", ["geoip.country"]),
    ("policyd-rate-limit", "policyd-rate-limit-1.2.yaml",
     ["sql_limits_by_id (line 23): ", "overrides", "SOCKET (line 14): "]),
    ("anti-spam", "anti-spam-2.conf", ["client_uniq_country_login_count"]),
    ("anti-spam", "anti-spam-sql-st.conf", [
        "create_table_st (line 1): ", "delete_old_logins_st (line 5): ",
        "num_ip_logs_st (line 14): "]),
    ("policyd-rate-limit", "policyd-rate-limit.yaml",
     ["pidfile (line 4)", "report_limits (line 29)",
      "smtp_credentials (line 33)", "store.password_file"]),
    ("policyd-rate-limit", "policyd-rate-limit.conf",
     ["debug (line 5): ", "socket_permission (line 20)",
      "store.password_file"]),
    ("pcc", "pcc.conf", ["store.password_file"]),
    ("anti-spam", "anti-spam.conf",
     ["logging.logfile (line 10)", "app.geoip_db_path (line 20)",
      "client_uniq_country_login_count"]),
])
def test_what_has_no_counterpart_becomes_a_comment(program, name, remarks):
    text = convert(program, FILES / name)
    comments = [line for line in text.split("\n") if line.startswith("# - ")]
    for remark in remarks:
        assert any(remark in line for line in comments), remark
    assert "not known" not in text
    # A password is never carried from one file into another.
    assert "geheim" not in text and "tig:er" not in text


@pytest.mark.parametrize("program,text", [
    ("geoip-policyd", '{"data": []}'),
    ("geoip-policyd", "[]"),
    ("policyd-rate-limit", ""),
    ("policyd-rate-limit", "limits: []\n"),
    ("pcc", ""),
    ("anti-spam", "; nothing\n"),
])
def test_little_is_no_error(program, text, tmp_path):
    path = tmp_path / "file"
    path.write_text(text)
    values(tmp_path, convert(program, path))


BAD = [
    ("geoip-policyd", '{"data": [\n{"sender": "a@b", }]}',
     r":2:\d+: not valid JSON"),
    ("geoip-policyd", '{"a": 1}', r": neither a list of settings nor"),
    ("geoip-policyd", '[{"ips": 3}]', r":1:2: .*without a sender"),
    ("geoip-policyd", '[{"sender": "a b"}]', r":1:13: .*found \"a b\""),
    ("geoip-policyd", '[{"sender": "a",\n"ips": -3}]',
     r":2:8: .*found \"-3\", allowed is a number from 0"),
    ("geoip-policyd", '[{"sender": "a", "sender": "b"}]',
     r"not valid JSON: duplicate"),
    ("geoip-policyd", '[{"sender": "a",\n"trusted_countries": ["D"]}]',
     r":2:23: .*country codes of two letters"),
    ("geoip-policyd", '[{"sender": "a",\n"trusted_ips": ["10.0.0"]}]',
     r":2:17: .*a network such as"),
    ("geoip-policyd", '[{"sender": "a",\n"home_countries": 3}]',
     r":2:19: .*codes, countries, ips"),
    ("policyd-rate-limit", "limits:\n  - [10]\n", r":2:5: .*a pair"),
    ("policyd-rate-limit", "limits:\n  - [ten, 60]\n", r":2:6: .*\"ten\""),
    ("policyd-rate-limit", "report: perhaps\n", r":1:9: .*true or false"),
    ("policyd-rate-limit", "smtp_server: mail\n", r":1:14: .*host, port"),
    ("policyd-rate-limit", "SOCKET: [1, 2, 3]\n", r":1:1: .*a path"),
    ("policyd-rate-limit", "backend: 3\n", r":1:10: .*from 0 to 2"),
    ("policyd-rate-limit", "# old\ndebug = f()\n", r":2:9: .*a literal"),
    ("policyd-rate-limit", "report = 'perhaps'\n", r":1:10: .*true or false"),
    ("policyd-rate-limit", "count_mode: 3\n", r":1:13: .*from 0 to 2"),
    ("pcc", "[policy]\naction = DROP\n", r":2:1: .*REJECT or HOLD"),
    ("geoip-policyd", "[Unit]\nDescription=other\n", r": neither an option"),
    ("geoip-policyd", "GEOIPPOLICYD_MAX_IPS=many", r":1:1: .*\"many\""),
    ("geoip-policyd", "\nGEOIPPOLICYD_MAX_IPS='3", r":2:1: a quote that has"),
    ("geoip-policyd", "X='geoip-policyd --max-ips'", r":1:1: an option with"),
    ("anti-spam", "insert_st = 'x'\nnonsense;\n", r":2:1: not NAME = value"),
    ("policyd-rate-limit", "limits: [\n", r":\d+:\d+: not valid YAML"),
    ("pcc", "host = a\n", r":1:1: .*before the first \[section\]"),
    ("pcc", "[server\n", r":1:1: a section without the \]"),
    ("pcc", "[server]\nport\n", r":2:1: neither \[section\] nor"),
    ("pcc", "[server]\nport = 0\n", r":2:1: .*from 1 to 65535"),
    ("pcc", "[server]\nport = 1\nport = 2\n", r":3:1: .*found twice"),
    ("pcc", "[server]\n port = 1\n", r":2:1: goes on with a value"),
    ("pcc", "[db]\ndbcon = nonsense\n", r":2:1: .*dialect://"),
    ("pcc", "[policy]\nignorecountries = DE Spain\n", r":2:1: .*Spain"),
    ("anti-spam", "[debugging]\nip_limit = many\n", r":2:1: .*\"many\""),
    ("anti-spam", "[app]\nip_whitelist = 1.2.3\n", r"exempt.networks.*1\.2\.3"),
]


@pytest.mark.parametrize("program,text,pattern", BAD)
def test_bad_input_is_named_with_its_line(program, text, pattern, tmp_path):
    path = tmp_path / "file"
    path.write_text(text)
    result = daemon.run("--import-config", program, path)
    assert result.returncode == os.EX_CONFIG, result.stdout
    assert result.stdout == ""
    assert result.stderr.startswith(str(path)), result.stderr
    assert re.search(pattern, result.stderr), result.stderr


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "file"
    for program in ("geoip-policyd", "policyd-rate-limit", "pcc",
                    "anti-spam"):
        path.write_bytes(b"[a]\nb = \xff\xfe\n")
        result = daemon.run("--import-config", program, path)
        assert result.returncode == os.EX_CONFIG, program


def test_a_program_or_file_that_is_not_there(tmp_path):
    result = daemon.run("--import-config", "sendmail", "/dev/null")
    assert result.returncode == os.EX_USAGE
    assert "geoip-policyd, policyd-rate-limit, pcc" in result.stderr
    result = daemon.run("--import-config", "pcc", tmp_path / "none")
    assert result.returncode == os.EX_CONFIG
    assert "none: cannot be read: No such file" in result.stderr
    assert daemon.run("--import-config", "pcc").returncode == os.EX_USAGE


def test_a_broken_configuration_of_ours_is_no_obstacle(tmp_path):
    broken = tmp_path / "policyd.yaml"
    broken.write_text("mode: nonsense\n")
    result = daemon.run("-c", broken, "--import-config", "pcc",
                        FILES / "pcc.conf")
    assert result.returncode == 0, result.stderr
