/* SPDX-License-Identifier: Apache-2.0 */
/* stafett stats: how long people wait for help, a quarter and its year. */
#include <stdio.h>

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
#include "stafett/v1/statistics_service.pb-c.h"

enum { STATS_TIMES = 4 };

static bool stats_is(const char *text, const char *code)
{
	return strcmp(text, code) == 0;
}

/* --- for programs: every value in a column of its own ------------------------------- */

static void stats_add_values(
	struct client *client, struct table *table, const Stafett__V1__StatisticsRow *row)
{
	const Stafett__V1__WaitingTime *times[STATS_TIMES] = {
		row->acknowledge, row->accept, row->first_contact, row->start};
	const char *cells[10 + 2 * STATS_TIMES] = {row->period, row->level, row->municipality,
		row->need, row->from_unit, row->to_unit, row->reason, row->persons, row->late,
		row->percent_in_time};

	for (int i = 0; i < STATS_TIMES; i++) {
		cells[10 + 2 * i] = times[i] ? times[i]->median : "";
		cells[11 + 2 * i] = times[i] ? times[i]->p90 : "";
	}
	table_row(table, &client->arena, false, cells);
}

static void stats_print_values(
	struct client *client, const Stafett__V1__StatisticsServiceGetResponse *all)
{
	const struct table_column columns[] = {{.title = "period"}, {.title = "level"},
		{.title = "municipality"}, {.title = "need"}, {.title = "fromUnit"},
		{.title = "toUnit"}, {.title = "reason"}, {.title = "persons"}, {.title = "late"},
		{.title = "percentInTime"}, {.title = "acknowledgeHoursMedian"},
		{.title = "acknowledgeHoursP90"}, {.title = "acceptHoursMedian"},
		{.title = "acceptHoursP90"}, {.title = "firstContactDaysMedian"},
		{.title = "firstContactDaysP90"}, {.title = "startDaysMedian"},
		{.title = "startDaysP90"}, {.title = NULL}};
	struct table *table = table_new(columns, client->form);

	for (size_t i = 0; i < all->n_rows; i++)
		stats_add_values(client, table, all->rows[i]);
	table_print(table);
}

/* --- for people ------------------------------------------------------------------------ */

static const char *stats_reason(struct client *client, const char *reason)
{
	if (stats_is(reason, "ended"))
		return _("it was over before");
	if (stats_is(reason, "not-recorded"))
		return _("not recorded");
	return term_code(client, CODES_CLOCK_REASON, reason);
}

static const char *stats_pair(struct client *client, const Stafett__V1__StatisticsRow *row)
{
	struct words words = {0};

	words_set(&words, "from", directory_name(client, row->from_unit));
	words_set(&words, "to", *row->to_unit ? directory_name(client, row->to_unit) : "");
	return words_fill(&client->arena,
		*row->to_unit ? "{from} → {to}" : _("{from}, asked nobody"), &words);
}

/* Whom a row is about; what is a part of a municipality stands under it. */
static const char *stats_label(struct client *client, const Stafett__V1__StatisticsRow *row)
{
	struct arena *arena = &client->arena;

	if (stats_is(row->level, "municipality"))
		return *row->municipality ? row->municipality_name : _("several municipalities");
	if (stats_is(row->level, "need"))
		return memory_printf(arena, "  %s", term_code(client, CODES_NEED, row->need));
	if (stats_is(row->level, "pair"))
		return memory_printf(arena, "  %s", stats_pair(client, row));
	if (stats_is(row->level, "reason"))
		return memory_printf(arena, _("  late: %s"), stats_reason(client, row->reason));
	return _("All");
}

/* "5 h, 22 h": half of them, and nine of ten, waited no longer; "5 h": of fewer than ten. */
static const char *stats_time(struct client *client, const Stafett__V1__WaitingTime *time)
{
	struct arena *arena = &client->arena;
	bool is_hours = time && stats_is(time->unit, "hours");

	if (!time)
		return "";
	if (!*time->p90)
		return memory_printf(arena, is_hours ? _("%s h") : _("%s d"), time->median);
	return memory_printf(
		arena, is_hours ? _("%s h, %s h") : _("%s d, %s d"), time->median, time->p90);
}

static void stats_add_line(
	struct client *client, struct table *table, const Stafett__V1__StatisticsRow *row)
{
	const char *cells[] = {stats_label(client, row), row->persons,
		*row->percent_in_time ? memory_printf(&client->arena, "%s %%", row->percent_in_time)
		: row->late[0]	      ? "*"
				      : "",
		stats_time(client, row->acknowledge), stats_time(client, row->accept),
		stats_time(client, row->first_contact), stats_time(client, row->start)};

	table_row(table, &client->arena, false, cells);
}

/* The rows of a period and level, of one municipality where one is named. */
static void stats_add_lines(struct client *client, struct table *table,
	const Stafett__V1__StatisticsServiceGetResponse *all,
	const Stafett__V1__StatisticsRow *like)
{
	for (size_t i = 0; i < all->n_rows; i++) {
		const Stafett__V1__StatisticsRow *row = all->rows[i];

		if (stats_is(row->period, like->period) && stats_is(row->level, like->level) &&
			stats_is(row->municipality, like->municipality))
			stats_add_line(client, table, row);
	}
}

static void stats_add_municipality(struct client *client, struct table *table,
	const Stafett__V1__StatisticsServiceGetResponse *all, const Stafett__V1__StatisticsRow *row)
{
	Stafett__V1__StatisticsRow like = *row;

	stats_add_line(client, table, row);
	like.level = (char *)"need";
	stats_add_lines(client, table, all, &like);
	like.level = (char *)"pair";
	stats_add_lines(client, table, all, &like);
}

static void stats_add_period(struct client *client, struct table *table,
	const Stafett__V1__StatisticsServiceGetResponse *all, const char *period)
{
	Stafett__V1__StatisticsRow like = STAFETT__V1__STATISTICS_ROW__INIT;

	like.period = (char *)period;
	like.level = (char *)"all";
	stats_add_lines(client, table, all, &like);
	like.level = (char *)"reason";
	stats_add_lines(client, table, all, &like);
	for (size_t i = 0; i < all->n_rows; i++) {
		const Stafett__V1__StatisticsRow *row = all->rows[i];

		if (stats_is(row->period, period) && stats_is(row->level, "municipality"))
			stats_add_municipality(client, table, all, row);
	}
}

static void stats_print(struct client *client, const Stafett__V1__StatisticsServiceGetResponse *all)
{
	const struct table_column columns[] = {{.title = "", .may_shrink = true},
		{.title = _("PERSONS"), .is_number = true},
		{.title = _("IN TIME"), .is_number = true}, {.title = _("ACK")},
		{.title = _("ACCEPT")}, {.title = _("CONTACT")}, {.title = _("START")},
		{.title = NULL}};
	struct arena *arena = &client->arena;
	struct table *table = table_new(columns, TABLE_PAGE);

	table_group(table, arena, memory_printf(arena, _("QUARTER %s"), all->quarter));
	stats_add_period(client, table, all, "quarter");
	table_group(table, arena, memory_printf(arena, _("THE YEAR UP TO %s"), all->quarter));
	stats_add_period(client, table, all, "year");
	table_print(table);
	putchar('\n');
	lines_print(stdout, "", "",
		_("Times: half of the persons and, of ten or more, nine of ten waited no longer; "
		  "hours since it was sent, days since they asked for help. \"<5\": one to four "
		  "persons. \"*\": not told, because another figure would follow from it."));
	output_next(client, "help stats");
}

/* Figures stand from a month after their quarter's end: when today's will. */
static void stats_print_nothing(
	struct client *client, const Stafett__V1__StatisticsServiceGetResponse *all)
{
	enum { STATS_QUARTER_MONTHS = 3 };
	struct date first = client->today;
	struct words words = {0};

	first.day = 1;
	first.month -= (first.month - 1) % STATS_QUARTER_MONTHS;
	words_set(&words, "quarter", all->quarter);
	words_set(&words, "now",
		memory_printf(&client->arena, "%d-Q%d", first.year,
			(first.month - 1) / STATS_QUARTER_MONTHS + 1));
	words_set(&words, "day",
		format_day(&client->arena, date_add_months(first, STATS_QUARTER_MONTHS + 1),
			client->today));
	lines_print(stdout, "", "",
		words_fill(&client->arena,
			_("Nobody asked for help in {quarter} or the three quarters before it. "
			  "Who asks now is counted in {now}, whose figures stand here from {day}."),
			&words));
	output_next(client, "help stats");
}

/* "2026-Q3" */
static bool stats_is_quarter(const char *text)
{
	enum { STATS_YEAR_DIGITS = 4, STATS_QUARTER_LEN = 7 };

	return strspn(text, "0123456789") == STATS_YEAR_DIGITS &&
	       strlen(text) == STATS_QUARTER_LEN &&
	       strncmp(text + STATS_YEAR_DIGITS, "-Q", 2) == 0 &&
	       strchr("1234", text[STATS_QUARTER_LEN - 1]);
}

static int stats_read(struct client *client, const struct arguments *arguments,
	Stafett__V1__StatisticsServiceGetResponse **ret_all)
{
	Stafett__V1__StatisticsServiceGetRequest request =
		STAFETT__V1__STATISTICS_SERVICE_GET_REQUEST__INIT;
	const char *quarter = arguments_get(arguments, OPTION_stats_quarter);
	const char *municipality = arguments_get(arguments, OPTION_stats_municipality);
	int r;

	if (quarter && !stats_is_quarter(quarter))
		return client_problem(client, PROBLEM_QUARTER_INVALID, "value", quarter, NULL);
	if (quarter)
		request.quarter = (char *)quarter;
	if (municipality)
		request.municipality = (char *)municipality;
	r = call_message(client, METHOD_statistics, &request.base,
		&stafett__v1__statistics_service_get_response__descriptor, ret_all);
	if (r && municipality && client->problem.id == PROBLEM_NOT_FOUND)
		return client_problem(
			client, PROBLEM_MUNICIPALITY_UNKNOWN, "value", municipality, NULL);
	return r;
}

int command_stats(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__StatisticsServiceGetResponse *all;
	int r = arguments_count(client, arguments, 0, 0, "");

	if (!r)
		r = client_open(client);
	if (!r)
		r = stats_read(client, arguments, &all);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &all->base);
	if (client->is_plain)
		stats_print_values(client, all);
	else if (all->n_rows)
		stats_print(client, all);
	else
		stats_print_nothing(client, all);
	return 0;
}
