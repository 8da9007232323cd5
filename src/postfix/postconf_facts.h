/*
 * postconf_facts.h -- what postconf(1) says of Postfix's configuration. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POSTFIX_POSTCONF_FACTS_H
#define POSTFIX_POSTCONF_FACTS_H

#include <stdbool.h>
#include <stddef.h>

struct postfix_value {
	char *service;	/* "submission/inet", or "" for main.cf */
	char *name, *value;
};

/* A service of master.cf that runs smtpd(8). */
struct postfix_service {
	char *name;	/* "submission/inet" */
	char chroot;	/* y, n or - */
};

struct postfix_facts {
	struct postfix_value *values;
	size_t value_count;
	struct postfix_service *services;
	size_t service_count;
};
void postfix_facts_clear(struct postfix_facts *);

/* Take a line of "postconf -x NAME ..." (name = value), of "postconf -P"
 * (service/type/name = value), or of "postconf -M". */
void postfix_facts_take_main(struct postfix_facts *, const char *line);
void postfix_facts_take_override(struct postfix_facts *, const char *line);
void postfix_facts_take_master(struct postfix_facts *, const char *line);

/* The value that holds for a service, "" if there is none. is_own: it is
 * master.cf's; may be NULL. */
const char *postfix_facts_get(const struct postfix_facts *,
    const struct postfix_service *, const char *name, bool *is_own);

/* Does a service run in the chroot? */
bool postfix_facts_is_chrooted(const struct postfix_facts *,
    const struct postfix_service *);

/*
 * A walk over a list of restrictions: words parted by blanks and commas, or
 * in braces. rest is where it goes on; returns false at the end. A word is
 * copied to word, cut if need be.
 */
enum { RESTRICTION_SIZE = 512 };
bool postfix_next_word(const char **rest, char word[RESTRICTION_SIZE]);

#endif
