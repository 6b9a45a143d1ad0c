/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small server on the network's engine, for tests/wire: what a method does
 * here is decided by the caller, so that a test can bring about anything that
 * an owner of calls may do. It says what happens on standard output, one line
 * an event, and its port first.
 *
 *     echo_server CERTIFICATE KEY CA
 *
 *   Unary    answers with its message, or fails as metadata says:
 *            x-code, x-message, x-details (text), x-pushback
 *   Hold     answers nothing until a call of Release, which answers them all
 *   Repeat   sends x-count messages of x-size bytes, each when the last is gone
 *   Burst    the same, all at once
 *   Chat     answers each message with itself
 *   Collect  answers with the number of messages and of their bytes
 *   Paced    the same, but hears only its first message until a call of Release;
 *            waits x-patience ms for it, if that is set
 *   Counted  answers with what is counted and not zero, a line each: name, number
 *   Later    sets the engine's clock x-s seconds ahead, and answers with its message:
 *            what would take minutes can be seen at the next sweep
 *
 * SIGTERM drains; the program ends when the last peer has left.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/log.h"
#include "net/listener.h"
#include "stafett/list.h"

enum {
	ECHO_BACKLOG = 1024,
	ECHO_GRACE_MS = 60000,
	ECHO_LARGEST = 2097152,
	ECHO_COUNTED_BYTES = 8192
};

/* The linker puts the first before the second, for the engine only: libevent is a
 * library of its own, and its timers run as ever. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __real_clock_gettime(clockid_t clock, struct timespec *now);

/* How far ahead of the world the engine's clock is, in seconds. */
static time_t echo_ahead_s;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	int rc = __real_clock_gettime(clock, now);

	now->tv_sec += echo_ahead_s;
	return rc;
}

struct echo {
	struct event_base *base;
	struct listener *listener;
	struct metrics_table *metrics;
	struct list held;   /* struct echo_held.node */
	struct list paused; /* struct echo_count.node */
};

/* A call of Hold; lives in its arena. */
struct echo_held {
	struct list node;
	struct call *call;
	struct bytes message;
};

/* A call of Repeat, Collect or Paced under way; lives in its arena. */
struct echo_count {
	struct list node;
	struct call *call;
	long messages, bytes;
};

static const uint8_t echo_filler[ECHO_LARGEST];

static long echo_number(const struct call *call, const char *name)
{
	const char *value = call_metadata(call, name);

	return value ? strtol(value, NULL, 10) : 0;
}

static void echo_unary(void *arg, struct call *call, struct bytes message)
{
	const struct call_status status = {
		.code = (int)echo_number(call, "x-code"),
		.message = call_metadata(call, "x-message"),
		.details = bytes_of_string(call_metadata(call, "x-details")),
		.pushback_ms = echo_number(call, "x-pushback"),
	};

	if (status.code != 0)
		call_fail(call, &status);
	else
		call_reply(call, message);
}

static void echo_hold(void *arg, struct call *call, struct bytes message)
{
	struct echo *echo = arg;
	struct echo_held *held = arena_alloc(call_arena(call), sizeof(*held));

	held->call = call;
	held->message = message;
	list_push(&echo->held, &held->node);
	call_set_user(call, held);
	printf("held %s\n", call_id(call));
}

static void echo_hold_gone(void *arg, struct call *call)
{
	struct echo_held *held = call_user(call);

	list_remove(&held->node);
	printf("gone %s\n", call_id(call));
}

static void echo_release(void *arg, struct call *call, struct bytes message)
{
	struct echo *echo = arg;

	while (!list_is_empty(&echo->held)) {
		struct echo_held *held = list_first(&echo->held, struct echo_held, node);

		list_remove(&held->node);
		call_reply(held->call, held->message);
	}
	while (!list_is_empty(&echo->paused)) {
		struct echo_count *count = list_first(&echo->paused, struct echo_count, node);

		list_remove(&count->node);
		call_resume(count->call);
	}
	call_reply(call, message);
}

static void echo_repeat_more(void *arg, struct call *call)
{
	struct echo_count *left = call_user(call);

	if (left->messages-- > 0)
		call_send(call, bytes_of(echo_filler, (size_t)left->bytes));
	else
		call_finish(call, NULL);
}

static void echo_repeat(void *arg, struct call *call, struct bytes message)
{
	struct echo_count *left = arena_alloc(call_arena(call), sizeof(*left));

	left->messages = echo_number(call, "x-count");
	left->bytes = echo_number(call, "x-size");
	call_set_user(call, left);
	echo_repeat_more(arg, call);
}

static void echo_burst(void *arg, struct call *call, struct bytes message)
{
	size_t size = (size_t)echo_number(call, "x-size");

	for (long n = echo_number(call, "x-count"); n > 0; n--)
		call_send(call, bytes_of(echo_filler, size));
	call_finish(call, NULL);
}

static void echo_chat(void *arg, struct call *call, struct bytes message)
{
	call_send(call, message);
}

static void echo_chat_end(void *arg, struct call *call)
{
	call_finish(call, NULL);
}

static struct echo_count *echo_collected(struct call *call)
{
	struct echo_count *count = call_user(call);

	if (count)
		return count;
	count = arena_alloc(call_arena(call), sizeof(*count));
	list_init(&count->node);
	count->call = call;
	call_set_user(call, count);
	return count;
}

static void echo_collect(void *arg, struct call *call, struct bytes message)
{
	struct echo_count *count = echo_collected(call);

	count->messages++;
	count->bytes += (long)message.len;
}

static void echo_collect_end(void *arg, struct call *call)
{
	const struct echo_count *count = echo_collected(call);
	char text[64];

	snprintf(text, sizeof(text), "%ld %ld", count->messages, count->bytes);
	call_reply(call, bytes_of_string(text));
}

static void echo_paced(void *arg, struct call *call, struct bytes message)
{
	struct echo *echo = arg;
	struct echo_count *count = echo_collected(call);

	echo_collect(arg, call, message);
	if (count->messages > 1)
		return;
	call_pause(call);
	if (echo_number(call, "x-patience"))
		call_set_patience(call, echo_number(call, "x-patience"));
	list_push(&echo->paused, &count->node);
	printf("paused %s\n", call_id(call));
}

static void echo_paced_gone(void *arg, struct call *call)
{
	list_remove(&echo_collected(call)->node);
	printf("gone %s\n", call_id(call));
}

static void echo_later(void *arg, struct call *call, struct bytes message)
{
	echo_ahead_s += echo_number(call, "x-s");
	call_reply(call, message);
}

static void echo_counted(void *arg, struct call *call, struct bytes message)
{
	static const char *const names[] = {
#define FAMILY(name, kind, label, help)
#define METRIC(family, id, value, what) #id,
#include "stafett/tbl/metrics.def"
#undef METRIC
#undef FAMILY
	};
	const struct echo *echo = arg;
	char *text = arena_alloc(call_arena(call), ECHO_COUNTED_BYTES);
	size_t n = 0;

	for (int i = 0; i < METRICS; i++) {
		uint64_t sum = metrics_table_sum(echo->metrics, (enum metric)i);

		if (sum > 0)
			n += (size_t)snprintf(text + n, ECHO_COUNTED_BYTES - n, "%s %" PRIu64 "\n",
				names[i], sum);
	}
	call_reply(call, bytes_of(text, n));
}

static void echo_gone(void *arg, struct call *call)
{
	printf("gone %s\n", call_id(call));
}

static const struct call_ops echo_unary_ops = {.message = echo_unary};
static const struct call_ops echo_hold_ops = {.message = echo_hold, .gone = echo_hold_gone};
static const struct call_ops echo_release_ops = {.message = echo_release};
static const struct call_ops echo_counted_ops = {.message = echo_counted};
static const struct call_ops echo_later_ops = {.message = echo_later};
static const struct call_ops echo_repeat_ops = {
	.message = echo_repeat, .gone = echo_gone, .drained = echo_repeat_more};
static const struct call_ops echo_burst_ops = {.message = echo_burst, .gone = echo_gone};
static const struct call_ops echo_chat_ops = {
	.message = echo_chat, .half_close = echo_chat_end, .gone = echo_gone};
static const struct call_ops echo_collect_ops = {
	.message = echo_collect, .half_close = echo_collect_end, .gone = echo_gone};

static const struct call_ops echo_paced_ops = {
	.message = echo_paced, .half_close = echo_collect_end, .gone = echo_paced_gone};

static const struct call_method echo_methods[] = {
	{.path = "/test.Echo/Unary", .ops = &echo_unary_ops},
	{.path = "/test.Echo/Hold", .ops = &echo_hold_ops},
	{.path = "/test.Echo/Release", .ops = &echo_release_ops},
	{.path = "/test.Echo/Counted", .ops = &echo_counted_ops},
	{.path = "/test.Echo/Later", .ops = &echo_later_ops},
	{.path = "/test.Echo/Repeat", .server_streams = true, .ops = &echo_repeat_ops},
	{.path = "/test.Echo/Burst", .server_streams = true, .ops = &echo_burst_ops},
	{.path = "/test.Echo/Chat",
		.client_streams = true,
		.server_streams = true,
		.ops = &echo_chat_ops},
	{.path = "/test.Echo/Collect", .client_streams = true, .ops = &echo_collect_ops},
	{.path = "/test.Echo/Paced",
		.client_streams = true,
		.paced = true,
		.message_max = 65536,
		.ops = &echo_paced_ops},
};

static const struct call_method *echo_find(void *arg, const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(echo_methods); i++) {
		if (strcmp(echo_methods[i].path, path) == 0)
			return &echo_methods[i];
	}
	return NULL;
}

static void echo_ended(void *arg, const struct call *call, int code)
{
	const struct call_method *method = call_method(call);

	printf("ended %s %s %d %s\n", call_id(call), method ? method->path : "-", code,
		call_peer(call)->member);
}

/* A listening socket on a free port of the loopback, whose number is printed. */
static int echo_listen(void)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, len) < 0 || listen(fd, ECHO_BACKLOG) < 0 ||
		getsockname(fd, (struct sockaddr *)&addr, &len) < 0)
		return -errno;
	printf("port %d\n", ntohs(addr.sin_port));
	return fd;
}

static void echo_on_drained(void *arg)
{
	struct echo *echo = arg;

	event_base_loopbreak(echo->base);
}

static void echo_on_sigterm(evutil_socket_t signo, short what, void *arg)
{
	struct echo *echo = arg;

	printf("draining %zu\n", listener_connections(echo->listener));
	listener_drain(echo->listener, ECHO_GRACE_MS, echo_on_drained, echo);
}

static int echo_run(struct echo *echo, struct tls *tls, int fd)
{
	const struct call_router router = {.find = echo_find, .arg = echo};
	const struct listener_params params = {
		.base = echo->base,
		.fd = fd,
		.tls = tls,
		.router = &router,
		.ended = echo_ended,
		.metrics = metrics_table_own(echo->metrics),
	};
	struct event *sigterm = evsignal_new(echo->base, SIGTERM, echo_on_sigterm, echo);
	int rc = listener_new(&params, &echo->listener);

	if (rc == 0) {
		event_add(sigterm, NULL);
		event_base_dispatch(echo->base);
		listener_free(echo->listener);
	}
	event_free(sigterm);
	return rc;
}

static int echo_open_tls(char **argv, struct tls **ret_tls, char **ret_error)
{
	struct tls_files *files;
	int rc = tls_files_read(&(struct tls_params){argv[1], argv[2], argv[3]}, &files, ret_error);

	if (rc < 0)
		return rc;
	rc = tls_new(files, ret_tls, ret_error);
	tls_files_free(files);
	return rc;
}

int main(int argc, char **argv)
{
	struct echo echo = {.base = listener_new_base()};
	struct tls *tls = NULL;
	char *error = NULL;
	int fd, rc;

	if (argc != 4)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	log_init(LOG_LEVEL_DEBUG, LOG_STYLE_PLAIN);
	if (metrics_table_new(1, &echo.metrics) < 0)
		return 1;
	list_init(&echo.held);
	list_init(&echo.paused);
	rc = echo_open_tls(argv, &tls, &error);
	if (rc < 0) {
		fprintf(stderr, "%s\n", error);
		free(error);
		metrics_table_free(echo.metrics);
		event_base_free(echo.base);
		return 1;
	}
	fd = echo_listen();
	rc = fd < 0 ? fd : echo_run(&echo, tls, fd);
	tls_unref(tls);
	metrics_table_free(echo.metrics);
	event_base_free(echo.base);
	if (fd >= 0)
		close(fd);
	return rc == 0 ? 0 : 1;
}
