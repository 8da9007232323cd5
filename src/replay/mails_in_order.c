/*
 * mails_in_order.c -- all mails of several logs, in the order of their times.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/mails_in_order.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
	WAITING_MAX = 65536,
	WAITING_MS = 600000,
};

struct mails {
	struct reading *reading;
	/* A heap: none is later than its two children, at 2i + 1, 2i + 2. */
	struct source **sources;
	size_t source_count;
	/* Mails that wait for their recipients: a ring, the oldest first, and
	 * the same by host and queue id. */
	struct entry *waiting[WAITING_MAX];
	size_t first, count;
	int64_t newest_ms;
	struct entry *by_id[WAITING_MAX];
};

/* --- in the order of time ------------------------------------------------ */

static bool
is_before(const struct mails *mails, size_t i, size_t k)
{
	const struct source *one = mails->sources[i];
	const struct source *other = mails->sources[k];

	if (source_when(one) != source_when(other))
		return source_when(one) < source_when(other);
	return !source_is_last(one) && source_is_last(other);
}

/* The source at i may be later than before: let it sink. */
static void
sink(struct mails *mails, size_t i)
{
	for (;;) {
		size_t least = i;

		for (size_t child = 2 * i + 1;
		     child <= 2 * i + 2 && child < mails->source_count;
		     child++)
			if (is_before(mails, child, least))
				least = child;
		if (least == i)
			return;
		struct source *other = mails->sources[i];
		mails->sources[i] = mails->sources[least];
		mails->sources[least] = other;
		i = least;
	}
}

struct mails *
mails_open(char *const *paths, size_t count, struct reading *reading)
{
	struct mails *mails = mem_new(1, sizeof(*mails));

	mails->reading = reading;
	mails->sources = mem_new(count + 1, sizeof(struct source *));
	for (size_t i = 0; i < count; i++) {
		mails->sources[i] = source_open(paths[i], reading);
		if (mails->sources[i] == NULL) {
			mails_close(mails);
			return NULL;
		}
		mails->source_count++;
	}
	for (size_t i = count; i-- > 0;)
		sink(mails, i);
	return mails;
}

void
mails_close(struct mails *mails)
{
	if (mails == NULL)
		return;
	for (size_t i = 0; i < mails->source_count; i++)
		source_close(mails->sources[i]);
	for (size_t i = 0; i < mails->count; i++)
		free(mails->waiting[(mails->first + i) % WAITING_MAX]);
	free(mails->sources);
	free(mails);
}

static struct entry *
next_entry(struct mails *mails)
{
	struct entry *entry = NULL;

	while (entry == NULL && mails->source_count > 0 &&
	    source_when(mails->sources[0]) != INT64_MAX) {
		entry = source_next(mails->sources[0]);
		sink(mails, 0);
	}
	return entry;
}

/* --- recipients ---------------------------------------------------------- */

static struct entry **
bucket(struct mails *mails, const char *id)
{
	return &mails->by_id[hash_text(id) % WAITING_MAX];
}

static struct entry **
find(struct mails *mails, const char *id)
{
	struct entry **at = bucket(mails, id);

	while (*at != NULL && strcmp((*at)->mail, id) != 0)
		at = &(*at)->next;
	return at;
}

static void
wait_for_recipients(struct mails *mails, struct entry *mail)
{
	mails->waiting[(mails->first + mails->count++) % WAITING_MAX] = mail;
	if (mail->at_ms > mails->newest_ms)
		mails->newest_ms = mail->at_ms;
	if (mail->kind == ENTRY_MAIL) {
		struct entry **at = bucket(mails, mail->mail);

		/* A queue id is used again: the newest is found first. */
		mail->next = *at;
		*at = mail;
	}
}

static void
tell_recipients(struct mails *mails, const struct entry *entry)
{
	struct entry *mail = *find(mails, entry->mail);

	/* It is told again with each try to deliver. */
	if (mail != NULL && mail->recipients == 0)
		mail->recipients = entry->recipients;
}

/* The oldest mail, if it need not wait any more. */
static struct entry *
oldest(struct mails *mails, bool is_last)
{
	struct entry *mail = mails->waiting[mails->first];

	if (mails->count == 0 || (!is_last && mails->count < WAITING_MAX &&
		mail->kind == ENTRY_MAIL && mail->recipients == 0 &&
		mails->newest_ms < mail->at_ms + WAITING_MS))
		return NULL;
	mails->first = (mails->first + 1) % WAITING_MAX;
	mails->count--;
	for (struct entry **at = bucket(mails, mail->mail); *at != NULL;
	     at = &(*at)->next)
		if (*at == mail) {
			*at = mail->next;
			break;
		}
	mail->next = NULL;
	return mail;
}

struct entry *
mails_next(struct mails *mails)
{
	for (;;) {
		struct entry *mail = oldest(mails, false);
		struct entry *entry;

		if (mail != NULL)
			return mail;
		entry = next_entry(mails);
		if (entry == NULL)
			return oldest(mails, true);
		if (!mails->reading->wants_recipients)
			return entry;
		if (entry->kind == ENTRY_RECIPIENTS) {
			tell_recipients(mails, entry);
			free(entry);
		} else {
			wait_for_recipients(mails, entry);
		}
	}
}
