/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stafett admin rule add|end: a rule from what was typed and, for the rest, from what there
 * is: the version before it, or everybody's rule of the same deadline. It is checked here as
 * the server will, so that what is wrong is told by its option.
 */
#include "client/asking.h"
#include "client/call.h"
#include "client/commands/admin.h"
#include "client/compose.h"
#include "client/memory.h"
#include "client/misdated.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/text.h"
#include "client/when.h"
#include "domain/rule_draft.h"

enum { ADMIN_AMOUNT_MOST = 100000 };

/* The day from which on it is so: its beginning; missing: now. */
static int admin_read_from(struct client *client, const struct arguments *arguments,
	Google__Protobuf__Timestamp **ret_time)
{
	const char *typed = arguments_get(arguments, OPTION_admin_from);
	const struct clock_time midnight = {0, 0, 0};
	enum when_result result;
	struct date date;

	*ret_time = NULL;
	if (!typed)
		return 0;
	result = when_date(bytes_of_string(typed), client->today, WHEN_AHEAD, &date);
	if (result != WHEN_OK)
		return misdated(client, result, false, typed, "from");
	if (date_compare(date, client->today) < 0)
		return client_problem(client, PROBLEM_DAY_PASSED, "value", typed, NULL);
	if (date_compare(date, client->today) > 0)
		*ret_time = compose_time(client, calendar_at(date, midnight));
	return 0;
}

/* What stands where nothing was typed: |latest|, or everybody's rule of that deadline. */
static Stafett__V1__Rule admin_begin(const Stafett__V1__ListRulesResponse *all,
	const Stafett__V1__Rule *latest, const struct arguments *arguments)
{
	const char *deadline = arguments_get(arguments, OPTION_admin_deadline);
	Stafett__V1__Rule rule = STAFETT__V1__RULE__INIT;

	for (size_t i = 0; !latest && deadline && i < all->n_rules; i++) {
		const Stafett__V1__Rule *one = all->rules[i];

		if (strcmp(one->deadline, deadline) == 0 && !*one->kind && !*one->priority &&
			!one->n_between && !one->valid_to_time) {
			rule.unit = one->unit;
			rule.amount = one->amount;
			rule.cut_off = one->cut_off;
			rule.steps = one->steps;
		}
	}
	return latest ? *latest : rule;
}

/* "lund,skane" as the two that it names. */
static void admin_take_between(struct client *client, const char *typed, Stafett__V1__Rule *rule)
{
	const char *comma = strchr(typed, ',');
	size_t len = comma ? (size_t)(comma - typed) : strlen(typed);

	rule->between = memory_alloc(&client->arena, 2 * sizeof(*rule->between));
	rule->n_between = 2;
	rule->between[0] = memory_copy(&client->arena, bytes_of(typed, len));
	rule->between[1] = memory_string(&client->arena, comma ? comma + 1 : "");
}

static int admin_take_options(
	struct client *client, const struct arguments *arguments, Stafett__V1__Rule *rule)
{
	const struct {
		enum option_id option;
		char **field;
	} texts[] = {{OPTION_admin_deadline, &rule->deadline}, {OPTION_admin_kind, &rule->kind},
		{OPTION_admin_priority, &rule->priority}, {OPTION_admin_unit, &rule->unit},
		{OPTION_admin_cut_off, &rule->cut_off}, {OPTION_admin_steps, &rule->steps},
		{OPTION_admin_source, &rule->source}};
	const char *amount = arguments_get(arguments, OPTION_admin_amount);
	const char *between = arguments_get(arguments, OPTION_admin_between);
	long number;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (arguments_get(arguments, texts[i].option))
			*texts[i].field = (char *)arguments_get(arguments, texts[i].option);
	if (between)
		admin_take_between(client, between, rule);
	if (!amount)
		return 0;
	if (arguments_number(client, amount, 0, ADMIN_AMOUNT_MOST, &number))
		return EXIT_USAGE;
	rule->amount = (int32_t)number;
	return 0;
}

/* What the option says that the draft's field came from. */
static const char *admin_value(
	struct client *client, const Stafett__V1__Rule *rule, const char *field)
{
	const struct {
		const char *field, *value;
	} rows[] = {{"name", rule->name}, {"deadline", rule->deadline}, {"kind", rule->kind},
		{"priority", rule->priority}, {"unit", rule->unit}, {"cut_off", rule->cut_off},
		{"steps", rule->steps}, {"source", rule->source}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].field, field) == 0)
			return rows[i].value;
	if (strcmp(field, "amount") == 0)
		return memory_printf(&client->arena, "%d", rule->amount);
	return memory_printf(&client->arena, "%s,%s", rule->between[0], rule->between[1]);
}

static int admin_check(
	struct client *client, const struct arguments *arguments, const Stafett__V1__Rule *rule)
{
	const struct rule_draft draft = {rule->name, rule->deadline, rule->kind, rule->priority,
		{rule->n_between ? rule->between[0] : "", rule->n_between ? rule->between[1] : ""},
		rule->unit, rule->amount, rule->cut_off, rule->steps, rule->source};
	const char *fault = rule_draft_fault(&draft);
	const char *ignored;

	if (!*rule->deadline)
		return arguments_require(client, arguments, OPTION_admin_deadline, &ignored);
	if (!*rule->source)
		return arguments_require(client, arguments, OPTION_admin_source, &ignored);
	if (!fault)
		return 0;
	return client_problem(client, PROBLEM_RULE_INVALID, "deadline", rule->deadline, "value",
		admin_value(client, rule, fault), "field", fault, NULL);
}

/* Shown and asked where somebody sits there; else it was meant as it was typed. */
static int admin_confirm(struct client *client, const Stafett__V1__Rule *rule)
{
	struct asking asking;
	bool is_wanted;
	int r;

	if (!tty_is_there() || client->is_json)
		return 0;
	client_word(client, "ref", "rule");
	admin_print_rule(client, rule);
	r = asking_begin(client, &asking);
	if (r)
		return r;
	is_wanted = asking_confirm(&asking, _("Do it? [y/N] "));
	asking_end(&asking);
	return is_wanted ? 0 : client_problem(client, PROBLEM_NOT_DONE, NULL);
}

/* What the server refused, in words about rules. */
static int admin_refused(struct client *client, const char *name, int r)
{
	switch ((int)client->problem.id) {
	case PROBLEM_VERSION_CONFLICT:
		return client_problem(client, PROBLEM_RULE_CHANGED, "value", name, NULL);
	case PROBLEM_FIELD_INVALID:
		return client_problem(client, PROBLEM_RULE_FIXED, "value", name, NULL);
	}
	return r;
}

static void admin_tell(struct client *client, const Stafett__V1__Rule *rule)
{
	admin_print_rule(client, rule);
	output_say(client, "",
		_("What was counted before keeps its rule. The servers follow within seconds; the "
		  "change is recorded."));
	output_next(client, "admin rule show %s", rule->name);
}

int admin_add(struct client *client, const struct arguments *arguments, const char *name)
{
	Stafett__V1__AddRuleRequest request = STAFETT__V1__ADD_RULE_REQUEST__INIT;
	const Stafett__V1__AddRuleResponse *done;
	Stafett__V1__ListRulesResponse all;
	const Stafett__V1__Rule *latest;
	Google__Protobuf__Timestamp *from;
	Stafett__V1__Rule rule;
	int r = admin_read_from(client, arguments, &from);

	if (!r)
		r = client_open(client);
	if (!r)
		r = admin_read_rules(client, "", true, &all);
	if (r)
		return r;
	latest = admin_latest(&all, name);
	rule = admin_begin(&all, latest, arguments);
	rule.name = (char *)name;
	rule.version = request.known_version = latest ? latest->version : 0;
	rule.version++;
	rule.valid_from_time = from ? from : compose_time(client, client->now_us);
	rule.valid_to_time = rule.create_time = NULL;
	rule.author = rule.end_author = client->member;
	r = admin_take_options(client, arguments, &rule);
	if (!r)
		r = admin_check(client, arguments, &rule);
	if (!r)
		r = admin_confirm(client, &rule);
	if (r)
		return r;
	rule.valid_from_time = from;
	request.rule = &rule;
	r = call_message(client, METHOD_add_rule, &request.base,
		&stafett__v1__add_rule_response__descriptor, &done);
	if (r)
		return admin_refused(client, name, r);
	if (client->is_json)
		return output_json(client, &done->base);
	admin_tell(client, done->rule);
	return 0;
}

int admin_end(struct client *client, const struct arguments *arguments, const char *name)
{
	Stafett__V1__EndRuleRequest request = STAFETT__V1__END_RULE_REQUEST__INIT;
	const Stafett__V1__EndRuleResponse *done;
	Stafett__V1__ListRulesResponse all;
	const Stafett__V1__Rule *latest;
	int r = admin_read_from(client, arguments, &request.valid_to_time);

	if (!r)
		r = client_open(client);
	if (!r)
		r = admin_read_rules(client, "", true, &all);
	if (r)
		return r;
	latest = admin_latest(&all, name);
	if (!latest)
		return admin_unknown(client, &all, name);
	r = admin_confirm(client, latest);
	if (r)
		return r;
	request.name = (char *)name;
	request.known_version = latest->version;
	r = call_message(client, METHOD_end_rule, &request.base,
		&stafett__v1__end_rule_response__descriptor, &done);
	if (r)
		return admin_refused(client, name, r);
	if (client->is_json)
		return output_json(client, &done->base);
	admin_tell(client, done->rule);
	return 0;
}
