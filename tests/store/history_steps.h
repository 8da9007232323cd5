/*
 * history_steps.h -- steps that cases of detection by history are made of.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scripts begin at midnight. LIVED: joe has sent from AS1 in DE for eight days
 * and so is settled; it is the ninth.
 */
#ifndef TESTS_STORE_HISTORY_STEPS_H
#define TESTS_STORE_HISTORY_STEPS_H

#define HOME "login joe 192.0.2.1 DE asn=1"
#define MAIL(place, country)                                                   \
	"login joe 198.51.100.1 " country " asn=" place
#define PASSES " => pass\n"
#define BLOCKED(why) " => blocked new cause=" why "\n"
#define DEFERRED(why) " => deferred cause=" why "\n"
#define UNBLOCKED "unblock joe => done\n"
/* Two days later nothing is left of his peaks. */
#define QUIET                                                                  \
	"set history.decay 0\n" LIVED "at +9d\n" MAIL("9", "DE") PASSES        \
	"at +11d\n"
#define LIVED HOME " days=8" PASSES "at +8d\n"

#endif
