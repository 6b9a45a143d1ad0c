/* SPDX-License-Identifier: Apache-2.0 */
/* stafett profile: who the user can be here. */
#include "client/profile.h"

#include <stdio.h>

#include "client/call.h"
#include "client/client.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/paths.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "stafett/client/v1/answers.pb-c.h"

/* Whether all are members of one service: then it is said once. */
static bool profile_have_one_server(const struct profile *profiles, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (strcmp(profiles[i].server, profiles[0].server) != 0)
			return false;
	return true;
}

static void profile_print(struct client *client, const struct profile *profiles, size_t count,
	const struct profile *chosen)
{
	const struct table_column columns[] = {{.title = ""}, {.title = _("PROFILE")},
		{.title = _("UNIT")}, {.title = _("NAME"), .may_shrink = true},
		{.title = _("SERVER"), .may_shrink = true}, {.title = NULL}};
	const struct table_column narrow[] = {
		columns[0], columns[1], columns[2], columns[3], {.title = NULL}};
	bool is_one = !client->is_plain && profile_have_one_server(profiles, count);
	struct table *table = table_new(is_one ? narrow : columns, client->form);

	for (size_t i = 0; i < count; i++) {
		const struct profile *p = &profiles[i];
		bool is_chosen = chosen && strcmp(chosen->id, p->id) == 0;
		const char *cells[] = {is_chosen ? "*" : "", p->id, p->unit, p->name, p->server};

		table_row(table, &client->arena, p->fault, cells);
	}
	table_print(table);
	if (is_one)
		output_say(client, "", memory_printf(&client->arena, "%s {server}", _("Server:")));
}

/* "Sofia Ek, Lund Vuxen: caseworker, manager", if the server can be asked. */
static void profile_print_roles(struct client *client)
{
	Stafett__V1__SearchRequest request = STAFETT__V1__SEARCH_REQUEST__INIT;
	const Stafett__V1__SearchResponse *response;
	struct words words = {0};
	const char *roles = "";

	if (client_open(client))
		return;
	request.handle_prefix = (char *)client->profile->unit;
	if (!call_aside(client, METHOD_search, &request.base,
		    &stafett__v1__search_response__descriptor, &response))
		return;
	for (size_t i = 0; i < response->n_roles; i++)
		roles = memory_printf(&client->arena, "%s%s%s", roles, i ? ", " : "",
			term_code(client, CODES_ROLE, response->roles[i]));
	words_set(&words, "name", client->profile->name);
	words_set(&words, "unit", directory_name(client, client->profile->unit));
	words_set(&words, "roles", *roles ? roles : _("no role there"));
	lines_print(stdout, "", "  ",
		words_fill(&client->arena, _("You are [{name}, ]{unit}: {roles}."), &words));
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
	client_word(client, "server", profiles[0].server);
	profile_print(client, profiles, count, chosen);
	(void)fflush(stdout);
	if (chosen && !chosen->fault && !client->is_plain)
		profile_print_roles(client);
	profile_print_faults(client, profiles, count);
	return 0;
}
