/*
 * accepting.c -- which of the workers takes a connection that comes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "roles/accepting.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum {
	/* As many as server.workers can be. */
	SEATS = 256,
	/* As many as the store is asked about at once: the workers take so
	 * many each, and then so many more. */
	PLENTY = 32,
	/* Longer than those before us are busy as a rule; nobody notices. */
	LEAVE_MS = 10,
};

static const uint32_t NO_MORE = UINT32_MAX;

struct crowd {
	/* A cache line apart; NO_MORE: it takes none. */
	struct {
		_Alignas(64) _Atomic uint32_t connections;
	} at[SEATS];
};

struct accepting {
	const struct seat *seat;
	struct crowd *crowd;
	struct poller *poller;
	struct clients *clients;
	bool is_listening;
	bool is_paused;		/* accept failed */
	bool is_over;
	/* What comes is left to others until then; 0: nothing is. What is
	 * still there at that moment is ours. */
	int64_t left_ms;
	bool is_due;
	struct log_limit failed_limit;
};

struct crowd *
crowd_open(void)
{
	void *memory = mmap(NULL, sizeof(struct crowd), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void
crowd_close(struct crowd *crowd)
{
	if (crowd != NULL)
		munmap(crowd, sizeof(*crowd));
}

/* Let the others know whether to leave something to us. */
static void
publish(struct accepting *accepting)
{
	bool takes_none = accepting->is_over || accepting->is_paused ||
	    clients_are_full(accepting->clients);
	uint32_t connections = takes_none ? NO_MORE :
	    (uint32_t)clients_count(accepting->clients);
	_Atomic uint32_t *ours =
	    &accepting->crowd->at[accepting->seat->index].connections;

	if (atomic_load_explicit(ours, memory_order_relaxed) != connections)
		atomic_store_explicit(ours, connections,
		    memory_order_relaxed);
}

struct accepting *
accepting_new(const struct seat *seat, struct crowd *crowd,
    struct poller *poller, struct clients *clients)
{
	struct accepting *accepting = mem_new(1, sizeof(*accepting));

	accepting->seat = seat;
	accepting->crowd = crowd;
	accepting->poller = poller;
	accepting->clients = clients;
	for (size_t i = 0; i < seat->listeners->count; i++) {
		struct listener *listener = &seat->listeners->list[i];

		if (poller_add(poller, listener->fd, INTEREST_NONE,
			listener) != 0)
			log_error("epoll: %s: %s", listener->spec,
			    strerror(errno));
	}
	accepting_go_on(accepting);
	return accepting;
}

void
accepting_free(struct accepting *accepting)
{
	free(accepting);
}

bool
accepting_is(const struct accepting *accepting, const void *tag)
{
	const struct listeners *listeners = accepting->seat->listeners;

	for (size_t i = 0; i < listeners->count; i++)
		if (tag == &listeners->list[i])
			return true;
	return false;
}

static void
listen_on(struct accepting *accepting, bool is_wanted)
{
	const struct listeners *listeners = accepting->seat->listeners;

	if (accepting->is_listening == is_wanted)
		return;
	accepting->is_listening = is_wanted;
	for (size_t i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->list[i];

		poller_change(accepting->poller, listener->fd,
		    is_wanted ? INTEREST_READ : INTEREST_NONE, listener);
	}
}

void
accepting_go_on(struct accepting *accepting)
{
	if (accepting->is_over)
		return;
	publish(accepting);
	accepting->is_due = accepting->left_ms != 0 &&
	    clock_left_ms(accepting->left_ms) == 0;
	if (accepting->is_due)
		accepting->left_ms = 0;
	listen_on(accepting, !accepting->is_paused &&
	    !clients_are_full(accepting->clients) && accepting->left_ms == 0);
}

int
accepting_wait_ms(const struct accepting *accepting)
{
	if (accepting->is_over)
		return INT_MAX;
	if (accepting->is_due)
		return 0;
	return accepting->left_ms == 0 ? INT_MAX :
	    clock_left_ms(accepting->left_ms);
}

/* How many times it has plenty. */
static uint32_t
fullness(const struct crowd *crowd, unsigned index)
{
	return atomic_load_explicit(&crowd->at[index].connections,
		   memory_order_relaxed) / PLENTY;
}

/* First in line is the first of those that are the least full. */
static bool
is_anothers(const struct accepting *accepting)
{
	unsigned index = accepting->seat->index;
	unsigned workers = accepting->seat->load->config->server.workers;
	uint32_t ours = fullness(accepting->crowd, index);

	for (unsigned i = 0; i < workers; i++) {
		uint32_t others = fullness(accepting->crowd, i);

		if (others < ours || (others == ours && i < index))
			return true;
	}
	return false;
}

/* Leave it to others, if they have not had the time yet. */
static bool
leave_it(struct accepting *accepting)
{
	if (accepting->is_due || !is_anothers(accepting))
		return false;
	accepting->left_ms = clock_mono_ms() + LEAVE_MS;
	listen_on(accepting, false);
	return true;
}

static void
take_some(struct accepting *accepting, int listening, size_t most)
{
	for (size_t i = 0;
	     i < most && !clients_are_full(accepting->clients); i++) {
		int fd = accept(listening, NULL, NULL);

		if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (fd < 0) {
			/* Out of descriptors or memory: pause for a while. */
			log_limited(&accepting->failed_limit, LOG_LEVEL_ERROR,
			    "accept: %s", strerror(errno));
			accepting->is_paused = true;
			return;
		}
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		fcntl(fd, F_SETFL, O_NONBLOCK);
		clients_add(accepting->clients, fd);
	}
}

void
accepting_serve(struct accepting *accepting, void *tag)
{
	const struct listener *listener = tag;

	/* If we do not listen, it was left, or closed, this moment. */
	if (!accepting->is_listening || leave_it(accepting))
		return;
	take_some(accepting, listener->fd,
	    PLENTY - clients_count(accepting->clients) % PLENTY);
	publish(accepting);
}

void
accepting_try_again(struct accepting *accepting)
{
	accepting->is_paused = false;
}

void
accepting_end(struct accepting *accepting, bool is_rest_wanted)
{
	const struct listeners *listeners = accepting->seat->listeners;

	if (accepting->is_over)
		return;
	for (size_t i = 0; is_rest_wanted && i < listeners->count; i++)
		take_some(accepting, listeners->list[i].fd, SIZE_MAX);
	accepting->is_listening = false;
	/* Others hold them still, and so would the poller. */
	for (size_t i = 0; i < listeners->count; i++)
		poller_remove(accepting->poller, listeners->list[i].fd);
	seat_close_listeners(accepting->seat);
	accepting->is_over = true;
	publish(accepting);
}
