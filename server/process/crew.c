/* SPDX-License-Identifier: Apache-2.0 */
/* See crew.h. What a child does stands in one table; all else is the same for all. */
#include "process/crew.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "process/clerk.h"
#include "process/teller.h"
#include "process/worker.h"

/* Workers give their peers 30 s to leave; a little more, and they are ended. */
#define CREW_LEAVE_NS (35000 * INT64_C(1000000))

/* Seconds without a pulse after which a loop will not turn again by itself. */
enum { CREW_MISSED_MAX = 10 };

/* How long a new worker waits for its database before it accepts peers without it:
 * nobody is to wait long only to be told that it is away; but where others serve
 * meanwhile, a slow start of the database's must not become a refusal of calls. */
enum { CREW_PATIENCE_S = 2, CREW_RELIEF_PATIENCE_S = 20 };

struct crew_duty {
	const char *what;      /* in the log */
	const char *ready_msg; /* what is logged when it serves */
	int (*run)(const void *crew, const struct slot *slot, int ready_fd);
};

static const char *crew_conninfo(const struct crew *crew)
{
	return crew->host->conninfo ? crew->host->conninfo : crew->settings->database;
}

static int crew_patience_s(const struct crew *crew)
{
	return crew->relieves && crew->state == CREW_TRYING ? CREW_RELIEF_PATIENCE_S
							    : CREW_PATIENCE_S;
}

/* The programs of the children; what follows runs in the child. */
static int crew_run_worker(const void *arg, const struct slot *slot, int ready_fd)
{
	const struct crew *crew = arg;

	return (int)worker_run(&(struct worker_params){
		.settings = crew->settings,
		.files = crew->files,
		.conninfo = crew_conninfo(crew),
		.metrics = slot->metrics,
		.all_metrics = crew->host->metrics,
		.patience_s = crew_patience_s(crew),
		.listen_fd = crew->host->listen_fd,
		.life_fd = crew->host->life_fd,
		.ready_fd = ready_fd,
	});
}

static int crew_run_clerk(const void *arg, const struct slot *slot, int ready_fd)
{
	const struct crew *crew = arg;

	tls_files_wipe(crew->files);
	return clerk_run(&(struct clerk_params){
		.conninfo = crew_conninfo(crew),
		.settings = crew->settings,
		.metrics = slot->metrics,
		.life_fd = crew->host->life_fd,
		.ready_fd = ready_fd,
	});
}

static int crew_run_teller(const void *arg, const struct slot *slot, int ready_fd)
{
	const struct crew *crew = arg;

	tls_files_wipe(crew->files);
	return teller_run(&(struct teller_params){
		.all_metrics = crew->host->metrics,
		.metrics = slot->metrics,
		.page_fd = crew->host->page_fd,
		.life_fd = crew->host->life_fd,
		.ready_fd = ready_fd,
	});
}

/* What a place is for. */
static const struct crew_duty crew_worker = {"worker", "ready", crew_run_worker};
static const struct crew_duty crew_clerk = {"clerk", "clerk works", crew_run_clerk};
static const struct crew_duty crew_teller = {"teller", "teller works", crew_run_teller};

static const struct crew_duty *crew_duty_of(const struct crew *crew, const struct slot *slot)
{
	if (slot->number < crew->n_workers)
		return &crew_worker;
	return slot->number == crew->n_workers ? &crew_clerk : &crew_teller;
}

static int crew_run(const void *arg, const struct slot *slot, int ready_fd)
{
	const struct crew *crew = arg;

	log_set_level((enum log_level)log_level_from_name(crew->settings->log_level));
	return crew_duty_of(crew, slot)->run(crew, slot, ready_fd);
}

/* As many as there are processors for us. */
static int crew_count_workers(const struct settings *settings)
{
	cpu_set_t cpus;

	if (settings->workers > 0)
		return (int)settings->workers;
	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0)
		return 1;
	return CPU_COUNT(&cpus) < CREW_SLOTS_MAX - 2 ? CPU_COUNT(&cpus) : CREW_SLOTS_MAX - 2;
}

static struct crew *crew_alloc(const struct crew_host *host, int n_slots)
{
	struct crew *crew = calloc(1, sizeof(*crew) + (size_t)n_slots * sizeof(struct slot));

	if (!crew)
		return NULL;
	crew->host = host;
	crew->kill_ns = INT64_MAX;
	crew->n_slots = n_slots;
	list_init(&crew->node);
	return crew;
}

int crew_new(const struct crew_host *host, struct settings *settings, struct crew **ret_crew,
	char **ret_error)
{
	int n_workers = crew_count_workers(settings);
	struct crew *crew = crew_alloc(host, n_workers + (host->page_fd >= 0 ? 2 : 1));
	int r;

	*ret_error = NULL;
	if (!crew)
		return -ENOMEM;
	r = worker_read_files(settings, &crew->files, ret_error);
	if (r) {
		free(crew);
		return r;
	}
	crew->settings = settings;
	crew->n_workers = n_workers;
	for (int i = 0; i < crew->n_slots; i++) {
		slot_init(&crew->slots[i], NULL, i);
		crew->slots[i].what = crew_duty_of(crew, &crew->slots[i])->what;
	}
	*ret_crew = crew;
	return 0;
}

int crew_take_over(const struct crew_host *host, const pid_t *pids, int n, struct crew **ret_crew)
{
	struct crew *crew = crew_alloc(host, n);

	if (!crew)
		return -ENOMEM;
	crew->state = CREW_LEAVING;
	for (int i = 0; i < n; i++) {
		slot_init(&crew->slots[i], "predecessor", i);
		if (child_adopt(pids[i], &crew->slots[i].process) < 0)
			log_warn("cannot take over a process", LOG_I("process", pids[i]));
	}
	*ret_crew = crew;
	return 0;
}

struct crew *crew_free(struct crew *crew)
{
	if (!crew)
		return NULL;
	list_remove(&crew->node);
	settings_free(crew->settings);
	tls_files_free(crew->files);
	free(crew);
	return NULL;
}

static void crew_start_slot(struct crew *crew, struct slot *slot)
{
	const struct crew_host *host = crew->host;
	const bool is_worker = slot->number < crew->n_workers;
	const int kept[] = {host->life_fd, host->lock_fd, is_worker ? host->listen_fd : -1,
		slot->number > crew->n_workers ? host->page_fd : -1};
	const struct slot_program program = {
		.run = crew_run,
		.arg = crew,
		.kept = kept,
		.n_kept = ARRAY_SIZE(kept),
	};
	int r;

	slot->metrics = metrics_table_take(host->metrics);
	r = slot_start(slot, &program);
	if (r == 0)
		return;
	log_error("cannot start a child", LOG_S("what", slot->what), LOG_S("error", strerror(-r)));
	slot->metrics = metrics_table_give_back(host->metrics, slot->metrics);
	slot->wake_ns = backoff_after_failure(&slot->backoff, slot->start_ns, backoff_now_ns());
}

void crew_start(struct crew *crew)
{
	for (int i = 0; i < crew->n_slots; i++)
		crew_start_slot(crew, &crew->slots[i]);
}

bool crew_is_ready(const struct crew *crew)
{
	for (int i = 0; i < crew->n_workers; i++)
		if (!crew->slots[i].is_ready)
			return false;
	return true;
}

void crew_serve(struct crew *crew)
{
	crew->state = CREW_SERVING;
}

static void crew_signal(struct crew *crew, int signal)
{
	for (int i = 0; i < crew->n_slots; i++)
		child_signal(&crew->slots[i].process, signal);
}

void crew_leave(struct crew *crew)
{
	if (crew->kill_ns != INT64_MAX)
		return; /* they know */
	crew->state = CREW_LEAVING;
	crew->crashed = false;
	crew->kill_ns = backoff_now_ns() + CREW_LEAVE_NS;
	crew_signal(crew, SIGTERM);
}

void crew_kill(struct crew *crew)
{
	crew->kill_ns = INT64_MAX;
	crew_signal(crew, SIGKILL);
}

bool crew_is_gone(const struct crew *crew)
{
	for (int i = 0; i < crew->n_slots; i++)
		if (child_is_some(&crew->slots[i].process))
			return false;
	return true;
}

static void crew_on_ready(const struct crew *crew, const struct slot *slot)
{
	const char *msg = crew_duty_of(crew, slot)->ready_msg;

	if (slot->number < crew->n_workers)
		log_info(msg, LOG_I("worker", slot->number), LOG_I("process", slot->process.pid),
			LOG_S("address", crew->settings->address),
			LOG_I("port", crew->settings->port));
	else
		log_info(msg, LOG_I("process", slot->process.pid));
}

/* A child ends well only when it was asked to. One that dies of SIGTERM had not come
 * so far as to catch it. A worker that cannot use the settings and never could makes
 * the crew useless; one that has served before may have met a file that is being
 * replaced. */
static void crew_on_end(struct crew *crew, const struct slot *slot, const struct child_end *end)
{
	if (crew->state == CREW_LEAVING && (end->code == 0 || end->signal == SIGTERM))
		return;
	log_error("child ended", LOG_S("what", slot->what), LOG_I("number", slot->number),
		LOG_I("exit", end->code), LOG_I("signal", end->signal));
	crew->crashed = true;
	if (end->code == WORKER_EXIT_SETTINGS && !slot->was_ready)
		crew->unusable = true;
	if (slot->number < crew->n_workers)
		metrics_add(metrics_table_own(crew->host->metrics), METRIC_WORKER_ENDS, 1);
}

static void crew_step_slot(struct crew *crew, struct slot *slot)
{
	struct child_end end;

	if (slot_became_ready(slot))
		crew_on_ready(crew, slot);
	if (slot_has_ended(slot, &end)) {
		slot->metrics = metrics_table_give_back(crew->host->metrics, slot->metrics);
		crew_on_end(crew, slot, &end);
	}
	if (crew->state != CREW_LEAVING && backoff_now_ns() >= slot->wake_ns)
		crew_start_slot(crew, slot);
}

void crew_step(struct crew *crew)
{
	for (int i = 0; i < crew->n_slots; i++)
		crew_step_slot(crew, &crew->slots[i]);
	if (backoff_now_ns() < crew->kill_ns)
		return;
	log_warn("children have not left in time");
	crew_kill(crew);
}

bool crew_feel_pulse(struct crew *crew)
{
	bool is_alive = !crew_is_ready(crew);

	if (crew->state == CREW_LEAVING)
		return true;
	for (int i = 0; i < crew->n_slots; i++) {
		struct slot *slot = &crew->slots[i];
		int missed = slot_feel_pulse(slot);

		is_alive |= i < crew->n_workers && missed < CREW_MISSED_MAX;
		if (missed != CREW_MISSED_MAX)
			continue;
		log_error("child hangs, ending it", LOG_S("what", slot->what),
			LOG_I("number", slot->number), LOG_I("process", slot->process.pid));
		child_signal(&slot->process, SIGKILL);
	}
	return is_alive;
}

nfds_t crew_poll(const struct crew *crew, struct pollfd *fds, nfds_t room)
{
	nfds_t n = 0;

	for (int i = 0; i < crew->n_slots && n + 2 <= room; i++) {
		const struct slot *slot = &crew->slots[i];

		if (slot->process.fd >= 0)
			fds[n++] = (struct pollfd){.fd = slot->process.fd, .events = POLLIN};
		if (slot->ready_fd >= 0)
			fds[n++] = (struct pollfd){.fd = slot->ready_fd, .events = POLLIN};
	}
	return n;
}

int64_t crew_wake_ns(const struct crew *crew)
{
	int64_t wake_ns = crew->kill_ns;

	if (crew->state == CREW_LEAVING)
		return wake_ns;
	for (int i = 0; i < crew->n_slots; i++)
		if (crew->slots[i].wake_ns < wake_ns)
			wake_ns = crew->slots[i].wake_ns;
	return wake_ns;
}
