/*
 * orphan.c -- what the master leaves behind, killed, does not stay.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/orphan.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/* As long as a stop by the master may take. */
enum { ORPHAN_S = 5 };

/* The first SIGALRM says that the master is dead, the second ends us. */
static void
start_countdown(int signal)
{
	(void)signal;
	alarm(ORPHAN_S);
}

void
orphan_watch(pid_t master)
{
	struct sigaction action = {
		.sa_handler = start_countdown,
		.sa_flags = (int)SA_RESETHAND | SA_RESTART,
	};

	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, NULL);
	prctl(PR_SET_PDEATHSIG, SIGALRM);
	if (getppid() != master) /* it died before prctl */
		raise(SIGALRM);
}
