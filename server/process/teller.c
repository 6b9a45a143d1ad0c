/* SPDX-License-Identifier: Apache-2.0 */
/* See teller.h. HTTP is libevent's. */
#include "process/teller.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

#include "base/log.h"
#include "process/backoff.h"
#include "process/pulse.h"

enum {
	TELLER_BACKLOG = 16,
	TELLER_PATIENCE_S = 10,
	TELLER_REQUEST_BYTES = 8192,
	TELLER_MODE = 0660,
	/* So long somebody who has connected may take to ask, when we leave. */
	TELLER_LEAVE_S = 5,
};

#define TELLER_LEAVE_NS (TELLER_LEAVE_S * INT64_C(1000000000))

struct teller {
	const struct teller_params *params;
	struct event_base *base;
	struct evhttp *http;
	struct evhttp_bound_socket *door;
	struct event *term_event, *life_event, *pulse_event;
	int unanswered;	 /* who have connected; some of them may have gone */
	int64_t last_ns; /* when the last of them came */
	bool leaving;
	int exit;
};

/* --- the page ------------------------------------------------------------------------ */

static void teller_print_family(
	struct evbuffer *page, const char *name, const char *kind, const char *help)
{
	evbuffer_add_printf(
		page, "# HELP stafett_%s %s\n# TYPE stafett_%s %s\n", name, help, name, kind);
}

static void teller_print_value(struct evbuffer *page, const char *name, const char *label,
	const char *value, uint64_t number)
{
	if (*label)
		evbuffer_add_printf(
			page, "stafett_%s{%s=\"%s\"} %" PRIu64 "\n", name, label, value, number);
	else
		evbuffer_add_printf(page, "stafett_%s %" PRIu64 "\n", name, number);
}

#define FAMILY(name, kind, label, help) static const char teller_label_##name[] = label;
#define METRIC(family, id, value, what)
#include "stafett/tbl/metrics.def"
#undef FAMILY
#undef METRIC

static void teller_print(struct evbuffer *page, const struct metrics_table *table)
{
	static const char COUNTER[] = "counter", GAUGE[] = "gauge", *const AGE = GAUGE;

#define FAMILY(name, kind, label, help) teller_print_family(page, #name, kind, help);
#define METRIC(family, id, value, what)                                 \
	teller_print_value(page, #family, teller_label_##family, value, \
		metrics_table_sum(table, METRIC_##id));
#include "stafett/tbl/metrics.def"
#undef FAMILY
#undef METRIC
}

static void teller_on_answered(struct evhttp_request *request, void *arg)
{
	struct teller *teller = arg;

	if (teller->unanswered > 0) /* a second question on one connection is not counted */
		teller->unanswered--;
	if (teller->leaving && teller->unanswered == 0)
		event_base_loopbreak(teller->base);
}

static void teller_on_request(struct evhttp_request *request, void *arg)
{
	struct teller *teller = arg;
	struct evbuffer *page = evbuffer_new();

	evhttp_request_set_on_complete_cb(request, teller_on_answered, teller);

	if (!page) {
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
		return;
	}
	teller_print(page, teller->params->all_metrics);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type",
		"text/plain; version=0.0.4; charset=utf-8");
	evhttp_send_reply(request, HTTP_OK, NULL, page);
	evbuffer_free(page);
}

/* --- the socket ---------------------------------------------------------------------- */

static int teller_bind(int fd, const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	char fresh[sizeof(at.sun_path)];

	/* The old socket answers until the new one is there. */
	if (snprintf(fresh, sizeof(fresh), "%s.new", path) >= (int)sizeof(fresh))
		return -ENAMETOOLONG;
	strcpy(at.sun_path, fresh);
	if (unlink(fresh) < 0 && errno != ENOENT)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0 ||
		chmod(fresh, TELLER_MODE) < 0 || listen(fd, TELLER_BACKLOG) < 0 ||
		rename(fresh, path) < 0)
		return -errno;
	return 0;
}

int teller_open(const char *folder, const char *name, int *ret_fd, char **ret_error)
{
	char *path = NULL;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int r = fd < 0 ? -errno : 0;

	if (asprintf(&path, "%s%s%s", *name == '/' ? "" : folder, *name == '/' ? "" : "/", name) <
		0)
		path = NULL;
	if (!r)
		r = path ? teller_bind(fd, path) : -ENOMEM;
	if (!r)
		*ret_fd = fd;
	else if (asprintf(ret_error, "cannot open the metrics' socket '%s': %s", path,
			 strerror(-r)) < 0)
		*ret_error = NULL;
	if (r && fd >= 0)
		close(fd);
	free(path);
	return r;
}

/* --- life ---------------------------------------------------------------------------- */

/* Somebody has connected; what libevent wants for it. */
static struct bufferevent *teller_on_connect(struct event_base *base, void *arg)
{
	struct teller *teller = arg;

	teller->unanswered++;
	teller->last_ns = backoff_now_ns();
	return bufferevent_socket_new(base, -1, 0);
}

/* Who comes now is for the next teller; who is here is answered, if it asks soon. */
static void teller_on_term(evutil_socket_t number, short events, void *arg)
{
	const struct timeval moment = {.tv_sec = TELLER_LEAVE_S};
	struct teller *teller = arg;

	if (teller->leaving)
		return;
	teller->leaving = true;
	evhttp_del_accept_socket(teller->http, teller->door);
	if (teller->unanswered > 0 && backoff_now_ns() - teller->last_ns < TELLER_LEAVE_NS)
		event_base_loopexit(teller->base, &moment);
	else
		event_base_loopbreak(teller->base);
}

static void teller_on_orphaned(evutil_socket_t fd, short events, void *arg)
{
	struct teller *teller = arg;

	log_warn("the master is gone, ending");
	teller->exit = EXIT_FAILURE;
	event_base_loopbreak(teller->base);
}

static int teller_open_http(struct teller *teller)
{
	teller->http = evhttp_new(teller->base);
	if (!teller->http)
		return -ENOMEM;
	evhttp_set_allowed_methods(teller->http, EVHTTP_REQ_GET);
	evhttp_set_timeout(teller->http, TELLER_PATIENCE_S);
	evhttp_set_max_headers_size(teller->http, TELLER_REQUEST_BYTES);
	evhttp_set_max_body_size(teller->http, 0);
	evhttp_set_bevcb(teller->http, teller_on_connect, teller);
	if (evhttp_set_cb(teller->http, "/metrics", teller_on_request, teller) < 0)
		return -ENOMEM;
	teller->door = evhttp_accept_socket_with_handle(teller->http, teller->params->page_fd);
	return teller->door ? 0 : -ENOMEM;
}

static int teller_open_loop(struct teller *teller)
{
	teller->base = event_base_new();
	if (!teller->base)
		return -ENOMEM;
	teller->term_event = evsignal_new(teller->base, SIGTERM, teller_on_term, teller);
	teller->life_event = event_new(
		teller->base, teller->params->life_fd, EV_READ, teller_on_orphaned, teller);
	teller->pulse_event = pulse_new(teller->base, teller->params->metrics);
	if (!teller->term_event || !teller->life_event || !teller->pulse_event ||
		event_add(teller->term_event, NULL) < 0 || event_add(teller->life_event, NULL) < 0)
		return -ENOMEM;
	return teller_open_http(teller);
}

static void teller_close(struct teller *teller)
{
	struct event *events[] = {teller->term_event, teller->life_event, teller->pulse_event};

	if (teller->http)
		evhttp_free(teller->http);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i])
			event_free(events[i]);
	if (teller->base)
		event_base_free(teller->base);
}

int teller_run(const struct teller_params *params)
{
	struct teller teller = {.params = params, .exit = EXIT_SUCCESS};
	int r;

	/* The master decides what a terminal's signals mean. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	r = teller_open_loop(&teller);
	if (r) {
		log_error("cannot start the teller", LOG_S("error", strerror(-r)));
		teller.exit = EXIT_FAILURE;
	} else {
		(void)!write(params->ready_fd, "r", 1);
		close(params->ready_fd);
		event_base_dispatch(teller.base);
	}
	teller_close(&teller);
	return teller.exit;
}
