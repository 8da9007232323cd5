/*
 * test_log_sink.c -- lines go out or are lost, and nothing ever waits.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE
#include "base/clock.h"
#include "base/log_sink.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

/* More than any of them holds. */
enum { PLENTY = 20000 };

static const char LINE[] =
    "=====================================================\n";

static struct log_sink sink;
static int reader;

static int
put(const char *line)
{
	unsigned lost;
	int error = log_sink_put(&sink, LOG_INFO, line, strlen(line), &lost);

	ck_assert(error != 0 || lost == 0);
	return error;
}

/* Put lines until one is lost; how many were taken. */
static int
fill(int wanted_error)
{
	int64_t began = clock_mono_ms();
	int count = 0;
	int error = 0;

	alarm(20); /* a process that waits is ended, and the test has failed */
	while (count < PLENTY && (error = put(LINE)) == 0)
		count++;
	alarm(0);
	ck_assert_int_eq(error, wanted_error);
	ck_assert_int_lt(clock_mono_ms() - began, 10000);
	return count;
}

/* Read all there is. Each line is one that was put, or the start of it. */
static int
drain(void)
{
	static char bytes[4 << 20];
	size_t length = 0;
	ssize_t got;
	int lines = 0;

	fcntl(reader, F_SETFL, O_NONBLOCK);
	while ((got = read(reader, bytes + length,
		    sizeof(bytes) - 1 - length)) > 0)
		length += (size_t)got;
	bytes[length] = '\0';
	for (char *line = strtok(bytes, "\r\n"); line != NULL;
	     line = strtok(NULL, "\r\n")) {
		ck_assert_msg(strspn(line, "=") == strlen(line) ||
		    strcmp(line, "back") == 0, "%s", line);
		lines++;
	}
	return lines;
}

/* Standard error, which waits, becomes fd. */
static void
become_stderr(int fd)
{
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	close(fd);
	log_sink_stderr(&sink);
}

static void
a_pipe(void)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	reader = ends[0];
	become_stderr(ends[1]);
}

static void
a_terminal(void)
{
	reader = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ge(reader, 0);
	ck_assert_int_eq(grantpt(reader), 0);
	ck_assert_int_eq(unlockpt(reader), 0);
	become_stderr(open(ptsname(reader), O_RDWR | O_NOCTTY));
}

/* As that of the journal. */
static void
a_stream(void)
{
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	reader = ends[0];
	become_stderr(ends[1]);
}

static const struct {
	const char *says;
	void (*open)(void);
} readers[] = {
	{ "a pipe", a_pipe },
	{ "a terminal", a_terminal },
	{ "a stream", a_stream },
};

START_TEST(nobody_reads)
{
	for (size_t i = 0; i < ROWS(readers); i++) {
		int taken;

		readers[i].open();
		taken = fill(EAGAIN);
		ck_assert_msg(taken > 0, "%s", readers[i].says);
		ck_assert_int_eq(put(LINE), EAGAIN);
		/* Others who write to it wait as they did before. */
		ck_assert_int_eq(
		    fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);
		ck_assert_int_ge(drain(), taken);
		ck_assert_msg(put("back\n") == 0, "%s", readers[i].says);
		ck_assert_int_eq(drain(), 1);
		close(reader);
	}
}
END_TEST

START_TEST(the_disk_is_full)
{
	become_stderr(open("/dev/full", O_WRONLY));
	ck_assert_int_eq(fill(ENOSPC), 0);
}
END_TEST

/* A file goes on where others have written to it. */
START_TEST(a_file)
{
	char path[] = "/tmp/policyd-sink.XXXXXX";
	char bytes[64] = "";
	int fd = mkstemp(path);

	unlink(path);
	reader = dup(fd);
	become_stderr(fd);
	ck_assert_int_eq(put("one\n"), 0);
	dprintf(STDERR_FILENO, "two\n");
	ck_assert_int_eq(put("three\n"), 0);
	ck_assert_int_gt(pread(reader, bytes, sizeof(bytes) - 1, 0), 0);
	ck_assert_str_eq(bytes, "one\ntwo\nthree\n");
}
END_TEST

/* No file may grow beyond so many bytes. */
static void
limit_files(rlim_t most)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = most;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* What there is room for is taken; how many lines are lost is told. */
START_TEST(a_file_that_is_full_in_mid_line)
{
	static const struct {
		rlim_t room;
		unsigned lost;
		const char *then;	/* with another line behind it */
	} rooms[] = {
		{ 0, 2, "last\n" },
		{ 2, 2, "on\nlast\n" },
		{ 3, 1, "one\nlast\n" },
		{ 4, 1, "one\nlast\n" },
		{ 6, 1, "one\ntw\nlast\n" },
		{ 8, 0, "one\ntwo\nlast\n" },
	};
	struct rlimit before;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	for (size_t i = 0; i < ROWS(rooms); i++) {
		char path[] = "/tmp/policyd-sink.XXXXXX";
		char bytes[64] = "";
		unsigned lost;
		int fd = mkstemp(path);
		int error;

		unlink(path);
		reader = dup(fd);
		become_stderr(fd);
		limit_files(rooms[i].room);
		error = log_sink_put(&sink, LOG_INFO, "one\ntwo\n", 8,
		    &lost);
		ck_assert_uint_eq(lost, rooms[i].lost);
		ck_assert_int_eq(error == 0, rooms[i].room == 8);
		if (error != 0)
			ck_assert_int_ne(put("never\n"), 0);
		limit_files(before.rlim_cur);
		ck_assert_int_eq(put("last\n"), 0);
		ck_assert_int_gt(pread(reader, bytes, sizeof(bytes) - 1, 0), 0);
		ck_assert_str_eq(bytes, rooms[i].then);
		close(reader);
	}
}
END_TEST

START_TEST(the_reader_is_gone)
{
	signal(SIGPIPE, SIG_IGN);
	a_pipe();
	close(reader);
	ck_assert_int_eq(put("never\n"), EPIPE);
}
END_TEST

/* --- syslog --------------------------------------------------------------- */

static char folder[] = "/tmp/policyd-syslog.XXXXXX";
static char path[64];

static void
start_syslogd(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (path[0] == '\0') {
		ck_assert_ptr_nonnull(mkdtemp(folder));
		snprintf(path, sizeof(path), "%s/log", folder);
	}
	strcpy(address.sun_path, path);
	unlink(path);
	reader = socket(AF_UNIX, SOCK_DGRAM, 0);
	ck_assert_int_eq(bind(reader, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	log_sink_syslog(&sink, path);
}

static void
end_syslogd(void)
{
	close(reader);
	close(sink.fd);
	unlink(path);
	rmdir(folder);
}

START_TEST(what_syslog_gets)
{
	char wanted[128];
	char bytes[256];
	unsigned lost;
	ssize_t length;

	setenv("TZ", "UTC", 1);
	clock_set_wall_ms(1769860800007);
	start_syslogd();
	ck_assert_int_eq(log_sink_put(&sink, LOG_ERR, "a b\n", 4, &lost), 0);
	ck_assert_uint_eq(lost, 0);
	length = recv(reader, bytes, sizeof(bytes) - 1, MSG_DONTWAIT);
	ck_assert_int_gt(length, 0);
	bytes[length] = '\0';
	snprintf(wanted, sizeof(wanted),
	    "<19>Jan 31 12:00:00 policyd[%d]: a b", (int)getpid());
	ck_assert_str_eq(bytes, wanted);
	end_syslogd();
}
END_TEST

START_TEST(a_syslogd_that_does_not_read)
{
	char bytes[256];

	start_syslogd();
	ck_assert_int_gt(fill(EAGAIN), 0);
	ck_assert_int_gt(recv(reader, bytes, sizeof(bytes), 0), 0);
	ck_assert_int_eq(put("back\n"), 0);
	end_syslogd();
}
END_TEST

START_TEST(a_syslogd_that_is_started_anew)
{
	char bytes[256];

	start_syslogd();
	ck_assert_int_eq(put("one\n"), 0);
	close(reader);
	ck_assert_int_eq(put("never\n"), ECONNREFUSED);
	/* It is not looked for at each line. */
	start_syslogd();
	ck_assert_int_ne(put("never\n"), 0);
	sink.retry_ms = 0;
	ck_assert_int_eq(put("two\n"), 0);
	ck_assert_int_gt(recv(reader, bytes, sizeof(bytes), MSG_DONTWAIT), 0);
	/* Whoever is quick loses nothing. */
	close(reader);
	start_syslogd();
	ck_assert_int_eq(put("three\n"), 0);
	ck_assert_int_gt(recv(reader, bytes, sizeof(bytes), MSG_DONTWAIT), 0);
	end_syslogd();
}
END_TEST

UNIT("base/log_sink", nobody_reads, the_disk_is_full, a_file,
    a_file_that_is_full_in_mid_line, the_reader_is_gone, what_syslog_gets, a_syslogd_that_does_not_read,
    a_syslogd_that_is_started_anew)
