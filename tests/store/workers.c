/*
 * workers.c -- processes that use one store at the same time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/config.h"
#include "workers.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t
worker_start(work *do_work, const struct config *config, unsigned number,
    int gate[2], int fd)
{
	pid_t pid = fork();
	char byte;

	ck_assert_int_ge(pid, 0);
	if (pid != 0)
		return pid;
	close(gate[1]);
	while (read(gate[0], &byte, 1) > 0)
		continue;
	do_work(config, number, fd);
	_exit(EXIT_SUCCESS);
}

void
workers_run(work *do_work, const struct config *config, unsigned counts[256])
{
	int gate[2], results[2];
	pid_t pids[WORKERS];
	unsigned char byte;

	ck_assert_int_eq(pipe(gate), 0);
	ck_assert_int_eq(pipe(results), 0);
	for (unsigned i = 0; i < WORKERS; i++)
		pids[i] = worker_start(do_work, config, i, gate, results[1]);
	close(gate[0]);
	close(gate[1]);
	close(results[1]);
	memset(counts, 0, 256 * sizeof(*counts));
	while (read(results[0], &byte, 1) == 1)
		counts[byte]++;
	close(results[0]);
	for (unsigned i = 0; i < WORKERS; i++) {
		int status;

		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
}

struct check
worker_login(const struct config *config, const char *account, unsigned network)
{
	struct check check = { .account = account, .instance = "",
		.settings = &config->settings };
	char text[ADDR_TEXT_SIZE];

	snprintf(text, sizeof(text), "192.0.%u.%u", network / 250,
	    1 + network % 250);
	if (addr_parse(text, &check.login.network) != 0)
		abort();
	check.login.client = check.login.network;
	strcpy(check.login.country, "DE");
	return check;
}

void
worker_tell(int fd, unsigned char byte)
{
	if (write(fd, &byte, 1) != 1)
		abort();
}

unsigned char
worker_byte(const struct check *check)
{
	if (check->result != STORE_DONE)
		return FAILED;
	if (check->finding.verdict == VERDICT_PASS)
		return PASSED;
	if (check->finding.verdict == VERDICT_OVER_RATE)
		return REFUSED;
	return check->finding.is_new_block ? BLOCKED_NEW : BLOCKED;
}
