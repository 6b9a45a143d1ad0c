/* SPDX-License-Identifier: Apache-2.0 */
/* Questions by lines: see lines.h. */
#include "lines.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "domain/calendar.h"

enum { LINE_BYTES = 512 };

int lines_answer_all(void (*answer)(char *line))
{
	char line[LINE_BYTES];

	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	if (!calendar_zone_ok())
		errx(EXIT_FAILURE, "the zone of Stockholm is not installed (tzdata)");
	while (fgets(line, sizeof(line), stdin))
		answer(line);
	return EXIT_SUCCESS;
}
