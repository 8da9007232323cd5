/*
 * cases_blocks.c -- blocks: begun, held, ended by time and by hand.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cases.h"

#include <stddef.h>

/* One country is allowed; joe comes from two. */
#define JOE_IS_BLOCKED                                                         \
	"set countries 1\nlogin joe 192.0.2.1 DE => pass\n"                    \
	"login joe 192.0.2.2 AT => blocked new until=+24h\n"

const struct store_case cases_blocks[] = {
	{ "refuse mode: over the limit as long as the window holds too many",
	    "set block off\nset countries 1\nlogin joe 192.0.2.1 DE => pass\n"
	    "at +1h\n"
	    "login joe 192.0.2.2 AT => over_limit cause=countries found=2/1\n"
	    "login joe 192.0.2.1 DE => over_limit found=2/1\nat +25h-1ms\n"
	    "login joe 192.0.2.1 DE => over_limit\n"
	    "explain joe => logins=2/2\nat +25h\n"
	    "login joe 192.0.2.1 DE => pass places=1/1\nlist => count=0\n" },
	{ "observe mode tells what would be, and blocks nobody",
	    "set mode observe\nset countries 1\n"
	    "login joe 192.0.2.1 DE => pass\n"
	    "login joe 192.0.2.2 AT => blocked not_new cause=countries "
	    "until=0\n"
	    "login joe 192.0.2.2 AT => blocked not_new\n"
	    "list => count=0\nexplain joe => logins=2/2\n" },
	{ "observe mode with blocking off",
	    "set mode observe\nset block off\nset countries 1\n"
	    "login joe 192.0.2.1 DE => pass\n"
	    "login joe 192.0.2.2 AT => over_limit\nlist => count=0\n" },
	{ "observe mode still knows who is blocked",
	    JOE_IS_BLOCKED "set mode observe\n"
	    "login joe 192.0.2.1 DE => blocked not_new until=+24h\n" },
	{ "a block holds until its end, whose time does not move",
	    JOE_IS_BLOCKED "at +23h\n"
	    "login joe 192.0.2.1 DE => blocked not_new until=+24h\n"
	    "at +24h-1ms\n"
	    "login joe 198.51.100.1 FR => blocked not_new until=+24h\n"
	    "explain joe => attempts=2 logins=2/2 ended=0\n" },
	{ "at its end a fresh count begins",
	    JOE_IS_BLOCKED "at +24h\n"
	    "login joe 192.0.2.2 AT => pass places=0/0\n"
	    "at +24h+1ms\n"
	    "login joe 192.0.2.2 AT => pass places=1/1\n"
	    "login joe 192.0.2.1 DE => blocked new found=2/1 until=+2d+1ms\n"
	    "explain joe => since=+24h began=+24h+1ms\n" },
	{ "the fresh count begins where the block ended, not when it was seen",
	    JOE_IS_BLOCKED "at +40h\nlogin joe 192.0.2.1 DE => pass "
	    "places=1/1\nexplain joe => since=+24h ended=+24h\n" },
	{ "a request without a login ends a block that is over",
	    JOE_IS_BLOCKED "at +30h\nlogin joe exempt - => pass places=0/0\n"
	    "explain joe => since=+24h ended=+24h\n" },
	{ "a block whose time is over is ended by the housekeeper",
	    JOE_IS_BLOCKED "at +24h-1ms\nexpire => done ended=0\n"
	    "list => count=1 joe:countries:+24h\nat +24h\n"
	    "list => count=0\nexpire => done ended=1\n"
	    "expire => done ended=0\n"
	    "explain joe => since=+24h ended=+24h places=0/0\nat +30h\n"
	    "login joe 192.0.2.1 DE => pass places=1/1\n" },
	{ "the housekeeper ends many",
	    "block a 1h\nblock b 1h\nblock c 2h\nblock d 1h\n"
	    "block e 0 => done\nat +90m\nexpire => ended=3\n"
	    "list => count=2 c:manual:+2h e:manual:0\n" },
	{ "a block without an end",
	    "set duration 0\nset countries 1\n"
	    "login joe 192.0.2.1 DE => pass\n"
	    "login joe 192.0.2.2 AT => blocked new until=0\nat +1000d\n"
	    "login joe 192.0.2.1 DE => blocked not_new until=0\n"
	    "expire => ended=0\nlist => joe:countries:0\n"
	    "unblock joe => done\nlogin joe 192.0.2.1 DE => pass\n" },
	{ "unblocked by hand: a fresh count",
	    JOE_IS_BLOCKED "at +1h\nunblock joe => done\n"
	    "explain joe => since=+1h ended=+1h places=0/0 logins=2/2\n"
	    "unblock joe => none\nat +2h\n"
	    "login joe 192.0.2.3 FR => pass places=1/1\n"
	    "login joe 192.0.2.1 DE => blocked new found=2/1 until=+26h\n" },
	{ "a login of the very moment of unblocking is before it",
	    JOE_IS_BLOCKED "unblock joe => done\n"
	    "login joe 192.0.2.1 DE => pass places=0/0\n"
	    "at +0s+1ms\nlogin joe 192.0.2.1 DE => pass places=1/1\n" },
	{ "unblocking too late ends it where its time was over",
	    JOE_IS_BLOCKED "at +30h\nunblock joe => none\n"
	    "explain joe => since=+24h ended=+24h\n" },
	{ "unblocking exactly at its end is too late",
	    JOE_IS_BLOCKED "at +24h\nunblock joe => none\n"
	    "explain joe => ended=+24h\n" },
	{ "unblocking who is not blocked, or not known",
	    "login joe 192.0.2.1 DE => pass\nunblock joe => none\n"
	    "unblock nobody => none\nexplain nobody => unknown\n"
	    "login joe 192.0.2.2 AT => pass places=2/2\n" },
	{ "blocked by hand",
	    "login joe 192.0.2.1 DE => pass\nblock joe 1h stolen => done\n"
	    "login joe 192.0.2.1 DE => blocked not_new cause=manual found=0/0 "
	    "per=0s note=stolen until=+1h places=1/1\n"
	    "list => count=1 joe:manual:+1h\nat +1h\n"
	    "login joe 192.0.2.1 DE => pass\n" },
	{ "blocked by hand before it was ever seen",
	    "block joe 0 => done\nexplain joe => known block=manual until=0\n"
	    "login joe 192.0.2.1 DE => blocked not_new until=0\n"
	    "login joe exempt - => blocked\n"
	    "explain joe => attempts=2 logins=0/0\n" },
	{ "blocked again while blocked: the new block counts",
	    JOE_IS_BLOCKED "login joe 192.0.2.1 DE => blocked\nat +1h\n"
	    "block joe 48h again => done\n"
	    "explain joe => block=manual began=+1h until=+49h attempts=0 "
	    "note=again since=0\n" },
	{ "a long note is cut for the request, not for the record",
	    "block joe 1h aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa => done\n"
	    "login joe 192.0.2.1 DE => blocked\nexplain joe => block=manual\n"
	},
	{ "mails that were pending are kept when a block ends",
	    "login joe 192.0.2.1 DE instance=a => pass\nat +10s\n"
	    "login joe 192.0.2.1 DE instance=b => pass\n"
	    "block joe 1h => done\nat +20s\nunblock joe => done\n"
	    "explain joe => 192.0.2.1:DE:+0s..+10s:2:out\nat +30s\n"
	    "login joe 192.0.2.1 DE instance=c => pass places=1/1\n"
	    "explain joe => 192.0.2.1:DE:+0s..+30s:3:in\n" },
	{ "an account's only login blocks again after each unblocking",
	    "set only_countries DE\n"
	    "login joe 192.0.2.1 FR => blocked new\nat +1h\n"
	    "unblock joe => done\n"
	    "login joe 192.0.2.1 FR => blocked new until=+25h\n" },
	{ "events of a block by a login and of its end by hand",
	    "set notify on\n" JOE_IS_BLOCKED
	    "login joe 192.0.2.2 AT => blocked\nat +1h\n"
	    "unblock joe => done\n" },
	{ "events of a block by hand, without logins, and of its expiry",
	    "set notify on\nblock joe 1h note => done\nat +2h\n"
	    "expire => ended=1\n" },
	{ "events of a block without an end",
	    "set notify on\nset duration 0\nset countries 0\n"
	    "login joe 192.0.2.1 DE => blocked new until=0\n" },
	{ "events of an end that a request sees",
	    "set notify on\n" JOE_IS_BLOCKED "at +25h\n"
	    "login joe 192.0.2.1 DE => pass places=1/1\n" },
	{ "an event tells the twenty newest logins, pending mails included",
	    "set networks unlimited\nset notify on\n"
	    "login joe 192.0.2.1 DE => pass\nlogin joe 192.0.2.2 DE => pass\n"
	    "login joe 192.0.2.3 DE => pass\nlogin joe 192.0.2.4 DE => pass\n"
	    "login joe 192.0.2.5 DE => pass\nlogin joe 192.0.2.6 DE => pass\n"
	    "login joe 192.0.2.7 DE => pass\nlogin joe 192.0.2.8 DE => pass\n"
	    "login joe 192.0.2.9 DE => pass\nlogin joe 192.0.2.10 DE => pass\n"
	    "login joe 192.0.2.11 DE => pass\nlogin joe 2001:db8::/64 DE\n"
	    "login joe 192.0.2.13 DE => pass\nlogin joe 192.0.2.14 - => pass\n"
	    "login joe 192.0.2.15 DE => pass\nlogin joe 10.0.0.0/24 AT\n"
	    "login joe 192.0.2.17 DE => pass\nlogin joe 192.0.2.18 DE => pass\n"
	    "login joe 192.0.2.19 DE => pass\nlogin joe 192.0.2.20 DE => pass\n"
	    "login joe 192.0.2.21 DE => pass\nat +10s\n"
	    "login joe 192.0.2.21 DE => pass\nat +20s\n"
	    "login joe 192.0.2.21 DE => pass\n"
	    "block joe 1h => done\n" },
	{ "after a block from where the last mails came from",
	    "login joe 192.0.2.1 DE => pass\nat +10s\n"
	    "login joe 192.0.2.1 DE => pass\nblock joe 1m => done\n"
	    "at +80s\nlogin joe 192.0.2.1 DE => pass places=1/1\n"
	    "explain joe => 192.0.2.1:DE:+0s..+80s:3:in\n" },
	{ "a block by hand for longer is not ended with the shorter one",
	    "block joe 1h\nblock joe 3h\nat +2h\nexpire => ended=0\n"
	    "list => count=1 joe:manual:+3h\n"
	    "login joe 192.0.2.1 DE => blocked cause=manual\n" },
	{ "names that SQL, JSON and arrays have uses for",
	    "set notify on\nset networks 1\n"
	    "login {a,\"b\\c'}NULL 192.0.2.1 DE => pass\n"
	    "& \x01\x7f$1%s--/* 192.0.2.1 DE => pass\n"
	    "& \xef\xbf\xbf\xf4\x8f\xbf\xbf@\xc3\xa9 192.0.2.1 DE => pass\n"
	    "& \" 192.0.2.1 DE => pass\n& \\ 192.0.2.1 DE => pass\n"
	    "& @ 192.0.2.1 DE => pass\n& a@b@ 192.0.2.1 DE => pass\n"
	    "login {a,\"b\\c'}NULL 192.0.2.2 DE => blocked new\n"
	    "& \x01\x7f$1%s--/* 192.0.2.2 DE => blocked new\n"
	    "& \xef\xbf\xbf\xf4\x8f\xbf\xbf@\xc3\xa9 192.0.2.2 DE => "
	    "blocked new\n"
	    "& \" 192.0.2.2 DE => blocked new\n"
	    "& \\ 192.0.2.2 DE => blocked new\n"
	    "& @ 192.0.2.2 DE => blocked new\n"
	    "& a@b@ 192.0.2.2 DE => blocked new\n"
	    "login \\ 192.0.2.1 DE => blocked not_new\n"
	    "unblock {a,\"b\\c'}NULL => done\n"
	    "block \" 2d {\"x\\',} => done\nlist => count=6\nat +25h\n"
	    "expire => done ended=5\nlist => count=1\n" },
	{ "the list is in order, by pages, of blocks that hold",
	    "block dora 1h\nblock adam 1h\nblock cora 2h\nblock bert 0\n"
	    "list most=2 => count=2 adam:manual:+1h bert:manual:0\n"
	    "list after=bert most=2 => count=2 cora:manual:+2h\n"
	    "list after=dora => count=0\nlist most=0 => count=0\nat +1h\n"
	    "list => count=2 bert:manual:0 cora:manual:+2h\n" },
	{ NULL, NULL },
};
