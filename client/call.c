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
static int call_line_failed(struct client *client, int failure, const struct net_detail *detail,
	struct call_outcome *outcome)
{
	int exit_code;

	if (failure == -ENOMEM)
		memory_need(NULL);
	client->channel = channel_close(client->channel);
	if (failure < 0)
		failure = NET_BROKEN;
	exit_code =
		client_problem(client, call_problem_of_failure((enum net_failure)failure), NULL);
	outcome->line_is_down = true;
	outcome->may_retry =
		exit_code == EXIT_TEMPORARY && failure != NET_NOT_GRPC && failure != NET_STOPPED;
	client->problem.detail = memory_string(&client->arena, detail->text);
	return exit_code;
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

/* ^C cancels a stream, then ends the program as ever; it is no matter of ours here. */
static int call_stream(struct client *client, struct channel_request *request,
	struct answer *ret_answer, struct net_detail *detail)
{
	struct cancel cancel;
	int r = cancel_begin(&cancel);

	if (r)
		return r;
	request->cancel = &cancel;
	r = channel_call(client->channel, request, &client->arena, ret_answer, detail);
	request->cancel = NULL;
	cancel_end(&cancel);
	return r;
}

/* A connection that was idle may have gone: that is found out here, and costs a try
 * like any other failure. */
int call_once(
	struct client *client, struct channel_request *request, struct call_outcome *ret_outcome)
{
	struct net_detail detail = {""};
	struct refusal refusal;
	struct answer answer;
	int exit_code;
	int r;

	*ret_outcome = (struct call_outcome){.retry_ms = -1};
	request->deadline_ns = clock_now_ns() + CALL_TRY_MS * CLOCK_NS_PER_MS;
	r = call_connect(client, request->deadline_ns, &detail);
	if (!r && request->patience_ns && !request->cancel)
		r = call_stream(client, request, &answer, &detail);
	else if (!r)
		r = channel_call(client->channel, request, &client->arena, &answer, &detail);
	if (r)
		return call_line_failed(client, r, &detail, ret_outcome);
	if (answer.status == GRPC_OK) {
		ret_outcome->reply = answer.reply;
		ret_outcome->is_decided = true;
		client->problem = (struct problem){0};
		return 0;
	}
	exit_code = refusal_describe(client, &answer, &refusal);
	ret_outcome->may_retry = refusal.may_retry;
	ret_outcome->retry_ms = refusal.retry_ms;
	ret_outcome->is_decided = refusal.is_decided;
	return exit_code;
}

/* Says that we are still there, once it takes long enough to wonder. */
static void call_tell(const struct client *client, unsigned tries)
{
	if (tries == CALL_NOTICE_TRIES && isatty(STDERR_FILENO))
		fprintf(stderr, _("No answer from %s yet; trying on ...\n"),
			client->profile->server);
}

bool call_pause(const struct client *client, unsigned tries, const struct call_outcome *outcome,
	int64_t deadline_ns)
{
	int64_t wish_ms = outcome->retry_ms;
	uint32_t chance = 0;
	int64_t pause_ns;
	struct timespec pause;

	call_tell(client, tries);
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

	for (unsigned tries = 1;; tries++) {
		int r = call_once(client, &attempt, ret_outcome);

		if (!ret_outcome->may_retry || !call_pause(client, tries, ret_outcome, deadline_ns))
			return r;
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
