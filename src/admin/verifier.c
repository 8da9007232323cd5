/*
 * verifier.c -- check passwords against crypt(3) hashes, beside the process.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* explicit_bzero, pipe2 */
#include "admin/verifier.h"

#include "base/addr.h"
#include "base/log.h"
#include "base/mem.h"

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct job {
	struct job *next;
	char source[ADDR_TEXT_SIZE];
	unsigned turn;	/* how many of its source came before and waited */
	char *hash, *password;
	void *tag;
	bool is_right;
};

struct queue {
	struct job *first, **end;
};

struct verifier {
	pthread_t thread;
	pthread_mutex_t lock;	/* of all below */
	pthread_cond_t news;
	struct queue waiting, done;
	unsigned count;		/* in both, and under way */
	bool is_over;
	int pipe[2];		/* a byte for each that is done */
};

static void
push(struct queue *queue, struct job *job)
{
	job->next = NULL;
	*queue->end = job;
	queue->end = &job->next;
}

/* In order of turns: none waits behind the second of somebody else. */
static void
insert(struct queue *queue, struct job *job)
{
	struct job **place = &queue->first;

	while (*place != NULL && (*place)->turn <= job->turn)
		place = &(*place)->next;
	job->next = *place;
	*place = job;
	if (job->next == NULL)
		queue->end = &job->next;
}

/* How many of a source are waiting? */
static unsigned
count_of(const struct queue *queue, const char *source)
{
	unsigned count = 0;

	for (const struct job *job = queue->first; job != NULL;
	     job = job->next)
		count += strcmp(job->source, source) == 0;
	return count;
}

static struct job *
pop(struct queue *queue)
{
	struct job *job = queue->first;

	if (job == NULL)
		return NULL;
	queue->first = job->next;
	if (queue->first == NULL)
		queue->end = &queue->first;
	return job;
}

static void
job_free(struct job *job)
{
	if (job->password != NULL)
		explicit_bzero(job->password, strlen(job->password));
	free(job->password);
	free(job->hash);
	free(job);
}

static bool
is_right(const struct job *job, struct crypt_data *data)
{
	const char *found = crypt_r(job->password, job->hash, data);
	size_t length = strlen(job->hash);
	bool is_equal = found != NULL && strlen(found) == length &&
	    CRYPTO_memcmp(found, job->hash, length) == 0;

	explicit_bzero(data, sizeof(*data));
	return is_equal;
}

static void *
work(void *opaque)
{
	struct verifier *verifier = opaque;
	struct crypt_data *data = mem_new(1, sizeof(*data));
	struct job *job;

	pthread_mutex_lock(&verifier->lock);
	while (!verifier->is_over) {
		job = pop(&verifier->waiting);
		if (job == NULL) {
			pthread_cond_wait(&verifier->news, &verifier->lock);
			continue;
		}
		pthread_mutex_unlock(&verifier->lock);
		job->is_right = is_right(job, data);
		pthread_mutex_lock(&verifier->lock);
		push(&verifier->done, job);
		/* The pipe takes far more bytes than there can be jobs. */
		(void)!write(verifier->pipe[1], "", 1);
	}
	pthread_mutex_unlock(&verifier->lock);
	free(data);
	return NULL;
}

struct verifier *
verifier_start(void)
{
	struct verifier *verifier = mem_new(1, sizeof(*verifier));
	sigset_t all;
	sigset_t before;
	int error;

	verifier->waiting.end = &verifier->waiting.first;
	verifier->done.end = &verifier->done.first;
	pthread_mutex_init(&verifier->lock, NULL);
	pthread_cond_init(&verifier->news, NULL);
	if (pipe2(verifier->pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
		log_error("pipe: %s", strerror(errno));
		free(verifier);
		return NULL;
	}
	/* Signals are for the process's own thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&verifier->thread, NULL, work, verifier);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		return verifier;
	log_error("no thread to check passwords: %s", strerror(error));
	close(verifier->pipe[0]);
	close(verifier->pipe[1]);
	free(verifier);
	return NULL;
}

void
verifier_stop(struct verifier *verifier)
{
	struct job *job;

	if (verifier == NULL)
		return;
	pthread_mutex_lock(&verifier->lock);
	verifier->is_over = true;
	pthread_cond_signal(&verifier->news);
	pthread_mutex_unlock(&verifier->lock);
	pthread_join(verifier->thread, NULL);
	while ((job = pop(&verifier->waiting)) != NULL ||
	    (job = pop(&verifier->done)) != NULL)
		job_free(job);
	pthread_cond_destroy(&verifier->news);
	pthread_mutex_destroy(&verifier->lock);
	close(verifier->pipe[0]);
	close(verifier->pipe[1]);
	free(verifier);
}

int
verifier_fd(const struct verifier *verifier)
{
	return verifier->pipe[0];
}

bool
verifier_ask(struct verifier *verifier, const char *source, const char *hash,
    const char *password, void *tag)
{
	struct job *job;
	unsigned turn;
	bool has_room;

	pthread_mutex_lock(&verifier->lock);
	turn = count_of(&verifier->waiting, source);
	has_room = verifier->count < VERIFIER_WAITING_MAX &&
	    turn < VERIFIER_SHARE;
	if (has_room) {
		verifier->count++;
		job = mem_new(1, sizeof(*job));
		snprintf(job->source, sizeof(job->source), "%s", source);
		job->turn = turn;
		job->hash = mem_dup(hash);
		job->password = mem_dup(password);
		job->tag = tag;
		insert(&verifier->waiting, job);
		pthread_cond_signal(&verifier->news);
	}
	pthread_mutex_unlock(&verifier->lock);
	return has_room;
}

void *
verifier_take(struct verifier *verifier, bool *is_right_out)
{
	struct job *job;
	void *tag = NULL;
	char byte;

	pthread_mutex_lock(&verifier->lock);
	job = pop(&verifier->done);
	if (job != NULL) {
		verifier->count--;
		(void)!read(verifier->pipe[0], &byte, 1);
		tag = job->tag;
		*is_right_out = job->is_right;
	}
	pthread_mutex_unlock(&verifier->lock);
	if (job != NULL)
		job_free(job);
	return tag;
}
