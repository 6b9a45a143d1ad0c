/* SPDX-License-Identifier: Apache-2.0 */
/* stafett audit log: who did and read what, the newest first. */
#include <stdio.h>

#include "base/suggest.h"
#include "client/call.h"
#include "client/commands/audit.h"
#include "client/compose.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/misdated.h"
#include "client/ref.h"
#include "client/screen/audit.h"
#include "client/screen/format.h"
#include "client/screen/output.h"
#include "client/text.h"
#include "client/when.h"
#include "domain/leaf.h"
#include "domain/words.h"
#include "stafett/caps.h"

enum { AUDIT_ROWS = 25, AUDIT_ROWS_MOST = 10000 };

/* A day is meant from its beginning, or to its end; a time is itself. */
static int audit_read_time(struct client *client, const char *text, const char *field, bool is_end,
	Google__Protobuf__Timestamp **ret_time)
{
	enum when_result result;
	struct date date;
	int64_t us;

	if (when_time(bytes_of_string(text), client->today, WHEN_BEHIND, &us) == WHEN_OK) {
		*ret_time = compose_time(client, us);
		return 0;
	}
	result = when_date(bytes_of_string(text), client->today, WHEN_BEHIND, &date);
	if (result != WHEN_OK)
		return misdated(client, result, false, text, field);
	if (!is_end && date_compare(date, client->today) > 0)
		return client_problem(client, PROBLEM_DAY_AHEAD, "value", text, "day",
			format_day(&client->arena, date, client->today), NULL);
	if (is_end)
		date = date_from_days(date_to_days(date) + 1);
	*ret_time = compose_time(client, calendar_at(date, (struct clock_time){0}));
	return 0;
}

/* "petra.svensson" is a member of the own organisation. */
static char *audit_member(struct client *client, const char *typed)
{
	static const char mark[] = ":member:";
	const char *own = strstr(client->member, mark);

	if (strncmp(typed, "urn:", 4) == 0 || !own)
		return memory_string(&client->arena, typed);
	return memory_printf(&client->arena, "%.*s%s",
		(int)((size_t)(own - client->member) + sizeof(mark) - 1), client->member, typed);
}

/* What people call the three letters. */
static const char *audit_letter(const char *typed)
{
	static const char *const words[][2] = {{"create", "C"}, {"read", "R"}, {"change", "U"}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i][0], typed) == 0)
			return words[i][1];
	return typed;
}

static int audit_read_action(struct client *client, const char *typed, char **ret_action)
{
	const char *action = audit_letter(typed);
	const struct leaf_word *word;
	struct suggest nearest;

	suggest_begin(&nearest, typed);
	for (size_t i = 0; (word = leaf_word_at(i)); i++) {
		if (strcmp(word->code, action) == 0 || (word->action == action[0] && !action[1]))
			goto known;
		suggest_offer(&nearest, word->code);
	}
	if (act_from_code(bytes_of_string(action)) >= 0)
		goto known;
	for (int act = 0; act < ACT_COUNT; act++)
		suggest_offer(&nearest, act_code((enum act)act));
	return client_problem(
		client, PROBLEM_ACTION_UNKNOWN, "value", typed, "near", nearest.best, NULL);
known:
	*ret_action = (char *)action;
	return 0;
}

static int audit_read_outcome(struct client *client, const char *typed, char **ret_outcome)
{
	if (leaf_outcome_from_code(bytes_of_string(typed)) < 0)
		return client_problem(client, PROBLEM_OUTCOME_UNKNOWN_WORD, "value", typed, NULL);
	*ret_outcome = (char *)typed;
	return 0;
}

/* The options that need no profile. */
static int audit_read_options(struct client *client, const struct arguments *arguments,
	Stafett__V1__AuditServiceListRequest *request)
{
	const char *since = arguments_get(arguments, OPTION_audit_since);
	const char *until = arguments_get(arguments, OPTION_audit_until);
	const char *unit = arguments_get(arguments, OPTION_audit_unit);
	const char *action = arguments_get(arguments, OPTION_audit_action);
	const char *outcome = arguments_get(arguments, OPTION_audit_outcome);
	const char *page = arguments_get(arguments, OPTION_audit_page);
	int r = 0;

	if (since)
		r = audit_read_time(client, since, "since", false, &request->since_time);
	if (!r && until)
		r = audit_read_time(client, until, "until", true, &request->until_time);
	if (!r && unit && !identity_is_handle(bytes_of_string(unit)))
		r = client_problem(client, PROBLEM_UNIT_NAME_INVALID, "value", unit, NULL);
	if (!r && action)
		r = audit_read_action(client, action, &request->action);
	if (!r && outcome)
		r = audit_read_outcome(client, outcome, &request->outcome);
	if (unit)
		request->unit = (char *)unit;
	if (page)
		request->page_token = (char *)page;
	request->whole_chain = arguments_has(arguments, OPTION_audit_chain);
	return r;
}

/* Each organisation has a log of its own. */
static int audit_check_unit(struct client *client, const char *unit)
{
	const char *own = client->profile->unit;
	size_t half = strcspn(own, "/") + 1;
	int r = directory_check(client, unit);

	if (!r && *unit && strncmp(unit, own, half) != 0)
		r = client_problem(
			client, PROBLEM_LOG_OF_OTHERS, "value", directory_name(client, unit), NULL);
	return r;
}

/* Those that do: who the member is, and what a row's number means. */
static int audit_read_request(struct client *client, const struct arguments *arguments,
	Stafett__V1__AuditServiceListRequest *request)
{
	const char *member = arguments_get(arguments, OPTION_audit_member);
	const char *name = "";
	int r = audit_read_options(client, arguments, request);

	if (!r)
		r = client_open(client);
	if (!r && arguments->n_rest > 1)
		r = ref_resolve(client, arguments->rest[1], REF_FOR_READING, &name);
	if (!r)
		r = audit_check_unit(client, request->unit);
	if (r)
		return r;
	client_word(client, "ref", *name ? name : request->unit);
	request->referral = (char *)name;
	if (member)
		request->member = audit_member(client, member);
	return 0;
}

static int audit_read_rows(
	struct client *client, const struct arguments *arguments, size_t *ret_rows)
{
	const char *typed = arguments_get(arguments, OPTION_audit_rows);
	long rows = AUDIT_ROWS;
	int r = typed ? arguments_number(client, typed, 1, AUDIT_ROWS_MOST, &rows) : 0;

	*ret_rows = (size_t)rows;
	return r;
}

/* " --since yesterday", with quotes around what a shell would take apart. */
static char *audit_option_text(
	struct client *client, const struct option *option, const char *value)
{
	struct arena *arena = &client->arena;

	if (!*value)
		return memory_printf(arena, " --%s", option->name);
	if (strchr(value, ' '))
		return memory_printf(arena, " --%s '%s'", option->name, value);
	return memory_printf(arena, " --%s %s", option->name, value);
}

/* The same filters, and where the next page begins. */
static void audit_print_next_page(
	struct client *client, const struct arguments *arguments, const char *token)
{
	struct arena *arena = &client->arena;
	char *filters = memory_string(arena, "");

	for (int id = OPTION_audit_since; id <= OPTION_audit_rows; id++) {
		const char *value = arguments_get(arguments, (enum option_id)id);

		if (value && id != OPTION_audit_page)
			filters = memory_printf(arena, "%s%s", filters,
				audit_option_text(client, option_get((enum option_id)id), value));
	}
	output_next(client, "audit log%s%s%s --page %s", arguments->n_rest > 1 ? " " : "",
		arguments->n_rest > 1 ? arguments->rest[1] : "", filters, token);
}

/* Whether the log knows a member at all, whatever else was asked for. */
static bool audit_has_member(struct client *client, char *member)
{
	Stafett__V1__AuditServiceListRequest request =
		STAFETT__V1__AUDIT_SERVICE_LIST_REQUEST__INIT;
	const Stafett__V1__AuditServiceListResponse *response;

	request.member = member;
	request.page_size = 1;
	return !call_aside(client, METHOD_audit_list, &request.base,
		       &stafett__v1__audit_service_list_response__descriptor, &response) ||
	       response->n_entries || *response->next_page_token;
}

/* Who is in the newest part of the log, nearest to what was typed. */
static const char *audit_nearest_member(struct client *client, const char *typed)
{
	Stafett__V1__AuditServiceListRequest request =
		STAFETT__V1__AUDIT_SERVICE_LIST_REQUEST__INIT;
	const Stafett__V1__AuditServiceListResponse *response;
	struct suggest nearest;

	suggest_begin(&nearest, typed);
	request.page_size = CAP_PAGE_SIZE;
	if (!call_aside(client, METHOD_audit_list, &request.base,
		    &stafett__v1__audit_service_list_response__descriptor, &response))
		return NULL;
	for (size_t i = 0; i < response->n_entries; i++) {
		const Stafett__V1__AuditAgent *agent = response->entries[i]->agent;
		const char *name = agent ? strrchr(agent->member, ':') : NULL;

		suggest_offer(&nearest, name ? name + 1 : NULL);
	}
	return nearest.best;
}

/* Nothing fits: a member whom the log does not know is a slip of the hand. */
static int audit_check_member(struct client *client, const struct arguments *arguments,
	const Stafett__V1__AuditServiceListResponse *all)
{
	const char *member = arguments_get(arguments, OPTION_audit_member);

	if (!member || all->n_entries || *all->next_page_token ||
		audit_has_member(client, audit_member(client, member)))
		return 0;
	return client_problem(client, PROBLEM_MEMBER_NOT_IN_LOG, "value", member, "near",
		audit_nearest_member(client, member), NULL);
}

static void audit_log_print(struct client *client, const struct arguments *arguments,
	const Stafett__V1__AuditServiceListResponse *all)
{
	bool has_more = *all->next_page_token;

	if (all->n_entries || client->is_plain)
		audit_print(client, all->entries, all->n_entries);
	else
		puts(has_more ? _("Nothing fits that in the part of the log that was looked at.")
			      : _("Nothing in the log fits that."));
	if (client->is_plain)
		return;
	if (all->n_entries)
		output_next(client, "audit show 1");
	if (has_more)
		audit_print_next_page(client, arguments, all->next_page_token);
	else if (!all->n_entries)
		output_next(client, "audit log");
}

int audit_log(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__AuditServiceListRequest request =
		STAFETT__V1__AUDIT_SERVICE_LIST_REQUEST__INIT;
	Stafett__V1__AuditServiceListResponse all = STAFETT__V1__AUDIT_SERVICE_LIST_RESPONSE__INIT;
	size_t rows;
	int r = audit_read_rows(client, arguments, &rows);

	if (!r)
		r = audit_read_request(client, arguments, &request);
	if (!r)
		r = audit_read(client, &request, rows, &all);
	if (!r)
		r = audit_check_member(client, arguments, &all);
	if (r)
		return r;
	audit_keep_rows(client, &all);
	if (client->is_json)
		return output_json(client, &all.base);
	audit_log_print(client, arguments, &all);
	return 0;
}
