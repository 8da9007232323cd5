/*
 * test_privs.c -- becoming an unprivileged user for good.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Needs root for the tests that matter; each works in a child.
 */
#define _GNU_SOURCE /* getgrouplist, setgroups */
#include "server/privs.h"
#include "unit.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Run in a child, which returns 0 if all is well. */
static int
in_child(int (*run)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(run());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

START_TEST(test_find)
{
	uid_t uid = 1;
	gid_t gid = 1;

	ck_assert_int_eq(privs_find_user("root", &uid), 0);
	ck_assert_uint_eq(uid, 0);
	ck_assert_int_eq(privs_find_user("4711", &uid), 0);
	ck_assert_uint_eq(uid, 4711);
	ck_assert_int_eq(privs_find_user("no-such-user", &uid), -1);
	ck_assert_int_eq(privs_find_user("-1", &uid), -1);
	ck_assert_int_eq(privs_find_user("4294967295", &uid), -1);
	ck_assert_int_eq(privs_find_group("root", &gid), 0);
	ck_assert_uint_eq(gid, 0);
	ck_assert_int_eq(privs_find_group("4711", &gid), 0);
	ck_assert_int_eq(privs_find_group("no-such-group", &gid), -1);
	ck_assert_int_eq(privs_find_group("4294967295", &gid), -1);
}
END_TEST

static const struct {
	const char *says, *user, *group;
	int result;
	bool is_wanted;
} lookups[] = {
	{ "no user: stay", "", "", 0, false },
	{ "root: stay", "root", "", 0, false },
	{ "a user and his group", "nobody", "", 0, true },
	{ "a user and another group", "nobody", "daemon", 0, true },
	{ "a number with a group", "4711", "daemon", 0, true },
	{ "a number without", "4711", "", -1, false },
	{ "an unknown user", "no-such-user", "", -1, false },
	{ "an unknown group", "nobody", "no-such-group", -1, false },
};

static void
check_lookup(size_t i)
{
	struct privs privs;

	if (geteuid() != 0)
		return;
	ck_assert_msg(privs_lookup(&privs, lookups[i].user,
		lookups[i].group) == lookups[i].result, "%s",
	    lookups[i].says);
	ck_assert_msg(privs.is_wanted == lookups[i].is_wanted, "%s",
	    lookups[i].says);
	privs_clear(&privs);
}

START_TEST(test_lookup)
{
	for (size_t i = 0; i < ROWS(lookups); i++)
		check_lookup(i);
}
END_TEST

static int
become_nobody(void)
{
	const struct passwd *nobody = getpwnam("nobody");
	gid_t extra[] = { 0, 4 }, groups[64], expected[64];
	int count, wanted = 64;
	struct privs privs;

	setgroups(2, extra); /* root's own groups must not survive */
	if (privs_lookup(&privs, "nobody", "daemon") != 0 ||
	    privs_drop(&privs) != 0)
		return 1;
	if (getuid() != nobody->pw_uid || geteuid() != nobody->pw_uid ||
	    getegid() != privs.gid || privs.gid != 1)
		return 2;
	count = getgroups(64, groups);
	getgrouplist("nobody", privs.gid, expected, &wanted);
	if (count != wanted ||
	    memcmp(groups, expected, (size_t)count * sizeof(gid_t)) != 0)
		return 3;
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
		return 4;
	privs_clear(&privs);
	return 0;
}

static int
stay_unprivileged(void)
{
	struct privs privs;

	if (setuid(65534) != 0)
		return 1;
	/* Even a user that does not exist is no error then. */
	if (privs_lookup(&privs, "no-such-user", "no-such-group") != 0 ||
	    privs.is_wanted || privs_drop(&privs) != 0)
		return 2;
	return getuid() == 65534 ? 0 : 3;
}

static int
fail_to_drop(void)
{
	struct privs privs;
	int result;

	if (privs_lookup(&privs, "nobody", "") != 0 || setuid(65534) != 0)
		return 1;
	result = privs_drop(&privs);
	privs_clear(&privs);
	return result == -1 ? 0 : 2;
}

START_TEST(test_drop)
{
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(in_child(become_nobody), 0);
	ck_assert_int_eq(in_child(stay_unprivileged), 0);
	ck_assert_int_eq(in_child(fail_to_drop), 0);
}
END_TEST

UNIT("server/privs", test_find, test_lookup, test_drop)
