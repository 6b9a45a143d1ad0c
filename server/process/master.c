/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop polls: a signalfd, the pidfds of the children, their ready pipes. An
 * event library would be one more thing for a forked worker to get rid of.
 * Each turn asks every part in the same order what has changed, and then
 * whether the state may move on; nothing is done in a signal handler.
 */
#include "process/master.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "process/clerk.h"
#include "process/cluster.h"
#include "process/listen.h"
#include "process/slot.h"
#include "process/worker.h"
#include "store/migrate.h"

#define MASTER_MS_NS INT64_C(1000000)
/* Workers give their peers 30 s to leave; a little more, and they are ended. */
#define MASTER_DRAIN_NS (35000 * MASTER_MS_NS)

enum {
	MASTER_WORKERS = 1,
	MASTER_CLERK = MASTER_WORKERS, /* its place is behind the workers' */
	MASTER_SLOTS,
	MASTER_POLL_MAX = 3 + 2 * MASTER_SLOTS,
};

enum master_state {
	MASTER_STARTING, /* the private database comes up, then its schema */
	MASTER_RUNNING,
	MASTER_DRAINING, /* children are asked to end */
	MASTER_STOPPING, /* the private database is asked to end */
	MASTER_DONE,
};

struct master {
	const struct settings *settings;
	enum master_state state;
	int exit_code;
	int signal_fd;
	int listen_fd;
	int life_fds[2];	 /* nobody ever writes; the workers see the end of file */
	struct cluster *cluster; /* NULL: the database is somebody else's */
	struct child migration;
	struct metrics_table *metrics;
	struct slot slots[MASTER_SLOTS];
	int64_t drain_end_ns; /* INT64_MAX: no drain under way */
};

static const char *master_state_name(enum master_state state)
{
	static const char *const names[] = {
		[MASTER_STARTING] = "starting",
		[MASTER_RUNNING] = "running",
		[MASTER_DRAINING] = "draining",
		[MASTER_STOPPING] = "stopping",
		[MASTER_DONE] = "done",
	};

	return names[state];
}

static void master_enter(struct master *master, enum master_state state)
{
	log_info("daemon", LOG_S("from", master_state_name(master->state)),
		LOG_S("to", master_state_name(state)));
	master->state = state;
}

static void master_signal_children(struct master *master, int signal)
{
	child_signal(&master->migration, signal);
	for (size_t i = 0; i < ARRAY_SIZE(master->slots); i++)
		child_signal(&master->slots[i].process, signal);
}

/* Begins the end. The socket is closed first: peers that come now are refused
 * and try elsewhere, or later. */
static void master_drain(struct master *master, int exit_code)
{
	if (master->state >= MASTER_DRAINING)
		return;
	master->exit_code = exit_code;
	close(master->listen_fd);
	master->listen_fd = -1;
	master_signal_children(master, SIGTERM);
	master->drain_end_ns = backoff_now_ns() + MASTER_DRAIN_NS;
	master_enter(master, MASTER_DRAINING);
}

/* Opens what the daemon needs all its life, from the root folder: PostgreSQL's
 * programs fail in one that they may not read. The lock of the state folder comes
 * before the port: it waits until a killed master's workers are gone. */
static int master_open(struct master *master, char **ret_error)
{
	const struct settings *settings = master->settings;
	sigset_t set;
	int r;

	if (chdir("/") < 0)
		return -errno;
	r = metrics_table_new(MASTER_SLOTS, &master->metrics);
	if (r)
		return r;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	master->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (master->signal_fd < 0 || pipe2(master->life_fds, O_CLOEXEC) < 0)
		return -errno;
	if (!settings->database[0])
		r = cluster_open(
			settings->state_dir, settings->postgresql_dir, &master->cluster, ret_error);
	if (!r)
		r = listen_open(
			settings->address, (int)settings->port, &master->listen_fd, ret_error);
	return r;
}

static void master_close(struct master *master)
{
	const int fds[] = {
		master->signal_fd, master->listen_fd, master->life_fds[0], master->life_fds[1]};

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	master->cluster = cluster_free(master->cluster);
	master->metrics = metrics_table_free(master->metrics);
}

static const char *master_conninfo(const struct master *master)
{
	return master->cluster ? cluster_conninfo_app(master->cluster) : master->settings->database;
}

/* The two programs of the children; what follows runs in the child. */
static int master_run_worker(const void *arg, const struct slot *slot, int ready_fd)
{
	const struct master *master = arg;

	return (int)worker_run(&(struct worker_params){
		.settings = master->settings,
		.conninfo = master_conninfo(master),
		.metrics = slot->metrics,
		.listen_fd = master->listen_fd,
		.life_fd = master->life_fds[0],
		.ready_fd = ready_fd,
	});
}

static int master_run_clerk(const void *arg, const struct slot *slot, int ready_fd)
{
	const struct master *master = arg;

	close(master->listen_fd); /* it has no network */
	return clerk_run(&(struct clerk_params){
		.conninfo = master_conninfo(master),
		.metrics = slot->metrics,
		.life_fd = master->life_fds[0],
		.ready_fd = ready_fd,
	});
}

static bool master_is_clerk(const struct slot *slot)
{
	return slot->number == MASTER_CLERK;
}

static void master_start_child(struct master *master, struct slot *slot)
{
	/* Above all the end of the pipe that would keep it open for ever. */
	const int closed[] = {master->life_fds[1], master->signal_fd};
	const struct slot_program program = {
		.run = master_is_clerk(slot) ? master_run_clerk : master_run_worker,
		.arg = master,
		.closed = closed,
		.n_closed = ARRAY_SIZE(closed),
	};
	int r;

	slot->metrics = metrics_table_take(master->metrics);
	r = slot_start(slot, &program);
	if (r) {
		slot->metrics = metrics_table_give_back(master->metrics, slot->metrics);
		log_error("cannot start a child", LOG_S("what", slot->what),
			LOG_S("error", strerror(-r)));
		slot->wake_ns =
			backoff_after_failure(&slot->backoff, slot->start_ns, backoff_now_ns());
	}
}

static void master_begin_running(struct master *master)
{
	int r = listen_begin(master->listen_fd);

	if (r) {
		log_error("cannot listen", LOG_I("port", master->settings->port),
			LOG_S("error", strerror(-r)));
		master_drain(master, EXIT_FAILURE);
		return;
	}
	master_enter(master, MASTER_RUNNING);
	for (size_t i = 0; i < ARRAY_SIZE(master->slots); i++)
		master_start_child(master, &master->slots[i]);
}

/* The schema is brought up in a process of its own: it blocks, and the master
 * makes no queries. */
static void master_start_migration(struct master *master)
{
	int r = child_fork(&master->migration);

	if (r == 0) {
		const struct migrate_params params = {
			.conninfo = cluster_conninfo_admin(master->cluster),
			.maintenance = cluster_conninfo_maintenance(master->cluster),
		};
		char *error = NULL;

		r = migrate_run(&params, &error);
		if (r)
			log_error("cannot bring the schema up", LOG_S("error", error));
		free(error);
		exit(r ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	if (r < 0) {
		log_error("cannot start the migration", LOG_S("error", strerror(-r)));
		master_drain(master, EXIT_FAILURE);
	}
}

static void master_on_signal(struct master *master)
{
	struct signalfd_siginfo info;

	while (read(master->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		log_info("asked to end", LOG_I("signal", info.ssi_signo));
		if (master->state >= MASTER_DRAINING)
			master_signal_children(master, SIGKILL);
		master_drain(master, EXIT_SUCCESS);
	}
}

static void master_on_database(struct master *master)
{
	enum cluster_state state;

	if (!master->cluster)
		return;
	cluster_step(master->cluster);
	state = cluster_state(master->cluster);
	if (state == CLUSTER_READY && master->state == MASTER_STARTING &&
		!child_is_some(&master->migration))
		master_start_migration(master);
	else if (state == CLUSTER_FAILED || state == CLUSTER_DOWN)
		master_drain(master, EXIT_FAILURE);
}

static void master_on_migration(struct master *master)
{
	struct child_end end;

	if (!child_has_ended(&master->migration, &end) || master->state != MASTER_STARTING)
		return;
	if (end.code == 0)
		master_begin_running(master);
	else
		master_drain(master, EXIT_FAILURE);
}

/* A worker ends well only when it has drained. One that cannot use the settings
 * and never could ends the daemon; one that has served before may have met a file
 * that is being replaced. */
static void master_on_child_end(
	struct master *master, const struct slot *slot, const struct child_end *end)
{
	/* One that dies of SIGTERM had not come so far as to catch it. */
	if (master->state == MASTER_DRAINING &&
		(end->code == WORKER_EXIT_DONE || end->signal == SIGTERM))
		return;
	log_error(master_is_clerk(slot) ? "clerk ended" : "worker ended",
		LOG_I("worker", slot->number), LOG_I("exit", end->code),
		LOG_I("signal", end->signal));
	if (master->state == MASTER_DRAINING)
		master->exit_code = EXIT_FAILURE;
	else if (end->code == WORKER_EXIT_SETTINGS && !slot->was_ready)
		master_drain(master, EXIT_FAILURE);
}

static void master_tell_ready(const struct master *master, const struct slot *slot)
{
	if (master_is_clerk(slot))
		log_info("clerk works", LOG_I("process", slot->process.pid));
	else
		log_info("ready", LOG_I("worker", slot->number),
			LOG_I("process", slot->process.pid),
			LOG_S("address", master->settings->address),
			LOG_I("port", master->settings->port));
}

static void master_on_slot(struct master *master, struct slot *slot)
{
	struct child_end end;

	if (slot_became_ready(slot))
		master_tell_ready(master, slot);
	if (slot_has_ended(slot, &end)) {
		slot->metrics = metrics_table_give_back(master->metrics, slot->metrics);
		master_on_child_end(master, slot, &end);
	}
	if (master->state == MASTER_RUNNING && backoff_now_ns() >= slot->wake_ns)
		master_start_child(master, slot);
}

static bool master_has_children(const struct master *master)
{
	for (size_t i = 0; i < ARRAY_SIZE(master->slots); i++)
		if (child_is_some(&master->slots[i].process))
			return true;
	return child_is_some(&master->migration);
}

/* DRAINING: the children first, then their database, then nothing. */
static void master_on_drain(struct master *master)
{
	if (master->state == MASTER_DRAINING && backoff_now_ns() >= master->drain_end_ns) {
		log_warn("workers have not drained in time");
		master_signal_children(master, SIGKILL);
		master->drain_end_ns = INT64_MAX;
	}
	if (master->state == MASTER_DRAINING && !master_has_children(master)) {
		master->drain_end_ns = INT64_MAX;
		master_enter(master, MASTER_STOPPING);
		if (master->cluster)
			cluster_stop(master->cluster);
	}
	if (master->state == MASTER_STOPPING &&
		(!master->cluster || cluster_state(master->cluster) == CLUSTER_DOWN ||
			cluster_state(master->cluster) == CLUSTER_FAILED))
		master_enter(master, MASTER_DONE);
}

static int master_poll_timeout_ms(const struct master *master)
{
	int64_t wake_ns = master->drain_end_ns, left_ns;

	if (master->cluster && cluster_wake_ns(master->cluster) < wake_ns)
		wake_ns = cluster_wake_ns(master->cluster);
	if (master->state == MASTER_RUNNING)
		for (size_t i = 0; i < ARRAY_SIZE(master->slots); i++)
			if (master->slots[i].wake_ns < wake_ns)
				wake_ns = master->slots[i].wake_ns;
	if (wake_ns == INT64_MAX)
		return -1;
	left_ns = wake_ns - backoff_now_ns();
	return left_ns <= 0 ? 0 : (int)(left_ns / MASTER_MS_NS) + 1;
}

/* Sleeps until something has happened or is due. Which it was, the parts find
 * out themselves; poll leaves out descriptors that are -1. */
static void master_wait(const struct master *master)
{
	struct pollfd fds[MASTER_POLL_MAX];
	nfds_t n = 0;

	fds[n++] = (struct pollfd){.fd = master->signal_fd, .events = POLLIN};
	fds[n++] = (struct pollfd){.fd = master->migration.fd, .events = POLLIN};
	if (master->cluster)
		fds[n++] = (struct pollfd){.fd = cluster_fd(master->cluster), .events = POLLIN};
	for (size_t i = 0; i < ARRAY_SIZE(master->slots); i++) {
		const struct slot *slot = &master->slots[i];

		fds[n++] = (struct pollfd){.fd = slot->process.fd, .events = POLLIN};
		fds[n++] = (struct pollfd){.fd = slot->ready_fd, .events = POLLIN};
	}
	poll(fds, n, master_poll_timeout_ms(master));
}

static void master_turn(struct master *master)
{
	master_wait(master);
	master_on_signal(master);
	master_on_database(master);
	master_on_migration(master);
	for (size_t i = 0; i < ARRAY_SIZE(master->slots); i++)
		master_on_slot(master, &master->slots[i]);
	master_on_drain(master);
}

int master_run(const struct settings *settings)
{
	struct master master = {
		.settings = settings,
		.signal_fd = -1,
		.listen_fd = -1,
		.life_fds = {-1, -1},
		.migration = CHILD_NONE,
		.drain_end_ns = INT64_MAX,
	};
	char *error = NULL;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(master.slots); i++)
		slot_init(&master.slots[i], i == MASTER_CLERK ? "clerk" : "worker", (int)i);
	r = master_open(&master, &error);
	if (r) {
		log_error("cannot start", LOG_S("error", error ? error : strerror(-r)));
		master.exit_code = EXIT_FAILURE;
	} else {
		log_info("starting", LOG_S("version", STAFETT_VERSION));
		if (master.cluster)
			cluster_start(master.cluster);
		else
			master_begin_running(&master);
		while (master.state != MASTER_DONE)
			master_turn(&master);
	}
	free(error);
	master_close(&master);
	return master.exit_code;
}
