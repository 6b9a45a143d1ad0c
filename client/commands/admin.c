/* SPDX-License-Identifier: Apache-2.0 */
/* stafett admin rule list|show|add|end: which of them, and the rules on the screen. */
#include "client/commands/admin.h"

#include <stdio.h>

#include "base/suggest.h"
#include "client/call.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/rule.h"
#include "client/screen/safe_text.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"

/* --- reading ---------------------------------------------------------------------- */

int admin_read_rules(struct client *client, const char *name, bool with_ended,
	Stafett__V1__ListRulesResponse *ret_all)
{
	Stafett__V1__ListRulesRequest request = STAFETT__V1__LIST_RULES_REQUEST__INIT;
	const Stafett__V1__ListRulesResponse *page;

	stafett__v1__list_rules_response__init(ret_all);
	request.name = (char *)name;
	request.include_ended = with_ended;
	request.page_size = CAP_PAGE_SIZE;
	do {
		int r = call_message(client, METHOD_list_rules, &request.base,
			&stafett__v1__list_rules_response__descriptor, &page);

		if (r)
			return r;
		ret_all->rules = memory_join(&client->arena, ret_all->rules, ret_all->n_rules,
			page->rules, page->n_rules);
		ret_all->n_rules += page->n_rules;
		request.page_token = page->next_page_token;
	} while (*request.page_token);
	return 0;
}

const Stafett__V1__Rule *admin_latest(const Stafett__V1__ListRulesResponse *all, const char *name)
{
	const Stafett__V1__Rule *latest = NULL;

	for (size_t i = 0; i < all->n_rules; i++)
		if (strcmp(all->rules[i]->name, name) == 0)
			latest = all->rules[i];
	return latest;
}

int admin_unknown(
	struct client *client, const Stafett__V1__ListRulesResponse *all, const char *name)
{
	struct suggest nearest;

	suggest_begin(&nearest, name);
	for (size_t i = 0; i < all->n_rules; i++)
		suggest_offer(&nearest, all->rules[i]->name);
	return client_problem(
		client, PROBLEM_RULE_UNKNOWN, "value", name, "near", nearest.best, NULL);
}

/* --- in words --------------------------------------------------------------------- */

/* "urgent", "discharge, lund + skane"; "" for everybody. */
static char *admin_for(struct client *client, const Stafett__V1__Rule *rule)
{
	struct words words = {0};

	words_set(&words, "kind", term_code(client, CODES_KIND, rule->kind));
	words_set(&words, "priority", term_code(client, CODES_PRIORITY, rule->priority));
	words_set(&words, "one", rule->n_between == 2 ? rule->between[0] : "");
	words_set(&words, "other", rule->n_between == 2 ? rule->between[1] : "");
	return words_fill(&client->arena,
		*rule->kind	  ? "{kind}[, {priority}][, {one} + {other}]"
		: *rule->priority ? "{priority}[, {one} + {other}]"
				  : "[{one} + {other}]",
		&words);
}

/* When it counts, where that is not always: "from 1 Jan 2027 to 1 Feb 2027". */
static char *admin_counts(struct client *client, const Stafett__V1__Rule *rule)
{
	int64_t from = format_us(rule->valid_from_time), to = format_us(rule->valid_to_time);
	struct arena *arena = &client->arena;
	struct words words = {0};

	words_set(&words, "from", from ? format_stamp(arena, from, client->today) : "");
	words_set(&words, "to", to ? format_stamp(arena, to, client->today) : "");
	if (rule->looked_up)
		return memory_string(arena, _("only to look up"));
	if (to && to <= from)
		return memory_string(arena, _("never"));
	if (!from)
		return words_fill(arena, _("[until {to}]"), &words);
	return words_fill(arena, _("from {from}[ until {to}]"), &words);
}

static char *admin_title(struct client *client, const Stafett__V1__Rule *rule)
{
	return memory_printf(&client->arena, "%s v%d", rule->name, rule->version);
}

/* Who added it and when, or that nobody did. */
static char *admin_author(struct client *client, const Stafett__V1__Rule *rule)
{
	struct words words = {0};

	if (!*rule->author)
		return memory_string(&client->arena, _("it came with the program"));
	words_set(&words, "author", rule->author);
	words_set(&words, "time",
		format_moment(&client->arena, format_us(rule->create_time), client->today));
	words_set(&words, "ender", rule->end_author);
	return words_fill(
		&client->arena, _("by {author}, {time}[; its end was set by {ender}]"), &words);
}

void admin_print_rule(struct client *client, const Stafett__V1__Rule *rule)
{
	const char *whom = admin_for(client, rule), *counts = admin_counts(client, rule);
	struct words words = {0};

	words_set(&words, "rule", admin_title(client, rule));
	words_set(&words, "what", rule_what(rule->deadline));
	lines_print(stdout, "", "  ",
		safe_line(&client->arena, words_fill(&client->arena, "{rule}: {what}", &words)));
	rule_print_fact(client, _("for"), *whom ? whom : _("all"));
	rule_print_fact(client, _("from"), term_word(client, rule->anchor));
	rule_print_fact(
		client, _("how"), rule_how(client, rule->unit, rule->amount, rule->cut_off));
	rule_print_fact(client, _("told"), rule_told(client, rule->steps));
	rule_print_fact(client, _("source"), rule_source(rule->source));
	rule_print_fact(client, _("counts"), *counts ? counts : _("always"));
	if (rule->create_time || !*rule->author)
		rule_print_fact(client, _("added"), admin_author(client, rule));
}

/* --- list and show ---------------------------------------------------------------- */

/* Every value in a column of its own, for programs. */
static void admin_print_values(struct client *client, const Stafett__V1__ListRulesResponse *all)
{
	const struct table_column columns[] = {{.title = "name"}, {.title = "version"},
		{.title = "deadline"}, {.title = "kind"}, {.title = "priority"}, {.title = "one"},
		{.title = "other"}, {.title = "unit"}, {.title = "amount"}, {.title = "cutOff"},
		{.title = "steps"}, {.title = "source"}, {.title = "validFromTime"},
		{.title = "validToTime"}, {.title = "lookedUp"}, {.title = "author"},
		{.title = NULL}};
	struct table *table = table_new(columns, client->form);
	struct arena *arena = &client->arena;

	for (size_t i = 0; i < all->n_rules; i++) {
		const Stafett__V1__Rule *rule = all->rules[i];
		int64_t from = format_us(rule->valid_from_time);
		int64_t to = format_us(rule->valid_to_time);
		const char *cells[] = {rule->name, memory_printf(arena, "%d", rule->version),
			rule->deadline, rule->kind, rule->priority,
			rule->n_between == 2 ? rule->between[0] : "",
			rule->n_between == 2 ? rule->between[1] : "", rule->unit,
			memory_printf(arena, "%d", rule->amount), rule->cut_off, rule->steps,
			rule->source, from ? format_iso(arena, from) : "",
			to ? format_iso(arena, to) : "", rule->looked_up ? "true" : "false",
			rule->author};

		table_row(table, arena, false, cells);
	}
	table_print(table);
}

static void admin_print_list(struct client *client, const Stafett__V1__ListRulesResponse *all)
{
	const struct table_column columns[] = {{.title = _("RULE")},
		{.title = _("DUE"), .may_shrink = true}, {.title = _("FOR"), .may_shrink = true},
		{.title = _("WITHIN"), .may_shrink = true},
		{.title = _("COUNTS"), .may_shrink = true}, {.title = NULL}};
	struct table *table = table_new(columns, TABLE_PAGE);

	for (size_t i = 0; i < all->n_rules; i++) {
		const Stafett__V1__Rule *rule = all->rules[i];
		const char *cells[] = {admin_title(client, rule), rule_what(rule->deadline),
			admin_for(client, rule),
			rule_brief(client, rule->unit, rule->amount, rule->cut_off),
			admin_counts(client, rule)};

		table_row(table, &client->arena, false, cells);
	}
	table_print(table);
	if (all->n_rules)
		output_next(client, "admin rule show %s", all->rules[0]->name);
}

static int admin_list(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__ListRulesResponse all;
	int r = client_open(client);

	if (!r)
		r = admin_read_rules(client, "", arguments_has(arguments, OPTION_admin_all), &all);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &all.base);
	if (client->is_plain)
		admin_print_values(client, &all);
	else
		admin_print_list(client, &all);
	return 0;
}

/* All versions, the latest first: what counted yesterday explains what is due today. */
static int admin_show(struct client *client, const char *name)
{
	Stafett__V1__ListRulesResponse all;
	int r = client_open(client);

	if (!r)
		r = admin_read_rules(client, name, true, &all);
	if (!r && !all.n_rules && !(r = admin_read_rules(client, "", true, &all)))
		r = admin_unknown(client, &all, name);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &all.base);
	if (client->is_plain) {
		admin_print_values(client, &all);
		return 0;
	}
	for (size_t i = all.n_rules; i--;) {
		admin_print_rule(client, all.rules[i]);
		if (i)
			putchar('\n');
	}
	output_next(client, "admin rule list");
	return 0;
}

/* --- which of them ---------------------------------------------------------------- */

/* In both languages. */
static bool admin_is_word(const char *typed, const char *english, const char *swedish)
{
	return strcmp(typed, english) == 0 || strcmp(typed, swedish) == 0;
}

/* One that is about a rule: its name is the third word. */
static int admin_run(struct client *client, const struct arguments *arguments, const char *what)
{
	const char *name;
	int r = arguments_count(client, arguments, 3, 3, _("which rule, like ACK-ROUTINE"));

	if (r)
		return r;
	name = arguments->rest[2];
	if (admin_is_word(what, "show", "visa"))
		return admin_show(client, name);
	if (admin_is_word(what, "add", "ny"))
		return admin_add(client, arguments, name);
	return admin_end(client, arguments, name);
}

int command_admin(struct client *client, const struct arguments *arguments)
{
	static const char *const words[][2] = {{"show", "visa"}, {"add", "ny"}, {"end", "avsluta"}};
	int r = arguments_count(client, arguments, 1, 3, _("what of it: rule"));
	const char *what;

	if (r)
		return r;
	if (!admin_is_word(arguments->rest[0], "rule", "regel"))
		return client_problem(
			client, PROBLEM_ADMIN_WHAT, "value", arguments->rest[0], NULL);
	if (arguments->n_rest == 1)
		return admin_list(client, arguments);
	what = arguments->rest[1];
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (admin_is_word(what, words[i][0], words[i][1]))
			return admin_run(client, arguments, what);
	if (!admin_is_word(what, "list", "lista"))
		return client_problem(client, PROBLEM_ADMIN_WHAT, "value", what, NULL);
	r = arguments_count(client, arguments, 2, 2, "");
	return r ? r : admin_list(client, arguments);
}
