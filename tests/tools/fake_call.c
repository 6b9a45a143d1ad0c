/* SPDX-License-Identifier: Apache-2.0 */
/* See fake_call.h. */
#include "fake_call.h"

#include <assert.h>

#include "stafett/caps.h"

void fake_call_init(struct call *call, const struct call_method *method)
{
	*call = (struct call){.method = method};
	arena_init(&call->arena, CAP_ARENA_BYTES);
}

void fake_call_fini(struct call *call)
{
	arena_fini(&call->arena);
}

void fake_call_say(struct call *call, struct bytes message)
{
	call->method->ops->message(NULL, call, message);
}

void fake_call_half_close(struct call *call)
{
	call->method->ops->half_close(NULL, call);
}

void fake_call_leave(struct call *call)
{
	assert(!call->ended);
	if (call->method->ops->gone)
		call->method->ops->gone(NULL, call);
	call->ended = true;
}

const struct call_method *call_method(const struct call *call)
{
	return call->method;
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

void call_send(struct call *call, struct bytes message)
{
	assert(!call->ended && call->n_sent < FAKE_CALL_SENT_MAX);
	call->sent[call->n_sent++] = bytes_of(arena_copy(&call->arena, message), message.len);
}

void call_finish(struct call *call, const struct call_status *status)
{
	assert(!call->ended);
	call->ended = true;
	call->code = status ? status->code : 0;
	call->message = status ? status->message : NULL;
}

void call_reply(struct call *call, struct bytes message)
{
	call_send(call, message);
	call_finish(call, NULL);
}

void call_fail(struct call *call, const struct call_status *status)
{
	assert(status);
	call_finish(call, status);
}
