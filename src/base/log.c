/*
 * log.c -- the one way to the log: stderr or syslog, text or JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP */
#include "base/log.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log_line.h"
#include "base/log_sink.h"
#include "base/text.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define SYSLOG_SOCKET "/dev/log"

enum {
	LONGEST_MESSAGE = LOG_LINE_MAX / 2,
	LONGEST_VALUE = 256,
	QUIET_MS = 60000,
};

static const struct {
	const char *name;
	int priority; /* syslog(3), and sd-daemon(3) */
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", LOG_ERR },
	[LOG_LEVEL_WARNING] = { "warning", LOG_WARNING },
	[LOG_LEVEL_INFO] = { "info", LOG_INFO },
	[LOG_LEVEL_DEBUG] = { "debug", LOG_DEBUG },
};

/* The one writable state that style allows here. */
static struct {
	struct log_options options;
	bool is_journal; /* stderr goes to systemd's journal */
	uint64_t pid;	/* 0: ask, and be told of a fork */
	bool is_told;
	int64_t second;	/* of time, which was written out last */
	char time[24];
	struct log_sink sink;
	unsigned lost;	/* lines, since the last one that was not */
	int error;	/* of the last line; 0: it is out */
	enum log_level level; /* of the line under construction */
	struct log_line line;
	bool is_holding;
	size_t held_length;
	char held[LOG_LINE_MAX]; /* pipe(7): PIPE_BUF, and not torn */
} state = { .options = { .level = LOG_LEVEL_INFO } };

/* Whoever builds a line has the log: of a process with several threads one.
 * Lines about lost lines come within others. */
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

void
log_setup(const struct log_options *options)
{
	state.options = *options;
	state.is_journal = getenv("JOURNAL_STREAM") != NULL;
	if (options->to_syslog)
		log_sink_syslog(&state.sink, SYSLOG_SOCKET);
	else
		log_sink_stderr(&state.sink);
}

int
log_descriptor(void)
{
	return state.sink.kind == SINK_CLOSED ? -1 : state.sink.fd;
}

static bool
is_wanted(enum log_level level)
{
	return level <= state.options.level;
}

static void
add_time(struct text *line)
{
	int64_t now = clock_wall_ms();

	if (now / 1000 != state.second || state.second == 0) {
		clock_format(now, state.time);
		/* The Z comes behind the fraction. */
		state.time[strlen(state.time) - 1] = '\0';
		state.second = now / 1000;
	}
	text_add(line, state.time);
	text_add_char(line, '.');
	text_add_number(line, (uint64_t)(now % 1000), 3);
	text_add_char(line, 'Z');
}

static void
forget_pid(void)
{
	state.pid = 0;
}

/* Without a system call for each line. */
static uint64_t
own_pid(void)
{
	if (state.pid == 0) {
		if (!state.is_told)
			pthread_atfork(NULL, NULL, forget_pid);
		state.is_told = true;
		state.pid = (uint64_t)getpid();
	}
	return state.pid;
}

static void
begin_line(enum log_level level)
{
	struct text *line = &state.line.text;

	state.level = level;
	log_line_begin(&state.line, state.options.is_json);
	if (state.options.is_json) {
		text_add(line, "{\"time\":\"");
		add_time(line);
		text_printf(line, "\",\"level\":\"%s\",\"pid\":%d",
		    levels[level].name, (int)own_pid());
	} else if (state.options.to_syslog) {
		if (level <= LOG_LEVEL_WARNING)
			text_printf(line, "%s: ", levels[level].name);
	} else if (state.is_journal) {
		text_printf(line, "<%d>", levels[level].priority);
	} else {
		add_time(line);
		text_add(line, " policyd[");
		text_add_number(line, own_pid(), 1);
		text_add(line, "] ");
		text_add(line, levels[level].name);
		text_add(line, ": ");
	}
}

static void
put(const char *bytes, size_t length)
{
	unsigned lost;

	state.error = log_sink_put(&state.sink, levels[state.level].priority,
	    bytes, length, &lost);
	state.lost += lost;
	counters_add(STAT_LOG_LOST, lost);
}

static void
put_held(void)
{
	if (state.held_length > 0)
		put(state.held, state.held_length);
	state.held_length = 0;
}

static void
end_line(void)
{
	size_t length = log_line_end(&state.line);

	if (!state.is_holding || state.options.to_syslog) {
		put(state.line.bytes, length);
		return;
	}
	if (state.held_length + length > sizeof(state.held))
		put_held();
	memcpy(state.held + state.held_length, state.line.bytes, length);
	state.held_length += length;
	if (state.level == LOG_LEVEL_ERROR)
		put_held();
}

static void
message(enum log_level level, const char *format, va_list args)
{
	char bytes[LONGEST_MESSAGE];
	struct text text;

	text_init(&text, bytes, sizeof(bytes));
	text_vprintf(&text, format, args);
	begin_line(level);
	if (state.options.is_json) {
		text_add(&state.line.text, ",\"message\":");
		log_line_value(&state.line, text.bytes, text.length);
	} else {
		text_add_line(&state.line.text, text.bytes, text.length);
	}
	end_line();
}

/* Say how many lines were lost, once one is out again. */
static void
report_lost(void)
{
	unsigned count = state.lost;

	if (count == 0 || state.error != 0 || state.is_holding)
		return;
	state.lost = 0;
	log_warning("%u log lines were lost: nobody took them", count);
	if (state.error != 0)
		state.lost = count;
}

#define MESSAGE(level)                                                         \
	va_list args;                                                          \
	if (!is_wanted(level))                                                 \
		return;                                                        \
	pthread_mutex_lock(&lock);                                             \
	va_start(args, format);                                                \
	message(level, format, args);                                          \
	va_end(args);                                                          \
	report_lost();                                                         \
	pthread_mutex_unlock(&lock)

void
log_error(const char *format, ...)
{
	MESSAGE(LOG_LEVEL_ERROR);
}

void
log_warning(const char *format, ...)
{
	MESSAGE(LOG_LEVEL_WARNING);
}

void
log_info(const char *format, ...)
{
	MESSAGE(LOG_LEVEL_INFO);
}

void
log_debug(const char *format, ...)
{
	MESSAGE(LOG_LEVEL_DEBUG);
}

void
log_limited(struct log_limit *limit, enum log_level level, const char *format,
    ...)
{
	int64_t now = clock_mono_ms();
	char bytes[LONGEST_MESSAGE];
	struct text text;
	va_list args;

	if (now < limit->quiet_until_ms) {
		limit->held_back++;
		return;
	}
	text_init(&text, bytes, sizeof(bytes));
	va_start(args, format);
	text_vprintf(&text, format, args);
	va_end(args);
	if (limit->held_back > 0)
		text_printf(&text, " (%u more like this since)",
		    limit->held_back);
	limit->held_back = 0;
	limit->quiet_until_ms = now + QUIET_MS;
	switch (level) {
	case LOG_LEVEL_ERROR:
		log_error("%s", bytes);
		break;
	case LOG_LEVEL_WARNING:
		log_warning("%s", bytes);
		break;
	case LOG_LEVEL_INFO:
		log_info("%s", bytes);
		break;
	case LOG_LEVEL_DEBUG:
	default:
		log_debug("%s", bytes);
		break;
	}
}

void
log_begin(enum log_level level, const char *event)
{
	pthread_mutex_lock(&lock);
	begin_line(level);
	if (state.options.is_json) {
		text_add(&state.line.text, ",\"event\":");
		log_line_value(&state.line, event, strlen(event));
	} else {
		text_add(&state.line.text, event);
	}
}

/* Can a value stand without quotes? */
static bool
is_plain(const char *value)
{
	for (; *value != '\0'; value++)
		if ((unsigned char)*value <= ' ' || *value == '"' ||
		    *value == '\\' || *value == '=' || *value == 0x7f ||
		    text_is_c1(value))
			return false;
	return true;
}

void
log_text(const char *key, const char *value)
{
	struct text *line = &state.line.text;
	size_t length;

	if (value == NULL || *value == '\0' ||
	    state.line.count == LOG_VALUES_MAX)
		return;
	length = strlen(value);
	if (length > LONGEST_VALUE) {
		/* Do not cut a UTF-8 sequence in two. */
		length = LONGEST_VALUE;
		while (length > 0 && (value[length] & 0xc0) == 0x80)
			length--;
	}
	if (state.options.is_json) {
		text_printf(line, ",\"%s\":", key);
		log_line_value(&state.line, value, length);
		return;
	}
	text_add_char(line, ' ');
	text_add(line, key);
	text_add_char(line, '=');
	if (length < LONGEST_VALUE && is_plain(value)) {
		text_add_n(line, value, length);
		return;
	}
	text_add_char(line, '"');
	text_add_escaped(line, value, length);
	text_add_char(line, '"');
}

void
log_number(const char *key, int64_t value)
{
	if (state.options.is_json)
		text_printf(&state.line.text, ",\"%s\":%lld", key, (long long)value);
	else
		text_printf(&state.line.text, " %s=%lld", key, (long long)value);
}

void
log_milliseconds(const char *key, int64_t us)
{
	struct text *line = &state.line.text;

	if (us < 0)
		us = 0;
	text_add(line, state.options.is_json ? ",\"" : " ");
	text_add(line, key);
	text_add(line, state.options.is_json ? "\":" : "=");
	text_add_number(line, (uint64_t)us / 1000, 1);
	text_add_char(line, '.');
	text_add_number(line, (uint64_t)us % 1000, 3);
}

void
log_end(void)
{
	if (is_wanted(state.level))
		end_line();
	report_lost();
	pthread_mutex_unlock(&lock);
}

void
log_hold(void)
{
	pthread_mutex_lock(&lock);
	state.is_holding = true;
	pthread_mutex_unlock(&lock);
}

void
log_release(void)
{
	pthread_mutex_lock(&lock);
	state.is_holding = false;
	put_held();
	report_lost();
	pthread_mutex_unlock(&lock);
}
