/* SPDX-License-Identifier: Apache-2.0 */
/* Roles that acts take: see the header. */
#include "client/roles.h"

#include "client/call.h"
#include "client/memory.h"
#include "client/screen/term.h"
#include "domain/rules.h"
#include "stafett/v1/directory_service.pb-c.h"

/* "caseworker, intake" of an act; 0 roles of what is none. */
static mask_t roles_of(const char *act)
{
	int found = act ? act_from_code(bytes_of_string(act)) : -1;

	return found < 0 ? 0 : rules_act_roles((enum act)found);
}

void roles_name(struct client *client, const char *act)
{
	mask_t roles = roles_of(act);
	const char *text = "";

	for (enum role role = 0; role < ROLE_COUNT; role++)
		if (roles & MASK(role))
			text = memory_printf(&client->arena, "%s%s%s", text, *text ? ", " : "",
				term_code(client, CODES_ROLE, role_code(role)));
	client_word(client, "roles", text);
}

static bool roles_has_one(const Stafett__V1__SearchResponse *response, mask_t roles)
{
	for (size_t i = 0; i < response->n_roles; i++) {
		int role = role_from_code(bytes_of_string(response->roles[i]));

		if (role >= 0 && roles & MASK(role))
			return true;
	}
	return false;
}

int roles_check(struct client *client, const char *act)
{
	Stafett__V1__SearchRequest request = STAFETT__V1__SEARCH_REQUEST__INIT;
	const Stafett__V1__SearchResponse *response;
	mask_t roles = roles_of(act);

	roles_name(client, act);
	request.handle_prefix = (char *)client->profile->unit;
	request.page_size = 1;
	if (!roles || !call_aside(client, METHOD_search, &request.base,
			      &stafett__v1__search_response__descriptor, &response))
		return 0;
	return roles_has_one(response, roles) ? 0
					      : client_problem(client, PROBLEM_ROLE_REQUIRED, NULL);
}
