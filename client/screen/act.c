/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of acts: see the header. */
#include "client/screen/act.h"

#include "client/memory.h"
#include "client/screen/format.h"

static const struct {
	const char *act, *command;
} act_rows[] = {
#define ACT_LINE(act, command) {act, command},
#include "client/screen/acts.def"
#undef ACT_LINE
};

static char *act_date_text(struct client *client, struct date date)
{
	char *text = memory_alloc(&client->arena, DATE_TEXT_LEN + 1);

	date_format(date, text);
	return text;
}

const char *act_contact_by(struct client *client, const char *due_text)
{
	enum { ACT_CONTACT_DAYS = 7 };
	struct date date = date_add_days(client->today, ACT_CONTACT_DAYS);
	struct date due;

	if (date_parse(bytes_of_string(due_text), &due) && date_compare(due, date) < 0 &&
		date_compare(due, client->today) >= 0)
		date = due;
	return act_date_text(client, date);
}

const char *act_contact(struct client *client, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain, const char *planned)
{
	if (strcmp(referral->priority, "stat") == 0)
		return act_date_text(client, client->today);
	return planned ? planned : act_contact_by(client, chain->intervention_due_date);
}

static char *act_line(struct client *client, const char *act, const char *ref, const char *contact)
{
	struct words words = {0};

	words_set(&words, "ref", ref);
	words_set(&words, "contact", contact);
	for (size_t i = 0; i < ARRAY_SIZE(act_rows); i++) {
		if (strcmp(act_rows[i].act, act) == 0)
			return client_next(client, "%s",
				words_fill(&client->arena, act_rows[i].command, &words));
	}
	return NULL;
}

static bool act_is_among(const char *act, char *const *acts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(acts[i], act) == 0)
			return true;
	}
	return false;
}

/* Whether a word is an act of the table; "reach" is done by another one. */
static bool act_is_of_table(const char *act)
{
	static const char *const acts[] = {
#define ACT(number, name, code, ...) code,
#include "stafett/tbl/acts.def"
#undef ACT
	};

	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		if (strcmp(acts[i], act) == 0)
			return true;
	}
	return false;
}

/* A new referral is no act on the one before it. */
static bool act_may_be_done(
	const char *act, const Stafett__V1__Referral *referral, const Stafett__V1__Chain *chain)
{
	return strcmp(act, "send") == 0 || !act_is_of_table(act) ||
	       act_is_among(act, referral->allowed_acts, referral->n_allowed_acts) ||
	       act_is_among(act, chain->allowed_acts, chain->n_allowed_acts);
}

char *act_command(struct client *client, const char *act, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain)
{
	bool is_ours = *referral->id && strcmp(referral->requester, client->profile->unit) == 0;

	if (!act_may_be_done(act, referral, chain))
		return NULL;
	/* Only what the unit itself had asked for has a new referral in its place; of a
	 * chain that it holds by another's, the new one is the next. */
	if (!is_ours && strcmp(act, "send") == 0)
		act = "send-first";
	return act_line(client, act, format_code_start(&client->arena, referral->code),
		act_contact(client, referral, chain, NULL));
}

static bool act_is_known(const struct act_commands *commands, const char *command)
{
	for (size_t i = 0; i < commands->count; i++) {
		if (strcmp(commands->list[i], command) == 0)
			return true;
	}
	return false;
}

void act_commands_add_line(
	struct client *client, struct act_commands *commands, const char *command)
{
	char **list;

	if (act_is_known(commands, command))
		return;
	list = memory_alloc(&client->arena, (commands->count + 1) * sizeof(*list));
	if (commands->count)
		memcpy(list, commands->list, commands->count * sizeof(*list));
	list[commands->count++] = memory_string(&client->arena, command);
	commands->list = list;
}

void act_commands_add(struct client *client, struct act_commands *commands, char *const *acts,
	size_t n_acts, const char *ref, const char *contact)
{
	for (size_t i = 0; i < n_acts; i++) {
		const char *command = act_line(client, acts[i], ref, contact);

		if (command)
			act_commands_add_line(client, commands, command);
	}
}
