/*
 * test_progress.c -- see command/progress.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* posix_openpt */
#include "command/progress.h"

#include "base/clock.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Standard error is a terminal, whose other end is returned. */
static int
take_terminal(void)
{
	int ours = posix_openpt(O_RDWR | O_NOCTTY);
	int theirs;

	ck_assert_int_ge(ours, 0);
	ck_assert_int_eq(grantpt(ours), 0);
	ck_assert_int_eq(unlockpt(ours), 0);
	theirs = open(ptsname(ours), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(theirs, 0);
	ck_assert_int_ge(dup2(theirs, STDERR_FILENO), 0);
	close(theirs);
	ck_assert_int_eq(fcntl(ours, F_SETFL, O_NONBLOCK), 0);
	return ours;
}

START_TEST(a_long_job_shows_how_far_it_is)
{
	int saved = dup(STDERR_FILENO);
	int terminal = take_terminal();
	struct progress progress = { .next_ms = 0 };
	int64_t began_ms = clock_mono_ms();
	char shown[200] = "";

	/* Not at once ... */
	progress_tell(&progress, 5, "accounts");
	ck_assert_int_eq(read(terminal, shown, sizeof(shown) - 1), -1);
	/* ... but when its time has come. */
	ck_assert_int_gt(progress.next_ms, began_ms + 1000);
	progress.next_ms = clock_mono_ms();
	progress_tell(&progress, 1234, "accounts");
	ck_assert_int_gt(read(terminal, shown, sizeof(shown) - 1), 0);
	ck_assert_ptr_nonnull(strstr(shown, "1234 accounts"));
	/* The line goes. */
	memset(shown, 0, sizeof(shown));
	progress_end(&progress);
	ck_assert_int_gt(read(terminal, shown, sizeof(shown) - 1), 0);
	ck_assert_ptr_nonnull(strchr(shown, '\r'));
	ck_assert_ptr_null(strstr(shown, "accounts"));
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(terminal);
}
END_TEST

START_TEST(a_file_shows_nothing)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	struct progress progress = { .next_ms = 1 };

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
	progress_tell(&progress, 1234, "accounts");
	progress_end(&progress);
	ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
	close(saved);
	ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
	ck_assert_int_eq(ftell(file), 0);
	fclose(file);
}
END_TEST

UNIT("progress", a_long_job_shows_how_far_it_is, a_file_shows_nothing)
