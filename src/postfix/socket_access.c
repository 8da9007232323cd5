/*
 * socket_access.c -- may Postfix's user connect to a socket?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* getgrouplist */

#include "postfix/socket_access.h"

#include "base/mem.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GROUPS_MAX = 256 };

struct user {
	uid_t id;
	gid_t groups[GROUPS_MAX];
	int group_count;
};

static int
find_user(const char *name, struct user *user)
{
	const struct passwd *entry = getpwnam(name);

	if (entry == NULL)
		return -1;
	user->id = entry->pw_uid;
	user->group_count = GROUPS_MAX;
	if (getgrouplist(name, entry->pw_gid, user->groups,
		&user->group_count) < 0)
		user->group_count = GROUPS_MAX;
	return 0;
}

/* Which of the nine permission bits hold for a user? 0 to 7. */
static unsigned
allowed(const struct user *user, uid_t owner, gid_t group, unsigned mode)
{
	if (user->id == owner)
		return mode >> 6 & 7;
	for (int i = 0; i < user->group_count; i++)
		if (user->groups[i] == group)
			return mode >> 3 & 7;
	return mode & 7;
}

/* The socket as it is, or as it will be made. Return -1: nobody knows. */
static int
look_at_socket(const struct config *config, const char *path,
    struct stat *info)
{
	const struct passwd *owner;
	const struct group *group;

	if (stat(path, info) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	owner = getpwnam(config->socket.user);
	group = getgrnam(config->socket.group);
	if (owner == NULL || group == NULL)
		return -1;
	info->st_uid = owner->pw_uid;
	info->st_gid = group->gr_gid;
	info->st_mode = config->socket.mode;
	return 0;
}

int
postfix_access_check(const struct config *config, const char *name,
    const char *path, struct text *why)
{
	char *folder = mem_dup(path);
	struct user user;
	struct stat info;
	int result = -1;

	if (find_user(name, &user) != 0) {
		text_printf(why, "there is no user %s", name);
		free(folder);
		return -1;
	}
	/* From the root on, each folder must be there and be passable. */
	for (char *slash = strchr(folder + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (stat(folder, &info) != 0)
			text_printf(why, "%s: %s", folder, strerror(errno));
		else if ((allowed(&user, info.st_uid, info.st_gid,
			      info.st_mode) & 1) == 0)
			text_printf(why, "%s may not enter %s (mode %04o)",
			    name, folder, (unsigned)info.st_mode & 07777);
		*slash = '/';
		if (why->length > 0)
			goto end;
	}
	if (look_at_socket(config, path, &info) != 0)
		text_printf(why, "%s cannot be looked at: %s", path,
		    strerror(errno));
	else if ((allowed(&user, info.st_uid, info.st_gid, info.st_mode) &
		     6) != 6)
		text_printf(why, "%s may not connect to %s (mode %04o): set "
		    "socket.group to a group that %s is in", name, path,
		    (unsigned)info.st_mode & 0777, name);
	else
		result = 0;
end:
	free(folder);
	return result;
}
