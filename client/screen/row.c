/* SPDX-License-Identifier: Apache-2.0 */
/* Cells of lists: see the header. */
#include "client/screen/row.h"

#include "client/chain.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/safe_text.h"
#include "client/screen/term.h"
#include "client/text.h"
#include "domain/words.h"

const char *row_number(struct client *client, size_t index)
{
	return memory_printf(&client->arena, "%zu", index + 1);
}

const char *row_person(struct client *client, const struct card *card)
{
	enum { ROW_PERSON_COLUMNS = 48 };
	const char *name = card_list_name(&client->arena, card);

	/* No name, however long, fills the page. */
	return client->is_plain ? name
				: lines_cut(&client->arena, safe_line(&client->arena, name),
					  ROW_PERSON_COLUMNS);
}

const char *row_born(struct client *client, const struct card *card)
{
	const char *date = card->is_protected ? "" : card_birth_date(&client->arena, card);

	return memory_copy(&client->arena, bytes_of(date, strcspn(date, "-")));
}

const char *row_matter(struct client *client, const char *priority, char *const *needs,
	size_t n_needs, const struct card *card)
{
	struct arena *arena = &client->arena;
	bool is_routine = !*priority || strcmp(priority, "routine") == 0;
	const char *text =
		is_routine
			? ""
			: memory_printf(arena, "%s: ", term_code(client, CODES_PRIORITY, priority));

	for (size_t i = 0; i < n_needs; i++)
		text = memory_printf(arena, "%s%s%s", text, i ? ", " : "",
			term_code(client, CODES_NEED, needs[i]));
	if (card->needs_interpreter)
		text = memory_printf(arena, _("%s; interpreter %s"), text, card->language);
	return text;
}

const char *row_time(struct client *client, int64_t us)
{
	if (!client->is_plain)
		return format_brief(&client->arena, us, client->today);
	return us ? format_iso(&client->arena, us) : "";
}

const char *row_help_title(const struct client *client)
{
	enum { ROW_NARROW_COLUMNS = 80 };

	return !client->is_plain && lines_width() < ROW_NARROW_COLUMNS ? _("HELP") : _("HELP DUE");
}

const char *row_help(struct client *client, const char *due, const char *start)
{
	if (client->is_plain)
		return due;
	return *start ? _("met") : format_days_left(&client->arena, due, client->today);
}

const char *row_chain_help(struct client *client, const Stafett__V1__Chain *chain)
{
	/* Those of a closed chain are counted no more, nor where nobody waits for help. */
	if (!client->is_plain && !*chain->intervention_start_date &&
		(strcmp(chain->status, "closed") == 0 || !chain->awaits_help))
		return "";
	return row_help(client, chain->intervention_due_date, chain->intervention_start_date);
}

const char *row_unit(struct client *client, const char *handle)
{
	if (client->is_plain)
		return handle;
	if (strcmp(handle, client->profile->unit) == 0)
		return _("you");
	return directory_name(client, handle);
}

/* What is refused once a consent is revoked, and what is left to whose turn it is. */
static const struct {
	const char *act, *instead, *text;
} row_stopped[] = {
	{"accept", "reject", N_("reject it (it is shared no longer)")},
	{"amend", "withdraw", N_("end it (it is shared no longer)")},
};

bool row_is_unshared(const Stafett__V1__Referral *referral)
{
	return referral->no_longer_shared || (referral->consent && referral->consent->revoke_time);
}

/* The row of what is next, where that is refused; -1 where it is not. */
static int row_find_stopped(const Stafett__V1__Referral *referral)
{
	for (size_t i = 0; i < ARRAY_SIZE(row_stopped); i++)
		if (row_is_unshared(referral) &&
			strcmp(referral->next_act, row_stopped[i].act) == 0)
			return (int)i;
	return -1;
}

bool row_is_to_be_booked(const Stafett__V1__Referral *referral)
{
	const Stafett__V1__ExpectedEvent *event = referral->expected_event;

	return strcmp(referral->next_act, "start") == 0 &&
	       !(event && !event->missed && *event->kind) && chain_may_referral(referral, "book");
}

const char *row_next_act(const Stafett__V1__Referral *referral)
{
	int stopped = row_find_stopped(referral);

	if (row_is_to_be_booked(referral))
		return "book";
	return stopped < 0 ? referral->next_act : row_stopped[stopped].instead;
}

/* What the next step of a referral is that nothing has stopped. */
static const char *row_free_act(const struct client *client, const Stafett__V1__Referral *referral)
{
	bool is_at_rest = strcmp(referral->next_act, "send") == 0 &&
			  strcmp(referral->status, "rejected") != 0;

	return is_at_rest && !client->is_plain ? _("send on, or close the chain")
					       : term_next(client, referral->next_act);
}

const char *row_act(const struct client *client, const Stafett__V1__Referral *referral)
{
	int stopped = row_find_stopped(referral);

	return stopped < 0 || client->is_plain ? row_free_act(client, referral)
					       : _(row_stopped[stopped].text);
}

const char *row_duty(struct client *client, const Stafett__V1__Referral *referral)
{
	struct words words = {0};

	if (strcmp(row_next_act(referral), "amend") != 0 || !*referral->question)
		return row_act(client, referral);
	words_set(&words, "act", row_act(client, referral));
	words_set(&words, "question", term_code(client, CODES_QUESTION, referral->question));
	return words_fill(&client->arena, _("{act} ({question})"), &words);
}

const char *row_next_step(struct client *client, const Stafett__V1__Referral *referral)
{
	if (!*referral->next_actor)
		return "";
	return memory_printf(&client->arena, "%s: %s", row_unit(client, referral->next_actor),
		row_act(client, referral));
}

bool row_is_left_to_us(const struct client *client, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain)
{
	return strcmp(chain->custodian, client->profile->unit) == 0 &&
	       strcmp(referral->next_actor, client->profile->unit) != 0 && *referral->next_actor &&
	       row_is_unshared(referral);
}

bool row_is_late(const struct client *client, int64_t due_us)
{
	return due_us && due_us < client->now_us;
}

/* Whether the person waits for help that should have begun before |today|. */
static bool row_help_is_late(const struct client *client, const Stafett__V1__Chain *chain)
{
	struct date due;

	return chain->awaits_help &&
	       date_parse(bytes_of_string(chain->intervention_due_date), &due) &&
	       !*chain->intervention_start_date && strcmp(chain->status, "open") == 0 &&
	       date_compare(due, client->today) < 0;
}

bool row_is_overdue(const struct client *client, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain)
{
	const char *next = referral ? referral->next_act : chain->next_act;
	int64_t due_us = format_us(referral ? referral->due_time : chain->due_time);

	return *next && (row_is_late(client, due_us) || row_help_is_late(client, chain));
}

bool row_is_danger(const char *priority, const char *status)
{
	int state = state_from_code(bytes_of_string(status));

	return strcmp(priority, "stat") == 0 &&
	       (state == STATE_REQUESTED || state == STATE_RECEIVED);
}

bool row_is_marked(const struct client *client, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain)
{
	return row_is_overdue(client, referral, chain) ||
	       row_is_danger(referral->priority, referral->status);
}
