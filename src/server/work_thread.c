/*
 * work_thread.c -- a thread beside the loop, for what takes long.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* pipe2, pthread_timedjoin_np */
#include "server/work_thread.h"

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

struct work_thread {
	struct thread_work work;
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
wait_for_news(struct work_thread *thread)
{
	struct timespec until;
	int wait_ms = -1;

	if (thread->work.tend != NULL) {
		pthread_mutex_unlock(&thread->lock);
		wait_ms = thread->work.tend(thread->work.state);
		pthread_mutex_lock(&thread->lock);
	}
	if (thread->waiting.first != NULL || thread->is_over)
		return;
	if (wait_ms < 0) {
		pthread_cond_wait(&thread->news, &thread->lock);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += wait_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&thread->news, &thread->lock, &until);
}

static void *
run(void *opaque)
{
	struct work_thread *thread = opaque;
	struct item *item;

	pthread_mutex_lock(&thread->lock);
	while (!thread->is_over) {
		item = pop(&thread->waiting);
		if (item == NULL) {
			wait_for_news(thread);
			continue;
		}
		pthread_mutex_unlock(&thread->lock);
		thread->work.work(thread->work.state, item->job);
		pthread_mutex_lock(&thread->lock);
		item->turn = 0;
		insert(&thread->done, item);
		pthread_mutex_unlock(&thread->lock);
		/* A pipe that is full is readable. The loop would only wait for
		 * the lock. */
		(void)!write(thread->pipe[1], "", 1);
		pthread_mutex_lock(&thread->lock);
	}
	pthread_mutex_unlock(&thread->lock);
	return NULL;
}

static void
release(struct work_thread *thread)
{
	pthread_cond_destroy(&thread->news);
	pthread_mutex_destroy(&thread->lock);
	close(thread->pipe[0]);
	close(thread->pipe[1]);
	free(thread);
}

struct work_thread *
work_thread_start(const struct thread_work *work)
{
	struct work_thread *thread = mem_new(1, sizeof(*thread));
	pthread_condattr_t monotonic;
	sigset_t all;
	sigset_t before;
	int error;

	thread->work = *work;
	if (pipe2(thread->pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
		log_error("pipe: %s", strerror(errno));
		free(thread);
		return NULL;
	}
	pthread_mutex_init(&thread->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&thread->news, &monotonic);
	pthread_condattr_destroy(&monotonic);
	/* Signals are for the process's own thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread->thread, NULL, run, thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		return thread;
	log_error("no thread: %s", strerror(error));
	release(thread);
	return NULL;
}

bool
work_thread_stop(struct work_thread *thread, int64_t within_ms,
    void (*drop)(void *))
{
	struct timespec until;
	struct item *item;

	if (thread == NULL)
		return true;
	pthread_mutex_lock(&thread->lock);
	thread->is_over = true;
	pthread_cond_signal(&thread->news);
	pthread_mutex_unlock(&thread->lock);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += within_ms / 1000 + 1;
	if (pthread_timedjoin_np(thread->thread, NULL, &until) != 0)
		return false;
	while ((item = pop(&thread->waiting)) != NULL ||
	    (item = pop(&thread->done)) != NULL) {
		drop(item->job);
		free(item);
	}
	release(thread);
	return true;
}

int
work_thread_fd(const struct work_thread *thread)
{
	return thread->pipe[0];
}

void
work_thread_give(struct work_thread *thread, void *job, unsigned turn)
{
	struct item *item = mem_new(1, sizeof(*item));

	item->job = job;
	item->turn = turn;
	thread->count++;
	pthread_mutex_lock(&thread->lock);
	insert(&thread->waiting, item);
	pthread_cond_signal(&thread->news);
	pthread_mutex_unlock(&thread->lock);
}

void
work_thread_wake(struct work_thread *thread)
{
	pthread_mutex_lock(&thread->lock);
	pthread_cond_signal(&thread->news);
	pthread_mutex_unlock(&thread->lock);
}

void *
work_thread_take(struct work_thread *thread)
{
	struct item *item;
	void *job;
	char byte;

	pthread_mutex_lock(&thread->lock);
	item = pop(&thread->done);
	pthread_mutex_unlock(&thread->lock);
	/* Its byte comes behind it: one may be left over of another. */
	(void)!read(thread->pipe[0], &byte, 1);
	if (item == NULL)
		return NULL;
	thread->count--;
	job = item->job;
	free(item);
	return job;
}

unsigned
work_thread_count(const struct work_thread *thread)
{
	return thread->count;
}
