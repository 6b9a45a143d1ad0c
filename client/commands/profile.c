/* SPDX-License-Identifier: Apache-2.0 */
/* stafett profile: who the user can be here. */
#include "client/profile.h"

#include <stdio.h>

#include "client/client.h"
#include "client/memory.h"
#include "client/paths.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/table.h"
#include "client/text.h"
#include "stafett/client/v1/answers.pb-c.h"

static void profile_print(struct client *client, const struct profile *profiles, size_t count,
	const struct profile *chosen)
{
	const struct table_column columns[] = {{.title = ""}, {.title = _("PROFILE")},
		{.title = _("UNIT")}, {.title = _("NAME"), .may_shrink = true},
		{.title = _("SERVER"), .may_shrink = true}, {.title = NULL}};
	struct table *table = table_new(columns, client->form);

	for (size_t i = 0; i < count; i++) {
		const struct profile *p = &profiles[i];
		bool is_chosen = chosen && strcmp(chosen->id, p->id) == 0;
		const char *cells[] = {is_chosen ? "*" : "", p->id, p->unit, p->name, p->server};

		table_row(table, &client->arena, p->fault, cells);
	}
	table_print(table);
}

/* Faults, which people mend, and what to do next. */
static void profile_print_faults(
	struct client *client, const struct profile *profiles, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (profiles[i].fault)
			lines_print(stdout, "! ", "  ",
				memory_printf(&client->arena, "%s.conf: %s", profiles[i].id,
					profiles[i].fault));
	}
	if (!client->is_plain)
		output_next(client, "doctor");
}

static int profile_print_json(struct client *client, const struct profile *profiles, size_t count,
	const struct profile *chosen)
{
	Stafett__Client__V1__Profiles all = STAFETT__CLIENT__V1__PROFILES__INIT;
	Stafett__Client__V1__Profile *rows = memory_alloc(&client->arena, count * sizeof(*rows));

	all.profiles = memory_alloc(&client->arena, count * sizeof(*all.profiles));
	for (size_t i = 0; i < count; i++) {
		const struct profile *p = &profiles[i];

		stafett__client__v1__profile__init(&rows[i]);
		rows[i].id = (char *)p->id;
		rows[i].server = (char *)p->server;
		rows[i].unit = (char *)p->unit;
		rows[i].name = (char *)p->name;
		rows[i].chosen = chosen && strcmp(chosen->id, p->id) == 0;
		rows[i].fault = (char *)(p->fault ? p->fault : "");
		all.profiles[all.n_profiles++] = &rows[i];
	}
	return output_json(client, &all.base);
}

int command_profile(struct client *client, const struct arguments *arguments)
{
	const struct profile *chosen = NULL;
	const struct profile *profiles;
	size_t count;
	int r = arguments_count(client, arguments, 0, 0, "");

	if (r)
		return r;
	count = profile_list(&client->arena, &profiles);
	if (!count)
		return client_problem(client, PROBLEM_PROFILE_NONE, "value",
			paths_profiles(&client->arena), NULL);
	if (profile_choose(&client->arena, client->as, &chosen) != PROFILE_CHOSEN)
		chosen = NULL;
	if (client->is_json)
		return profile_print_json(client, profiles, count, chosen);
	profile_print(client, profiles, count, chosen);
	profile_print_faults(client, profiles, count);
	return 0;
}
