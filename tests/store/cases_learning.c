/*
 * cases_learning.c -- what teaches the history of an account, and what does not.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "hour=A,Y,N,P": attempts, those from young places, mails passed from new
 * ones, the peak; likewise "day="; "has=AS2:3t": see tell.c.
 */
#include "cases.h"

#include "history_steps.h"

#include <stddef.h>

#define SHOWS(what) "explain joe => " what "\n"

const struct store_case cases_learning[] = {
	{ "days with mail that passed",
	    MAIL("2", "FR") " mails=3 days=3" PASSES
	    SHOWS("days=2 has=AS2:2t around=198.51.0.0/16:2t in=FR:2t "
		"hour=3,0,0,3")
	    "at +3d\n" SHOWS("days=3 has=AS2:3 in=FR:3 hour=0,0,0,3") },
	{ "a day is one of UTC",
	    "at +24h-1ms\n" MAIL("2", "FR") PASSES "at +24h\n"
	    MAIL("2", "FR") PASSES SHOWS("days=1 has=AS2:1t") "at +48h\n"
	    SHOWS("days=2 has=AS2:2") },
	{ "a day is remembered for 60",
	    MAIL("2", "FR") PASSES "at +60d\n" MAIL("3", "IT") PASSES
	    SHOWS("days=1 has=AS2:1 has=AS3:0t in=FR:1 in=IT:0t") "at +61d\n"
	    MAIL("3", "IT") PASSES SHOWS("days=1 has=AS3:1t in=IT:1t") },
	{ "a network where no system is known",
	    "login joe 198.51.100.1 - days=2 => pass\n"
	    "login joe 2001:db8:1234::1 - => pass\n"
	    SHOWS("has=198.51.0.0/16:1t has=2001:db8::/32:0t "
		"around=198.51.0.0/16:1t around=2001:db8:1200::/40:0t") },
	{ "peaks fade by a part a day",
	    "set history.decay 0.5\n" HOME " mails=8" PASSES "at +1d\n"
	    HOME PASSES SHOWS("hour=1,0,1,8 day=9,0,9,8") "at +3d\n"
	    HOME PASSES SHOWS("hour=1,0,0,2") },
	{ "a deferral bars the day of its place, and no other",
	    LIVED "set new_places.quota.hour 1\n" MAIL("2", "DE") PASSES
	    SHOWS("has=AS2:0t") MAIL("2", "DE")
	    DEFERRED("new_places.quota.hour") SHOWS("has=AS2:0b has=AS1:8")
	    "at +8d2h\n" MAIL("2", "DE") PASSES SHOWS("has=AS2:0b")
	    HOME PASSES SHOWS("has=AS1:8t") "at +9d\n"
	    MAIL("2", "DE") PASSES SHOWS("has=AS2:0t") },
	{ "so that a slow thief is never known",
	    LIVED "set new_places.quota.day 2\nset new_places.deferrals 3\n"
	    MAIL("2", "DE") " mails=3" DEFERRED("new_places.quota.day")
	    "at +9d2h\n" MAIL("2", "DE") " mails=3"
	    DEFERRED("new_places.quota.day") "at +10d4h\n"
	    MAIL("2", "DE") " mails=3" BLOCKED("new_places.deferrals")
	    SHOWS("has=AS2:0b") },
	{ "a block by a rule unlearns what new places sent today",
	    LIVED "set new_places.places.hour 1\n" MAIL("2", "FR") PASSES
	    HOME PASSES SHOWS("has=AS1:8t has=AS2:0t")
	    MAIL("3", "FR") BLOCKED("new_places.places.hour")
	    SHOWS("has=AS1:8t has=AS2:0b has=AS3:0b") },
	{ "and yesterday not",
	    LIVED "set new_places.places.day 1\nat +8d23h\n"
	    MAIL("2", "FR") PASSES "at +9d1h\n" MAIL("3", "FR")
	    BLOCKED("new_places.places.day") SHOWS("has=AS2:1 has=AS3:0b") },
	{ "a block by a limit unlearns",
	    LIVED "set networks 1\n" MAIL("2", "FR") PASSES
	    HOME BLOCKED("networks") SHOWS("has=AS1:8 has=AS2:0b") },
	{ "a block by hand unlearns",
	    LIVED MAIL("2", "FR") PASSES HOME PASSES "block joe 1h => done\n"
	    SHOWS("has=AS1:8t has=AS2:0b") },
	{ "while an account is blocked nothing moves",
	    LIVED MAIL("2", "FR") PASSES "block joe 0 => done\nat +12d\n"
	    MAIL("2", "FR") " mails=9 => blocked\n" HOME " => blocked\n"
	    UNBLOCKED HOME PASSES SHOWS("days=9 has=AS1:8t hour=1,0,0,0") },
	{ "an unblock: a fresh count, and what is known stays",
	    LIVED "set new_places.places.hour 2\n"
	    "set new_places.quota.hour 3\n" MAIL("2", "FR") " mails=2" PASSES
	    MAIL("3", "FR") PASSES SHOWS("hour=3,0,3,1")
	    MAIL("4", "FR") BLOCKED("new_places.places.hour") UNBLOCKED
	    SHOWS("hour=0,0,0,1 has=AS1:8 has=AS2:0b")
	    MAIL("3", "FR") " mails=3" PASSES
	    MAIL("4", "FR") DEFERRED("new_places.quota.hour")
	    MAIL("5", "FR") BLOCKED("new_places.places.hour") },
	{ "an unblock forgets deferrals",
	    QUIET "set new_places.quota.hour 0\nset new_places.deferrals 2\n"
	    MAIL("2", "FR") DEFERRED("new_places.quota.hour")
	    "block joe 0 => done\n" UNBLOCKED "at +12d\n"
	    MAIL("2", "FR") DEFERRED("new_places.quota.hour") "at +13d\n"
	    MAIL("2", "FR") BLOCKED("new_places.deferrals") },
	{ "so does a block whose time is over",
	    LIVED "set duration 1h\nset new_places.places.hour 1\n"
	    MAIL("2", "FR") PASSES
	    MAIL("3", "FR") BLOCKED("new_places.places.hour") "at +8d1h-1ms\n"
	    MAIL("3", "FR") " => blocked not_new\n" "at +8d1h\n"
	    MAIL("3", "FR") PASSES
	    MAIL("2", "FR") BLOCKED("new_places.places.hour") },
	{ "a mail is a mail once, however many recipients ask",
	    LIVED "set new_places.quota.hour 1\n"
	    MAIL("2", "FR") " instance=a mails=5" PASSES
	    SHOWS("hour=1,0,1,1") MAIL("2", "FR") " instance=b"
	    DEFERRED("new_places.quota.hour") MAIL("2", "FR") " instance=a"
	    PASSES },
	{ "the instance of another client is another mail",
	    LIVED "set new_places.quota.hour 1\n"
	    MAIL("2", "FR") " instance=a" PASSES
	    "login joe 198.51.100.2 FR asn=2 instance=a"
	    DEFERRED("new_places.quota.hour") },
	{ "one that was deferred and asks again is one attempt",
	    QUIET "set new_places.quota.hour 0\n"
	    MAIL("2", "FR") " instance=a mails=4"
	    DEFERRED("new_places.quota.hour") SHOWS("hour=1,0,0,0")
	    MAIL("2", "FR") " instance=b" DEFERRED("new_places.quota.hour")
	    MAIL("2", "FR") " instance=a" DEFERRED("new_places.quota.hour")
	    SHOWS("hour=3,0,0,0") },
	{ "who observes blocks nobody, and would-be blocks teach nothing",
	    LIVED "set mode observe\nset new_places.places.hour 1\n"
	    MAIL("2", "FR") PASSES MAIL("3", "FR") " => blocked not_new "
		"cause=new_places.places.hour found=2/1 until=0\n"
	    SHOWS("has=AS1:8 has=AS2:0b has=AS3:0b hour=2,0,1,1")
	    "list => count=0\n" HOME " => blocked not_new\nat +8d1h\n"
	    HOME PASSES SHOWS("has=AS1:8t") },
	{ "who observes defers nothing, and would-be deferrals bar",
	    LIVED "set mode observe\nset new_places.quota.hour 1\n"
	    "set new_places.deferrals 2\n" MAIL("2", "FR") PASSES
	    MAIL("2", "FR") DEFERRED("new_places.quota.hour")
	    SHOWS("has=AS2:0b") "at +9d\n" MAIL("2", "FR") PASSES
	    MAIL("2", "FR") " => blocked not_new "
		"cause=new_places.deferrals\nlist => count=0\n" },
	{ "where nothing is blocked mail over a rule is refused, and no more",
	    LIVED "set block off\nset new_places.places.hour 1\n"
	    MAIL("2", "FR") PASSES MAIL("3", "FR") " => over_limit "
		"cause=new_places.places.hour found=2/1\n"
	    SHOWS("has=AS2:0t hour=2,0,1,1") "list => count=0\n"
	    "at +8d1h\n" MAIL("3", "FR") PASSES },
	{ "deferrals are the same where nothing is blocked",
	    QUIET "set block off\nset new_places.quota.hour 0\n"
	    "set new_places.deferrals 1\n" MAIL("2", "FR")
	    " => over_limit cause=new_places.deferrals found=1/0\n"
	    "set new_places.deferrals unlimited\n"
	    MAIL("2", "FR") DEFERRED("new_places.quota.hour") },
	{ "exempt networks and providers are never new, and not learned",
	    LIVED "set new_places.quota.hour 0\n"
	    "set new_places.countries.day 0\nset new_places.places.hour 0\n"
	    "login joe exempt - mails=5 => pass\n"
	    "login joe 203.0.113.1 US asn=3 provider mails=5 => pass\n"
	    SHOWS("has=AS1:8 in=DE:8 around=192.0.0.0/16:8 hour=10,0,0,1 "
		"logins=1/1") },
	{ "but they are days with mail, and mails that burst",
	    "set bursts.hour.mails 3\n"
	    "login joe exempt - mails=2 days=3 => pass\n"
	    SHOWS("days=2 hour=2,0,0,2")
	    "login joe 203.0.113.1 US asn=3 provider mails=2 => pass\n"
	    "login joe exempt - " BLOCKED("bursts.hour found=5/4") },
	{ "where somebody may log in from is said already: bursts alone",
	    LIVED "set only_countries DE\nset new_places.quota.hour 0\n"
	    "set new_places.places.hour 0\nset bursts.hour.mails 3\n"
	    "set bursts.young.hour 1\n" MAIL("2", "DE") " mails=3" PASSES
	    SHOWS("has=AS1:8 hour=3,0,0,1")
	    MAIL("2", "DE") BLOCKED("bursts.hour found=4/3") },
	{ "until the store has learned for long all but two rules keep silent",
	    "set warm_up 7d\nlearned +0s => done\n"
	    "set new_places.beginner.hour 0\nset bursts.hour.mails 1\n"
	    "set new_places.countries.day 1\nat +7d-1ms\n"
	    MAIL("2", "FR") " mails=3" PASSES
	    MAIL("2", "IT") BLOCKED("new_places.countries.day") },
	{ "then all speak",
	    "set warm_up 7d\nlearned +0s => done\nat +7d\n"
	    "set new_places.beginner.hour 0\n"
	    MAIL("2", "FR") DEFERRED("new_places.quota.hour") },
	{ "mail that passed long ago is learned whatever the rules say",
	    "learn on\nset new_places.beginner.hour 0\n"
	    "set new_places.countries.day 0\nset bursts.hour.mails 1\n"
	    "set networks 0\nset rates 8/1h\n"
	    MAIL("2", "FR") " days=3 mails=4 weight=9" PASSES
	    SHOWS("days=2 has=AS2:2t hour=4,0,0,4 rate=0/8/3600s")
	    "learn off\nset networks 10\nat +3d\n"
	    MAIL("2", "FR") " mails=8 weight=1" PASSES
	    MAIL("2", "FR") BLOCKED("bursts.hour found=9/8") },
	{ "a clock that was ahead: what it left is of now",
	    LIVED "set new_places.quota.hour 2\nset new_places.places.day 1\n"
	    "at +40d\n" MAIL("2", "FR") PASSES "at +10d\n"
	    SHOWS("has=AS2:0t hour=1,0,1,1")
	    MAIL("2", "FR") PASSES
	    MAIL("2", "FR") DEFERRED("new_places.quota.hour") "at +10d12h\n"
	    MAIL("3", "FR") BLOCKED("new_places.places.day found=2/1") },
	{ "a small step about midnight turns no day twice",
	    "at +24h+1ms\n" MAIL("2", "FR") PASSES "at +24h-1ms\n"
	    MAIL("2", "FR") PASSES "at +24h+2ms\n" MAIL("2", "FR") PASSES
	    SHOWS("days=0 has=AS2:0t hour=3,0,3,0") },
	{ "a clock that goes ahead for good forgets",
	    LIVED "at +400d\n" HOME PASSES
	    SHOWS("days=0 has=AS1:0t in=DE:0t hour=1,0,1,1") },
	{ NULL, NULL },
};
