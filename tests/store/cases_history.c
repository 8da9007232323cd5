/*
 * cases_history.c -- five rules on what is known of an account, in their order.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cases.h"

#include "history_steps.h"

#include <stddef.h>

const struct store_case cases_history[] = {
	{ "new countries: who has too many is blocked, settled or not",
	    "set new_places.countries.day 2\n"
	    MAIL("2", "FR") PASSES MAIL("3", "IT") PASSES
	    MAIL("4", "FR") PASSES MAIL("5", "-") PASSES
	    MAIL("2", "ES") BLOCKED("new_places.countries.day found=3/2 "
		"per=86400s until=+24h")
	    MAIL("2", "FR") " => blocked not_new "
		"cause=new_places.countries.day found=3/2\n"
	    "explain joe => block=new_places.countries.day found=3/2 "
	    "attempts=1 client=198.51.100.1/ES\n" },
	{ "new countries of a day and no longer",
	    "set new_places.countries.day 1\n" MAIL("2", "FR") PASSES
	    "at +24h-1ms\n" MAIL("2", "IT") BLOCKED("new_places.countries.day")
	    UNBLOCKED "at +30h\n" MAIL("2", "FR") PASSES
	    "at +54h\n" MAIL("2", "IT") PASSES },
	{ "a country that is known is not new, nor that of a known place",
	    LIVED "set new_places.countries.day 0\n" MAIL("1", "FR") PASSES
	    MAIL("2", "DE") PASSES
	    MAIL("2", "FR") BLOCKED("new_places.countries.day found=1/0") },
	{ "new places of an hour",
	    LIVED "set new_places.places.hour 2\n" MAIL("2", "DE") PASSES
	    MAIL("3", "DE") PASSES HOME PASSES MAIL("2", "DE") PASSES
	    MAIL("4", "DE") BLOCKED("new_places.places.hour found=3/2 "
		"per=3600s") },
	{ "one of an hour ago is none of the hour",
	    LIVED "set new_places.places.hour 1\n" MAIL("2", "DE") PASSES
	    "at +8d1h\n" MAIL("3", "DE") PASSES "at +8d2h-1ms\n"
	    MAIL("4", "DE") BLOCKED("new_places.places.hour found=2/1") },
	{ "new places of a day",
	    LIVED "set new_places.places.day 1\n" MAIL("2", "DE") PASSES
	    "at +8d12h\n" MAIL("3", "DE") BLOCKED("new_places.places.day "
		"found=2/1 per=86400s") },
	{ "new places of an account that is not settled are no matter",
	    "set new_places.places.hour 0\nset new_places.places.day 0\n"
	    HOME " days=5" PASSES "at +4d1h\n" MAIL("2", "FR") PASSES
	    "at +5d\n"
	    MAIL("2", "FR") BLOCKED("new_places.places.hour found=1/0") },
	{ "a burst in an hour",
	    "set bursts.hour.mails 5\n" HOME " mails=5" PASSES
	    HOME BLOCKED("bursts.hour found=6/5 per=3600s") },
	{ "a burst in a day",
	    "set bursts.day.mails 5\n" HOME " mails=5" PASSES
	    "at +23h\n" HOME BLOCKED("bursts.day found=6/5 per=86400s") },
	{ "what an account has sent in an hour it may send twice",
	    "set bursts.hour.mails 5\n" HOME " mails=4 days=2" PASSES
	    "at +2d\n" HOME " mails=8" PASSES
	    HOME BLOCKED("bursts.hour found=9/8") },
	{ "and in a day three times, by a factor of one's own",
	    "set bursts.day.mails 5\nset bursts.day.factor 2.5\n"
	    HOME " mails=5" PASSES "at +30h\n" HOME " mails=12" PASSES
	    HOME BLOCKED("bursts.day found=13/12") },
	{ "a burst from a place that is known for days only",
	    LIVED "set bursts.young.hour 3\nset bursts.young.days 5\n"
	    "set bursts.young.around false\n" MAIL("2", "DE") " days=2" PASSES
	    "at +10d\n" HOME " mails=9" PASSES
	    MAIL("2", "DE") " mails=3" PASSES
	    MAIL("2", "DE") BLOCKED("bursts.young.hour found=4/3 per=3600s") },
	{ "a burst from an unknown corner of a known system",
	    LIVED "set bursts.young.day 2\nset bursts.day.factor 0\n" HOME " mails=9" PASSES
	    MAIL("1", "DE") " mails=2" PASSES HOME PASSES
	    MAIL("1", "DE") BLOCKED("bursts.young.day found=3/2 "
		"per=86400s") },
	{ "a little every day from where the account never was",
	    LIVED "set bursts.young.week 9\nset bursts.young.factor 0\n"
	    "set bursts.young.days 5\n"
	    MAIL("2", "DE") " mails=2 days=2" PASSES "at +10d\n"
	    HOME " mails=9" PASSES MAIL("2", "DE") " mails=5" PASSES
	    MAIL("2", "DE") BLOCKED("bursts.young.week found=10/9 "
		"per=604800s") },
	{ "mail from new places has a quota in an hour",
	    LIVED "set new_places.quota.hour 2\n" MAIL("2", "DE") " mails=2"
	    PASSES
	    MAIL("2", "DE") DEFERRED("new_places.quota.hour found=3/2 "
		"per=3600s")
	    MAIL("3", "DE") DEFERRED("new_places.quota.hour found=3/2")
	    HOME PASSES "at +8d65m-1ms\n" MAIL("3", "DE")
	    DEFERRED("new_places.quota.hour") "at +8d65m\n"
	    MAIL("3", "DE") PASSES "list => count=0\n" },
	{ "and in a day",
	    LIVED "set new_places.quota.day 2\n" MAIL("2", "DE") " mails=2"
	    PASSES "at +8d20h\n" MAIL("2", "DE")
	    DEFERRED("new_places.quota.day found=3/2 per=86400s")
	    "at +9d2h\n" MAIL("2", "DE") PASSES },
	{ "one who begins has a quota of his own",
	    "set new_places.quota.hour 0\nset new_places.beginner.hour 2\n"
	    "set new_places.beginner.day 3\n" HOME " mails=2" PASSES
	    HOME DEFERRED("new_places.quota.hour found=3/2") "at +2h\n"
	    HOME PASSES HOME DEFERRED("new_places.quota.day found=4/3") },
	{ "who sends more may send more from new places",
	    HOME " mails=3 days=8" PASSES "at +8d\n"
	    "set new_places.quota.hour 1\n" MAIL("2", "DE") " mails=3" PASSES
	    MAIL("2", "DE") DEFERRED("new_places.quota.hour found=4/3") },
	{ "deferred on too many days of seven",
	    QUIET "set new_places.quota.hour 0\nset new_places.deferrals 2\n"
	    MAIL("2", "DE") " mails=3" DEFERRED("new_places.quota.hour")
	    "at +18d\n" MAIL("2", "DE") DEFERRED("new_places.quota.hour")
	    "at +24d\n" MAIL("3", "DE") BLOCKED("new_places.deferrals "
		"found=2/1 per=604800s") },
	{ "deferred for too long",
	    QUIET "set new_places.quota.hour 0\nset new_places.patience 2\n"
	    MAIL("2", "DE") " mails=9" DEFERRED("new_places.quota.hour")
	    "at +11d30m\n" MAIL("2", "DE") " mails=9"
	    DEFERRED("new_places.quota.hour") "at +11d1h\n"
	    MAIL("3", "DE") BLOCKED("new_places.patience found=3/2 "
		"per=3900s") },
	{ "each rule before the next, and before limits, and these before "
	  "rates",
	    QUIET "set new_places.countries.day 0\n"
	    "set new_places.places.hour 0\nset new_places.places.day 0\n"
	    "set bursts.hour.mails 1\nset bursts.day.mails 1\n"
	    "set new_places.quota.hour 0\nset new_places.quota.day 0\n"
	    "set networks 1\nset rates 1/1h\n"
	    MAIL("2", "FR") BLOCKED("new_places.countries.day") UNBLOCKED
	    "set new_places.countries.day unlimited\n"
	    MAIL("2", "FR") BLOCKED("new_places.places.hour") UNBLOCKED
	    "set new_places.places.hour unlimited\n"
	    MAIL("2", "FR") BLOCKED("new_places.places.day") UNBLOCKED
	    "set new_places.places.day unlimited\n"
	    MAIL("2", "FR") DEFERRED("new_places.quota.hour")
	    MAIL("2", "FR") BLOCKED("bursts.hour") UNBLOCKED
	    "set bursts.hour.mails unlimited\n"
	    MAIL("2", "FR") DEFERRED("new_places.quota.hour")
	    MAIL("2", "FR") BLOCKED("bursts.day") UNBLOCKED
	    "set bursts.day.mails unlimited\n"
	    "at +11d1m\n" MAIL("2", "FR") DEFERRED("new_places.quota.hour")
	    "set new_places.quota.hour unlimited\n"
	    "login joe 198.51.100.2 FR asn=2"
		DEFERRED("new_places.quota.day")
	    "set new_places.quota.day unlimited\n"
	    MAIL("2", "FR") " weight=2" BLOCKED("networks") UNBLOCKED
	    MAIL("2", "FR") " weight=2 => over_rate cause=rate\n" },
	{ "deferred mail is not counted by rates, its login is by limits",
	    QUIET "set new_places.quota.hour 0\nset networks 1\n"
	    "set rates 1/1h\n" MAIL("2", "DE") " weight=1"
	    DEFERRED("new_places.quota.hour")
	    "explain joe => rate=0/1/3600s\n"
	    HOME " weight=1" BLOCKED("networks") },
	{ "mails of one round, each after the other",
	    LIVED "set new_places.quota.hour 1\n"
	    "set new_places.beginner.hour 2\n" MAIL("2", "DE") PASSES
	    "& joe 198.51.100.1 DE asn=2" DEFERRED("new_places.quota.hour")
	    "& ann 198.51.100.1 DE asn=2" PASSES
	    "& ann 198.51.100.1 DE asn=2" PASSES
	    "& ann 198.51.100.1 DE asn=2" DEFERRED("new_places.quota.hour")
	    "& joe 192.0.2.1 DE asn=1" PASSES },
	{ "what passed from memory counts, and a further recipient does not",
	    "login joe 192.0.2.1 DE instance=a => pass\n"
	    "login joe 192.0.2.1 DE held=3 instance=c counted => pass\n"
	    "explain joe => hour=4,0,4,0 "
	    "192.0.2.1:DE:+0s..+0s:4:in\n"
	    "login joe 192.0.2.1 DE held=2 instance=d => pass\n"
	    "explain joe => hour=7,0,7,0 "
	    "192.0.2.1:DE:+0s..+0s:7:in\n" },
	{ "and teaches of the day on which it came",
	    HOME PASSES "at +1d1h\nlogin joe 192.0.2.1 DE asn=1 held=2 ago=2 "
	    "only => pass\n" "explain joe => days=1 has=AS1:1 in=DE:1\n"
	    "login joe 192.0.2.1 DE asn=1 held=2 only => pass\n"
	    "explain joe => days=1 has=AS1:1t in=DE:1t\n"
	    "at +3d1h\nlogin joe 192.0.2.1 DE asn=1 held=2 ago=20 only => pass\n"
	    "explain joe => days=3 has=AS1:3 in=DE:3\n"
	    "at +70d1h\nlogin joe 192.0.2.1 DE asn=1 held=2 ago=1600 only => "
	    "pass\n" "explain joe => days=0\n" },
	{ NULL, NULL },
};
