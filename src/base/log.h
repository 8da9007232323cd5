/*
 * log.h -- the one way to the log: stderr or syslog, text or JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A message is one line whatever it holds. Nothing ever waits for a reader, be
 * it a pipe, a terminal, the journal or syslogd: what is not taken at once is
 * lost and counted, and how much it was is logged once lines are taken again.
 * Under systemd lines carry sd-daemon(3) priorities.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level {
	LOG_LEVEL_ERROR,	/* needs an administrator */
	LOG_LEVEL_WARNING,	/* might need one */
	LOG_LEVEL_INFO,		/* life */
	LOG_LEVEL_DEBUG,	/* every step */
};

struct log_options {
	bool to_syslog;		/* facility mail; else stderr */
	bool is_json;		/* one object a line, else text */
	enum log_level level;	/* what is less important is not logged */
};

/* Set where and how; before the first call: text to stderr at info. */
void log_setup(const struct log_options *);

/* The descriptor that the log goes to, to be left alone; -1: none is open. */
int log_descriptor(void);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For a failure that repeats: at most one line a minute, with a count. */
struct log_limit {
	int64_t quiet_until_ms;	/* monotonic */
	unsigned held_back;
};
void log_limited(struct log_limit *, enum log_level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * A line of fields: log_begin, any number of fields, log_end.
 * Text: "event key=value key=value". JSON: members of one object. A value may
 * hold any bytes; it is escaped and cut to 256 bytes. A NULL or empty text is
 * left out.
 */
void log_begin(enum log_level, const char *event);
void log_text(const char *key, const char *value);
void log_number(const char *key, int64_t value);
/* A time given in microseconds, written in milliseconds: 1.234. */
void log_milliseconds(const char *key, int64_t us);
void log_end(void);

/*
 * Gather the lines that come, and write them together: to a pipe or a file as
 * many as are never torn apart, to syslog each by itself. Errors do not wait.
 */
void log_hold(void);
void log_release(void);

#endif
