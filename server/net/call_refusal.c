/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine itself refuses, and how that is told. Where another try may help,
 * the status says so as the services' own refusals do: ErrorInfo with a reason of the
 * table, RetryInfo, and grpc-retry-pushback-ms for those who read no details.
 */
#include <stdlib.h>

#include "codec/grpc_meta.h"
#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "net/call_internal.h"

/* When to try again: between half of this and half as much again, so that those who
 * were refused together do not come back together. */
enum { CALL_RETRY_MS = 500, CALL_NS_PER_MS = 1000000 };

enum { CALL_ANY_BYTES = 128 };

/* A google.protobuf.Any being made; texts are borrowed. */
struct call_detail {
	Google__Protobuf__Any any;
	uint8_t packed[CALL_ANY_BYTES];
};

bool call_is_refused(const struct call *call)
{
	return call->refusal.code != GRPC_OK || call->refusal.http_status;
}

void call_blame(struct call *call, enum call_blame blame)
{
	struct h2 *h2 = call->h2;

	if (!guard_take_bad_call(&h2->guard, blame, call->frame.filled, h2->now_ns))
		h2_stop(h2, STOP_BAD_CALLS);
}

void call_refuse(struct call *call, int code, const char *text)
{
	if (!call_is_refused(call)) {
		call->refusal = (struct call_refusal){.code = code, .text = text};
		if (code != GRPC_DEADLINE_EXCEEDED)
			call_blame(call, CALL_NO_GOOD);
	}
	call_put_to_work(call);
}

void call_put_off(struct call *call, const char *text)
{
	if (!call_is_refused(call))
		call->refusal = (struct call_refusal){
			.code = GRPC_RESOURCE_EXHAUSTED, .text = text, .reason = REASON_OVERLOADED};
	call_put_to_work(call);
}

/* Casts away const for protobuf-c, whose structs borrow texts that it never writes. */
static char *call_borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void call_pack_detail(
	struct call_detail *detail, const char *type_url, const ProtobufCMessage *message)
{
	google__protobuf__any__init(&detail->any);
	detail->any.type_url = call_borrow(type_url);
	detail->any.value.data = detail->packed;
	if (protobuf_c_message_get_packed_size(message) <= sizeof(detail->packed))
		detail->any.value.len = protobuf_c_message_pack(message, detail->packed);
}

static void call_tell_reason(struct call_detail *detail, enum reason reason)
{
	Google__Rpc__ErrorInfo info = GOOGLE__RPC__ERROR_INFO__INIT;
	Google__Rpc__ErrorInfo__MetadataEntry layer = GOOGLE__RPC__ERROR_INFO__METADATA_ENTRY__INIT;
	Google__Rpc__ErrorInfo__MetadataEntry *metadata[] = {&layer};

	layer.key = call_borrow("layer");
	layer.value = call_borrow(reason_layer(reason));
	info.reason = call_borrow(reason_name(reason));
	info.domain = call_borrow("stafett");
	info.metadata = metadata;
	info.n_metadata = ARRAY_SIZE(metadata);
	call_pack_detail(detail, "type.googleapis.com/google.rpc.ErrorInfo", &info.base);
}

static void call_tell_retry(struct call_detail *detail, int64_t retry_ms)
{
	Google__Rpc__RetryInfo retry = GOOGLE__RPC__RETRY_INFO__INIT;
	Google__Protobuf__Duration delay = GOOGLE__PROTOBUF__DURATION__INIT;

	delay.nanos = (int32_t)(retry_ms * CALL_NS_PER_MS);
	retry.retry_delay = &delay;
	call_pack_detail(detail, "type.googleapis.com/google.rpc.RetryInfo", &retry.base);
}

void call_say_later(const struct call *call, enum reason reason, struct call_later *later,
	struct call_status *status)
{
	Google__Rpc__Status told = GOOGLE__RPC__STATUS__INIT;
	struct call_detail info, retry;
	Google__Protobuf__Any *details[] = {&info.any, &retry.any};

	/* A call's id is as good as chance. */
	status->pushback_ms =
		CALL_RETRY_MS / 2 + (int64_t)(strtoul(call->id + 8, NULL, 16) % CALL_RETRY_MS);
	call_tell_reason(&info, reason);
	call_tell_retry(&retry, status->pushback_ms);
	told.code = status->code;
	told.message = call_borrow(status->message);
	told.details = details;
	told.n_details = ARRAY_SIZE(details);
	if (google__rpc__status__get_packed_size(&told) <= sizeof(later->details))
		status->details =
			bytes_of(later->details, google__rpc__status__pack(&told, later->details));
}

struct call_status call_refusal_status(const struct call *call, struct call_later *later)
{
	struct call_status status = {.code = call->refusal.code, .message = call->refusal.text};

	if (call->refusal.reason)
		call_say_later(call, call->refusal.reason, later, &status);
	return status;
}
