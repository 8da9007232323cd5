/*
 * macros.c -- the ${names} that texts for users may use.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/macros.h"

#include <stdio.h>
#include <string.h>

#define WHO "${account}, ${client}, ${country}, ${asn}, "
#define WHY "${limit}, ${per}, ${reason} and ${until}"

const char macros_of_events[] = WHO
#define FOREIGN(id, name, ...) "${" name "}, "
#include "config/measures.def"
    WHY;
const char macros_of_actions[] = "${as_name}, " WHO
#define FOREIGN(id, name, ...) "${" name "}, "
#include "config/measures.def"
    WHY;

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
