/*
 * delivery.h -- how a notification fared, whichever way it went.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef MAIL_DELIVERY_H
#define MAIL_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>

enum delivery {
	DELIVERY_DONE,		/* it is there */
	DELIVERY_PARTLY,	/* mail: some recipients have it, see each */
	DELIVERY_RETRY,		/* not there; try again later */
	DELIVERY_REFUSED,	/* not there, and never will be */
};

enum { DELIVERY_TEXT = 256 };

/* What became of it for one recipient. */
struct fate {
	enum delivery result;	/* DONE, RETRY or REFUSED */
	bool is_down;	/* RETRY: anything else would have fared alike */
	char text[DELIVERY_TEXT];	/* what was answered, or why not */
};

struct delivery_report {
	enum delivery result;
	bool is_down;		/* for everybody */
	char text[DELIVERY_TEXT];	/* what happened, for the log */
	size_t count;
	struct fate *fates;	/* of each recipient, in their order; programs
				 * and webhooks are one recipient */
};

#endif
