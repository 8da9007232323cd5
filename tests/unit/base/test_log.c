/*
 * test_log.c -- the one way to the log: lines whatever they hold.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/text.h"
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PLENTY = 64 * 1024 };

static int reader;

/* Standard error goes into a pipe from here on. */
static void
catch_stderr(bool is_json, enum log_level level)
{
	struct log_options options = { .is_json = is_json, .level = level };
	int ends[2];

	if (reader != 0)
		close(reader);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
	reader = ends[0];
	ck_assert_int_eq(fcntl(reader, F_SETFL, O_NONBLOCK), 0);
	unsetenv("JOURNAL_STREAM");
	clock_set_wall_ms(1769860800007);
	log_setup(&options);
}

/* What was written since; the number of the process becomes 1. */
static const char *
caught(void)
{
	static char bytes[PLENTY];
	ssize_t length = read(reader, bytes, sizeof(bytes) - 1);
	char pid[32];
	char *found;

	bytes[length < 0 ? 0 : length] = '\0';
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	while ((found = strstr(bytes, pid)) != NULL) {
		*found = '1';
		memmove(found + 1, found + strlen(pid),
		    strlen(found + strlen(pid)) + 1);
	}
	return bytes;
}

START_TEST(lines_of_text)
{
	catch_stderr(false, LOG_LEVEL_INFO);
	log_error("a %d", 1);
	log_warning("b");
	log_info("c\nd\x1b");
	log_debug("not wanted");
	ck_assert_str_eq(caught(),
	    "2026-01-31T12:00:00.007Z policyd[1] error: a 1\n"
	    "2026-01-31T12:00:00.007Z policyd[1] warning: b\n"
	    "2026-01-31T12:00:00.007Z policyd[1] info: c\\nd\\x1b\n");
}
END_TEST

START_TEST(each_line_tells_its_time_and_process)
{
	char wanted[200];
	int status;
	pid_t child;

	catch_stderr(false, LOG_LEVEL_INFO);
	log_info("a");
	clock_set_wall_ms(1769860801999);
	child = fork();
	if (child == 0) {
		log_info("b");
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	log_info("c");
	snprintf(wanted, sizeof(wanted),
	    "2026-01-31T12:00:00.007Z policyd[1] info: a\n"
	    "2026-01-31T12:00:01.999Z policyd[%d] info: b\n"
	    "2026-01-31T12:00:01.999Z policyd[1] info: c\n", (int)child);
	ck_assert_str_eq(caught(), wanted);
}
END_TEST

/* How many lines there are. */
static size_t
count_lines(const char *bytes)
{
	size_t count = 0;

	for (; *bytes != '\0'; bytes++)
		count += *bytes == '\n';
	return count;
}

START_TEST(lines_that_are_held_come_together)
{
	catch_stderr(false, LOG_LEVEL_INFO);
	log_hold();
	log_info("a");
	log_warning("b");
	ck_assert_str_eq(caught(), "");
	log_release();
	ck_assert_str_eq(caught(),
	    "2026-01-31T12:00:00.007Z policyd[1] info: a\n"
	    "2026-01-31T12:00:00.007Z policyd[1] warning: b\n");
	/* Whoever is in trouble may not come to release them. */
	log_hold();
	log_info("c");
	log_error("d");
	ck_assert_uint_eq(count_lines(caught()), 2);
	/* However many there are. */
	for (int i = 0; i < 500; i++)
		log_info("e");
	ck_assert_uint_ge(count_lines(caught()), 400);
	log_release();
	log_info("f");
	ck_assert_uint_ge(count_lines(caught()), 2);
}
END_TEST

START_TEST(fields_of_text)
{
	catch_stderr(false, LOG_LEVEL_INFO);
	log_begin(LOG_LEVEL_INFO, "decision");
	log_text("plain", "a@b");
	log_text("none", NULL);
	log_text("empty", "");
	log_text("quoted", "a b\"\n");
	log_text("equals", "x=y");
	log_text("csi", "\xc2\x9b" "1m");
	log_number("n", -5);
	log_end();
	ck_assert_str_eq(caught(),
	    "2026-01-31T12:00:00.007Z policyd[1] info: decision plain=a@b "
	    "quoted=\"a b\\\"\\n\" equals=\"x=y\" csi=\"\\u009b1m\" n=-5\n");
	log_begin(LOG_LEVEL_DEBUG, "nothing");
	log_end();
	ck_assert_str_eq(caught(), "");
}
END_TEST

START_TEST(objects_of_json)
{
	catch_stderr(true, LOG_LEVEL_DEBUG);
	log_debug("a\"\n");
	log_begin(LOG_LEVEL_INFO, "decision");
	log_text("account", "a\xff");
	log_number("n", 7);
	log_end();
	ck_assert_str_eq(caught(),
	    "{\"time\":\"2026-01-31T12:00:00.007Z\",\"level\":\"debug\","
	    "\"pid\":1,\"message\":\"a\\\"\\u000a\"}\n"
	    "{\"time\":\"2026-01-31T12:00:00.007Z\",\"level\":\"info\","
	    "\"pid\":1,\"event\":\"decision\",\"account\":\"a\xef\xbf\xbd\","
	    "\"n\":7}\n");
}
END_TEST

START_TEST(the_journal_gets_priorities)
{
	struct log_options options = { .level = LOG_LEVEL_INFO };

	catch_stderr(false, LOG_LEVEL_INFO);
	setenv("JOURNAL_STREAM", "1:2", 1);
	log_setup(&options);
	log_error("a");
	log_info("b");
	ck_assert_str_eq(caught(), "<3>a\n<6>b\n");
}
END_TEST

START_TEST(long_values_are_cut)
{
	char value[400];
	const char *line;

	/* 255 letters, then one of two bytes: it goes as a whole. */
	memset(value, 'v', sizeof(value));
	memcpy(value + 255, "\xc3\xa9", 2);
	value[sizeof(value) - 1] = '\0';
	catch_stderr(false, LOG_LEVEL_INFO);
	log_begin(LOG_LEVEL_INFO, "e");
	log_text("v", value);
	log_end();
	line = strstr(caught(), "v=");
	ck_assert_ptr_nonnull(line);
	ck_assert_uint_eq(strspn(line, "v=\"\n"), strlen(line));
	ck_assert_uint_le(strlen(line), 260);
	ck_assert_uint_ge(strlen(line), 256);
}
END_TEST

/* A line that is too long is one line; JSON keeps its members, and of the
 * longest values the beginning. */
START_TEST(long_lines_are_cut)
{
	char value[255];
	const char *line;
	size_t members = 0;

	memset(value, '\x01', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	for (int is_json = 0; is_json < 2; is_json++) {
		catch_stderr(is_json != 0, LOG_LEVEL_INFO);
		log_begin(LOG_LEVEL_INFO, "e");
		for (int i = 0; i < 50; i++)
			log_text("v", value);
		log_text("short", "a\"b");
		log_number("n", 7);
		log_end();
		line = caught();
		ck_assert_uint_gt(strlen(line), 3800);
		ck_assert_uint_le(strlen(line), 4096);
		ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
	}
	for (const char *v = line; (v = strstr(v, ",\"v\":\"")) != NULL; v++) {
		const char *end = strchr(v + 6, '"');

		ck_assert_uint_ge(end - v, 6 + 60);
		ck_assert_uint_eq((end - v - 6) % 6, 0);
		members++;
	}
	ck_assert_uint_eq(members, 50);
	ck_assert_ptr_nonnull(strstr(line,
	    "\"event\":\"e\",\"v\":\"\\u0001\\u0001"));
	ck_assert_ptr_nonnull(strstr(line, "\",\"short\":\"a\\\"b\",\"n\":7}\n"));
}
END_TEST

/* What is cut stays UTF-8, and what is short stays whole. */
START_TEST(long_messages_of_json_are_cut)
{
	char value[2000];
	const char *line;

	for (size_t i = 0; i + 1 < sizeof(value); i += 2)
		memcpy(value + i, "\x01\xc3", 2);
	value[sizeof(value) - 1] = '\0';
	catch_stderr(true, LOG_LEVEL_INFO);
	log_info("%s", value);
	line = caught();
	ck_assert_uint_le(strlen(line), 4096);
	ck_assert_uint_gt(strlen(line), 4080);
	ck_assert_ptr_nonnull(strstr(line, "\"message\":\"\\u0001\xef\xbf\xbd"));
	ck_assert_str_eq(line + strlen(line) - 3, "\"}\n");
	ck_assert_int_eq(line[strlen(line) - 4] == '1' ||
	    line[strlen(line) - 4] == '\xbd', 1);
}
END_TEST

START_TEST(repeated_failures_are_held_back)
{
	struct log_limit limit = { 0 };

	catch_stderr(false, LOG_LEVEL_INFO);
	for (int i = 0; i < 5; i++)
		log_limited(&limit, LOG_LEVEL_WARNING, "store is away");
	ck_assert_str_eq(caught(),
	    "2026-01-31T12:00:00.007Z policyd[1] warning: store is away\n");
	limit.quiet_until_ms = 0; /* a minute later */
	log_limited(&limit, LOG_LEVEL_WARNING, "store is away");
	ck_assert_str_eq(caught(),
	    "2026-01-31T12:00:00.007Z policyd[1] warning: store is away "
	    "(4 more like this since)\n");
}
END_TEST

/* Nobody reads: lines are lost, the process goes on, and says so later. */
START_TEST(a_reader_that_stalls)
{
	char line[2001];
	int64_t began = clock_mono_ms();
	const char *text;

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	catch_stderr(false, LOG_LEVEL_INFO);
	for (int i = 0; i < 1000; i++)
		log_info("%s", line);
	ck_assert_int_lt(clock_mono_ms() - began, 10000);
	ck_assert_uint_gt(counters_sum(STAT_LOG_LOST), 100);
	while (*caught() != '\0')
		;
	log_info("back");
	text = caught();
	ck_assert_ptr_nonnull(strstr(text, "info: back\n"));
	ck_assert_ptr_nonnull(strstr(text,
	    "log lines were lost: nobody took them\n"));
	log_info("again");
	ck_assert_ptr_null(strstr(caught(), "were lost"));
}
END_TEST

/* What was said of lost lines, of a batch that a file has no room for. */
static unsigned
lose(rlim_t room)
{
	char path[] = "/tmp/policyd-log.XXXXXX";
	static char bytes[PLENTY];
	struct log_options options = { .level = LOG_LEVEL_INFO };
	struct rlimit before, limit;
	int fd = mkstemp(path);
	const char *said;
	ssize_t length;

	unlink(path);
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	setenv("JOURNAL_STREAM", "1:2", 1);
	log_setup(&options);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = room;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	log_hold();
	for (int i = 0; i < 4; i++)
		log_info("line%d", i);
	log_release();
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	log_info("back");
	length = pread(fd, bytes, sizeof(bytes) - 1, 0);
	ck_assert_int_gt(length, 0);
	bytes[length] = '\0';
	close(fd);
	ck_assert_ptr_nonnull(strstr(bytes, "<6>back\n"));
	said = strstr(bytes, " log lines were lost");
	if (said == NULL)
		return 0;
	while (*said != '>')
		said--;
	return (unsigned)atoi(said + 1);
}

/* Each is 9 bytes; the end of one alone comes with the next. */
START_TEST(lost_are_those_that_are_not_whole)
{
	static const struct {
		rlim_t room;
		unsigned lost;
	} rooms[] = { { 36, 0 }, { 35, 0 }, { 34, 1 }, { 28, 1 }, { 27, 1 },
		{ 26, 1 }, { 25, 2 }, { 9, 3 }, { 1, 4 }, { 0, 4 } };

	signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < ROWS(rooms); i++) {
		uint64_t before = counters_sum(STAT_LOG_LOST);

		ck_assert_uint_eq(lose(rooms[i].room), rooms[i].lost);
		ck_assert_uint_eq(counters_sum(STAT_LOG_LOST) - before,
		    rooms[i].lost);
	}
}
END_TEST

UNIT("base/log", lines_of_text, each_line_tells_its_time_and_process,
    lines_that_are_held_come_together,
    fields_of_text, objects_of_json, the_journal_gets_priorities,
    long_values_are_cut, long_lines_are_cut, long_messages_of_json_are_cut,
    repeated_failures_are_held_back, a_reader_that_stalls,
    lost_are_those_that_are_not_whole)
