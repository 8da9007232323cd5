/*
 * task_process.h -- work in a process of its own, with a hard deadline.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For work that may block wherever it likes: the kernel ends it when its time
 * is up, whatever it is at, and even if the process that started it is gone.
 */
#ifndef SERVER_TASK_PROCESS_H
#define SERVER_TASK_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct task {
	pid_t pid;	/* 0: none */
	int fd;		/* to hear it, non-blocking; its end: it has ended */
};

/*
 * Run work(fd, data) in a copy of this process, that has no descriptors but 0,
 * 1, 2, the log's, and fd, the writing end of a pipe to us: what it got from
 * us, a connection to the store say, is not for its use. Its signals are ours,
 * but for SIGALRM, which ends it after timeout_ms, and SIGCHLD, which is left
 * to it. Return 0, or -1 with errno.
 */
int task_start(struct task *, void (*work)(int fd, void *data), void *data,
    uint32_t timeout_ms);

/* Within the task: the rest is worth timeout_ms at most. */
void task_hurry(uint32_t timeout_ms);

/* Let it stand still, until it goes on or is killed; returns when it does. */
void task_halt(const struct task *);
void task_go_on(const struct task *);

/* End it now; task_end still has to be called. */
void task_kill(const struct task *);

/*
 * Wait for its end, which is near once its pipe has ended or it was killed.
 * Return whether its deadline ended it.
 */
bool task_end(struct task *);

#endif
