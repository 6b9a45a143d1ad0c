/* SPDX-License-Identifier: Apache-2.0 */
/* stafett audit log|show: which of them, and reading pages. */
#include "client/commands/audit.h"

#include "client/call.h"
#include "client/last_list.h"
#include "client/memory.h"
#include "client/text.h"
#include "stafett/caps.h"

/* A filter that hardly anything fits has many empty pages, each of them recorded. */
enum { AUDIT_CALLS_MOST = 50 };

int audit_read(struct client *client, Stafett__V1__AuditServiceListRequest *request, size_t rows,
	Stafett__V1__AuditServiceListResponse *ret_all)
{
	const Stafett__V1__AuditServiceListResponse *page;

	for (int calls = 0; calls < AUDIT_CALLS_MOST && ret_all->n_entries < rows; calls++) {
		size_t left = rows - ret_all->n_entries;
		int r;

		request->page_size = (int32_t)(left < CAP_PAGE_SIZE ? left : CAP_PAGE_SIZE);
		r = call_message(client, METHOD_audit_list, &request->base,
			&stafett__v1__audit_service_list_response__descriptor, &page);
		if (r)
			return r;
		ret_all->entries = memory_join(&client->arena, ret_all->entries, ret_all->n_entries,
			page->entries, page->n_entries);
		ret_all->n_entries += page->n_entries;
		ret_all->next_page_token = request->page_token = page->next_page_token;
		if (!*request->page_token)
			break;
	}
	return 0;
}

void audit_keep_rows(struct client *client, const Stafett__V1__AuditServiceListResponse *all)
{
	struct last_list_row *rows =
		memory_alloc(&client->arena, sizeof(*rows) * (all->n_entries + 1));

	for (size_t i = 0; i < all->n_entries; i++)
		rows[i] = (struct last_list_row){"", all->entries[i]->id};
	last_log_save(client, rows, all->n_entries);
}

/* In both languages. */
static bool audit_is_word(const char *typed, const char *english, const char *swedish)
{
	return strcmp(typed, english) == 0 || strcmp(typed, swedish) == 0;
}

/* Whoever reads the log may have no list to choose from. */
static void audit_mend_hint(struct client *client)
{
	switch ((int)client->problem.id) {
	case PROBLEM_NOT_FOUND:
	case PROBLEM_CODE_AMBIGUOUS:
	case PROBLEM_REF_INVALID:
	case PROBLEM_ROW_UNKNOWN:
	case PROBLEM_PAGE_TOKEN_INVALID:
		client->problem.hint = _("What there is in the log:");
		client->problem.command = client_next(client, "audit log");
	}
}

int command_audit(struct client *client, const struct arguments *arguments)
{
	int r = arguments_count(client, arguments, 1, 2, _("log or show"));
	const char *what;

	if (r)
		return r;
	what = arguments->rest[0];
	if (audit_is_word(what, "log", "logg"))
		r = audit_log(client, arguments);
	else if (audit_is_word(what, "show", "visa"))
		r = audit_show(client, arguments);
	else
		r = client_problem(client, PROBLEM_AUDIT_WHAT, "value", what, NULL);
	if (r)
		audit_mend_hint(client);
	return r;
}
