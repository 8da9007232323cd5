/*
 * process_list.c -- which processes run, for the log.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/process_list.h"

#include "base/log.h"
#include "base/text.h"

/* "12 13 -": the processes of a role, - where one is missing. */
static void
add_pids(struct text *text, const struct restarts *roster, unsigned role)
{
	for (size_t i = 0; i < roster->count; i++) {
		const struct post *post = &roster->posts[i];

		if (post->role != role)
			continue;
		if (text->length > 0)
			text_add_char(text, ' ');
		if (post->pid == 0)
			text_add_char(text, '-');
		else
			text_printf(text, "%d%s", (int)post->pid,
			    post->is_up ? "" : "?");
	}
}

void
process_list_log(const struct generation *generation)
{
	char bytes[256];
	struct text text;

	log_begin(LOG_LEVEL_INFO, "processes");
	log_number("generation", generation->number);
	log_text("phase", restarts_phase_name(generation->roster.phase));
	for (size_t i = 0; i < generation->role_count; i++) {
		text_init(&text, bytes, sizeof(bytes));
		add_pids(&text, &generation->roster, (unsigned)i);
		log_text(generation->roles[i].name, bytes);
	}
	log_end();
}
