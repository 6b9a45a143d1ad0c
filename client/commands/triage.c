/* SPDX-License-Identifier: Apache-2.0 */
/* stafett triage: the inbox, one card at a time, one key each. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "client/client.h"
#include "client/deliver.h"
#include "client/inbox.h"
#include "client/memory.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/page.h"
#include "client/screen/triage_card.h"
#include "client/screen/tty.h"
#include "client/text.h"
#include "client/triage.h"
#include "client/triage_act.h"

/* The alternate screen: nothing of a person stays in the terminal's memory. */
#define TRIAGE_ENTER "\033[?1049h"
#define TRIAGE_LEAVE "\033[?1049l"
#define TRIAGE_CLEAR "\033[H\033[2J"

static const struct triage_key {
	const char *act;	  /* "": always possible */
	const char *label, *help; /* not translated yet */
} triage_keys[TRIAGE_KEY_COUNT] = {
#define TRIAGE_KEY(id, act, label, help) [TRIAGE_KEY_##id] = {act, label, help},
#include "stafett/tbl/triage.def"
};

/* -- keys ------------------------------------------------------------------------------ */

/* The letter in brackets of a label, in the user's language. */
static int triage_letter(const struct triage_key *key)
{
	const char *bracket = strchr(_(key->label), '[');

	return bracket ? bracket[1] : 0;
}

static bool triage_is_possible(const struct triage *triage, enum triage_key_id id)
{
	const Stafett__V1__Referral *referral = triage->on.seen->referral;
	const char *act = triage_keys[id].act;

	if (id == TRIAGE_KEY_ack)
		return !inbox_is_acknowledged(triage->on.item) && !triage->is_done[triage->at];
	/* What is new is acknowledged before anything is asked. */
	if (id == TRIAGE_KEY_ask && strcmp(referral->status, "requested") == 0)
		return triage_is_possible(triage, TRIAGE_KEY_accept);
	for (size_t i = 0; i < referral->n_allowed_acts; i++) {
		if (strcmp(referral->allowed_acts[i], act) == 0)
			return true;
	}
	return !*act;
}

static enum triage_key_id triage_key_of(int typed)
{
	enum triage_key_id id = 0;

	if (typed < 0)
		return TRIAGE_KEY_COUNT;
	while (id < TRIAGE_KEY_COUNT && triage_letter(&triage_keys[id]) != tolower(typed))
		id++;
	return id;
}

/* -- the screen --------------------------------------------------------------------------- */

static const char *triage_menu(struct triage *triage)
{
	const char *menu = "";

	for (enum triage_key_id id = 0; id < TRIAGE_KEY_COUNT; id++) {
		if (triage_is_possible(triage, id))
			menu = memory_printf(&triage->client->arena, "%s%s%s", menu,
				*menu ? " " : "", _(triage_keys[id].label));
	}
	return menu;
}

/* "5 of 11 new            9TQR-44WM  Mon 08:31" */
static const char *triage_heading(struct triage *triage)
{
	struct client *client = triage->client;
	struct arena *arena = &client->arena;
	const char *left =
		memory_printf(arena, triage->only_new ? _("%zu of %zu new") : _("%zu of %zu"),
			triage->at + 1, triage->count);
	const char *right = memory_printf(arena, "%s  %s", triage->on.item->code,
		format_moment(arena, (int64_t)time(NULL) * 1000000, client->today));
	size_t taken = lines_columns(left) + lines_columns(right) + 1;
	size_t gap = tty_columns() > taken ? tty_columns() - taken : 1;

	return memory_printf(arena, "%s%*s%s", left, (int)gap, "", right);
}

/* Rows for the card between the heading and what stands below it. */
static size_t triage_rows(const struct page *below)
{
	size_t taken = below->count + 2;

	return tty_rows() > taken + 1 ? tty_rows() - taken : 1;
}

static void triage_draw(struct triage *triage)
{
	struct arena *arena = &triage->client->arena;
	const char *more = _("(more: space)");
	struct page heading;
	struct page below;
	size_t rows;

	page_make(arena, triage_heading(triage), tty_columns(), &heading);
	page_make(arena,
		memory_printf(
			arena, "%s\n> %s", triage_menu(triage), triage->said ? triage->said : ""),
		tty_columns(), &below);
	rows = triage_rows(&below);
	triage->rows = rows;
	fputs(TRIAGE_CLEAR, stderr);
	fprintf(stderr, "%s\n", heading.lines[0]);
	fprintf(stderr, "%s\n", page_print(&triage->page, rows, stderr) ? more : "");
	for (size_t i = 0; i < below.count; i++)
		fprintf(stderr, "%s%s", i ? "\n" : "", below.lines[i]);
}

/* The card anew: another one, or another width. */
static void triage_lay_out(struct triage *triage)
{
	struct client *client = triage->client;
	const char *text = triage_card_text(client, &triage->on, tty_columns());

	page_make(&client->arena, text, tty_columns(), &triage->page);
}

/* A text in place of the card, until another key than space. */
static int triage_read_page(struct triage *triage, const char *text)
{
	struct arena *arena = &triage->client->arena;
	struct page page = {0};
	int key = TTY_RESIZE;

	while (key == TTY_RESIZE || key == ' ') {
		size_t rows = tty_rows() > 2 ? tty_rows() - 2 : 1;
		bool has_more;

		if (key == TTY_RESIZE)
			page_make(arena, text, tty_columns(), &page);
		else
			page_turn(&page, rows);
		fputs(TRIAGE_CLEAR, stderr);
		has_more = page_print(&page, rows, stderr);
		fputs(has_more ? _("(more: space; back: any other key)") : _("(back: any key)"),
			stderr);
		key = tty_key(&triage->asking.tty);
	}
	return key;
}

static int triage_explain(struct triage *triage)
{
	struct arena *arena = &triage->client->arena;
	const char *text = "";

	for (enum triage_key_id id = 0; id < TRIAGE_KEY_COUNT; id++)
		text = memory_printf(arena, "%s%c  %s\n", text, triage_letter(&triage_keys[id]),
			_(triage_keys[id].help));
	return triage_read_page(triage, text);
}

/* -- from card to card ---------------------------------------------------------------------- */

/* Whether somebody else has seen to it since the list was read. */
static bool triage_is_gone(const struct triage *triage)
{
	const Stafett__V1__Referral *referral = triage->on.seen->referral;

	return strcmp(triage->on.item->needs, "ack") == 0 && !triage->is_done[triage->at] &&
	       strcmp(referral->status, "requested") != 0;
}

static int triage_read(struct triage *triage)
{
	triage->on.item = triage->items[triage->at];
	return triage_act_read(triage->client, triage->on.item->referral, &triage->on.seen);
}

/* The card at |at|, or the next one that nobody else has seen to. Past the last one
 * the triage is over. */
static int triage_show(struct triage *triage)
{
	for (; triage->at < triage->count; triage->at++) {
		int r = triage_read(triage);

		if (r)
			return r;
		if (!triage_is_gone(triage))
			break;
		triage->said = triage_act_who_was_first(triage->client, &triage->on);
	}
	triage->is_over = triage->at == triage->count;
	if (!triage->is_over)
		triage_lay_out(triage);
	return 0;
}

static int triage_go_on(struct triage *triage)
{
	triage->at++;
	return triage_show(triage);
}

static int triage_go_back(struct triage *triage)
{
	if (!triage->at)
		return 0;
	triage->at--;
	triage->is_done[triage->at] = true; /* shown again, whatever became of it */
	return triage_show(triage);
}

/* What became of an act. A conflict or a refusal ends nothing. */
static int triage_after(struct triage *triage, int r)
{
	struct client *client = triage->client;

	if (r == EXIT_TEMPORARY || r == EXIT_SECURITY)
		return r;
	if (!r) {
		triage->is_done[triage->at] = true;
		triage->n_done++;
		return triage_go_on(triage);
	}
	triage->said = r == EXIT_CONFLICT ? triage_act_who_was_first(client, &triage->on)
					  : client->problem.sentence;
	client->problem = (struct problem){0};
	return r == EXIT_CONFLICT ? triage_go_on(triage) : 0;
}

static int triage_act(struct triage *triage, enum triage_key_id id)
{
	static int (*const acts[TRIAGE_KEY_COUNT])(struct triage *) = {
		[TRIAGE_KEY_ack] = triage_ask_acknowledge,
		[TRIAGE_KEY_accept] = triage_ask_accept,
		[TRIAGE_KEY_ask] = triage_ask_question,
		[TRIAGE_KEY_forward] = triage_ask_forward,
		[TRIAGE_KEY_reject] = triage_ask_reject,
		[TRIAGE_KEY_take] = triage_ask_take,
	};
	int r;

	triage->is_left = false;
	triage->said = NULL;
	r = acts[id](triage);
	if (!triage->is_left)
		return triage_after(triage, r);
	if (!triage->said)
		triage->said = _("Nothing was done.");
	return 0;
}

static int triage_press(struct triage *triage, enum triage_key_id id)
{
	int key = 0;

	if (id == TRIAGE_KEY_COUNT || !triage_is_possible(triage, id)) {
		triage->said = _("That key does nothing here; ? tells what the keys do.");
		return 0;
	}
	if (*triage_keys[id].act)
		return triage_act(triage, id);
	triage->said = NULL;
	if (id == TRIAGE_KEY_next)
		return triage_go_on(triage);
	if (id == TRIAGE_KEY_back)
		return triage_go_back(triage);
	if (id == TRIAGE_KEY_open)
		key = triage_read_page(triage, triage_card_whole(triage->client, &triage->on));
	if (id == TRIAGE_KEY_help)
		key = triage_explain(triage);
	triage->is_over = id == TRIAGE_KEY_quit || key == TTY_STOP || key == TTY_END;
	triage_lay_out(triage);
	return 0;
}

static int triage_run(struct triage *triage)
{
	int r = triage_show(triage);

	while (!r && !triage->is_over) {
		int key;

		triage_draw(triage);
		key = tty_key(&triage->asking.tty);
		if (key == TTY_STOP || key == TTY_END)
			break;
		if (key == TTY_RESIZE)
			triage_lay_out(triage);
		else if (key == ' ')
			page_turn(&triage->page, triage->rows);
		else
			r = triage_press(triage, triage_key_of(key));
	}
	return r;
}

/* -- the list -----------------------------------------------------------------------------------
 */

static bool triage_is_new(const Stafett__V1__InboxItem *item)
{
	return strcmp(item->needs, "ack") == 0;
}

/* What has ended, by a withdrawal or else, has nothing to be decided: only what still
 * needs an answer of its own, like a final answer, comes up. */
static bool triage_is_past(const Stafett__V1__InboxItem *item)
{
	bool is_request = strcmp(item->kind, "send") == 0 || strcmp(item->kind, "forward") == 0;

	return inbox_has_ended(item) && (is_request || strcmp(item->needs, "none") == 0);
}

/* A colleague's doing; but a person's own request is one's own to take up. */
static bool triage_is_own(const struct client *client, const Stafett__V1__InboxItem *item)
{
	return strcmp(item->from_unit, client->profile->unit) == 0 &&
	       strcmp(item->kind, "send") != 0;
}

static bool triage_is_wanted(const struct triage *triage, const Stafett__V1__InboxItem *item)
{
	/* What is about a chain alone is nothing to be answered here, nor what the
	 * own unit did. */
	return *item->referral && !triage_is_past(item) && !triage_is_own(triage->client, item) &&
	       (!triage->only_new || triage_is_new(item));
}

static void triage_select_some(struct triage *triage,
	const Stafett__V1__InboxServiceListResponse *inbox, enum inbox_group group,
	bool only_to_know)
{
	for (size_t i = 0; i < inbox->n_items; i++) {
		const Stafett__V1__InboxItem *item = inbox->items[i];
		bool is_to_know = strcmp(item->needs, "none") == 0;

		if (triage_is_wanted(triage, item) && is_to_know == only_to_know &&
			inbox_group_of(triage->client, item) == group)
			triage->items[triage->count++] = item;
	}
}

/* In the order of the inbox: danger before all else; and what must be decided before
 * what is only to know. */
static void triage_select(struct triage *triage, const Stafett__V1__InboxServiceListResponse *inbox)
{
	struct arena *arena = &triage->client->arena;

	triage->items = memory_alloc(arena, (inbox->n_items + 1) * sizeof(*triage->items));
	triage->is_done = memory_alloc(arena, inbox->n_items + 1);
	for (int pass = 0; pass < 2 * INBOX_GROUPS; pass++)
		triage_select_some(triage, inbox, (enum inbox_group)(pass % INBOX_GROUPS),
			pass >= INBOX_GROUPS);
}

static int triage_no_terminal(struct client *client)
{
	return client_problem(client, PROBLEM_TERMINAL_REQUIRED, NULL);
}

/* What is left to say on the ordinary screen. */
static void triage_tell_end(struct triage *triage)
{
	struct client *client = triage->client;

	if (triage->said)
		lines_print(stdout, "", "  ", triage->said);
	client_word(client, "count", memory_printf(&client->arena, "%zu", triage->n_done));
	client_word(client, "all", memory_printf(&client->arena, "%zu", triage->count));
	output_say(client, "", _("{count} of {all} done."));
	output_next(client, "inbox");
}

static int triage_on_terminal(struct triage *triage)
{
	int r = asking_begin(triage->client, &triage->asking);

	if (r)
		return triage_no_terminal(triage->client);
	fputs(TRIAGE_ENTER, stderr);
	r = triage_run(triage);
	fputs(TRIAGE_LEAVE, stderr);
	asking_end(&triage->asking);
	if (!r)
		triage_tell_end(triage);
	return r;
}

int command_triage(struct client *client, const struct arguments *arguments)
{
	Stafett__V1__InboxServiceListResponse inbox =
		STAFETT__V1__INBOX_SERVICE_LIST_RESPONSE__INIT;
	struct triage triage = {
		.client = client,
		.only_new = arguments_has(arguments, OPTION_triage_new),
	};
	int r = arguments_count(client, arguments, 0, 0, "");

	if (!r)
		r = client_open(client);
	if (!r && (!tty_is_there() || !isatty(STDOUT_FILENO) || client->is_json))
		r = triage_no_terminal(client);
	if (!r)
		r = deliver_pending(client, false);
	if (!r)
		r = inbox_read(client, false, &inbox);
	if (r)
		return r;
	triage_select(&triage, &inbox);
	if (triage.count)
		return triage_on_terminal(&triage);
	output_say(client, "", _("Nothing waits for you."));
	output_next(client, "inbox --all");
	return 0;
}
