/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a caller: see the header. */
#include "caller.h"

#include <poll.h>

#include "client/memory.h"
#include "client/net/clock.h"
#include "codec/grpc_meta.h"
#include "domain/reason.h"
#include "record.h"
#include "stafett/caps.h"

enum {
	CALLER_PAUSE_FIRST_MS = 10,
	CALLER_PAUSE_LAST_MS = 250,
	CALLER_CONNECT_MS = 10000,
	CALLER_GIVE_UP_MS = 180000,
	CALLER_SMALL = 1024, /* most bodies are of this size, some of the other */
	CALLER_LARGE = 32768,
	CALLER_LARGE_ONE_IN = 50,
	CALLER_TELL_EVERY = 20,
};

enum outcome {
	OUTCOME_DONE,
	OUTCOME_REFUSED, /* for good */
	OUTCOME_LATER,	 /* refused for now */
	OUTCOME_UNKNOWN,
};

static uint64_t caller_draw(struct caller *caller)
{
	/* splitmix64 */
	uint64_t z = caller->chance += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* --- one try ----------------------------------------------------------------------- */

/* Reasons that say themselves that nothing was begun and that it may go again. */
static bool caller_is_put_off(const struct answer *answer)
{
	static const enum reason reasons[] = {
		REASON_DATABASE_AWAY, REASON_OVERLOADED, REASON_RATE_EXCEEDED, REASON_DRAINING};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (strcmp(answer->message, reason_message(reasons[i])) == 0)
			return true;
	return false;
}

static enum outcome caller_judge(const struct answer *answer)
{
	switch (answer->status) {
	case GRPC_OK:
		return OUTCOME_DONE;
	case GRPC_INVALID_ARGUMENT:
	case GRPC_NOT_FOUND:
	case GRPC_ALREADY_EXISTS:
	case GRPC_PERMISSION_DENIED:
	case GRPC_FAILED_PRECONDITION:
	case GRPC_ABORTED:
	case GRPC_UNIMPLEMENTED:
	case GRPC_UNAUTHENTICATED:
		return OUTCOME_REFUSED;
	default:
		return caller_is_put_off(answer) ? OUTCOME_LATER : OUTCOME_UNKNOWN;
	}
}

static int caller_connect(struct caller *caller, struct net_detail *detail)
{
	struct run *run = caller->run;

	if (caller->channel && !channel_is_usable(caller->channel))
		caller->channel = channel_close(caller->channel);
	if (caller->channel)
		return 0;
	return channel_open(run->tls[caller->actor], "localhost", run->servers[caller->server],
		clock_now_ns() + CALLER_CONNECT_MS * CLOCK_NS_PER_MS, &caller->channel, detail);
}

/* Sends once. |ret_why| says in a few words what it was, if not done. */
static enum outcome caller_try(struct caller *caller, const struct request *request,
	struct answer *ret_answer, const char **ret_why)
{
	struct run *run = caller->run;
	struct net_detail detail = {""};
	const struct channel_request call = {
		.path = request->path,
		.unit = run->actors[caller->actor].unit,
		.message = request->message,
		.deadline_ns = clock_now_ns() + run->deadline_ms * CLOCK_NS_PER_MS,
	};
	int r = caller_connect(caller, &detail);
	bool sent = !r;

	if (!r)
		r = channel_call(caller->channel, &call, &caller->arena, ret_answer, &detail);
	if (!r) {
		*ret_why = ret_answer->message;
		return caller_judge(ret_answer);
	}
	*ret_why = sent ? "the line broke" : "no line";
	caller->channel = channel_close(caller->channel);
	return sent ? OUTCOME_UNKNOWN : OUTCOME_LATER;
}

/* A little longer each time; part of it is chance. */
static void caller_pause(struct caller *caller, int tries)
{
	int ms = CALLER_PAUSE_FIRST_MS << (tries < 5 ? tries : 5);

	if (ms > CALLER_PAUSE_LAST_MS)
		ms = CALLER_PAUSE_LAST_MS;
	(void)poll(NULL, 0, ms / 2 + (int)(caller_draw(caller) % (unsigned)(ms / 2)));
}

/* Sends until it is known what became of it; true when it was done. */
static bool caller_insist(
	struct caller *caller, const struct request *request, struct answer *ret_answer)
{
	static const char *const events[] = {"ok", "fail", "later", "unknown"};
	struct run *run = caller->run;
	int64_t end_ns = clock_now_ns() + CALLER_GIVE_UP_MS * CLOCK_NS_PER_MS;
	const char *why;

	for (int tries = 0;; tries++) {
		enum outcome outcome = caller_try(caller, request, ret_answer, &why);

		if (outcome == OUTCOME_DONE)
			return true;
		record_not_done(run->history, run->actors[caller->actor].unit, request,
			events[outcome], why);
		if (outcome == OUTCOME_REFUSED)
			return false;
		if (clock_now_ns() > end_ns) {
			atomic_fetch_add(&run->unresolved, 1);
			return false;
		}
		caller->server = (caller->server + 1) % run->n_servers;
		if (run->n_servers > 1)
			caller->channel = channel_close(caller->channel);
		caller_pause(caller, tries);
	}
}

/* --- tasks --------------------------------------------------------------------------- */

static void caller_remember(struct caller *caller, const struct request *request)
{
	arena_fini(&caller->memory);
	caller->last = *request;
	caller->last.message =
		bytes_of(memory_copy(&caller->memory, request->message), request->message.len);
}

/* Progress, for whoever drives the run: a line "answered N" now and then. */
static void caller_tell(struct run *run)
{
	long n = atomic_fetch_add(&run->answered, 1) + 1;

	if (n % CALLER_TELL_EVERY == 0) {
		printf("answered %ld\n", n);
		fflush(stdout);
	}
	if (run->operations && n >= run->operations)
		atomic_store(&run->over, true);
}

static bool caller_write(struct caller *caller, const struct request *request)
{
	struct run *run = caller->run;
	const char *unit = run->actors[caller->actor].unit;
	struct answer answer;

	record_invoke(run->history, unit, request);
	if (!caller_insist(caller, request, &answer))
		return false;
	record_done(run->history, unit, request,
		request_receipt(&caller->arena, request, answer.reply));
	caller_tell(run);
	return true;
}

static void caller_read(struct caller *caller, const struct request *request)
{
	struct run *run = caller->run;
	const char *unit = run->actors[caller->actor].unit, *referrals;
	struct answer answer;

	if (!caller_insist(caller, request, &answer))
		return;
	referrals = request_referrals(&caller->arena, request, answer.reply);
	record_read(run->history, unit, request, referrals ? referrals : "\"unreadable\"");
}

static size_t caller_body_size(struct caller *caller)
{
	return caller_draw(caller) % CALLER_LARGE_ONE_IN ? CALLER_SMALL : CALLER_LARGE;
}

static struct request caller_request(struct caller *caller, const struct task *task)
{
	struct run *run = caller->run;
	const struct actor *actor = &run->actors[caller->actor];
	struct arena *arena = &caller->arena;

	switch (task->kind) {
	case TASK_OPEN:
		return request_send(
			arena, actor, run->actors[task->to].unit, NULL, caller_body_size(caller));
	case TASK_ADD:
		return request_send(arena, actor, run->actors[task->to].unit, &task->known.chain,
			caller_body_size(caller));
	case TASK_ACKNOWLEDGE:
		return request_acknowledge(arena, actor, &task->known);
	case TASK_ACCEPT:
		return request_accept(arena, actor, &task->known);
	case TASK_GET:
	case TASK_PEEK:
		return request_get(arena, &task->known);
	case TASK_INBOX:
		return request_inbox(arena);
	case TASK_AGAIN:
		if (caller->last.path)
			return caller->last;
		break;
	case TASK_LIST:
		break;
	}
	return request_list(arena);
}

static void caller_do(struct caller *caller, const struct task *task)
{
	struct table *table = caller->run->table;
	struct request request = caller_request(caller, task);
	bool done = false;

	if (request.is_write)
		done = caller_write(caller, &request);
	else
		caller_read(caller, &request);
	table_settle(table, caller->actor, task, done ? &request : NULL);
	if (done && task->kind != TASK_AGAIN)
		caller_remember(caller, &request);
}

void caller_work(struct caller *caller)
{
	arena_init(&caller->arena, CAP_ARENA_BYTES);
	arena_init(&caller->memory, CAP_ARENA_BYTES);
	while (!atomic_load(&caller->run->over)) {
		struct task task =
			table_take(caller->run->table, caller->actor, caller_draw(caller));

		caller_do(caller, &task);
		arena_fini(&caller->arena);
	}
	arena_fini(&caller->memory);
	caller->channel = channel_close(caller->channel);
}
