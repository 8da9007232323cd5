/*
 * mem.h -- memory that is never NULL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A daemon that runs out of memory at start or reload cannot go on in any
 * useful way: these functions log that and end the process (its supervisor
 * starts a new one). What belongs to one request stands in buffers that were
 * made before; the libraries on its way (libpq, SQLite, libldap) allocate as
 * they like.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>
#include <stdio.h>

/* A library had no memory: end as these functions do. */
_Noreturn void mem_fail(void);

/* Zeroed memory for count objects of size bytes; the caller frees it. */
void *mem_new(size_t count, size_t size);

/* As realloc(3) for count objects of size bytes; new bytes are not zeroed. */
void *mem_grow(void *, size_t count, size_t size);

/* A copy of a string; NULL stays NULL. */
char *mem_dup(const char *);

/* A copy of the first length bytes of a string, NUL added. */
char *mem_dup_n(const char *, size_t length);

/* A string formatted as by printf(3). */
char *mem_printf(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* As open_memstream(3): what is written to it becomes *text, the caller's,
 * once it is closed. */
FILE *mem_stream(char **text, size_t *length);

#endif
