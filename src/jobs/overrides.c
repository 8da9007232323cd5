/*
 * overrides.c -- the store's overrides, from the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/overrides.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/account_subject.h"
#include "command/print.h"
#include "jobs/override_change.h"
#include "policy/store_of.h"
#include "store/override_json.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum {
	PAGE = 500,		/* overrides read at a time */
	WORDS_SIZE = 2000,	/* of settings that are shown */
};

static int64_t
deadline(void)
{
	return clock_mono_ms() + JOB_PATIENCE_MS;
}

static struct store *
open_store(const struct job *job)
{
	struct store *store = store_of(job->config);

	store_act_as(store, job->user, "command line");
	return store;
}

/* What is to be written: what is there, with the changes over it. One whose
 * time is over counts for nothing. */
static int
lay_over(const struct override_order *order, const struct stored_override *old,
    bool is_there, struct stored_override *new)
{
	struct stored_override none = { .override.account =
	    old->override.account };
	bool is_valid = is_there && (old->valid_until_ms == 0 ||
	    old->valid_until_ms > clock_wall_ms());
	json_t *set = override_set_to_json(is_valid ? old : &none);
	char why[CHANGE_WHY_SIZE] = "";
	int status = 0;

	for (size_t i = 0; i < order->count && status == 0; i++)
		status = override_change(set, order->changes[i], why);
	if (status == 0 && order->comment != NULL)
		json_object_set_new(set, "comment",
		    json_string(order->comment));
	if (status == 0)
		status = override_from_json(set, new, why);
	if (status != 0)
		log_error("--override: %s", why);
	else if (order->duration_s >= 0)
		new->valid_until_ms = order->duration_s == 0 ? 0 :
		    clock_wall_ms() + order->duration_s * 1000;
	json_decref(set);
	return status == 0 ? EX_OK : EX_USAGE;
}

static void
show(const struct job *job, const struct stored_override *stored)
{
	json_t *object = override_to_json(stored);
	char bytes[WORDS_SIZE];
	char visible[PRINT_NAME_SIZE];
	char until[WHEN_SIZE];
	struct text words;

	if (job->is_json) {
		print_json(job->out, object);
	} else {
		text_init(&words, bytes, sizeof(bytes));
		override_words(object, &words);
		print_moment(job->out, stored->valid_until_ms, until);
		fprintf(job->out, "%s: %s%s%s\n",
		    print_name(stored->override.account, visible),
		    words.length > 0 ? bytes : "nothing of its own",
		    stored->valid_until_ms > 0 ? ", until " : "",
		    stored->valid_until_ms > 0 ? until : "");
	}
	json_decref(object);
}

/* Write it, unless somebody else was quicker, and show what is there then. */
static int
put(const struct job *job, struct store *store, struct stored_override *new,
    int64_t expected)
{
	struct stored_override found;
	int status = EX_UNAVAILABLE;

	switch (store_put_override(store, new, expected, deadline())) {
	case STORE_DONE:
		break;
	case STORE_NONE:
		log_error("the override of %s was changed at the same moment: "
		    "look at --list-overrides and try again",
		    new->override.account);
		return EX_TEMPFAIL;
	case STORE_FAILED:
	default:
		return EX_UNAVAILABLE;
	}
	if (store_find_override(store, new->override.account, &found,
		deadline()) == STORE_DONE) {
		show(job, &found);
		status = EX_OK;
	}
	stored_override_clear(&found);
	return status;
}

int
overrides_set(const struct job *job, const struct override_order *order)
{
	struct stored_override old = { .revision = 0 };
	struct stored_override new = { .revision = 0 };
	struct store *store;
	enum store_result result;
	char account[ACCOUNT_SIZE];
	int status = subject_find_for_settings(job, order->account, account);

	if (status != EX_OK)
		return status;
	store = open_store(job);
	result = store_find_override(store, account, &old, deadline());
	if (result == STORE_FAILED) {
		status = EX_UNAVAILABLE;
	} else {
		if (result == STORE_NONE) {
			memset(&old, 0, sizeof(old));
			old.override.account = mem_dup(account);
		}
		new.override.account = mem_dup(account);
		status = lay_over(order, &old, result == STORE_DONE, &new);
	}
	if (status == EX_OK)
		status = put(job, store, &new, result == STORE_DONE ?
		    old.revision : REVISION_NONE);
	stored_override_clear(&old);
	stored_override_clear(&new);
	store_close(store);
	return status;
}

int
overrides_delete(const struct job *job, const char *given)
{
	struct store *store;
	enum store_result result;
	char account[ACCOUNT_SIZE], visible[PRINT_NAME_SIZE];
	int status = subject_find(job, given, account);

	if (status != EX_OK)
		return status;
	store = open_store(job);
	result = store_delete_override(store, account, false, REVISION_ANY,
	    deadline());
	store_close(store);
	if (result == STORE_FAILED)
		return EX_UNAVAILABLE;
	if (job->is_json)
		print_outcome(job->out, account, result == STORE_DONE ?
		    "deleted" : "not found");
	else
		fprintf(job->out, "%s %s\n", print_name(account, visible),
		    result == STORE_DONE ?
		    "has the general limits again" :
		    "has no override in the store");
	return result == STORE_DONE ? EX_OK : JOB_NOT_FOUND;
}

/* --- the list --------------------------------------------------------------- */

struct listing {
	struct table *table;
	json_t *array;		/* NULL: the table */
	FILE *out;
	const char *file;	/* where those come from that nobody wrote */
};

static void
add(struct listing *listing, const struct stored_override *stored)
{
	json_t *object = override_to_json(stored);
	const char *author = stored->author != NULL ? stored->author : "";
	char bytes[WORDS_SIZE];
	char until[WHEN_SIZE];
	struct text words;
	const char *row[] = { stored->override.account, bytes, until,
		stored->author != NULL ? author : listing->file,
		stored->override.comment != NULL ?
		    stored->override.comment : "" };

	if (listing->array != NULL) {
		if (stored->author == NULL)
			json_object_set_new(object, "file",
			    json_string(listing->file));
		json_array_append(listing->array, object);
	} else {
		text_init(&words, bytes, sizeof(bytes));
		override_words(object, &words);
		print_time(listing->out, stored->valid_until_ms, until);
		table_add(listing->table, row);
	}
	json_decref(object);
}

static enum store_result
add_stored(struct listing *listing, struct store *store)
{
	char after[ACCOUNT_SIZE] = "";
	size_t count;

	do {
		struct stored_override *list = NULL;
		enum store_result result = store_list_overrides(store, after,
		    PAGE, &list, &count, deadline());

		if (result != STORE_DONE)
			return result;
		for (size_t i = 0; i < count; i++) {
			add(listing, &list[i]);
			snprintf(after, sizeof(after), "%s",
			    list[i].override.account);
			stored_override_clear(&list[i]);
		}
		free(list);
	} while (count == PAGE);
	return STORE_DONE;
}

int
overrides_list(const struct job *job)
{
	static const char *const heads[] = { "ACCOUNT", "SETTINGS", "UNTIL",
		"BY", "COMMENT", NULL };
	struct store *store = open_store(job);
	struct listing listing = { .table = table_new(heads),
		.array = job->is_json ? json_array() : NULL,
		.out = job->out, .file = job->config->path };
	enum store_result result;

	for (size_t i = 0; i < job->config->override_count; i++)
		add(&listing, &(struct stored_override){
		    .override = job->config->overrides[i] });
	result = add_stored(&listing, store);
	if (result == STORE_DONE && job->is_json)
		print_json(job->out, listing.array);
	else if (result == STORE_DONE && table_rows(listing.table) > 0)
		table_print(listing.table, job->out);
	json_decref(listing.array);
	table_free(listing.table);
	store_close(store);
	return result == STORE_DONE ? EX_OK : EX_UNAVAILABLE;
}
