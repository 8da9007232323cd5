/*
 * process_seat.c -- where a process that the master forked sits.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/process_seat.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum seat_order
seat_order(const struct seat *seat)
{
	char byte;
	ssize_t length = recv(seat->master_fd, &byte, 1, MSG_DONTWAIT);

	if (length > 0)
		return SEAT_RETIRE;
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return SEAT_STAY;
	return SEAT_STOP; /* its end; or an error, if the master was killed */
}

void
seat_ready(const struct seat *seat)
{
	/* If it fails the master is dead, and seat_order will say so. */
	(void)!send(seat->master_fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void
seat_alive(const struct seat *seat)
{
	heartbeat_beat(seat->heartbeat);
}

void
seat_close_listeners(const struct seat *seat)
{
	for (size_t i = 0; i < seat->listeners->count; i++)
		close(seat->listeners->list[i].fd);
}
