/*
 * ldap_probe.c -- asks directory/account_lookup.h what a test wants to know.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * usage: ldap_probe [KEY=VALUE ...]
 *
 * KEY is one of ldap.* (uris separated by commas, bind_password itself) or
 * deadline, in milliseconds. Every line of standard input is a batch of names
 * separated by tabs; a line on standard output answers it: the milliseconds
 * it took, then found:NAME, kept:NAME or skipped:NAME for each.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/config.h"
#include "directory/account_lookup.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char empty[] = "";

static void
set_uris(struct config *config, char *value)
{
	struct strings *uris = &config->ldap.uris;

	for (char *one = strtok(value, ","); one != NULL;
	     one = strtok(NULL, ",")) {
		uris->list = mem_grow(uris->list, uris->count + 1,
		    sizeof(*uris->list));
		uris->list[uris->count++] = one;
	}
}

static bool
set_text(struct config *config, const char *key, char *value)
{
	const struct {
		const char *key;
		char **place;
	} texts[] = {
		{ "base", &config->ldap.base },
		{ "bind_dn", &config->ldap.bind_dn },
		{ "bind_password", &config->ldap.bind_password },
		{ "filter", &config->ldap.filter },
		{ "attribute", &config->ldap.attribute },
		{ "ca_file", &config->ldap.ca_file },
		{ "cert_file", &config->ldap.cert_file },
		{ "key_file", &config->ldap.key_file },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (strcmp(texts[i].key, key) == 0) {
			*texts[i].place = value;
			return true;
		}
	return false;
}

static bool
set_number(struct config *config, const char *key, const char *value)
{
	long number = strtol(value, NULL, 10);

	if (strcmp(key, "timeout") == 0)
		config->ldap.timeout_ms = (uint32_t)number;
	else if (strcmp(key, "cache") == 0)
		config->ldap.cache_s = (uint32_t)number;
	else if (strcmp(key, "starttls") == 0)
		config->ldap.starttls = number != 0;
	else if (strcmp(key, "verify") == 0)
		config->ldap.verify = number != 0;
	else if (strcmp(key, "sasl_external") == 0)
		config->ldap.sasl_external = number != 0;
	else
		return false;
	return true;
}

static bool
set_choice(struct config *config, const char *key, const char *value)
{
	if (strcmp(key, "scope") == 0)
		config->ldap.scope = strcmp(value, "base") == 0 ? SCOPE_BASE
		    : strcmp(value, "one") == 0			? SCOPE_ONE
								: SCOPE_SUB;
	else if (strcmp(key, "unknown") == 0)
		config->ldap.unknown = strcmp(value, "skip") == 0
		    ? UNKNOWN_SKIP
		    : UNKNOWN_KEEP;
	else
		return false;
	return true;
}

/* Take one KEY=VALUE of the command line. */
static void
set(struct config *config, char *argument, int64_t *deadline_ms)
{
	char *value = strchr(argument, '=');

	if (value == NULL)
		exit(64);
	*value++ = '\0';
	if (strcmp(argument, "uris") == 0)
		set_uris(config, value);
	else if (strcmp(argument, "deadline") == 0)
		*deadline_ms = strtol(value, NULL, 10);
	else if (!set_text(config, argument, value) &&
	    !set_number(config, argument, value) &&
	    !set_choice(config, argument, value)) {
		fprintf(stderr, "no such key: %s\n", argument);
		exit(64);
	}
}

/* Split a line into names; how many. */
static size_t
split(char *line, struct account_query **queries)
{
	size_t count = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *name = strtok(line, "\t"); name != NULL;
	     name = strtok(NULL, "\t")) {
		struct text text;

		*queries = mem_grow(*queries, count + 1, sizeof(**queries));
		text_init(&text, (*queries)[count].name, ACCOUNT_SIZE);
		text_add(&text, name);
		count++;
	}
	return count;
}

static void
answer(struct accounts *accounts, char *line, int64_t deadline_ms)
{
	static const char *const names[] = { "found", "kept", "skipped" };
	struct account_query *queries = NULL;
	size_t count = split(line, &queries);
	int64_t began_ms = clock_mono_ms();

	accounts_resolve(accounts, queries, count, began_ms + deadline_ms);
	printf("%lld", (long long)(clock_mono_ms() - began_ms));
	for (size_t i = 0; i < count; i++)
		printf("\t%s:%s", names[queries[i].result], queries[i].name);
	printf("\n");
	fflush(stdout);
	free(queries);
}

int
main(int argc, char **argv)
{
	struct config config = { .ldap = { .enabled = true,
				     .base = empty,
				     .bind_dn = empty,
				     .filter = empty,
				     .attribute = empty,
				     .scope = SCOPE_SUB,
				     .ca_file = empty,
				     .cert_file = empty,
				     .key_file = empty,
				     .verify = true,
				     .timeout_ms = 1000,
				     .cache_s = 300 } };
	int64_t deadline_ms = 10000;
	struct accounts *accounts;
	char *line = NULL;
	size_t size = 0;

	for (int i = 1; i < argc; i++)
		set(&config, argv[i], &deadline_ms);
	/* A hang-up of the server must not be the end, whoever runs this. */
	signal(SIGPIPE, SIG_DFL);
	accounts = accounts_open(&config.ldap);
	if (accounts == NULL)
		return 69;
	while (getline(&line, &size, stdin) >= 0)
		answer(accounts, line, deadline_ms);
	accounts_close(accounts);
	free(config.ldap.uris.list);
	free(line);
	return 0;
}
