/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a quarter and its year: all are read, and what may be told is answered. */
#include <stdio.h>

#include "domain/rules_table.h"
#include "domain/statistics.h"
#include "service/answer.h"
#include "service/read_call.h"

enum statistics_query { STATISTICS_QUERY_QUARTER, STATISTICS_QUERY_FIGURES };

/* The columns of api.statistics; of each time three. */
enum statistics_column {
	STATISTICS_COLUMN_ROWS,
	STATISTICS_COLUMN_LEVEL,
	STATISTICS_COLUMN_PERIOD,
	STATISTICS_COLUMN_MUNICIPALITY,
	STATISTICS_COLUMN_NAME,
	STATISTICS_COLUMN_NEED,
	STATISTICS_COLUMN_FROM,
	STATISTICS_COLUMN_TO,
	STATISTICS_COLUMN_PERSONS,
	STATISTICS_COLUMN_LATE,
	STATISTICS_COLUMN_TIMES,
};

enum waiting_kind { TIME_ACKNOWLEDGE, TIME_ACCEPT, TIME_CONTACT, TIME_START, TIMES };

/* What the database has of one time: how many persons have it, and two of them. */
struct waiting {
	int32_t persons, median, p90;
};

/* Beside a row of which it is decided whether it is told. */
struct statistics_rest {
	const char *name; /* of the municipality */
	struct waiting times[TIMES];
};

struct statistics_call {
	struct read_call *rc;
	const char *municipality; /* only that one; "": all */
	bool is_over, is_place;
	size_t n, room;
	struct statistics_row *rows;
	struct statistics_rest *rest;
};

/* "2026-Q3": its first day as text. False: it is none. */
static bool quarter_read(const char *text, char out[DATE_TEXT_LEN + 1])
{
	struct date day = {0, 0, 1};
	char end;

	if (strlen(text) != sizeof("2026-Q3") - 1 ||
		sscanf(text, "%4d-Q%1d%c", &day.year, &day.month, &end) != 2 || day.year < 1900 ||
		day.month < 1 || day.month > 4)
		return false;
	day.month = day.month * 3 - 2;
	date_format(day, out);
	return true;
}

/* --- reading ------------------------------------------------------------------------ */

static const char *statistics_text(struct statistics_call *sc, const struct db_row *row, int column)
{
	const char *text = arena_copy(sc->rc->arena, db_row_bytes(row, column));

	return text ? text : "";
}

static void statistics_row_quarter(
	struct statistics_call *sc, const struct db_row *row, struct audit *audit)
{
	enum { QUARTER, IS_OVER, MUNICIPALITY };
	char *asked;

	sc->rc->statistics.quarter = arena_copy(sc->rc->arena, db_row_bytes(row, QUARTER));
	sc->is_over = db_row_bool(row, IS_OVER);
	sc->is_place = db_row_has(row, MUNICIPALITY);
	sc->municipality = statistics_text(sc, row, MUNICIPALITY);
	asked = arena_printf(sc->rc->arena, "quarter=%s%s%s", db_row_text(row, QUARTER),
		*sc->municipality ? " municipality=" : "", sc->municipality);
	if (asked)
		audit_add(audit, AUDIT_ASKED, bytes_of_string(asked));
}

static bool statistics_has_room(struct statistics_call *sc, const struct db_row *row)
{
	if (!sc->rows) {
		sc->room = (size_t)db_row_int(row, STATISTICS_COLUMN_ROWS);
		sc->rows = arena_alloc(sc->rc->arena, sc->room * sizeof(*sc->rows));
		sc->rest = arena_alloc(sc->rc->arena, sc->room * sizeof(*sc->rest));
	}
	return sc->rows && sc->rest && sc->n < sc->room;
}

static void statistics_row_figures(struct statistics_call *sc, const struct db_row *row)
{
	struct statistics_rest *rest;

	if (!statistics_has_room(sc, row))
		return;
	sc->rows[sc->n] = (struct statistics_row){
		.level = (enum statistics_level)db_row_int(row, STATISTICS_COLUMN_LEVEL),
		.period = db_row_int(row, STATISTICS_COLUMN_PERIOD),
		.municipality = statistics_text(sc, row, STATISTICS_COLUMN_MUNICIPALITY),
		.need = statistics_text(sc, row, STATISTICS_COLUMN_NEED),
		.from = statistics_text(sc, row, STATISTICS_COLUMN_FROM),
		.to = statistics_text(sc, row, STATISTICS_COLUMN_TO),
		.figures = {{.value = db_row_int(row, STATISTICS_COLUMN_PERSONS)},
			{.value = db_row_int(row, STATISTICS_COLUMN_LATE)}},
	};
	rest = &sc->rest[sc->n++];
	rest->name = statistics_text(sc, row, STATISTICS_COLUMN_NAME);
	for (int i = 0; i < TIMES; i++) {
		int column = STATISTICS_COLUMN_TIMES + 3 * i;

		rest->times[i] = (struct waiting){db_row_int(row, column),
			db_row_int(row, column + 1), db_row_int(row, column + 2)};
	}
}

static void statistics_read_row(
	struct read *read, int query, const struct db_row *row, struct audit *audit)
{
	struct statistics_call *sc = ((struct read_call *)read->arg)->own;

	if (query == STATISTICS_QUERY_QUARTER)
		statistics_row_quarter(sc, row, audit);
	else
		statistics_row_figures(sc, row);
}

static enum reason statistics_judge(struct read *read)
{
	const struct statistics_call *sc = ((struct read_call *)read->arg)->own;

	if (!sc->is_place)
		return REASON_NOT_FOUND;
	return sc->is_over ? REASON_NONE : REASON_QUARTER_NOT_OVER;
}

/* --- telling -------------------------------------------------------------------------- */

static char *figure_text(struct arena *arena, const struct statistics_figure *figure)
{
	if (figure->mark == STATISTICS_SHOWN)
		return arena_printf(arena, "%ld", figure->value);
	return arena_printf(arena, figure->mark == STATISTICS_IS_FEW ? "<%d" : "*", STATISTICS_FEW);
}

/* Protobuf-c never writes into these. */
static char *lasting(const char *text)
{
	return (char *)(uintptr_t)text;
}

static Stafett__V1__WaitingTime *waiting_time(struct arena *arena, const struct statistics_row *row,
	const struct waiting *waiting, const char *unit)
{
	enum statistics_time told = statistics_tell_time(row, waiting->persons);
	Stafett__V1__WaitingTime *time;

	if (told == STATISTICS_NO_TIME || !(time = arena_alloc(arena, sizeof(*time))))
		return NULL;
	stafett__v1__waiting_time__init(time);
	time->median = arena_printf(arena, "%d", waiting->median);
	if (told == STATISTICS_P90)
		time->p90 = arena_printf(arena, "%d", waiting->p90);
	time->unit = lasting(unit);
	return time;
}

static void tell_times(struct arena *arena, const struct statistics_row *row,
	const struct statistics_rest *rest, Stafett__V1__StatisticsRow *told)
{
	told->acknowledge = waiting_time(arena, row, &rest->times[TIME_ACKNOWLEDGE], "hours");
	told->accept = waiting_time(arena, row, &rest->times[TIME_ACCEPT], "hours");
	told->first_contact = waiting_time(arena, row, &rest->times[TIME_CONTACT], "days");
	told->start = waiting_time(arena, row, &rest->times[TIME_START], "days");
}

static void tell_figures(struct arena *arena, const struct statistics_row *row,
	const struct statistics_rest *rest, Stafett__V1__StatisticsRow *told)
{
	const struct statistics_figure *persons = &row->figures[STATISTICS_PERSONS];
	const struct statistics_figure *late = &row->figures[STATISTICS_LATE];

	told->persons = figure_text(arena, persons);
	if (row->level == STATISTICS_REASON)
		return;
	told->late = figure_text(arena, late);
	if (persons->mark != STATISTICS_SHOWN)
		return;
	tell_times(arena, row, rest, told);
	if (late->mark == STATISTICS_SHOWN)
		told->percent_in_time = arena_printf(arena, "%ld",
			(200 * (persons->value - late->value) + persons->value) /
				(2 * persons->value));
}

static Stafett__V1__StatisticsRow *tell_row(
	struct arena *arena, const struct statistics_row *row, const struct statistics_rest *rest)
{
	static const char *const levels[] = {"all", "municipality", "need", "pair", "reason"};
	Stafett__V1__StatisticsRow *told = arena_alloc(arena, sizeof(*told));

	if (!told)
		return NULL;
	stafett__v1__statistics_row__init(told);
	told->level = lasting(levels[row->level]);
	told->period = lasting(row->period == STATISTICS_YEAR ? "year" : "quarter");
	told->municipality = lasting(row->municipality);
	told->municipality_name = lasting(rest->name);
	if (row->level == STATISTICS_REASON)
		told->reason = lasting(row->need);
	else
		told->need = lasting(row->need);
	told->from_unit = lasting(row->from);
	told->to_unit = lasting(row->to);
	tell_figures(arena, row, rest, told);
	return told;
}

static bool is_wanted(const struct statistics_call *sc, const struct statistics_row *row)
{
	bool of_place = row->level == STATISTICS_MUNICIPALITY || row->level == STATISTICS_NEED ||
			row->level == STATISTICS_PAIR;

	if (row->is_withheld || row->period < STATISTICS_QUARTERS - 1)
		return false;
	return !*sc->municipality || (of_place && strcmp(row->municipality, sc->municipality) == 0);
}

static void statistics_reply(struct read_call *rc)
{
	struct statistics_call *sc = rc->own;

	statistics_hide(sc->rows, sc->n);
	rc->statistics.rows = read_call_room(rc, sc->n);
	for (size_t i = 0; rc->statistics.rows && i < sc->n; i++) {
		Stafett__V1__StatisticsRow *told;

		if (!is_wanted(sc, &sc->rows[i]) ||
			!(told = tell_row(rc->arena, &sc->rows[i], &sc->rest[i])))
			continue;
		rc->statistics.rows[rc->statistics.n_rows++] = told;
	}
	if (rc->arena->overflowed)
		answer_refusal(rc->call, REASON_SERVER_FAULT, NULL);
	else
		answer_message(rc->call, &rc->statistics.base);
}

/* --- asking ------------------------------------------------------------------------------ */

/* Of the kinds that are about help for the person, with commas between them. */
static char *helping_kinds(struct arena *arena)
{
	char *text = arena_copy(arena, bytes_of_string(""));

	for (int kind = 0; text && kind < KIND_COUNT; kind++)
		if (rules_kind_row((enum kind)kind)->treats)
			text = arena_printf(arena, "%s%s%s", text, *text ? "," : "",
				kind_code((enum kind)kind));
	return text;
}

static void statistics_ask(const struct incoming *in, const char *day, const char *place)
{
	struct read_call *rc = read_call_new(in, statistics_read_row, statistics_reply);
	struct statistics_call *sc = rc ? arena_alloc(rc->arena, sizeof(*sc)) : NULL;
	const char *kinds = sc ? helping_kinds(rc->arena) : NULL;
	struct db_args *args;

	if (!rc)
		return;
	if (!kinds) {
		read_fini(&rc->read);
		answer_refusal(in->call, REASON_SERVER_FAULT, NULL);
		return;
	}
	*sc = (struct statistics_call){.rc = rc, .municipality = ""};
	rc->own = sc;
	rc->read.judge = statistics_judge;
	rc->read.is_long = true; /* whoever asks first counts the quarters */
	stafett__v1__statistics_service_get_response__init(&rc->statistics);
	args = read_add_query(&rc->read, READ_STATISTICS_QUARTER);
	db_args_add_text(args, day);
	db_args_add_text(args, place);
	args = read_add_query(&rc->read, READ_STATISTICS);
	db_args_add_text(args, day);
	db_args_add_text(args, kinds);
	read_call_submit(rc);
}

void method_statistics(const struct incoming *in)
{
	const Stafett__V1__StatisticsServiceGetRequest *r =
		(const Stafett__V1__StatisticsServiceGetRequest *)in->request;
	char *day = arena_alloc(call_arena(in->call), DATE_TEXT_LEN + 1);

	if (!day)
		answer_refusal(in->call, REASON_SERVER_FAULT, NULL);
	else if (*r->quarter && !quarter_read(r->quarter, day))
		answer_refusal(in->call, REASON_FIELD_INVALID, "quarter");
	else
		statistics_ask(in, day, r->municipality);
}
