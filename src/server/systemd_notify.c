/*
 * systemd_notify.c -- tell the service manager how we are (sd_notify(3)).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include "server/systemd_notify.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Half of what the manager waits for, as sd_watchdog_enabled(3) advises. */
static int64_t
read_watchdog(void)
{
	const char *pid = getenv("WATCHDOG_PID");
	const char *usec = getenv("WATCHDOG_USEC");
	int64_t interval_us;

	if (usec == NULL)
		return 0;
	if (pid != NULL && text_parse_number(pid, INT32_MAX) != getpid())
		return 0; /* meant for another process */
	interval_us = text_parse_number(usec, INT64_MAX / 2);
	if (interval_us <= 0)
		return 0;
	return interval_us < 2000 ? 1 : interval_us / 2000;
}

/* Fill in the address; -1 if it is none that can be used. */
static int
set_address(struct systemd *notify, const char *path)
{
	size_t length = strlen(path);

	if ((path[0] != '/' && path[0] != '@') || length < 2 ||
	    length >= sizeof(notify->address.sun_path))
		return -1;
	notify->address.sun_family = AF_UNIX;
	memcpy(notify->address.sun_path, path, length + 1);
	notify->address_size = (socklen_t)(
	    offsetof(struct sockaddr_un, sun_path) + length);
	if (path[0] == '@')
		notify->address.sun_path[0] = '\0'; /* the abstract space */
	else
		notify->address_size++; /* the NUL is part of a path */
	return 0;
}

void
systemd_open(struct systemd *notify)
{
	const char *path = getenv("NOTIFY_SOCKET");

	memset(notify, 0, sizeof(*notify));
	notify->fd = -1;
	if (path != NULL && *path != '\0') {
		if (set_address(notify, path) != 0)
			log_warning("NOTIFY_SOCKET=%s is not supported: "
				    "systemd will not be notified", path);
		else
			notify->fd = socket(AF_UNIX,
			    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	}
	if (notify->fd >= 0)
		notify->watchdog_ms = read_watchdog();
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

void
systemd_close(struct systemd *notify)
{
	if (notify->fd >= 0)
		close(notify->fd);
	notify->fd = -1;
}

void
systemd_send(const struct systemd *notify, const char *format, ...)
{
	char bytes[512];
	struct text text;
	va_list args;

	if (notify->fd < 0)
		return;
	text_init(&text, bytes, sizeof(bytes));
	va_start(args, format);
	text_vprintf(&text, format, args);
	va_end(args);
	if (sendto(notify->fd, text.bytes, text.length, MSG_NOSIGNAL,
		(const struct sockaddr *)&notify->address,
		notify->address_size) < 0)
		log_debug("systemd was not notified: %s", strerror(errno));
}

void
systemd_reloading(const struct systemd *notify)
{
	systemd_send(notify, "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_mono_us());
}

int64_t
systemd_watchdog(struct systemd *notify, int64_t now_ms)
{
	if (notify->watchdog_ms == 0)
		return INT64_MAX;
	if (now_ms >= notify->next_watchdog_ms) {
		systemd_send(notify, "WATCHDOG=1");
		notify->next_watchdog_ms = now_ms + notify->watchdog_ms;
	}
	return notify->next_watchdog_ms;
}
