/* SPDX-License-Identifier: Apache-2.0 */
/* A unit to send to: see the header. */
#include "client/recipient.h"

#include "client/directory.h"
#include "client/memory.h"
#include "client/text.h"
#include "domain/identity.h"

int recipient_check_age(struct client *client, const Stafett__V1__Unit *unit, int age)
{
	struct words words = {0};

	if (age < 0 || (age >= unit->age_min && (!unit->age_max || age <= unit->age_max)))
		return 0;
	words_set(&words, "least", memory_printf(&client->arena, "%d", unit->age_min));
	words_set(&words, "most",
		unit->age_max ? memory_printf(&client->arena, "%d", unit->age_max) : "");
	words_set(&words, "age", memory_printf(&client->arena, "%d", age));
	client_word(client, "age", words_get(&words, "age"));
	client_word(client, "municipality", unit->n_service_area ? unit->service_area[0] : "");
	return client_problem(client, PROBLEM_UNIT_DOES_NOT_TAKE, "detail",
		words_fill(&client->arena,
			_("it takes people from {least}[ to {most}] years, and this person is "
			  "{age} (checked here: the server never sees it)"),
			&words),
		NULL);
}

static int recipient_closed(struct client *client, const Stafett__V1__Unit *unit)
{
	if (!*unit->replaced_by)
		return client_problem(client, PROBLEM_UNIT_CLOSED, NULL);
	return client_problem(client, PROBLEM_UNIT_REPLACED, "alternative", unit->replaced_by,
		"successor", directory_name(client, unit->replaced_by), NULL);
}

int recipient_find(struct client *client, const char *to, const Stafett__V1__Unit **ret_unit)
{
	const Stafett__V1__Unit *unit;
	bool asked;

	if (!identity_is_handle(bytes_of_string(to)))
		return client_problem(client, PROBLEM_UNIT_NAME_INVALID, "value", to, NULL);
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
