/*
 * cases_settings.c -- overrides in the store, of an account and of a domain.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cases.h"

#include <stddef.h>

const struct store_case cases_settings[] = {
	{ "an override of the account wins over the general limits",
	    "set countries 1\noverride joe@a.org countries=2 networks=3\n"
	    "login joe@a.org 192.0.2.1 DE => pass max_countries=2 "
	    "max_networks=3 home_max_countries=3\n"
	    "login joe@a.org 192.0.2.2 AT => pass\n"
	    "login joe@a.org 192.0.2.3 FR => blocked found=3/2\n"
	    "explain joe@a.org => max_countries=2 origins=3300000000\n"
	    "login ann@a.org 192.0.2.1 DE => pass max_countries=1\n" },
	{ "an override of the domain is for all of its accounts",
	    "override @a.org countries=1\n"
	    "login joe@a.org 192.0.2.1 DE => pass max_countries=1\n"
	    "login ann@a.org 192.0.2.1 DE => pass max_countries=1\n"
	    "login joe@b.org 192.0.2.1 DE => pass max_countries=3\n"
	    "login joe@x.a.org 192.0.2.1 DE => pass max_countries=3\n"
	    "login joe 192.0.2.1 DE => pass max_countries=3\n"
	    "explain joe@a.org => origins=2000000000\n" },
	{ "the account's is laid over the domain's, key by key",
	    "override @a.org countries=1 networks=5\n"
	    "override joe@a.org countries=7\n"
	    "login joe@a.org 192.0.2.1 DE => pass max_countries=7 "
	    "max_networks=5\n"
	    "explain joe@a.org => origins=3200000000\n" },
	{ "unlimited",
	    "set countries 0\noverride joe countries=-1 networks=-1 "
	    "home_countries=-1 home_networks=-1\n"
	    "login joe 192.0.2.1 DE => pass max_countries=unlimited "
	    "max_networks=unlimited home_max_countries=unlimited "
	    "home_max_networks=unlimited\n"
	    "explain joe => max_countries=unlimited\n" },
	{ "none at all",
	    "override joe countries=0\n"
	    "login joe 192.0.2.1 DE => blocked found=1/0\n" },
	{ "home countries of an account",
	    "set home DE\nset home_max_networks 1\n"
	    "override joe home=AT,CH home_countries=1 home_networks=2\n"
	    "login joe 192.0.2.1 DE => pass places=1/1 home=0/0 "
	    "home_max_countries=1 home_max_networks=2\n"
	    "login joe 192.0.2.2 AT => pass places=1/1 home=1/1\n"
	    "login joe 192.0.2.3 CH => blocked cause=home_countries "
	    "found=2/1\n"
	    "explain joe => is_home=AT is_home=CH origins=0003303000\n" },
	{ "an empty list of home countries lifts the general one",
	    "set home DE\noverride joe home=\n"
	    "login joe 192.0.2.1 DE => pass places=1/1 home=0/0\n" },
	{ "only_countries of an account",
	    "override joe only_countries=DE,AT\n"
	    "login joe 192.0.2.1 AT => pass\n"
	    "login joe 192.0.2.1 FR => blocked cause=only_countries\n"
	    "explain joe => only=DE only=AT\n" },
	{ "only_networks of a domain",
	    "override @a.org only_networks=192.0.2.0/24,2001:db8::/32\n"
	    "login joe@a.org 2001:db8::/64 FR => pass\n"
	    "login joe@a.org 203.0.113.1 DE => blocked "
	    "cause=only_networks\n"
	    "explain joe@a.org => only=192.0.2.0/24 only=2001:db8::/32\n" },
	{ "empty lists lift those of the configuration",
	    "set only_countries DE\nset only_networks 192.0.2.0/24\n"
	    "override joe only_countries= only_networks=\n"
	    "login joe 198.51.100.1 FR => pass\n"
	    "login ann 198.51.100.1 FR => blocked\n" },
	{ "rates of an account instead of the general ones",
	    "set rates 1/1h\noverride joe rates=2,3600,3,86400\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate found=2/2 "
	    "per=3600s\n"
	    "explain joe => rate=2/2/3600s rate=2/3/86400s\n" },
	{ "an empty list of rates lifts the general ones",
	    "set rates 1/1h\noverride joe rates=\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE weight=9 => pass\n"
	    "login joe exempt - weight=9 => pass\n"
	    "login ann exempt - weight=2 => over_rate\n" },
	{ "an override holds until its time is over",
	    "set countries 0\nset block off\n"
	    "override joe countries=5 valid_until=+1h\n"
	    "login joe 192.0.2.1 DE => pass max_countries=5\nat +1h-1ms\n"
	    "login joe 192.0.2.1 DE => pass max_countries=5\n"
	    "explain joe => max_countries=5\nat +1h\n"
	    "login joe 192.0.2.1 DE => over_limit max_countries=0\n"
	    "explain joe => max_countries=0 origins=0000000000\n" },
	{ "the domain's holds when the account's is over",
	    "override @a.org countries=4\n"
	    "override joe@a.org countries=5 valid_until=+1h\nat +2h\n"
	    "login joe@a.org 192.0.2.1 DE => pass max_countries=4\n" },
	{ "an override that comes later is heeded at once",
	    "login joe 192.0.2.1 DE => pass\noverride joe countries=0\n"
	    "login joe 192.0.2.1 DE => blocked cause=countries\n" },
	{ "and by a round that asks for others, too",
	    "login joe 192.0.2.1 DE => pass\nlogin joe 192.0.2.1 DE => pass\n"
	    "override joe countries=0\n"
	    "login ann 192.0.2.1 DE => pass\n"
	    "& joe 192.0.2.1 DE => blocked cause=countries\n" },
	{ "a blocked account's override does not unblock it",
	    "set countries 0\nlogin joe 192.0.2.1 DE => blocked new\n"
	    "override joe countries=9\n"
	    "login joe 192.0.2.1 DE => blocked not_new max_countries=9\n" },
	{ "what an account counts by its home survives many changes",
	    "override joe home=DE\n"
	    "login joe 192.0.2.1 DE => pass home=1/1\n"
	    "override joe home=AT\n"
	    "login joe 192.0.2.1 DE => pass places=1/1 home=0/0\n"
	    "override joe home=AT,DE\n"
	    "login joe 192.0.2.1 DE => pass places=0/0 home=1/1\n" },
	{ NULL, NULL },
};
