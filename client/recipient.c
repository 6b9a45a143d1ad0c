/* SPDX-License-Identifier: Apache-2.0 */
/* A unit to send to: see the header. */
#include "client/recipient.h"

#include "client/call.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/text.h"
#include "domain/identity.h"

static bool recipient_takes_age(const Stafett__V1__Unit *unit, int age)
{
	return age < 0 || (age >= unit->age_min && (!unit->age_max || age <= unit->age_max));
}

/* How near it is to who cannot take it: rather the same organisation, and rather one that
 * does not keep people day and night. */
static int recipient_nearness(const Stafett__V1__Unit *unit, const Stafett__V1__Unit *other)
{
	size_t len = strcspn(unit->handle, "/") + 1;

	return 2 * (strncmp(unit->handle, other->handle, len) == 0) +
	       (strcmp(other->opening_hours, "24 h") != 0);
}

/* Another unit of the same place that takes the need of the command (the word) and
 * this age; NULL where none is known. The age itself is asked of nobody. */
static const Stafett__V1__Unit *recipient_other(
	struct client *client, const Stafett__V1__Unit *unit, int age)
{
	Stafett__V1__SearchRequest request = STAFETT__V1__SEARCH_REQUEST__INIT;
	const Stafett__V1__SearchResponse *response;
	const Stafett__V1__Unit *best = NULL;

	if (!unit->n_service_area)
		return NULL;
	request.municipality = unit->service_area[0];
	request.need = (char *)words_get(&client->words, "need");
	request.kind = (char *)words_get(&client->words, "kind");
	request.page_size = CAP_PAGE_SIZE;
	if (!call_aside(client, METHOD_search, &request.base,
		    &stafett__v1__search_response__descriptor, &response))
		return NULL;
	for (size_t i = 0; i < response->n_units; i++) {
		const Stafett__V1__Unit *other = response->units[i];

		if (strcmp(other->handle, unit->handle) != 0 &&
			strcmp(other->handle, client->profile->unit) != 0 &&
			recipient_takes_age(other, age) &&
			(!best || recipient_nearness(unit, other) > recipient_nearness(unit, best)))
			best = other;
	}
	return best;
}

static const char *recipient_number(struct client *client, int number)
{
	return number ? memory_printf(&client->arena, "%d", number) : "";
}

/* "it takes people from 18 years, and this person is 16 ..." */
static const char *recipient_ages(struct client *client, const Stafett__V1__Unit *unit, int age)
{
	struct words words = {0};

	words_set(&words, "least", memory_printf(&client->arena, "%d", unit->age_min));
	words_set(&words, "most", recipient_number(client, unit->age_max));
	words_set(&words, "age", memory_printf(&client->arena, "%d", age));
	return words_fill(&client->arena,
		_("it takes people from {least}[ to {most}] years, and this person is {age} "
		  "(checked here: the server never sees it)"),
		&words);
}

const char *recipient_warning(struct client *client, const Stafett__V1__Unit *unit, int age)
{
	struct words words = {0};

	if (recipient_takes_age(unit, age))
		return "";
	words_set(&words, "unit", *unit->display_name ? unit->display_name : unit->handle);
	words_set(&words, "detail", recipient_ages(client, unit, age));
	return words_fill(&client->arena, _("{unit} does not take this: {detail}."), &words);
}

int recipient_check_age(struct client *client, const Stafett__V1__Unit *unit, int age)
{
	const Stafett__V1__Unit *other;

	if (recipient_takes_age(unit, age))
		return 0;
	other = recipient_other(client, unit, age);
	if (!other)
		return client_problem(client, PROBLEM_UNIT_DOES_NOT_TAKE, "detail",
			recipient_ages(client, unit, age), "municipality",
			unit->n_service_area ? unit->service_area[0] : "", NULL);
	return client_problem(client, PROBLEM_ANOTHER_TAKES_IT, "detail",
		recipient_ages(client, unit, age), "alternative", other->handle, "successor",
		*other->display_name ? other->display_name : other->handle, "least",
		recipient_number(client, other->age_min), "most",
		recipient_number(client, other->age_max), NULL);
}

static int recipient_closed(struct client *client, const Stafett__V1__Unit *unit)
{
	if (!*unit->replaced_by)
		return client_problem(client, PROBLEM_UNIT_CLOSED, NULL);
	return client_problem(client, PROBLEM_UNIT_REPLACED, "alternative", unit->replaced_by,
		"successor", directory_name(client, unit->replaced_by), NULL);
}

/* The handles of |found|, with commas between. */
static const char *recipient_handles(
	struct client *client, const Stafett__V1__Unit *const *found, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = memory_printf(
			&client->arena, "%s%s%s", text, i ? ", " : "", found[i]->handle);
	return text;
}

/* The one open unit that people call so: "Beroende Lund", or a part that only one has. */
static int recipient_find_named(
	struct client *client, const char *typed, const Stafett__V1__Unit **ret_unit)
{
	enum { RECIPIENT_NAMES_MOST = 4 };
	const Stafett__V1__Unit *found[RECIPIENT_NAMES_MOST];
	size_t count = directory_named(client, typed, found, ARRAY_SIZE(found));

	if (count == 1) {
		*ret_unit = found[0];
		return 0;
	}
	if (!count)
		return client_problem(client, PROBLEM_UNIT_NAME_INVALID, "value", typed, NULL);
	return client_problem(client, PROBLEM_UNIT_NAME_AMBIGUOUS, "value", typed, "choice",
		recipient_handles(
			client, found, count < ARRAY_SIZE(found) ? count : ARRAY_SIZE(found)),
		NULL);
}

int recipient_find(struct client *client, const char *to, const Stafett__V1__Unit **ret_unit)
{
	const Stafett__V1__Unit *unit;
	bool asked;

	if (!identity_is_handle(bytes_of_string(to))) {
		int r = recipient_find_named(client, to, ret_unit);

		if (!r)
			client_word(client, "to", (*ret_unit)->handle);
		return r;
	}
	client_word(client, "to", to);
	unit = directory_find(client, to, &asked);
	if (asked && !unit)
		return client_problem(
			client, PROBLEM_UNIT_UNKNOWN, "near", directory_nearest(client, to), NULL);
	if (unit && strcmp(unit->status, "closed") == 0)
		return recipient_closed(client, unit);
	*ret_unit = unit;
	return 0;
}
