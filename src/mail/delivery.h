/*
 * delivery.h -- how a notification fared, whichever way it went.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef MAIL_DELIVERY_H
#define MAIL_DELIVERY_H

enum delivery {
	DELIVERY_DONE,		/* it is there */
	DELIVERY_PARTLY,	/* mail: some recipients have it, see each */
	DELIVERY_RETRY,		/* not there; try again later */
	DELIVERY_REFUSED,	/* not there, and never will be */
};

enum { DELIVERY_TEXT = 256 };

#endif
