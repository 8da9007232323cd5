/*
 * note_observed.c -- note what came of a request, for who looks later.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/note_observed.h"

#include "base/clock.h"

#include <string.h>

void
note_check(struct noted *noted, const struct config *config,
    const struct check *check)
{
	const struct finding *finding = &check->finding;
	struct note note = { .kind = finding->would_block ? NOTE_WOULD :
							     NOTE_ATTEMPT };
	size_t length = strlen(check->account);
	bool is_attempt = finding->verdict == VERDICT_BLOCKED &&
	    !finding->is_new_block && check->login.network.bits != 0;

	if (noted == NULL || check->result != STORE_DONE ||
	    (!finding->would_block && !is_attempt) ||
	    length >= sizeof(note.account))
		return;
	memcpy(note.account, check->account, length + 1);
	note.client = check->login.client;
	note.network = check->login.network;
	memcpy(note.country, check->login.country, sizeof(note.country));
	note.asn = check->login.asn;
	note.at_ms = clock_mono_ms();
	if (finding->would_block) {
		note.cause = finding->cause;
		note.found = finding->found;
		note.limit = finding->limit;
		note.per_s = finding->per_s;
		note.duration_s = config->block.duration_s;
		/* Whatever it is from next. */
		memset(&note.network, 0, sizeof(note.network));
	}
	noted_add(noted, &note);
}
