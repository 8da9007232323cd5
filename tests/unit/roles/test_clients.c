/*
 * test_clients.c -- connections whose requests cannot be answered at once.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "config/config.h"
#include "roles/clients.h"
#include "server/poller.h"
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 4, PATIENCE_US = 1000000 };

struct bench {
	struct config config;
	struct poller *poller;
	struct clients *clients;
	int peers[MOST];
};

static const char request[] = "request=smtpd_access_policy\n"
			      "protocol_state=RCPT\nsasl_username=joe\n\n";

static void
say(const struct bench *bench, size_t number)
{
	ck_assert_int_eq(write(bench->peers[number], request, strlen(request)),
	    (ssize_t)strlen(request));
}

static void
bench_open(struct bench *bench, size_t count)
{
	memset(bench, 0, sizeof(*bench));
	bench->config.server.idle_timeout_s = 60;
	bench->poller = poller_new();
	ck_assert_ptr_nonnull(bench->poller);
	bench->clients = clients_new(&bench->config, bench->poller, MOST);
	clients_expect(bench->clients, PATIENCE_US);
	for (size_t i = 0; i < count; i++) {
		int pair[2];

		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		fcntl(pair[0], F_SETFL, O_NONBLOCK);
		clients_add(bench->clients, pair[0]);
		bench->peers[i] = pair[1];
		say(bench, i);
	}
}

static void
bench_close(struct bench *bench)
{
	clients_free(bench->clients);
	poller_free(bench->poller);
}

/* Serve all who have something to say now; returns how many. */
static size_t
serve(struct bench *bench)
{
	void *tags[MOST];
	size_t count = poller_wait(bench->poller, tags, MOST, 0);

	for (size_t i = 0; i < count; i++)
		clients_serve(bench->clients, tags[i]);
	return count;
}

static void
defer_all(struct bench *bench, struct client *asking[MOST])
{
	size_t count = 0;

	while (clients_have_next(bench->clients))
		asking[count++] = clients_next(bench->clients);
	for (size_t i = 0; i < count; i++)
		clients_defer(bench->clients, asking[i]);
}

static void
resume(struct bench *bench)
{
	int left_ms;

	while ((left_ms = clients_resume(bench->clients)) > 0)
		poll(NULL, 0, left_ms);
	ck_assert_int_eq(left_ms, 0);
}

START_TEST(who_was_deferred_is_asked_again_in_order)
{
	struct bench bench;
	struct client *asking[MOST];

	bench_open(&bench, 3);
	ck_assert_uint_eq(serve(&bench), 3);
	for (int again = 0; again < 3; again++) {
		struct client *first[MOST];

		defer_all(&bench, again == 0 ? asking : first);
		ck_assert(!clients_have_next(bench.clients));
		resume(&bench);
	}
	for (size_t i = 0; i < 3; i++)
		ck_assert_ptr_eq(clients_next(bench.clients), asking[i]);
	ck_assert_ptr_null(clients_next(bench.clients));
	ck_assert_int_eq(clients_resume(bench.clients), -1);
	for (size_t i = 0; i < 3; i++) {
		char answer[64];

		clients_answer(bench.clients, asking[i], "DUNNO");
		ck_assert_int_gt(read(bench.peers[i], answer,
		    sizeof(answer)), 0);
		close(bench.peers[i]);
	}
	/* They are heard again: at their end. */
	ck_assert_uint_eq(serve(&bench), 3);
	ck_assert_uint_eq(clients_count(bench.clients), 0);
	bench_close(&bench);
}
END_TEST

START_TEST(who_waited_long_enough_is_asked_at_once)
{
	struct bench bench;
	struct client *asking[MOST];

	bench_open(&bench, 1);
	ck_assert_uint_eq(serve(&bench), 1);
	/* Asked again and again, some come at the very end of the time. */
	for (int again = 0; again < 50; again++) {
		defer_all(&bench, asking);
		while (clients_resume(bench.clients) > 0)
			;
		ck_assert(clients_have_next(bench.clients));
	}
	close(bench.peers[0]);
	bench_close(&bench);
}
END_TEST

START_TEST(who_goes_while_deferred_wakes_nobody)
{
	struct bench bench;
	struct client *asking[MOST];

	bench_open(&bench, 2);
	ck_assert_uint_eq(serve(&bench), 2);
	defer_all(&bench, asking);
	ck_assert_int_eq(write(bench.peers[0], "x", 1), 1);
	close(bench.peers[1]);
	ck_assert_uint_eq(serve(&bench), 0);
	clients_sweep(bench.clients);
	clients_retire(bench.clients, 0);
	clients_sweep(bench.clients);
	ck_assert_uint_eq(clients_count(bench.clients), 2);
	resume(&bench);
	while (clients_have_next(bench.clients))
		clients_answer(bench.clients, clients_next(bench.clients),
		    "DUNNO");
	serve(&bench);
	clients_sweep(bench.clients);
	ck_assert_uint_eq(clients_count(bench.clients), 0);
	close(bench.peers[0]);
	bench_close(&bench);
}
END_TEST

START_TEST(who_was_answered_is_away_until_he_asks_or_goes)
{
	struct bench bench;

	bench_open(&bench, 3);
	ck_assert_uint_eq(serve(&bench), 3);
	ck_assert_uint_eq(clients_waiting(bench.clients), 3);
	clients_answer(bench.clients, clients_next(bench.clients), "DUNNO");
	ck_assert_uint_eq(clients_waiting(bench.clients), 2);
	ck_assert_uint_eq(clients_away(bench.clients), 1);
	/* Who was answered before is not meant. */
	clients_see_off(bench.clients);
	ck_assert_uint_eq(clients_away(bench.clients), 0);
	for (int i = 0; i < 2; i++)
		clients_answer(bench.clients, clients_next(bench.clients),
		    "DUNNO");
	ck_assert_uint_eq(clients_away(bench.clients), 2);
	say(&bench, 0);
	ck_assert_uint_eq(serve(&bench), 1);
	ck_assert_uint_eq(clients_away(bench.clients), 2);
	say(&bench, 1);
	ck_assert_uint_eq(serve(&bench), 1);
	ck_assert_uint_eq(clients_away(bench.clients), 1);
	close(bench.peers[2]);
	ck_assert_uint_eq(serve(&bench), 1);
	ck_assert_uint_eq(clients_away(bench.clients), 0);
	bench_close(&bench);
	close(bench.peers[0]);
	close(bench.peers[1]);
}
END_TEST

START_TEST(who_is_deferred_is_freed_with_all_others)
{
	struct bench bench;
	struct client *asking[MOST];

	bench_open(&bench, 3);
	ck_assert_uint_eq(serve(&bench), 3);
	defer_all(&bench, asking);
	bench_close(&bench);
	for (size_t i = 0; i < 3; i++)
		close(bench.peers[i]);
}
END_TEST

UNIT("roles/clients", who_was_deferred_is_asked_again_in_order,
    who_waited_long_enough_is_asked_at_once,
    who_goes_while_deferred_wakes_nobody,
    who_was_answered_is_away_until_he_asks_or_goes,
    who_is_deferred_is_freed_with_all_others)
