/*
 * compat_settings.c -- geoip-policyd's custom settings.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/compat_settings.h"

#include "admin/admin.h"
#include "admin/compat_custom_setting.h"
#include "admin/exchange.h"
#include "admin/json_entries.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/names.h"
#include "store/override_list.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ENTRIES_MAX = 100000,
	/* Of a change that another one came before: so often it is redone. */
	ATTEMPTS_MAX = 8,
};

static void
clear_all(struct stored_override *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		stored_override_clear(&list[i]);
	free(list);
}

/* One a line, each made and forgotten: as a whole they take many times as much
 * memory. */
static void
write_all(const struct stored_override *list, size_t count, FILE *out)
{
	fputs("[", out);
	for (size_t i = 0; i < count; i++) {
		json_t *entry = custom_setting_show(&list[i]);

		fputs(i > 0 ? ",\n " : "\n ", out);
		json_dumpf(entry, out, 0);
		json_decref(entry);
	}
	fputs("\n]\n", out);
}

void
compat_settings_list(struct admin *admin, struct exchange *exchange)
{
	struct stored_override *list = NULL;
	size_t count = 0;
	char *text = NULL;
	size_t length = 0;
	FILE *out;

	if (store_list_overrides(admin->desk.store, NULL, ENTRIES_MAX, &list,
		&count, clock_mono_ms() + ADMIN_LONG_PATIENCE_MS) !=
	    STORE_DONE) {
		exchange_no_store(exchange);
		return;
	}
	out = mem_stream(&text, &length);
	write_all(list, count, out);
	fclose(out);
	exchange_text(exchange, MHD_HTTP_OK, "application/json", text, length);
	clear_all(list, count);
}

/* Read entry number i of a list. Return 0, or -1 after answering why not. */
static int
read_entry(struct admin *admin, struct exchange *exchange, json_t *entry,
    size_t i, struct stored_override *stored)
{
	const char *sender = json_string_value(json_object_get(entry,
	    "sender"));
	char account[ACCOUNT_SIZE];
	char why[OVERRIDE_WHY_SIZE];

	if (custom_setting_read(entry, stored, why) != 0) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "entry %zu: %s; nothing was changed", i + 1, why);
		return -1;
	}
	if (sender == NULL) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "entry %zu: it names no sender; nothing was changed",
		    i + 1);
		return -1;
	}
	if (admin_account(admin, exchange, sender, false, account) != 0)
		return -1;
	stored->override.account = mem_dup(account);
	return 0;
}

/* The entries of a body, each account once. */
struct wanted {
	struct override_list *list;
	struct names *seen;
};

/* Take one more. Return 0, or -1 after answering why not. */
static int
want(struct wanted *wanted, struct admin *admin, struct exchange *exchange,
    json_t *entry, size_t i)
{
	struct stored_override next;
	int result;

	memset(&next, 0, sizeof(next));
	result = read_entry(admin, exchange, entry, i, &next);
	/* The first match wins, so a later one says nothing. */
	if (result == 0 && names_find(wanted->seen,
		next.override.account) == NAMES_NONE) {
		names_add(wanted->seen, next.override.account, i);
		override_list_add(wanted->list, &next.override);
	}
	stored_override_clear(&next);
	return result;
}

/* Take them all. Return 0, or -1 after answering what is wrong. */
static int
want_all(struct wanted *wanted, struct admin *admin,
    struct exchange *exchange)
{
	struct entries entries;
	json_t *entry;
	size_t i = 0;
	int result = 0;

	entries_begin(&entries, exchange->text != NULL ? exchange->text : "",
	    exchange->length, "data");
	while (result == 0 && (entry = entries_next(&entries)) != NULL) {
		result = i < ENTRIES_MAX ?
		    want(wanted, admin, exchange, entry, i) : -1;
		json_decref(entry);
		i++;
	}
	if (i > ENTRIES_MAX || entries.why[0] != '\0') {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "wanted is {\"data\": [...]} with at most %d entries%s%s",
		    ENTRIES_MAX, entries.why[0] != '\0' ? ": " : "",
		    entries.why);
		return -1;
	}
	return result;
}

void
compat_settings_replace(struct admin *admin, struct exchange *exchange)
{
	struct wanted wanted = { .list = override_list_new(),
		.seen = names_new() };
	int result = want_all(&wanted, admin, exchange);

	/* The store takes room of its own. */
	names_free(wanted.seen);
	free(exchange->text);
	exchange->text = NULL;
	if (result == 0) {
		if (override_list_replace(admin->desk.store, wanted.list,
			clock_mono_ms() + ADMIN_LONG_PATIENCE_MS) ==
		    STORE_DONE)
			exchange_empty(exchange, MHD_HTTP_ACCEPTED);
		else
			exchange_no_store(exchange);
	}
	override_list_free(wanted.list);
}

/* Read, change, write; STORE_NONE: somebody else was faster. */
static enum store_result
modify_once(struct admin *admin, struct exchange *exchange, json_t *entry,
    const char *account)
{
	struct stored_override stored;
	char why[OVERRIDE_WHY_SIZE];
	enum store_result result = store_find_override(admin->desk.store,
	    account, &stored, admin_deadline());
	int64_t expected = result == STORE_DONE ? stored.revision :
						  REVISION_NONE;

	if (result == STORE_FAILED) {
		exchange_no_store(exchange);
		return STORE_FAILED;
	}
	if (result == STORE_NONE)
		stored.override.account = mem_dup(account);
	stored.is_listed = true;
	if (custom_setting_read(entry, &stored, why) != 0) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST, "%s", why);
		result = STORE_FAILED;
	} else {
		result = store_put_override(admin->desk.store, &stored,
		    expected, admin_deadline());
		if (result == STORE_FAILED)
			exchange_no_store(exchange);
	}
	stored_override_clear(&stored);
	return result;
}

/* Is the body {"key": "sender", "value": ...}? Else answer so. */
static bool
is_of_sender(struct exchange *exchange)
{
	const char *key = json_string_value(json_object_get(exchange->json,
	    "key"));

	if (key != NULL && strcmp(key, "sender") == 0)
		return true;
	exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
	    "wanted is {\"key\": \"sender\", \"value\": ...}");
	return false;
}

void
compat_settings_modify(struct admin *admin, struct exchange *exchange)
{
	json_t *entry = json_object_get(exchange->json, "value");
	char account[ACCOUNT_SIZE];
	enum store_result result = STORE_NONE;

	if (!is_of_sender(exchange) ||
	    admin_account(admin, exchange, json_string_value(json_object_get(
		entry, "sender")), false, account) != 0)
		return;
	for (int i = 0; i < ATTEMPTS_MAX && result == STORE_NONE; i++)
		result = modify_once(admin, exchange, entry, account);
	if (result == STORE_DONE)
		exchange_empty(exchange, MHD_HTTP_ACCEPTED);
	else if (result == STORE_NONE)
		exchange_problem(exchange, MHD_HTTP_CONFLICT,
		    "somebody else keeps changing the settings of %s",
		    account);
}

void
compat_settings_remove(struct admin *admin, struct exchange *exchange)
{
	json_t *value = json_object_get(exchange->json, "value");
	char account[ACCOUNT_SIZE];

	/* An entry that has its sender in it will do, too. */
	if (json_is_object(value))
		value = json_object_get(value, "sender");
	if (!is_of_sender(exchange) || admin_account(admin, exchange,
	    json_string_value(value), false, account) != 0)
		return;
	switch (store_delete_override(admin->desk.store, account, true,
	    REVISION_ANY, admin_deadline())) {
	case STORE_DONE:
		exchange_empty(exchange, MHD_HTTP_ACCEPTED);
		break;
	case STORE_NONE:
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "there are no custom settings of %s", account);
		break;
	case STORE_FAILED:
	default:
		exchange_no_store(exchange);
		break;
	}
}
