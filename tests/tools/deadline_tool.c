/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules of deadlines by lines: each line of standard input is a rule and a time, each
 * answer the due time and those of the ladder's steps, in microseconds since 1970 UTC.
 *
 *   UNIT AMOUNT CUT-OFF FROM PROMISED WHEN,WHEN...
 *
 * CUT-OFF is HH:MM:SS or "-", PROMISED a date, WHEN a step's time ("due+2") or "-".
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain/deadlines.h"
#include "lines.h"

enum { STEPS_MAX = 256 };

static char *next_word(char **rest)
{
	char *word = strtok_r(NULL, " \n", rest);

	if (!word)
		errx(LINES_EXIT_USAGE, "a line ends early");
	return word;
}

static const char *text_of(const char *word)
{
	return strcmp(word, "-") == 0 ? "" : word;
}

/* "morning,due+1" as the ladder that tells the actor of each. */
static const char *ladder_of(char *word, char out[STEPS_MAX])
{
	char *rest, *when = strcmp(word, "-") == 0 ? NULL : strtok_r(word, ",", &rest);
	size_t len = 0;

	out[0] = '\0';
	for (; when; when = strtok_r(NULL, ",", &rest))
		len += (size_t)snprintf(
			out + len, STEPS_MAX - len, "%s%s:actor", len ? " " : "", when);
	return out;
}

static void answer_line(char *line)
{
	char *rest, *unit = strtok_r(line, " \n", &rest);
	int code = unit ? clock_unit_from_code(bytes_of_string(unit)) : -1;
	struct clock_rule rule = {.unit = (enum clock_unit)code};
	char steps[STEPS_MAX];
	struct date promised;
	int64_t from_us, due_us;

	if (code < 0)
		errx(LINES_EXIT_USAGE, "no unit '%s'", unit ? unit : "");
	rule.amount = atoi(next_word(&rest));
	rule.cut_off = text_of(next_word(&rest));
	from_us = strtoll(next_word(&rest), NULL, 10);
	if (!date_parse(bytes_of_string(next_word(&rest)), &promised))
		errx(LINES_EXIT_USAGE, "no date");
	rule.steps = ladder_of(next_word(&rest), steps);
	due_us = clock_rule_due(&rule, from_us, promised);
	printf("%" PRId64, due_us);
	for (int i = 0; clock_rule_told(&rule, i); i++)
		printf(" %" PRId64, clock_rule_step(&rule, i, from_us, due_us));
	putchar('\n');
}

int main(void)
{
	return lines_answer_all(answer_line);
}
