/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a call, see call.h. It is made when a stream begins and freed when
 * the stream has closed and the owner knows; it ends exactly once, in call_end.
 */
#include "net/call.h"

#include <assert.h>
#include <stdlib.h>

#include "codec/grpc_meta.h"
#include "net/call_internal.h"
#include "net/now.h"
#include "stafett/caps.h"

enum { CALL_GONE = -1 };

/* A bijection that scatters consecutive numbers (splitmix64): ids do not repeat
 * in a worker's life and tell nobody how many calls there are. */
static uint64_t call_scatter(uint64_t n)
{
	n *= UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ (n >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ (n >> 27)) * UINT64_C(0x94d049bb133111eb);
	return n ^ (n >> 31);
}

/* Writes |n| as sixteen hex digits. */
static void call_name(char *id, uint64_t n)
{
	for (int i = CALL_ID_CHARS - 2; i >= 0; i--, n >>= 4)
		id[i] = "0123456789abcdef"[n & 15];
	id[CALL_ID_CHARS - 1] = '\0';
}

struct call *call_new(struct h2 *h2, int32_t stream_id)
{
	struct call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->h2 = h2;
	call->stream_id = stream_id;
	call->begun_ns = h2->now_ns;
	call->deadline_ns = call->begun_ns + CAP_BODY_MS * NOW_NS_PER_MS;
	call->headers.timeout_ns = INT64_MAX;
	call_name(call->id, call_scatter(h2->host->next_call++));
	arena_init(&call->arena, CAP_ARENA_BYTES);
	grpc_frame_init(&call->frame, CAP_MESSAGE_BYTES);
	list_init(&call->chunks);
	list_init(&call->work);
	list_init(&call->unread);
	list_push(&h2->calls, &call->node);
	h2->n_calls++;
	call_put_to_work(call);
	if (++h2->host->calls > CAP_CALLS)
		call_put_off(call, "too many calls are under way");
	return call;
}

static void call_disarm(struct call *call)
{
	if (call->timer_made)
		event_del(&call->timer);
	call->timer_made = false;
}

static void call_free(struct call *call)
{
	struct h2 *h2 = call->h2;

	call_request_fini(call);
	call_reply_fini(call);
	assert(call->retained == 0 && call->unsent == 0);
	call_disarm(call);
	list_remove(&call->node);
	list_remove(&call->work);
	h2->lingering -= call->lingers;
	h2->n_calls--;
	h2->host->calls--;
	if (h2->n_calls == 0)
		h2->idle_ns = h2->now_ns;
	free(call);
}

void call_put_to_work(struct call *call)
{
	if (!list_is_empty(&call->work))
		return;
	list_push(&call->h2->work, &call->work);
}

void call_close_stream(struct call *call)
{
	call->closed = true;
	if (call->ended)
		call_free(call);
	else
		call_put_to_work(call);
}

bool call_retain(struct call *call, size_t bytes)
{
	struct h2 *h2 = call->h2;

	if (bytes > CAP_RETAINED_BYTES - h2->retained ||
		bytes > CAP_RETAINED_TOTAL_BYTES - h2->host->retained)
		return false;
	call->retained += bytes;
	h2->retained += bytes;
	h2->host->retained += bytes;
	return true;
}

void call_release(struct call *call, size_t bytes)
{
	assert(bytes <= call->retained);
	call->retained -= bytes;
	call->h2->retained -= bytes;
	call->h2->host->retained -= bytes;
}

bool call_retain_paced(struct call *call, size_t bytes)
{
	struct h2_host *host = call->h2->host;

	if (bytes > CAP_RETAINED_TOTAL_BYTES - host->retained)
		return false;
	host->retained += bytes;
	return true;
}

void call_release_paced(struct call *call, size_t bytes)
{
	call->h2->host->retained -= bytes;
}

/* The one end of a call. Only unsent output stays; the owner is not told. */
static void call_end(struct call *call, const struct call_status *status)
{
	const struct h2_host *host = call->h2->host;

	assert(!call->ended);
	call->ended = true;
	call_disarm(call);
	if (!call->closed) {
		if (!h2_is_waiting(call->h2))
			call->h2->moved_ns = now_ns();
		call->lingers = true;
		call->h2->lingering++;
		call_reply_end(call, status);
	}
	if (host->ended && call->begun && !call->refusal.http_status)
		host->ended(host->ended_arg, call, call->closed ? CALL_GONE : status->code);
	call_request_fini(call);
	arena_fini(&call->arena);
}

/* Ends the call against its owner's will: |gone| first. */
static void call_abort(struct call *call, const struct call_status *status)
{
	const struct call_router *router = call->h2->host->router;

	if (call->told && call->method->ops->gone)
		call->method->ops->gone(router->arg, call);
	call_reply_break(call, status->code);
	call_end(call, status);
}

void call_vanish(struct call *call)
{
	static const struct call_status cancelled = {.code = GRPC_CANCELLED};

	call->closed = true;
	if (!call->ended)
		call_abort(call, &cancelled);
	call_free(call);
}

void call_expel(struct call *call)
{
	struct call_status leaving = {
		.code = GRPC_UNAVAILABLE, .message = "the connection ends; go on with another"};
	struct call_later later;

	if (!call->begun || call->ended)
		return;
	call_say_later(call, REASON_DRAINING, &later, &leaving);
	call_abort(call, &leaving);
}

static void call_on_deadline(evutil_socket_t fd, short what, void *arg);

/* Sets the timer for the deadline. Most calls are over before they need one. */
static void call_arm(struct call *call, int64_t now)
{
	int64_t left_us = (call->deadline_ns - now) / 1000 + 1;
	struct timeval tv = {0};

	if (!call->timer_made) {
		event_assign(&call->timer, call->h2->host->base, -1, 0, call_on_deadline, call);
		call->timer_made = true;
	}
	if (call->deadline_ns == INT64_MAX) {
		event_del(&call->timer);
		return;
	}
	if (left_us > 0) {
		tv.tv_sec = left_us / 1000000;
		tv.tv_usec = left_us % 1000000;
	}
	event_add(&call->timer, &tv);
}

void call_set_patience(struct call *call, int64_t ms)
{
	int64_t now = now_ns();

	call->deadline_ns = call_request_within(call, now, ms);
	call_arm(call, now);
}

static void call_on_deadline(evutil_socket_t fd, short what, void *arg)
{
	static const struct call_status late = {
		.code = GRPC_DEADLINE_EXCEEDED, .message = "the deadline passed"};
	struct call *call = arg;
	struct h2 *h2 = call->h2;
	int64_t now = now_ns();

	if (now < call->deadline_ns) {
		call_arm(call, now); /* the loop counts from its last wake-up */
		return;
	}
	if (!list_is_empty(&call->unread))
		metrics_add(h2->host->metrics, METRIC_ATTACK_STALL, 1);
	if (call->begun)
		call_abort(call, &late);
	else /* a header list blocks every other call of the peer */
		h2_stop(h2, STOP_SLOW_HEADERS);
	h2->wake(h2->wake_arg);
}

/* Gives the owner what came and what it may do now. */
static void call_tell(struct call *call)
{
	const struct call_router *router = call->h2->host->router;

	if (call->begun && !call_is_refused(call))
		call_request_run(call);
	if (call->drained && !call->ended) {
		call->drained = false;
		if (call->method->ops->drained)
			call->method->ops->drained(router->arg, call);
	}
}

/* The engine refuses it: its owner, if it has one, hears that it is gone. */
static void call_turn_away(struct call *call)
{
	struct call_later later;
	struct call_status status = call_refusal_status(call, &later);

	call_abort(call, &status);
}

void call_run(struct call *call)
{
	if (call->closed) {
		call_vanish(call);
		return;
	}
	if (!call->ended)
		call_tell(call);
	if (call->ended)
		return;
	if (call->begun && call_is_refused(call))
		call_turn_away(call);
	else
		call_arm(call, call->h2->now_ns);
}

void call_pause(struct call *call)
{
	call->paused = true;
}

void call_resume(struct call *call)
{
	call->paused = false;
	call_put_to_work(call);
	call->h2->wake(call->h2->wake_arg);
}

/* The engine could not keep a message of the answer: it is not OK. */
static void call_finish_refused(struct call *call)
{
	struct call_later later;
	struct call_status status = call_refusal_status(call, &later);

	call_reply_break(call, status.code);
	call_end(call, &status);
}

void call_finish(struct call *call, const struct call_status *status)
{
	static const struct call_status ok = {.code = GRPC_OK};

	if (call_is_refused(call))
		call_finish_refused(call);
	else
		call_end(call, status ? status : &ok);
	call->h2->wake(call->h2->wake_arg);
}

void call_reply(struct call *call, struct bytes message)
{
	call_send(call, message);
	call_finish(call, NULL);
}

void call_fail(struct call *call, const struct call_status *status)
{
	assert(status && status->code != GRPC_OK);
	call_finish(call, status);
}

const struct call_method *call_method(const struct call *call)
{
	return call->method;
}

const struct peer *call_peer(const struct call *call)
{
	return call->h2->peer;
}

const char *call_id(const struct call *call)
{
	return call->id;
}

const char *call_metadata(const struct call *call, const char *name)
{
	for (const struct call_field *f = call->headers.fields; f; f = f->next) {
		if (strcmp(f->name, name) == 0)
			return f->value;
	}
	return NULL;
}

int64_t call_deadline_ns(const struct call *call)
{
	return call->deadline_ns;
}

struct arena *call_arena(struct call *call)
{
	return &call->arena;
}

void call_set_user(struct call *call, void *user)
{
	call->user = user;
}

void *call_user(const struct call *call)
{
	return call->user;
}
