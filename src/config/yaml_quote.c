/*
 * yaml_quote.c -- a text in YAML's double quotes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/yaml_quote.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* What libyaml writes, less the line end behind the scalar. */
static int
write_bytes(void *out, unsigned char *bytes, size_t length)
{
	while (length > 0 && bytes[length - 1] == '\n')
		length--;
	return fwrite(bytes, 1, length, out) == length;
}

/* How much of it is UTF-8, which is all that YAML can hold. */
static size_t
valid_length(const char *text)
{
	size_t length = 0;
	size_t left = strlen(text);
	size_t step;

	while ((step = text_utf8(text + length, left)) > 0) {
		length += step;
		left -= step;
	}
	return length;
}

void
quote_write(FILE *out, const char *text)
{
	char *copy = mem_dup_n(text, valid_length(text));
	yaml_emitter_t emitter;
	yaml_event_t event;
	bool is_good = yaml_emitter_initialize(&emitter) != 0;

	if (is_good) {
		yaml_emitter_set_output(&emitter, write_bytes, out);
		yaml_emitter_set_unicode(&emitter, 1);
		yaml_emitter_set_width(&emitter, -1);
		is_good = yaml_stream_start_event_initialize(&event,
			      YAML_UTF8_ENCODING) &&
		    yaml_emitter_emit(&emitter, &event) &&
		    yaml_document_start_event_initialize(&event, NULL, NULL,
			NULL, 1) &&
		    yaml_emitter_emit(&emitter, &event) &&
		    yaml_scalar_event_initialize(&event, NULL, NULL,
			(yaml_char_t *)copy, -1, 0, 1,
			YAML_DOUBLE_QUOTED_SCALAR_STYLE) &&
		    yaml_emitter_emit(&emitter, &event) &&
		    yaml_document_end_event_initialize(&event, 1) &&
		    yaml_emitter_emit(&emitter, &event) &&
		    yaml_stream_end_event_initialize(&event) &&
		    yaml_emitter_emit(&emitter, &event);
	}
	yaml_emitter_delete(&emitter);
	free(copy);
	if (!is_good && !ferror(out))
		mem_fail();
}
