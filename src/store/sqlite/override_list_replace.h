/*
 * override_list_replace.h -- a long list of custom settings, put in a file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file has one writer at a time, and all the others wait for it: so the list
 * is made beside the one that holds, in a table of its own and a little at a
 * time, and takes its place at once, by its name. Readers see all of the old
 * list or all of the new one. What others change meanwhile is made up for
 * before that: of what the list speaks the list says it, all else stays as
 * they left it. Whatever is left behind by one that was broken off nobody
 * reads; the next one removes it, and --clean.
 */
#ifndef STORE_SQLITE_OVERRIDE_LIST_REPLACE_H
#define STORE_SQLITE_OVERRIDE_LIST_REPLACE_H

#include "store/side.h"

/* As in side.h; self is a struct sqlite_db. */
enum store_result sqlite_replace_list(void *self, struct list_order *,
    int64_t deadline_ms);
enum store_result sqlite_tidy_lists(void *self, const char *owner,
    int64_t deadline_ms);

#endif
