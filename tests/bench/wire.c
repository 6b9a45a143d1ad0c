/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections and nothing else: what a handshake costs, and what a held one weighs.
 *
 *     wire openssl    handshakes inside this process, both sides by OpenSSL alone:
 *                     what no server can be faster than
 *     wire shake      handshakes with a daemon, each until its SETTINGS have come
 *     wire hold       N connections, each with one call; prints what it has, and
 *                     holds them until its input ends
 *
 * Prints JSON. Some threads work at once, so that the daemon never waits for a
 * peer. A member may have only so many connections: threads take turns among all
 * the certificates that they are given.
 *
 * Of a held connection only the socket is kept: the daemon cannot tell, and ten
 * thousand fit in this program too.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "codec/grpc_frame.h"
#include "load_conn.h"
#include "measure.h"
#include "wire_reference.h"

enum { WIRE_THREADS = 8, WIRE_PATIENCE_MS = 60000, WIRE_CHUNK = 4096, WIRE_REASON_BYTES = 200 };

struct wire_options {
	const char *host, *port, *ca, *path, *unit;
	char **identities; /* paths without their ends, ".pem" and ".key" */
	int n_identities;
	long connections; /* to be held */
	long seconds;	  /* of handshakes */
	bool streams;	  /* the call goes on: its first message is enough */
};

struct wire {
	const struct wire_options *options;
	SSL_CTX **tls; /* one an identity */
	int *held;     /* sockets, in the order of their making */
	atomic_long next, done;
	atomic_int failure; /* the first errno, or 0 */
	int64_t end_ns;
};

static void wire_on_ended(struct load_call *call, void *arg)
{
	/* Its status tells. */
}

/* Opens connection number |i|. */
static int wire_open(struct wire *wire, long i, struct load_conn *conn)
{
	const struct wire_options *o = wire->options;
	const struct load_conn_params params = {
		.host = o->host,
		.port = o->port,
		.path = o->path,
		.unit = o->unit,
		.tls = wire->tls[i % o->n_identities],
		.ended = wire_on_ended,
	};

	return load_conn_open(conn, &params);
}

/* Waits until |conn| can go on. */
static int wire_wait(const struct load_conn *conn)
{
	struct pollfd fd = {.fd = conn->fd, .events = POLLIN};

	if (load_conn_wants_write(conn))
		fd.events |= POLLOUT;
	return poll(&fd, 1, WIRE_PATIENCE_MS) > 0 ? 0 : -ETIMEDOUT;
}

/* --- handshakes ------------------------------------------------------------- */

/* The server's first bytes come after it has accepted our certificate. */
static int wire_shake_one(struct wire *wire, long i)
{
	struct load_conn *conn = calloc(1, sizeof(*conn));
	int r = conn ? wire_open(wire, i, conn) : -ENOMEM;

	if (!r)
		r = load_conn_step(conn);
	while (!r && !conn->greeted) {
		r = wire_wait(conn);
		if (!r)
			r = load_conn_step(conn);
	}
	if (!r)
		load_conn_close(conn);
	free(conn);
	return r;
}

static bool wire_has_time(struct wire *wire)
{
	return !wire->failure && measure_now_ns(CLOCK_MONOTONIC) < wire->end_ns;
}

static void *wire_shake_thread(void *arg)
{
	struct wire *wire = arg;

	while (wire_has_time(wire)) {
		int r = wire_shake_one(wire, wire->next++);

		if (r)
			wire->failure = -r;
		else
			wire->done++;
	}
	return NULL;
}

/* --- held connections --------------------------------------------------------- */

/* One call on |conn|: to its end, or to the first message of a stream. */
static int wire_call(struct load_conn *conn, bool streams)
{
	uint8_t nothing[GRPC_FRAME_PREFIX_BYTES];
	struct load_call call = {.message = bytes_of(nothing, sizeof(nothing))};
	int r;

	grpc_frame_put_prefix(nothing, 0);
	r = load_conn_begin(conn, &call);
	if (!r)
		r = load_conn_step(conn);
	while (!r && call.status < 0 && !(streams && call.received > 0)) {
		r = wire_wait(conn);
		if (!r)
			r = load_conn_step(conn);
	}
	if (!r && call.status > 0)
		r = -EREMOTEIO;
	return r;
}

/* Opens one connection and keeps its socket in |ret_fd|. */
static int wire_hold_one(struct wire *wire, long i, int *ret_fd)
{
	struct load_conn *conn = calloc(1, sizeof(*conn));
	int r = conn ? wire_open(wire, i, conn) : -ENOMEM;

	if (!r)
		r = wire_call(conn, wire->options->streams);
	if (!r)
		*ret_fd = load_conn_abandon(conn);
	free(conn);
	return r;
}

static void *wire_hold_thread(void *arg)
{
	struct wire *wire = arg;
	long i;

	while (!wire->failure && (i = wire->next++) < wire->options->connections) {
		int r = wire_hold_one(wire, i, &wire->held[i]);

		if (r)
			wire->failure = -r;
		else
			wire->done++;
	}
	return NULL;
}

/* Held connections that the daemon has closed meanwhile. */
static long wire_count_lost(const struct wire *wire)
{
	long lost = 0;

	for (long i = 0; i < wire->done; i++) {
		struct pollfd fd = {.fd = wire->held[i], .events = POLLRDHUP};

		lost += poll(&fd, 1, 0) > 0;
	}
	return lost;
}

static void wire_wait_for_the_end_of_input(void)
{
	char chunk[WIRE_CHUNK];

	while (read(STDIN_FILENO, chunk, sizeof(chunk)) > 0)
		;
}

/* --- start and result ------------------------------------------------------------ */

static int wire_run_threads(struct wire *wire, void *(*run)(void *arg))
{
	pthread_t threads[WIRE_THREADS];
	int n = 0;

	while (n < WIRE_THREADS && pthread_create(&threads[n], NULL, run, wire) == 0)
		n++;
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return n == WIRE_THREADS ? -wire->failure : -EAGAIN;
}

static int wire_shake(struct wire *wire)
{
	int64_t began_ns = measure_now_ns(CLOCK_MONOTONIC);
	int r;

	wire->end_ns = began_ns + wire->options->seconds * NS_PER_S;
	r = wire_run_threads(wire, wire_shake_thread);
	printf("{\"sends\": %ld, \"seconds\": %.3f}\n", wire->done,
		(double)(measure_now_ns(CLOCK_MONOTONIC) - began_ns) / NS_PER_S);
	return r;
}

/* Two lines: once all are held, and how many were lost by the end. */
static int wire_hold(struct wire *wire)
{
	int r;

	wire->held = calloc((size_t)wire->options->connections, sizeof(*wire->held));
	if (!wire->held)
		return -ENOMEM;
	r = wire_run_threads(wire, wire_hold_thread);
	if (r)
		return r;
	printf("{\"held\": %ld}\n", wire->done);
	fflush(stdout);
	wire_wait_for_the_end_of_input();
	printf("{\"lost\": %ld}\n", wire_count_lost(wire));
	return 0;
}

static int wire_openssl(struct wire *wire)
{
	struct wire_reference_params params = {
		.ca = wire->options->ca,
		.client = wire->options->identities[0],
		.server = wire->options->identities[1],
		.ns = wire->options->seconds * NS_PER_S,
	};

	return wire_reference_run(&params);
}

static const struct wire_command {
	const char *name;
	int (*run)(struct wire *wire);
	int least_identities;
} wire_commands[] = {
	{"openssl", wire_openssl, 2},
	{"shake", wire_shake, 1},
	{"hold", wire_hold, 1},
};

static int wire_usage(void)
{
	fputs("usage: wire openssl --ca FILE [--seconds N] CLIENT SERVER\n"
	      "       wire shake --host IP --port N --ca FILE [--seconds N] IDENTITY...\n"
	      "       wire hold --host IP --port N --ca FILE --path METHOD [--unit HANDLE]\n"
	      "                 [--connections N] [--streams] IDENTITY...\n"
	      "An identity is a path without its ends: with .pem and .key it is there.\n",
		stderr);
	return 2;
}

/* Fills |o|; false where an option does not exist. */
static bool wire_read_options(int argc, char **argv, struct wire_options *o)
{
	static const struct option names[] = {{"host", 1, NULL, 'h'}, {"port", 1, NULL, 'p'},
		{"ca", 1, NULL, 'a'}, {"path", 1, NULL, 'm'}, {"unit", 1, NULL, 'u'},
		{"connections", 1, NULL, 'n'}, {"seconds", 1, NULL, 's'}, {"streams", 0, NULL, 'w'},
		{NULL, 0, NULL, 0}};
	int name;

	*o = (struct wire_options){.host = "127.0.0.1", .unit = "", .connections = 1, .seconds = 1};
	while ((name = getopt_long(argc, argv, "", names, NULL)) >= 0) {
		switch (name) {
		case 'h':
			o->host = optarg;
			break;
		case 'p':
			o->port = optarg;
			break;
		case 'a':
			o->ca = optarg;
			break;
		case 'm':
			o->path = optarg;
			break;
		case 'u':
			o->unit = optarg;
			break;
		case 'n':
			o->connections = atol(optarg);
			break;
		case 's':
			o->seconds = atol(optarg);
			break;
		case 'w':
			o->streams = true;
			break;
		default:
			return false;
		}
	}
	o->identities = argv + optind;
	o->n_identities = argc - optind;
	return o->ca && o->connections >= 1 && o->seconds >= 1;
}

static int wire_load_identities(struct wire *wire)
{
	const struct wire_options *o = wire->options;

	wire->tls = calloc((size_t)o->n_identities, sizeof(*wire->tls));
	for (int i = 0; wire->tls && i < o->n_identities; i++) {
		wire->tls[i] = wire_reference_client(o->ca, o->identities[i]);
		if (!wire->tls[i])
			return -EINVAL;
	}
	return wire->tls ? 0 : -ENOMEM;
}

int main(int argc, char **argv)
{
	struct wire_options options;
	struct wire wire = {.options = &options};
	char reason[WIRE_REASON_BYTES];
	int r;

	if (argc < 2 || !wire_read_options(argc - 1, argv + 1, &options))
		return wire_usage();
	for (size_t i = 0; i < ARRAY_SIZE(wire_commands); i++) {
		if (strcmp(wire_commands[i].name, argv[1]) != 0)
			continue;
		if (options.n_identities < wire_commands[i].least_identities)
			return wire_usage();
		r = wire_load_identities(&wire);
		if (!r)
			r = wire_commands[i].run(&wire);
		if (r)
			fprintf(stderr, "wire: %s\n", strerror_r(-r, reason, sizeof(reason)));
		return r ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	return wire_usage();
}
