/* SPDX-License-Identifier: Apache-2.0 */
/* stafett profile: who the user can be here. */
#include "client/profile.h"

#include <stdio.h>

#include "client/client.h"
#include "client/memory.h"
#include "client/paths.h"
#include "client/screen/lines.h"
#include "client/screen/table.h"
#include "client/text.h"

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
	profile_print(client, profiles, count, chosen);
	for (size_t i = 0; i < count; i++) {
		if (profiles[i].fault)
			lines_print(stdout, "! ", "  ",
				memory_printf(&client->arena, "%s.conf: %s", profiles[i].id,
					profiles[i].fault));
	}
	return 0;
}
