/*
 * load.c -- asks a policy server as fast as it answers, and measures it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every connection sends a request, waits for the answer and sends the next,
 * as Postfix does. Writes "measuring" when the warm-up is over, and at the end
 * lines of a name and a value; times are in microseconds.
 */
#include "histogram.h"
#include "workload.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
	ACTIONS = 16,		/* different ones that are told apart */
	ANSWER_SIZE = 2048,
	EVENTS = 256,
	/* Longer than any server.deadline that is sensible. */
	PATIENCE_S = 10,
};

struct client {
	int fd;
	bool is_waiting;
	bool is_again;			/* it was sent once before */
	uint64_t sent_ns;
	size_t received;
	char answer[ANSWER_SIZE];
	struct request request;
};

struct action {
	char verb[32];
	uint64_t count;
};

struct load {
	struct sockaddr_un address;
	double warm_up_s, measured_s;
	struct workload_options options;
	struct workload *workload;
	int epoll;
	size_t client_count;
	struct client *clients;
	size_t waiting;
	uint64_t unasked;		/* requests that may still be sent */
	/* Of the requests sent while it is measured: */
	uint64_t from_ns, until_ns;
	uint64_t answered;		/* before until_ns */
	uint64_t errors;		/* connections lost, answers amiss */
	bool asks_again;		/* as Postfix does: lost ones once more */
	uint64_t again;
	struct histogram latency;
	struct action actions[ACTIONS];
};

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void
client_connect(struct load *load, struct client *c)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };

	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&load->address,
	    sizeof load->address) != 0)
		err(1, "%s", load->address.sun_path);
	if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
		err(1, "epoll_ctl");
	c->is_waiting = false;
	c->received = 0;
}

static void client_send(struct load *, struct client *);

/* A server that is reloaded closes connections, and may do so before it reads a
 * request that is on its way. */
static void
client_lost(struct load *load, struct client *c)
{
	close(c->fd);
	load->waiting -= c->is_waiting;
	client_connect(load, c);
	if (!load->asks_again || c->is_again) {
		load->errors++;
		return;
	}
	load->again++;
	c->is_again = true;
	client_send(load, c);
}

static void
client_send(struct load *load, struct client *c)
{
	ssize_t sent = send(c->fd, c->request.text, c->request.length,
	    MSG_NOSIGNAL);

	if (sent != (ssize_t)c->request.length) {
		client_lost(load, c);
		return;
	}
	c->received = 0;
	c->is_waiting = true;
	load->waiting++;
}

static void
client_ask(struct load *load, struct client *c)
{
	if (load->unasked == 0)
		return;
	load->unasked--;
	request_next(&c->request, load->workload);
	c->is_again = false;
	c->sent_ns = now_ns();
	client_send(load, c);
}

static void
count_action(struct load *load, const char *answer)
{
	static const char prefix[] = "action=";
	const char *verb = answer + sizeof prefix - 1;
	size_t length;

	if (strncmp(answer, prefix, sizeof prefix - 1) != 0) {
		load->errors++;
		return;
	}
	length = strcspn(verb, " \n");
	for (size_t i = 0; i < ACTIONS; i++) {
		struct action *a = &load->actions[i];

		if (a->count == 0 && length < sizeof a->verb)
			memcpy(a->verb, verb, length);
		if (strlen(a->verb) == length &&
		    memcmp(a->verb, verb, length) == 0) {
			a->count++;
			return;
		}
	}
	load->errors++;
}

/* Read what there is of an answer; ask again once it is complete. */
static void
client_readable(struct load *load, struct client *c)
{
	ssize_t length = recv(c->fd, c->answer + c->received,
	    sizeof c->answer - 1 - c->received, MSG_DONTWAIT);
	uint64_t now;

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0 && !c->is_waiting && load->asks_again) {
		/* It is between two requests: nothing was lost. */
		close(c->fd);
		client_connect(load, c);
		return;
	}
	if (length <= 0 || !c->is_waiting) {
		client_lost(load, c);
		return;
	}
	c->received += (size_t)length;
	c->answer[c->received] = '\0';
	if (c->received < 2 || strcmp(c->answer + c->received - 2, "\n\n") != 0)
		return;
	now = now_ns();
	c->is_waiting = false;
	load->waiting--;
	if (load->from_ns != 0 && c->sent_ns >= load->from_ns) {
		histogram_add(&load->latency, now - c->sent_ns);
		count_action(load, c->answer);
		if (load->until_ns == 0)
			load->answered++;
	}
	if (load->until_ns == 0)
		client_ask(load, c);
}

static bool
may_ask(const struct load *load)
{
	return load->until_ns == 0 && load->unasked > 0;
}

/* Serve the connections until then, or until no answer is awaited. */
static void
run_until(struct load *load, uint64_t end_ns)
{
	struct epoll_event events[EVENTS];

	while (now_ns() < end_ns && (load->waiting > 0 || may_ask(load))) {
		int count = epoll_wait(load->epoll, events, EVENTS, 10);

		for (int i = 0; i < count; i++)
			client_readable(load, events[i].data.ptr);
		if (count < 0 && errno != EINTR)
			err(1, "epoll_wait");
		/* Those that had to connect again have not asked yet. */
		for (size_t i = 0; may_ask(load) &&
		    load->waiting < load->client_count &&
		    i < load->client_count; i++)
			if (!load->clients[i].is_waiting)
				client_ask(load, &load->clients[i]);
	}
}

static void
measure(struct load *load)
{
	run_until(load, now_ns() + (uint64_t)(load->warm_up_s * 1e9));
	printf("measuring\n");
	fflush(stdout);
	load->errors = 0;
	load->from_ns = now_ns();
	run_until(load, load->from_ns + (uint64_t)(load->measured_s * 1e9));
	load->until_ns = now_ns();
	run_until(load, load->until_ns + (uint64_t)PATIENCE_S * 1000000000);
	load->errors += load->waiting;
}

static void
report(const struct load *load)
{
	const struct histogram *h = &load->latency;

	printf("seconds %.6f\n",
	    (double)(load->until_ns - load->from_ns) / 1e9);
	printf("requests %ju\n", (uintmax_t)load->answered);
	printf("p50 %.1f\n", (double)histogram_quantile_ns(h, 0.5) / 1e3);
	printf("p99 %.1f\n", (double)histogram_quantile_ns(h, 0.99) / 1e3);
	printf("p999 %.1f\n", (double)histogram_quantile_ns(h, 0.999) / 1e3);
	printf("max %.1f\n", (double)h->greatest_ns / 1e3);
	printf("errors %ju\n", (uintmax_t)load->errors);
	if (load->asks_again)
		printf("again %ju\n", (uintmax_t)load->again);
	for (size_t i = 0; i < ACTIONS && load->actions[i].count > 0; i++)
		printf("action.%s %ju\n", load->actions[i].verb,
		    (uintmax_t)load->actions[i].count);
}

static void
usage(void)
{
	fprintf(stderr, "usage: load [-orx] [-a accounts] [-c connections] "
	    "[-n networks] [-p places]\n"
	    "            [-s seed] [-t seconds] [-u percent] [-w seconds] [-z exponent] "
	    "SOCKET\n"
	    "-o: every account once, in order, then end; -p: from so many of "
	    "its networks\n"
	    "-r: what a lost connection was asked is asked once more\n"
	    "-t: how long to measure; -w: to warm up before\n"
	    "-n: networks of an account; -x: each request from another one\n"
	    "-u: requests from an account's usual network\n"
	    "-z: exponent of the zipf distribution of the accounts\n");
	exit(64);
}

static void
parse_options(struct load *load, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "a:c:n:op:rs:t:u:w:xz:")) != -1) {
		switch (option) {
		case 'a':
			load->options.accounts = (unsigned)atoi(optarg);
			break;
		case 'c':
			load->client_count = strtoul(optarg, NULL, 10);
			break;
		case 'n':
			load->options.networks = (unsigned)atoi(optarg);
			break;
		case 'x':
			load->options.is_strange = true;
			break;
		case 'o':
			load->options.in_order = true;
			break;
		case 'p':
			load->options.places = (unsigned)atoi(optarg);
			break;
		case 'r':
			load->asks_again = true;
			break;
		case 's':
			load->options.seed = strtoull(optarg, NULL, 10);
			break;
		case 't':
			load->measured_s = atof(optarg);
			break;
		case 'u':
			load->options.usual_percent = (unsigned)atoi(optarg);
			break;
		case 'w':
			load->warm_up_s = atof(optarg);
			break;
		case 'z':
			load->options.exponent = atof(optarg);
			break;
		default:
			usage();
		}
	}
	if (optind + 1 != argc || load->client_count == 0 ||
	    load->options.accounts == 0 ||
	    load->options.accounts > WORKLOAD_ACCOUNTS_MAX ||
	    load->options.networks < 1 ||
	    load->options.networks > WORKLOAD_NETWORKS ||
	    load->options.places < 1 ||
	    load->options.places > WORKLOAD_NETWORKS ||
	    strlen(argv[optind]) >= sizeof load->address.sun_path)
		usage();
	load->unasked = load->options.in_order ?
	    (uint64_t)load->options.accounts * load->options.places :
	    UINT64_MAX;
	load->address.sun_family = AF_UNIX;
	strcpy(load->address.sun_path, argv[optind]);
}

int
main(int argc, char **argv)
{
	static struct load load = {
		.warm_up_s = 1,
		.measured_s = 5,
		.client_count = 1,
		.options = { .accounts = 100000, .exponent = 1.01,
		    .usual_percent = 90, .networks = WORKLOAD_NETWORKS,
		    .places = 1, .seed = 1 },
	};

	parse_options(&load, argc, argv);
	load.workload = workload_new(&load.options);
	load.clients = calloc(load.client_count, sizeof *load.clients);
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (load.clients == NULL || load.epoll < 0)
		err(1, "%zu connections", load.client_count);
	for (size_t i = 0; i < load.client_count; i++) {
		request_init(&load.clients[i].request);
		client_connect(&load, &load.clients[i]);
	}
	measure(&load);
	report(&load);
	workload_free(load.workload);
	free(load.clients);
	return 0;
}
