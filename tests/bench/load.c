/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A load generator: N callers, each with one Send under way, over C connections,
 * for some seconds. Every message is a new one with a card and a body of the
 * usual size. Prints one line of JSON: sends, failures, seconds, and the
 * latencies' quantiles in microseconds.
 *
 * One thread and one poll loop: with both of a small machine's cores busy, what
 * the generator costs is taken from the servers.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "codec/grpc_frame.h"
#include "domain/uuid.h"
#include "load_conn.h"
#include "stafett/v1/message.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

#define LOAD_NS_PER_S	  INT64_C(1000000000)
#define LOAD_NS_PER_US	  1000
#define LOAD_NS_PER_MS	  1000000
#define LOAD_CARD_BYTES	  256
#define LOAD_BODY_BYTES	  1024
#define LOAD_MESSAGE_MAX  4096
#define LOAD_CALLERS_MAX  1024
#define LOAD_POLL_MS	  10000
#define LOAD_REASON_BYTES 200

/* What is asked for on the command line. */
struct load_options {
	const char *host, *port, *ca, *certificate, *key, *member, *unit, *to;
	long callers, connections, seconds;
};

struct load_caller {
	struct load_call call;
	struct load_conn *conn;
	struct load *load;
	int64_t began_ns;
	bool waiting; /* its call has ended and the next has not begun */
	uint8_t message[LOAD_MESSAGE_MAX];
};

struct load {
	const struct load_options *options;
	struct load_conn *conns;
	struct load_caller *callers;
	uint32_t *latencies_us; /* of the sends that were answered OK */
	size_t sends, room, failures, under_way;
	int64_t began_ns, end_ns;
	int first_failure; /* gRPC status, 0 when there was none */
};

static int64_t load_now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * LOAD_NS_PER_S + t.tv_nsec;
}

/* --- one message ---------------------------------------------------------- */

/* Packs the header of a new referral; gives its length. */
static size_t load_pack_header(const struct load_options *options, uint8_t *out)
{
	char id[UUID_TEXT_LEN + 1], date[11];
	char kind[] = "care-request", need[] = "alcohol", code[] = "need-of-care";
	int64_t now_ns = load_now_ns(CLOCK_REALTIME);
	time_t now_s = (time_t)(now_ns / LOAD_NS_PER_S);
	uint8_t random[10];
	struct uuid uuid;
	struct tm tm;
	char *to[] = {(char *)options->to}, *needs[] = {need};
	Stafett__V1__LegalBasis basis = STAFETT__V1__LEGAL_BASIS__INIT;
	Stafett__V1__SendAct act = STAFETT__V1__SEND_ACT__INIT;
	Stafett__V1__Header header = STAFETT__V1__HEADER__INIT;
	Google__Protobuf__Timestamp created = GOOGLE__PROTOBUF__TIMESTAMP__INIT;

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		abort();
	uuid = uuid_make(now_ns / LOAD_NS_PER_MS, random);
	uuid_format(&uuid, id);
	strftime(date, sizeof(date), "%Y-%m-%d", gmtime_r(&now_s, &tm));
	created.seconds = now_s;
	basis.code = code;
	act.kind = kind;
	act.n_needs = 1;
	act.needs = needs;
	act.help_request_date = date;
	act.legal_basis = &basis;
	header.id = id;
	header.from_unit = (char *)options->unit;
	header.from_member = (char *)options->member;
	header.n_to_units = 1;
	header.to_units = to;
	header.create_time = &created;
	header.act_case = STAFETT__V1__HEADER__ACT_SEND;
	header.send = &act;
	return stafett__v1__header__pack(&header, out);
}

/* A whole framed request in |out|; gives its length. */
static size_t load_pack_request(const struct load_options *options, uint8_t out[LOAD_MESSAGE_MAX])
{
	static uint8_t filler[LOAD_BODY_BYTES];
	uint8_t header[LOAD_MESSAGE_MAX / 2];
	char suite[] = "none";
	Stafett__V1__Part card, body;
	Stafett__V1__SendRequest request = STAFETT__V1__SEND_REQUEST__INIT;
	size_t n;

	stafett__v1__part__init(&card);
	stafett__v1__part__init(&body);
	card.content_case = body.content_case = STAFETT__V1__PART__CONTENT_DATA;
	card.data = (ProtobufCBinaryData){LOAD_CARD_BYTES, filler};
	body.data = (ProtobufCBinaryData){LOAD_BODY_BYTES, filler};
	request.header = (ProtobufCBinaryData){load_pack_header(options, header), header};
	request.card = &card;
	request.body = &body;
	request.suite = suite;
	n = stafett__v1__send_request__pack(&request, out + GRPC_FRAME_PREFIX_BYTES);
	grpc_frame_put_prefix(out, (uint32_t)n);
	return n + GRPC_FRAME_PREFIX_BYTES;
}

/* --- callers ---------------------------------------------------------------- */

static int load_caller_begin(struct load_caller *caller)
{
	struct load *load = caller->load;
	size_t n = load_pack_request(load->options, caller->message);

	caller->waiting = false;
	caller->call.message = bytes_of(caller->message, n);
	caller->began_ns = load_now_ns(CLOCK_MONOTONIC);
	load->under_way++;
	return load_conn_begin(caller->conn, &caller->call);
}

static void load_count(struct load *load, int64_t ns)
{
	if (load->sends == load->room) {
		load->room = load->room ? 2 * load->room : 65536;
		load->latencies_us =
			realloc(load->latencies_us, load->room * sizeof(*load->latencies_us));
		if (!load->latencies_us)
			abort();
	}
	load->latencies_us[load->sends++] = (uint32_t)(ns / LOAD_NS_PER_US);
}

static void load_on_ended(struct load_call *call, void *arg)
{
	struct load_caller *caller = container_of(call, struct load_caller, call);
	struct load *load = arg;

	caller->waiting = true;
	load->under_way--;
	if (call->status == 0) {
		load_count(load, load_now_ns(CLOCK_MONOTONIC) - caller->began_ns);
		return;
	}
	load->failures++;
	if (!load->first_failure)
		load->first_failure = call->status;
}

/* Everybody whose call has ended begins the next one, until the time is over. */
static int load_go_on(struct load *load)
{
	if (load_now_ns(CLOCK_MONOTONIC) >= load->end_ns)
		return 0;
	for (long i = 0; i < load->options->callers; i++) {
		int r = load->callers[i].waiting ? load_caller_begin(&load->callers[i]) : 0;

		if (r)
			return r;
	}
	return 0;
}

static int load_step_all(struct load *load)
{
	for (long i = 0; i < load->options->connections; i++) {
		int r = load_conn_step(&load->conns[i]);

		if (r)
			return r;
	}
	return 0;
}

/* Waits until some connection can go on. */
static int load_wait(struct load *load, struct pollfd *fds)
{
	long n = load->options->connections;

	for (long i = 0; i < n; i++) {
		short write = load_conn_wants_write(&load->conns[i]) ? POLLOUT : 0;

		fds[i] = (struct pollfd){.fd = load->conns[i].fd, .events = POLLIN | write};
	}
	if (poll(fds, (nfds_t)n, LOAD_POLL_MS) == 0)
		return -ETIMEDOUT;
	return 0;
}

static int load_loop(struct load *load)
{
	struct pollfd *fds = calloc((size_t)load->options->connections, sizeof(*fds));
	int r = fds ? 0 : -ENOMEM;

	load->began_ns = load_now_ns(CLOCK_MONOTONIC);
	load->end_ns = load->began_ns + load->options->seconds * LOAD_NS_PER_S;
	if (!r)
		r = load_go_on(load);
	while (!r && load->under_way > 0) {
		r = load_step_all(load);
		if (!r)
			r = load_go_on(load);
		if (!r)
			r = load_step_all(load);
		if (!r && load->under_way > 0)
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
		.path = "/stafett.v1.ReferralService/Send",
		.unit = o->unit,
		.tls = tls,
		.ended = load_on_ended,
		.arg = load,
	};

	for (long i = 0; i < o->connections; i++) {
		int r = load_conn_open(&load->conns[i], &params);

		if (r)
			return r;
	}
	for (long i = 0; i < o->callers; i++) {
		load->callers[i].load = load;
		load->callers[i].conn = &load->conns[i % o->connections];
		load->callers[i].waiting = true;
	}
	return 0;
}

static int load_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t load_quantile(const struct load *load, double q)
{
	return load->sends ? load->latencies_us[(size_t)(q * (double)(load->sends - 1))] : 0;
}

static void load_print(const struct load *load)
{
	int64_t ns = load_now_ns(CLOCK_MONOTONIC) - load->began_ns;

	qsort(load->latencies_us, load->sends, sizeof(*load->latencies_us), load_compare);
	printf("{\"sends\": %zu, \"failures\": %zu, \"first_failure\": %d, \"seconds\": %.3f, "
	       "\"p50_us\": %u, \"p99_us\": %u, \"p999_us\": %u}\n",
		load->sends, load->failures, load->first_failure, (double)ns / LOAD_NS_PER_S,
		load_quantile(load, 0.5), load_quantile(load, 0.99), load_quantile(load, 0.999));
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
		r = load_loop(load);
	if (!r)
		load_print(load);
	for (long i = 0; load->conns && i < o->connections; i++)
		if (load->conns[i].session)
			load_conn_close(&load->conns[i]);
	free(load->latencies_us);
	free(load->callers);
	free(load->conns);
	SSL_CTX_free(tls);
	return r;
}

static int load_usage(void)
{
	fputs("usage: load --host IP --port N --ca FILE --certificate FILE --key FILE\n"
	      "            --member URN --unit HANDLE --to HANDLE\n"
	      "            [--callers N] [--connections N] [--seconds N]\n",
		stderr);
	return 2;
}

/* Fills |o| from the command line; false where something is missing or wrong. */
static bool load_read_options(int argc, char **argv, struct load_options *o)
{
	const char *values[11] = {NULL};
	static const struct option names[] = {{"host", 1, NULL, 0}, {"port", 1, NULL, 1},
		{"ca", 1, NULL, 2}, {"certificate", 1, NULL, 3}, {"key", 1, NULL, 4},
		{"member", 1, NULL, 5}, {"unit", 1, NULL, 6}, {"to", 1, NULL, 7},
		{"callers", 1, NULL, 8}, {"connections", 1, NULL, 9}, {"seconds", 1, NULL, 10},
		{NULL, 0, NULL, 0}};
	int name;

	values[8] = values[9] = values[10] = "1";
	while ((name = getopt_long(argc, argv, "", names, NULL)) >= 0 && name != '?')
		values[name] = optarg;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (!values[i])
			return false;
	*o = (struct load_options){values[0], values[1], values[2], values[3], values[4], values[5],
		values[6], values[7], atol(values[8]), atol(values[9]), atol(values[10])};
	return name != '?' && o->callers >= 1 && o->callers <= LOAD_CALLERS_MAX &&
	       o->connections >= 1 && o->connections <= o->callers && o->seconds >= 1;
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
