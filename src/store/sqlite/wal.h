/*
 * wal.h -- the write-ahead log of an SQLite file: carried over to it in time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writers go on while a log is carried over, but they append to it, too: under
 * load it comes to an end, and is begun anew, only if they wait for the rest.
 * A log that another program reads can only be carried over as far as that has
 * read; it is tried again after some more pages, and said.
 */
#ifndef STORE_SQLITE_WAL_H
#define STORE_SQLITE_WAL_H

#include "store/sqlite/connection.h"

/* A log of this many pages (64 MB) is brought to an end, even if writers must
 * wait long for that. */
enum { WAL_PAGES_MAX = 16384 };

/* Carry the log over if it has at least so many pages. Returns how many it
 * has. */
uint32_t wal_carry(struct sqlite_db *, uint32_t least_pages);

/* The same for who has nobody that waits for him, and calls this often: begin
 * the log anew at half the length. What writers wait for is short then. */
void wal_keep(struct sqlite_db *);

#endif
