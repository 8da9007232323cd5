/*
 * page.c -- the status page, built into the program.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/page.h"

#include "admin/exchange.h"
#include "base/mem.h"

#include <microhttpd.h>
#include <string.h>

void
page_show(struct admin *admin, struct exchange *exchange)
{
	const struct page_file *file = page_files;
	char *copy;

	(void)admin;
	while (file->path != NULL && strcmp(file->path, exchange->path) != 0)
		file++;
	if (file->path == NULL) {
		exchange_problem(exchange, MHD_HTTP_NOT_FOUND,
		    "there is nothing here");
		return;
	}
	copy = mem_new(file->length, 1);
	memcpy(copy, file->text, file->length);
	exchange_text(exchange, MHD_HTTP_OK, file->type, copy, file->length);
}
