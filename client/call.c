/* SPDX-License-Identifier: Apache-2.0 */
/* Tries, pauses and tries again: see the header. */
#include "client/call.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include "client/memory.h"
#include "client/net/backoff.h"
#include "client/net/clock.h"
#include "client/packing.h"
#include "client/refusal.h"
#include "client/text.h"
#include "codec/grpc_meta.h"
#include "stafett/caps.h"

enum { CALL_TRY_MS = CAP_DEADLINE_MS, CALL_NOTICE_TRIES = 3 };

/* What one try came to. */
struct call_try {
	int exit_code;
	bool may_retry;
	int64_t retry_ms; /* the server's wish; -1 for none */
};

static enum problem_id call_problem_of_failure(enum net_failure failure)
{
	static const enum problem_id problems[] = {
		[NET_NAME] = PROBLEM_LINE_NAME,
		[NET_UNREACHABLE] = PROBLEM_LINE_UNREACHABLE,
		[NET_TIMEOUT] = PROBLEM_LINE_TIMEOUT,
		[NET_FILES] = PROBLEM_LINE_FILES,
		[NET_UNTRUSTED] = PROBLEM_LINE_UNTRUSTED,
		[NET_WRONG_NAME] = PROBLEM_LINE_WRONG_NAME,
		[NET_REFUSED_US] = PROBLEM_LINE_REFUSED_US,
		[NET_NOT_GRPC] = PROBLEM_LINE_NOT_GRPC,
		[NET_BROKEN] = PROBLEM_LINE_BROKEN,
		[NET_PROTOCOL] = PROBLEM_LINE_PROTOCOL,
		[NET_STOPPED] = PROBLEM_LINE_PROTOCOL,
	};

	return problems[failure];
}

/* The line failed: a temporary failure may pass, one of trust does not. */
static struct call_try call_line_failed(
	struct client *client, int failure, const struct net_detail *detail)
{
	struct call_try try = {.retry_ms = -1};

	if (failure == -ENOMEM)
		memory_need(NULL);
	client->channel = channel_close(client->channel);
	if (failure < 0)
		failure = NET_BROKEN;
	try.exit_code =
		client_problem(client, call_problem_of_failure((enum net_failure)failure), NULL);
	try.may_retry = try.exit_code == EXIT_TEMPORARY && failure != NET_NOT_GRPC;
	client->problem.detail = memory_string(&client->arena, detail->text);
	return try;
}

static int call_connect(struct client *client, int64_t deadline_ns, struct net_detail *detail)
{
	const struct profile *profile = client->profile;

	if (client->channel && !channel_is_usable(client->channel))
		client->channel = channel_close(client->channel);
	if (client->channel)
		return 0;
	return channel_open(
		client->tls, profile->host, profile->port, deadline_ns, &client->channel, detail);
}

/* One try. A connection that was idle may have gone: that is found out here, and
 * costs a try like any other failure. */
static struct call_try call_once(
	struct client *client, struct channel_request *request, struct call_outcome *outcome)
{
	struct net_detail detail = {""};
	struct refusal refusal;
	struct answer answer;
	struct call_try try = {.retry_ms = -1};
	int r = call_connect(client, request->deadline_ns, &detail);

	if (!r)
		r = channel_call(client->channel, request, &client->arena, &answer, &detail);
	outcome->line_is_down = r != 0;
	if (r)
		return call_line_failed(client, r, &detail);
	if (answer.status == GRPC_OK) {
		outcome->reply = answer.reply;
		outcome->is_decided = true;
		return try;
	}
	try.exit_code = refusal_describe(client, &answer, &refusal);
	try.may_retry = refusal.may_retry;
	try.retry_ms = refusal.retry_ms;
	outcome->is_decided = refusal.is_decided;
	return try;
}

/* Says that we are still there, once it takes long enough to wonder. */
static void call_tell(const struct client *client, unsigned tries)
{
	if (tries == CALL_NOTICE_TRIES && isatty(STDERR_FILENO))
		fprintf(stderr, _("No answer from %s yet; trying on ...\n"),
			client->profile->server);
}

/* Pauses before the next try. False where the time would be up by then. */
static bool call_pause(unsigned tries, int64_t wish_ms, int64_t deadline_ns)
{
	uint32_t chance = 0;
	int64_t pause_ns;
	struct timespec pause;

	if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) < 0)
		chance = 0;
	pause_ns = wish_ms >= 0 ? wish_ms * CLOCK_NS_PER_MS : backoff_ns(tries, chance);
	if (clock_now_ns() + pause_ns >= deadline_ns)
		return false;
	pause.tv_sec = (time_t)(pause_ns / CLOCK_NS_PER_S);
	pause.tv_nsec = (long)(pause_ns % CLOCK_NS_PER_S);
	nanosleep(&pause, NULL);
	return true;
}

int call_bytes(struct client *client, const char *path, const char *unit, struct bytes request,
	int64_t deadline_ns, struct call_outcome *ret_outcome)
{
	struct channel_request attempt = {
		.path = path,
		.unit = unit,
		.message = request,
	};

	*ret_outcome = (struct call_outcome){0};
	for (unsigned tries = 1;; tries++) {
		struct call_try try;

		attempt.deadline_ns = clock_now_ns() + CALL_TRY_MS * CLOCK_NS_PER_MS;
		try = call_once(client, &attempt, ret_outcome);
		if (!try.exit_code)
			client->problem = (struct problem){0};
		if (!try.may_retry)
			return try.exit_code;
		call_tell(client, tries);
		if (!call_pause(tries, try.retry_ms, deadline_ns))
			return try.exit_code;
	}
}

/* Calls for the profile's unit and unpacks the reply. */
static int call_read(struct client *client, enum method method, const ProtobufCMessage *request,
	int64_t deadline_ns, const ProtobufCMessageDescriptor *type, void *ret_reply)
{
	struct call_outcome outcome;
	void *message;
	int r = call_bytes(client, method_path(method), client->profile->unit,
		packing_pack(&client->arena, request), deadline_ns, &outcome);

	if (r)
		return r;
	message = packing_unpack(&client->arena, type, outcome.reply);
	if (!message)
		return client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	memcpy(ret_reply, &message, sizeof(message));
	return 0;
}

int call_message(struct client *client, enum method method, const ProtobufCMessage *request,
	const ProtobufCMessageDescriptor *type, void *ret_reply)
{
	return call_read(
		client, method, request, clock_now_ns() + client->timeout_ns, type, ret_reply);
}

bool call_aside(struct client *client, enum method method, const ProtobufCMessage *request,
	const ProtobufCMessageDescriptor *type, void *ret_reply)
{
	struct problem problem = client->problem;
	struct words words = client->words;
	int r = call_read(client, method, request, 0, type, ret_reply);

	client->problem = problem;
	client->words = words;
	return r == 0;
}
