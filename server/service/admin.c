/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of deadlines: a page of them, and their changes. A change is a reading that writes:
 * it asks, is recorded and committed, and is answered with the rule as it stands. */
#include <stdio.h>

#include "domain/rule_draft.h"
#include "domain/rulebook.h"
#include "service/answer.h"
#include "service/read_call.h"
#include "stafett/caps.h"
#include "store/present_rule.h"

/* A place in the list: behind which name and version it goes on. */
enum { RULE_TOKEN_BYTES = RULE_NAME_MAX + sizeof("/2147483647") };

/* --- listing ---------------------------------------------------------------------- */

static void rules_row(struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct read_call *rc = read->arg;
	Stafett__V1__Rule *rule = rc->rows++ < rc->page ? present_rule(rc->arena, row) : NULL;

	if (rule)
		rc->rules.rules[rc->rules.n_rules++] = rule;
}

static void rules_reply(struct read_call *rc)
{
	const Stafett__V1__Rule *last;

	if (rc->rows > rc->page) {
		last = rc->rules.rules[rc->rules.n_rules - 1];
		rc->rules.next_page_token =
			arena_printf(rc->arena, "%s/%d", last->name, last->version);
	}
	answer_message(rc->call, &rc->rules.base);
}

/* "ACK-ROUTINE/2"; the beginning, where it is empty. */
static bool rules_place(
	struct arena *arena, const char *token, const char **ret_name, int *ret_version)
{
	char *name;
	int version;
	char end;

	*ret_name = "";
	*ret_version = 0;
	if (!*token)
		return true;
	if (strlen(token) >= RULE_TOKEN_BYTES || !(name = arena_alloc(arena, RULE_TOKEN_BYTES)) ||
		sscanf(token, "%40[A-Z0-9-]/%9d%c", name, &version, &end) != 2)
		return false;
	*ret_name = name;
	*ret_version = version;
	return true;
}

static void rules_add_query(struct read *read, const char *name, bool with_ended, const char *after,
	int version, int limit)
{
	struct db_args *args = read_add_query(read, READ_RULES);

	db_args_add_text(args, name);
	db_args_add_bool(args, with_ended);
	db_args_add_text(args, after);
	db_args_add_int(args, version);
	db_args_add_int(args, limit);
}

void method_list_rules(const struct incoming *in)
{
	const Stafett__V1__ListRulesRequest *r = (const Stafett__V1__ListRulesRequest *)in->request;
	int size = page_size(r->page_size), version;
	struct read_call *rc;
	const char *after;

	if (size < 0) {
		answer_refusal(in->call, REASON_FIELD_INVALID, "page_size");
		return;
	}
	if (!rules_place(call_arena(in->call), r->page_token, &after, &version)) {
		answer_refusal(in->call, REASON_PAGE_TOKEN_INVALID, "page_token");
		return;
	}
	if (!(rc = read_call_new(in, rules_row, rules_reply)))
		return;
	stafett__v1__list_rules_response__init(&rc->rules);
	rc->rules.rules = read_call_room(rc, (size_t)size);
	rc->page = rc->rules.rules ? size : 0;
	rc->read.quiet = true; /* there is nothing about a person in it */
	rules_add_query(&rc->read, r->name, r->include_ended, after, version, size + 1);
	read_call_submit(rc);
}

/* --- changing --------------------------------------------------------------------- */

/* A change: first how it came out, then the versions of that name. */
struct rule_change {
	struct read_call *rc;
	Stafett__V1__Rule *rule; /* the latest one */
	enum reason reason;
};

enum { CHANGE_QUERY_DONE, CHANGE_QUERY_RULES, CHANGE_VERSIONS = INT32_MAX };

static void change_take_outcome(struct rule_change *change, struct bytes outcome)
{
	static const struct {
		const char *outcome;
		enum reason reason;
		const char *field;
	} rows[] = {
		{"done", REASON_NONE, NULL},
		{"again", REASON_NONE, NULL},
		{"version", REASON_VERSION_CONFLICT, "known_version"},
		{"name", REASON_FIELD_INVALID, "rule.name"},
		{"between", REASON_FIELD_INVALID, "rule.between"},
		{"far", REASON_TOO_FAR, NULL},
		{"missing", REASON_NOT_FOUND, "name"},
		{"needed", REASON_RULE_NEEDED, "name"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (bytes_are(outcome, rows[i].outcome)) {
			change->reason = rows[i].reason;
			change->rc->field = rows[i].field;
		}
}

static void change_row(struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	enum { OUTCOME, SAID };
	struct rule_change *change = ((struct read_call *)read->arg)->own;

	if (query == CHANGE_QUERY_RULES) {
		change->rule = present_rule(change->rc->arena, row);
		return;
	}
	change_take_outcome(change, db_row_bytes(row, OUTCOME));
	if (db_row_has(row, SAID))
		audit_add(audit, AUDIT_RULE, db_row_bytes(row, SAID));
}

static enum reason change_judge(struct read *read)
{
	const struct rule_change *change = ((struct read_call *)read->arg)->own;

	if (change->reason)
		return change->reason;
	return change->rule ? REASON_NONE : REASON_SERVER_FAULT;
}

/* A change of |name|; the caller adds its query first, and then submits. */
static struct read_call *change_new(const struct incoming *in, void (*reply)(struct read_call *))
{
	struct read_call *rc = read_call_new(in, change_row, reply);
	struct rule_change *change = rc ? arena_alloc(rc->arena, sizeof(*change)) : NULL;

	if (rc && !change) {
		read_fini(&rc->read);
		answer_refusal(in->call, REASON_SERVER_FAULT, NULL);
		return NULL;
	}
	if (!rc)
		return NULL;
	*change = (struct rule_change){.rc = rc, .reason = REASON_SERVER_FAULT};
	rc->own = change;
	rc->read.judge = change_judge;
	return rc;
}

static void change_submit(struct read_call *rc, const char *name)
{
	rules_add_query(&rc->read, name, true, "", 0, CHANGE_VERSIONS);
	read_call_submit(rc);
}

static void add_rule_reply(struct read_call *rc)
{
	stafett__v1__add_rule_response__init(&rc->add_rule);
	rc->add_rule.rule = ((struct rule_change *)rc->own)->rule;
	answer_message(rc->call, &rc->add_rule.base);
}

static struct rule_draft draft_of(const Stafett__V1__Rule *rule)
{
	return (struct rule_draft){
		.name = rule->name,
		.deadline = rule->deadline,
		.kind = rule->kind,
		.priority = rule->priority,
		.between = {rule->n_between ? rule->between[0] : "",
			rule->n_between > 1 ? rule->between[1] : ""},
		.unit = rule->unit,
		.amount = rule->amount,
		.cut_off = rule->cut_off,
		.steps = rule->steps,
		.source = rule->source,
	};
}

/* The field that cannot be so, as the request names it; NULL: all can. */
static const char *add_rule_fault(struct arena *arena, const Stafett__V1__AddRuleRequest *r)
{
	struct rule_draft draft;
	const char *field, *named;

	if (!r->rule)
		return "rule";
	if (r->known_version < 0)
		return "known_version";
	if (r->rule->n_between > 2)
		return "rule.between";
	draft = draft_of(r->rule);
	field = rule_draft_fault(&draft);
	named = field ? arena_printf(arena, "rule.%s", field) : NULL;
	return field && !named ? field : named;
}

static void add_rule_query(struct read *read, const Stafett__V1__AddRuleRequest *r, int64_t from_us)
{
	struct rule_draft draft = draft_of(r->rule);
	struct db_args *args = read_add_query(read, READ_ADD_RULE);

	db_args_add_int(args, r->known_version);
	db_args_add_text(args, draft.name);
	db_args_add_text(args, draft.deadline);
	db_args_add_text(args, draft.kind);
	db_args_add_text(args, draft.priority);
	db_args_add_text(args, draft.between[0]);
	db_args_add_text(args, draft.between[1]);
	db_args_add_text(args, draft.unit);
	db_args_add_int(args, draft.amount);
	db_args_add_text(args, draft.cut_off);
	db_args_add_text(args, draft.steps);
	db_args_add_text(args, draft.source);
	db_args_add_time(args, from_us);
}

void method_add_rule(const struct incoming *in)
{
	const Stafett__V1__AddRuleRequest *r = (const Stafett__V1__AddRuleRequest *)in->request;
	const char *fault = add_rule_fault(call_arena(in->call), r);
	struct read_call *rc;
	int64_t from_us;

	if (fault) {
		answer_refusal(in->call, REASON_FIELD_INVALID, fault);
		return;
	}
	if (!read_call_time(in, r->rule->valid_from_time, "rule.valid_from_time", &from_us) ||
		!(rc = change_new(in, add_rule_reply)))
		return;
	add_rule_query(&rc->read, r, from_us);
	change_submit(rc, r->rule->name);
}

static void end_rule_reply(struct read_call *rc)
{
	stafett__v1__end_rule_response__init(&rc->end_rule);
	rc->end_rule.rule = ((struct rule_change *)rc->own)->rule;
	answer_message(rc->call, &rc->end_rule.base);
}

void method_end_rule(const struct incoming *in)
{
	const Stafett__V1__EndRuleRequest *r = (const Stafett__V1__EndRuleRequest *)in->request;
	struct read_call *rc;
	struct db_args *args;
	int64_t to_us;

	if (!rule_name_fits(r->name)) {
		answer_refusal(in->call, REASON_FIELD_INVALID, "name");
		return;
	}
	if (!read_call_time(in, r->valid_to_time, "valid_to_time", &to_us) ||
		!(rc = change_new(in, end_rule_reply)))
		return;
	args = read_add_query(&rc->read, READ_END_RULE);
	db_args_add_int(args, r->known_version);
	db_args_add_text(args, r->name);
	db_args_add_time(args, to_us);
	db_args_add_text(args, rulebook_needed);
	change_submit(rc, r->name);
}
