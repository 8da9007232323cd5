/*
 * cases_admin.c -- cleaning, and what it must leave alone.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cases.h"

#include <stddef.h>

const struct store_case cases_admin[] = {
	{ "an empty store has nothing to clean",
	    "clean 30d 100 => done logins=0 blocks=0 accounts=0\n" },
	{ "old logins go, young ones stay",
	    "login joe 192.0.2.1 DE => pass\nat +10d\n"
	    "login joe 192.0.2.2 DE => pass\nat +30d1m\n"
	    "clean 30d 100 => done logins=0\nat +30d1m+1ms\n"
	    "clean 30d 100 => done logins=1 accounts=0\n"
	    "explain joe => logins=1/1 192.0.2.2:DE:+10d..+10d:1:out\n" },
	{ "an account goes when its last login went",
	    "login joe 192.0.2.1 DE => pass\nlogin ann 192.0.2.1 DE => pass\n"
	    "at +20d\nlogin ann 192.0.2.1 DE => pass\nat +71d\n"
	    "clean 70d 100 => done logins=1 accounts=1\n"
	    "explain joe => unknown\nexplain ann => known logins=1/1\n" },
	{ "in batches smaller than what there is",
	    "login a 192.0.2.1 DE => pass\nlogin a 192.0.2.2 DE => pass\n"
	    "login a 192.0.2.3 DE => pass\nlogin b 192.0.2.1 DE => pass\n"
	    "login b 192.0.2.2 DE => pass\nlogin c 192.0.2.1 DE => pass\n"
	    "login d 192.0.2.1 DE => pass\nlogin e 192.0.2.1 DE => pass\n"
	    "at +20d\nlogin c 192.0.2.9 DE => pass\n"
	    "login a 192.0.2.2 DE => pass\nat +71d\n"
	    "clean 70d 2 => done logins=7 accounts=3\n"
	    "explain a => logins=1/1\nexplain b => unknown\n"
	    "explain c => logins=1/1\nexplain d => unknown\n" },
	{ "a batch of one, and one that ends with the table",
	    "login a 192.0.2.1 DE => pass\nlogin b 192.0.2.1 DE => pass\n"
	    "login c 192.0.2.1 DE => pass\nat +71d\n"
	    "clean 70d 1 => done logins=3 accounts=3\n"
	    "clean 70d 3 => done logins=0 accounts=0\n" },
	{ "blocks that hold stay, those that ended long ago go",
	    "block joe 0 => done\nblock ann 1h => done\nblock ben 1d => done\n"
	    "at +2d\nexpire => ended=2\nat +30d1m\n"
	    "clean 30d 100 => done blocks=0\nat +30d1h1m\n"
	    "clean 30d 1 => done blocks=1 accounts=0\n"
	    "list => count=1 joe:manual:0\nexplain ann => known\n"
	    "explain ben => known block=manual ended=+24h\nat +90d\n"
	    "clean 30d 100 => blocks=1 accounts=2\nlist => count=1\n"
	    "explain ann => unknown\n" },
	{ "an account with a block stays, and so does its end",
	    "login joe 192.0.2.1 DE => pass\nblock joe 60d => done\nat +40d\n"
	    "clean 30d 100 => logins=1 blocks=0 accounts=0\n"
	    "login joe 192.0.2.1 DE => blocked\n" },
	{ "an account that was unblocked lately stays: its count is fresh",
	    "block joe 0 => done\nat +40d\nunblock joe => done\n"
	    "clean 30d 100 => blocks=0 accounts=0\n"
	    "explain joe => since=+40d\n" },
	{ "an account that only its rates are known of stays while they hold",
	    "set rates 5/1h\nlogin joe exempt - weight=5 => pass\n"
	    "clean 30d 100 => accounts=0\nat +30m\n"
	    "login joe exempt - weight=1 => over_rate\nat +71d\n"
	    "clean 70d 100 => accounts=1\nexplain joe => unknown\n" },
	{ "what is known of an account stays for 61 days, if logins do not",
	    "login joe 192.0.2.1 DE => pass\nlogin ann exempt - => pass\n"
	    "at +61d\nclean 30d 100 => logins=1 accounts=0\n"
	    "clean 1d 100 => accounts=0\n"
	    "at +61d+1ms\nclean 30d 100 => accounts=2\n"
	    "explain joe => unknown\nexplain ann => unknown\n" },
	{ "a login seen within the minute that is not written stays",
	    "login joe 192.0.2.1 DE => pass\nat +30d\n"
	    "login joe 192.0.2.1 DE => pass\nat +30d40s\n"
	    "login joe 192.0.2.1 DE => pass\nat +60d\n"
	    "clean 29d 100 => logins=1 accounts=0\n" },
	{ "cleaning leaves no turn behind",
	    "clean 30d 1 => done\nclean 30d 1 => done\n" },
	{ "hits are counted by what was reached",
	    "set countries 1\nset block off\nset rates 1/1h\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate\nat +1m\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate\n"
	    "login joe 192.0.2.2 AT => over_limit\nset countries 0\n"
	    "login joe 192.0.2.2 AT => over_limit\n"
	    "login ann 192.0.2.2 AT => over_limit\n" },
	{ "attempts of a blocked account are no hits",
	    "set countries 0\nlogin joe 192.0.2.1 DE => blocked new\n"
	    "login joe 192.0.2.1 DE => blocked not_new\n"
	    "login joe 192.0.2.1 DE => blocked not_new\n" },
	{ "the outbox: due, taken, told",
	    "take => none count=0\nset notify on\nblock joe 1h => done\n"
	    "take => done count=2 mail:block:joe:+0s:1: "
	    "webhook:block:joe:+0s:1:\ntake => none count=0\n"
	    "told 1 => done\ntold 2 gone => done\nat +2m\n"
	    "take => none\n" },
	{ "the outbox: a lease that ran out makes a row due again",
	    "set notify on\nblock joe 1h => done\n"
	    "take most=1 lease=30s => count=1 mail:block:joe:+0s:1:\n"
	    "take most=5 => count=1 webhook:block:joe:+0s:1:\n"
	    "at +30s-1ms\ntake => none\nat +30s\n"
	    "take => count=1 mail:block:joe:+0s:2:\n" },
	{ "the outbox: by channel, the oldest first",
	    "set notify on\nblock joe 1h => done\nat +1s\n"
	    "block ann 1h => done\n"
	    "take channel=webhook => count=2 webhook:block:joe:+0s:1: "
	    "webhook:block:ann:+1s:1:\n"
	    "take channel=exec => none\n"
	    "take channel=mail most=1 => count=1 mail:block:joe:+0s:1:\n"
	    "take channel=mail most=1 => count=1 mail:block:ann:+1s:1:\n" },
	{ "the outbox: a try that failed, and one that does not count",
	    "set notify on\nblock joe 1h => done\n"
	    "take channel=mail => mail:block:joe:+0s:1:\n"
	    "delay 1 5m recipients=a@b.org => done\nat +5m-1ms\n"
	    "take channel=mail => none\nat +5m\n"
	    "take channel=mail => mail:block:joe:+0s:2:a@b.org\n"
	    "delay 1 1m again => done\nat +6m\n"
	    "take channel=mail => mail:block:joe:+0s:2:\n"
	    "told 1 => done\n" },
	{ NULL, NULL },
};
