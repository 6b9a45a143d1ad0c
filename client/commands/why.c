/* SPDX-License-Identifier: Apache-2.0 */
/* stafett why REF: every deadline with its rule, its inputs and how it was counted. */
#include <stdio.h>
#include <time.h>

#include "client/call.h"
#include "client/client.h"
#include "client/compose.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/misdated.h"
#include "client/ref.h"
#include "client/screen/format.h"
#include "client/screen/heartbeat.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/row.h"
#include "client/screen/rule.h"
#include "client/screen/safe_text.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "client/when.h"
#include "stafett/v1/clock_service.pb-c.h"

static void why_print_rule(struct client *client, const Stafett__V1__Deadline *deadline)
{
	const Stafett__V1__DeadlineRule *rule = deadline->rule;
	struct arena *arena = &client->arena;
	struct words words = {0};

	words_set(&words, "name", rule->name);
	words_set(&words, "version", memory_printf(arena, "%d", rule->version));
	words_set(&words, "since",
		format_moment(arena, format_us(rule->valid_from_time), client->today));
	words_set(&words, "source", rule_source(rule->source));
	rule_print_fact(client, _("rule"),
		words_fill(arena, _("{name} v{version}[, valid from {since}], {source}"), &words));
	words_set(&words, "anchor", term_word(client, rule->anchor));
	words_set(&words, "when",
		*deadline->anchor_date
			? format_day_text(arena, deadline->anchor_date, client->today)
			: format_moment(arena, format_us(deadline->anchor_time), client->today));
	rule_print_fact(client, _("from"), words_fill(arena, "{anchor} {when}", &words));
	rule_print_fact(
		client, _("how"), rule_how(client, rule->unit, rule->amount, rule->cut_off));
	rule_print_fact(client, _("told"), rule_told(client, rule->steps));
}

/* Whether the day of the person's clock has passed before help came. */
static bool why_is_broken(const struct client *client, const Stafett__V1__Deadline *deadline)
{
	const char *end = deadline->stop_date;
	char today[DATE_TEXT_LEN + 1];

	date_format(client->today, today);
	return *deadline->due_date && strcmp(deadline->due_date, *end ? end : today) < 0;
}

/* What the deadline is for, in words. */
static const char *why_act(struct client *client, const Stafett__V1__Deadline *deadline,
	const Stafett__V1__Referral *referral)
{
	bool is_next = referral && strcmp(referral->next_act, deadline->what) == 0;

	return is_next && row_is_unshared(referral) ? row_act(client, referral)
						    : term_next(client, deadline->what);
}

static void why_print_deadline(struct client *client, const Stafett__V1__Deadline *deadline,
	const Stafett__V1__Referral *referral)
{
	struct arena *arena = &client->arena;
	int64_t due_us = format_us(deadline->due_time);
	bool is_help = strcmp(deadline->what, "help") == 0;
	bool is_late = is_help ? why_is_broken(client, deadline) : row_is_late(client, due_us);
	struct words words = {0};

	words_set(&words, "act", why_act(client, deadline, referral));
	words_set(&words, "unit", *deadline->actor ? directory_name(client, deadline->actor) : "");
	words_set(&words, "due",
		is_help ? format_day_text(arena, deadline->due_date, client->today)
			: format_moment(arena, due_us, client->today));
	if (is_late)
		lines_begin_alarm(stdout);
	lines_print(stdout, is_late ? "! " : "", "  ",
		words_fill(arena, is_help ? _("Help due {due}") : _("{unit}: {act}[ by {due}]"),
			&words));
	if (is_late)
		lines_end_alarm(stdout);
	if (deadline->rule)
		why_print_rule(client, deadline);
	rule_print_fact(
		client, _("stopped"), format_day_text(arena, deadline->stop_date, client->today));
}

/* The time of --as-of, or none. */
static int why_read_time(struct client *client, const char *text, int64_t *ret_us)
{
	enum when_result result;

	*ret_us = 0;
	if (!text)
		return 0;
	result = when_time(bytes_of_string(text), client->today, WHEN_BEHIND, ret_us);
	if (result == WHEN_OK)
		return 0;
	return misdated(client, result, true, text, "as-of");
}

static int why_read(struct client *client, const char *typed, int64_t as_of_us,
	Stafett__V1__WhyResponse **ret_why)
{
	Stafett__V1__WhyRequest request = STAFETT__V1__WHY_REQUEST__INIT;
	const char *name;
	int r = ref_resolve(client, typed, REF_FOR_READING, &name);

	if (r)
		return r;
	request.id = (char *)name;
	if (as_of_us)
		request.as_of_time = compose_time(client, as_of_us);
	return call_message(
		client, METHOD_why, &request.base, &stafett__v1__why_response__descriptor, ret_why);
}

/* The referral, where what is next in it may be refused now; NULL else. */
static const Stafett__V1__Referral *why_referral(
	struct client *client, const char *typed, const Stafett__V1__WhyResponse *why)
{
	const Stafett__V1__GetResponse *seen;
	const char *name;
	bool may_be_stopped = false;

	for (size_t i = 0; i < why->n_deadlines; i++)
		may_be_stopped |= strcmp(why->deadlines[i]->what, "accept") == 0 ||
				  strcmp(why->deadlines[i]->what, "amend") == 0;
	if (!may_be_stopped || ref_resolve(client, typed, REF_FOR_READING, &name) ||
		!ref_look(client, name, &seen))
		return NULL;
	return seen->referral;
}

int command_why(struct client *client, const struct arguments *arguments)
{
	const Stafett__V1__Referral *referral = NULL;
	Stafett__V1__WhyResponse *why;
	int64_t as_of_us;
	int r = arguments_count(client, arguments, 1, 1, _("which referral, like 7K3M"));

	if (!r)
		r = why_read_time(client, arguments_get(arguments, OPTION_why_as_of), &as_of_us);
	if (!r)
		r = client_open(client);
	if (!r)
		r = why_read(client, arguments->rest[0], as_of_us, &why);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &why->base);
	heartbeat_take_time(client, why->heartbeat);
	if (!as_of_us)
		referral = why_referral(client, arguments->rest[0], why);
	for (size_t i = 0; i < why->n_deadlines; i++)
		why_print_deadline(client, why->deadlines[i], referral);
	output_next(client, "show %s", arguments->rest[0]);
	return 0;
}
