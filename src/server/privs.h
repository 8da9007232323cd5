/*
 * privs.h -- users, groups, and becoming an unprivileged one for good.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERVER_PRIVS_H
#define SERVER_PRIVS_H

#include <stdbool.h>
#include <sys/types.h>

/* Who to become. */
struct privs {
	bool is_wanted;	/* false: stay who we are */
	char *user;	/* as configured; free with privs_clear */
	uid_t uid;
	gid_t gid;
};

/* The id of a user or group by name or number. Return 0, or -1 if there is
 * no such one. */
int privs_find_user(const char *name, uid_t *);
int privs_find_group(const char *name, gid_t *);

/*
 * Look up server.user and server.group ("": the user's own group). Nobody is
 * wanted if user is "" or root, or if we are not root (logged). If there is no
 * such user or group log what to do about it and return -1.
 */
int privs_lookup(struct privs *, const char *user, const char *group);
void privs_clear(struct privs *);

/*
 * Become the one who is wanted, with all groups that the group file gives him
 * (initgroups(3)), and make sure that there is no way back. On failure log
 * why and return -1: the process must not go on.
 */
int privs_drop(const struct privs *);

/*
 * Be the one who is wanted, with his groups, until privs_return: for a command
 * that needs root again. The way back stays open to whoever takes the process
 * over: no input of strangers is read meanwhile. On failure log why and
 * return -1, nothing changed; privs_return exits if there is no way back.
 */
int privs_lend(const struct privs *);
void privs_return(const struct privs *);

#endif
