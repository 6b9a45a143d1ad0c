/* SPDX-License-Identifier: Apache-2.0 */
/* From google.rpc.Status to a sentence: see the header. */
#include "client/refusal.h"

#include "client/memory.h"
#include "client/packing.h"
#include "client/screen/term.h"
#include "codec/grpc_meta.h"
#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "stafett/v1/message.pb-c.h"

/* The details that we know, picked out of the status. NULL where there is none. */
struct refusal_details {
	const Google__Rpc__ErrorInfo *info;
	const Google__Rpc__RetryInfo *retry;
	const Stafett__V1__Refusal *refusal;
};

static void *refusal_unpack(struct arena *arena, const Google__Protobuf__Any *any,
	const ProtobufCMessageDescriptor *type)
{
	const char *name = strrchr(any->type_url, '/');

	if (!name || strcmp(name + 1, type->name) != 0)
		return NULL;
	return packing_unpack(arena, type, bytes_of(any->value.data, any->value.len));
}

static struct refusal_details refusal_read(struct arena *arena, const struct answer *answer)
{
	struct refusal_details details = {0};
	const Google__Rpc__Status *status =
		packing_unpack(arena, &google__rpc__status__descriptor, answer->details);

	for (size_t i = 0; status && i < status->n_details; i++) {
		const Google__Protobuf__Any *any = status->details[i];

		if (!details.info)
			details.info =
				refusal_unpack(arena, any, &google__rpc__error_info__descriptor);
		if (!details.retry)
			details.retry =
				refusal_unpack(arena, any, &google__rpc__retry_info__descriptor);
		if (!details.refusal)
			details.refusal =
				refusal_unpack(arena, any, &stafett__v1__refusal__descriptor);
	}
	return details;
}

/* Whether the status comes from the service itself, and not from something between
 * it and us. */
static bool refusal_is_of_service(const struct refusal_details *details)
{
	return details->info && strcmp(details->info->domain, "stafett") == 0;
}

static enum reason refusal_reason(const struct refusal_details *details)
{
	if (!refusal_is_of_service(details))
		return REASON_NONE;
	return reason_from_name(bytes_of_string(details->info->reason));
}

/* Whether a status without a reason that we know is an answer to the request, and
 * what it then is worth (https://google.aip.dev/193, by the code alone). */
static int refusal_exit_of_status(int status)
{
	switch (status) {
	case GRPC_INVALID_ARGUMENT:
	case GRPC_OUT_OF_RANGE:
	case GRPC_UNIMPLEMENTED:
		return EXIT_USAGE;
	case GRPC_FAILED_PRECONDITION:
	case GRPC_PERMISSION_DENIED:
		return EXIT_REFUSED;
	case GRPC_NOT_FOUND:
		return EXIT_NOT_FOUND;
	case GRPC_ABORTED:
	case GRPC_ALREADY_EXISTS:
		return EXIT_CONFLICT;
	case GRPC_UNAUTHENTICATED:
		return EXIT_SECURITY;
	default:
		return EXIT_TEMPORARY;
	}
}

static const char *refusal_join(struct client *client, char *const *acts, size_t count)
{
	const char *joined = "";

	for (size_t i = 0; i < count; i++)
		joined = memory_printf(&client->arena, "%s%s%s", joined, i ? ", " : "",
			term_word(client, acts[i]));
	return joined;
}

/* Makes the words of the refusal known before the sentence is filled. */
static void refusal_set_words(
	struct client *client, const struct answer *answer, const Stafett__V1__Refusal *refusal)
{
	client_word(client, "detail", answer->message);
	if (!refusal)
		return;
	client_word(client, "field", refusal->field);
	client_word(client, "status", term_word(client, refusal->current_status));
	client_word(client, "alternative", refusal->alternative_unit);
	client_word(client, "acts",
		refusal_join(client, refusal->allowed_acts, refusal->n_allowed_acts));
}

static void refusal_add_facts(
	struct client *client, const struct answer *answer, const Stafett__V1__Refusal *refusal)
{
	struct problem *problem = &client->problem;

	problem->status = grpc_status_name(answer->status);
	problem->call_id = answer->call_id;
	problem->detail = answer->message;
	if (!refusal)
		return;
	problem->current_status = refusal->current_status;
	problem->current_version = refusal->current_version;
	problem->allowed_acts = refusal->allowed_acts;
	problem->n_allowed_acts = refusal->n_allowed_acts;
}

static int64_t refusal_retry_ms(const struct answer *answer, const struct refusal_details *details)
{
	if (details->retry && details->retry->retry_delay)
		return details->retry->retry_delay->seconds * 1000 +
		       details->retry->retry_delay->nanos / 1000000;
	return answer->pushback_ms;
}

int refusal_describe(
	struct client *client, const struct answer *answer, struct refusal *ret_refusal)
{
	struct refusal_details details = refusal_read(&client->arena, answer);
	enum reason reason = refusal_reason(&details);
	int exit_code = reason != REASON_NONE ? reason_exit_code(reason)
					      : refusal_exit_of_status(answer->status);
	enum problem_id id = reason != REASON_NONE	   ? problem_of_reason(reason)
			     : exit_code == EXIT_TEMPORARY ? PROBLEM_OTHER_TROUBLE
							   : PROBLEM_OTHER_REFUSAL;

	refusal_set_words(client, answer, details.refusal);
	client_problem(client, id, NULL);
	refusal_add_facts(client, answer, details.refusal);
	client->problem.exit_code = exit_code;
	*ret_refusal = (struct refusal){
		/* Without an identity nothing was decided about the message. */
		.is_decided = refusal_is_of_service(&details) && exit_code != EXIT_TEMPORARY &&
			      answer->status != GRPC_UNAUTHENTICATED,
		.may_retry = exit_code == EXIT_TEMPORARY,
		.retry_ms = refusal_retry_ms(answer, &details),
	};
	return exit_code;
}
