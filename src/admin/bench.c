/*
 * bench.c -- a thread beside the loop, for what takes long.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* pipe2, pthread_timedjoin_np */
#include "admin/bench.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct item {
	struct item *next;
	void *job;
	unsigned turn;
};

struct queue {
	struct item *first;
};

struct bench {
	struct bench_work work;
	pthread_t thread;
	pthread_mutex_t lock;	/* of all below */
	pthread_cond_t news;
	struct queue waiting, done;
	unsigned count;		/* the loop's */
	bool is_over;
	int pipe[2];		/* a byte for each that is done */
};

/* Behind those with the same or a lower turn. */
static void
insert(struct queue *queue, struct item *item)
{
	struct item **place = &queue->first;

	while (*place != NULL && (*place)->turn <= item->turn)
		place = &(*place)->next;
	item->next = *place;
	*place = item;
}

static struct item *
pop(struct queue *queue)
{
	struct item *item = queue->first;

	if (item != NULL)
		queue->first = item->next;
	return item;
}

/* Wait for news, or until it is time to tend. The lock is held. */
static void
wait_for_news(struct bench *bench)
{
	struct timespec until;
	int wait_ms = -1;

	if (bench->work.tend != NULL) {
		pthread_mutex_unlock(&bench->lock);
		wait_ms = bench->work.tend(bench->work.state);
		pthread_mutex_lock(&bench->lock);
	}
	if (bench->waiting.first != NULL || bench->is_over)
		return;
	if (wait_ms < 0) {
		pthread_cond_wait(&bench->news, &bench->lock);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += wait_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&bench->news, &bench->lock, &until);
}

static void *
run(void *opaque)
{
	struct bench *bench = opaque;
	struct item *item;

	pthread_mutex_lock(&bench->lock);
	while (!bench->is_over) {
		item = pop(&bench->waiting);
		if (item == NULL) {
			wait_for_news(bench);
			continue;
		}
		pthread_mutex_unlock(&bench->lock);
		bench->work.work(bench->work.state, item->job);
		pthread_mutex_lock(&bench->lock);
		item->turn = 0;
		insert(&bench->done, item);
		/* A pipe that is full is readable. */
		(void)!write(bench->pipe[1], "", 1);
	}
	pthread_mutex_unlock(&bench->lock);
	return NULL;
}

static void
release(struct bench *bench)
{
	pthread_cond_destroy(&bench->news);
	pthread_mutex_destroy(&bench->lock);
	close(bench->pipe[0]);
	close(bench->pipe[1]);
	free(bench);
}

struct bench *
bench_start(const struct bench_work *work)
{
	struct bench *bench = mem_new(1, sizeof(*bench));
	pthread_condattr_t monotonic;
	sigset_t all;
	sigset_t before;
	int error;

	bench->work = *work;
	if (pipe2(bench->pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
		log_error("pipe: %s", strerror(errno));
		free(bench);
		return NULL;
	}
	pthread_mutex_init(&bench->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&bench->news, &monotonic);
	pthread_condattr_destroy(&monotonic);
	/* Signals are for the process's own thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&bench->thread, NULL, run, bench);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		return bench;
	log_error("no thread: %s", strerror(error));
	release(bench);
	return NULL;
}

bool
bench_stop(struct bench *bench, int64_t within_ms, void (*drop)(void *))
{
	struct timespec until;
	struct item *item;

	if (bench == NULL)
		return true;
	pthread_mutex_lock(&bench->lock);
	bench->is_over = true;
	pthread_cond_signal(&bench->news);
	pthread_mutex_unlock(&bench->lock);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += within_ms / 1000 + 1;
	if (pthread_timedjoin_np(bench->thread, NULL, &until) != 0)
		return false;
	while ((item = pop(&bench->waiting)) != NULL ||
	    (item = pop(&bench->done)) != NULL) {
		drop(item->job);
		free(item);
	}
	release(bench);
	return true;
}

int
bench_fd(const struct bench *bench)
{
	return bench->pipe[0];
}

void
bench_give(struct bench *bench, void *job, unsigned turn)
{
	struct item *item = mem_new(1, sizeof(*item));

	item->job = job;
	item->turn = turn;
	bench->count++;
	pthread_mutex_lock(&bench->lock);
	insert(&bench->waiting, item);
	pthread_cond_signal(&bench->news);
	pthread_mutex_unlock(&bench->lock);
}

void *
bench_take(struct bench *bench)
{
	struct item *item;
	void *job;
	char byte;

	pthread_mutex_lock(&bench->lock);
	item = pop(&bench->done);
	if (item != NULL)
		(void)!read(bench->pipe[0], &byte, 1);
	pthread_mutex_unlock(&bench->lock);
	if (item == NULL)
		return NULL;
	bench->count--;
	job = item->job;
	free(item);
	return job;
}

unsigned
bench_count(const struct bench *bench)
{
	return bench->count;
}
