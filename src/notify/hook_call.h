/*
 * hook_call.h -- tell a program or a web server of an event.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_HOOK_CALL_H
#define NOTIFY_HOOK_CALL_H

#include "config/notify_options.h"
#include "mail/delivery_errand.h"

/* What they get: see event_export. */
struct call {
	const struct notify_options *options;
	const char *id, *json;
};

/* Longest time for one. */
enum { CALL_S = 30 };

/*
 * Run notify.exec, or post to notify.webhook. Neither is called back once it
 * has begun: nobody could tell how far it got.
 */
void call_program(struct errand *, const struct call *);
void call_webhook(struct errand *, const struct call *);

#endif
