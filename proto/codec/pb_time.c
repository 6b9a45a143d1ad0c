/* SPDX-License-Identifier: Apache-2.0 */
/* See pb_time.h. */
#include "codec/pb_time.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define YEAR_1_SECONDS	  INT64_C(-62135596800)
#define YEAR_9999_SECONDS INT64_C(253402300799)
#define DURATION_SECONDS  INT64_C(315576000000)

enum { NANOS = 1000000000, FRACTION_CHARS = 12 };

/* "", ".125", ".125000" or ".125000001" */
static void pb_time_fraction(int32_t nanos, char ret_text[FRACTION_CHARS])
{
	int digits = 9, value = nanos;

	while (digits > 0 && value % 1000 == 0) {
		digits -= 3;
		value /= 1000;
	}
	if (digits == 0)
		ret_text[0] = '\0';
	else
		snprintf(ret_text, FRACTION_CHARS, ".%0*d", digits, value);
}

int pb_time_print_timestamp(int64_t seconds, int32_t nanos, char ret_text[PB_TIME_CHARS])
{
	char fraction[FRACTION_CHARS];
	time_t time = seconds;
	struct tm tm;

	if (seconds < YEAR_1_SECONDS || seconds > YEAR_9999_SECONDS || nanos < 0 || nanos >= NANOS)
		return -ERANGE;
	gmtime_r(&time, &tm);
	pb_time_fraction(nanos, fraction);
	snprintf(ret_text, PB_TIME_CHARS, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, fraction);
	return 0;
}

int pb_time_print_duration(int64_t seconds, int32_t nanos, char ret_text[PB_TIME_CHARS])
{
	const char *sign = seconds < 0 || nanos < 0 ? "-" : "";
	char fraction[FRACTION_CHARS];

	if (seconds < -DURATION_SECONDS || seconds > DURATION_SECONDS)
		return -ERANGE;
	if (nanos <= -NANOS || nanos >= NANOS)
		return -ERANGE;
	if ((seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0))
		return -ERANGE;
	pb_time_fraction(abs(nanos), fraction);
	snprintf(ret_text, PB_TIME_CHARS, "%s%" PRId64 "%ss", sign,
		seconds < 0 ? -seconds : seconds, fraction);
	return 0;
}
