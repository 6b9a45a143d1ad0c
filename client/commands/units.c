/* SPDX-License-Identifier: Apache-2.0 */
/* stafett units: who takes it, and how alive their inbox is. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "client/call.h"
#include "client/client.h"
#include "client/code_name.h"
#include "client/directory.h"
#include "client/draft_fields.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/safe_text.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "domain/codes.h"
#include "domain/hours.h"
#include "stafett/caps.h"
#include "stafett/v1/directory_service.pb-c.h"

enum {
	UNITS_AGE_MOST = 130,
	/* An inbox that nobody has read for so long is marked. */
	UNITS_STALE_S = 2 * 86400,
};

/* Takes a code or its words from an option; what is not in its list never leaves. */
static int units_take_code(struct client *client, const struct arguments *arguments,
	enum option_id option, enum codes_list list, char **target)
{
	const char *code = arguments_get(arguments, option);

	if (!code)
		return 0;
	code = code_name_find(list, code);
	if (!codes_has(list, bytes_of_string(code)))
		return draft_fields_unknown_code(client, option_get(option)->name, list, code);
	*target = (char *)code;
	return 0;
}

static int units_read_request(struct client *client, const struct arguments *arguments,
	Stafett__V1__SearchRequest *request)
{
	const char *municipality = arguments_get(arguments, OPTION_units_municipality);
	const char *handle = arguments_get(arguments, OPTION_units_handle);
	const char *age = arguments_get(arguments, OPTION_units_age);
	long years = 0;
	int r = arguments_count(client, arguments, 0, 0, "");

	if (!r)
		r = units_take_code(
			client, arguments, OPTION_units_need, CODES_NEED, &request->need);
	if (!r)
		r = units_take_code(
			client, arguments, OPTION_units_kind, CODES_KIND, &request->kind);
	if (!r && age)
		r = arguments_number(client, age, 1, UNITS_AGE_MOST, &years);
	if (municipality)
		request->municipality = (char *)municipality;
	if (handle)
		request->handle_prefix = (char *)handle;
	request->age = (int32_t)years;
	request->include_closed = arguments_has(arguments, OPTION_units_closed);
	request->page_size = CAP_PAGE_SIZE;
	return r;
}

/* All pages as one answer. */
static int units_search(struct client *client, Stafett__V1__SearchRequest *request,
	Stafett__V1__SearchResponse *all)
{
	const Stafett__V1__SearchResponse *page;

	do {
		int r = call_message(client, METHOD_search, &request->base,
			&stafett__v1__search_response__descriptor, &page);

		if (r)
			return r;
		all->units = memory_join(
			&client->arena, all->units, all->n_units, page->units, page->n_units);
		all->n_units += page->n_units;
		request->page_token = page->next_page_token;
	} while (*request->page_token);
	return 0;
}

/* What it takes: a list to read, or codes with spaces between them for scripts. */
static const char *units_join_kinds(struct client *client, char *const *kinds, size_t count)
{
	const char *joined = "";

	for (size_t i = 0; i < count; i++)
		joined = memory_printf(&client->arena, "%s%s%s", joined,
			!i		   ? ""
			: client->is_plain ? " "
					   : ", ",
			term_code(client, CODES_KIND, kinds[i]));
	return joined;
}

/* Seconds since the inbox was read; -1 where it never was. */
static int64_t units_unread_s(const Stafett__V1__Unit *unit)
{
	if (!unit->inbox || !unit->inbox->last_read_time)
		return -1;
	return (int64_t)time(NULL) - unit->inbox->last_read_time->seconds;
}

static bool units_is_own(const struct client *client, const Stafett__V1__Unit *unit)
{
	return strcmp(unit->handle, client->profile->unit) == 0;
}

static bool units_is_closed(const Stafett__V1__Unit *unit)
{
	return strcmp(unit->status, "closed") == 0;
}

/* Closed, or something waits there and nobody has looked for days. */
static bool units_is_marked(const Stafett__V1__Unit *unit)
{
	int64_t unread_s = units_unread_s(unit);
	bool is_waiting = unit->inbox && unit->inbox->unacknowledged > 0;

	return units_is_closed(unit) || unread_s > UNITS_STALE_S || (unread_s < 0 && is_waiting);
}

/* --- for programs ------------------------------------------------------------------ */

static void units_add_row(struct client *client, struct table *table, const Stafett__V1__Unit *unit)
{
	struct arena *arena = &client->arena;
	int64_t unread_s = units_unread_s(unit);
	int32_t answers_s = unit->inbox ? unit->inbox->median_acknowledge_seconds : 0;
	const char *cells[] = {unit->handle, units_join_kinds(client, unit->kinds, unit->n_kinds),
		unit->opening_hours, unread_s < 0 ? "" : format_span(arena, unread_s),
		answers_s ? format_span(arena, answers_s) : "", unit->phone, unit->display_name};

	table_row(table, arena, units_is_marked(unit), cells);
}

static void units_print_table(struct client *client, const Stafett__V1__SearchResponse *all)
{
	const struct table_column columns[] = {{.title = _("UNIT")}, {.title = _("TAKES")},
		{.title = _("OPEN")}, {.title = _("READ")}, {.title = _("ANSWERS IN")},
		{.title = _("PHONE")}, {.title = _("NAME")}, {.title = NULL}};
	struct table *table = table_new(columns, client->form);

	for (size_t i = 0; i < all->n_units; i++)
		units_add_row(client, table, all->units[i]);
	table_print(table);
}

/* --- the page ---------------------------------------------------------------------- */

/* How alive its inbox is, and what to do instead of waiting. The own unit's is the
 * reader's to look at. */
static const char *units_template(const struct client *client, const Stafett__V1__Unit *unit)
{
	if (units_is_closed(unit))
		return N_("closed[; it sends you to {other}]");
	if (units_is_own(client, unit))
		return N_("your unit");
	if (units_unread_s(unit) < 0)
		return N_("never read[, {count} not acknowledged]");
	return N_("read {span} ago[, {count} not acknowledged][, usually answers in {answers}]");
}

static const char *units_state(struct client *client, const Stafett__V1__Unit *unit)
{
	struct arena *arena = &client->arena;
	const Stafett__V1__Unit__Inbox *inbox = unit->inbox;
	struct words words = {0};

	words_set(&words, "other", directory_name(client, unit->replaced_by));
	if (inbox && inbox->unacknowledged)
		words_set(&words, "count", memory_printf(arena, "%d", inbox->unacknowledged));
	if (inbox && inbox->median_acknowledge_seconds)
		words_set(&words, "answers", format_span(arena, inbox->median_acknowledge_seconds));
	if (units_unread_s(unit) >= 0)
		words_set(&words, "span", format_span(arena, units_unread_s(unit)));
	return words_fill(arena, _(units_template(client, unit)), &words);
}

static bool units_is_open(const struct client *client, const Stafett__V1__Unit *unit)
{
	return hours_are_open(bytes_of_string(unit->opening_hours), client->now_us);
}

/* When somebody is there, and how they are reached then and otherwise. */
static const char *units_hours(struct client *client, const Stafett__V1__Unit *unit)
{
	struct words words = {0};

	if (units_is_closed(unit))
		return units_state(client, unit);
	words_set(&words, "state", units_state(client, unit));
	words_set(&words, "hours", format_hours(&client->arena, unit->opening_hours));
	words_set(&words, "now",
		units_is_open(client, unit) ? _("open now")
		: *unit->on_call_phone	    ? _("closed now")
					    : _("closed now, nobody on call"));
	words_set(&words, "phone", unit->phone);
	words_set(&words, "oncall", unit->on_call_phone);
	return words_fill(&client->arena,
		_("{state}[; open {hours}] ({now})[; phone {phone}][; on call {oncall}]"), &words);
}

static const char *units_years(struct client *client, int32_t years)
{
	return years ? memory_printf(&client->arena, "%d", years) : "";
}

/* Whom and what it takes. */
static const char *units_takes(struct client *client, const Stafett__V1__Unit *unit)
{
	bool is_limited = unit->age_min || unit->age_max;
	struct words words = {0};

	words_set(&words, "kinds", units_join_kinds(client, unit->kinds, unit->n_kinds));
	words_set(&words, "least", units_years(client, unit->age_min));
	words_set(&words, "most", units_years(client, unit->age_max));
	return words_fill(&client->arena,
		is_limited ? _("takes people[ from {least}][ to {most}] years: {kinds}")
			   : _("takes {kinds}"),
		&words);
}

/* "! skane/beroende-lund  Beroende Lund", and below it what is to be known of it. */
static void units_print_unit(struct client *client, const Stafett__V1__Unit *unit)
{
	struct arena *arena = &client->arena;
	bool is_marked = units_is_marked(unit) && !units_is_own(client, unit);
	static const char indent[] = "    ";

	if (is_marked)
		lines_begin_alarm(stdout);
	lines_print(stdout,
		memory_printf(
			arena, "%s%s  ", is_marked ? "! " : "  ", safe_line(arena, unit->handle)),
		indent, safe_line(arena, unit->display_name));
	lines_print(stdout, indent, indent, units_hours(client, unit));
	if (is_marked)
		lines_end_alarm(stdout);
	lines_print(stdout, indent, "          ", units_takes(client, unit));
}

static bool units_is_round_the_clock(const Stafett__V1__Unit *unit)
{
	return strcmp(unit->opening_hours, "24 h") == 0;
}

/* Who answers soonest first; who is marked, or has never answered, comes last. */
static int units_compare(const void *a, const void *b)
{
	const Stafett__V1__Unit *one = *(Stafett__V1__Unit *const *)a;
	const Stafett__V1__Unit *other = *(Stafett__V1__Unit *const *)b;
	int32_t first = one->inbox ? one->inbox->median_acknowledge_seconds : 0;
	int32_t second = other->inbox ? other->inbox->median_acknowledge_seconds : 0;

	if (units_is_marked(one) != units_is_marked(other))
		return units_is_marked(one) ? 1 : -1;
	if (!first != !second)
		return !first ? 1 : -1;
	if (first != second)
		return first < second ? -1 : 1;
	if ((units_unread_s(one) < 0) != (units_unread_s(other) < 0))
		return units_unread_s(one) < 0 ? 1 : -1;
	/* Who is there day and night is rarely meant where another takes it. */
	if (units_is_round_the_clock(one) != units_is_round_the_clock(other))
		return units_is_round_the_clock(one) ? 1 : -1;
	return strcmp(one->handle, other->handle);
}

/* Sending to the first that is not oneself: of all there are, none is meant. */
static void units_print_next(
	struct client *client, const Stafett__V1__SearchResponse *all, bool is_narrowed)
{
	for (size_t i = 0; i < all->n_units && is_narrowed; i++) {
		if (units_is_own(client, all->units[i]) || units_is_closed(all->units[i]))
			continue;
		output_next(client, "send %s", all->units[i]->handle);
		return;
	}
	output_next(client, "help units");
}

static void units_print(
	struct client *client, const Stafett__V1__SearchResponse *all, bool is_narrowed)
{
	qsort(all->units, all->n_units, sizeof(*all->units), units_compare);
	for (size_t i = 0; i < all->n_units; i++)
		directory_learn(client, all->units[i]->handle, all->units[i]->display_name);
	if (client->is_plain) {
		units_print_table(client, all);
		return;
	}
	for (size_t i = 0; i < all->n_units; i++)
		units_print_unit(client, all->units[i]);
	units_print_next(client, all, is_narrowed);
}

/* Whether it was asked who takes something, and not who there is. */
static bool units_is_narrowed(const struct arguments *arguments)
{
	return arguments_has(arguments, OPTION_units_need) ||
	       arguments_has(arguments, OPTION_units_kind) ||
	       arguments_has(arguments, OPTION_units_handle);
}

int command_units(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__SearchRequest request = STAFETT__V1__SEARCH_REQUEST__INIT;
	Stafett__V1__SearchResponse all = STAFETT__V1__SEARCH_RESPONSE__INIT;
	int r = units_read_request(client, arguments, &request);

	if (!r)
		r = client_open(client);
	if (!r)
		r = units_search(client, &request, &all);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &all.base);
	if (all.n_units) {
		units_print(client, &all, units_is_narrowed(arguments));
	} else {
		puts(_("No unit takes that. Ask for less, and see who there is."));
		output_next(client, "units");
	}
	return 0;
}
