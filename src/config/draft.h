/*
 * draft.h -- a configuration while it is read.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values with the place each was written in, and the complaints so far.
 */
#ifndef CONFIG_DRAFT_H
#define CONFIG_DRAFT_H

#include "config/complain.h"
#include "config/config.h"
#include "config/keys.h"

struct draft {
	struct config *config;
	struct complaints complaints, warnings;
	struct place *places;	/* one per option */
	bool *is_bad;		/* one per option: it was complained of */
	bool is_public;		/* everybody may read the file */
};

/* Begin with the defaults; config is empty. */
void draft_init(struct draft *, struct config *, const char *file,
    FILE *errors);

/* Read the text of a file, then the environment, over what there is. */
void draft_read(struct draft *, const char *text, size_t length);
void draft_read_environment(struct draft *, char *const *environment);

/* Free all but the configuration. */
void draft_clear(struct draft *);

/* Is the value of this key, a scalar, other than its default? */
bool draft_is_changed(const struct draft *, const char *key);

/* Is the value of this key written in the file? */
bool draft_is_in_file(const struct draft *, const char *key);

/* Was the value of this key complained of while it was read? */
bool draft_is_bad(const struct draft *, const char *key);

/* Complain of the value of a key, unless that was done before: then what
 * follows from it is no news. */
void draft_refuse(struct draft *, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Tell of a value that is allowed but hardly meant. */
void draft_warn(struct draft *, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Free what the value of an option holds. */
void draft_forget(const struct key *, struct config *);

#endif
