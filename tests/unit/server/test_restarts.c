/*
 * test_restarts.c -- who of a generation should run, and when.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/restarts.h"
#include "unit.h"

#include <stdlib.h>

enum { START = 1000000, FIRST_PID = 100, SILENCE = 2000 };

static struct restarts roster;

/* A generation of two workers and one keeper, all started. */
static void
start_three(void)
{
	struct post *post;
	pid_t pid = FIRST_PID;

	restarts_init(&roster, START);
	restarts_add(&roster, 0, 2, SILENCE, START);
	restarts_add(&roster, 1, 1, 0, START);
	while ((post = restarts_due(&roster, START)) != NULL)
		restarts_started(post, pid++, START);
}

static void
all_up(void)
{
	for (size_t i = 0; i < roster.count; i++)
		roster.posts[i].is_up = true;
}

static void
all_gone(int64_t now)
{
	for (size_t i = 0; i < roster.count; i++)
		if (roster.posts[i].pid != 0)
			restarts_exited(&roster, &roster.posts[i], now);
}

/* --- how long until a dead one is replaced ------------------------------ */

static const struct {
	const char *says;
	int64_t lives_ms[12];	/* of those before; ends with -1 */
	unsigned delay_ms;	/* before the next */
} delays[] = {
	{ "who lived long is replaced at once", { 5000, -1 }, 0 },
	{ "who lived for years too", { 1000000000000, -1 }, 0 },
	{ "who died young is waited for", { 4999, -1 }, 100 },
	{ "who died at once too", { 0, -1 }, 100 },
	{ "the second young death doubles it", { 0, 0, -1 }, 200 },
	{ "the third again", { 0, 0, 0, -1 }, 400 },
	{ "the ninth is below the longest", { 0, 0, 0, 0, 0, 0, 0, 0, 0, -1 },
	    25600 },
	{ "the tenth reaches it", { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1 },
	    30000 },
	{ "and it grows no more", { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1 },
	    30000 },
	{ "a long life forgets young deaths", { 0, 0, 0, 6000, -1 }, 0 },
	{ "which begin anew after it", { 0, 0, 0, 6000, 10, -1 }, 100 },
};

static void
check_delay(size_t i)
{
	struct post *post;
	int64_t now = START;

	start_three();
	restarts_serve(&roster);
	post = restarts_find(&roster, FIRST_PID);
	for (const int64_t *life = delays[i].lives_ms; *life >= 0; life++) {
		restarts_started(post, FIRST_PID, now);
		now += *life;
		restarts_exited(&roster, post, now);
	}
	ck_assert_msg(post->start_at_ms == now + delays[i].delay_ms,
	    "%s: %lld ms", delays[i].says,
	    (long long)(post->start_at_ms - now));
	ck_assert_int_eq(restarts_wake_ms(&roster), now + delays[i].delay_ms);
	ck_assert_ptr_eq(restarts_due(&roster, post->start_at_ms), post);
	ck_assert_ptr_null(restarts_due(&roster, post->start_at_ms - 1));
	restarts_clear(&roster);
}

START_TEST(test_delay)
{
	for (size_t i = 0; i < ROWS(delays); i++)
		check_delay(i);
}
END_TEST

START_TEST(test_failed_fork_backs_off)
{
	struct post *post;

	start_three();
	all_up();
	restarts_serve(&roster);
	post = restarts_find(&roster, FIRST_PID + 1);
	restarts_exited(&roster, post, START + 60000);
	restarts_not_started(&roster, post, START + 60000);
	ck_assert_int_eq(post->start_at_ms, START + 60100);
	restarts_not_started(&roster, post, START + 60100);
	ck_assert_int_eq(post->start_at_ms, START + 60300);
	restarts_clear(&roster);
}
END_TEST

START_TEST(test_one_death_leaves_the_others)
{
	start_three();
	all_up();
	restarts_serve(&roster);
	restarts_exited(&roster, restarts_find(&roster, FIRST_PID), START + 10);
	ck_assert_uint_eq(restarts_running(&roster), 2);
	ck_assert_uint_eq(restarts_up(&roster), 2);
	ck_assert_uint_eq(restarts_alive(&roster, 0, START), 1);
	ck_assert_uint_eq(restarts_alive(&roster, 1, START), 1);
	ck_assert_ptr_null(restarts_find(&roster, FIRST_PID));
	restarts_clear(&roster);
}
END_TEST

/* --- what is to be done ------------------------------------------------- */

static void
nothing(void)
{
}

static void
two_up(void)
{
	roster.posts[0].is_up = roster.posts[2].is_up = true;
}

static void
one_dies(void)
{
	restarts_exited(&roster, &roster.posts[1], START + 1);
}

static void
one_up_dies(void)
{
	two_up();
	restarts_exited(&roster, &roster.posts[0], START + 1);
}

static void
last_up_after_death(void)
{
	one_dies();
	all_up();
}

static void
one_cannot_start(void)
{
	one_dies();
	roster.has_failed = false;
	restarts_not_started(&roster, &roster.posts[1], START + 1);
}

static void
serve(void)
{
	all_up();
	restarts_serve(&roster);
}

static void
serve_and_all_die(void)
{
	serve();
	all_gone(START + 1);
}

static void
retire(void)
{
	serve();
	restarts_retire(&roster, START, 900000);
}

static void
retire_and_one_dies(void)
{
	retire();
	one_dies();
}

static void
retire_and_all_leave(void)
{
	retire();
	all_gone(START + 1);
}

static void
stop(void)
{
	retire();
	restarts_stop(&roster, START);
}

static void
stop_and_all_leave(void)
{
	stop();
	all_gone(START + 1);
}

static void
kill_all(void)
{
	stop();
	restarts_kill(&roster);
}

static void
kill_and_all_are_gone(void)
{
	kill_all();
	all_gone(START + 1);
}

static const struct {
	const char *says;
	void (*happens)(void);
	int64_t after_ms;
	enum restarts_advice advice;
} advices[] = {
	{ "a trial waits for all", nothing, 1, ROSTER_WAIT },
	{ "for the last one too", two_up, 9999, ROSTER_WAIT },
	{ "but not for ever", two_up, 10000, ROSTER_REJECT },
	{ "it ends well when all are up", all_up, 1, ROSTER_ACCEPT },
	{ "even at the last moment", all_up, 10000, ROSTER_ACCEPT },
	{ "a death ends it", one_dies, 2, ROSTER_REJECT },
	{ "of one who was up, too", one_up_dies, 2, ROSTER_REJECT },
	{ "for good", last_up_after_death, 3, ROSTER_REJECT },
	{ "and so does a failed fork", one_cannot_start, 2, ROSTER_REJECT },
	{ "serving goes on", serve, 1000000000, ROSTER_WAIT },
	{ "even if all are dead", serve_and_all_die, 2, ROSTER_WAIT },
	{ "the retired may finish", retire, 929999, ROSTER_WAIT },
	{ "until their time is up", retire, 930000, ROSTER_STOP },
	{ "the last one as well", retire_and_one_dies, 929999, ROSTER_WAIT },
	{ "when all have left it is over", retire_and_all_leave, 2,
	    ROSTER_DONE },
	{ "to stop takes a while", stop, 3999, ROSTER_WAIT },
	{ "not longer than that", stop, 4000, ROSTER_KILL },
	{ "when all have stopped it is over", stop_and_all_leave, 2,
	    ROSTER_DONE },
	{ "the killed are waited for", kill_all, 100000, ROSTER_WAIT },
	{ "until they are gone", kill_and_all_are_gone, 2, ROSTER_DONE },
};

static void
check_advice(size_t i)
{
	enum restarts_advice advice;

	start_three();
	advices[i].happens();
	advice = restarts_check(&roster, START + advices[i].after_ms);
	ck_assert_msg(advice == advices[i].advice, "%s: advice %d",
	    advices[i].says, advice);
	/* Whatever comes with time alone must be waked for. */
	if (advice == ROSTER_STOP || advice == ROSTER_KILL)
		ck_assert_int_eq(restarts_wake_ms(&roster),
		    START + advices[i].after_ms);
	restarts_clear(&roster);
}

START_TEST(test_advice)
{
	for (size_t i = 0; i < ROWS(advices); i++)
		check_advice(i);
}
END_TEST

static const struct {
	const char *says;
	void (*happens)(void);
	bool is_replaced;
} replacements[] = {
	{ "who dies while serving is replaced", serve_and_all_die, true },
	{ "who fails a trial is not", one_dies, false },
	{ "who was retired is not", retire_and_one_dies, false },
	{ "who was stopped is not", stop_and_all_leave, false },
	{ "who was killed is not", kill_and_all_are_gone, false },
};

static void
check_replacement(size_t i)
{
	start_three();
	replacements[i].happens();
	ck_assert_msg((restarts_due(&roster, START + 200) != NULL) ==
		replacements[i].is_replaced, "%s", replacements[i].says);
	restarts_clear(&roster);
}

START_TEST(test_replacement)
{
	for (size_t i = 0; i < ROWS(replacements); i++)
		check_replacement(i);
}
END_TEST

START_TEST(test_no_posts)
{
	restarts_init(&roster, START);
	ck_assert_int_eq(restarts_check(&roster, START), ROSTER_ACCEPT);
	restarts_serve(&roster);
	ck_assert_int_eq(restarts_wake_ms(&roster), INT64_MAX);
	restarts_clear(&roster);
}
END_TEST

/* --- who hangs ------------------------------------------------------------ */

START_TEST(test_who_is_silent_for_too_long)
{
	start_three();
	all_up();
	/* On trial there is another deadline. */
	ck_assert_ptr_null(restarts_silent(&roster, START + SILENCE + 1));
	restarts_serve(&roster);
	restarts_hear(&roster.posts[0], 1, START + 1000);
	ck_assert_ptr_null(restarts_silent(&roster, START + SILENCE));
	ck_assert_ptr_eq(restarts_silent(&roster, START + SILENCE + 1),
	    &roster.posts[1]);
	/* He is being killed: not again so soon. Of one role nobody minds. */
	ck_assert_ptr_null(restarts_silent(&roster, START + SILENCE + 1));
	/* To have beaten once is not to beat. */
	restarts_hear(&roster.posts[0], 1, START + SILENCE);
	ck_assert_ptr_eq(restarts_silent(&roster, START + SILENCE + 1001),
	    &roster.posts[0]);
	ck_assert_ptr_eq(restarts_silent(&roster, START + 2 * SILENCE + 2),
	    &roster.posts[1]);
	restarts_clear(&roster);
}
END_TEST

START_TEST(test_who_was_just_started_is_not_silent)
{
	start_three();
	all_up();
	restarts_serve(&roster);
	restarts_exited(&roster, &roster.posts[0], START + 9000);
	restarts_started(&roster.posts[0], 200, START + 9000);
	roster.posts[1].heard_ms = START + 9000;
	ck_assert_ptr_null(restarts_silent(&roster, START + 9000 + SILENCE));
	restarts_clear(&roster);
}
END_TEST

START_TEST(test_a_stopped_machine_is_nobodys_fault)
{
	start_three();
	all_up();
	restarts_serve(&roster);
	restarts_excuse(&roster, 60000);
	ck_assert_ptr_null(restarts_silent(&roster, START + 60000 + SILENCE));
	ck_assert_ptr_nonnull(
	    restarts_silent(&roster, START + 60000 + SILENCE + 1));
	restarts_clear(&roster);
}
END_TEST

START_TEST(test_who_hangs_is_not_alive)
{
	start_three();
	all_up();
	restarts_serve(&roster);
	ck_assert_uint_eq(restarts_alive(&roster, 0, START + SILENCE), 2);
	restarts_hear(&roster.posts[0], 1, START + 1);
	ck_assert_uint_eq(restarts_alive(&roster, 0, START + SILENCE + 1), 1);
	ck_assert_uint_eq(restarts_alive(&roster, 0, START + SILENCE + 2), 0);
	ck_assert_uint_eq(restarts_alive(&roster, 1, START + SILENCE + 2), 1);
	restarts_clear(&roster);
}
END_TEST

/* One role may take longer to stop: it is spared, the others are not. */
START_TEST(test_patience)
{
	start_three();
	roster.posts[0].role = 7;
	restarts_be_patient(&roster, 7, 60000);
	restarts_be_patient(&roster, 8, 90000);
	restarts_stop(&roster, START);
	ck_assert_int_eq(restarts_stop_ms(&roster), 60000);
	ck_assert_int_eq(restarts_check(&roster, START + 4000), ROSTER_KILL);
	ck_assert(!restarts_is_overdue(&roster, &roster.posts[0],
	    START + 59999));
	ck_assert(restarts_is_overdue(&roster, &roster.posts[0],
	    START + 60000));
	ck_assert(restarts_is_overdue(&roster, &roster.posts[1],
	    START + 4000));
	ck_assert(restarts_spare(&roster, START + 4000));
	ck_assert_int_eq(restarts_check(&roster, START + 59999), ROSTER_WAIT);
	ck_assert_int_eq(restarts_check(&roster, START + 60000), ROSTER_KILL);
	ck_assert(!restarts_spare(&roster, START + 60000));
	/* Who has gone is waited for by nobody. */
	restarts_exited(&roster, &roster.posts[0], START + 10);
	ck_assert(!restarts_spare(&roster, START + 4000));
	ck_assert_int_eq(restarts_stop_ms(&roster), ROSTER_STOP_MS);
	restarts_clear(&roster);
}
END_TEST

UNIT("server/restarts", test_patience, test_delay, test_failed_fork_backs_off,
    test_one_death_leaves_the_others, test_advice, test_replacement,
    test_no_posts,
    test_who_is_silent_for_too_long, test_who_was_just_started_is_not_silent,
    test_a_stopped_machine_is_nobodys_fault, test_who_hangs_is_not_alive)
