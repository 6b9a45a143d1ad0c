/* SPDX-License-Identifier: Apache-2.0 */
/* Every answer is packed here. */
#include "service/answer.h"

#include <stdlib.h>

#include "codec/grpc_meta.h"
#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "stafett/v1/message.pb-c.h"
#include "store/present_values.h"

/* When to try again, where that may help: between half of this and half as much
 * again, so that those who were refused together do not come back together. */
enum { ANSWER_RETRY_MS = 500, ANSWER_MS_PER_S = 1000, ANSWER_NS_PER_MS = 1000000 };

enum { ANSWER_DETAILS = 3 };

/* A status being made, all of it in the call's arena. */
struct answer {
	struct arena *arena;
	Google__Protobuf__Any details[ANSWER_DETAILS];
	Google__Protobuf__Any *list[ANSWER_DETAILS];
	size_t n;
	int retry_ms; /* 0: trying again does not help */
};

static struct bytes pack(struct arena *arena, const ProtobufCMessage *message)
{
	size_t size = protobuf_c_message_get_packed_size(message);
	uint8_t *out = arena_alloc(arena, size ? size : 1);

	return bytes_of(out, out ? protobuf_c_message_pack(message, out) : 0);
}

void answer_message(struct call *call, const ProtobufCMessage *message)
{
	struct bytes packed = pack(call_arena(call), message);

	if (packed.data)
		call_reply(call, packed);
	else
		answer_refusal(call, REASON_SERVER_FAULT, NULL);
}

static void answer_add(struct answer *a, const ProtobufCMessage *message)
{
	Google__Protobuf__Any *any = &a->details[a->n];
	struct bytes packed = pack(a->arena, message);

	google__protobuf__any__init(any);
	any->type_url = arena_printf(a->arena, "type.googleapis.com/%s", message->descriptor->name);
	any->value.data = (uint8_t *)(uintptr_t)packed.data;
	any->value.len = packed.len;
	a->list[a->n++] = any;
}

/* Casts away const for protobuf-c, whose structs borrow texts that it never writes. */
static char *borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void add_error_info(struct answer *a, enum reason reason, const char *field)
{
	Google__Rpc__ErrorInfo info = GOOGLE__RPC__ERROR_INFO__INIT;
	Google__Rpc__ErrorInfo__MetadataEntry layer = GOOGLE__RPC__ERROR_INFO__METADATA_ENTRY__INIT;
	Google__Rpc__ErrorInfo__MetadataEntry at = GOOGLE__RPC__ERROR_INFO__METADATA_ENTRY__INIT;
	Google__Rpc__ErrorInfo__MetadataEntry *metadata[] = {&layer, &at};

	layer.key = borrow("layer");
	layer.value = borrow(reason_layer(reason));
	at.key = borrow("field");
	at.value = borrow(field);
	info.reason = borrow(reason_name(reason));
	info.domain = borrow("stafett");
	info.metadata = metadata;
	info.n_metadata = field ? 2 : 1;
	answer_add(a, &info.base);
}

static void add_bad_request(struct answer *a, enum reason reason, const char *field)
{
	Google__Rpc__BadRequest bad = GOOGLE__RPC__BAD_REQUEST__INIT;
	Google__Rpc__BadRequest__FieldViolation violation =
		GOOGLE__RPC__BAD_REQUEST__FIELD_VIOLATION__INIT;
	Google__Rpc__BadRequest__FieldViolation *violations[] = {&violation};

	violation.field = borrow(field);
	violation.description = borrow(reason_message(reason));
	bad.field_violations = violations;
	bad.n_field_violations = 1;
	answer_add(a, &bad.base);
}

static void add_precondition(struct answer *a, enum reason reason, const char *field)
{
	Google__Rpc__PreconditionFailure failure = GOOGLE__RPC__PRECONDITION_FAILURE__INIT;
	Google__Rpc__PreconditionFailure__Violation violation =
		GOOGLE__RPC__PRECONDITION_FAILURE__VIOLATION__INIT;
	Google__Rpc__PreconditionFailure__Violation *violations[] = {&violation};

	violation.type = borrow(reason_name(reason));
	violation.subject = borrow(field);
	violation.description = borrow(reason_message(reason));
	failure.violations = violations;
	failure.n_violations = 1;
	answer_add(a, &failure.base);
}

/* A time after which to try again. A call's id is as good as chance. */
static int answer_choose_retry_ms(const struct call *call)
{
	return ANSWER_RETRY_MS / 2 + (int)(strtoul(call_id(call) + 8, NULL, 16) % ANSWER_RETRY_MS);
}

/* The same for a refusal that is the server's own doing and may not last; else 0. */
static int answer_retry_ms(const struct call *call, enum reason reason)
{
	int status = reason_grpc_status(reason);
	bool is_ours = strcmp(reason_layer(reason), "server") == 0;

	if (status != GRPC_UNAVAILABLE && (status != GRPC_RESOURCE_EXHAUSTED || !is_ours))
		return 0;
	return answer_choose_retry_ms(call);
}

static void add_retry(struct answer *a)
{
	Google__Rpc__RetryInfo retry = GOOGLE__RPC__RETRY_INFO__INIT;
	Google__Protobuf__Duration delay = GOOGLE__PROTOBUF__DURATION__INIT;

	delay.seconds = a->retry_ms / ANSWER_MS_PER_S;
	delay.nanos = a->retry_ms % ANSWER_MS_PER_S * ANSWER_NS_PER_MS;
	retry.retry_delay = &delay;
	answer_add(a, &retry.base);
}

/* The standard detail that goes with the status. */
static void add_by_status(struct answer *a, enum reason reason, const char *field)
{
	int status = reason_grpc_status(reason);

	if (status == GRPC_INVALID_ARGUMENT && field)
		add_bad_request(a, reason, field);
	else if (status == GRPC_FAILED_PRECONDITION)
		add_precondition(a, reason, field);
	else if (a->retry_ms > 0)
		add_retry(a);
}

static void answer_end(struct call *call, struct answer *a, enum reason reason)
{
	Google__Rpc__Status status = GOOGLE__RPC__STATUS__INIT;
	int code = reason_grpc_status(reason);

	status.code = code;
	status.message = borrow(reason_message(reason));
	status.details = a->list;
	status.n_details = a->n;
	call_fail(call, &(struct call_status){
				.code = code,
				.message = reason_message(reason),
				.details = pack(a->arena, &status.base),
				.pushback_ms = a->retry_ms,
			});
}

static void answer_with(struct call *call, enum reason reason, const char *field, int retry_ms,
	Stafett__V1__Refusal *refusal)
{
	struct answer a = {.arena = call_arena(call), .retry_ms = retry_ms};

	refusal->reason = borrow(reason_name(reason));
	refusal->layer = borrow(reason_layer(reason));
	refusal->field = borrow(field);
	add_error_info(&a, reason, field);
	answer_add(&a, &refusal->base);
	add_by_status(&a, reason, field);
	answer_end(call, &a, reason);
}

void answer_refusal(struct call *call, enum reason reason, const char *field)
{
	Stafett__V1__Refusal refusal = STAFETT__V1__REFUSAL__INIT;

	answer_with(call, reason, field, answer_retry_ms(call, reason), &refusal);
}

void answer_later(struct call *call, enum reason reason, int64_t wait_ns)
{
	Stafett__V1__Refusal refusal = STAFETT__V1__REFUSAL__INIT;

	answer_with(call, reason, NULL,
		answer_choose_retry_ms(call) + (int)(wait_ns / ANSWER_NS_PER_MS), &refusal);
}

static Google__Protobuf__Timestamp *answer_time(struct arena *arena, int64_t us)
{
	return us ? present_time(arena, us) : NULL;
}

/* Who was quicker, what is open, what was promised: for those who may know. */
static void tell_standing(
	struct arena *arena, const struct standing *s, Stafett__V1__Refusal *refusal)
{
	char date[DATE_TEXT_LEN + 1];

	refusal->current_status = borrow(state_code(s->state));
	refusal->current_version = s->version;
	refusal->last_act = borrow(s->last_act);
	refusal->last_unit = borrow(s->last_unit);
	refusal->last_member_display_name = borrow(s->last_member);
	refusal->last_act_time = answer_time(arena, s->last_us);
	refusal->question_time = answer_time(arena, s->question_us);
	date_format(s->due_date, date);
	refusal->intervention_due_date = arena_copy(arena, bytes_of_string(date));
}

/* Of an act on the chain itself: how that stands. */
static void tell_chain(struct arena *arena, const struct standing *s, Stafett__V1__Refusal *refusal)
{
	char date[DATE_TEXT_LEN + 1];

	refusal->current_status = borrow(s->chain_open ? "open" : "closed");
	refusal->current_version = s->chain_version;
	date_format(s->due_date, date);
	refusal->intervention_due_date = arena_copy(arena, bytes_of_string(date));
}

/* Which bases would do instead, and when the consent ended. |bases| has room for all. */
static void tell_bases(
	struct arena *arena, const struct decision *d, Stafett__V1__Refusal *refusal, char **bases)
{
	char date[DATE_TEXT_LEN + 1];

	refusal->allowed_bases = bases;
	for (int basis = 0; basis < BASIS_COUNT; basis++)
		if (d->allowed_bases & MASK(basis))
			bases[refusal->n_allowed_bases++] = borrow(basis_code((enum basis)basis));
	if (!d->consent_end.year)
		return;
	date_format(d->consent_end, date);
	refusal->consent_end_date = arena_copy(arena, bytes_of_string(date));
}

void answer_decision(struct call *call, const struct decision *d, const struct standing *standing)
{
	Stafett__V1__Refusal refusal = STAFETT__V1__REFUSAL__INIT;
	char *acts[ACT_COUNT], *bases[BASIS_COUNT];

	if (d->chain_known)
		tell_chain(call_arena(call), standing, &refusal);
	else if (d->state_known)
		tell_standing(call_arena(call), standing, &refusal);
	refusal.allowed_acts = acts;
	for (int act = 0; act < ACT_COUNT; act++)
		if (d->allowed_acts & MASK(act))
			acts[refusal.n_allowed_acts++] = borrow(act_code((enum act)act));
	tell_bases(call_arena(call), d, &refusal, bases);
	if (d->alternative.len)
		refusal.alternative_unit = arena_copy(call_arena(call), d->alternative);
	answer_with(call, d->reason, d->field, answer_retry_ms(call, d->reason), &refusal);
}
