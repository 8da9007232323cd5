/*
 * cases_rates.c -- mails in a sliding window: who weighs what, and when.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cases.h"

#include <stddef.h>

/* Sixteen more mails of joe's, by number: a first digit and a hex one. */
#define MAIL(x) "login joe 192.0.2.1 DE weight=1 instance=" x " => pass\n"
#define MAILS(d)                                                               \
	MAIL(d "0") MAIL(d "1") MAIL(d "2") MAIL(d "3") MAIL(d "4")            \
	MAIL(d "5") MAIL(d "6") MAIL(d "7") MAIL(d "8") MAIL(d "9")            \
	MAIL(d "a") MAIL(d "b") MAIL(d "c") MAIL(d "d") MAIL(d "e")            \
	MAIL(d "f")

const struct store_case cases_rates[] = {
	{ "as many mails as allowed, and no more",
	    "set rates 2/1h\nlogin joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate cause=rate "
	    "found=2/2 per=3600s\n"
	    "explain joe => rate=2/2/3600s\n"
	    "login ann 192.0.2.1 DE weight=1 => pass\n" },
	{ "a request that does not weigh is not asked for its rate",
	    "set rates 1/1h\nlogin joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE => pass\n"
	    "login joe 192.0.2.1 DE weight=0 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate\n" },
	{ "recipients weigh: what fits passes, what does not is refused whole",
	    "set rates 10/1h\nlogin joe 192.0.2.1 DE weight=6 => pass\n"
	    "login joe 192.0.2.1 DE weight=5 => over_rate found=6/10\n"
	    "login joe 192.0.2.1 DE weight=4 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate found=10/10\n"
	    "login ann 192.0.2.1 DE weight=11 => over_rate found=0/10\n"
	    "explain ann => rate=0/10/3600s\n" },
	{ "refused mail is not counted",
	    "set rates 1/1h\nlogin joe 192.0.2.1 DE weight=1 => pass\n"
	    "at +50m\nlogin joe 192.0.2.1 DE weight=1 => over_rate\n"
	    "at +65m\nlogin joe 192.0.2.1 DE weight=1 => pass\n" },
	{ "forgotten at most a twelfth of the window late, never early",
	    "set rates 1/1h\nlogin joe 192.0.2.1 DE weight=1 => pass\n"
	    "at +1h-1ms\nlogin joe 192.0.2.1 DE weight=1 => over_rate\n"
	    "at +1h\nlogin joe 192.0.2.1 DE weight=1 => over_rate\n"
	    "at +65m-1ms\nlogin joe 192.0.2.1 DE weight=1 => over_rate\n"
	    "explain joe => rate=1/1/3600s\nat +65m\n"
	    "explain joe => rate=0/1/3600s\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\n" },
	{ "mails at the very edge of a sub-bucket",
	    "set rates 2/1h\nat +5m-1ms\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\nat +5m\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\nat +65m-1ms\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate found=2/2\n"
	    "at +65m\nlogin joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate found=2/2\n"
	    "at +70m\nlogin joe 192.0.2.1 DE weight=1 => pass\n" },
	{ "the first broken rule is the one that is told",
	    "set rates 3/1h,5/1d\n"
	    "login joe 192.0.2.1 DE weight=3 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate found=3/3 "
	    "per=3600s\nat +2h\n"
	    "login joe 192.0.2.1 DE weight=3 => over_rate found=3/5 "
	    "per=86400s\n"
	    "login joe 192.0.2.1 DE weight=2 => pass\n"
	    "explain joe => rate=2/3/3600s rate=5/5/86400s\n"
	    "login joe 192.0.2.1 DE weight=2 => over_rate found=2/3 "
	    "per=3600s\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate found=5/5 "
	    "per=86400s\n" },
	{ "a rule refused by the second is not counted by the first",
	    "set rates 9/1h,2/1d\nlogin joe 192.0.2.1 DE weight=2 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate per=86400s\n"
	    "explain joe => rate=2/9/3600s rate=2/2/86400s\n" },
	{ "eight rules",
	    "set rates 8/1m,9/2m,10/3m,11/4m,12/5m,13/6m,14/7m,15/8m\n"
	    "login joe 192.0.2.1 DE weight=8 => pass\nat +2m\n"
	    "login joe 192.0.2.1 DE weight=2 => over_rate found=8/9 "
	    "per=120s\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\n"
	    "explain joe => rate=1/8/60s rate=9/9/120s rate=9/15/480s\n" },
	{ "one mail weighs once, however many requests it causes",
	    "set rates 2/1h\n"
	    "login joe 192.0.2.1 DE weight=1 instance=a => pass\n"
	    "login joe 192.0.2.1 DE weight=1 instance=a => pass\n"
	    "login joe 192.0.2.1 DE weight=1 instance=a => pass\n"
	    "login joe 192.0.2.1 DE weight=1 instance=b => pass\n"
	    "login joe 192.0.2.1 DE weight=1 instance=a => pass\n"
	    "login joe 192.0.2.1 DE weight=1 instance=c => over_rate\n"
	    "login joe 192.0.2.1 DE weight=1 instance=b => pass\n"
	    "explain joe => rate=2/2/3600s\n" },
	{ "a mail that repeats its weight weighs every time",
	    "set rates 2/1h\n"
	    "login joe 192.0.2.1 DE weight=1 instance=a repeats => pass\n"
	    "login joe 192.0.2.1 DE weight=1 instance=a repeats => pass\n"
	    "login joe 192.0.2.1 DE weight=1 instance=a repeats => "
	    "over_rate\n" },
	{ "requests without an instance weigh every time",
	    "set rates 1/1h\nlogin joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate\n" },
	{ "a mail that was refused is asked again",
	    "set rates 1/1h\n"
	    "login joe 192.0.2.1 DE weight=1 instance=a => pass\n"
	    "login joe 192.0.2.1 DE weight=1 instance=b => over_rate\n"
	    "login joe 192.0.2.1 DE weight=1 instance=b => over_rate\n"
	    "at +65m\n"
	    "login joe 192.0.2.1 DE weight=1 instance=b => pass\n" },
	{ "instances of several accounts and mails, interleaved",
	    "set rates 2/1h\n"
	    "login joe 192.0.2.1 DE weight=1 instance=a => pass\n"
	    "& ann 192.0.2.1 DE weight=1 instance=a => pass\n"
	    "& joe 192.0.2.2 DE weight=1 instance=b => pass\n"
	    "& ann 192.0.2.2 DE weight=1 instance=b => pass\n"
	    "& joe 192.0.2.1 DE weight=1 instance=a => pass\n"
	    "& joe 192.0.2.2 DE weight=1 instance=b => pass\n"
	    "& joe 192.0.2.1 DE weight=1 instance=c => over_rate\n"
	    "& ann 192.0.2.2 DE weight=1 instance=b => pass\n"
	    "explain joe => rate=2/2/3600s\n"
	    "explain ann => rate=2/2/3600s\n" },
	{ "the last 64 mails are remembered",
	    "set rates 65/1h\n" MAILS("0") MAILS("1") MAILS("2") MAILS("3")
	    MAIL("00") "explain joe => rate=64/65/3600s\n"
	    MAIL("40") "explain joe => rate=65/65/3600s\n" MAIL("01")
	    "login joe 192.0.2.1 DE weight=1 instance=00 => over_rate\n" },
	{ "a blocked account is not asked for its rate",
	    "set rates 1/1h\nset countries 1\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.2 AT weight=1 => blocked cause=countries\n"
	    "login joe 192.0.2.2 AT weight=1 => blocked cause=countries\n"
	    "explain joe => rate=1/1/3600s\n" },
	{ "nor is one over its limit",
	    "set rates 2/1h\nset countries 0\nset block off\n"
	    "login joe 192.0.2.1 DE weight=1 => over_limit\n"
	    "explain joe => rate=0/2/3600s\n" },
	{ "rates hold for exempt networks",
	    "set rates 1/1h\nlogin joe exempt - weight=1 => pass\n"
	    "explain joe => known logins=0/0 rate=1/1/3600s\n"
	    "login joe exempt - weight=1 => over_rate\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate places=1/1\n" },
	{ "over a rate the login counts all the same",
	    "set rates 1/1h\nset countries 1\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 instance=x => over_rate\n"
	    "explain joe => 192.0.2.1:DE:+0s..+0s:2:in\n"
	    "login joe 192.0.2.2 AT weight=1 => blocked\n" },
	{ "rates are counted in observe mode too",
	    "set mode observe\nset rates 1/1h\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate\n" },
	{ "rates survive a block and its end",
	    "set rates 2/1h\nlogin joe 192.0.2.1 DE weight=2 => pass\n"
	    "block joe 1h => done\nat +1m\nunblock joe => done\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate\n" },
	{ "a rule that is new begins with nothing, one that stays goes on",
	    "set rates 5/1h\nlogin joe 192.0.2.1 DE weight=3 => pass\n"
	    "set rates 5/2h\nlogin joe 192.0.2.1 DE weight=2 => pass\n"
	    "explain joe => rate=5/5/3600s rate=2/5/7200s\n" },
	{ "a lower number holds for what was counted before",
	    "set rates 5/1h\nlogin joe 192.0.2.1 DE weight=4 => pass\n"
	    "override joe rates=2,3600\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate found=4/2\n" },
	{ "a clock that was a month ahead holds up nobody for a month",
	    "set rates 3/1m\nat +30d\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\nat +0s\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate found=3/3\n"
	    "at +65s\nlogin joe 192.0.2.1 DE weight=3 => pass\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate found=3/3\n" },
	{ "a clock that goes back does not forget",
	    "set rates 1/1h\nat +2h\n"
	    "login joe 192.0.2.1 DE weight=1 => pass\nat +0s\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate\nat +1h\n"
	    "login joe 192.0.2.1 DE weight=1 => over_rate\n"
	    "at +1h5m\nlogin joe 192.0.2.1 DE weight=1 => pass\n" },
	{ "a window that twelve does not divide",
	    "set rates 1/7s\nlogin joe 192.0.2.1 DE weight=1 => pass\n"
	    "at +7s-1ms\nlogin joe 192.0.2.1 DE weight=1 => over_rate\n"
	    "at +8s\nlogin joe 192.0.2.1 DE weight=1 => pass\n" },
	{ "a window of one second",
	    "set rates 1/1s\nlogin joe 192.0.2.1 DE weight=1 => pass\n"
	    "at +1s-1ms\nlogin joe 192.0.2.1 DE weight=1 => over_rate\n"
	    "at +1s+84ms\nlogin joe 192.0.2.1 DE weight=1 => pass\n" },
	{ "a mail that was asked for at another stage before weighs",
	    "set rates 1/1h\n"
	    "login joe 192.0.2.1 DE weight=0 instance=a => pass\n"
	    "login joe 192.0.2.1 DE weight=0 instance=a => pass\n"
	    "login joe 192.0.2.1 DE weight=1 instance=a => pass\n"
	    "explain joe => rate=1/1/3600s\n"
	    "login joe 192.0.2.1 DE weight=1 instance=a => pass\n"
	    "login joe 192.0.2.1 DE weight=0 instance=b => pass\n"
	    "login joe 192.0.2.1 DE weight=1 instance=b => over_rate\n" },
	{ NULL, NULL },
};
