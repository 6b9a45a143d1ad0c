/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of the figures is told: each line of standard input is a row, in the order that
 * statistics_hide wants, each answer what it decides: "withheld", or the marks of both
 * figures (shown, few, hidden) and what is told of a time that so many have (none,
 * median, p90). An empty line ends a table.
 *
 *   LEVEL PERIOD MUNICIPALITY NEED FROM TO PERSONS LATE HAVE     ("-": empty)
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/statistics.h"

enum { EXIT_USAGE = 2, ROWS_MAX = 20000, LINE_MAX_LEN = 256 };

static char lines[ROWS_MAX][LINE_MAX_LEN];
static struct statistics_row rows[ROWS_MAX];
static long have[ROWS_MAX];

static char *next_word(char **rest)
{
	char *word = strtok_r(NULL, " \n", rest);

	if (!word)
		errx(EXIT_USAGE, "a line ends early");
	return word;
}

static const char *next_text(char **rest)
{
	const char *word = next_word(rest);

	return strcmp(word, "-") == 0 ? "" : word;
}

static void read_row(char *line, struct statistics_row *row, long *ret_have)
{
	char *rest, *level = strtok_r(line, " \n", &rest);

	*row = (struct statistics_row){.level = (enum statistics_level)atoi(level)};
	row->period = atoi(next_word(&rest));
	row->municipality = next_text(&rest);
	row->need = next_text(&rest);
	row->from = next_text(&rest);
	row->to = next_text(&rest);
	row->figures[STATISTICS_PERSONS].value = atol(next_word(&rest));
	row->figures[STATISTICS_LATE].value = atol(next_word(&rest));
	*ret_have = atol(next_word(&rest));
}

static void answer_table(size_t n)
{
	static const char *const marks[] = {"shown", "few", "hidden"};
	static const char *const times[] = {"none", "median", "p90"};

	statistics_hide(rows, n);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].is_withheld)
			puts("withheld");
		else
			printf("%s %s %s\n", marks[rows[i].figures[STATISTICS_PERSONS].mark],
				marks[rows[i].figures[STATISTICS_LATE].mark],
				times[statistics_tell_time(&rows[i], have[i])]);
	}
}

int main(void)
{
	size_t n = 0;

	while (n < ROWS_MAX && fgets(lines[n], LINE_MAX_LEN, stdin)) {
		if (lines[n][0] == '\n') {
			answer_table(n);
			n = 0;
		} else {
			read_row(lines[n], &rows[n], &have[n]);
			n++;
		}
	}
	return EXIT_SUCCESS;
}
