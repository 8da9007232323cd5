/*
 * held_parse.h -- read what postqueue(1) and postcat(1) print. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POSTFIX_HELD_PARSE_H
#define POSTFIX_HELD_PARSE_H

#include "config/config.h"
#include "directory/account_name.h"

#include <stdbool.h>
#include <stddef.h>

/* A mail that is on hold, and where it came from; "" if that is not known. */
struct held_mail {
	char *id;			/* letters and digits */
	char *sender;			/* of the envelope */
	char *sasl_username;		/* with which it was submitted */
	char *client_address;
	bool is_read;			/* postcat told of it */
	char account[ACCOUNT_SIZE];	/* for who uses this; "" none */
};

struct held_mails {
	struct held_mail *list;
	size_t count, room;
};
void held_mails_clear(struct held_mails *);

/* Add the mail of a line of "postqueue -j" if it is on hold. A line that is
 * no such thing is passed over. */
void held_mails_add(struct held_mails *, const char *line);

/* Where the reading of "postcat -e -q ID ..." stands; starts zeroed. */
struct record_reader {
	struct held_mails *mails;
	struct held_mail *mail;		/* whose records these are, or NULL */
	size_t next;			/* whose are probably next */
	bool is_past_sender;
};

/*
 * Take one line. Of a mail that is not on hold any more nothing is taken. A
 * login is believed only before the sender: Postfix writes it there, and all
 * that follows could have been brought along.
 */
void record_reader_take(struct record_reader *, const char *line);

/*
 * Write the name of the account that a mail belongs to: what identity.keys
 * says of it, or else its sender; "" if neither is there.
 */
void held_mail_name(const struct config *, const struct held_mail *,
    char name[ACCOUNT_SIZE]);

/* How many messages postsuper says it has dealt with, or 0: a line such as
 * "postsuper: Deleted: 3 messages". */
size_t queue_parse_count(const char *line);

#endif
