/*
 * override_copy.c -- carry the overrides of a store over to another.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/override_copy.h"

#include "base/clock.h"
#include "directory/account_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 1000, PAGE_MS = 60000 };

static int64_t
deadline(void)
{
	return clock_mono_ms() + PAGE_MS;
}

/* Write one, unless the target has a newer one. */
static int
copy_one(struct store *to, struct stored_override *override,
    uint64_t *copied)
{
	struct stored_override there;
	enum store_result result;
	bool is_newer;

	memset(&there, 0, sizeof(there));
	result = store_find_override(to, override->override.account, &there,
	    deadline());
	is_newer = result == STORE_NONE ||
	    there.changed_ms < override->changed_ms;
	stored_override_clear(&there);
	if (result == STORE_FAILED)
		return -1;
	if (!is_newer)
		return 0;
	(*copied)++;
	return store_put_override(to, override, REVISION_ANY, deadline()) ==
		STORE_DONE ? 0 : -1;
}

int
override_copy(struct store *from, struct store *to, uint64_t *copied)
{
	char after[ACCOUNT_SIZE] = "";
	struct stored_override *page;
	int result = 0;
	size_t count;

	do {
		if (store_list_overrides(from, after, PAGE, &page, &count,
			deadline()) != STORE_DONE)
			return -1;
		for (size_t i = 0; i < count; i++) {
			snprintf(after, sizeof(after), "%s",
			    page[i].override.account);
			if (result == 0)
				result = copy_one(to, &page[i], copied);
			stored_override_clear(&page[i]);
		}
		free(page);
	} while (result == 0 && count == PAGE);
	return result;
}
