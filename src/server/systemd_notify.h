/*
 * systemd_notify.h -- tell the service manager how we are (sd_notify(3)).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Datagrams to the socket that NOTIFY_SOCKET names, abstract ones ("@name")
 * included. Without one every call does nothing. None waits or fails: what the
 * manager does not take is lost.
 */
#ifndef SERVER_SYSTEMD_NOTIFY_H
#define SERVER_SYSTEMD_NOTIFY_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct systemd {
	int fd;			/* -1: nobody wants to know */
	struct sockaddr_un address;
	socklen_t address_size;
	int64_t watchdog_ms;	/* how often to say that we live; 0: never */
	int64_t next_watchdog_ms;
};

/* Read the environment, and take out of it what is for this process alone:
 * NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID. */
void systemd_open(struct systemd *);
void systemd_close(struct systemd *);

/* Variables of sd_notify(3), one a line: "READY=1\nSTATUS=...". */
void systemd_send(const struct systemd *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* RELOADING=1, with the time that systemd wants with it. READY=1 ends it. */
void systemd_reloading(const struct systemd *);

/* WATCHDOG=1 if it is time (monotonic). Return when to call again: INT64_MAX
 * if there is no watchdog. */
int64_t systemd_watchdog(struct systemd *, int64_t now_ms);

#endif
