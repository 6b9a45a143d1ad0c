/* SPDX-License-Identifier: Apache-2.0 */
/* Why a day cannot be read: see the header. */
#include "client/misdated.h"

#include "client/memory.h"
#include "client/text.h"

/* What stands before the time of day, if there is one. */
static const char *misdated_day(struct client *client, const char *typed)
{
	const char *end = strchr(typed, ':');

	if (!end)
		return typed;
	while (end > typed && *end != ' ' && *end != 'T' && *end != 't')
		end--;
	return memory_copy(&client->arena, bytes_of(typed, (size_t)(end - typed)));
}

/* Between what one would have to choose. */
static const char *misdated_choice(const char *typed)
{
	if (!*typed)
		return _("that hour comes twice on that day");
	if (strchr(typed, '/'))
		return _("day/month, or month/day?");
	if (!strpbrk(typed, "0123456789"))
		return _("today is such a day: today, or in a week?");
	return strspn(typed, "0123456789") == strlen(typed) ? _("which of them is the year?")
							    : _("of which year?");
}

int misdated(struct client *client, enum when_result result, bool is_time, const char *typed,
	const char *field)
{
	const char *day = misdated_day(client, typed);
	struct date date;
	enum problem_id id = is_time ? PROBLEM_TIME_INVALID : PROBLEM_DATE_INVALID;

	if (is_time && when_date(bytes_of_string(day), client->today, WHEN_AHEAD, &date) == WHEN_OK)
		day = "";
	if (result == WHEN_AMBIGUOUS)
		return client_problem(client, PROBLEM_DATE_AMBIGUOUS, "value", typed, "field",
			field, "choice", misdated_choice(day), NULL);
	if (is_time &&
		when_date(bytes_of_string(typed), client->today, WHEN_AHEAD, &date) == WHEN_OK)
		id = PROBLEM_TIME_WITHOUT_CLOCK;
	return client_problem(client, id, "value", typed, "field", field, NULL);
}
