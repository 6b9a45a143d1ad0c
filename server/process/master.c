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
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "process/cluster.h"
#include "process/listen.h"
#include "process/master_internal.h"
#include "process/teller.h"
#include "store/migrate.h"

#define MASTER_MS_NS   INT64_C(1000000)
#define MASTER_TICK_NS (1000 * MASTER_MS_NS)

enum {
	/* Processes that count: several crews may be alive at once. */
	MASTER_ROWS = 8 * CREW_SLOTS_MAX,
	/* Beyond this news waits for the next tick. */
	MASTER_POLL_MAX = 2048,
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

void master_dismiss(struct master *master, struct crew *crew)
{
	crew_leave(crew);
	list_push(&master->leaving, &crew->node);
	master->n_leaving++;
}

static void master_kill(struct master *master)
{
	list_for_each (node, &master->leaving)
		crew_kill(container_of(node, struct crew, node));
}

/* Begins the end, with |exit_code|. The socket is closed first: peers that come now are refused
 * and try elsewhere, or later; or they wait, where a service manager keeps it. */
static void master_drain(struct master *master, int exit_code)
{
	if (master->state >= MASTER_DRAINING)
		return;
	notify_send(&master->notify, "STOPPING=1");
	master->exit_code = exit_code;
	close(master->host.listen_fd);
	master->host.listen_fd = -1;
	child_signal(&master->migration, SIGTERM);
	renewal_give_up(master);
	list_for_each (node, &master->leaving)
		crew_leave(container_of(node, struct crew, node));
	if (master->current)
		master_dismiss(master, TAKE(master->current));
	master_enter(master, MASTER_DRAINING);
}

/* --- start --------------------------------------------------------------------------- */

static int master_open_signals(struct master *master)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	master->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return master->signal_fd < 0 ? -errno : 0;
}

/* From the service manager, or opened here. */
static int master_open_socket(
	struct master *master, const struct settings *settings, char **ret_error)
{
	int r = listen_inherit(&master->host.listen_fd, ret_error);

	if (r == 0)
		log_info("listening on the socket that was handed down");
	if (r == -ENOENT)
		r = listen_open(
			settings->address, (int)settings->port, &master->host.listen_fd, ret_error);
	return r;
}

/* Where there is none, the daemon works all the same. */
static void master_open_page(struct master *master, const struct settings *settings)
{
	char *error = NULL;

	if (!settings->metrics_socket[0])
		return;
	mkdir(settings->state_dir, 0700); /* with a private database it is there */
	if (teller_open(settings->state_dir, settings->metrics_socket, &master->host.page_fd,
		    &error) < 0)
		log_warn("no metrics", LOG_S("error", error));
	free(error);
}

/* Takes over what the program before this one has left. Its children serve until
 * ours do. */
static int master_receive(struct master *master, const struct takeover *takeover)
{
	struct crew *crew;
	int r;

	master->host.listen_fd = takeover->listen_fd;
	memcpy(master->life_fds, takeover->life_fds, sizeof(master->life_fds));
	r = crew_take_over(&master->host, takeover->pids, takeover->n_pids, &crew);
	if (r)
		return r;
	log_info("taking over", LOG_I("children", takeover->n_pids));
	list_push(&master->leaving, &crew->node);
	master->n_leaving++;
	return 0;
}

/* Opens what the daemon needs all its life, from the root folder: PostgreSQL's
 * programs fail in one that they may not read. The lock of the state folder comes
 * before the port: it waits until a killed master's workers are gone. */
static int master_open(struct master *master, const struct settings *settings, char **ret_error)
{
	struct takeover takeover = {.lock_fd = -1};
	bool takes_over = takeover_receive(&takeover);
	int r;

	if (chdir("/") < 0)
		return -errno;
	r = metrics_table_new(MASTER_ROWS, &master->host.metrics);
	if (!r)
		r = master_open_signals(master);
	if (!r && !takes_over && pipe2(master->life_fds, O_CLOEXEC) < 0)
		r = -errno;
	if (!r && takes_over)
		r = master_receive(master, &takeover);
	if (r)
		return r;
	if (!settings->database[0])
		r = cluster_open(settings->state_dir, settings->postgresql_dir, takeover.lock_fd,
			&master->cluster, ret_error);
	if (!r && !takes_over)
		r = master_open_socket(master, settings, ret_error);
	if (r)
		return r;
	if (master->cluster) {
		master->host.conninfo = cluster_conninfo_app(master->cluster);
		master->host.lock_fd = cluster_lock_fd(master->cluster);
	}
	master->host.life_fd = master->life_fds[0];
	master_open_page(master, settings);
	return 0;
}

static void master_close(struct master *master)
{
	const int fds[] = {master->signal_fd, master->host.listen_fd, master->host.page_fd,
		master->life_fds[0], master->life_fds[1]};

	notify_close(&master->notify);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	crew_free(master->current);
	master->cluster = cluster_free(master->cluster);
	master->host.metrics = metrics_table_free(master->host.metrics);
}

static void master_begin_running(struct master *master)
{
	int r = listen_begin(master->host.listen_fd);

	if (r) {
		log_error("cannot listen", LOG_I("port", master->current->settings->port),
			LOG_S("error", strerror(-r)));
		master_drain(master, EXIT_FAILURE);
		return;
	}
	master_enter(master, MASTER_RUNNING);
	crew_start(master->current);
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

/* --- what has happened --------------------------------------------------------------- */

static void master_on_end_asked(struct master *master, const struct signalfd_siginfo *info)
{
	log_info("asked to end", LOG_I("signal", info->ssi_signo));
	if (master->state >= MASTER_DRAINING)
		master_kill(master);
	master_drain(master, EXIT_SUCCESS);
}

static void master_on_signal(struct master *master)
{
	struct signalfd_siginfo info;

	while (read(master->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			master->reload_asked = true;
		else if (info.ssi_signo == SIGUSR2)
			master->upgrade_asked = true;
		else
			master_on_end_asked(master, &info);
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

/* Our own crew serves: the one that was taken over may go. */
static void master_announce(struct master *master)
{
	crew_serve(master->current);
	list_for_each (node, &master->leaving)
		crew_leave(container_of(node, struct crew, node));
	notify_send(&master->notify, "READY=1\nSTATUS=serving");
}

static void master_on_crew(struct master *master)
{
	struct crew *crew = master->current;

	if (!crew || master->state != MASTER_RUNNING)
		return;
	crew_step(crew);
	if (crew->state == CREW_TRYING && crew_is_ready(crew))
		master_announce(master);
	else if (crew->state == CREW_TRYING && crew->unusable)
		master_drain(master, EXIT_FAILURE);
}

static void master_on_leaving(struct master *master)
{
	list_for_each_safe (node, &master->leaving) {
		struct crew *crew = container_of(node, struct crew, node);

		crew_step(crew);
		if (!crew_is_gone(crew))
			continue;
		if (master->state == MASTER_DRAINING && crew->crashed)
			master->exit_code = EXIT_FAILURE;
		crew_free(crew);
		master->n_leaving--;
	}
}

/* DRAINING: the children first, then their database, then nothing. */
static void master_on_drain(struct master *master)
{
	if (master->state == MASTER_DRAINING && master->n_leaving == 0 &&
		!child_is_some(&master->migration) && !child_is_some(&master->rehearsal)) {
		master_enter(master, MASTER_STOPPING);
		if (master->cluster)
			cluster_stop(master->cluster);
	}
	if (master->state == MASTER_STOPPING &&
		(!master->cluster || cluster_state(master->cluster) == CLUSTER_DOWN ||
			cluster_state(master->cluster) == CLUSTER_FAILED))
		master_enter(master, MASTER_DONE);
}

/* Once a second. The service manager hears from us for as long as some worker's loop
 * turns, or none should yet. */
static void master_on_tick(struct master *master)
{
	bool is_alive = true;

	if (backoff_now_ns() < master->tick_ns)
		return;
	master->tick_ns = backoff_now_ns() + MASTER_TICK_NS;
	if (master->state == MASTER_RUNNING)
		is_alive = crew_feel_pulse(master->current);
	if (is_alive && master->notify.watchdog_ns > 0)
		notify_send(&master->notify, "WATCHDOG=1");
}

/* --- the loop ------------------------------------------------------------------------ */

static int64_t master_earliest(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int master_poll_timeout_ms(const struct master *master)
{
	int64_t wake_ns = master->tick_ns, left_ns;

	if (master->cluster)
		wake_ns = master_earliest(wake_ns, cluster_wake_ns(master->cluster));
	if (master->state == MASTER_RUNNING)
		wake_ns = master_earliest(wake_ns, crew_wake_ns(master->current));
	list_for_each (node, &master->leaving)
		wake_ns = master_earliest(
			wake_ns, crew_wake_ns(container_of(node, struct crew, node)));
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
	fds[n++] = (struct pollfd){.fd = master->rehearsal.fd, .events = POLLIN};
	if (master->cluster)
		fds[n++] = (struct pollfd){.fd = cluster_fd(master->cluster), .events = POLLIN};
	if (master->current)
		n += crew_poll(master->current, fds + n, MASTER_POLL_MAX - n);
	if (master->next)
		n += crew_poll(master->next, fds + n, MASTER_POLL_MAX - n);
	list_for_each (node, &master->leaving)
		n += crew_poll(container_of(node, struct crew, node), fds + n, MASTER_POLL_MAX - n);
	poll(fds, n, master_poll_timeout_ms(master));
}

static void master_turn(struct master *master)
{
	master_wait(master);
	master_on_signal(master);
	master_on_database(master);
	master_on_migration(master);
	master_on_crew(master);
	if (master->next)
		crew_step(master->next);
	renewal_step(master);
	master_on_leaving(master);
	master_on_tick(master);
	master_on_drain(master);
}

static void master_loop(struct master *master)
{
	log_info("starting", LOG_S("version", STAFETT_VERSION));
	if (master->cluster)
		cluster_start(master->cluster);
	else
		master_begin_running(master);
	while (master->state != MASTER_DONE)
		master_turn(master);
}

int master_run(const struct master_params *params, struct settings *settings)
{
	struct master master = {
		.params = params,
		.signal_fd = -1,
		.life_fds = {-1, -1},
		.migration = CHILD_NONE,
		.rehearsal = CHILD_NONE,
		.host = {.listen_fd = -1, .page_fd = -1, .lock_fd = -1},
	};
	char *error = NULL;
	int r;

	list_init(&master.leaving);
	notify_open(&master.notify);
	r = master_open(&master, settings, &error);
	if (!r)
		r = crew_new(&master.host, settings, &master.current, &error);
	if (r) {
		log_error("cannot start", LOG_S("error", error ? error : strerror(-r)));
		master.exit_code = EXIT_FAILURE;
		settings_free(settings);
	} else {
		master.current->relieves = master.n_leaving > 0;
		master_loop(&master);
	}
	free(error);
	master_close(&master);
	return master.exit_code;
}
