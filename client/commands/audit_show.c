/* SPDX-License-Identifier: Apache-2.0 */
/* stafett audit show: one entry of the log, or all that was done with one chain. */
#include <stdio.h>
#include <stdlib.h>

#include "client/call.h"
#include "client/commands/audit.h"
#include "client/last_list.h"
#include "client/memory.h"
#include "client/ref.h"
#include "client/screen/audit.h"
#include "client/screen/format.h"
#include "client/screen/output.h"
#include "client/text.h"
#include "domain/code.h"

enum { AUDIT_SHOW_MOST = 10000 };

/* The id of an entry: one that was typed, or that of a row of the last page; "" where
 * |typed| is a code. */
static int audit_show_resolve(struct client *client, const char *typed, const char **ret_id)
{
	const struct last_list_row *rows = NULL;
	size_t len = strlen(typed), count;
	struct uuid uuid;

	*ret_id = uuid_parse(bytes_of_string(typed), &uuid) ? typed : "";
	if (len >= CODE_PREFIX_MIN || strspn(typed, "0123456789") < len)
		return 0;
	count = last_log_load(client, &rows);
	if (strtoul(typed, NULL, 10) < 1 || strtoul(typed, NULL, 10) > count)
		return client_problem(client, PROBLEM_LOG_ROW_UNKNOWN, "value", typed, NULL);
	*ret_id = rows[strtoul(typed, NULL, 10) - 1].id;
	return 0;
}

static int audit_show_entry(struct client *client, const char *id)
{
	Stafett__V1__AuditServiceGetRequest request = STAFETT__V1__AUDIT_SERVICE_GET_REQUEST__INIT;
	const Stafett__V1__AuditServiceGetResponse *response;
	const Stafett__V1__AuditEntry *entry;
	int r;

	request.id = (char *)id;
	client_word(client, "ref", id);
	r = call_message(client, METHOD_audit_get, &request.base,
		&stafett__v1__audit_service_get_response__descriptor, &response);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &response->base);
	entry = response->entry;
	if (!entry)
		return client_problem(client, PROBLEM_LINE_PROTOCOL, NULL);
	if (client->is_plain)
		audit_print(client, (Stafett__V1__AuditEntry *const *)&entry, 1);
	else
		audit_print_whole(client, entry);
	if (client->is_plain)
		return 0;
	/* A chain without a referral of its own is found by its id. */
	if (entry->n_entity == 1 && !*entry->entity[0]->referral && *entry->entity[0]->chain)
		output_next(client, "audit show %s", entry->entity[0]->chain);
	else if (entry->n_entity == 1 && *entry->entity[0]->code)
		output_next(client, "audit show %s",
			format_code_start(&client->arena, entry->entity[0]->code));
	else
		output_next(client, "audit log");
	return 0;
}

/* The oldest first: as it happened. */
static void audit_show_turn(Stafett__V1__AuditServiceListResponse *all)
{
	for (size_t i = 0; i < all->n_entries / 2; i++) {
		Stafett__V1__AuditEntry *entry = all->entries[i];

		all->entries[i] = all->entries[all->n_entries - 1 - i];
		all->entries[all->n_entries - 1 - i] = entry;
	}
}

static void audit_show_print_chain(
	struct client *client, const Stafett__V1__AuditServiceListResponse *all)
{
	if (!client->is_plain) {
		client_word(client, "count", memory_printf(&client->arena, "%zu", all->n_entries));
		output_say(client, "",
			*all->next_page_token ? _("The newest {count} entries about the chain of "
						  "{ref}, the oldest of "
						  "them first:")
					      : _("All {count} entries of your organisation about "
						  "the chain of {ref}, "
						  "the oldest first:"));
	}
	audit_print(client, all->entries, all->n_entries);
	if (!client->is_plain)
		output_next(client, all->n_entries ? "audit show 1" : "audit log");
}

/* Everything that the own organisation did with a referral's chain. */
static int audit_show_chain(struct client *client, const char *typed)
{
	Stafett__V1__AuditServiceListRequest request =
		STAFETT__V1__AUDIT_SERVICE_LIST_REQUEST__INIT;
	Stafett__V1__AuditServiceListResponse all = STAFETT__V1__AUDIT_SERVICE_LIST_RESPONSE__INIT;
	const char *name = "";
	int r = ref_resolve(client, typed, REF_FOR_READING, &name);

	request.referral = (char *)name;
	request.whole_chain = true;
	if (!r)
		r = audit_read(client, &request, AUDIT_SHOW_MOST, &all);
	if (r)
		return r;
	audit_show_turn(&all);
	audit_keep_rows(client, &all);
	if (client->is_json)
		return output_json(client, &all.base);
	audit_show_print_chain(client, &all);
	return 0;
}

int audit_show(struct client *client, const struct arguments *arguments)
{
	const char *id = "";
	int r = arguments_count(client, arguments, 2, 2, _("which entry, or which referral"));

	if (!r)
		r = client_open(client);
	if (!r)
		r = audit_show_resolve(client, arguments->rest[1], &id);
	if (r)
		return r;
	if (!*id)
		return audit_show_chain(client, arguments->rest[1]);
	r = audit_show_entry(client, id);
	/* An id that is no entry's may be a referral's. */
	if (client->problem.id == PROBLEM_NOT_FOUND && r)
		return audit_show_chain(client, id);
	return r;
}
