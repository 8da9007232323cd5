/*
 * test_file_snapshot.c -- sealed copies of files in memory.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* F_GET_SEALS */
#include "server/file_snapshot.h"

#include "base/clock.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 300000 };

static char directory[] = "/tmp/policyd-snapshot-XXXXXX";
static char path[64], other[64];

static void
setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/file", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
}

static void
teardown(void)
{
	unlink(path);
	unlink(other);
	rmdir(directory);
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
}

/* Fill a file with one letter, in place. */
static void
fill(const char *name, char letter, size_t size)
{
	static char bytes[SIZE];
	int fd = open(name, O_WRONLY | O_CREAT, 0644);

	memset(bytes, letter, sizeof(bytes));
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
	close(fd);
}

/* Is the copy, opened by its path, all of this letter? */
static void
assert_holds(const struct snapshot *snapshot, char letter)
{
	static char bytes[SIZE + 1];
	int fd = open(snapshot->path, O_RDONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read(fd, bytes, sizeof(bytes)), SIZE);
	for (int i = 0; i < SIZE; i++)
		ck_assert_int_eq(bytes[i], letter);
	close(fd);
}

START_TEST(test_copy_is_sealed)
{
	struct snapshot snapshot;
	int fd;

	setup();
	fill(path, 'a', SIZE);
	ck_assert_int_eq(snapshot_take(&snapshot, path), 0);
	assert_holds(&snapshot, 'a');
	ck_assert_int_eq(snapshot.size, SIZE);
	ck_assert_int_eq(fcntl(snapshot.fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(snapshot.fd, F_GET_SEALS) &
		(F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL),
	    F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	fd = open(snapshot.path, O_RDWR);
	ck_assert(fd < 0 || write(fd, "x", 1) < 0);
	ck_assert_int_ne(ftruncate(snapshot.fd, 0), 0);
	if (fd >= 0)
		close(fd);
	snapshot_close(&snapshot);
	ck_assert_int_eq(snapshot.fd, -1);
	teardown();
}
END_TEST

START_TEST(test_original_may_change)
{
	struct snapshot snapshot;
	const char *map;

	setup();
	fill(path, 'a', SIZE);
	ck_assert_int_eq(snapshot_take(&snapshot, path), 0);
	map = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, snapshot.fd, 0);
	ck_assert_ptr_ne(map, MAP_FAILED);
	fill(path, 'b', SIZE);
	ck_assert_int_eq(truncate(path, 10), 0);
	ck_assert_int_eq(map[0], 'a');
	ck_assert_int_eq(map[SIZE - 1], 'a');
	munmap((void *)(uintptr_t)map, SIZE);
	snapshot_close(&snapshot);
	teardown();
}
END_TEST

START_TEST(test_child_reads_it)
{
	struct snapshot snapshot;
	int status;
	pid_t pid;

	setup();
	fill(path, 'c', SIZE);
	ck_assert_int_eq(snapshot_take(&snapshot, path), 0);
	pid = fork();
	if (pid == 0) {
		/* Not even root's file: an unprivileged child must read it. */
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(2);
		_exit(open(snapshot.path, O_RDONLY) >= 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	snapshot_close(&snapshot);
	teardown();
}
END_TEST

/* What is too large is refused before it is read: a sparse file of 1 GiB. */
START_TEST(test_too_large)
{
	struct snapshot snapshot;

	setup();
	fill(path, 'a', SIZE);
	ck_assert_int_eq(truncate(path, ((off_t)1 << 30) + 1), 0);
	ck_assert_int_eq(snapshot_take(&snapshot, path), -1);
	ck_assert_int_eq(snapshot.fd, -1);
	teardown();
}
END_TEST

/* What a writer tells: the times that the file had during writes that were not
 * through when it looked as if nobody wrote to it. */
enum { OLD_MS = 50, SLOW_MAX = 1000, COPIES = 3 };
struct writer {
	_Atomic bool is_over;
	unsigned slow_count;
	struct timespec slow[SLOW_MAX];
};

/* Say when the file was changed, by its own time, and how long that is ago. */
static int64_t
age_ms(struct timespec *changed)
{
	struct timespec now;
	struct stat status;

	ck_assert_int_eq(stat(path, &status), 0);
	clock_gettime(CLOCK_REALTIME, &now);
	*changed = status.st_ctim;
	return (int64_t)(now.tv_sec - changed->tv_sec) * 1000 +
	    (now.tv_nsec - changed->tv_nsec) / 1000000;
}

static void
write_on_and_on(struct writer *writer)
{
	for (char letter = 'a'; !writer->is_over; letter = letter == 'z' ?
	    'a' : (char)(letter + 1)) {
		struct timespec changed;

		fill(path, letter, SIZE);
		if (age_ms(&changed) >= OLD_MS &&
		    writer->slow_count < SLOW_MAX)
			writer->slow[writer->slow_count++] = changed;
	}
}

static bool
was_slow(const struct writer *writer, const struct timespec *changed)
{
	for (unsigned i = 0; i < writer->slow_count; i++)
		if (writer->slow[i].tv_sec == changed->tv_sec &&
		    writer->slow[i].tv_nsec == changed->tv_nsec)
			return true;
	return writer->slow_count == SLOW_MAX;
}

static bool
is_mixture(const struct snapshot *snapshot)
{
	static char bytes[SIZE];

	ck_assert_int_eq(pread(snapshot->fd, bytes, SIZE, 0), SIZE);
	return memcmp(bytes, bytes + 1, SIZE - 1) != 0;
}

/* A writer that goes on and on, in place: never a mixture. One that the
 * machine lets stand in mid-write cannot be told from one that is through. */
START_TEST(test_written_while_copied)
{
	struct snapshot snapshots[COPIES];
	struct writer *writer = mmap(NULL, sizeof(*writer),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	ck_assert_ptr_ne(writer, MAP_FAILED);
	setup();
	fill(path, 'a', SIZE);
	pid = fork();
	if (pid == 0) {
		write_on_and_on(writer);
		_exit(EXIT_SUCCESS);
	}
	for (int i = 0; i < COPIES; i++)
		snapshot_take(&snapshots[i], path);
	writer->is_over = true;
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	for (int i = 0; i < COPIES; i++) {
		if (snapshots[i].fd >= 0 && is_mixture(&snapshots[i]))
			ck_assert(was_slow(writer, &snapshots[i].changed));
		snapshot_close(&snapshots[i]);
	}
	munmap(writer, sizeof(*writer));
	ck_assert_int_eq(snapshot_take(&snapshots[0], path), 0);
	ck_assert(!is_mixture(&snapshots[0]));
	snapshot_close(&snapshots[0]);
	teardown();
}
END_TEST

static void
change_in_place(void)
{
	fill(path, 'b', SIZE);
}

static void
change_and_restore_time(void)
{
	struct stat status;
	struct timespec times[2];

	ck_assert_int_eq(stat(path, &status), 0);
	times[0] = status.st_atim;
	times[1] = status.st_mtim;
	fill(path, 'b', SIZE);
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
replace(void)
{
	fill(other, 'b', SIZE);
	ck_assert_int_eq(rename(other, path), 0);
}

static void
cut(void)
{
	ck_assert_int_eq(truncate(path, SIZE - 1), 0);
}

static void
remove_it(void)
{
	unlink(path);
}

static void
read_it(void)
{
	int fd = open(path, O_RDONLY);
	char byte;

	ck_assert_int_eq(read(fd, &byte, 1), 1);
	close(fd);
}

static const struct {
	const char *says;
	void (*happens)(void);
	bool is_stale;
} changes[] = {
	{ "a file that was read has not changed", read_it, false },
	{ "one written to has", change_in_place, true },
	{ "even if its time was set back", change_and_restore_time, true },
	{ "one replaced has", replace, true },
	{ "one cut short has", cut, true },
	{ "one that is gone has not: keep the copy", remove_it, false },
};

static void
check_stale(size_t i)
{
	static const struct timespec tick = { .tv_nsec = 20000000 };
	struct snapshot snapshot;

	fill(path, 'a', SIZE);
	ck_assert_int_eq(snapshot_take(&snapshot, path), 0);
	ck_assert(!snapshot_is_stale(&snapshot, path));
	nanosleep(&tick, NULL); /* times of files advance in ticks */
	changes[i].happens();
	ck_assert_msg(snapshot_is_stale(&snapshot, path) ==
		changes[i].is_stale, "%s", changes[i].says);
	snapshot_close(&snapshot);
}

START_TEST(test_stale)
{
	for (size_t i = 0; i < ROWS(changes); i++) {
		setup();
		check_stale(i);
		teardown();
	}
}
END_TEST

START_TEST(test_refused)
{
	struct snapshot snapshot;

	setup();
	ck_assert_int_eq(snapshot_take(&snapshot, path), -1);
	ck_assert_int_eq(snapshot.fd, -1);
	fill(path, 'a', 0);
	ck_assert_int_eq(snapshot_take(&snapshot, path), -1);
	ck_assert_int_eq(snapshot_take(&snapshot, directory), -1);
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(snapshot_take(&snapshot, path), -1);
	teardown();
}
END_TEST

UNIT("server/file_snapshot", test_copy_is_sealed, test_original_may_change,
    test_child_reads_it, test_too_large, test_written_while_copied,
    test_stale, test_refused)
