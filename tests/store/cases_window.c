/*
 * cases_window.c -- what counts when: edges of the window, instances, time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cases.h"

#include <stddef.h>

const struct store_case cases_window[] = {
	{ "a login exactly a window old does not count",
	    "set countries 1\nlogin joe 192.0.2.1 DE => pass\nat +24h\n"
	    "login joe 192.0.2.2 AT => pass places=1/1\n"
	    "explain joe => 192.0.2.2:AT:+24h..+24h:1:in "
	    "192.0.2.1:DE:+0s..+0s:1:out\n" },
	{ "a login a millisecond younger does",
	    "set countries 1\nlogin joe 192.0.2.1 DE => pass\nat +24h-1ms\n"
	    "login joe 192.0.2.2 AT => blocked cause=countries found=2/1\n" },
	{ "it is when a network was last seen that matters",
	    "set networks 1\nlogin joe 192.0.2.1 DE => pass\n"
	    "at +12h\nlogin joe 192.0.2.1 DE => pass\nat +24h\n"
	    "login joe 192.0.2.2 DE => blocked found=2/1\n" },
	{ "last seen within the minute that is not written counts too",
	    "set networks 1\nlogin joe 192.0.2.1 DE => pass\n"
	    "at +30s\nlogin joe 192.0.2.1 DE => pass\nat +24h\n"
	    "login joe 192.0.2.2 DE => blocked found=2/1\n" },
	{ "and is over after its own window",
	    "set networks 1\nlogin joe 192.0.2.1 DE => pass\n"
	    "at +30s\nlogin joe 192.0.2.1 DE => pass\nat +24h30s\n"
	    "login joe 192.0.2.2 DE => pass places=1/1\n" },
	{ "places leave the window one by one",
	    "login joe 192.0.2.1 DE => pass places=1/1\nat +1h\n"
	    "login joe 192.0.2.2 AT => pass places=2/2\nat +2h\n"
	    "login joe 192.0.2.3 CH => pass places=3/3\nat +24h\n"
	    "login joe 192.0.2.3 CH => pass places=2/2\nat +25h\n"
	    "login joe 192.0.2.3 CH => pass places=1/1\nat +48h\n"
	    "login joe 192.0.2.3 CH => pass places=1/1\nat +100h\n"
	    "explain joe => places=0/0 logins=3/3\n" },
	{ "the count is exact while nothing but time changes",
	    "login joe 192.0.2.1 DE => pass places=1/1\nat +23h59m50s\n"
	    "login joe 192.0.2.2 AT => pass places=2/2\nat +23h59m59s\n"
	    "login joe 192.0.2.2 AT => pass places=2/2\nat +24h-1ms\n"
	    "login joe 192.0.2.2 AT => pass places=2/2\nat +24h\n"
	    "login joe 192.0.2.2 AT => pass places=1/1\n" },
	{ "a network that comes back is new to the window",
	    "set networks 1\nlogin joe 192.0.2.1 DE => pass\nat +25h\n"
	    "login joe 192.0.2.2 DE => pass places=1/1\nat +26h\n"
	    "login joe 192.0.2.1 DE => blocked found=2/1\n"
	    "explain joe => 192.0.2.1:DE:+0s..+26h:2:in\n" },
	{ "a window shorter than a minute",
	    "set window 30s\nset countries 1\n"
	    "login joe 192.0.2.1 DE => pass\nat +29s\n"
	    "login joe 192.0.2.1 DE => pass\nat +58s\n"
	    "login joe 192.0.2.2 AT => blocked per=30s\n" },
	{ "a shorter window after a reload",
	    "login joe 192.0.2.1 DE => pass\nat +2h\n"
	    "login joe 192.0.2.2 AT => pass places=2/2\nset window 1h\n"
	    "login joe 192.0.2.2 AT => pass places=1/1\nset window 1d\n"
	    "login joe 192.0.2.2 AT => pass places=2/2\n" },
	{ "home and exempt countries changed by a reload",
	    "login joe 192.0.2.1 DE => pass places=1/1 home=0/0\n"
	    "set home DE\n"
	    "login joe 192.0.2.1 DE => pass places=0/0 home=1/1\n"
	    "set exempt DE\n"
	    "login joe 192.0.2.1 DE => pass places=0/0 home=0/0\n" },
	{ "a mail counts once however many requests it causes",
	    "login joe 192.0.2.1 DE instance=a => pass\n"
	    "login joe 192.0.2.1 DE instance=a => pass\nat +5s\n"
	    "login joe 192.0.2.1 DE instance=a => pass\n"
	    "explain joe => 192.0.2.1:DE:+0s..+5s:1:in\nat +3m\n"
	    "login joe 192.0.2.1 DE instance=a => pass\n"
	    "explain joe => 192.0.2.1:DE:+0s..+3m:1:in\n"
	    "login joe 192.0.2.1 DE instance=b => pass\n"
	    "explain joe => 192.0.2.1:DE:+0s..+3m:2:in\n" },
	{ "and whatever mails of the account come in between",
	    "login joe 192.0.2.1 DE instance=a => pass\n"
	    "login joe 192.0.2.1 DE instance=b => pass\n"
	    "login joe 192.0.2.1 DE instance=a => pass\n"
	    "login joe 192.0.2.1 DE instance=b => pass\n"
	    "explain joe => 192.0.2.1:DE:+0s..+0s:2:in\n" },
	{ "requests without an instance are a mail each",
	    "login joe 192.0.2.1 DE => pass\nlogin joe 192.0.2.1 DE => pass\n"
	    "login joe 192.0.2.1 DE => pass\n"
	    "explain joe => 192.0.2.1:DE:+0s..+0s:3:in\n" },
	{ "mails that are pending are kept when the network changes",
	    "login joe 192.0.2.1 DE instance=a => pass\n"
	    "login joe 192.0.2.1 DE instance=b => pass\n"
	    "login joe 192.0.2.2 DE instance=c => pass\n"
	    "explain joe => 192.0.2.1:DE:+0s..+0s:2:in "
	    "192.0.2.2:DE:+0s..+0s:1:in\nat +10s\n"
	    "login joe 192.0.2.2 DE instance=d => pass\nat +20s\n"
	    "login joe 192.0.2.1 DE instance=e => pass\n"
	    "explain joe => 192.0.2.2:DE:+0s..+10s:2:in "
	    "192.0.2.1:DE:+0s..+20s:3:in\n" },
	{ "mails that are pending are kept when the row is written again",
	    "login joe 192.0.2.1 DE instance=a => pass\nat +20s\n"
	    "login joe 192.0.2.1 DE instance=b => pass\nat +70s\n"
	    "login joe 192.0.2.1 DE instance=c => pass\n"
	    "explain joe => 192.0.2.1:DE:+0s..+70s:3:in\n" },
	{ "mails that are pending are kept when the country changes",
	    "login joe 192.0.2.1 DE instance=a => pass\nat +20s\n"
	    "login joe 192.0.2.1 DE instance=b => pass\nat +30s\n"
	    "login joe 192.0.2.1 AT instance=c => pass places=1/1\n"
	    "explain joe => 192.0.2.1:AT:+0s..+30s:3:in\n" },
	{ "a clock that goes back loses nothing",
	    "at +1h\nlogin joe 192.0.2.1 DE => pass\nat +0s\n"
	    "login joe 192.0.2.1 DE => pass\n"
	    "login joe 192.0.2.2 AT => pass places=2/2\nat +2h\n"
	    "login joe 192.0.2.1 DE => pass places=2/2\n" },
	{ "what a clock that was ahead saw counts for a window from now",
	    "set networks 1\nat +30d\nlogin joe 192.0.2.1 DE => pass\n"
	    "at +0s\nlogin joe exempt - => pass places=1/1\n"
	    "at +24h-1ms\nlogin joe exempt - => pass places=1/1\n"
	    "at +24h\nlogin joe 192.0.2.2 AT => pass places=1/1\n"
	    "explain joe => 192.0.2.2:AT:+24h..+24h:1:in "
	    "192.0.2.1:DE:+0s..+0s:1:out\n" },
	{ "and until somebody unblocks",
	    "set networks 1\nat +30d\nlogin joe 192.0.2.1 DE => pass\n"
	    "at +0s\nlogin joe 192.0.2.2 DE => blocked new found=2/1\n"
	    "at +1s\nunblock joe => done\nat +2s\n"
	    "login joe 192.0.2.2 DE => pass places=1/1\n" },
	{ "a fresh count of a clock that was ahead begins now",
	    "at +30d\nlogin joe 192.0.2.1 DE => pass\nblock joe 1h => done\n"
	    "unblock joe => done\nat +0s\n"
	    "login joe 192.0.2.1 DE => pass places=0/0\nat +1s\n"
	    "login joe 192.0.2.1 DE => pass places=1/1\n" },
	{ "a block of a clock that was ahead holds as long, from now",
	    "at +30d\nlogin joe 192.0.2.1 DE => pass\nblock joe 1h => done\n"
	    "at +0s\nlogin joe 192.0.2.1 DE => blocked until=+1h\n"
	    "list => count=1 joe:manual:+1h\nat +1h\n"
	    "login joe 192.0.2.1 DE => pass\nlist => count=0\n"
	    "at +30d\nblock joe 1h => done\nat +2h\n"
	    "unblock joe => done\nlist => count=0\n"
	    "at +3h\nlogin joe 192.0.2.1 DE => pass places=1/1\n" },
	{ "newest first, at most as many as are asked for",
	    "login joe 192.0.2.2 DE => pass\nlogin joe 192.0.2.10 DE => pass\n"
	    "login joe 10.9.8.7 DE => pass\nlogin joe 2001:db8::1 DE => pass\n"
	    "at +1m\nlogin joe 192.0.2.3 DE => pass\n"
	    "explain joe most=2 => logins=2/5 192.0.2.3:DE:+1m..+1m:1:in "
	    "10.9.8.7:DE:+0s..+0s:1:in\n"
	    "explain joe most=0 => logins=0/5\n"
	    "explain joe => logins=5/5\n" },
	{ NULL, NULL },
};
