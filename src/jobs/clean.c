/*
 * clean.c -- the cron job.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/clean.h"

#include "base/clock.h"
#include "base/log.h"
#include "facts/store.h"
#include "jobs/print.h"
#include "policy/limits.h"

#include <sysexits.h>

enum {
	/* Rows looked at in one transaction, which keeps it short. */
	BATCH = 1000,
	/* A table of many millions of rows takes its time. */
	PATIENCE_MS = 6 * 3600 * 1000,
};

int
clean_run(const struct job *job)
{
	struct store *store = store_open(job->config, &limits_policy);
	int64_t deadline_ms = clock_mono_ms() + PATIENCE_MS;
	struct cleaned cleaned;
	uint64_t ended = 0;
	enum store_result result;

	result = store_expire(store, &ended, deadline_ms);
	if (result == STORE_DONE)
		result = store_clean(store, job->config->store.retention_s,
		    BATCH, &cleaned, deadline_ms);
	store_close(store);
	if (result == STORE_FAILED)
		return EX_UNAVAILABLE;
	if (result == STORE_NONE) {
		log_warning("another --clean is at work on this store");
		return EX_TEMPFAIL;
	}
	if (job->is_json) {
		json_t *document = json_pack("{sI sI sI sI}",
		    "ended_blocks", (json_int_t)ended,
		    "logins", (json_int_t)cleaned.logins,
		    "blocks", (json_int_t)cleaned.blocks,
		    "accounts", (json_int_t)cleaned.accounts);

		print_json(job->out, document);
		json_decref(document);
	} else {
		fprintf(job->out, "ended %llu blocks; deleted %llu logins, "
		    "%llu old blocks, %llu idle accounts\n",
		    (unsigned long long)ended,
		    (unsigned long long)cleaned.logins,
		    (unsigned long long)cleaned.blocks,
		    (unsigned long long)cleaned.accounts);
	}
	return EX_OK;
}
