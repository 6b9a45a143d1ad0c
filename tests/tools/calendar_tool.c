/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calendar by lines: each line of standard input is an operation and its
 * arguments, each answer a line. So a model in another language can ask some
 * ten thousand questions of one process.
 *
 *   weekday DATE            easter YEAR             working DATE
 *   add-days DATE N         add-months DATE N       add-working-days DATE N
 *   at DATE H M S           wall US                 days-after US N H M S
 *   working-days US N       working-minutes US N
 *
 * DATE is 2026-11-02, US microseconds since 1970 UTC.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain/calendar.h"
#include "lines.h"

enum { MAX_NUMBERS = 5 };

/* A line's arguments: a date where the first one is one, and the numbers. */
struct question {
	struct date date;
	int64_t n[MAX_NUMBERS];
};

static void print_date(struct date d)
{
	char text[DATE_TEXT_LEN + 1];

	date_format(d, text);
	puts(text);
}

static void print_number(int64_t number)
{
	printf("%" PRId64 "\n", number);
}

static struct clock_time time_of(const int64_t n[3])
{
	return (struct clock_time){(int)n[0], (int)n[1], (int)n[2]};
}

static void ask_weekday(const struct question *q)
{
	print_number(date_weekday(q->date));
}

static void ask_easter(const struct question *q)
{
	print_date(date_easter((int)q->n[0]));
}

static void ask_working(const struct question *q)
{
	print_number(date_is_working_day(q->date));
}

static void ask_add_days(const struct question *q)
{
	print_date(date_add_days(q->date, (int)q->n[0]));
}

static void ask_add_months(const struct question *q)
{
	print_date(date_add_months(q->date, (int)q->n[0]));
}

static void ask_add_working_days(const struct question *q)
{
	print_date(date_add_working_days(q->date, (int)q->n[0]));
}

static void ask_at(const struct question *q)
{
	print_number(calendar_at(q->date, time_of(q->n)));
}

static void ask_wall(const struct question *q)
{
	char text[DATE_TEXT_LEN + 1];
	struct clock_time t = calendar_time_of(q->n[0]);

	date_format(calendar_date_of(q->n[0]), text);
	printf("%s %02d:%02d:%02d\n", text, t.hour, t.minute, t.second);
}

static void ask_days_after(const struct question *q)
{
	print_date(calendar_days_after(q->n[0], (int)q->n[1], time_of(q->n + 2)));
}

static void ask_working_days(const struct question *q)
{
	print_number(calendar_working_days_after(q->n[0], (int)q->n[1]));
}

static void ask_working_minutes(const struct question *q)
{
	print_number(calendar_working_minutes_after(q->n[0], (int)q->n[1]));
}

static const struct operation {
	const char *name;
	void (*ask)(const struct question *q);
	bool has_date;
} operations[] = {
	{"add-days", ask_add_days, true},
	{"add-months", ask_add_months, true},
	{"add-working-days", ask_add_working_days, true},
	{"at", ask_at, true},
	{"days-after", ask_days_after, false},
	{"easter", ask_easter, false},
	{"wall", ask_wall, false},
	{"weekday", ask_weekday, true},
	{"working", ask_working, true},
	{"working-days", ask_working_days, false},
	{"working-minutes", ask_working_minutes, false},
};

static const struct operation *find_operation(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(operations); i++) {
		if (strcmp(operations[i].name, name) == 0)
			return &operations[i];
	}
	errx(LINES_EXIT_USAGE, "no operation '%s'", name ? name : "");
}

static void answer_line(char *line)
{
	static const char blanks[] = " \n";
	char *rest, *word = strtok_r(line, blanks, &rest);
	const struct operation *operation = find_operation(word);
	struct question q = {0};

	if (operation->has_date) {
		word = strtok_r(NULL, blanks, &rest);
		if (!word || !date_parse(bytes_of_string(word), &q.date))
			errx(LINES_EXIT_USAGE, "no date '%s'", word ? word : "");
	}
	for (size_t i = 0; i < MAX_NUMBERS && (word = strtok_r(NULL, blanks, &rest)); i++)
		q.n[i] = strtoll(word, NULL, 10);
	operation->ask(&q);
}

int main(void)
{
	return lines_answer_all(answer_line);
}
