/*
 * test_delivery_errand.c -- a delivery in its own process, and how it ends.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/delivery_errand.h"

#include "base/clock.h"
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* --- what a delivery may be like ------------------------------------------- */

static void
tell_each(struct voice *voice, const void *data)
{
	(void)data;
	voice_tell(voice, 0, DELIVERY_DONE, "250 OK\r\nmore");
	voice_tell(voice, 0, DELIVERY_REFUSED, "a second time");
	voice_tell_all(voice, DELIVERY_REFUSED, false, "550 no");
}

static void
stall(struct voice *voice, const void *data)
{
	(void)data;
	voice_tell(voice, 1, DELIVERY_DONE, "250 OK");
	for (;;)
		pause();
}

static void
stall_handed_over(struct voice *voice, const void *data)
{
	voice_hand_over(voice);
	stall(voice, data);
}

static void
crash(struct voice *voice, const void *data)
{
	(void)data;
	voice_tell(voice, 0, DELIVERY_DONE, "250 OK");
	raise(SIGKILL);
}

static void
stall_after_all(struct voice *voice, const void *data)
{
	voice_tell_all(voice, DELIVERY_DONE, false, "250 OK");
	stall(voice, data);
}

static void
go_down(struct voice *voice, const void *data)
{
	(void)data;
	voice_tell_all(voice, DELIVERY_RETRY, true, "nobody there");
}

static const struct {
	const char *what;
	void (*work)(struct voice *, const void *);
	enum delivery result, fates[2];
	bool is_down;
	const char *text;
} errands[] = {
	{ "one has it, one is refused", tell_each, DELIVERY_PARTLY,
	    { DELIVERY_DONE, DELIVERY_REFUSED }, false, "550 no" },
	{ "time is up before all is told", stall, DELIVERY_PARTLY,
	    { DELIVERY_RETRY, DELIVERY_DONE }, false, "it took too long" },
	{ "it dies before all is told", crash, DELIVERY_PARTLY,
	    { DELIVERY_DONE, DELIVERY_RETRY }, false,
	    "it ended before it was done" },
	{ "it stalls once all is told", stall_after_all, DELIVERY_DONE,
	    { DELIVERY_DONE, DELIVERY_DONE }, false, "250 OK" },
	{ "nothing gets there", go_down, DELIVERY_RETRY,
	    { DELIVERY_RETRY, DELIVERY_RETRY }, true, "nobody there" },
};

static void
start(struct errand *errand, void (*work)(struct voice *, const void *),
    uint32_t timeout_ms)
{
	errand_start(errand, &(struct errand_order) { .recipients = 2,
	    .work = work, .timeout_ms = timeout_ms });
}

START_TEST(test_fates)
{
	for (size_t i = 0; i < ROWS(errands); i++) {
		int64_t began_ms = clock_mono_ms();
		struct errand errand;

		/* Who stalls has time to say something before. */
		start(&errand, errands[i].work,
		    errands[i].work == stall ? 2000 : 60000);
		errand_wait(&errand);
		ck_assert_msg(errand.report.result == errands[i].result,
		    "%s: result", errands[i].what);
		for (int k = 0; k < 2; k++)
			ck_assert_msg(errand.report.fates[k].result ==
				errands[i].fates[k],
			    "%s: fate %d", errands[i].what, k);
		ck_assert_msg(errand.report.is_down == errands[i].is_down,
		    "%s: down", errands[i].what);
		ck_assert_str_eq(errand.report.text, errands[i].text);
		errand_end(&errand);
		ck_assert_int_lt(clock_mono_ms() - began_ms, 30000);
	}
}
END_TEST

START_TEST(test_nobody_to_tell)
{
	struct errand errand;

	errand_start(&errand, &(struct errand_order) { .recipients = 0 });
	ck_assert(errand_hear(&errand));
	ck_assert_int_eq(errand.report.result, DELIVERY_REFUSED);
	errand_end(&errand);
}
END_TEST

/* Called back while it can be: it is told at once, and not tried. */
START_TEST(test_call_back)
{
	struct errand errand;
	int64_t began_ms = clock_mono_ms();

	start(&errand, stall, 60000);
	while (errand.told == 0)
		errand_hear(&errand);
	errand_call_back(&errand);
	ck_assert(errand_hear(&errand));
	ck_assert_int_eq(errand.report.fates[0].result, DELIVERY_RETRY);
	ck_assert_int_eq(errand.report.fates[1].result, DELIVERY_DONE);
	errand_end(&errand);
	ck_assert_int_lt(clock_mono_ms() - began_ms, 30000);
}
END_TEST

/* What may have been taken goes on. */
START_TEST(test_handed_over)
{
	struct errand errand;

	start(&errand, stall_handed_over, 2000);
	while (!errand.is_handed_over)
		errand_hear(&errand);
	errand_call_back(&errand);
	errand_wait(&errand);
	ck_assert_str_eq(errand.report.text, "it took too long");
	errand_end(&errand);
}
END_TEST

/* Who sent it is gone: nothing is handed over. */
static void
hand_over_late(struct voice *voice, const void *data)
{
	const int *ends = data;
	char byte;

	(void)!read(ends[0], &byte, 1);
	voice_hand_over(voice);
	(void)!write(ends[1], "handed over", 11);
}

START_TEST(test_nobody_listens)
{
	/* Within what a task keeps: 0, 1, 2. */
	static const int ends[] = { STDIN_FILENO, STDOUT_FILENO };
	int in[2], out[2];
	struct errand errand;
	char bytes[16];
	int saved[] = { dup(0), dup(1) };

	ck_assert(pipe(in) == 0 && pipe(out) == 0);
	dup2(in[0], 0);
	dup2(out[1], 1);
	errand_start(&errand, &(struct errand_order) { .recipients = 1,
	    .work = hand_over_late, .data = ends, .timeout_ms = 60000 });
	dup2(saved[0], 0);
	dup2(saved[1], 1);
	close(saved[0]);
	close(saved[1]);
	close(in[0]);
	close(out[1]);
	close(errand.task.fd);
	errand.task.fd = -1;
	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(write(in[1], "x", 1), 1);
	ck_assert_int_eq(read(out[0], bytes, sizeof(bytes)), 0);
	errand_end(&errand);
	close(in[1]);
	close(out[0]);
}
END_TEST

UNIT("mail/delivery_errand", test_fates, test_nobody_to_tell, test_call_back,
    test_handed_over, test_nobody_listens)
