/*
 * fuzz_event.c -- any bytes as an event of the outbox.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is an event can be told in all ways: as values, in another language, as
 * JSON for programs, as a line of a digest.
 */
#include "notify/event.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
tell(const struct event *event)
{
	struct event_words words;
	char id[EVENT_ID];
	char *text = event_export(event, id);
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	assert(json_is_object(json));
	assert(strlen(id) == EVENT_ID - 1);
	json_decref(json);
	free(text);
	text = event_line(event);
	assert(strchr(text, '\n') == text + strlen(text) - 1);
	free(text);
	for (size_t i = 0; i < event->value_count; i++)
		assert(event->values[i].name != NULL);
	for (enum language l = LANGUAGE_EN; l <= LANGUAGE_DE; l++) {
		event_translate(event, l, &words);
		event_words_clear(&words);
	}
	assert(event_server(event) != NULL);
	assert(event_string(event, "note") != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char mail[] = "mail", block[] = "block", unblock[] = "unblock",
		    joe[] = "joe@example.com", none[] = "";
	/* What is behind the text must not be read. */
	char *text = malloc(size + 1);
	struct outbox_row row = { .id = 1, .channel = mail,
		.kind = size % 2 != 0 ? block : unblock, .account = joe,
		.event = text, .recipients = none,
		.created_ms = INT64_C(1780000000000) };
	struct event event;

	memcpy(text, data, size);
	text[size] = '\0';
	if (event_open(&event, &row) == 0) {
		tell(&event);
		event_close(&event);
	}
	free(text);
	return 0;
}
