/* SPDX-License-Identifier: Apache-2.0 */
/* From google.rpc.Status to a sentence: see the header. */
#include "client/refusal.h"

#include <time.h>

#include "client/memory.h"
#include "client/packing.h"
#include "client/screen/act.h"
#include "client/screen/event.h"
#include "client/screen/format.h"
#include "client/screen/term.h"
#include "codec/grpc_meta.h"
#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "stafett/v1/message.pb-c.h"

/* What is younger has no age that is worth telling. */
enum { REFUSAL_JUST_NOW_S = 60 };

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

/* Who was quicker, with what, and how long ago. */
static void refusal_set_first(struct client *client, const Stafett__V1__Refusal *refusal)
{
	int64_t us = format_us(refusal->last_act_time);
	int64_t now = (int64_t)time(NULL);
	const char *who = *refusal->last_member_display_name ? refusal->last_member_display_name
							     : refusal->last_unit;

	client_word(client, "who", *refusal->last_act ? who : "");
	client_word(client, "done", event_word(refusal->last_act));
	if (us && now - us / 1000000 >= REFUSAL_JUST_NOW_S)
		client_word(client, "span", format_span(&client->arena, now - us / 1000000));
}

/* The codes with commas between. */
static const char *refusal_join(struct client *client, char *const *codes, size_t count)
{
	const char *joined = "";

	for (size_t i = 0; i < count; i++)
		joined = memory_printf(&client->arena, "%s%s%s", joined, i ? ", " : "", codes[i]);
	return joined;
}

/* Makes the words of the refusal known before the sentence is filled. */
static void refusal_set_words(
	struct client *client, const struct answer *answer, const Stafett__V1__Refusal *refusal)
{
	int64_t asked_us;

	client_word(client, "detail", answer->message);
	if (!refusal)
		return;
	asked_us = format_us(refusal->question_time);
	client_word(client, "field", refusal->field);
	client_word(client, "status", term_word(client, refusal->current_status));
	client_word(client, "alternative", refusal->alternative_unit);
	client_word(client, "successor", refusal->alternative_unit);
	client_word(client, "ended",
		format_day_text(&client->arena, refusal->consent_end_date, client->today));
	client_word(client, "bases",
		refusal_join(client, refusal->allowed_bases, refusal->n_allowed_bases));
	client_word(client, "asked", format_moment(&client->arena, asked_us, client->today));
	refusal_set_first(client, refusal);
}

static bool refusal_allows(const Stafett__V1__Refusal *refusal, const char *act)
{
	for (size_t i = 0; i < refusal->n_allowed_acts; i++) {
		if (strcmp(refusal->allowed_acts[i], act) == 0)
			return true;
	}
	return false;
}

/* The wording that fits what the server told besides the reason. */
static enum problem_id refusal_problem(
	const struct client *client, enum reason reason, const Stafett__V1__Refusal *refusal)
{
	bool is_question =
		refusal && refusal->question_time && strcmp(refusal->field, "question") == 0;
	bool is_of_referral = *words_get(&client->words, "ref") != '\0';

	if (reason == REASON_ACT_NOT_POSSIBLE && is_question)
		return PROBLEM_QUESTION_IS_OPEN;
	if (reason == REASON_ROLE_REQUIRED && *words_get(&client->words, "desk"))
		return PROBLEM_NO_DESK;
	if (reason == REASON_HOME_PLAN_MISSING && refusal && !refusal_allows(refusal, "plan-home"))
		return PROBLEM_TREATMENT_NOT_BEGUN;
	if (reason == REASON_VERSION_CONFLICT && *words_get(&client->words, "who"))
		return PROBLEM_SOMEBODY_WAS_FIRST;
	if (reason == REASON_CONSENT_EXPIRED && is_of_referral)
		return PROBLEM_CONSENT_EXPIRED_HERE;
	/* Who is told nothing any more has no consent to ask for. */
	if (reason == REASON_CONSENT_MISSING && is_of_referral && refusal &&
		!refusal_allows(refusal, "consent"))
		return PROBLEM_CONSENT_NOT_OURS;
	if (reason == REASON_CONSENT_MISSING && is_of_referral)
		return PROBLEM_CONSENT_MISSING_HERE;
	if (reason == REASON_UNIT_CLOSED && *words_get(&client->words, "successor"))
		return PROBLEM_UNIT_REPLACED;
	return problem_of_reason(reason);
}

/* The wording for a status without a reason. */
static enum problem_id refusal_problem_of_status(int status)
{
	if (status == GRPC_UNIMPLEMENTED)
		return PROBLEM_METHOD_UNKNOWN;
	return refusal_exit_of_status(status) == EXIT_TEMPORARY ? PROBLEM_OTHER_TROUBLE
								: PROBLEM_OTHER_REFUSAL;
}

/* What waits for this unit comes before what it may always do. */
static void refusal_add_first(struct client *client, struct act_commands *commands,
	const Stafett__V1__Refusal *refusal, const char *ref)
{
	static const char *const waiting[] = {"confirm", "reply", "waive", "noted"};

	bool is_own = client->problem.id == PROBLEM_SECOND_MEMBER_REQUIRED;

	for (size_t i = is_own ? 1 : 0; i < ARRAY_SIZE(waiting); i++) {
		if (refusal_allows(refusal, waiting[i]))
			act_commands_add(client, commands, (char *const *)&waiting[i], 1, ref,
				act_contact_by(client, refusal->intervention_due_date));
	}
}

/* What may be done instead, but for what the problem itself tells to do. */
static void refusal_add_commands(struct client *client, const Stafett__V1__Refusal *refusal)
{
	struct act_commands commands = {0};
	struct problem *problem = &client->problem;
	const char *ref = words_get(&client->words, "ref");

	if (*ref)
		refusal_add_first(client, &commands, refusal, ref);
	for (size_t i = 0; *ref && i < refusal->n_allowed_acts; i++) {
		const char *act = refusal->allowed_acts[i];

		/* One question is open at a time: what is left is to take it back. */
		if (strcmp(act, "ask") == 0 && refusal->question_time)
			act = "unask";
		/* Nobody is the second member of what they proposed themselves. */
		if (strcmp(act, "confirm") == 0 && problem->id == PROBLEM_SECOND_MEMBER_REQUIRED)
			act = "drop";
		act_commands_add(client, &commands, (char *const *)&act, 1, ref,
			act_contact_by(client, refusal->intervention_due_date));
	}
	problem->commands = commands.list;
	for (size_t i = 0; i < commands.count; i++) {
		if (strcmp(commands.list[i], problem->command) != 0)
			commands.list[problem->n_commands++] = commands.list[i];
	}
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
	refusal_add_commands(client, refusal);
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
	enum problem_id id;

	refusal_set_words(client, answer, details.refusal);
	id = reason != REASON_NONE ? refusal_problem(client, reason, details.refusal)
				   : refusal_problem_of_status(answer->status);
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
