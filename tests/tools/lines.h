/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tools that models ask have in common: one question a line on standard input,
 * in the zone of Stockholm.
 */
#ifndef TESTS_TOOLS_LINES_H
#define TESTS_TOOLS_LINES_H

enum { LINES_EXIT_USAGE = 2 };

/* Has |answer| print what each line asks for; it may cut the line up. Gives main's status. */
int lines_answer_all(void (*answer)(char *line));

#endif
