/*
 * mode_extras.h -- the options that go with some modes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_MODE_EXTRAS_H
#define ROLES_MODE_EXTRAS_H

#include "roles/mode_table.h"

struct extra_row {
	const char *name;	/* the long option */
	char letter;		/* the short one, 0: none */
	bool has_argument;
	unsigned excludes;	/* WITH(...) of those it does not go with */
	/* Take its argument, or return what it wants instead. NULL: it is a
	 * mode, if it is not beside one that it is an option of. */
	const char *(*take)(struct command *, const char *argument);
};

/* By enum extra. */
extern const struct extra_row extras_table[EXTRAS];

#endif
