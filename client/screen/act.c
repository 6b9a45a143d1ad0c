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

/* A week from today, but no later than the help that the person was promised. */
static const char *act_contact_date(struct client *client, const Stafett__V1__Chain *chain)
{
	enum { ACT_CONTACT_DAYS = 7 };
	char *text = memory_alloc(&client->arena, sizeof("2026-11-30"));
	struct date date = date_add_days(client->today, ACT_CONTACT_DAYS);
	struct date due;

	if (date_parse(bytes_of_string(chain->intervention_due_date), &due) &&
		date_compare(due, date) < 0 && date_compare(due, client->today) >= 0)
		date = due;
	date_format(date, text);
	return text;
}

char *act_command(struct client *client, const char *act, const Stafett__V1__Referral *referral,
	const Stafett__V1__Chain *chain)
{
	struct words words = {0};

	words_set(&words, "ref", format_code_start(&client->arena, referral->code));
	words_set(&words, "contact", act_contact_date(client, chain));
	for (size_t i = 0; i < ARRAY_SIZE(act_rows); i++) {
		if (strcmp(act_rows[i].act, act) == 0)
			return client_next(client, "%s",
				words_fill(&client->arena, act_rows[i].command, &words));
	}
	return NULL;
}
