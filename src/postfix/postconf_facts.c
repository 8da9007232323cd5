/*
 * postconf_facts.c -- what postconf(1) says of Postfix's configuration. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "postfix/postconf_facts.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\r\n";

void
postfix_facts_clear(struct postfix_facts *facts)
{
	for (size_t i = 0; i < facts->value_count; i++) {
		free(facts->values[i].service);
		free(facts->values[i].name);
		free(facts->values[i].value);
	}
	for (size_t i = 0; i < facts->service_count; i++)
		free(facts->services[i].name);
	free(facts->values);
	free(facts->services);
	memset(facts, 0, sizeof(*facts));
}

/* "name = value", where the name may have been split before. */
static void
add_value(struct postfix_facts *facts, char *service, const char *line)
{
	const char *equals = strchr(line, '=');
	size_t length = strcspn(line, " \t=");
	struct postfix_value *value;

	if (equals == NULL || length == 0) {
		free(service);
		return;
	}
	facts->values = mem_grow(facts->values, facts->value_count + 1,
	    sizeof(*facts->values));
	value = &facts->values[facts->value_count++];
	value->service = service;
	value->name = mem_dup_n(line, length);
	equals++;
	value->value = mem_dup(equals + strspn(equals, blanks));
}

void
postfix_facts_take_main(struct postfix_facts *facts, const char *line)
{
	add_value(facts, mem_dup(""), line);
}

void
postfix_facts_take_override(struct postfix_facts *facts, const char *line)
{
	const char *type = strchr(line, '/');
	const char *name = type != NULL ? strchr(type + 1, '/') : NULL;

	if (name != NULL)
		add_value(facts, mem_dup_n(line, (size_t)(name - line)),
		    name + 1);
}

void
postfix_facts_take_master(struct postfix_facts *facts, const char *line)
{
	/* name type private unpriv chroot wakeup maxproc command */
	enum { NAME, TYPE, CHROOT = 4, COMMAND = 7, FIELDS };
	const char *fields[FIELDS];
	size_t lengths[FIELDS];
	struct postfix_service *service;

	for (size_t i = 0; i < FIELDS; i++) {
		line += strspn(line, blanks);
		fields[i] = line;
		lengths[i] = strcspn(line, blanks);
		line += lengths[i];
	}
	if (lengths[COMMAND] != strlen("smtpd") ||
	    strncmp(fields[COMMAND], "smtpd", lengths[COMMAND]) != 0)
		return;
	facts->services = mem_grow(facts->services,
	    facts->service_count + 1, sizeof(*facts->services));
	service = &facts->services[facts->service_count++];
	service->name = mem_printf("%.*s/%.*s", (int)lengths[NAME],
	    fields[NAME], (int)lengths[TYPE], fields[TYPE]);
	service->chroot = fields[CHROOT][0];
}

static const char *
find(const struct postfix_facts *facts, const char *service, const char *name)
{
	for (size_t i = 0; i < facts->value_count; i++)
		if (strcmp(facts->values[i].service, service) == 0 &&
		    strcmp(facts->values[i].name, name) == 0)
			return facts->values[i].value;
	return NULL;
}

const char *
postfix_facts_get(const struct postfix_facts *facts,
    const struct postfix_service *service, const char *name, bool *is_own)
{
	const char *value = service != NULL ?
	    find(facts, service->name, name) : NULL;

	if (is_own != NULL)
		*is_own = value != NULL;
	if (value == NULL)
		value = find(facts, "", name);
	return value != NULL ? value : "";
}

bool
postfix_facts_is_chrooted(const struct postfix_facts *facts,
    const struct postfix_service *service)
{
	if (service->chroot == '-')
		/* master(5): "y" before compatibility level 1. */
		return atoi(postfix_facts_get(facts, NULL,
			   "compatibility_level", NULL)) == 0;
	return service->chroot == 'y';
}

bool
postfix_next_word(const char **rest, char word[RESTRICTION_SIZE])
{
	static const char gaps[] = " \t\r\n,";
	const char *from = *rest + strspn(*rest, gaps);
	size_t length = strcspn(from, gaps);
	int depth = 0;

	if (*from == '\0')
		return false;
	if (*from == '{') {
		for (length = 0; from[length] != '\0'; length++) {
			depth += from[length] == '{';
			depth -= from[length] == '}';
			if (depth == 0)
				break;
		}
		length += from[length] != '\0';
	}
	*rest = from + length;
	if (length >= RESTRICTION_SIZE)
		length = RESTRICTION_SIZE - 1;
	memcpy(word, from, length);
	word[length] = '\0';
	return true;
}
