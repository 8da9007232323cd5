/*
 * descriptors.c -- the descriptors that a process begins with, and may have.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

int
descriptors_complete(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* The lowest that is free: this one. */
		if (open("/dev/null", O_RDWR) != fd)
			return -1;
	}
	return 0;
}

uint64_t
descriptors_allow(uint64_t wanted)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return wanted;
	if (limit.rlim_cur >= wanted)
		return limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 &&
	    getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return wanted;
	return limit.rlim_cur;
}
