/*
 * mailbox.h -- addresses as people write them: "a@b" and "Name <a@b>".
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef MAIL_MAILBOX_H
#define MAIL_MAILBOX_H

#include "base/strings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct mailbox {
	char *name;	/* "" if none */
	char *address;
};

/*
 * Read "a@b", "<a@b>", "Name <a@b>" or "\"Name\" <a@b>"; the domain is made
 * ASCII. Return 0, or -1 if there is no address in it. mailbox_clear frees what
 * it holds. What comes from a client, an account, is no such thing:
 * mailbox_is_address is for it.
 */
int mailbox_parse(const char *, struct mailbox *);
void mailbox_clear(struct mailbox *);

/*
 * Is it an address that can stand unquoted in an SMTP command and in a header
 * (RFC 5321 Dot-string, RFC 6531 with UTF-8)? The domain may be missing or an
 * address in brackets. So it has no blanks, controls, quotes and "<>".
 */
bool mailbox_is_address(const char *);

/*
 * A domain in ASCII, as the DNS has it (IDNA2008, RFC 5891); NULL if it cannot
 * be a domain. What is ASCII stays, addresses too. The caller frees it.
 */
char *mailbox_ascii_domain(const char *);

/*
 * Write " Name <address>" to a header line that has column characters so far,
 * folding it if need be; column 0 is the start of a folded line. What is no
 * address is left out. Return how many the line has then.
 */
size_t mailbox_write(FILE *, const char *mailbox, size_t column);

/* Write "field: mailboxes" and CRLF, one a line. */
void mailbox_write_header(FILE *, const char *field, const struct strings *);

#endif
