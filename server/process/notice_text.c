/* SPDX-License-Identifier: Apache-2.0 */
#include "process/notice_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* "Fri, 20 Nov 2026 16:30:00 +0000": the names are C's, whatever the locale. */
static void notice_format_date(int64_t unix_s, char out[40])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const time_t time = (time_t)unix_s;
	struct tm tm = {0};

	gmtime_r(&time, &tm);
	snprintf(out, 40, "%.3s, %d %.3s %04d %02d:%02d:%02d +0000", days + 3 * tm.tm_wday,
		tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
		tm.tm_sec);
}

/* Blanks become line ends. */
char *notice_lines(const struct notice *notice)
{
	char *lines;

	if (asprintf(&lines, "%s\n", notice->codes) < 0)
		return NULL;
	for (char *c = lines; *c; c++)
		if (*c == ' ')
			*c = '\n';
	return lines;
}

char *notice_mail(const struct notice *notice, const char *from, int64_t unix_s)
{
	static const char form[] = "From: Stafett <%s>\n"
				   "To: %s\n"
				   "Subject: Stafett: %d larm (alarms)\n"
				   "Date: %s\n"
				   "Message-ID: <%s@%s>\n"
				   "Auto-Submitted: auto-generated\n"
				   "MIME-Version: 1.0\n"
				   "Content-Type: text/plain; charset=us-ascii\n"
				   "\n"
				   "%s: %d\n"
				   "%s"
				   "\n"
				   "stafett inbox\n";
	char id[UUID_TEXT_LEN + 1], date[40], *lines = notice_lines(notice), *mail = NULL;
	const char *at = strchr(from, '@');

	uuid_format(&notice->id, id);
	notice_format_date(unix_s, date);
	if (!lines || asprintf(&mail, form, from, notice->target, notice->count, date, id,
			      at ? at + 1 : "localhost", notice->unit, notice->count, lines) < 0)
		mail = NULL;
	free(lines);
	return mail;
}
