/*
 * generation.c -- all processes that were started with one load.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/generation.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct generation *
generation_new(const struct service *service, unsigned number,
    struct load *load, struct listeners *listeners, int64_t now)
{
	struct generation *made = mem_new(1, sizeof(*made));

	made->number = number;
	made->load = load;
	made->listeners = *listeners;
	*listeners = (struct listeners) { 0 };
	made->role_count = service->roles(load->config, made->roles);
	restarts_init(&made->roster, now);
	for (size_t i = 0; i < made->role_count; i++) {
		restarts_add(&made->roster, (unsigned)i, made->roles[i].count,
		    made->roles[i].silence_ms, now);
		restarts_be_patient(&made->roster, (unsigned)i,
		    made->roles[i].stop_ms);
	}
	made->members = mem_new(made->roster.count, sizeof(*made->members));
	for (size_t i = 0; i < made->roster.count; i++)
		made->members[i].fd = -1;
	return made;
}

void
generation_free(struct generation *generation, const struct service *service)
{
	for (size_t i = 0; i < generation->roster.count; i++)
		if (generation->members[i].fd >= 0)
			close(generation->members[i].fd);
	listen_close(&generation->listeners, NULL);
	restarts_clear(&generation->roster);
	service->unload(generation->load);
	free(generation->members);
	free(generation);
}

struct member *
generation_member(const struct generation *generation, const struct post *post)
{
	return &generation->members[post - generation->roster.posts];
}

const char *
generation_role(const struct generation *generation, const struct post *post)
{
	return generation->roles[post->role].name;
}

void
generation_hear(struct generation *generation, struct post *post)
{
	struct member *member = generation_member(generation, post);
	char bytes[16];
	ssize_t length = recv(member->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (length > 0) {
		post->is_up = true;
		return;
	}
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* It is dying, and SIGCHLD will tell; listening on would not end. */
	close(member->fd);
	member->fd = -1;
}

void
generation_retire(struct generation *generation, int64_t now)
{
	const struct server_options *options = generation->load->serving.server;

	restarts_retire(
	    &generation->roster, now, (int64_t)options->idle_timeout_s * 1000);
	/* One byte always fits: nothing else is ever sent this way. */
	for (size_t i = 0; i < generation->roster.count; i++)
		if (generation->members[i].fd >= 0)
			(void)!send(generation->members[i].fd, "", 1,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
}

void
generation_stop(struct generation *generation, int64_t now)
{
	restarts_stop(&generation->roster, now);
	/* Closing with a word of the child's unread would be an error for
	 * it instead of an end. */
	for (size_t i = 0; i < generation->roster.count; i++)
		if (generation->members[i].fd >= 0)
			shutdown(generation->members[i].fd, SHUT_WR);
}

void
generation_kill(struct generation *generation, int64_t now)
{
	struct restarts *roster = &generation->roster;

	for (size_t i = 0; i < generation->roster.count; i++) {
		const struct post *post = &generation->roster.posts[i];

		if (post->pid == 0 || !restarts_is_overdue(roster, post, now))
			continue;
		log_warning("%s %u (pid %d) did not stop in time: killed",
		    generation_role(generation, post), post->index,
		    (int)post->pid);
		kill(post->pid, SIGKILL);
	}
	if (!restarts_spare(roster, now))
		restarts_kill(roster);
}
