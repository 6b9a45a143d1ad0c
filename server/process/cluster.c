/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of the private PostgreSQL. Invariants: there is a process to watch in
 * INITIALISING, READY, STOPPING and, but for the pauses between two tries, in
 * STARTING; cluster_enter alone writes the state.
 */
#include "process/cluster.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "process/backoff.h"
#include "process/child.h"
#include "process/cluster_dir.h"
#include "process/cluster_text.h"

#define CLUSTER_MS_NS INT64_C(1000000)
/* How often postmaster.pid is read while a server starts. */
#define CLUSTER_TICK_NS (20 * CLUSTER_MS_NS)
/* Recovery after a crash reads at most a gigabyte of log. */
#define CLUSTER_START_NS (300000 * CLUSTER_MS_NS)
/* A fast shutdown writes one checkpoint; after this long it is made to stop. */
#define CLUSTER_STOP_NS	 (60000 * CLUSTER_MS_NS)
#define CLUSTER_FORCE_NS (10000 * CLUSTER_MS_NS)

enum {
	/* Failures in a row before the first success that mean: it never will. A
	 * few are normal while orphans of a killed server leave. */
	CLUSTER_FIRST_TRIES = 8,
	CLUSTER_WORDS_BYTES = 512, /* of what a program said, in one line of the log */
};

struct cluster {
	enum cluster_state state;
	struct cluster_dir dir;
	char *initdb, *postgres; /* the programs */
	char *conninfo_admin, *conninfo_maintenance, *conninfo_app;
	struct child process;
	bool was_ready;
	bool was_forced; /* the stop was made an immediate one */
	struct backoff backoff;
	int64_t start_ns; /* when the process was started */
	int64_t wake_ns;  /* the next look, the next try or the deadline of a stop */
};

static const char *cluster_state_name(enum cluster_state state)
{
	static const char *const names[] = {
		[CLUSTER_DOWN] = "down",
		[CLUSTER_INITIALISING] = "initialising",
		[CLUSTER_STARTING] = "starting",
		[CLUSTER_READY] = "ready",
		[CLUSTER_STOPPING] = "stopping",
		[CLUSTER_FAILED] = "failed",
	};

	return names[state];
}

static void cluster_enter(struct cluster *cluster, enum cluster_state state)
{
	if (cluster->state == state)
		return;
	log_info("private database", LOG_S("from", cluster_state_name(cluster->state)),
		LOG_S("to", cluster_state_name(state)));
	cluster->state = state;
	cluster->wake_ns = INT64_MAX;
}

static void cluster_fail(struct cluster *cluster, const char *what, int r)
{
	char words[CLUSTER_WORDS_BYTES];

	cluster_dir_last_words(&cluster->dir, words, sizeof(words));
	log_error(what, LOG_S("folder", cluster->dir.state), LOG_S("error", strerror(-r)),
		LOG_S("said", words));
	cluster_enter(cluster, CLUSTER_FAILED);
}

/* Starts |argv|, whose words are kept in the output's file. */
static int cluster_run(struct cluster *cluster, char *const argv[], int tied_fd)
{
	struct child_program program = {.argv = argv, .tied_fd = tied_fd, .folder_fd = -1};
	int r;

	program.output_fd = cluster_dir_open_output(&cluster->dir);
	if (program.output_fd < 0)
		return program.output_fd;
	r = child_start(&program, &cluster->process);
	close(program.output_fd);
	return r;
}

/* Makes the strings that depend on the folders. */
static int cluster_make_texts(struct cluster *cluster, const char *bin_dir)
{
	const char *socket = cluster->dir.socket;

	cluster->conninfo_admin = cluster_text_conninfo(socket, CLUSTER_ADMIN, CLUSTER_DATABASE);
	cluster->conninfo_maintenance = cluster_text_conninfo(socket, CLUSTER_ADMIN, "postgres");
	cluster->conninfo_app = cluster_text_conninfo(socket, CLUSTER_APP, CLUSTER_DATABASE);
	if (!cluster->conninfo_admin || !cluster->conninfo_maintenance || !cluster->conninfo_app)
		return -ENOMEM;
	if (asprintf(&cluster->initdb, "%s/initdb", bin_dir) < 0 ||
		asprintf(&cluster->postgres, "%s/postgres", bin_dir) < 0)
		return -ENOMEM;
	return 0;
}

int cluster_check(const char *bin_dir, char **ret_error)
{
	static const char *const programs[] = {"initdb", "postgres"};
	char path[PATH_MAX];

	*ret_error = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		snprintf(path, sizeof(path), "%s/%s", bin_dir, programs[i]);
		if (access(path, X_OK) == 0)
			continue;
		if (asprintf(ret_error, "cannot run '%s' (setting 'postgresql_dir')", path) < 0)
			*ret_error = NULL;
		return -ENOENT;
	}
	if (getpwuid(geteuid()))
		return 0;
	*ret_error = strdup("this user has no name in the system's table of users");
	return -ENOENT;
}

int cluster_open(const char *state_dir, const char *bin_dir, int lock_fd,
	struct cluster **ret_cluster, char **ret_error)
{
	struct cluster *cluster;
	int r = cluster_check(bin_dir, ret_error);

	if (r)
		return r;
	cluster = calloc(1, sizeof(*cluster));
	if (!cluster)
		return -ENOMEM;
	cluster->process = CHILD_NONE;
	cluster->dir = CLUSTER_DIR_NONE;
	cluster->wake_ns = INT64_MAX;
	r = cluster_dir_open(state_dir, lock_fd, &cluster->dir, ret_error);
	if (!r)
		r = cluster_make_texts(cluster, bin_dir);
	if (r)
		cluster_free(cluster);
	else
		*ret_cluster = cluster;
	return r;
}

struct cluster *cluster_free(struct cluster *cluster)
{
	if (!cluster)
		return NULL;
	if (cluster->process.fd >= 0)
		close(cluster->process.fd);
	cluster_dir_close(&cluster->dir);
	free(cluster->initdb);
	free(cluster->postgres);
	free(cluster->conninfo_admin);
	free(cluster->conninfo_maintenance);
	free(cluster->conninfo_app);
	free(cluster);
	return NULL;
}

/* The first start: initdb, in a folder beside, so that half a cluster is never
 * taken for a whole one. It holds our lock: should we be killed, the next master
 * waits until nobody works in that folder.
 *
 * The log is in small files. A new one is filled with zeros and synced by whoever needs
 * it first, and all who commit wait for that: for 16 megabytes, PostgreSQL's usual size,
 * 25 ms and more on a disk that syncs a commit in 0.2, for one 2 to 5. */
static void cluster_initialise(struct cluster *cluster)
{
	char *const argv[] = {cluster->initdb, (char *)"--pgdata", cluster->dir.fresh,
		(char *)"--username=" CLUSTER_ADMIN, (char *)"--auth=peer",
		(char *)"--encoding=UTF8", (char *)"--locale=C.UTF-8", (char *)"--data-checksums",
		(char *)"--wal-segsize=1", (char *)"--no-instructions", NULL};
	int r = cluster_dir_clear_fresh(&cluster->dir);

	if (!r)
		r = cluster_run(cluster, argv, cluster->dir.lock_fd);
	if (r)
		cluster_fail(cluster, "cannot run initdb", r);
	else
		cluster_enter(cluster, CLUSTER_INITIALISING);
}

/* The server is not there though it should be: again, but not for ever where it
 * has never been ready. */
static void cluster_retry(struct cluster *cluster)
{
	int64_t again =
		backoff_after_failure(&cluster->backoff, cluster->start_ns, backoff_now_ns());

	if (!cluster->was_ready && cluster->backoff.failures >= CLUSTER_FIRST_TRIES) {
		cluster_enter(cluster, CLUSTER_FAILED);
		return;
	}
	cluster_enter(cluster, CLUSTER_STARTING);
	cluster->wake_ns = again;
}

static void cluster_launch(struct cluster *cluster)
{
	char *const argv[] = {cluster->postgres, (char *)"-D", cluster->dir.data, NULL};
	int r = cluster_dir_write_conf(&cluster->dir);

	cluster->start_ns = backoff_now_ns();
	if (!r)
		r = cluster_run(cluster, argv, -1);
	if (r) {
		log_error("cannot start postgres", LOG_S("folder", cluster->dir.data),
			LOG_S("error", strerror(-r)));
		cluster_retry(cluster);
		return;
	}
	cluster_enter(cluster, CLUSTER_STARTING);
	cluster->wake_ns = cluster->start_ns + CLUSTER_TICK_NS;
}

/* A server that runs already: one that is stopping must be waited for, too. */
static bool cluster_adopt(struct cluster *cluster)
{
	struct cluster_pidfile found;

	if (!cluster_dir_find_server(&cluster->dir, &found) ||
		child_adopt(found.pid, &cluster->process) < 0)
		return false;
	log_info("adopted the running private database", LOG_I("postgres", found.pid));
	cluster_enter(cluster, CLUSTER_STARTING);
	cluster->start_ns = backoff_now_ns();
	cluster->wake_ns = cluster->start_ns;
	return true;
}

void cluster_start(struct cluster *cluster)
{
	if (!cluster_dir_is_initialised(&cluster->dir))
		cluster_initialise(cluster);
	else if (!cluster_adopt(cluster))
		cluster_launch(cluster);
}

void cluster_stop(struct cluster *cluster)
{
	if (!child_is_some(&cluster->process)) {
		if (cluster->state != CLUSTER_FAILED)
			cluster_enter(cluster, CLUSTER_DOWN);
		return;
	}
	child_signal(&cluster->process, cluster->state == CLUSTER_INITIALISING ? SIGTERM : SIGINT);
	cluster_enter(cluster, CLUSTER_STOPPING);
	cluster->wake_ns = backoff_now_ns() + CLUSTER_STOP_NS;
}

static void cluster_on_initdb_end(struct cluster *cluster, const struct child_end *end)
{
	int r = end->code == 0 ? cluster_dir_keep_fresh(&cluster->dir) : -EIO;

	if (r)
		cluster_fail(cluster, "initdb failed", r);
	else
		cluster_launch(cluster);
}

static void cluster_on_server_end(struct cluster *cluster, const struct child_end *end)
{
	char words[CLUSTER_WORDS_BYTES];

	cluster_dir_last_words(&cluster->dir, words, sizeof(words));
	log_error("private database ended by itself", LOG_I("exit", end->code),
		LOG_I("signal", end->signal), LOG_S("said", words));
	cluster_retry(cluster);
}

static void cluster_on_end(struct cluster *cluster, const struct child_end *end)
{
	switch (cluster->state) {
	case CLUSTER_INITIALISING:
		cluster_on_initdb_end(cluster, end);
		break;
	case CLUSTER_STARTING:
	case CLUSTER_READY:
		cluster_on_server_end(cluster, end);
		break;
	case CLUSTER_STOPPING:
		cluster_enter(cluster, CLUSTER_DOWN);
		break;
	case CLUSTER_DOWN:
	case CLUSTER_FAILED:
		break;
	}
}

/* STARTING, at a tick: the next try is due, or the server may have come up. */
static void cluster_look(struct cluster *cluster, int64_t now_ns)
{
	struct cluster_pidfile found;

	if (!child_is_some(&cluster->process)) {
		cluster_start(cluster);
		return;
	}
	if (cluster_dir_find_server(&cluster->dir, &found) && found.pid == cluster->process.pid &&
		found.status == CLUSTER_STATUS_READY) {
		cluster->was_ready = true;
		backoff_note_ready(&cluster->backoff);
		cluster_enter(cluster, CLUSTER_READY);
		return;
	}
	if (now_ns - cluster->start_ns > CLUSTER_START_NS) {
		log_error("private database is not ready in time",
			LOG_I("postgres", cluster->process.pid));
		cluster_stop(cluster);
		return;
	}
	cluster->wake_ns = now_ns + CLUSTER_TICK_NS;
}

/* STOPPING for too long: end it without a checkpoint, which recovery makes up
 * for. Never SIGKILL: its processes would be left without a parent. What not
 * even that ends is left to its own recovery, so that the daemon can end. */
static void cluster_force(struct cluster *cluster, int64_t now_ns)
{
	if (cluster->was_forced) {
		log_error("private database does not end", LOG_I("postgres", cluster->process.pid));
		cluster_enter(cluster, CLUSTER_FAILED);
		return;
	}
	log_warn("private database does not stop, ending it at once",
		LOG_I("postgres", cluster->process.pid));
	child_signal(&cluster->process, SIGQUIT);
	cluster->was_forced = true;
	cluster->wake_ns = now_ns + CLUSTER_FORCE_NS;
}

void cluster_step(struct cluster *cluster)
{
	int64_t now_ns = backoff_now_ns();
	struct child_end end;

	if (child_has_ended(&cluster->process, &end))
		cluster_on_end(cluster, &end);
	if (now_ns < cluster->wake_ns)
		return;
	if (cluster->state == CLUSTER_STARTING)
		cluster_look(cluster, now_ns);
	else if (cluster->state == CLUSTER_STOPPING)
		cluster_force(cluster, now_ns);
}

int cluster_lock_fd(const struct cluster *cluster)
{
	return cluster->dir.lock_fd;
}

enum cluster_state cluster_state(const struct cluster *cluster)
{
	return cluster->state;
}

int cluster_fd(const struct cluster *cluster)
{
	return cluster->process.fd;
}

int64_t cluster_wake_ns(const struct cluster *cluster)
{
	return cluster->wake_ns;
}

const char *cluster_conninfo_admin(const struct cluster *cluster)
{
	return cluster->conninfo_admin;
}

const char *cluster_conninfo_maintenance(const struct cluster *cluster)
{
	return cluster->conninfo_maintenance;
}

const char *cluster_conninfo_app(const struct cluster *cluster)
{
	return cluster->conninfo_app;
}

int cluster_find_running(const char *state_dir, char **ret_conninfo)
{
	struct cluster_pidfile found;
	struct cluster_dir dir;
	char *conninfo = NULL;
	bool ready;

	if (cluster_dir_peek(state_dir, &dir) < 0)
		return -ESRCH;
	ready = cluster_dir_find_server(&dir, &found) && found.status == CLUSTER_STATUS_READY;
	if (ready)
		conninfo = cluster_text_conninfo(dir.socket, CLUSTER_ADMIN, CLUSTER_DATABASE);
	cluster_dir_close(&dir);
	if (!ready)
		return -ESRCH;
	*ret_conninfo = conninfo;
	return conninfo ? 0 : -ENOMEM;
}
