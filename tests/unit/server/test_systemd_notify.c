/*
 * test_systemd_notify.c -- what the service manager is told.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/systemd_notify.h"

#include "base/clock.h"
#include "unit.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static char directory[] = "/tmp/policyd-notify-XXXXXX";
static char path[64];
static int manager; /* the socket that systemd would read */

static void
listen_at(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 5 };
	size_t length = strlen(name);

	strcpy(address.sun_path, name);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	manager = socket(AF_UNIX, SOCK_DGRAM, 0);
	ck_assert_int_eq(bind(manager, (struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
	    0);
	setsockopt(manager, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience));
	setenv("NOTIFY_SOCKET", name, 1);
}

static void
setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/notify", directory);
	listen_at(path);
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

static void
teardown(void)
{
	close(manager);
	unlink(path);
	rmdir(directory);
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
}

static const char *
heard(void)
{
	static char bytes[1024];
	ssize_t length = recv(manager, bytes, sizeof(bytes) - 1, 0);

	bytes[length < 0 ? 0 : length] = '\0';
	return bytes;
}

static void
assert_silence(void)
{
	char byte;

	ck_assert_int_eq(recv(manager, &byte, 1, MSG_DONTWAIT), -1);
}

START_TEST(test_messages)
{
	struct systemd notify;
	long long before, told;

	setup();
	systemd_open(&notify);
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
	systemd_send(&notify, "READY=1\nSTATUS=%d of %d", 3, 4);
	ck_assert_str_eq(heard(), "READY=1\nSTATUS=3 of 4");
	before = clock_mono_us();
	systemd_reloading(&notify);
	ck_assert_int_eq(sscanf(heard(), "RELOADING=1\nMONOTONIC_USEC=%lld",
		&told), 1);
	ck_assert_int_ge(told, before);
	ck_assert_int_le(told, clock_mono_us());
	systemd_close(&notify);
	systemd_send(&notify, "STOPPING=1");
	assert_silence();
	teardown();
}
END_TEST

START_TEST(test_abstract_socket)
{
	struct systemd notify;
	char name[64];

	setup();
	close(manager);
	snprintf(name, sizeof(name), "@policyd-test-%d", (int)getpid());
	listen_at(name);
	systemd_open(&notify);
	systemd_send(&notify, "READY=1");
	ck_assert_str_eq(heard(), "READY=1");
	systemd_close(&notify);
	teardown();
}
END_TEST

static const char *const unusable[] = { "", "@", "relative/path", "vsock:2:1",
	"/nobody/listens/here",
	"/a/path/that/does/not/fit/into/the/address/of/a/socket/because/it/is/"
	"much/longer/than/a/hundred/and/eight/bytes" };

static void
check_unusable_socket(size_t i)
{
	struct systemd notify;

	setenv("NOTIFY_SOCKET", unusable[i], 1);
	setenv("WATCHDOG_USEC", "1000000", 1);
	systemd_open(&notify);
	systemd_send(&notify, "READY=1");
	systemd_reloading(&notify);
	systemd_close(&notify);
	assert_silence();
}

START_TEST(test_unusable_socket)
{
	for (size_t i = 0; i < ROWS(unusable); i++) {
		setup();
		check_unusable_socket(i);
		teardown();
	}
}
END_TEST

START_TEST(test_no_manager)
{
	struct systemd notify;

	setup();
	unsetenv("NOTIFY_SOCKET");
	setenv("WATCHDOG_USEC", "1000000", 1);
	systemd_open(&notify);
	ck_assert_int_eq(notify.fd, -1);
	ck_assert_int_eq(systemd_watchdog(&notify, 0), INT64_MAX);
	systemd_send(&notify, "READY=1");
	assert_silence();
	teardown();
}
END_TEST

/* A manager that does not read must not stop us. */
START_TEST(test_full_queue)
{
	struct systemd notify;

	setup();
	systemd_open(&notify);
	for (int i = 0; i < 10000; i++)
		systemd_send(&notify, "STATUS=%d", i);
	ck_assert_str_eq(heard(), "STATUS=0");
	systemd_close(&notify);
	teardown();
}
END_TEST

static const struct {
	const char *says, *usec, *pid;
	int64_t every_ms;
} watchdogs[] = {
	{ "half of the time", "30000000", NULL, 15000 },
	{ "meant for us", "30000000", "us", 15000 },
	{ "meant for another", "30000000", "1", 0 },
	{ "meant for nobody", "30000000", "", 0 },
	{ "no time", NULL, NULL, 0 },
	{ "no number", "soon", NULL, 0 },
	{ "nothing", "0", NULL, 0 },
	{ "very short", "10", NULL, 1 },
};

static void
check_watchdog(size_t i)
{
	struct systemd notify;
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (watchdogs[i].usec != NULL)
		setenv("WATCHDOG_USEC", watchdogs[i].usec, 1);
	if (watchdogs[i].pid != NULL)
		setenv("WATCHDOG_PID", strcmp(watchdogs[i].pid, "us") == 0
			? pid : watchdogs[i].pid, 1);
	systemd_open(&notify);
	ck_assert_msg(notify.watchdog_ms == watchdogs[i].every_ms,
	    "%s: %lld", watchdogs[i].says, (long long)notify.watchdog_ms);
	ck_assert_ptr_null(getenv("WATCHDOG_USEC"));
	ck_assert_ptr_null(getenv("WATCHDOG_PID"));
	systemd_close(&notify);
}

START_TEST(test_watchdog)
{
	for (size_t i = 0; i < ROWS(watchdogs); i++) {
		setup();
		check_watchdog(i);
		teardown();
	}
}
END_TEST

START_TEST(test_watchdog_ticks)
{
	struct systemd notify;

	setup();
	setenv("WATCHDOG_USEC", "2000000", 1);
	systemd_open(&notify);
	ck_assert_int_eq(systemd_watchdog(&notify, 5000), 6000);
	ck_assert_str_eq(heard(), "WATCHDOG=1");
	ck_assert_int_eq(systemd_watchdog(&notify, 5999), 6000);
	assert_silence();
	ck_assert_int_eq(systemd_watchdog(&notify, 6500), 7500);
	ck_assert_str_eq(heard(), "WATCHDOG=1");
	systemd_close(&notify);
	teardown();
}
END_TEST

UNIT("server/systemd_notify", test_messages, test_abstract_socket,
    test_unusable_socket, test_no_manager, test_full_queue, test_watchdog,
    test_watchdog_ticks)
