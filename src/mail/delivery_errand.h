/*
 * delivery_errand.h -- a delivery under way, in a process of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The process tells each recipient's fate as soon as it is known: what was
 * taken can be written down before the connection is taken leave of. If it
 * ends before it has told all, by its deadline say, the rest is to be tried
 * again.
 */
#ifndef MAIL_DELIVERY_ERRAND_H
#define MAIL_DELIVERY_ERRAND_H

#include "mail/delivery.h"
#include "server/task_process.h"

/* --- who sends --- */

struct errand {
	struct task task;
	struct delivery_report report;	/* whole once errand_hear says so */
	size_t told;		/* fates that are known */
	bool is_handed_over;	/* it may have been taken: let it go on */
	bool is_over;		/* it has nothing more to say */
	bool *is_told;
};

struct voice;

struct errand_order {
	size_t recipients;
	/* Runs in the new process, on a copy of all that data points to. */
	void (*work)(struct voice *, const void *data);
	const void *data;
	uint32_t timeout_ms;	/* for the whole of it */
};

/* Start it. What could not be started is known at once: try again. */
void errand_start(struct errand *, const struct errand_order *);

/*
 * Take what it has said. Return whether all fates are known. task.fd can be
 * waited on for reading until is_over.
 */
bool errand_hear(struct errand *);

/* Wait until all fates are known. */
void errand_wait(struct errand *);

/* End it if nobody can have taken it yet; it counts as not tried then. */
void errand_call_back(struct errand *);

/* Wait for its end, which is near once all fates are known; free it. */
void errand_end(struct errand *);

/* --- who delivers --- */

/* A fate; a second one of the same recipient is not told. */
void voice_tell(struct voice *, size_t recipient, enum delivery,
    const char *text);
/* The fate of all whose own was not told; is_down: nothing gets there. */
void voice_tell_all(struct voice *, enum delivery, bool is_down,
    const char *text);
bool voice_is_told(const struct voice *, size_t recipient);

/*
 * From now on it may be taken. If nobody listens any more, this ends the
 * process: it would be delivered again.
 */
void voice_hand_over(struct voice *);

#endif
