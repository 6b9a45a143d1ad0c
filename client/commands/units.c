/* SPDX-License-Identifier: Apache-2.0 */
/* stafett units: who takes it, and how alive their inbox is. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "client/call.h"
#include "client/client.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "domain/codes.h"
#include "stafett/caps.h"
#include "stafett/v1/directory_service.pb-c.h"

enum {
	UNITS_AGE_MOST = 130,
	/* An inbox that nobody has read for so long is marked. */
	UNITS_STALE_S = 2 * 86400,
	UNITS_WIDE_COLUMNS = 100,
};

/* Takes a code from an option; what is not in its list never leaves. */
static int units_take_code(struct client *client, const struct arguments *arguments,
	enum option_id option, enum codes_list list, char **target)
{
	const char *code = arguments_get(arguments, option);

	if (!code)
		return 0;
	if (!codes_has(list, bytes_of_string(code)))
		return client_problem(client, PROBLEM_CODE_UNKNOWN, "value", code, "field",
			option_get(option)->name, "list", codes_list_name(list), NULL);
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
	const char *gap = client->is_plain ? " " : ", ";
	const char *joined = "";

	for (size_t i = 0; i < count; i++)
		joined = memory_printf(&client->arena, "%s%s%s", joined, i ? gap : "",
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

/* Closed, or something waits there and nobody has looked for days. */
static bool units_is_marked(const Stafett__V1__Unit *unit)
{
	int64_t unread_s = units_unread_s(unit);
	bool is_waiting = unit->inbox && unit->inbox->unacknowledged > 0;

	return strcmp(unit->status, "closed") == 0 || unread_s > UNITS_STALE_S ||
	       (unread_s < 0 && is_waiting);
}

static void units_add_row(struct client *client, struct table *table, const Stafett__V1__Unit *unit)
{
	struct arena *arena = &client->arena;
	int64_t unread_s = units_unread_s(unit);
	int32_t answers_s = unit->inbox ? unit->inbox->median_acknowledge_seconds : 0;
	const char *cells[] = {unit->handle, units_join_kinds(client, unit->kinds, unit->n_kinds),
		unit->opening_hours, unread_s < 0 ? "" : format_span(arena, unread_s),
		answers_s ? format_span(arena, answers_s) : "", unit->phone};

	directory_learn(client, unit->handle, unit->display_name);
	table_row(table, arena, units_is_marked(unit), cells);
}

/* Why a row is marked, and what to do instead of waiting. */
static void units_explain(struct client *client, const Stafett__V1__Unit *unit)
{
	struct arena *arena = &client->arena;
	struct words words = {0};
	const char *text;

	words_set(&words, "name", unit->display_name);
	words_set(&words, "other", unit->replaced_by);
	words_set(&words, "phone", unit->phone);
	if (unit->inbox && unit->inbox->unacknowledged)
		words_set(&words, "count", memory_printf(arena, "%d", unit->inbox->unacknowledged));
	if (units_unread_s(unit) >= 0)
		words_set(&words, "span", format_span(arena, units_unread_s(unit)));
	if (strcmp(unit->status, "closed") == 0)
		text = _("{name} is closed[ and sends you to {other}].");
	else if (units_unread_s(unit) < 0)
		text = _("{name}:[ {count} not acknowledged,] never read[. Phone {phone}].");
	else
		text = _("{name}:[ {count} not acknowledged,] last read {span} ago[. Phone "
			 "{phone}].");
	lines_print(stdout, "! ", "  ", words_fill(arena, text, &words));
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
	return strcmp(one->handle, other->handle);
}

/* Sending to the first that is not oneself. */
static void units_print_next(struct client *client, const Stafett__V1__SearchResponse *all)
{
	for (size_t i = 0; i < all->n_units; i++) {
		if (strcmp(all->units[i]->handle, client->profile->unit) == 0 ||
			strcmp(all->units[i]->status, "closed") == 0)
			continue;
		output_next(client, "send %s", all->units[i]->handle);
		return;
	}
}

static void units_print(struct client *client, const Stafett__V1__SearchResponse *all)
{
	/* A narrow page has no room for telephones; marked units show theirs below. */
	bool has_room = client->is_plain || lines_width() >= UNITS_WIDE_COLUMNS;
	const struct table_column columns[] = {{.title = _("UNIT")},
		{.title = _("TAKES"), .may_shrink = true}, {.title = _("OPEN"), .may_shrink = true},
		{.title = _("READ"), .is_number = true}, {.title = _("ANSWERS"), .is_number = true},
		{.title = has_room ? _("PHONE") : NULL}, {.title = NULL}};
	struct table *table = table_new(columns, client->form);

	qsort(all->units, all->n_units, sizeof(*all->units), units_compare);
	for (size_t i = 0; i < all->n_units; i++)
		units_add_row(client, table, all->units[i]);
	table_print(table);
	if (client->is_plain)
		return;
	for (size_t i = 0; i < all->n_units; i++) {
		if (units_is_marked(all->units[i]))
			units_explain(client, all->units[i]);
	}
	units_print_next(client, all);
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
		units_print(client, &all);
	} else {
		puts(_("No unit takes that. Ask for less, and see who there is."));
		output_next(client, "units");
	}
	return 0;
}
