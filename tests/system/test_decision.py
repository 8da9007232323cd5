"""test_decision.py -- one request, step by step, through the socket.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import signal

import pytest

from geoip import COUNTRIES, REGISTERED_ONLY, UNKNOWN, UNKNOWN6, address, \
    address6
from policyd import merge
from waiting import until

JOE = "joe@example.com"
ACTIONS = {"blocked": "REJECT blocked ${reason}",
           "over_limit": "REJECT over_limit",
           "ok": "DUNNO", "error": "DEFER error"}


@pytest.fixture
def serve(start_policyd):
    """Start a daemon whose actions tell the verdict."""
    def start(config=None, **options):
        return start_policyd(merge({"actions": ACTIONS}, config or {}),
                             **options)
    return start


def verdicts(policyd, account, clients, **attributes):
    """The first words of the answers, in order."""
    with policyd.client() as client:
        answers = [client.ask(account, address, **attributes)
                   for address in clients]
    words = {"DUNNO": "ok", "REJECT blocked": "blocked",
             "REJECT over_limit": "over", "DEFER error": "error"}
    return " ".join(words[" ".join(answer.split()[:2])]
                    for answer in answers)


def logins(database, account=JOE):
    """How many networks of an account the store knows."""
    return int(database.value(
        "SELECT count(*) FROM policyd.login WHERE account = "
        f"'{account}'"))


# --- step 2: who ---------------------------------------------------------------

def test_without_an_account_nothing_is_stored(serve, database):
    policyd = serve()
    assert verdicts(policyd, None, map(address, COUNTRIES)) == \
        " ".join(["ok"] * 16)
    assert database.value("SELECT count(*) FROM policyd.login") == "0"


def test_accounts_are_lower_cased(serve):
    policyd = serve({"limits": {"countries": 1}})
    assert verdicts(policyd, "Joe@Example.COM", [address("DE")]) == "ok"
    assert verdicts(policyd, "joe@example.com", [address("AT")]) == "blocked"
    assert verdicts(policyd, "JOE@EXAMPLE.COM", [address("DE")]) == "blocked"


def test_the_extension_is_cut(serve):
    policyd = serve({"identity": {"extension": "+"},
                     "limits": {"countries": 1}})
    assert verdicts(policyd, "joe+a@example.com", [address("DE")]) == "ok"
    assert verdicts(policyd, "joe+b@example.com", [address("AT")]) == \
        "blocked"
    assert verdicts(policyd, JOE, [address("DE")]) == "blocked"


def test_without_an_extension_the_whole_name_counts(serve):
    policyd = serve({"limits": {"countries": 1}})
    assert verdicts(policyd, "joe+a@example.com", [address("DE")]) == "ok"
    assert verdicts(policyd, "joe+b@example.com", [address("AT")]) == "ok"


def test_other_domains_pass_uncounted(serve, database):
    policyd = serve({"identity": {"domains": ["example.com"]},
                     "limits": {"countries": 1}})
    here, there = [address("DE"), address("AT")], "joe@elsewhere.example"
    assert verdicts(policyd, there, here) == "ok ok"
    assert verdicts(policyd, JOE, here) == "ok blocked"
    assert logins(database, there) == 0


@pytest.mark.parametrize("keys, account, sender, counted", [
    (["sasl_username"], None, "a@example.com", False),
    (["sasl_username", "sender"], None, "a@example.com", True),
    (["sender", "sasl_username"], JOE, "", True),
    (["sender"], JOE, "", False),
])
def test_the_first_identity_that_is_there(serve, keys, account, sender,
                                          counted):
    policyd = serve({"identity": {"keys": keys}, "limits": {"countries": 1}})
    got = verdicts(policyd, account, [address("DE"), address("AT")],
                   sender=sender)
    assert got == ("ok blocked" if counted else "ok ok")


def test_the_client_address_as_identity(serve):
    policyd = serve({"identity": {"keys": ["client_address"]}})
    assert verdicts(policyd, None, [address("DE"), address("AT")]) == "ok ok"
    policyd.decisions(account=address("DE"))


def test_an_instance_of_any_bytes(serve):
    """Postfix's are plain; others may be misled, but not get round it."""
    policyd = serve({"limits": {"countries": 1}})
    assert verdicts(policyd, JOE, [address("DE"), address("AT")],
                    instance="\udcff\udcc3") == "ok blocked"


# --- step 3: exempt accounts ---------------------------------------------------

@pytest.mark.parametrize("exempt", ["joe@example.com", "@example.com",
                                    "JOE@example.com"])
def test_exempt_accounts(serve, database, exempt):
    policyd = serve({"exempt": {"accounts": [exempt]},
                     "limits": {"countries": 1}})
    assert verdicts(policyd, JOE, map(address, COUNTRIES)) == \
        " ".join(["ok"] * 16)
    assert logins(database) == 0
    assert verdicts(policyd, "ann@other.example",
                    [address("DE"), address("AT")]) == "ok blocked"


# --- step 4: blocked accounts --------------------------------------------------

def test_a_blocked_account_is_refused_from_everywhere(serve):
    policyd = serve({"exempt": {"networks": ["198.51.100.0/24"]}})
    assert policyd.cli("--block", JOE).returncode == 0
    assert verdicts(policyd, JOE, [
        address("DE"), "198.51.100.1", "127.0.0.1", UNKNOWN, ""]) == \
        " ".join(["blocked"] * 5)


def test_attempts_are_counted_and_the_end_is_not_moved(serve, database):
    policyd = serve({"limits": {"countries": 1}})
    assert verdicts(policyd, JOE, [address("DE"), address("AT")]) == \
        "ok blocked"
    before = _blocked(policyd)
    assert verdicts(policyd, JOE, [address("AT")] * 5) == \
        " ".join(["blocked"] * 5)
    after = _blocked(policyd)
    assert after[0]["until"] == before[0]["until"]
    assert after[0]["refused"] - before[0]["refused"] == 5


def _blocked(policyd):
    result = policyd.cli("--list-blocked", "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


# --- step 5: exempt networks ---------------------------------------------------

def test_exempt_networks(serve, database):
    policyd = serve({
        "exempt": {"networks": ["198.51.100.0/24", "2001:db8:5::/48"]},
        "limits": {"countries": 1}})
    assert verdicts(policyd, JOE, [
        address("DE"), address("AT", 14), "198.51.100.255",
        "2001:db8:5::1"]) == "ok ok ok ok"
    assert logins(database) == 1
    assert verdicts(policyd, JOE, ["198.51.101.1", "2001:db8:6::1"]) == \
        "ok blocked"


def test_exempt_networks_from_a_file(make_policyd, geoip):
    policyd = make_policyd({"actions": ACTIONS, "limits": {"countries": 1}})
    networks = policyd.root / "networks"
    networks.write_text("# the branch offices\n198.51.100.0/24\n\n"
                        "2001:db8:1::/48\t# and this one\n")
    policyd.write({"exempt": {"networks_file": str(networks)}})
    policyd.start()
    assert verdicts(policyd, JOE, [
        address("DE"), address("AT", 14), address6("AT"), address("AT")]) == \
        "ok ok ok blocked"


def test_logins_from_providers_do_not_count(make_policyd, geoip, database):
    """A country is a system of its own in the files of the tests."""
    policyd = make_policyd({"actions": ACTIONS,
                            "limits": {"countries": 1, "networks": 1},
                            "geoip": {"asn": str(geoip / "asn.mmdb")}})
    listed = policyd.root / "providers"
    listed.write_text("198.51.100.0/24\nAS64498 # CH\n")
    policyd.write({"providers": {"file": str(listed), "asns": ["AS64496"],
                                 "networks": ["2001:db8:5::/48"]}})
    policyd.start()
    assert verdicts(policyd, JOE, [
        address("FR"), address("CH"), "198.51.100.200", "2001:db8:5::1",
        address("DE"), address("CH", 2)]) == "ok ok ok ok ok ok"
    assert logins(database) == 1
    policyd.wait_log(f"client={address('CH', 2)} .*asn=64498 "
                     ".*exempt=provider")
    shown = policyd.cli("--explain", JOE, address("CH")).stdout
    assert "Example 2, a provider's network) would be: pass" in shown
    login = json.loads(policyd.cli("--explain", JOE, address("CH"),
                                   "--json").stdout)["login"]
    assert login["provider"] is True and login["exempt_network"] is False
    # Who is blocked is blocked there, too.
    assert verdicts(policyd, JOE, [address("IT"), address("CH"),
                                   "198.51.100.200"]) == \
        "blocked blocked blocked"


def test_a_file_of_providers_is_read_anew_by_a_reload(make_policyd, geoip,
                                                      database):
    policyd = make_policyd({"actions": ACTIONS, "limits": {"countries": 1}})
    listed = policyd.root / "providers"
    listed.write_text("198.51.100.0/24\n")
    policyd.write({"providers": {"file": str(listed)}})
    policyd.start()
    assert verdicts(policyd, JOE, ["198.51.100.1"]) == "ok"
    assert logins(database) == 0
    listed.write_text("192.0.2.0/24\n198.51.100.0\nAS\n")
    policyd.signal(signal.SIGHUP)
    policyd.wait_log(f"{listed}:3: .AS. is neither a network nor an AS")
    assert verdicts(policyd, JOE, ["198.51.100.1"]) == "ok"
    assert logins(database) == 0
    listed.write_text("192.0.2.0/24\n")
    policyd.reload()
    assert verdicts(policyd, JOE, ["198.51.100.1"]) == "ok"
    assert logins(database) == 1


PRIVATE = ["127.0.0.1", "10.1.2.3", "192.168.1.1", "172.31.255.255",
           "169.254.1.1", "::1", "fd00::1", "fe80::1"]


def test_private_networks_do_not_count(serve, database):
    policyd = serve({"limits": {"countries": 1, "networks": 1}})
    assert verdicts(policyd, JOE, PRIVATE) == " ".join(["ok"] * len(PRIVATE))
    assert logins(database) == 0


def test_private_networks_count_if_asked_to(serve):
    policyd = serve({"count": {"private": True}, "limits": {"networks": 3}})
    assert verdicts(policyd, JOE, ["127.0.0.1", "10.1.2.3", "192.168.1.1",
                                   "172.16.0.1"]) == "ok ok ok blocked"


# --- step 6: where -------------------------------------------------------------

def test_ipv6_clients_are_counted_by_64(serve):
    policyd = serve({"limits": {"networks": 2}})
    same = [address6("DE", 1, host) for host in range(1, 20)]
    assert verdicts(policyd, JOE, same) == " ".join(["ok"] * 19)
    assert verdicts(policyd, JOE, [address6("DE", 2), address6("DE", 3)]) == \
        "ok blocked"


def test_the_prefixes_can_be_set(serve):
    policyd = serve({"count": {"ipv4_prefix": 28, "ipv6_prefix": 48},
                     "limits": {"networks": 2}})
    assert verdicts(policyd, JOE, [
        "192.0.2.1", "192.0.2.14", "2001:db8::1", "2001:db8:0:7::1"]) == \
        "ok ok ok ok"
    assert verdicts(policyd, JOE, ["198.51.100.1"]) == "blocked"


def test_mapped_addresses_are_ipv4(serve, database):
    policyd = serve({"limits": {"networks": 1}})
    assert verdicts(policyd, JOE, ["192.0.2.1", "::ffff:192.0.2.1",
                                   "::FFFF:c000:201"]) == "ok ok ok"
    assert logins(database) == 1


def test_without_a_country_the_network_alone_counts(serve):
    policyd = serve({"limits": {"countries": 1, "networks": 3}})
    assert verdicts(policyd, JOE, [address("DE"), UNKNOWN, UNKNOWN6]) == \
        "ok ok ok"
    assert verdicts(policyd, JOE, ["203.0.113.202"]) == "blocked"


def test_the_registered_country_is_second_best(serve):
    policyd = serve()
    assert verdicts(policyd, JOE, [REGISTERED_ONLY]) == "ok"
    assert policyd.decisions()[0]["country"] == "SE"
    assert verdicts(policyd, JOE, [address("AT")]) == "ok"
    assert policyd.decisions(2)[1]["country"] == "AT"


def test_without_geoip_networks_alone_count(serve):
    policyd = serve({"geoip": {"country": ""},
                     "limits": {"countries": 1, "networks": 3}})
    assert verdicts(policyd, JOE, [address("DE"), address("AT"),
                                   address("CH"), address("FR")]) == \
        "ok ok ok blocked"


def test_exempt_countries_count_neither_way(serve, database):
    policyd = serve({"exempt": {"countries": ["DE"]},
                     "limits": {"countries": 1, "networks": 2}})
    assert verdicts(policyd, JOE, [address("DE", n) for n in range(5)]) == \
        "ok ok ok ok ok"
    assert logins(database) == 5
    assert verdicts(policyd, JOE, [address("AT"), address("AT", 1)]) == \
        "ok ok"
    assert verdicts(policyd, JOE, [address("CH")]) == "blocked"


# --- steps 7 to 9: record, count, judge -----------------------------------------

def test_the_limit_itself_is_allowed_one_country_more_is_not(serve):
    policyd = serve()
    assert verdicts(policyd, JOE, map(address, ["DE", "AT", "CH"])) == \
        "ok ok ok"
    assert verdicts(policyd, JOE, map(address, ["DE", "AT", "CH"])) == \
        "ok ok ok"
    assert verdicts(policyd, JOE, map(address, ["FR", "DE"])) == \
        "blocked blocked"


def test_the_limit_itself_is_allowed_one_network_more_is_not(serve):
    policyd = serve({"limits": {"networks": 10}})
    assert verdicts(policyd, JOE, [address("DE", n) for n in range(10)]) == \
        " ".join(["ok"] * 10)
    assert verdicts(policyd, JOE, [address("DE", 10), address("DE", 0)]) == \
        "blocked blocked"


def test_accounts_are_apart(serve):
    policyd = serve({"limits": {"countries": 1}})
    for n, country in enumerate(COUNTRIES):
        assert verdicts(policyd, f"user{n}@example.com",
                        [address(country)]) == "ok"


@pytest.mark.parametrize("limits, clients, expected", [
    pytest.param({"countries": 1, "home": {"countries": ["DE"]}},
                 [address("DE"), address("AT")], "ok ok",
                 id="home is not foreign"),
    pytest.param({"countries": 1, "home": {"countries": ["DE"]}},
                 [address("DE"), address("AT"), address("CH")],
                 "ok ok blocked", id="foreign is counted apart"),
    pytest.param({"home": {"countries": ["DE", "AT"], "max_countries": 1}},
                 [address("DE"), address("AT")], "ok blocked",
                 id="home countries have a limit"),
    pytest.param({"home": {"countries": ["DE"], "max_networks": 2}},
                 [address("DE", 0), address("DE", 1), address("DE", 2)],
                 "ok ok blocked", id="home networks have a limit"),
    pytest.param({"networks": 2, "home": {"countries": ["DE"]}},
                 [address("DE", n) for n in range(5)] +
                 [address("AT"), address("AT", 1), address("AT", 2)],
                 "ok ok ok ok ok ok ok blocked",
                 id="foreign networks are counted apart"),
    pytest.param({"networks": 1, "home": {"countries": ["DE"]}},
                 [address("DE"), UNKNOWN, UNKNOWN6], "ok ok blocked",
                 id="no country is foreign"),
])
def test_home_countries(serve, limits, clients, expected):
    policyd = serve({"limits": limits})
    assert verdicts(policyd, JOE, clients) == expected


@pytest.mark.parametrize("override, clients, expected", [
    pytest.param({"countries": 1}, [address("DE"), address("AT")],
                 "ok blocked", id="fewer countries"),
    pytest.param({"countries": 5}, map(address, COUNTRIES[:6]),
                 "ok ok ok ok ok blocked", id="more countries"),
    pytest.param({"countries": "unlimited"}, map(address, COUNTRIES[:10]),
                 " ".join(["ok"] * 10), id="countries without a limit"),
    pytest.param({"countries": None, "networks": 1},
                 [address("DE"), address("DE", 1)], "ok blocked",
                 id="null is the general value"),
    pytest.param({"home": {"countries": ["DE"], "max_networks": 1}},
                 [address("DE"), address("DE", 1)], "ok blocked",
                 id="a home of its own"),
    pytest.param({"only_countries": ["DE"]}, [address("AT")], "blocked",
                 id="outside the only country, at once"),
    pytest.param({"only_countries": ["DE", "AT"], "networks": 1},
                 [address("DE", n) for n in range(8)],
                 " ".join(["ok"] * 8), id="inside never"),
    pytest.param({"only_countries": ["DE"]}, [UNKNOWN, UNKNOWN6], "ok ok",
                 id="no country is not outside"),
    pytest.param({"only_networks": ["192.0.2.0/28", "2001:db8:1::/48"]},
                 [address("DE"), address6("AT"), address("AT")],
                 "ok ok blocked", id="outside the only networks"),
    pytest.param({"account": "@example.com", "countries": 1},
                 [address("DE"), address("AT")], "ok blocked",
                 id="of a domain"),
    pytest.param({"account": "@other.example", "countries": 1},
                 [address("DE"), address("AT")], "ok ok",
                 id="of another domain"),
])
def test_overrides(serve, override, clients, expected):
    policyd = serve({"overrides": [{"account": JOE, **override}]})
    assert verdicts(policyd, JOE, clients) == expected


def test_the_first_override_wins(serve):
    policyd = serve({"overrides": [
        {"account": "@example.com", "countries": 2},
        {"account": JOE, "countries": 9}]})
    assert verdicts(policyd, JOE, map(address, ["DE", "AT", "CH"])) == \
        "ok ok blocked"


def test_an_exempt_country_is_not_outside(serve):
    policyd = serve({"exempt": {"countries": ["FR"]},
                     "overrides": [{"account": JOE,
                                    "only_countries": ["DE"]}]})
    assert verdicts(policyd, JOE, map(address, ["FR", "DE", "AT"])) == \
        "ok ok blocked"


def test_what_is_older_than_the_window_is_forgotten(serve, database):
    policyd = serve({"limits": {"countries": 1, "window": "1h"}})
    assert verdicts(policyd, JOE, [address("DE")]) == "ok"
    database.age("61 min")
    assert verdicts(policyd, JOE, [address("AT")]) == "ok"
    assert verdicts(policyd, JOE, [address("CH")]) == "blocked"


def test_a_block_ends_by_itself(serve, database):
    policyd = serve({"limits": {"countries": 1, "window": "1s"},
                     "block": {"duration": "1s"}})
    assert verdicts(policyd, JOE, [address("DE"), address("AT")]) == \
        "ok blocked"
    until(lambda: verdicts(policyd, JOE, [address("DE")]) == "ok",
          "the block to end")


def test_duration_0_blocks_until_unblocked(serve):
    policyd = serve({"limits": {"countries": 1}, "block": {"duration": 0}})
    assert verdicts(policyd, JOE, [address("DE"), address("AT")]) == \
        "ok blocked"
    assert not _blocked(policyd)[0]["until"]


def test_unblocking_starts_a_fresh_count(serve):
    policyd = serve({"limits": {"countries": 2}})
    clients = list(map(address, ["DE", "AT", "CH"]))
    assert verdicts(policyd, JOE, clients) == "ok ok blocked"
    assert policyd.cli("--unblock", JOE).returncode == 0
    assert verdicts(policyd, JOE, clients) == "ok ok blocked"


def test_with_blocking_off_the_window_decides(serve, database):
    policyd = serve({"block": {"enabled": False}, "limits": {"countries": 1}})
    assert verdicts(policyd, JOE, [address("DE")]) == "ok"
    database.age("13 h")
    assert verdicts(policyd, JOE, [address("AT"), address("AT")]) == \
        "over over"
    assert _blocked(policyd) == []
    database.age("12 h")
    assert verdicts(policyd, JOE, [address("AT")]) == "ok"


def test_observe_blocks_nobody_and_says_what_would_be(serve):
    policyd = serve({"mode": "observe", "limits": {"countries": 1}})
    assert verdicts(policyd, JOE, [address("DE"), address("AT"),
                                   address("DE")]) == "ok ok ok"
    decisions = policyd.decisions(3)
    assert "would" not in decisions[0]
    assert decisions[1]["would"] == "blocked"
    assert decisions[1]["action"] == "DUNNO"
    assert _blocked(policyd) == []


def test_an_exempt_account_passes_without_a_store(serve):
    policyd = serve({"exempt": {"accounts": ["root@example.com"]},
                     "store": {"url": "postgresql:///none?host=/nowhere",
                               "create": False}})
    assert verdicts(policyd, "root@example.com", [address("DE")]) == "ok"
    assert verdicts(policyd, JOE, [address("DE")]) == "error"


# --- step 11: the answer -------------------------------------------------------

def test_what_actions_may_say(serve):
    policyd = serve({
        "limits": {"countries": 1},
        "actions": {"ok": "PREPEND X: ${account} ${client} ${country}",
                    "blocked": "REJECT ${account} ${client} ${country} "
                               "${countries} ${limit} ${per} ${until} "
                               "${reason}"}})
    assert policyd.ask(JOE, address("DE")) == \
        f"PREPEND X: {JOE} {address('DE')} DE"
    answer = policyd.ask(JOE, address("AT"))
    assert answer.startswith(f"REJECT {JOE} {address('AT')} AT 2 1 24h ")
    assert "${" not in answer


def test_what_is_filled_in_cannot_break_the_line(serve):
    """The client checks every byte of the answer."""
    policyd = serve({"actions": {"ok": "PREPEND X: ${account} end"}})
    answer = policyd.ask("a\rb\x1b[31m\x7f${reason}@example.com",
                         address("DE"))
    assert answer.endswith(" end")
