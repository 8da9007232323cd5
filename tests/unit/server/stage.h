/*
 * stage.h -- a master with a service that does nothing but what tests want.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * stage_start runs master_run in a child. What its processes shall do, and
 * what they did, is on a board in memory that all share. Workers answer each
 * connection with their process id.
 */
#ifndef STAGE_H
#define STAGE_H

#include "base/clock.h"
#include "config/config.h"
#include "roles/serving_of.h"
#include "server/master.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BIRTHS_MAX = 4000, PATIENCE_MS = 60000 };

/* How a worker behaves. */
enum act {
	ACT_SERVE,
	ACT_DIE_AT_ONCE,	/* before it is up, with status 70 */
	ACT_DIE_YOUNG,		/* as soon as it is up */
	ACT_NEVER_UP,		/* serves, but does not say that it is up */
	ACT_DEAF,		/* is up, and does not react to anything */
	ACT_LINGER,		/* does not finish when it is retired */
	ACT_HANG,		/* shows signs of life, then no more */
};

struct birth {
	_Atomic pid_t pid;
	_Atomic unsigned load, index, descriptors;
	_Atomic int64_t at_ms;
	_Atomic uid_t uid;
};

struct board {
	/* What the next load, and those who live on it, shall do. */
	_Atomic bool load_fails;
	_Atomic unsigned workers;
	_Atomic enum act act;
	_Atomic unsigned actor;		/* which worker; the others serve */
	_Atomic enum act late_act;	/* of each that starts from now on */
	_Atomic int64_t silence_ms;	/* a worker may be silent so long */
	char listen[2][128];		/* "" for none */
	char user[32], pidfile[128];
	/* What happened. */
	_Atomic unsigned loads, refreshes, unloads;
	atomic_flag lock;		/* on those who sign in */
	_Atomic unsigned born;
	struct birth births[BIRTHS_MAX];
};

struct stage_load {
	struct load load;
	struct config config;
	char listen[2][128], user[32], pidfile[128];
	unsigned number, workers, actor;
	enum act act;
};

static struct board *board;
static char stage_directory[] = "/tmp/policyd-stage-XXXXXX";
static char stage_path[64], stage_log[64];
static pid_t stage_master;

/* --- the service -------------------------------------------------------- */

static struct load *
stage_load(enum load_reason reason, const struct load *current)
{
	struct stage_load *made;

	(void)current;
	if (board->load_fails)
		return NULL;
	if (reason == LOAD_REFRESH)
		board->refreshes++;
	made = calloc(1, sizeof(*made));
	made->number = ++board->loads;
	made->workers = board->workers;
	made->act = board->act;
	made->actor = board->actor;
	memcpy(made->listen, board->listen, sizeof(made->listen));
	memcpy(made->user, board->user, sizeof(made->user));
	memcpy(made->pidfile, board->pidfile, sizeof(made->pidfile));
	for (int i = 0; i < 2; i++) {
		struct endpoint endpoint;

		if (endpoint_parse(&endpoint, made->listen[i]) != NULL)
			continue;
		endpoint.service = ENDPOINT_POLICY;
		endpoints_add(&made->config.endpoints, &endpoint);
	}
	made->config.socket.mode = 0666;
	made->config.socket.user = made->config.socket.group =
	    made->config.server.group = made->config.path =
		&made->listen[0][sizeof(made->listen[0]) - 1];
	made->config.server.user = made->user;
	made->config.server.pidfile = made->pidfile;
	made->config.server.idle_timeout_s = 600;
	made->config.log.level = LOG_LEVEL_DEBUG;
	made->load.config = &made->config;
	made->load.serving = serving_of(&made->config);
	for (int i = 0; i < GEOIP_FILES; i++)
		made->load.geoip[i].fd =
		    open("/dev/null", O_RDONLY | O_CLOEXEC);
	return &made->load;
}

static void
stage_unload(struct load *load)
{
	board->unloads++;
	for (int i = 0; i < GEOIP_FILES; i++)
		close(load->geoip[i].fd);
	free(load->config->endpoints.list);
	free(load);
}

static unsigned
stage_count_descriptors(pid_t pid)
{
	char name[64];
	unsigned count = 0;
	DIR *directory;

	snprintf(name, sizeof(name), "/proc/%d/fd", (int)pid);
	directory = opendir(name);
	while (directory != NULL && readdir(directory) != NULL)
		count++;
	if (directory != NULL)
		closedir(directory);
	return count;
}

static void
stage_sign_in(const struct stage_load *load, unsigned index)
{
	struct birth *birth;

	while (atomic_flag_test_and_set(&board->lock))
		sched_yield();
	birth = &board->births[board->born % BIRTHS_MAX];
	birth->load = load->number;
	birth->index = index;
	birth->at_ms = clock_mono_ms();
	birth->descriptors = stage_count_descriptors(getpid());
	birth->uid = getuid();
	birth->pid = getpid();
	board->born++;
	atomic_flag_clear(&board->lock);
}

static void
stage_answer(const struct listener *listener)
{
	int fd = accept(listener->fd, NULL, NULL);

	if (fd < 0)
		return;
	dprintf(fd, "%d\n", (int)getpid());
	close(fd);
}

/* Serve until told to leave; retired processes leave at once. */
static int
stage_serve(const struct seat *seat, bool lingers)
{
	struct pollfd waits[8] = { { seat->master_fd, POLLIN, 0 } };
	nfds_t count = 1;

	for (size_t i = 0; i < seat->listeners->count; i++)
		waits[count++] = (struct pollfd) {
			seat->listeners->list[i].fd, POLLIN, 0 };
	for (;;) {
		poll(waits, count, 20);
		seat_alive(seat);
		for (nfds_t i = 1; i < count; i++)
			if (waits[i].revents != 0)
				stage_answer(&seat->listeners->list[i - 1]);
		if (waits[0].revents == 0)
			continue;
		switch (seat_order(seat)) {
		case SEAT_RETIRE:
			seat_close_listeners(seat);
			count = 1;
			if (!lingers)
				return 0;
			break;
		case SEAT_STOP:
			return 0;
		case SEAT_STAY:
		default:
			break;
		}
	}
}

static int
stage_worker(const struct seat *seat)
{
	const struct stage_load *load = (const struct stage_load *)seat->load;
	enum act act = load->act;

	if (load->actor != seat->index && load->actor != UINT32_MAX)
		act = ACT_SERVE;
	if (board->late_act != ACT_SERVE)
		act = board->late_act;
	if (act == ACT_DIE_AT_ONCE)
		return 70;
	stage_sign_in(load, seat->index);
	if (act != ACT_NEVER_UP)
		seat_ready(seat);
	if (act == ACT_DIE_YOUNG)
		return 0;
	while (act == ACT_DEAF)
		pause();
	if (act == ACT_HANG) {
		seat_alive(seat);
		for (;;)
			pause();
	}
	return stage_serve(seat, act == ACT_LINGER);
}

static int
stage_keeper(const struct seat *seat)
{
	seat_ready(seat);
	for (;;) {
		struct pollfd wait = { seat->master_fd, POLLIN, 0 };

		poll(&wait, 1, -1);
		if (seat_order(seat) != SEAT_STAY)
			return 0;
	}
}

static size_t
stage_roles(const struct config *config, struct role roles[ROLES_MAX])
{
	const struct stage_load *load = (const struct stage_load *)
	    ((const char *)config - offsetof(struct stage_load, config));

	roles[0] = (struct role) { "worker", load->workers, stage_worker,
		ENDPOINT_POLICY, board->silence_ms, 0 };
	roles[1] = (struct role) { "keeper", 1, stage_keeper,
		ENDPOINT_NOBODY, 0, 0 };
	return 2;
}

static const struct service stage_service = { stage_load, stage_unload,
	stage_roles, NULL };

/* --- start, wait, look -------------------------------------------------- */

/* Wait for a claim to come true. */
#define AWAIT(claim)                                                           \
	do {                                                                   \
		int64_t await_until = clock_mono_ms() + PATIENCE_MS;           \
		bool is_true;                                                  \
		while (!(is_true = (claim)) && clock_mono_ms() < await_until)  \
			poll(NULL, 0, 5);                                      \
		ck_assert_msg(is_true, "did not come true: %s", #claim);       \
	} while (0)

static void
stage_setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(stage_directory));
	ck_assert_int_eq(chmod(stage_directory, 0777), 0);
	snprintf(stage_path, sizeof(stage_path), "%s/socket",
	    stage_directory);
	snprintf(stage_log, sizeof(stage_log), "%s/log", stage_directory);
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(board, MAP_FAILED);
	board->workers = 3;
	board->actor = UINT32_MAX;
	snprintf(board->listen[0], sizeof(board->listen[0]), "unix:%s",
	    stage_path);
	snprintf(board->pidfile, sizeof(board->pidfile), "%s/pid",
	    stage_directory);
	unsetenv("NOTIFY_SOCKET");
}

/* Run the master in a child; its log goes to a file. */
static void
stage_run(bool is_daemon)
{
	const struct master_options options = { is_daemon, NULL };

	stage_master = fork();
	if (stage_master != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGTERM); /* should the test fail */
	dup2(open(stage_log, O_WRONLY | O_CREAT | O_APPEND, 0666),
	    STDERR_FILENO);
	_exit(master_run(&stage_service, &options));
}

static void
stage_start(void)
{
	stage_run(false);
	AWAIT(board->born >= board->workers);
}

/* Wait for the master's end; its exit status, or -1 if a signal ended it. */
static int
stage_end(void)
{
	int64_t until = clock_mono_ms() + PATIENCE_MS;
	int status;

	while (waitpid(stage_master, &status, WNOHANG) == 0) {
		ck_assert_msg(clock_mono_ms() < until, "the master stays");
		poll(NULL, 0, 5);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
stage_clear(void)
{
	char command[128];

	munmap(board, sizeof(*board));
	snprintf(command, sizeof(command), "rm -rf %s", stage_directory);
	ck_assert_int_eq(system(command), 0);
	strcpy(stage_directory + strlen(stage_directory) - 6, "XXXXXX");
}

/* Stop the master, which must go in time and in order. */
static void
stage_stop(void)
{
	int64_t begin = clock_mono_ms();

	kill(stage_master, SIGTERM);
	ck_assert_int_eq(stage_end(), 0);
	ck_assert_int_lt(clock_mono_ms() - begin, 5000);
	ck_assert_int_eq(access(stage_path, F_OK), -1);
	ck_assert_int_eq(access(board->pidfile, F_OK), -1);
	stage_clear();
}

static bool
stage_is_alive(pid_t pid)
{
	char name[64], state = 'X';
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	file = fopen(name, "r");
	if (file == NULL)
		return false;
	if (fscanf(file, "%*d %*s %c", &state) != 1)
		state = 'X';
	fclose(file);
	return state != 'Z' && state != 'X';
}

/* How many of a load's workers live. */
static unsigned
stage_alive(unsigned load)
{
	unsigned alive = 0;

	for (unsigned i = 0; i < board->born; i++)
		alive += board->births[i].load == load &&
		    stage_is_alive(board->births[i].pid);
	return alive;
}

/* All children of the master, dead ones not yet reaped too. */
static unsigned
stage_children(void)
{
	char name[64];
	unsigned count = 0;
	FILE *file;
	int pid;

	snprintf(name, sizeof(name), "/proc/%d/task/%d/children",
	    (int)stage_master, (int)stage_master);
	file = fopen(name, "r");
	while (file != NULL && fscanf(file, "%d", &pid) == 1)
		count++;
	if (file != NULL)
		fclose(file);
	return count;
}

/* Which process answers at path? 0: nobody. */
static pid_t
stage_ask(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char answer[16] = "";

	strcpy(address.sun_path, path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		(void)!read(fd, answer, sizeof(answer) - 1);
	close(fd);
	return atoi(answer);
}

/* Is there a line with this text in the log? */
static bool
stage_logged(const char *text)
{
	FILE *file = fopen(stage_log, "r");
	char line[4096];
	bool is_there = false;

	while (file != NULL && !is_there &&
	    fgets(line, sizeof(line), file) != NULL)
		is_there = strstr(line, text) != NULL;
	if (file != NULL)
		fclose(file);
	return is_there;
}

#endif
