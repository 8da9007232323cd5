/*
 * log.c -- the one way to the log: stderr or syslog, text or JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/log.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

enum {
	/* A write of up to PIPE_BUF bytes is not mixed with another's. */
	LINE_SIZE = 4096,
	LONGEST_VALUE = 256,
	/* How long a full pipe is waited for before lines are dropped. */
	STALL_MS = 20,
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

/* The sink: the one writable state that style allows here. */
static struct {
	struct log_options options;
	bool is_journal; /* stderr goes to systemd's journal */
	bool is_stalled;
	unsigned dropped;
	enum log_level level; /* of the line under construction */
	struct text line;
	char bytes[LINE_SIZE];
} sink = { .options = { .level = LOG_LEVEL_INFO } };

void
log_setup(const struct log_options *options)
{
	sink.options = *options;
	sink.is_journal = getenv("JOURNAL_STREAM") != NULL;
	if (options->to_syslog)
		openlog("policyd", LOG_PID | LOG_NDELAY, LOG_MAIL);
}

static bool
is_wanted(enum log_level level)
{
	return level <= sink.options.level;
}

/* Write to stderr, or drop the line when nobody reads it. */
static void
write_stderr(const char *bytes, size_t length)
{
	struct pollfd wait = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (poll(&wait, 1, sink.is_stalled ? 0 : STALL_MS) != 1 ||
	    !(wait.revents & POLLOUT)) {
		sink.is_stalled = true;
		sink.dropped++;
		return;
	}
	sink.is_stalled = false;
	while (length > 0) {
		ssize_t done = write(STDERR_FILENO, bytes, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		bytes += done;
		length -= (size_t)done;
	}
}

static void
add_time(struct text *line)
{
	int64_t now = clock_wall_ms();
	char time[24];

	clock_format(now, time);
	time[strlen(time) - 1] = '\0'; /* the Z comes behind the fraction */
	text_printf(line, "%s.%03dZ", time, (int)(now % 1000));
}

static void
begin_line(enum log_level level)
{
	struct text *line = &sink.line;

	sink.level = level;
	text_init(line, sink.bytes, sizeof(sink.bytes) - 2);
	if (sink.options.is_json) {
		text_add(line, "{\"time\":\"");
		add_time(line);
		text_printf(line, "\",\"level\":\"%s\",\"pid\":%d",
		    levels[level].name, (int)getpid());
	} else if (sink.options.to_syslog) {
		if (level <= LOG_LEVEL_WARNING)
			text_printf(line, "%s: ", levels[level].name);
	} else if (sink.is_journal) {
		text_printf(line, "<%d>", levels[level].priority);
	} else {
		add_time(line);
		text_printf(line, " policyd[%d] %s: ", (int)getpid(),
		    levels[level].name);
	}
}

static void
end_line(void)
{
	struct text *line = &sink.line;

	if (sink.options.is_json)
		text_add(line, "}");
	if (line->is_cut && sink.options.is_json) {
		/* A cut object is none: say at least that there was one. */
		text_init(line, sink.bytes, sizeof(sink.bytes) - 2);
		text_add(line, "{\"event\":\"line too long\"}");
	}
	if (sink.options.to_syslog) {
		syslog(levels[sink.level].priority, "%s", line->bytes);
		return;
	}
	line->bytes[line->length] = '\n';
	write_stderr(line->bytes, line->length + 1);
}

static void
message(enum log_level level, const char *format, va_list args)
{
	char bytes[LINE_SIZE / 2];
	struct text text;

	text_init(&text, bytes, sizeof(bytes));
	text_vprintf(&text, format, args);
	begin_line(level);
	if (sink.options.is_json) {
		text_add(&sink.line, ",\"message\":");
		text_add_json(&sink.line, text.bytes, text.length);
	} else {
		text_add_line(&sink.line, text.bytes, text.length);
	}
	end_line();
}

/* Say how many lines were lost, once the reader is back. */
static void
report_dropped(void)
{
	unsigned count = sink.dropped;

	if (count == 0 || sink.is_stalled)
		return;
	sink.dropped = 0;
	log_warning("%u log lines were lost: nobody read stderr", count);
}

#define MESSAGE(level)                                                         \
	va_list args;                                                          \
	if (!is_wanted(level))                                                 \
		return;                                                        \
	va_start(args, format);                                                \
	message(level, format, args);                                          \
	va_end(args);                                                          \
	report_dropped()

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
	char bytes[LINE_SIZE / 2];
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
	begin_line(level);
	if (sink.options.is_json) {
		text_add(&sink.line, ",\"event\":");
		text_add_json(&sink.line, event, strlen(event));
	} else {
		text_add(&sink.line, event);
	}
}

/* Can a value stand without quotes? */
static bool
is_plain(const char *value)
{
	for (; *value != '\0'; value++)
		if ((unsigned char)*value <= ' ' || *value == '"' ||
		    *value == '\\' || *value == '=' || *value == 0x7f)
			return false;
	return true;
}

void
log_text(const char *key, const char *value)
{
	struct text *line = &sink.line;
	size_t length;

	if (value == NULL || *value == '\0')
		return;
	length = strlen(value);
	if (length > LONGEST_VALUE) {
		/* Do not cut a UTF-8 sequence in two. */
		length = LONGEST_VALUE;
		while (length > 0 && (value[length] & 0xc0) == 0x80)
			length--;
	}
	if (sink.options.is_json) {
		text_printf(line, ",\"%s\":", key);
		text_add_json(line, value, length);
		return;
	}
	text_printf(line, " %s=", key);
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
	if (sink.options.is_json)
		text_printf(&sink.line, ",\"%s\":%lld", key, (long long)value);
	else
		text_printf(&sink.line, " %s=%lld", key, (long long)value);
}

void
log_milliseconds(const char *key, int64_t us)
{
	if (us < 0)
		us = 0;
	text_printf(&sink.line, sink.options.is_json ? ",\"%s\":%lld.%03d" :
		" %s=%lld.%03d", key, (long long)(us / 1000), (int)(us % 1000));
}

void
log_end(void)
{
	if (is_wanted(sink.level))
		end_line();
	report_dropped();
}
