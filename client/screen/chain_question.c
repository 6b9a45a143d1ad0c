/* SPDX-License-Identifier: Apache-2.0 */
#include "client/screen/chain_question.h"

#include <stdio.h>

#include "client/card.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/row.h"
#include "client/screen/safe_text.h"
#include "client/screen/term.h"
#include "client/text.h"

enum { CHAIN_QUESTION_INDENT = 8 };

#define CHAIN_QUESTION_FOLLOW_UP "follow-up-"

static bool chain_question_is_help(const Stafett__V1__ChainQuestion *duty)
{
	return strcmp(duty->what, "help") == 0;
}

/* "3" of follow-up-3. */
static const char *chain_question_months(const Stafett__V1__ChainQuestion *duty)
{
	size_t len = strlen(CHAIN_QUESTION_FOLLOW_UP);

	return strncmp(duty->what, CHAIN_QUESTION_FOLLOW_UP, len) == 0 ? duty->what + len : "";
}

static bool chain_question_is_late(
	const struct client *client, const Stafett__V1__ChainQuestion *duty)
{
	return row_is_late(client, format_us(duty->due_time));
}

static struct card chain_question_card(
	struct client *client, const Stafett__V1__ChainQuestion *duty)
{
	const char *id = *duty->referral ? duty->referral : duty->chain->id;
	struct card card;

	card_read_of(&client->arena, duty->card, duty->chain, &card);
	card_remember(client, &card, CARD_IN_LIST, id, duty->chain->id);
	return card;
}

static const char *chain_question_text(
	struct client *client, const Stafett__V1__ChainQuestion *duty)
{
	struct card card = chain_question_card(client, duty);
	struct arena *arena = &client->arena;
	struct words words = {0};

	words_set(&words, "who", card_list_name(arena, &card));
	words_set(&words, "born", row_born(client, &card));
	words_set(&words, "months", chain_question_months(duty));
	words_set(&words, "day",
		format_day_text(arena, duty->chain->intervention_due_date, client->today));
	words_set(&words, chain_question_is_late(client, duty) ? "late" : "due",
		format_moment(arena, format_us(duty->due_time), client->today));
	return words_fill(arena,
		chain_question_is_help(duty)
			? _("{who}[ ({born})]: help was due {day} and has not begun. Why?")
			: _("{who}[ ({born})]: {months} months have passed since the treatment. "
			    "How is it?[ Answer by {due}.][ Late since {late}.]"),
		&words);
}

size_t chain_question_keep_whole(Stafett__V1__ChainQuestion **duties, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (duties[i]->chain)
			duties[kept++] = duties[i];
	}
	return kept;
}

void chain_question_print(struct client *client, const Stafett__V1__ChainQuestion *duty)
{
	struct arena *arena = &client->arena;
	bool is_late = chain_question_is_late(client, duty);
	const char *code = format_code_start(arena, duty->code);
	const char *indent = memory_printf(arena, "%*s", CHAIN_QUESTION_INDENT, "");

	if (is_late)
		lines_begin_alarm(stdout);
	lines_print(stdout,
		memory_printf(arena, "%s %s  ", is_late ? "!" : " ", safe_line(arena, code)),
		indent, chain_question_text(client, duty));
	if (is_late)
		lines_end_alarm(stdout);
	lines_print_command(stdout, indent, "",
		client_next(
			client, chain_question_is_help(duty) ? "delay %s" : "follow-up %s", code));
}

void chain_question_add(
	struct client *client, struct table *table, const Stafett__V1__ChainQuestion *duty)
{
	struct arena *arena = &client->arena;
	struct card card = chain_question_card(client, duty);
	const char *cells[] = {
		format_code_start(arena, duty->code),
		row_person(client, &card),
		row_unit(client, duty->chain->custodian),
		memory_printf(arena, "%s: %s", row_unit(client, duty->chain->custodian),
			term_next(client, duty->what)),
		row_time(client, format_us(duty->due_time)),
		row_chain_help(client, duty->chain),
	};

	table_row(table, arena, chain_question_is_late(client, duty), cells);
}
