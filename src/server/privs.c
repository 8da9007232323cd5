/*
 * privs.c -- users, groups, and becoming an unprivileged one for good.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* setresuid, initgroups */
#include "server/privs.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

int
privs_find_user(const char *name, uid_t *uid)
{
	const struct passwd *entry = getpwnam(name);
	int64_t number;

	if (entry != NULL) {
		*uid = entry->pw_uid;
		return 0;
	}
	number = text_parse_number(name, UINT32_MAX - 1);
	if (number < 0)
		return -1;
	*uid = (uid_t)number;
	return 0;
}

int
privs_find_group(const char *name, gid_t *gid)
{
	const struct group *entry = getgrnam(name);
	int64_t number;

	if (entry != NULL) {
		*gid = entry->gr_gid;
		return 0;
	}
	number = text_parse_number(name, UINT32_MAX - 1);
	if (number < 0)
		return -1;
	*gid = (gid_t)number;
	return 0;
}

/* Not started as root: say so if that is not what was asked for. */
static int
stay(const char *user)
{
	uid_t uid;

	if (*user == '\0' ||
	    (privs_find_user(user, &uid) == 0 && uid == geteuid()))
		return 0;
	log_info("not started as root: server.user (%s) is not applied, "
		 "everything runs as user %d", user, (int)geteuid());
	return 0;
}

int
privs_lookup(struct privs *privs, const char *user, const char *group)
{
	const struct passwd *entry;

	memset(privs, 0, sizeof(*privs));
	if (geteuid() != 0)
		return stay(user);
	if (*user == '\0')
		return 0;
	if (privs_find_user(user, &privs->uid) != 0) {
		log_error("server.user: there is no user \"%s\"; create it "
			  "(adduser --system --group %s) or name another",
		    user, user);
		return -1;
	}
	if (privs->uid == 0)
		return 0;
	entry = getpwuid(privs->uid);
	if (*group == '\0' && entry == NULL) {
		log_error("server.group must be set: user %s is not in the "
			  "password file", user);
		return -1;
	}
	if (*group == '\0') {
		privs->gid = entry->pw_gid;
	} else if (privs_find_group(group, &privs->gid) != 0) {
		log_error("server.group: there is no group \"%s\"; create it "
			  "(addgroup --system %s) or name another",
		    group, group);
		return -1;
	}
	privs->is_wanted = true;
	privs->user = mem_dup(entry != NULL ? entry->pw_name : user);
	return 0;
}

void
privs_clear(struct privs *privs)
{
	free(privs->user);
	memset(privs, 0, sizeof(*privs));
}

/* Is there any way left to be who we were? */
static bool
is_final(const struct privs *privs)
{
	uid_t real, effective, saved;
	gid_t real_group, effective_group, saved_group;

	if (getresuid(&real, &effective, &saved) != 0 ||
	    getresgid(&real_group, &effective_group, &saved_group) != 0)
		return false;
	if (real != privs->uid || effective != privs->uid ||
	    saved != privs->uid || real_group != privs->gid ||
	    effective_group != privs->gid || saved_group != privs->gid)
		return false;
	/* Capabilities could have been kept; trying is the proof. */
	return setuid(0) != 0 && seteuid(0) != 0 &&
	    (privs->gid == 0 || setgid(0) != 0);
}

int
privs_drop(const struct privs *privs)
{
	if (!privs->is_wanted)
		return 0;
	if (initgroups(privs->user, privs->gid) != 0 ||
	    setresgid(privs->gid, privs->gid, privs->gid) != 0 ||
	    setresuid(privs->uid, privs->uid, privs->uid) != 0) {
		log_error("cannot become user %s: %s", privs->user,
		    strerror(errno));
		return -1;
	}
	if (!is_final(privs)) {
		log_error("became user %s, but could become root again: "
			  "refused", privs->user);
		return -1;
	}
	return 0;
}

int
privs_lend(const struct privs *privs)
{
	if (!privs->is_wanted)
		return 0;
	if (initgroups(privs->user, privs->gid) == 0 &&
	    setegid(privs->gid) == 0 && seteuid(privs->uid) == 0)
		return 0;
	log_error("cannot become user %s: %s", privs->user, strerror(errno));
	privs_return(privs);
	return -1;
}

void
privs_return(const struct privs *privs)
{
	const gid_t root = 0;

	if (!privs->is_wanted)
		return;
	if (seteuid(0) != 0 || setegid(0) != 0 || setgroups(1, &root) != 0) {
		log_error("cannot become root again: %s", strerror(errno));
		exit(EX_NOPERM);
	}
}
