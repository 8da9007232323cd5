/*
 * test_trouble.c -- a store that fails: how long it is left alone.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* memfd_create */
#include "base/clock.h"
#include "base/log.h"
#include "store/trouble.h"
#include "unit.h"

#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

START_TEST(the_delay_doubles_from_100_ms_to_30_s)
{
	static const uint32_t delays[] = { 100, 200, 400, 800, 1600, 3200,
		6400, 12800, 25600, 30000, 30000, 30000 };
	struct trouble trouble = { .is_on = false };

	ck_assert(trouble_may_try(&trouble));
	for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		trouble_begin(&trouble, "gone");
		ck_assert_uint_eq(trouble.delay_ms, delays[i]);
		ck_assert_int_ge(trouble.retry_ms - clock_mono_ms(),
		    (int64_t)delays[i] - 90);
		ck_assert(!trouble_may_try(&trouble));
		ck_assert(trouble_is_deep(&trouble));
	}
}
END_TEST

START_TEST(what_works_now_and_then_is_not_over)
{
	struct trouble trouble = { .is_on = false };

	trouble_begin(&trouble, "gone");
	trouble_begin(&trouble, "gone");
	ck_assert_int_gt(trouble_end(&trouble), 0);
	/* It may be used again, but the end is not logged yet ... */
	ck_assert(trouble.is_on);
	ck_assert(!trouble_is_deep(&trouble));
	ck_assert(trouble_may_try(&trouble));
	/* ... and failing again is the same trouble, and no worse. */
	trouble_begin(&trouble, "gone");
	ck_assert_uint_eq(trouble.delay_ms, 200);
	ck_assert(trouble_is_deep(&trouble));
}
END_TEST

START_TEST(what_has_worked_for_a_second_is_over)
{
	struct trouble trouble = { .is_on = false };

	ck_assert_int_eq(trouble_end(&trouble), -1);
	trouble_begin(&trouble, "gone");
	ck_assert_int_gt(trouble_end(&trouble), 0);
	trouble.good_ms -= 1001;
	ck_assert_int_eq(trouble_end(&trouble), -1);
	ck_assert(!trouble.is_on);
	/* The next trouble begins anew. */
	trouble_begin(&trouble, "gone");
	ck_assert_uint_eq(trouble.delay_ms, 100);
}
END_TEST

static void
miss(struct trouble *trouble, unsigned requests)
{
	while (requests-- > 0)
		trouble_miss(trouble);
}

/* From when it worked last to when it has worked for a while. */
START_TEST(who_was_answered_without_it_is_counted)
{
	struct trouble trouble = { .is_on = false };
	int fd = memfd_create("log", 0);
	char log[1000] = "";
	const char *line;

	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	log_setup(&(struct log_options){ .level = LOG_LEVEL_INFO });
	miss(&trouble, 9);	/* more came than it could answer in time */
	trouble_end(&trouble);
	miss(&trouble, 1);	/* who waits for who is being asked for ... */
	trouble_begin(&trouble, "gone");
	miss(&trouble, 2);
	trouble_begin(&trouble, "gone");
	trouble_end(&trouble);
	miss(&trouble, 4);	/* ... at the end, too */
	trouble.good_ms -= 1001;
	trouble_end(&trouble);
	miss(&trouble, 8);
	trouble_end(&trouble);
	trouble_begin(&trouble, "gone again");
	miss(&trouble, 3);
	trouble_end(&trouble);
	trouble.good_ms -= 1001;
	trouble_end(&trouble);
	ck_assert_int_gt(pread(fd, log, sizeof(log) - 1, 0), 0);
	line = strstr(log, "back after");
	ck_assert_msg(strstr(line, "; 7 requests") != NULL, "%s", log);
	line = strstr(line + 1, "back after");
	ck_assert_msg(strstr(line, "; 3 requests") != NULL, "%s", log);
	close(fd);
}
END_TEST

START_TEST(trouble_that_needs_no_delay)
{
	struct trouble trouble = { .is_on = false };

	trouble_note(&trouble, "no space left");
	ck_assert(trouble.is_on);
	ck_assert(trouble_may_try(&trouble));
	trouble_begin(&trouble, "gone");
	ck_assert_uint_eq(trouble.delay_ms, 100);
}
END_TEST

START_TEST(who_tries_for_all_never_waits_longer_than_a_second)
{
	struct trouble trouble = { .is_prober = true };

	for (int i = 0; i < 20; i++)
		trouble_begin(&trouble, "gone");
	ck_assert_int_le(trouble.retry_ms - clock_mono_ms(), 1000);
	ck_assert_int_le(trouble_wait_ms(&trouble), 1000);
}
END_TEST

START_TEST(news_end_the_wait)
{
	struct store_news *news = store_news_open();
	struct trouble trouble = { .news = news }, prober = { .news = news };
	uint32_t first_ms, different = 0;

	store_news_tell(news);
	poll(NULL, 0, 5);
	for (int i = 0; i < 20; i++)
		trouble_begin(&trouble, "gone");
	trouble_begin(&prober, "gone");
	/* What was told before it failed is no news. */
	ck_assert(!trouble_may_try(&trouble));
	ck_assert_int_gt(trouble_wait_ms(&trouble), 0);
	ck_assert_int_le(trouble_wait_ms(&trouble), 100);
	poll(NULL, 0, 5);
	trouble_end(&prober);
	poll(NULL, 0, 400);
	ck_assert(trouble_may_try(&trouble));
	ck_assert_int_eq(trouble_wait_ms(&trouble), 0);
	ck_assert(trouble_is_deep(&trouble));
	/* It failed again: until the next news. */
	trouble_begin(&trouble, "gone");
	ck_assert(!trouble_may_try(&trouble));
	/* Not all come at the same moment. */
	first_ms = trouble.jitter_ms;
	for (int i = 0; i < 20; i++) {
		trouble_begin(&trouble, "gone");
		different += trouble.jitter_ms != first_ms;
		ck_assert_uint_lt(trouble.jitter_ms, 400);
	}
	ck_assert_uint_gt(different, 10);
	store_news_close(news);
}
END_TEST

START_TEST(the_end_of_a_line_says_stop)
{
	struct trouble trouble = { .is_on = false };
	int ends[2];

	ck_assert(!trouble_is_stopped(&trouble));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	trouble.heeds_stop = true;
	trouble.stop_fd = ends[0];
	ck_assert(!trouble_is_stopped(&trouble));
	/* A word on it is something else. */
	ck_assert_int_eq(write(ends[1], "r", 1), 1);
	ck_assert(!trouble_is_stopped(&trouble));
	ck_assert_int_eq(shutdown(ends[1], SHUT_WR), 0);
	ck_assert(trouble_is_stopped(&trouble));
	close(ends[0]);
	close(ends[1]);
}
END_TEST

UNIT("store/trouble", the_delay_doubles_from_100_ms_to_30_s,
    what_works_now_and_then_is_not_over, what_has_worked_for_a_second_is_over,
    who_was_answered_without_it_is_counted, trouble_that_needs_no_delay,
    who_tries_for_all_never_waits_longer_than_a_second, news_end_the_wait,
    the_end_of_a_line_says_stop)
