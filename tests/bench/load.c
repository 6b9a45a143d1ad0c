/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A load generator: N callers, each with one Send under way, over C connections,
 * for some seconds. Every message is a new one with a card and a body of the
 * usual size. With --call health it is the health service that is asked, which
 * needs no database. Prints one line of JSON: sends, those answered before the
 * time was over, failures, seconds, and the latencies' quantiles in microseconds.
 *
 * Without --rate the loop is closed: a caller sends again when it was answered.
 * With it sends come due evenly, whatever the answers do, and a latency counts
 * from when its send was due: who waits for a free caller waits in the figures.
 *
 * One thread and one poll loop: with both of a small machine's cores busy, what
 * the generator costs is taken from the servers.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/grpc_frame.h"
#include "load_conn.h"
#include "measure.h"
#include "message.h"
#include "stafett/list.h"
#include "stafett/v1/referral_service.pb-c.h"

enum {
	LOAD_MESSAGE_MAX = 4096,
	LOAD_CALLERS_MAX = 8192,
	LOAD_POLL_S = 60,
	LOAD_REASON_BYTES = 200,
	LOAD_EXHAUSTED = 8, /* gRPC's RESOURCE_EXHAUSTED */
};

/* What is asked for on the command line. */
struct load_options {
	const char *host, *port, *ca, *certificate, *key;
	struct message_route route;
	bool asks_health;
	long callers, connections, seconds;
	long rate; /* sends a second; 0: as fast as they are answered */
};

struct load_caller {
	struct load_call call;
	struct load_conn *conn;
	struct load *load;
	int64_t began_ns;
	struct list idle; /* in load->idle while its call has ended and no other begun */
	uint8_t message[LOAD_MESSAGE_MAX];
};

struct load {
	const struct load_options *options;
	struct load_conn *conns;
	struct load_caller *callers;
	struct list idle;	    /* struct load_caller.idle */
	struct latencies latencies; /* of the sends that were answered OK */
	size_t failures, refused, under_way;
	size_t timely; /* answered OK before the end: the rest is cleared up */
	int64_t began_ns, end_ns;
	int64_t due_ns;	   /* of the next send, where there is a rate */
	int first_failure; /* gRPC status, 0 when there was none */
};

/* --- one message ---------------------------------------------------------- */

/* A whole framed request in |out|; gives its length. */
static size_t load_pack_request(const struct message_route *route, uint8_t out[LOAD_MESSAGE_MAX])
{
	uint8_t header[MESSAGE_HEADER_MAX];
	char suite[] = "none";
	Stafett__V1__Part card = message_part(MESSAGE_CARD_BYTES);
	Stafett__V1__Part body = message_part(MESSAGE_BODY_BYTES);
	Stafett__V1__SendRequest request = STAFETT__V1__SEND_REQUEST__INIT;
	size_t n;

	request.header = (ProtobufCBinaryData){message_pack_header(route, header), header};
	request.card = &card;
	request.body = &body;
	request.suite = suite;
	n = stafett__v1__send_request__pack(&request, out + GRPC_FRAME_PREFIX_BYTES);
	grpc_frame_put_prefix(out, (uint32_t)n);
	return n + GRPC_FRAME_PREFIX_BYTES;
}

/* The empty message: the health of everything. */
static size_t load_pack_nothing(uint8_t out[LOAD_MESSAGE_MAX])
{
	grpc_frame_put_prefix(out, 0);
	return GRPC_FRAME_PREFIX_BYTES;
}

/* --- callers ---------------------------------------------------------------- */

/* Begins a call whose latency counts from |since_ns|. */
static int load_caller_begin(struct load_caller *caller, int64_t since_ns)
{
	struct load *load = caller->load;
	size_t n = load->options->asks_health
			   ? load_pack_nothing(caller->message)
			   : load_pack_request(&load->options->route, caller->message);

	caller->call.message = bytes_of(caller->message, n);
	caller->began_ns = since_ns;
	load->under_way++;
	return load_conn_begin(caller->conn, &caller->call);
}

static void load_on_ended(struct load_call *call, void *arg)
{
	struct load_caller *caller = container_of(call, struct load_caller, call);
	struct load *load = arg;
	int64_t now_ns = measure_now_ns(CLOCK_MONOTONIC);

	list_push(&load->idle, &caller->idle);
	load->under_way--;
	if (call->status == 0) {
		load->timely += now_ns < load->end_ns;
		latencies_add(&load->latencies, now_ns - caller->began_ns);
		return;
	}
	load->failures++;
	load->refused += call->status == LOAD_EXHAUSTED;
	if (!load->first_failure)
		load->first_failure = call->status;
}

/* Whether one more send is to begin at |now_ns|; tells since when it waits. */
static bool load_take_due(struct load *load, int64_t now_ns, int64_t *ret_since_ns)
{
	*ret_since_ns = now_ns;
	if (!load->options->rate)
		return true;
	if (load->due_ns > now_ns)
		return false;
	*ret_since_ns = load->due_ns;
	load->due_ns += NS_PER_S / load->options->rate;
	return true;
}

/* Everybody whose call has ended begins the next one, until the time is over. */
static int load_go_on(struct load *load)
{
	int64_t now_ns = measure_now_ns(CLOCK_MONOTONIC), since_ns;
	int r = 0;

	while (!r && now_ns < load->end_ns && !list_is_empty(&load->idle) &&
		load_take_due(load, now_ns, &since_ns))
		r = load_caller_begin(
			container_of(list_pop(&load->idle), struct load_caller, idle), since_ns);
	return r;
}

/* Goes on with the connections that can: looking at all of them would cost more than
 * the calls do. */
static int load_step_ready(struct load *load, const struct pollfd *fds)
{
	int r = 0;

	for (long i = 0; !r && i < load->options->connections; i++)
		if (fds[i].revents)
			r = load_conn_step(&load->conns[i]);
	return r;
}

/* Writes what was begun meanwhile. */
static int load_flush_all(struct load *load)
{
	int r = 0;

	for (long i = 0; !r && i < load->options->connections; i++)
		r = load_conn_flush(&load->conns[i]);
	return r;
}

/* Whether nothing but an answer can help: every caller is busy, or there is time
 * for no more. */
static bool load_can_only_wait(const struct load *load)
{
	bool is_late = measure_now_ns(CLOCK_MONOTONIC) >= load->end_ns;

	return load->under_way == (size_t)load->options->callers ||
	       (is_late && load->under_way > 0);
}

/* How long to wait: until a send is due or the end has come, or for an answer. */
static struct timespec load_patience(const struct load *load)
{
	int64_t until_ns = load->due_ns < load->end_ns ? load->due_ns : load->end_ns;
	int64_t ns = until_ns - measure_now_ns(CLOCK_MONOTONIC);

	if (ns < 0)
		ns = 0;
	if (load_can_only_wait(load))
		ns = LOAD_POLL_S * NS_PER_S;
	return (struct timespec){ns / NS_PER_S, ns % NS_PER_S};
}

/* Waits until some connection can go on, or a send is due. */
static int load_wait(struct load *load, struct pollfd *fds)
{
	struct timespec patience = load_patience(load);
	long n = load->options->connections;

	for (long i = 0; i < n; i++) {
		short write = load_conn_wants_write(&load->conns[i]) ? POLLOUT : 0;

		fds[i] = (struct pollfd){.fd = load->conns[i].fd, .events = POLLIN | write};
	}
	if (ppoll(fds, (nfds_t)n, &patience, NULL) == 0 && patience.tv_sec == LOAD_POLL_S)
		return -ETIMEDOUT;
	return 0;
}

static bool load_is_over(const struct load *load)
{
	return load->under_way == 0 && measure_now_ns(CLOCK_MONOTONIC) >= load->end_ns;
}

static int load_loop(struct load *load)
{
	struct pollfd *fds = calloc((size_t)load->options->connections, sizeof(*fds));
	int r = fds ? 0 : -ENOMEM;

	load->began_ns = load->due_ns = measure_now_ns(CLOCK_MONOTONIC);
	load->end_ns = load->began_ns + load->options->seconds * NS_PER_S;
	while (!r && !load_is_over(load)) {
		r = load_step_ready(load, fds);
		if (!r)
			r = load_go_on(load);
		if (!r)
			r = load_flush_all(load);
		if (!r && !load_is_over(load))
			r = load_wait(load, fds);
	}
	free(fds);
	return r;
}

/* --- start and result --------------------------------------------------------- */

static SSL_CTX *load_tls(const struct load_options *options)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (tls && SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) == 1 &&
		SSL_CTX_load_verify_file(tls, options->ca) == 1 &&
		SSL_CTX_use_certificate_chain_file(tls, options->certificate) == 1 &&
		SSL_CTX_use_PrivateKey_file(tls, options->key, SSL_FILETYPE_PEM) == 1) {
		SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
		SSL_CTX_set_mode(
			tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
		return tls;
	}
	SSL_CTX_free(tls);
	return NULL;
}

static int load_connect(struct load *load, SSL_CTX *tls)
{
	const struct load_options *o = load->options;
	const struct load_conn_params params = {
		.host = o->host,
		.port = o->port,
		.path = o->asks_health ? "/grpc.health.v1.Health/Check"
				       : "/stafett.v1.ReferralService/Send",
		.unit = o->route.unit,
		.tls = tls,
		.ended = load_on_ended,
		.arg = load,
	};

	for (long i = 0; i < o->connections; i++) {
		int r = load_conn_open(&load->conns[i], &params);

		if (!r)
			r = load_conn_step(
				&load->conns[i]); /* the greeting: a server waits for it */
		if (r)
			return r;
	}
	list_init(&load->idle);
	for (long i = 0; i < o->callers; i++) {
		load->callers[i].load = load;
		load->callers[i].conn = &load->conns[i % o->connections];
		list_push(&load->idle, &load->callers[i].idle);
	}
	return 0;
}

static void load_print(struct load *load)
{
	int64_t ns = measure_now_ns(CLOCK_MONOTONIC) - load->began_ns;

	printf("{\"sends\": %zu, \"timely\": %zu, \"failures\": %zu, \"refused\": %zu, "
	       "\"first_failure\": %d, "
	       "\"seconds\": %.3f, ",
		load->latencies.n, load->timely, load->failures, load->refused, load->first_failure,
		(double)ns / NS_PER_S);
	latencies_print(&load->latencies);
	printf("}\n");
}

static int load_run(struct load *load)
{
	const struct load_options *o = load->options;
	SSL_CTX *tls = load_tls(o);
	int r = tls ? 0 : -EINVAL;

	load->conns = calloc((size_t)o->connections, sizeof(*load->conns));
	load->callers = calloc((size_t)o->callers, sizeof(*load->callers));
	if (!load->conns || !load->callers)
		r = -ENOMEM;
	if (!r)
		r = load_connect(load, tls);
	if (!r)
		fputs("connected\n", stderr); /* for who waits for it */
	if (!r)
		r = load_loop(load);
	if (!r)
		load_print(load);
	for (long i = 0; load->conns && i < o->connections; i++)
		if (load->conns[i].session)
			load_conn_close(&load->conns[i]);
	latencies_fini(&load->latencies);
	free(load->callers);
	free(load->conns);
	SSL_CTX_free(tls);
	return r;
}

static int load_usage(void)
{
	fputs("usage: load --host IP --port N --ca FILE --certificate FILE --key FILE\n"
	      "            --member URN --unit HANDLE --to HANDLE\n"
	      "            [--callers N] [--connections N] [--seconds N] [--rate N]\n"
	      "            [--call send|health]\n",
		stderr);
	return 2;
}

/* Fills |o| from the command line; false where something is missing or wrong. */
static bool load_read_options(int argc, char **argv, struct load_options *o)
{
	enum {
		HOST,
		PORT,
		CA,
		CERTIFICATE,
		KEY,
		MEMBER,
		UNIT,
		TO,
		CALLERS,
		CONNECTIONS,
		SECONDS,
		RATE,
		CALL,
		VALUES
	};
	static const struct option names[] = {{"host", 1, NULL, HOST}, {"port", 1, NULL, PORT},
		{"ca", 1, NULL, CA}, {"certificate", 1, NULL, CERTIFICATE}, {"key", 1, NULL, KEY},
		{"member", 1, NULL, MEMBER}, {"unit", 1, NULL, UNIT}, {"to", 1, NULL, TO},
		{"callers", 1, NULL, CALLERS}, {"connections", 1, NULL, CONNECTIONS},
		{"seconds", 1, NULL, SECONDS}, {"rate", 1, NULL, RATE}, {"call", 1, NULL, CALL},
		{NULL, 0, NULL, 0}};
	const char *values[VALUES] = {[CALLERS] = "1",
		[CONNECTIONS] = "1",
		[SECONDS] = "1",
		[RATE] = "0",
		[CALL] = "send"};
	int name;

	while ((name = getopt_long(argc, argv, "", names, NULL)) >= 0 && name != '?')
		values[name] = optarg;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (!values[i])
			return false;
	*o = (struct load_options){
		.host = values[HOST],
		.port = values[PORT],
		.ca = values[CA],
		.certificate = values[CERTIFICATE],
		.key = values[KEY],
		.asks_health = strcmp(values[CALL], "health") == 0,
		.route = {values[UNIT], values[MEMBER], values[TO]},
		.callers = atol(values[CALLERS]),
		.connections = atol(values[CONNECTIONS]),
		.seconds = atol(values[SECONDS]),
		.rate = atol(values[RATE]),
	};
	return name != '?' && o->callers >= 1 && o->callers <= LOAD_CALLERS_MAX &&
	       o->connections >= 1 && o->connections <= o->callers && o->seconds >= 1 &&
	       o->rate >= 0;
}

int main(int argc, char **argv)
{
	struct load_options options;
	struct load load = {.options = &options};
	char reason[LOAD_REASON_BYTES];
	int r;

	if (!load_read_options(argc, argv, &options))
		return load_usage();
	r = load_run(&load);
	if (r) {
		fprintf(stderr, "load: %s\n", strerror_r(-r, reason, sizeof(reason)));
		return 1;
	}
	return load.failures ? 1 : 0;
}
