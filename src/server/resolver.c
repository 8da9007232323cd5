/*
 * resolver.c -- the addresses of endpoints, asked for beside the master.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* closefrom, MAP_ANONYMOUS */
#include "server/resolver.h"

#include "base/addr.h"
#include "base/clock.h"
#include "server/signals.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a start waits: systemd's own patience is 90 s. */
enum { START_MS = 30000 };

static bool
is_name(const struct endpoint *endpoint)
{
	struct addr addr;

	return endpoint->path == NULL && strcmp(endpoint->host, "*") != 0 &&
	    addr_parse(endpoint->host, &addr) != 0;
}

bool
resolver_is_needed(const struct endpoints *endpoints)
{
	for (size_t i = 0; i < endpoints->count; i++)
		if (is_name(&endpoints->list[i]))
			return true;
	return false;
}

static _Noreturn void
ask(const struct endpoints *endpoints, struct resolver_answer *answers)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Sockets listen for as long as anybody holds them. */
	closefrom(STDERR_FILENO + 1);
	for (size_t i = 0; i < endpoints->count; i++)
		answers[i].count = address_find(&endpoints->list[i],
		    answers[i].list);
	_exit(0);
}

pid_t
resolver_start(const struct endpoints *endpoints,
    struct resolver_answer **answers)
{
	size_t size = endpoints->count * sizeof(**answers);
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (memory == MAP_FAILED)
		return -1;
	*answers = memory;
	pid = fork();
	if (pid == 0)
		ask(endpoints, *answers);
	if (pid < 0)
		munmap(memory, size);
	return pid;
}

bool
resolver_wait(pid_t pid)
{
	int64_t until_ms = clock_mono_ms() + START_MS;
	bool is_stopped = false;

	while (waitpid(pid, NULL, WNOHANG) == 0) {
		is_stopped = signals_take(SIGTERM) || signals_take(SIGINT);
		if (is_stopped || clock_left_ms(until_ms) == 0) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
			break;
		}
		signals_wait(NULL, 0, clock_left_ms(until_ms));
	}
	return !is_stopped;
}

void
resolver_free(struct resolver_answer *answers, size_t count)
{
	if (answers != NULL)
		munmap(answers, count * sizeof(*answers));
}
