/*
 * page.h -- the status page, built into the program.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_PAGE_H
#define ADMIN_PAGE_H

#include <stddef.h>

struct admin;
struct exchange;

struct page_file {
	const char *path, *type, *text;
	size_t length;
};

/* Made of src/admin/page/; ends with a NULL path. */
extern const struct page_file page_files[];

/* GET of one of them. */
void page_show(struct admin *, struct exchange *);

#endif
