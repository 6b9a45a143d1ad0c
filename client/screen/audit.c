/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences about entries of the log: see the header. */
#include "client/screen/audit.h"

#include <stdio.h>
#include <time.h>

#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/event.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/safe_text.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "domain/reason.h"
#include "domain/rules_table.h"

enum { AUDIT_LABEL = 12, AUDIT_HEX_BYTES = 16 };

/* The operations that are no acts: what was done, and what was tried. {count} is the
 * number of referrals where there are several. */
static const struct {
	const char *operation, *done, *tried;
} audit_rows[] = {
	{"get", N_("read[ {code}]"), N_("read a referral")},
	{"look", N_("looked up[ {code}] to act on it"), N_("look up a referral")},
	{"list", N_("listed referrals ({count})[: {code}]"), N_("list referrals")},
	{"inbox", N_("looked at the inbox, messages ({count})[: {code}]"), N_("look at the inbox")},
	{"get-chain", N_("read a whole chain[: {code}]"), N_("read a whole chain")},
	{"list-chains", N_("listed chains ({count})[: {code}]"), N_("list chains")},
	{"search", N_("searched the directory"), N_("search the directory")},
	{"upload", N_("uploaded a text"), N_("upload a text")},
	{"get-upload", N_("asked how far a text had come"), N_("ask how far a text had come")},
	{"fetch", N_("fetched a text[ of {code}]"), N_("fetch a text")},
	{"watch", N_("watched the inbox, messages ({count})[: {code}]"), N_("watch the inbox")},
	{"today", N_("looked at the day, referrals ({count})[: {code}]"), N_("look at the day")},
	{"alarm", N_("raised an alarm[ about {code}]"), N_("raise an alarm")},
	{"clock", N_("said that the clock is right"), N_("say that the clock is right")},
	{"notice", N_("changed how a unit is told of alarms"),
		N_("change how a unit is told of alarms")},
	{"rule", N_("changed a rule of deadlines[: {change}]"), N_("change a rule of deadlines")},
	{"list-rules", N_("listed the rules of deadlines"), N_("list the rules of deadlines")},
	{"basis", N_("changed a row of legal bases"), N_("change a row of legal bases")},
	{"audit-list", N_("read this log[, about {code}][: {asked}]"), N_("read this log")},
	{"statistics", N_("looked at the statistics"), N_("look at the statistics")},
	{"audit-get", N_("read an entry of this log[, about {code}]"),
		N_("read an entry of this log")},
};

static bool audit_is_done(const Stafett__V1__AuditEntry *entry)
{
	return strcmp(entry->outcome, "refused") != 0 && strcmp(entry->outcome, "denied") != 0;
}

/* Something that should not have been tried: the other refusals come of haste. */
static bool audit_is_marked(const Stafett__V1__AuditEntry *entry)
{
	return strcmp(entry->outcome, "denied") == 0;
}

/* Whether one before it is the same: a day may have it twice. */
static bool audit_is_named(const Stafett__V1__AuditEntry *entry, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(entry->entity[i]->code, entry->entity[index]->code) == 0)
			return true;
	return false;
}

/* "7K3M", "7K3M 9TQR C4H1 ..." */
static char *audit_codes(struct client *client, const Stafett__V1__AuditEntry *entry)
{
	struct arena *arena = &client->arena;
	char *text = memory_string(arena, "");

	for (size_t i = 0; i < entry->n_entity; i++)
		if (*entry->entity[i]->code && !audit_is_named(entry, i))
			text = memory_printf(arena, "%s%s%s", text, *text ? " " : "",
				format_code_start(arena, entry->entity[i]->code));
	if ((size_t)entry->entity_count > entry->n_entity)
		text = memory_printf(arena, "%s ...", text);
	return text;
}

static const char *audit_done_template(const Stafett__V1__AuditEntry *entry)
{
	for (size_t i = 0; i < ARRAY_SIZE(audit_rows); i++)
		if (strcmp(audit_rows[i].operation, entry->operation) == 0)
			return _(audit_rows[i].done);
	return _("{code}[ {done}][; legal basis: {purpose}]");
}

/* What was tried, as a verb: an act's name is one. */
static const char *audit_tried(struct client *client, const Stafett__V1__AuditEntry *entry)
{
	for (size_t i = 0; i < ARRAY_SIZE(audit_rows); i++)
		if (strcmp(audit_rows[i].operation, entry->operation) == 0)
			return _(audit_rows[i].tried);
	return term_word(client, *entry->act ? entry->act : entry->operation);
}

/* Why it came to nothing, in words. */
static const char *audit_reason(struct client *client, const Stafett__V1__AuditEntry *entry)
{
	enum reason reason = reason_from_name(bytes_of_string(entry->reason));

	return client->is_plain || reason == REASON_NONE ? entry->reason
							 : _(reason_message(reason));
}

/* Whether it takes two; one that was sent again does not say which part it was. */
static bool audit_is_proposal(const Stafett__V1__AuditEntry *entry)
{
	int act = act_from_code(bytes_of_string(entry->act));

	return act >= 0 && rules_act_row((enum act)act)->signatures != SIGNED_ALONE;
}

static const char *audit_done(struct client *client, const Stafett__V1__AuditEntry *entry)
{
	const char *step = *entry->step ? entry->step : audit_is_proposal(entry) ? "propose" : NULL;

	if (!step)
		return event_word(*entry->act ? entry->act : entry->operation);
	/* Of what was dropped it is not told what it would have been. */
	if (strcmp(step, "drop") == 0)
		return event_word(step);
	return memory_printf(
		&client->arena, "%s: %s", event_word(step), term_proposal(client, entry->act));
}

/* What was asked for, with its points in time as people read them. */
static const char *audit_asked(struct client *client, const char *asked)
{
	struct arena *arena = &client->arena;
	const char *text = "";

	if (client->is_plain)
		return asked;
	while (*asked) {
		size_t len = strcspn(asked, "=");
		struct tm time = {0};
		const char *end =
			asked[len] ? strptime(asked + len + 1, "%Y-%m-%dT%H:%M:%SZ", &time) : NULL;

		text = memory_printf(
			arena, "%s%.*s", text, (int)(len + (asked[len] == '=')), asked);
		asked += len + (asked[len] == '=');
		if (!end)
			continue;
		text = memory_printf(arena, "%s%s", text,
			format_moment(arena, (int64_t)timegm(&time) * 1000000, client->today));
		asked = end;
	}
	return text;
}

/* What was done: "read 7K3M", "tried to accept 7K3M; refused: VERSION_CONFLICT". */
static char *audit_what(struct client *client, const Stafett__V1__AuditEntry *entry)
{
	struct arena *arena = &client->arena;
	struct words words = {0};
	const char *template;

	words_set(&words, "code", audit_codes(client, entry));
	words_set(&words, "count", memory_printf(arena, "%d", entry->entity_count));
	words_set(&words, "asked", audit_asked(client, entry->asked));
	words_set(&words, "change", entry->change);
	words_set(&words, "done", audit_done(client, entry));
	words_set(&words, "purpose", term_code(client, CODES_BASIS, entry->purpose));
	words_set(&words, "reason", audit_reason(client, entry));
	words_set(&words, "tried", audit_tried(client, entry));
	if (audit_is_done(entry))
		template = audit_done_template(entry);
	else
		template = audit_is_marked(entry)
				   ? _("tried to {tried}[ ({code})]; not allowed[: {reason}]")
				   : _("tried to {tried}[ ({code})]; refused[: {reason}]");
	return words_fill(arena, template, &words);
}

/* An alarm is nobody's doing. */
static const char *audit_name(const Stafett__V1__AuditEntry *entry)
{
	if (!entry->agent || !*entry->agent->member)
		return _("the clock");
	return *entry->agent->display_name ? entry->agent->display_name : entry->agent->member;
}

/* Who did it: "Petra Svensson, Beroende Lund". */
static char *audit_who(struct client *client, const Stafett__V1__AuditEntry *entry)
{
	const char *unit = entry->agent ? entry->agent->unit : "";

	return memory_printf(&client->arena, "%s%s%s", safe_line(&client->arena, audit_name(entry)),
		*unit ? ", " : "",
		*unit ? safe_line(&client->arena, directory_name(client, unit)) : "");
}

/* --- a page ----------------------------------------------------------------------- */

static void audit_print_line(
	struct client *client, const Stafett__V1__AuditEntry *entry, size_t number)
{
	struct arena *arena = &client->arena;
	const char *stamp = format_stamp(arena, format_us(entry->recorded_time), client->today);
	bool is_marked = audit_is_marked(entry);
	char *first = memory_printf(
		arena, "%3zu %s %-12s  ", number, is_marked ? "!" : " ", safe_line(arena, stamp));
	char *next = memory_printf(arena, "%*s", (int)lines_columns(first), "");

	if (is_marked)
		lines_begin_alarm(stdout);
	lines_print(stdout, first, next,
		memory_printf(
			arena, "%s: %s", audit_who(client, entry), audit_what(client, entry)));
	if (is_marked)
		lines_end_alarm(stdout);
}

static void audit_print_table(
	struct client *client, Stafett__V1__AuditEntry *const *entries, size_t count)
{
	const struct table_column columns[] = {{.title = _("ID")}, {.title = _("TIME")},
		{.title = _("MEMBER")}, {.title = _("ROLE")}, {.title = _("UNIT")},
		{.title = _("ACTION")}, {.title = _("WHAT")}, {.title = _("OUTCOME")},
		{.title = _("REASON")}, {.title = _("CODE")}, {.title = NULL}};
	struct table *table = table_new(columns, client->form);

	for (size_t i = 0; i < count; i++) {
		const Stafett__V1__AuditEntry *e = entries[i];
		const char *cells[] = {e->id,
			format_iso(&client->arena, format_us(e->recorded_time)),
			e->agent ? e->agent->member : "", e->agent ? e->agent->role : "",
			e->agent ? e->agent->unit : "", e->action, *e->act ? e->act : e->operation,
			e->outcome, e->reason, audit_codes(client, e)};

		table_row(table, &client->arena, audit_is_marked(e), cells);
	}
	table_print(table);
}

void audit_print(struct client *client, Stafett__V1__AuditEntry *const *entries, size_t count)
{
	if (client->is_plain) {
		audit_print_table(client, entries, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		audit_print_line(client, entries[i], i + 1);
}

/* --- one entry --------------------------------------------------------------------- */

/* A line "When        Sun 22 Nov 04:10"; none where there is nothing to say. */
static void audit_print_fact(struct client *client, const char *label, const char *text)
{
	int gap = AUDIT_LABEL - (int)lines_columns(label);

	if (!text || !*text)
		return;
	lines_print(stdout, memory_printf(&client->arena, "%s%*s", label, gap > 1 ? gap : 1, ""),
		memory_printf(&client->arena, "%*s", AUDIT_LABEL, ""),
		safe_line(&client->arena, text));
}

/* The first bytes in hexadecimal: enough to compare. */
static char *audit_hex(struct arena *arena, ProtobufCBinaryData data)
{
	char *text = memory_string(arena, "");

	for (size_t i = 0; i < data.len && i < AUDIT_HEX_BYTES; i++)
		text = memory_printf(arena, "%s%02x", text, data.data[i]);
	return text;
}

static void audit_print_agent(struct client *client, const Stafett__V1__AuditEntry *entry)
{
	const Stafett__V1__AuditAgent *agent = entry->agent;

	if (!agent)
		return;
	audit_print_fact(client, _("Who"), audit_who(client, entry));
	audit_print_fact(client, _("Member"), agent->member);
	audit_print_fact(client, _("Role"), term_code(client, CODES_ROLE, agent->role));
	audit_print_fact(client, _("Unit"), agent->unit);
}

static void audit_print_entities(struct client *client, const Stafett__V1__AuditEntry *entry)
{
	struct arena *arena = &client->arena;
	char *relation = memory_string(arena, "");

	for (size_t i = 0; i < entry->n_relation; i++)
		relation = memory_printf(arena, "%s%s%s", relation, i ? ", " : "",
			term_word(client, entry->relation[i]));
	for (size_t i = 0; i < entry->n_entity; i++)
		audit_print_fact(client, i ? "" : _("About"),
			memory_printf(arena, "%s %s", entry->entity[i]->code,
				entry->entity[i]->referral));
	if (entry->n_entity == 1)
		audit_print_fact(client, _("Chain"), entry->entity[0]->chain);
	audit_print_fact(client, _("Relation"), relation);
}

void audit_print_whole(struct client *client, const Stafett__V1__AuditEntry *entry)
{
	struct arena *arena = &client->arena;

	audit_print_fact(client, _("When"), format_iso(arena, format_us(entry->recorded_time)));
	audit_print_agent(client, entry);
	audit_print_fact(client, _("What"), audit_what(client, entry));
	audit_print_fact(client, _("Outcome"), term_word(client, entry->outcome));
	audit_print_entities(client, entry);
	audit_print_fact(client, _("Basis"), term_code(client, CODES_BASIS, entry->purpose));
	if (*entry->to_status)
		audit_print_fact(client, _("State"),
			memory_printf(arena, "%s%s%s", term_word(client, entry->from_status),
				*entry->from_status ? " -> " : "",
				term_word(client, entry->to_status)));
	audit_print_fact(client, _("From"), entry->address);
	audit_print_fact(client, _("Certificate"), audit_hex(arena, entry->certificate));
	audit_print_fact(client, _("Call"), entry->call);
	audit_print_fact(client, _("Leaf"), audit_hex(arena, entry->leaf));
	audit_print_fact(client, _("Entry"), entry->id);
}
