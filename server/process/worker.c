/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Construction from the floor below upwards, destruction the other way round:
 * the listener ends the calls, the service forgets them, the loop goes last.
 *
 * Peers are accepted when the database is there, so that nobody is turned away
 * only because this worker is new; but not much later, so that nobody waits for
 * a database that is away.
 */
#include "process/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/log.h"
#include "codec/grpc_meta.h"
#include "domain/identity.h"
#include "net/listener.h"
#include "net/tls.h"
#include "process/pulse.h"
#include "service/service.h"

/* How long a drain may take. The master waits a little longer. */
enum { WORKER_GRACE_MS = 30000 };
/* Workers need not have the same number of connections to less than this part of it. */
enum { WORKER_UNEVEN = 8 };

_Static_assert(METRIC_CALLS_UNAUTHENTICATED - METRIC_CALLS_OK == GRPC_UNAUTHENTICATED,
	"a counter for each of gRPC's codes");

struct worker {
	const struct worker_params *params;
	struct event_base *base;
	struct event *term_event, *life_event, *patience_event, *pulse_event;
	struct tls *tls;
	struct service *service;
	struct listener *listener; /* NULL until peers are accepted */
	bool is_draining;
	enum worker_exit exit;
};

int worker_read_files(
	const struct settings *settings, struct tls_files **ret_files, char **ret_error)
{
	const struct tls_params params = {
		.certificate_file = settings->certificate_file,
		.key_file = settings->key_file,
		.ca_file = settings->ca_file,
	};

	return tls_files_read(&params, ret_files, ret_error);
}

int worker_check(const struct settings *settings, char **ret_error)
{
	struct tls_files *files;
	struct tls *tls;
	int r = worker_read_files(settings, &files, ret_error);

	if (r)
		return r;
	r = tls_new(files, &tls, ret_error);
	if (!r)
		tls_unref(tls);
	tls_files_free(files);
	return r;
}

/* The unit that the caller names, or NULL: what is no handle may be anything, a
 * person's number or text enough to push the rest off the line. */
static const char *worker_unit_of(const struct call *call)
{
	const char *unit = call_metadata(call, "stafett-unit");

	return identity_is_handle(bytes_of_string(unit)) ? unit : NULL;
}

/* The rows of the table are those of gRPC, in their order; the last is for -1. */
static void worker_count_call(const struct worker *worker, int code)
{
	enum metric which = METRIC_CALLS_ABANDONED;

	if (code >= GRPC_OK && code <= GRPC_UNAUTHENTICATED)
		which = (enum metric)(METRIC_CALLS_OK + code);
	metrics_add(worker->params->metrics, which, 1);
}

/* One line a call: who, what, how it ended. Never what it said. */
static void worker_on_call_end(void *arg, const struct call *call, int code)
{
	const struct call_method *method = call_method(call);
	const struct peer *peer = call_peer(call);

	worker_count_call(arg, code);
	log_info("call", LOG_S("call", call_id(call)),
		LOG_S("method", method ? method->path : NULL), LOG_S("member", peer->member),
		LOG_S("unit", worker_unit_of(call)), LOG_I("status", code),
		LOG_S("peer", peer->address));
}

/* Tells the master. Its pipe has room for a byte; should it be gone, the other
 * pipe tells us. */
static void worker_say_ready(const struct worker *worker)
{
	if (write(worker->params->ready_fd, "r", 1) != 1)
		log_warn("cannot tell the master", LOG_S("error", strerror(errno)));
	close(worker->params->ready_fd);
}

/* Whether another worker has fewer connections, and so should take the next one; among
 * many, clearly fewer. The numbers may be a moment old; a connection on the wrong side
 * is none on the floor. */
static bool worker_may_leave(void *arg)
{
	const struct worker *worker = arg;
	uint64_t least = metrics_table_least_other(worker->params->all_metrics,
		worker->params->metrics, METRIC_CONNECTIONS_OPEN, METRIC_WORKERS);

	return least != UINT64_MAX &&
	       least + least / WORKER_UNEVEN < listener_connections(worker->listener);
}

/* Begins to accept, once. */
static void worker_accept_peers(struct worker *worker)
{
	const struct listener_params params = {
		.base = worker->base,
		.fd = worker->params->listen_fd,
		.tls = worker->tls,
		.router = service_router(worker->service),
		.ended = worker_on_call_end,
		.arg = worker,
		.metrics = worker->params->metrics,
		.may_leave = worker_may_leave,
	};
	int r;

	if (worker->listener || worker->is_draining)
		return;
	event_del(worker->patience_event);
	r = listener_new(&params, &worker->listener);
	if (!r) {
		metrics_set(worker->params->metrics, METRIC_WORKERS, 1);
		worker_say_ready(worker);
		return;
	}
	log_error("cannot accept peers", LOG_S("error", strerror(-r)));
	worker->exit = WORKER_EXIT_FAILED;
	event_base_loopbreak(worker->base);
}

static void worker_on_database(void *arg, bool ready)
{
	struct worker *worker = arg;

	if (worker->is_draining) /* or going: it is we who leave */
		return;
	if (ready) {
		log_info("database is there", LOG_S("health", "SERVING"));
		worker_accept_peers(worker);
	} else {
		log_warn("database is away", LOG_S("health", "NOT_SERVING"));
	}
}

static void worker_on_patience(evutil_socket_t fd, short events, void *arg)
{
	log_warn("database is not there, accepting peers without it");
	worker_accept_peers(arg);
}

static void worker_on_drained(void *arg)
{
	struct worker *worker = arg;

	log_info("drained", LOG_I("connections", listener_connections(worker->listener)));
	event_base_loopbreak(worker->base);
}

/* In the turn after the one in which the listener lets go of the socket. Left
 * open, peers would go on to connect to a queue that nobody empties. */
static void worker_on_close_socket(evutil_socket_t fd, short events, void *arg)
{
	const struct worker *worker = arg;

	close(worker->params->listen_fd);
}

static void worker_on_term(evutil_socket_t number, short events, void *arg)
{
	struct worker *worker = arg;

	if (worker->is_draining)
		return;
	worker->is_draining = true;
	metrics_set(worker->params->metrics, METRIC_WORKERS, 0);
	if (!worker->listener) {
		event_base_loopbreak(worker->base);
		return;
	}
	log_info("draining", LOG_I("connections", listener_connections(worker->listener)));
	service_drain(worker->service);
	listener_drain(worker->listener, WORKER_GRACE_MS, worker_on_drained, worker);
	event_base_once(worker->base, -1, EV_TIMEOUT, worker_on_close_socket, worker, NULL);
}

/* The master is gone, and with it who would replace this worker or stop its
 * database: the next master must find the port free. */
static void worker_on_orphaned(evutil_socket_t fd, short events, void *arg)
{
	struct worker *worker = arg;

	log_warn("the master is gone, ending");
	worker->exit = WORKER_EXIT_FAILED;
	event_base_loopbreak(worker->base);
}

static int worker_add_events(struct worker *worker)
{
	const struct timeval patience = {.tv_sec = worker->params->patience_s};

	worker->patience_event = evtimer_new(worker->base, worker_on_patience, worker);
	worker->term_event = evsignal_new(worker->base, SIGTERM, worker_on_term, worker);
	worker->life_event = event_new(
		worker->base, worker->params->life_fd, EV_READ, worker_on_orphaned, worker);
	worker->pulse_event = pulse_new(worker->base, worker->params->metrics);
	if (!worker->term_event || !worker->life_event || !worker->patience_event ||
		!worker->pulse_event || event_add(worker->term_event, NULL) < 0 ||
		event_add(worker->life_event, NULL) < 0 ||
		event_add(worker->patience_event, &patience) < 0)
		return -ENOMEM;
	return 0;
}

static int worker_open_service(struct worker *worker)
{
	const struct service_params params = {
		.base = worker->base,
		.conninfo = worker->params->conninfo,
		.takes_plain = worker->params->settings->trial,
		.member_rate = worker->params->settings->member_rate,
		.organization_rate = worker->params->settings->organization_rate,
		.changed = worker_on_database,
		.arg = worker,
		.metrics = worker->params->metrics,
	};

	return service_new(&params, &worker->service);
}

static int worker_open(struct worker *worker)
{
	char *error = NULL;
	int r = tls_new(worker->params->files, &worker->tls, &error);

	if (r) {
		log_error("cannot use the certificates", LOG_S("error", error));
		free(error);
		worker->exit = WORKER_EXIT_SETTINGS;
		return r;
	}
	worker->base = listener_new_base();
	r = worker->base ? worker_add_events(worker) : -ENOMEM;
	if (!r)
		r = worker_open_service(worker);
	if (r) {
		log_error("cannot start the worker", LOG_S("error", strerror(-r)));
		worker->exit = WORKER_EXIT_FAILED;
	}
	return r;
}

static void worker_close(struct worker *worker)
{
	struct event *events[] = {worker->term_event, worker->life_event, worker->patience_event,
		worker->pulse_event};

	worker->listener = listener_free(worker->listener);
	worker->service = service_free(worker->service);
	worker->tls = tls_unref(worker->tls);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i])
			event_free(events[i]);
	if (worker->base)
		event_base_free(worker->base);
}

enum worker_exit worker_run(const struct worker_params *params)
{
	struct worker worker = {.params = params, .exit = WORKER_EXIT_DONE};

	/* A terminal's ^C and its end go to all of its processes; the master
	 * decides. A peer that went is an error of its connection. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (!worker_open(&worker))
		event_base_dispatch(worker.base);
	worker_close(&worker);
	return worker.exit;
}
