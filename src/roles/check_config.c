/*
 * check_config.c -- would the server start with this configuration?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/check_config.h"

#include "base/log.h"
#include "base/mem.h"
#include "config/keys.h"
#include "roles/check_live.h"
#include "roles/daemon.h"
#include "roles/geoip_files.h"
#include "roles/serving_of.h"
#include "server/privs.h"
#include "server/unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* The folder of a socket or pidfile must be there: the server makes none. */
static bool
has_folder(const char *key, const char *path)
{
	struct stat info;
	bool is_there;
	char *folder;
	char *slash;

	if (path[0] != '/')
		return true;
	folder = mem_dup(path);
	slash = strrchr(folder, '/');
	slash[slash == folder ? 1 : 0] = '\0';
	is_there = stat(folder, &info) == 0 && S_ISDIR(info.st_mode);
	if (!is_there)
		log_error("%s: there is no directory %s; create it: install "
			  "-d -o policyd -g postfix -m 0710 %s", key, folder,
		    folder);
	free(folder);
	return is_there;
}

static bool
has_folders(const struct config *config)
{
	bool is_good = has_folder("server.pidfile", config->server.pidfile);

	for (size_t i = 0; i < config->endpoints.count; i++) {
		const struct endpoint *endpoint = &config->endpoints.list[i];

		if (endpoint->path != NULL)
			is_good = has_folder(
			    endpoint->service == ENDPOINT_HTTP ?
				"http.listen" : "listen", endpoint->path) &&
			    is_good;
	}
	return is_good;
}

/* May this process, which is server.user, read what an option names? */
static bool
can_read(const struct key *option, const struct config *config,
    const char *user)
{
	const char *path;
	int fd;

	if (option->type != OPTION_PATH && option->type != OPTION_SECRET)
		return true;
	path = *(char *const *)((const char *)config + option->offset);
	if (*path == '\0')
		return true;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0) {
		close(fd);
		return true;
	}
	log_error("%s: %s cannot be read by %s: %s; let its group read it, "
		  "and enter its folders", option->key, path, user,
	    strerror(errno));
	return false;
}

static bool
can_read_all(const struct config *config, const char *user)
{
	const char *program = config->notify.exec.count > 0 ?
	    config->notify.exec.list[0] : NULL;
	bool is_good = true;

	for (const struct key *o = keys; o->key != NULL; o++)
		is_good = can_read(o, config, user) && is_good;
	if (config->has_file && access(config->path, R_OK) != 0) {
		log_error("%s cannot be read by %s, who reloads it: %s; let "
			  "its group read it", config->path, user,
		    strerror(errno));
		is_good = false;
	}
	if (program != NULL && access(program, X_OK) != 0) {
		log_error("notify.exec: %s cannot be run by %s: %s", program,
		    user, strerror(errno));
		is_good = false;
	}
	return is_good;
}

/* Become server.user, as the server does, and look from there. */
static int
look_as_user(const struct job *job, const struct privs *privs, bool is_live)
{
	const struct config *config = job->config;
	int status = EX_OK;

	if (privs_drop(privs) != 0)
		return EX_NOPERM;
	if (!can_read_all(config, privs->is_wanted ? privs->user :
						     "this user"))
		status = EX_CONFIG;
	else if (is_live)
		status = check_live_servers(job);
	fflush(job->out);
	return status;
}

/* In a child: there is no way back to root. */
static int
look_from_child(const struct job *job, const struct privs *privs, bool is_live)
{
	int status;
	pid_t pid;

	fflush(job->out);
	pid = fork();
	if (pid == 0)
		_exit(look_as_user(job, privs, is_live));
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		log_error("cannot look as server.user: %s", strerror(errno));
		return EX_OSERR;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

static int
look(const struct job *job, bool is_live)
{
	const struct config *config = job->config;
	const struct serving serving = serving_of(config);
	struct socket_access access;
	struct privs privs;
	bool is_good = has_folders(config);
	int status;

	is_good = socket_access_find(&access, &serving) == 0 && is_good;
	is_good = geoip_files_try(config) == 0 && is_good;
	if (privs_lookup(&privs, config->server.user, config->server.group) !=
	    0)
		return EX_CONFIG;
	status = look_from_child(job, &privs, is_live && is_good);
	privs_clear(&privs);
	if (!is_good)
		return EX_CONFIG;
	if (is_live && check_live_addresses(job, &serving) != EX_OK &&
	    status == EX_OK)
		status = EX_UNAVAILABLE;
	return status;
}

int
check_config_run(const struct job *job, bool is_live)
{
	const struct config *config = job->config;
	int status;

	daemon_warn(config);
	status = look(job, is_live);
	if (status != EX_OK)
		return status;
	if (job->is_json)
		fputs("{\"result\": \"ok\"}\n", job->out);
	else if (config->has_file)
		fprintf(job->out, "%s: ok\n", config->path);
	else
		fprintf(job->out, "defaults, there is no file %s: ok\n",
		    config->path);
	return EX_OK;
}
