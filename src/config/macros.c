/*
 * macros.c -- the ${names} that texts for users may use.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/macros.h"

#include <stdio.h>
#include <string.h>

const char macros_known[] =
    "${account}, ${client}, ${country}, ${asn}, ${as_name}, ${place}, "
    "${state}, ${first}, ${known_places}, "
#define FOREIGN(id, name, ...) "${" name "}, "
#include "config/limit_measures.def"
    "${found}, ${limit}, ${per}, ${peak}, ${reason} and ${until}";

int
macros_check(const char *text, const char *known, char *unknown, size_t size)
{
	while ((text = strstr(text, "${")) != NULL) {
		size_t length = strcspn(text, "}");
		char macro[16];

		length += text[length] == '}';
		snprintf(unknown, size, "%.*s", (int)length, text);
		snprintf(macro, sizeof(macro), "%s", unknown);
		if (length >= sizeof(macro) || length <= strlen("${}") ||
		    macro[length - 1] != '}' ||
		    strstr(known, macro) == NULL)
			return -1;
		text += length;
	}
	return 0;
}
