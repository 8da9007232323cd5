/*
 * test_macros.c -- the ${names} that texts for users may use.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/macros.h"
#include "unit.h"

#include <string.h>

static const struct {
	const char *text, *unknown; /* NULL: all are known */
} rows[] = {
	{ "", NULL },
	{ "DUNNO", NULL },
	{ "$ {} }{ $account", NULL },
	{ "${account}${client}${country}${countries}${networks}", NULL },
	{ "${limit} ${per} ${reason} ${until} ${asn}", NULL },
	{ "${account", "${account" },
	{ "${}", "${}" },
	{ "${", "${" },
	{ "${account} ${acount}", "${acount}" },
	{ "${Account}", "${Account}" },
	{ "${countr}", "${countr}" },
	{ "${ account}", "${ account}" },
	{ "${asn} ${as_name} ${place} ${state} ${first} ${known_places} "
	  "${found} ${peak}", NULL },
	{ "${account}, ${x}", "${x}" },
	{ "${${account}}", "${${account}" },
	{ "${account, ${client}", "${account, ${client}" },
	{ "${a-name-longer-than-any}", "${a-name-longer-than-any}" },
};

START_TEST(known_and_unknown)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		char unknown[64];
		int result = macros_check(rows[i].text,
		    macros_known, unknown, sizeof(unknown));

		ck_assert_msg((result == 0) == (rows[i].unknown == NULL), "%s",
		    rows[i].text);
		if (result != 0)
			ck_assert_str_eq(unknown, rows[i].unknown);
	}
}
END_TEST

UNIT("config/macros", known_and_unknown)
