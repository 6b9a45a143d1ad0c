/* SPDX-License-Identifier: Apache-2.0 */
/* stafett, without a command: what must I do today? */
#include <stdio.h>
#include <time.h>

#include "client/call.h"
#include "client/card.h"
#include "client/chain.h"
#include "client/client.h"
#include "client/compose.h"
#include "client/deliver.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/screen/act.h"
#include "client/screen/chain_question.h"
#include "client/screen/event.h"
#include "client/screen/format.h"
#include "client/screen/heartbeat.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/proposal.h"
#include "client/screen/row.h"
#include "client/screen/safe_text.h"
#include "client/screen/table.h"
#include "client/screen/term.h"
#include "client/seen.h"
#include "client/text.h"
#include "stafett/v1/referral_service.pb-c.h"

enum { TODAY_INDENT = 8, TODAY_COUNT_MOST = 100 };

/* "14", or "100+" where the server stopped counting. */
static char *today_count(struct client *client, int32_t count)
{
	return memory_printf(&client->arena, "%d%s", count, count >= TODAY_COUNT_MOST ? "+" : "");
}

static void today_print_heading(struct client *client)
{
	struct arena *arena = &client->arena;
	const char *name = client->profile->name;
	const char *who = memory_printf(arena, "%s%s%s", name, *name ? ", " : "",
		directory_name(client, client->profile->unit));
	const char *when =
		memory_printf(arena, "%s  %s", format_day(arena, client->today, client->today),
			format_clock(arena, client->now_us));
	int gap = (int)lines_page_width() - (int)lines_columns(who) - (int)lines_columns(when);

	if (gap < 2)
		lines_print(stdout, "", "",
			memory_printf(arena, "%s  %s", safe_line(arena, who), when));
	else
		printf("%s%*s%s\n", safe_line(arena, who), gap, "", when);
}

/* How a row is told: the act and by when, and with whom it is. */
static const char *today_template(bool is_own, bool has_due, bool is_late)
{
	if (!has_due)
		return is_own ? N_("{who}[ ({born})][, {matter}], to {other}: {act}")
			      : N_("{who}[ ({born})][, {matter}], from {other}: {act}");
	if (is_late)
		return is_own ? N_("{who}[ ({born})][, {matter}], to {other}: {act}, late since "
				   "{due}")
			      : N_("{who}[ ({born})][, {matter}], from {other}: {act}, late since "
				   "{due}");
	return is_own ? N_("{who}[ ({born})][, {matter}], to {other}: {act} by {due}")
		      : N_("{who}[ ({born})][, {matter}], from {other}: {act} by {due}");
}

/* The same of a chain, which is with nobody else yet. */
static const char *today_chain_template(bool has_due, bool is_late)
{
	if (!has_due)
		return N_("{who}[ ({born})]: {act}");
	return is_late ? N_("{who}[ ({born})]: {act}, late since {due}")
		       : N_("{who}[ ({born})]: {act} by {due}");
}

static bool today_is_left_to_us(struct client *client, const Stafett__V1__ReferralSummary *row)
{
	return row_is_left_to_us(client, row->referral, row->chain);
}

static const char *today_duty_text(struct client *client, const Stafett__V1__ReferralSummary *row)
{
	const Stafett__V1__Referral *referral = row->referral;
	bool is_own = strcmp(referral->requester, client->profile->unit) == 0;
	int64_t due_us = format_us(referral->due_time);
	struct words words = {0};
	struct card card;

	card_read_of(&client->arena, row->card, row->chain, &card);
	card_remember(client, &card, CARD_IN_LIST, referral->id, row->chain->id);
	words_set(&words, "who",
		!card.is_there && row_is_unshared(referral)
			? _("shared no longer")
			: card_list_name(&client->arena, &card));
	words_set(&words, "born", row_born(client, &card));
	words_set(&words, "matter",
		row_matter(client, referral->priority, referral->needs, referral->n_needs, &card));
	words_set(&words, "other",
		directory_name(client, is_own ? referral->owner : referral->requester));
	words_set(&words, "act", row_duty(client, referral));
	words_set(&words, "due", format_moment(&client->arena, due_us, client->today));
	if (today_is_left_to_us(client, row))
		return words_fill(&client->arena,
			_("{who}[ ({born})][, {matter}], to {other}: shared no longer, and still "
			  "with you. Ask the person for consent, or end it and ask another unit"),
			&words);
	return words_fill(&client->arena,
		_(*referral->id ? today_template(is_own, due_us != 0, row_is_late(client, due_us))
				: today_chain_template(due_us != 0, row_is_late(client, due_us))),
		&words);
}

/* Whether nothing is under way there: then the chain may be closed instead. */
static bool today_may_close(const Stafett__V1__ReferralSummary *row)
{
	for (size_t i = 0; i < row->chain->n_allowed_acts; i++)
		if (strcmp(row->chain->allowed_acts[i], "close") == 0)
			return strcmp(row->referral->next_act, "send") == 0;
	return false;
}

static void today_print_duty(struct client *client, const Stafett__V1__ReferralSummary *row)
{
	struct arena *arena = &client->arena;
	bool is_marked = row_is_marked(client, row->referral, row->chain);
	const char *code = format_code_start(arena, row->referral->code);
	const char *indent = memory_printf(arena, "%*s", TODAY_INDENT, "");
	bool is_left = today_is_left_to_us(client, row);
	const char *command = act_command(client, is_left ? "consent" : row_next_act(row->referral),
		row->referral, row->chain);
	const char *other = is_left ? "withdraw" : today_may_close(row) ? "close" : NULL;

	if (is_marked)
		lines_begin_alarm(stdout);
	lines_print(stdout,
		memory_printf(arena, "%s %s  ", is_marked ? "!" : " ", safe_line(arena, code)),
		indent, today_duty_text(client, row));
	if (is_marked)
		lines_end_alarm(stdout);
	lines_print_command(
		stdout, indent, "", command ? command : client_next(client, "show %s", code));
	if (other && (other = act_command(client, other, row->referral, row->chain)))
		lines_print_command(stdout, indent, _("Or:"), other);
}

/* What is expected after tomorrow need not be thought of today, unless the person waits. */
static bool today_is_far(struct client *client, const Stafett__V1__ReferralSummary *row)
{
	const Stafett__V1__ExpectedEvent *event = row->referral->expected_event;
	struct date tomorrow = date_add_days(client->today, 1);

	return event && !event->missed && !row_is_marked(client, row->referral, row->chain) &&
	       strcmp(row->referral->next_act, "attend") == 0 &&
	       date_compare(calendar_date_of(format_us(event->time)), tomorrow) > 0;
}

static void today_print_far(struct client *client, const Stafett__V1__ReferralSummary *row)
{
	struct arena *arena = &client->arena;
	const Stafett__V1__ExpectedEvent *event = row->referral->expected_event;
	struct words words = {0};
	struct card card;

	card_read_of(arena, row->card, row->chain, &card);
	card_remember(client, &card, CARD_IN_LIST, row->referral->id, row->chain->id);
	words_set(&words, "who", card_list_name(arena, &card));
	words_set(&words, "kind", term_code(client, CODES_EVENT, event->kind));
	words_set(&words, "time", format_moment(arena, format_us(event->time), client->today));
	lines_print(stdout,
		memory_printf(arena, "  %s  ",
			safe_line(arena, format_code_start(arena, row->referral->code))),
		"        ", words_fill(arena, _("{who}: {kind} {time}"), &words));
}

static size_t today_count_far(struct client *client, const Stafett__V1__TodayResponse *today)
{
	size_t count = 0;

	for (size_t i = 0; i < today->n_duties; i++)
		count += today_is_far(client, today->duties[i]);
	return count;
}

/* The chain of that id among what is listed anyway; NULL: it is not. */
static const Stafett__V1__ReferralSummary *today_find_chain(
	const Stafett__V1__TodayResponse *today, const char *id)
{
	for (size_t i = 0; i < today->n_duties; i++)
		if (today->duties[i]->chain && strcmp(today->duties[i]->chain->id, id) == 0)
			return today->duties[i];
	for (size_t i = 0; i < today->n_waiting; i++)
		if (today->waiting[i]->chain && strcmp(today->waiting[i]->chain->id, id) == 0)
			return today->waiting[i];
	return NULL;
}

/* Whom it is about. Of another unit's chain that is to go on in ours, what ours says. */
static void today_set_person(struct client *client, const Stafett__V1__TodayResponse *today,
	const Stafett__V1__ReferralSummary *row, struct words *words)
{
	const char *into = proposal_of(row->referral, row->chain)->into;
	const Stafett__V1__ReferralSummary *ours = *into ? today_find_chain(today, into) : NULL;
	struct card card;

	card_read_of(&client->arena, row->card, row->chain, &card);
	if (!card.is_there && ours)
		card_read_of(&client->arena, ours->card, ours->chain, &card);
	words_set(words, "who", card_list_name(&client->arena, &card));
	if (ours)
		words_set(words, "ours", format_code_start(&client->arena, ours->referral->code));
}

/* What takes two: the commands that answer it, if it is this member who may. */
static void today_print_proposal(struct client *client, const Stafett__V1__TodayResponse *today,
	const Stafett__V1__ReferralSummary *row)
{
	const Stafett__V1__Proposal *proposal = proposal_of(row->referral, row->chain);
	struct arena *arena = &client->arena;
	const char *indent = memory_printf(arena, "%*s", TODAY_INDENT, "");
	const char *code = format_code_start(arena, row->referral->code);
	const char *confirm, *drop, *text = proposal_text(client, proposal);
	struct words words = {0};

	today_set_person(client, today, row, &words);
	words_set(&words, "what", text);
	words_set(&words, "next", proposal->may_confirm ? "" : proposal_who(client, proposal));
	lines_print(stdout, memory_printf(arena, "  %s  ", safe_line(arena, code)), indent,
		words_fill(
			arena, _("[{who}: ]{what}[; {ours} is in that chain][; {next}]"), &words));
	proposal_commands(client, row->referral, row->chain, &confirm, &drop);
	if (confirm)
		lines_print_command(stdout, indent, "", confirm);
	if (drop)
		lines_print_command(stdout, indent, confirm ? _("Or:") : "", drop);
	/* Why something is to be voided is a code; all else has a text. */
	if (confirm && !*proposal->reason)
		lines_print_command(
			stdout, indent, _("Why:"), client_next(client, "show %s --body", code));
}

/* Those that this member may confirm, or all others; how many there are. */
static size_t today_print_proposals(
	struct client *client, const Stafett__V1__TodayResponse *today, bool may_confirm)
{
	size_t count = 0;

	for (size_t i = 0; i < today->n_proposals; i++) {
		const Stafett__V1__ReferralSummary *row = today->proposals[i];

		if (proposal_of(row->referral, row->chain)->may_confirm != may_confirm)
			continue;
		if (!count++ && !may_confirm)
			printf("\n%s\n", _("WAITS FOR A SECOND MEMBER"));
		today_print_proposal(client, today, row);
	}
	return count;
}

static size_t today_count_to_confirm(const Stafett__V1__TodayResponse *today)
{
	size_t count = 0;

	for (size_t i = 0; i < today->n_proposals; i++)
		count += proposal_of(today->proposals[i]->referral, today->proposals[i]->chain)
				 ->may_confirm;
	return count;
}

/* It is another's turn, who can only say no: what helps the person is ours to do. */
static size_t today_print_left(
	struct client *client, const Stafett__V1__TodayResponse *today, bool is_printed)
{
	size_t count = 0;

	for (size_t i = 0; i < today->n_waiting; i++) {
		if (!today_is_left_to_us(client, today->waiting[i]))
			continue;
		if (is_printed)
			today_print_duty(client, today->waiting[i]);
		count++;
	}
	return count;
}

static void today_print_duties(struct client *client, const Stafett__V1__TodayResponse *today)
{
	size_t far = today_count_far(client, today);
	bool is_nothing = far == today->n_duties && !today->n_questions &&
			  !today_count_to_confirm(today) && !today_print_left(client, today, false);

	printf("\n%s\n", !is_nothing	      ? _("YOU MUST ACT")
			 : today->inbox_count ? _("Nothing waits for you but to read what came.")
					      : _("Nothing waits for you."));
	for (size_t i = 0; i < today->n_questions; i++)
		chain_question_print(client, today->questions[i]);
	for (size_t i = 0; i < today->n_duties; i++) {
		if (!today_is_far(client, today->duties[i]))
			today_print_duty(client, today->duties[i]);
	}
	today_print_left(client, today, true);
	today_print_proposals(client, today, true);
	if (far)
		printf("\n%s\n", _("EXPECTED LATER"));
	for (size_t i = 0; i < today->n_duties && far; i++) {
		if (today_is_far(client, today->duties[i]))
			today_print_far(client, today->duties[i]);
	}
}

static void today_add_waiting(
	struct client *client, struct table *table, const Stafett__V1__ReferralSummary *row)
{
	const Stafett__V1__Referral *referral = row->referral;
	int64_t due_us = format_us(referral->due_time);
	struct card card;
	const char *cells[6];

	card_read_of(&client->arena, row->card, row->chain, &card);
	card_remember(client, &card, CARD_IN_LIST, referral->id, row->chain->id);
	cells[0] = format_code_start(&client->arena, referral->code);
	cells[1] = row_person(client, &card);
	cells[2] = row_unit(client, row->chain->custodian);
	cells[3] = row_next_step(client, referral);
	cells[4] = row_time(client, due_us);
	cells[5] = row_chain_help(client, row->chain);
	table_row(table, &client->arena, row_is_marked(client, row->referral, row->chain), cells);
}

static void today_print_waiting(struct client *client, const Stafett__V1__TodayResponse *today)
{
	const struct table_column columns[] = {{.title = _("CODE")},
		{.title = _("WHO"), .may_shrink = true},
		{.title = _("HELD BY"), .may_shrink = true},
		{.title = _("NEXT"), .may_shrink = true}, {.title = _("BY"), .may_shrink = true},
		{.title = row_help_title(client), .is_number = true}, {.title = NULL}};
	struct table *table;

	if (today->n_waiting == today_print_left(client, today, false))
		return;
	printf("\n%s\n", _("OTHERS MUST ACT"));
	table = table_new(columns, TABLE_PAGE);
	for (size_t i = 0; i < today->n_waiting; i++)
		if (!today_is_left_to_us(client, today->waiting[i]))
			today_add_waiting(client, table, today->waiting[i]);
	table_print(table);
}

static void today_print_news(
	struct client *client, const Stafett__V1__TodayResponse *today, int64_t since_us)
{
	struct arena *arena = &client->arena;
	const char *text = "";

	for (size_t i = 0; i < today->n_news; i++)
		text = memory_printf(
			arena, "%s%s%s", text, i ? " · " : "", event_news(client, today->news[i]));
	if (!today->n_news)
		return;
	putchar('\n');
	lines_print(stdout,
		memory_printf(
			arena, _("SINCE %s  "), format_moment(arena, since_us, client->today)),
		"  ", text);
}

/* What asks for nothing may still be worth reading: that a referral was accepted. */
static void today_print_inbox(struct client *client, const Stafett__V1__TodayResponse *today)
{
	struct words words = {0};

	if (!today->inbox_count)
		return;
	words_set(&words, "count", today_count(client, today->inbox_count));
	lines_print_command(stdout, "",
		words_fill(&client->arena, _("In the inbox, not acknowledged: {count}."), &words),
		client_next(client, "inbox --all"));
}

static int32_t today_count_overdue(
	const struct client *client, Stafett__V1__ReferralSummary *const *rows, size_t count)
{
	int32_t late = 0;

	for (size_t i = 0; i < count; i++)
		late += rows[i]->chain && row_is_overdue(client, rows[i]->referral, rows[i]->chain);
	return late;
}

/* Those whose answer is late, and of whom no row above has been counted. */
static int32_t today_count_questions(
	const struct client *client, const Stafett__V1__TodayResponse *today)
{
	int32_t late = 0;

	for (size_t i = 0; i < today->n_questions; i++) {
		const Stafett__V1__ChainQuestion *question = today->questions[i];
		const Stafett__V1__ReferralSummary *row =
			question->chain ? today_find_chain(today, question->chain->id) : NULL;

		late += row_is_late(client, format_us(question->due_time)) &&
			!(row && row_is_overdue(client, row->referral, row->chain));
	}
	return late;
}

/* Everybody who is late here, each row once. Where there are more than a page, at least as
 * many as the server counted, which knows of no help that is late but its holder's. */
static int32_t today_count_late(
	const struct client *client, const Stafett__V1__TodayResponse *today)
{
	bool is_whole = (size_t)today->duty_count <= today->n_duties + today->n_questions &&
			(size_t)today->waiting_count <= today->n_waiting;
	int32_t steps = is_whole ? 0 : today->late_duty_count + today->late_waiting_count;
	int32_t late = today_count_overdue(client, today->duties, today->n_duties) +
		       today_count_overdue(client, today->waiting, today->n_waiting) +
		       today_count_questions(client, today);

	steps = steps > today->late_help_count ? steps : today->late_help_count;
	return late > steps ? late : steps;
}

static void today_print_rest(struct client *client, const Stafett__V1__TodayResponse *today)
{
	int32_t open = today->duty_count + today->waiting_count;
	int32_t late = today_count_late(client, today);

	putchar('\n');
	client_word(client, "late", today_count(client, late));
	client_word(client, "open", today_count(client, open));
	output_say(client, "",
		!open  ? _("Nothing is open.")
		: late ? _("{late} late, {open} open in all.")
		       : _("Nothing is late. {open} open in all."));
	today_print_inbox(client, today);
	if (today->late_help_count) {
		client_word(client, "count", today_count(client, today->late_help_count));
		lines_begin_alarm(stdout);
		output_say(client, "! ", _("Help is late for {count} of those whom you hold."));
		lines_end_alarm(stdout);
	}
	output_next(client, open ? "list --open" : "inbox --all");
}

static void today_print(
	struct client *client, const Stafett__V1__TodayResponse *today, int64_t since_us)
{
	today_print_heading(client);
	today_print_duties(client, today);
	today_print_waiting(client, today);
	today_print_proposals(client, today, false);
	today_print_news(client, today, since_us);
	today_print_rest(client, today);
	heartbeat_print(client, today->heartbeat);
}

/* What has a mark comes first, each part in the order of the server. */
static void today_sort(struct client *client, Stafett__V1__ReferralSummary **rows, size_t count)
{
	Stafett__V1__ReferralSummary **sorted =
		memory_alloc(&client->arena, sizeof(*sorted) * (count + 1));
	size_t at = 0;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < count; i++)
			if (row_is_marked(client, rows[i]->referral, rows[i]->chain) == !pass)
				sorted[at++] = rows[i];
	for (size_t i = 0; i < count; i++)
		rows[i] = sorted[i];
}

/* For programs: one table of all rows, whose turn it is in the first column. */
static void today_print_table(struct client *client, const Stafett__V1__TodayResponse *today)
{
	const struct table_column columns[] = {{.title = _("CODE")}, {.title = _("WHO")},
		{.title = _("HELD BY")}, {.title = _("NEXT")},
		{.title = _("BY"), .may_shrink = true}, {.title = _("HELP DUE")}, {.title = NULL}};
	struct table *table = table_new(columns, client->form);

	for (size_t i = 0; i < today->n_questions; i++)
		chain_question_add(client, table, today->questions[i]);
	for (size_t i = 0; i < today->n_duties; i++)
		today_add_waiting(client, table, today->duties[i]);
	for (size_t i = 0; i < today->n_waiting; i++)
		today_add_waiting(client, table, today->waiting[i]);
	table_print(table);
}

/* Proposals of chains without a referral get a stand-in for one. */
static size_t today_keep_proposals(
	struct client *client, Stafett__V1__ReferralSummary **rows, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (!rows[i]->chain)
			continue;
		if (!rows[i]->referral)
			rows[i]->referral = chain_stand_in(client, rows[i]->chain)->referral;
		if (proposal_of(rows[i]->referral, rows[i]->chain))
			rows[kept++] = rows[i];
	}
	return kept;
}

static int today_read(
	struct client *client, struct seen seen, Stafett__V1__TodayResponse **ret_today)
{
	Stafett__V1__TodayRequest request = STAFETT__V1__TODAY_REQUEST__INIT;
	int r;

	if (seen.since_us)
		request.since_time = compose_time(client, seen.since_us);
	r = call_message(client, METHOD_today, &request.base,
		&stafett__v1__today_response__descriptor, ret_today);
	if (r)
		return r;
	heartbeat_take_time(client, (*ret_today)->heartbeat);
	if (client->is_json)
		return 0;
	(*ret_today)->n_duties =
		chain_keep_rows(client, (*ret_today)->duties, (*ret_today)->n_duties);
	(*ret_today)->n_waiting =
		chain_keep_rows(client, (*ret_today)->waiting, (*ret_today)->n_waiting);
	today_sort(client, (*ret_today)->duties, (*ret_today)->n_duties);
	today_sort(client, (*ret_today)->waiting, (*ret_today)->n_waiting);
	(*ret_today)->n_questions =
		chain_question_keep_whole((*ret_today)->questions, (*ret_today)->n_questions);
	return 0;
}

static bool today_is_red(const struct client *client, const Stafett__V1__TodayResponse *today)
{
	return today_count_late(client, today) || heartbeat_is_silent(today->heartbeat);
}

int command_today(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__TodayResponse *today;
	struct seen seen;
	int r = arguments_count(client, arguments, 0, 0, "");

	if (!r)
		r = client_open(client);
	if (!r)
		r = deliver_pending(client, true);
	if (r)
		return r;
	client_word(client, "desk", "today");
	seen = seen_look(seen_load(client), (int64_t)time(NULL) * 1000000);
	r = today_read(client, seen, &today);
	if (r)
		return r;
	seen_save(client, seen);
	if (!client->is_json)
		today->n_proposals =
			today_keep_proposals(client, today->proposals, today->n_proposals);
	if (client->is_json)
		r = output_json(client, &today->base);
	else if (client->is_plain)
		today_print_table(client, today);
	else
		today_print(client, today, seen.since_us);
	if (!r && arguments_has(arguments, OPTION_today_check) && today_is_red(client, today))
		return EXIT_OVERDUE;
	return r;
}
