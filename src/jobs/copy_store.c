/*
 * copy_store.c -- carry a store over to another one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/copy_store.h"

#include "base/clock.h"
#include "base/log.h"
#include "command/history_copy.h"
#include "command/override_copy.h"
#include "command/print.h"
#include "directory/account_name.h"
#include "command/progress.h"
#include "policy/store_of.h"
#include "store/store.h"
#include "store/warm_up.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { PAGE = 1000, PAGE_MS = 60000, INIT_MS = 600000 };

struct copy {
	struct store *from, *to;
	uint64_t accounts, blocks, logins, overrides;
	struct progress progress;
};

static int64_t
deadline(void)
{
	return clock_mono_ms() + PAGE_MS;
}

static bool
copy_accounts(struct copy *copy)
{
	char after[ACCOUNT_SIZE] = "";
	struct saved_account *page;
	enum store_result result;
	size_t count;

	do {
		if (store_save_accounts(copy->from, after, PAGE, &page,
			&count, deadline()) != STORE_DONE)
			return false;
		result = store_load_accounts(copy->to, page, count,
		    deadline());
		for (size_t i = 0; i < count; i++) {
			snprintf(after, sizeof(after), "%s", page[i].account);
			copy->blocks += page[i].has_block;
			saved_account_clear(&page[i]);
		}
		free(page);
		copy->accounts += count;
		progress_tell(&copy->progress, copy->accounts, "accounts");
	} while (result == STORE_DONE && count == PAGE);
	return result == STORE_DONE;
}

static bool
copy_logins(struct copy *copy)
{
	char after[ACCOUNT_SIZE] = "";
	char after_network[ADDR_TEXT_SIZE] = "";
	struct saved_login *page;
	enum store_result result;
	size_t count;

	do {
		if (store_save_logins(copy->from, after, after_network, PAGE,
			&page, &count, deadline()) != STORE_DONE)
			return false;
		result = store_load_logins(copy->to, page, count, deadline());
		for (size_t i = 0; i < count; i++) {
			snprintf(after, sizeof(after), "%s", page[i].account);
			addr_format(&page[i].network, after_network);
			saved_login_clear(&page[i]);
		}
		free(page);
		copy->logins += count;
		progress_tell(&copy->progress, copy->logins, "logins");
	} while (result == STORE_DONE && count == PAGE);
	return result == STORE_DONE;
}

/* What is known of accounts, and since when. */
static bool
copy_histories(struct copy *copy)
{
	struct history_copied copied;
	int64_t since_ms;

	return history_copy(copy->from, copy->to, &copied) == 0 &&
	    store_learns_since(copy->from, &since_ms, deadline()) ==
		STORE_DONE &&
	    store_learned_since(copy->to, since_ms, deadline()) ==
		STORE_DONE;
}

/* A store with another URL than the configuration's. */
static struct store *
open_url(const struct config *config, struct config *other, const char *url,
    char **memory)
{
	*memory = strdup(url);
	*other = *config;
	other->store.url = *memory;
	return *memory == NULL ? NULL : store_of(other);
}

/* A file that is not there would be made, and be empty. */
static bool
is_there(const char *url)
{
	static const char scheme[] = "sqlite:";
	const char *path = url + strlen(scheme);

	if (strncmp(url, scheme, strlen(scheme)) != 0 ||
	    access(path, F_OK) == 0)
		return true;
	log_error("%s: cannot be copied: %s", path, strerror(errno));
	return false;
}

static bool
is_url(const char *url)
{
	static const char *const schemes[] = { "sqlite:/", "postgresql:",
		"postgres:" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strncmp(url, schemes[i], strlen(schemes[i])) == 0)
			return true;
	log_error("\"%.100s\" is no store: write postgresql://... or "
		  "sqlite:/path", url);
	return false;
}

static void
tell(const struct job *job, const struct copy *copy)
{
	if (job->is_json) {
		json_t *document = json_pack("{sI sI sI sI}",
		    "accounts", (json_int_t)copy->accounts,
		    "blocks", (json_int_t)copy->blocks,
		    "logins", (json_int_t)copy->logins,
		    "overrides", (json_int_t)copy->overrides);

		print_json(job->out, document);
		json_decref(document);
		return;
	}
	fprintf(job->out, "copied %llu accounts, %llu blocks, %llu logins, "
	    "%llu overrides\n", (unsigned long long)copy->accounts,
	    (unsigned long long)copy->blocks,
	    (unsigned long long)copy->logins,
	    (unsigned long long)copy->overrides);
}

int
copy_run(const struct job *job, const char *from_url, const char *to_url)
{
	struct config from_config;
	struct config to_config;
	char *from_memory;
	char *to_memory;
	struct copy copy = { .accounts = 0 };
	bool is_good;

	if (!is_url(from_url) || !is_url(to_url))
		return EX_USAGE;
	if (strcmp(from_url, to_url) == 0) {
		log_error("both stores are the same");
		return EX_USAGE;
	}
	if (!is_there(from_url))
		return EX_NOINPUT;
	copy.from = open_url(job->config, &from_config, from_url,
	    &from_memory);
	copy.to = open_url(job->config, &to_config, to_url, &to_memory);
	is_good = copy.from != NULL && copy.to != NULL &&
	    store_init(copy.from, false, deadline()) == STORE_DONE &&
	    store_init(copy.to, true, clock_mono_ms() + INIT_MS) ==
		STORE_DONE &&
	    copy_accounts(&copy) && copy_logins(&copy) &&
	    copy_histories(&copy) &&
	    override_copy(copy.from, copy.to, &copy.overrides) == 0;
	progress_end(&copy.progress);
	store_close(copy.from);
	store_close(copy.to);
	free(from_memory);
	free(to_memory);
	if (!is_good)
		return EX_UNAVAILABLE;
	tell(job, &copy);
	return EX_OK;
}
