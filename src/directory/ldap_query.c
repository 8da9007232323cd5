/*
 * ldap_query.c -- one question to a directory, and its answer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "directory/ldap_query.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/time.h>

enum {
	FILTER_SIZE = 8192,
	/* Entries that are looked at to find the first in order. */
	MOST_ENTRIES = 100,
};

int
query_filter(const char *filter, const char *name, char *buffer, size_t size)
{
	struct berval given = { strlen(name), NULL };
	struct berval escaped = { 0, NULL };
	char copy[ACCOUNT_SIZE];
	struct text text;

	text_init(&text, buffer, size);
	if (given.bv_len >= sizeof(copy))
		return -1;
	memcpy(copy, name, given.bv_len + 1);
	given.bv_val = copy;
	if (ldap_bv2escaped_filter_value(&given, &escaped) != 0)
		return -1;
	for (const char *mark; (mark = strstr(filter, "%s")) != NULL;
	     filter = mark + 2) {
		text_add_n(&text, filter, (size_t)(mark - filter));
		text_add_n(&text, escaped.bv_val, escaped.bv_len);
	}
	text_add(&text, filter);
	ber_memfree(escaped.bv_val);
	return text.is_cut ? -1 : 0;
}

static void
fail_query(struct query *query, int code, const char *words)
{
	query->state = QUERY_FAILED;
	query->code = code;
	snprintf(query->words, sizeof(query->words), "%s",
	    words != NULL ? words : "");
}

static int
ldap_scope_of(enum ldap_scope scope)
{
	switch (scope) {
	case SCOPE_BASE:
		return LDAP_SCOPE_BASE;
	case SCOPE_ONE:
		return LDAP_SCOPE_ONELEVEL;
	case SCOPE_SUB:
	default:
		return LDAP_SCOPE_SUBTREE;
	}
}

int
query_send(
    struct query *query, struct link *link, const struct ldap_options *options)
{
	char filter[FILTER_SIZE];
	char *attributes[] = { options->attribute, NULL };
	/* The server need not go on when nobody waits any more. */
	struct timeval limit = { options->timeout_ms / 1000 + 1, 0 };
	int code;

	if (query_filter(
		options->filter, query->name, filter, sizeof(filter)) != 0) {
		fail_query(query, LDAP_FILTER_ERROR, "ldap.filter is too long");
		return 0;
	}
	code = ldap_search_ext(link->handle, options->base,
	    ldap_scope_of(options->scope), filter, attributes, 0, NULL, NULL,
	    &limit, MOST_ENTRIES, &query->operation);
	if (code == LDAP_SUCCESS)
		return 0;
	query->operation = 0;
	if (code == LDAP_SERVER_DOWN)
		return -1;
	fail_query(query, code, NULL);
	return 0;
}

/* Read a value as the name of an account, lower-cased. */
static bool
read_value(const struct berval *value, char name[ACCOUNT_SIZE])
{
	size_t step;

	if (value->bv_len == 0 || value->bv_len >= ACCOUNT_SIZE)
		return false;
	for (size_t i = 0; i < value->bv_len; i += step) {
		unsigned char byte = (unsigned char)value->bv_val[i];

		step = text_utf8(value->bv_val + i, value->bv_len - i);
		if (step == 0 || byte < ' ' || byte == 0x7f)
			return false;
	}
	memcpy(name, value->bv_val, value->bv_len);
	name[value->bv_len] = '\0';
	text_lower(name);
	return true;
}

static void
take_values(struct query *query, struct berval **values)
{
	char name[ACCOUNT_SIZE];

	for (; values != NULL && *values != NULL; values++) {
		if (!read_value(*values, name) ||
		    strcmp(name, query->value) == 0)
			continue;
		query->values++;
		if (query->value[0] == '\0' || strcmp(name, query->value) < 0)
			strcpy(query->value, name);
	}
}

/* One attribute was asked for: whatever comes is it, or a subtype of it. */
static void
take_entry(struct query *query, LDAP *handle, LDAPMessage *entry)
{
	BerElement *place = NULL;

	for (char *name = ldap_first_attribute(handle, entry, &place);
	     name != NULL; name = ldap_next_attribute(handle, entry, place)) {
		struct berval **values = ldap_get_values_len(handle, entry,
		    name);

		take_values(query, values);
		ldap_value_free_len(values);
		ldap_memfree(name);
	}
	ber_free(place, 0);
}

void
query_take(struct query *query, struct link *link, LDAPMessage *answer)
{
	LDAP *handle = link->handle;
	int code = LDAP_DECODING_ERROR; /* of an answer without result */
	char *words = NULL;

	for (LDAPMessage *part = ldap_first_message(handle, answer);
	     part != NULL; part = ldap_next_message(handle, part)) {
		int kind = ldap_msgtype(part);

		if (kind == LDAP_RES_SEARCH_ENTRY)
			take_entry(query, handle, part);
		else if (kind == LDAP_RES_SEARCH_RESULT)
			ldap_parse_result(handle, part, &code, NULL, &words,
			    NULL, NULL, 0);
		/* A reference to another server's part of the tree: Active
		 * Directory sends some with every answer. Not followed. */
	}
	query->operation = 0;
	if (code == LDAP_SUCCESS ||
	    (code == LDAP_SIZELIMIT_EXCEEDED && query->values > 0))
		query->state = query->values > 0 ? QUERY_FOUND : QUERY_NONE;
	else
		fail_query(query, code, words);
	ldap_memfree(words);
	ldap_msgfree(answer);
}
