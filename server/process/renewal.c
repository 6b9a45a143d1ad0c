/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New settings, or a new program, while peers are served. Either is tried first
 * beside what runs: settings by a crew of their own, a program by a rehearsal in
 * which it looks at its settings. What fails leaves no trace but a line in the log.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "process/master_internal.h"

/* A new crew has so long to serve; its workers wait for their database not quite so long. */
#define RENEWAL_TRY_NS (30 * INT64_C(1000000000))

/* Crews that still leave. Another reload waits until one of them has gone. */
enum { RENEWAL_LEAVING_MAX = 4 };

/* --- reload -------------------------------------------------------------------------- */

static void renewal_end_reload(struct master *master, enum metric result)
{
	metrics_add(metrics_table_own(master->host.metrics), result, 1);
	notify_send(&master->notify, "READY=1");
}

static void renewal_refuse(struct master *master, const char *why)
{
	log_error("reload refused, the old settings are kept", LOG_S("error", why));
	renewal_end_reload(master, METRIC_RELOADS_REFUSED);
}

/* Whether |settings| may follow those in use; else the reason is given. */
static bool renewal_may_follow(
	const struct master *master, const struct settings *settings, char **ret_why)
{
	const char *name = settings_need_restart(master->current->settings, settings);

	if (name &&
		asprintf(ret_why, "setting '%s' cannot change while the daemon runs: restart it",
			name) < 0)
		*ret_why = NULL;
	return !name;
}

static void renewal_begin_reload(struct master *master)
{
	struct settings *settings = NULL;
	char *why = NULL;
	int r;

	master->reload_asked = false;
	notify_reloading(&master->notify);
	r = master->params->read_settings(master->params->arg, &settings, &why);
	if (!r && !renewal_may_follow(master, settings, &why))
		r = -EINVAL;
	if (!r)
		r = crew_new(&master->host, settings, &master->next, &why);
	if (r) {
		renewal_refuse(master, why ? why : strerror(-r));
		settings_free(settings);
	} else {
		log_info("reload: trying the new settings",
			LOG_I("workers", master->next->n_workers));
		master->next->relieves = true;
		crew_start(master->next);
	}
	free(why);
}

/* The new crew serves: the old one may go. */
static void renewal_switch(struct master *master)
{
	struct crew *old = master->current;

	master->current = TAKE(master->next);
	crew_serve(master->current);
	log_set_level((enum log_level)log_level_from_name(master->current->settings->log_level));
	master_dismiss(master, old);
	log_info("reloaded", LOG_I("workers", master->current->n_workers));
	renewal_end_reload(master, METRIC_RELOADS_DONE);
}

static void renewal_watch_reload(struct master *master)
{
	const struct crew *next = master->next;
	bool late = backoff_now_ns() - next->slots[0].start_ns > RENEWAL_TRY_NS;

	if (crew_is_ready(next) && !next->crashed) {
		renewal_switch(master);
	} else if (next->crashed || late) {
		master_dismiss(master, TAKE(master->next));
		renewal_refuse(master, late ? "the new workers did not come up"
					    : "a new worker failed; see above");
	}
}

/* --- upgrade ------------------------------------------------------------------------- */

static void renewal_refuse_upgrade(const char *why)
{
	log_error("upgrade refused, the old program goes on", LOG_S("error", why));
}

/* The new program with our words and --check. Its own are the log's next lines. */
static int renewal_rehearse(struct master *master)
{
	char *const *argv = master->params->argv;
	struct child_program program = {
		.output_fd = STDERR_FILENO, .tied_fd = -1, .folder_fd = master->params->folder_fd};
	char **words;
	int n = 0, r;

	while (argv[n])
		n++;
	words = calloc((size_t)n + 2, sizeof(*words));
	if (!words)
		return -ENOMEM;
	memcpy(words, argv, (size_t)n * sizeof(*words));
	words[n] = (char[]){"--check"};
	program.argv = words;
	r = child_start(&program, &master->rehearsal);
	free(words);
	return r;
}

static void renewal_begin_upgrade(struct master *master)
{
	int r;

	master->upgrade_asked = false;
	log_info("upgrade: rehearsing", LOG_S("program", master->params->argv[0]));
	r = renewal_rehearse(master);
	if (r)
		renewal_refuse_upgrade(strerror(-r));
}

static void renewal_list(const struct crew *crew, struct takeover *takeover)
{
	for (int i = 0; i < crew->n_slots; i++)
		if (child_is_some(&crew->slots[i].process) && takeover->n_pids < TAKEOVER_PIDS_MAX)
			takeover->pids[takeover->n_pids++] = crew->slots[i].process.pid;
}

/* Becomes the new program. Comes back only when that cannot be. */
static void renewal_upgrade(struct master *master)
{
	struct takeover takeover = {
		.listen_fd = master->host.listen_fd,
		.life_fds = {master->life_fds[0], master->life_fds[1]},
		.lock_fd = master->host.lock_fd,
	};

	renewal_list(master->current, &takeover);
	list_for_each (node, &master->leaving)
		renewal_list(container_of(node, struct crew, node), &takeover);
	log_info("upgrade: the new program takes over", LOG_I("children", takeover.n_pids));
	notify_reloading(&master->notify);
	renewal_refuse_upgrade(strerror(
		-takeover_give(&takeover, master->params->argv, master->params->folder_fd)));
	notify_send(&master->notify, "READY=1");
}

static void renewal_watch_rehearsal(struct master *master)
{
	struct child_end end;

	if (!child_has_ended(&master->rehearsal, &end))
		return;
	if (end.code == EXIT_SUCCESS)
		renewal_upgrade(master);
	else
		renewal_refuse_upgrade("the new program does not like the settings; see above");
}

/* --- both ---------------------------------------------------------------------------- */

void renewal_step(struct master *master)
{
	struct child_end end;

	if (master->state != MASTER_RUNNING) {
		(void)!child_has_ended(&master->rehearsal, &end);
		return;
	}
	if (master->next)
		renewal_watch_reload(master);
	else if (child_is_some(&master->rehearsal))
		renewal_watch_rehearsal(master);
	else if (master->current->state != CREW_SERVING)
		return; /* it has yet to begin */
	else if (master->reload_asked && master->n_leaving < RENEWAL_LEAVING_MAX)
		renewal_begin_reload(master);
	else if (master->upgrade_asked)
		renewal_begin_upgrade(master);
}

void renewal_give_up(struct master *master)
{
	child_signal(&master->rehearsal, SIGKILL);
	if (master->next)
		master_dismiss(master, TAKE(master->next));
}
