/*
 * cases_limits.c -- both sides of every limit, and what does not count.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cases.h"

#include <stddef.h>

#define ODD "j\xc3\xbc\"r'g\\%_@ex\xc3\xa4mple.org"

const struct store_case cases_limits[] = {
	{ "a login is recorded and counted",
	    "login joe 192.0.2.1 DE => pass places=1/1 home=0/0\n"
	    "explain joe => known since=0 places=1/1 logins=1/1 "
	    "192.0.2.1:DE:+0s..+0s:1:in\n"
	    "explain nobody => unknown places=0/0 logins=0/0\n" },
	{ "three countries are allowed, a fourth is not",
	    "login joe 192.0.2.1 DE => pass places=1/1\n"
	    "login joe 192.0.2.2 AT => pass places=2/2\n"
	    "login joe 192.0.2.3 CH => pass places=3/3\n"
	    "login joe 192.0.2.4 FR => blocked new cause=countries found=4/3 "
	    "per=86400s until=+24h places=4/4\n"
	    "login joe 192.0.2.1 DE => blocked not_new cause=countries "
	    "found=4/3 until=+24h\n"
	    "explain joe => block=countries began=+0s until=+24h ended=0 "
	    "attempts=1 client=192.0.2.4/FR logins=4/4\n" },
	{ "ten networks are allowed, an eleventh is not",
	    "login joe 192.0.2.1 DE => pass\nlogin joe 192.0.2.2 DE => pass\n"
	    "login joe 192.0.2.3 DE => pass\nlogin joe 192.0.2.4 DE => pass\n"
	    "login joe 192.0.2.5 DE => pass\nlogin joe 192.0.2.6 DE => pass\n"
	    "login joe 192.0.2.7 DE => pass\nlogin joe 192.0.2.8 DE => pass\n"
	    "login joe 192.0.2.9 DE => pass\n"
	    "login joe 192.0.2.10 DE => pass places=1/10\n"
	    "login joe 192.0.2.11 DE => blocked new cause=networks "
	    "found=11/10 places=1/11\n" },
	{ "countries are judged before networks",
	    "set countries 1\nset networks 1\n"
	    "login joe 192.0.2.1 DE => pass\n"
	    "login joe 192.0.2.2 AT => blocked cause=countries found=2/1\n" },
	{ "a limit of none allows none",
	    "set countries 0\n"
	    "login joe 192.0.2.1 - => pass places=0/1\n"
	    "login joe 192.0.2.1 DE => blocked cause=countries found=1/0\n" },
	{ "a lifted limit is none",
	    "set countries unlimited\nset networks unlimited\n"
	    "set home DE\nset home_max_countries unlimited\n"
	    "set home_max_networks unlimited\n"
	    "login joe 192.0.2.1 DE => pass max_countries=unlimited "
	    "home_max_networks=unlimited\n"
	    "login joe 192.0.2.2 AT => pass\nlogin joe 192.0.2.3 CH => pass\n"
	    "login joe 192.0.2.4 FR => pass\n"
	    "login joe 192.0.2.5 IT => pass places=4/4 home=1/1\n" },
	{ "autonomous systems count, one that is unknown does not",
	    "set asns 2\n"
	    "login joe 192.0.2.1 DE asn=64500 => pass asns=1/0 max_asns=2\n"
	    "login joe 192.0.2.2 DE asn=64500 => pass asns=1/0 places=1/2\n"
	    "login joe 192.0.2.3 DE => pass asns=1/0 places=1/3\n"
	    "login joe 192.0.2.4 AT asn=4294967295 => pass asns=2/0\n"
	    "login joe 192.0.2.5 DE asn=64501 => blocked cause=asns "
	    "found=3/2 asns=3/0\n"
	    "explain joe => block=asns asns=3/0\n" },
	{ "those at home apart, and a network may change its system",
	    "set home DE\nset asns 1\nset home_max_asns 2\n"
	    "login joe 192.0.2.1 DE asn=64500 => pass asns=0/1\n"
	    "login joe 192.0.2.2 AT asn=64500 => pass asns=1/1\n"
	    "login joe 192.0.2.3 DE asn=64501 => pass asns=1/2\n"
	    "login joe 192.0.2.3 DE asn=64502 => pass asns=1/2\n"
	    "login joe 192.0.2.4 DE asn=64503 => blocked cause=home_asns "
	    "found=3/2 asns=1/3\n" },
	{ "they leave with the window, and do not count of exempt countries",
	    "set asns 1\nset exempt FR\nset window 1h\n"
	    "login joe 192.0.2.1 DE asn=64500 => pass asns=1/0\n"
	    "login joe 192.0.2.2 FR asn=64501 => pass asns=1/0\n"
	    "at +1h\nlogin joe 192.0.2.3 DE asn=64502 => pass asns=1/0\n" },
	{ "an override has a limit of them",
	    "override joe asns=1 home_asns=-1\n"
	    "login joe 192.0.2.1 DE asn=64500 => pass max_asns=1 "
	    "home_max_asns=unlimited\n"
	    "login joe 192.0.2.2 DE asn=64501 => blocked cause=asns "
	    "found=2/1\n"
	    "login ann 192.0.2.1 DE asn=64500 => pass max_asns=unlimited\n"
	    "login ann 192.0.2.2 DE asn=64501 => pass asns=2/0\n" },
	{ "accounts do not count for each other",
	    "set countries 1\n"
	    "login joe 192.0.2.1 DE => pass\nlogin ann 192.0.2.2 AT => pass\n"
	    "login joe 192.0.2.2 AT => blocked\n"
	    "login ann 192.0.2.2 AT => pass\n" },
	{ "one network counts once however often it is seen",
	    "set networks 1\n"
	    "login joe 192.0.2.1 DE instance=a => pass places=1/1\n"
	    "at +10s\nlogin joe 192.0.2.1 DE instance=b => pass places=1/1\n"
	    "at +2m\nlogin joe 192.0.2.1 DE instance=c => pass places=1/1\n"
	    "explain joe => 192.0.2.1:DE:+0s..+2m:3:in\n" },
	{ "networks of IPv6 are those that the login was reduced to",
	    "set networks 1\n"
	    "login joe 2001:db8::/64 DE => pass places=1/1\n"
	    "login joe 2001:db8::/64 DE => pass places=1/1\n"
	    "login joe 2001:db8:0:1::/64 DE => blocked cause=networks\n"
	    "explain joe => client=2001:db8:0:1::/DE logins=2/2\n" },
	{ "an unknown country is no country, its network is one",
	    "set countries 1\nset networks 3\n"
	    "login joe 192.0.2.1 - => pass places=0/1\n"
	    "login joe 192.0.2.2 DE => pass places=1/2\n"
	    "login joe 192.0.2.3 - => pass places=1/3\n"
	    "login joe 192.0.2.4 - => blocked cause=networks found=4/3\n" },
	{ "home countries are counted apart",
	    "set home DE,AT\nset countries 1\nset networks 2\n"
	    "set home_max_countries 2\nset home_max_networks 3\n"
	    "login joe 192.0.2.1 DE => pass places=0/0 home=1/1\n"
	    "login joe 192.0.2.2 AT => pass places=0/0 home=2/2\n"
	    "login joe 192.0.2.3 FR => pass places=1/1 home=2/2\n"
	    "login joe 192.0.2.4 DE => pass places=1/1 home=2/3\n"
	    "login joe 192.0.2.5 FR => pass places=1/2 home=2/3\n"
	    "login joe 192.0.2.6 DE => blocked cause=home_networks "
	    "found=4/3\n" },
	{ "more home countries than allowed",
	    "set home DE,AT,CH\nset home_max_countries 2\n"
	    "login joe 192.0.2.1 DE => pass\nlogin joe 192.0.2.2 AT => pass\n"
	    "login joe 192.0.2.3 CH => blocked cause=home_countries "
	    "found=3/2 home=3/3\n" },
	{ "an unknown country is foreign",
	    "set home DE\nset networks 1\n"
	    "login joe 192.0.2.1 - => pass places=0/1 home=0/0\n"
	    "login joe 192.0.2.2 - => blocked cause=networks found=2/1\n" },
	{ "an exempt country is stored, and neither it nor its network counts",
	    "set exempt US\nset countries 1\nset networks 1\n"
	    "login joe 192.0.2.1 US => pass places=0/0\n"
	    "login joe 192.0.2.2 US => pass places=0/0\n"
	    "login joe 192.0.2.3 DE => pass places=1/1\n"
	    "login joe 192.0.2.4 US => pass places=1/1\n"
	    "explain joe => places=1/1 logins=4/4\n"
	    "login joe 192.0.2.5 AT => blocked cause=countries\n" },
	{ "a country both exempt and home does not count",
	    "set exempt DE\nset home DE\nset home_max_networks 0\n"
	    "login joe 192.0.2.1 DE => pass places=0/0 home=0/0\n" },
	{ "a login that does not count is not stored",
	    "login joe exempt DE => pass places=0/0\n"
	    "explain joe => known logins=0/0\n" },
	{ "a login that does not count tells the places known",
	    "login joe 192.0.2.1 DE => pass places=1/1\n"
	    "login joe exempt AT => pass places=1/1\n"
	    "explain joe => logins=1/1\n" },
	{ "a network whose country changes counts in its new one",
	    "set countries 1\n"
	    "login joe 192.0.2.1 DE => pass places=1/1\n"
	    "login joe 192.0.2.1 AT => pass places=1/1\n"
	    "explain joe => 192.0.2.1:AT:+0s..+0s:2:in\n"
	    "login joe 192.0.2.2 AT => pass places=1/2\n"
	    "login joe 192.0.2.1 DE => blocked cause=countries found=2/1\n" },
	{ "a network whose country becomes unknown is no country any more",
	    "login joe 192.0.2.1 DE => pass places=1/1\n"
	    "login joe 192.0.2.1 - => pass places=0/1\n" },
	{ "only_countries: from inside never over, whatever the numbers",
	    "set only_countries DE,AT\nset countries 0\nset networks 0\n"
	    "login joe 192.0.2.1 DE => pass\nlogin joe 192.0.2.2 AT => pass\n"
	    "login joe 192.0.2.3 DE => pass places=2/3\n" },
	{ "only_countries: from outside over at once",
	    "set only_countries DE,AT\n"
	    "login joe 192.0.2.1 FR => blocked new cause=only_countries "
	    "found=1/0 per=86400s\n" },
	{ "only_countries: an unknown country is not outside",
	    "set only_countries DE\nlogin joe 192.0.2.1 - => pass\n" },
	{ "only_countries: an exempt country is not outside",
	    "set only_countries DE\nset exempt US\n"
	    "login joe 192.0.2.1 US => pass\n" },
	{ "only_networks: inside, and outside at once",
	    "set only_networks 192.0.2.0/24,2001:db8::/32\n"
	    "login joe 192.0.2.1 FR => pass\n"
	    "login joe 2001:db8:1::/64 CH => pass\n"
	    "login joe 198.51.100.1 FR => blocked cause=only_networks "
	    "found=1/0\n" },
	{ "only_networks: an exempt country is not outside",
	    "set only_networks 192.0.2.0/24\nset exempt US\n"
	    "login joe 198.51.100.1 US => pass\n" },
	{ "both lists: the country is judged first, then the network",
	    "set only_countries DE\nset only_networks 192.0.2.0/24\n"
	    "set block off\n"
	    "login joe 192.0.2.1 DE => pass\n"
	    "login joe 198.51.100.1 FR => over_limit cause=only_countries\n"
	    "login joe 198.51.100.1 DE => over_limit cause=only_networks\n"
	    "login joe 198.51.100.1 - => over_limit cause=only_networks\n"
	    "login joe 192.0.2.9 - => pass\n" },
	{ "requests of one round are each on their own",
	    "set countries 1\n"
	    "login joe 192.0.2.1 DE => pass places=1/1\n"
	    "& ann 192.0.2.1 DE => pass places=1/1\n"
	    "& joe 192.0.2.2 AT => blocked new cause=countries\n"
	    "& joe 192.0.2.1 DE => blocked not_new\n"
	    "& ann 192.0.2.1 DE => pass\n"
	    "explain joe => attempts=1\n" },
	{ "an account that is not UTF-8 fails alone",
	    "login joe 192.0.2.1 DE => pass\n"
	    "& j\xff\x65 192.0.2.1 DE => failed\n"
	    "& ann 192.0.2.1 DE => pass\n"
	    "explain joe => known\nexplain ann => known\n"
	    "explain j\xff\x65 => failed\n"
	    "login joe 192.0.2.2 DE => pass places=1/2\n" },
	{ "an account may have any characters",
	    "login " ODD " 192.0.2.1 DE => pass\n"
	    "block " ODD " 1h s\xc3\xa9\"'\\ => done\n"
	    "login " ODD " 192.0.2.1 DE => blocked note=s\xc3\xa9\"'\\\n"
	    "unblock " ODD " => done\n" },
	{ NULL, NULL },
};
