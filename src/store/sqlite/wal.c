/*
 * wal.c -- the write-ahead log of an SQLite file: carried over to it in time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/wal.h"

#include "base/clock.h"
#include "base/log.h"

enum {
	/* Who keeps the log begins it anew at 32 MB. */
	KEEP_PAGES = WAL_PAGES_MAX / 2,
	/* What is left may be carried over while writers wait. */
	LEFT_PAGES = 512,
	/* What they write meanwhile is less each time. */
	TIMES = 4,
	/* How long to wait for them. */
	PATIENCE_MS = 200,
	/* A log that another program reads is tried again only after so many
	 * more pages. */
	STEP = 1024,
};

/* What the log has, and of it what was carried over. */
struct length {
	uint32_t pages, done;
};

/*
 * Look at the index of the log, which is in memory that all processes share:
 * its first part is 32 KB, and begins with what is read here.
 * https://sqlite.org/walformat.html#walidxfmt
 */
static bool
look(const struct sqlite_db *db, struct length *length)
{
	enum { PART_BYTES = 32768, PAGES_AT = 16 / 4, DONE_AT = 96 / 4 };
	sqlite3_file *file = NULL;
	void volatile *part = NULL;
	const uint32_t volatile *numbers;

	if (db->handle == NULL || db->is_scratch ||
	    sqlite3_file_control(db->handle, "main",
		SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
	    file == NULL || file->pMethods == NULL ||
	    file->pMethods->iVersion < 2 ||
	    file->pMethods->xShmMap(file, 0, PART_BYTES, 0, &part) !=
		SQLITE_OK || part == NULL)
		return false;
	numbers = part;
	length->pages = numbers[PAGES_AT];
	length->done = numbers[DONE_AT];
	if (length->done > length->pages)
		length->done = 0; /* it was begun anew meanwhile */
	return true;
}

static uint32_t
left(const struct length *length)
{
	return length->pages - length->done;
}

/* How far it came. */
enum progress {
	FAILED,		/* somebody else is at it, or the disk is full */
	STUCK,		/* as far as a reader lets it */
	MOVED,
};

/* Writers go on. */
static enum progress
carry(struct sqlite_db *db, struct length *length)
{
	uint32_t done = length->done;
	int code = sqlite3_wal_checkpoint_v2(db->handle, "main",
	    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	if (!look(db, length) || code != SQLITE_OK)
		return FAILED;
	return length->done != done ? MOVED : STUCK;
}

/* They wait until all of it is carried over. */
static enum progress
begin_anew(struct sqlite_db *db, struct length *length)
{
	db->deadline_ms = clock_mono_ms() + PATIENCE_MS;
	sqlite3_wal_checkpoint_v2(db->handle, "main",
	    SQLITE_CHECKPOINT_RESTART, NULL, NULL);
	look(db, length);
	return left(length) > 0 ? STUCK : MOVED;
}

/* Was it tried in vain? */
static bool
is_too_soon(struct sqlite_db *db, const struct length *length)
{
	/* A log that was begun anew since is short. */
	if (length->pages < db->wal_tried)
		db->wal_tried = 0;
	return db->wal_tried > 0 && length->pages < db->wal_tried + STEP;
}

static void
conclude(struct sqlite_db *db, const struct length *length,
    enum progress progress)
{
	if (progress == STUCK && left(length) >= WAL_PAGES_MAX / 2)
		log_limited(&db->log_grows, LOG_LEVEL_WARNING,
		    "store: %s-wal has %u MiB and cannot be carried over to "
		    "its file: another program reads it all the time (fuser "
		    "tells which)", db->path, length->pages / 256);
	db->wal_tried = left(length) > 0 ? length->pages : 0;
}

uint32_t
wal_carry(struct sqlite_db *db, uint32_t least_pages)
{
	struct length length;
	enum progress progress;

	if (!look(db, &length))
		return 0;
	if (length.pages < least_pages || left(&length) == 0 ||
	    (least_pages > 0 && is_too_soon(db, &length)))
		return length.pages;
	progress = carry(db, &length);
	if (progress == MOVED && left(&length) > 0 &&
	    length.pages >= WAL_PAGES_MAX)
		progress = begin_anew(db, &length);
	conclude(db, &length, progress);
	return length.pages;
}

void
wal_keep(struct sqlite_db *db)
{
	struct length length;
	enum progress progress = MOVED;

	if (!look(db, &length) || length.pages < KEEP_PAGES ||
	    left(&length) == 0 || is_too_soon(db, &length))
		return;
	for (int i = 0; i < TIMES && progress == MOVED &&
	     left(&length) > LEFT_PAGES; i++)
		progress = carry(db, &length);
	/* A reader would have them all wait in vain. */
	if (progress == MOVED && (left(&length) <= LEFT_PAGES ||
				     length.pages >= WAL_PAGES_MAX))
		progress = begin_anew(db, &length);
	conclude(db, &length, progress);
}
