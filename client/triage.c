/* SPDX-License-Identifier: Apache-2.0 */
/* What the keys of the triage ask: see the header. */
#include "client/triage.h"

#include "client/acts.h"
#include "client/text.h"

/* -- answers ------------------------------------------------------------------------- */

static void triage_begin(
	struct triage *triage, const struct acting_row *row, struct acting *ret_acting)
{
	acting_on(triage->client, row, triage->on.seen, ret_acting);
}

/* One input of the act; |fallback| where its own will not do. False where the user
 * gave up. */
static bool triage_input(
	struct triage *triage, struct acting *acting, enum input_id id, const char *fallback)
{
	bool is_there = asking_input(&triage->asking, id, fallback, &acting->values[id]);

	triage->is_left = !is_there;
	triage->is_over = triage->asking.tty.is_wanted_to_stop;
	return is_there;
}

static bool triage_inputs(
	struct triage *triage, struct acting *acting, const enum input_id *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!triage_input(triage, acting, ids[i], NULL))
			return false;
	}
	return true;
}

static int triage_do(struct triage *triage, struct acting *acting)
{
	return triage_act_do(acting, &triage->said);
}

/* -- acts ---------------------------------------------------------------------------- */

int triage_ask_acknowledge(struct triage *triage)
{
	return triage_act_acknowledge(triage->client, &triage->on, &triage->said);
}

int triage_ask_take(struct triage *triage)
{
	return triage_act_take(triage->client, &triage->on, &triage->said);
}

/* The same again with the reason that the server asked for. */
static int triage_accept_late(struct triage *triage, struct acting *acting)
{
	asking_tell_problem(&triage->asking);
	if (!triage_input(triage, acting, INPUT_accept_clock_reason, NULL))
		return 0;
	return triage_do(triage, acting);
}

int triage_ask_accept(struct triage *triage)
{
	struct acting acting;
	const char *offered;
	int r;

	triage_begin(triage, &act_accept, &acting);
	if (!triage_input(triage, &acting, INPUT_accept_responsible, triage->responsible))
		return 0;
	triage->responsible = acting_text(&acting, INPUT_accept_responsible);
	offered = act_accept.offers(&acting, INPUT_accept_contact_by);
	if (!triage_input(triage, &acting, INPUT_accept_contact_by,
		    offered ? offered : triage->contact_by))
		return 0;
	/* What is offered for one person is nothing for the next. */
	if (!offered)
		triage->contact_by = acting_text(&acting, INPUT_accept_contact_by);
	r = triage_do(triage, &acting);
	if (triage->client->problem.id == PROBLEM_CONTACT_AFTER_CLOCK)
		return triage_accept_late(triage, &acting);
	return r;
}

/* Only what was acknowledged can be asked about. */
static int triage_have_acknowledged(struct triage *triage)
{
	int r;

	if (strcmp(triage->on.seen->referral->status, "requested") != 0)
		return 0;
	r = triage_act_acknowledge(triage->client, &triage->on, &triage->said);
	return r ? r : triage_act_read(triage->client, triage->on.item->referral, &triage->on.seen);
}

/* A usual question, words of one's own, or both. */
static bool triage_question(struct triage *triage, struct acting *acting)
{
	const char *text;

	if (!triage_input(triage, acting, INPUT_ask_template, NULL))
		return false;
	while ((text = asking_line(&triage->asking, _("In your words"), "")) &&
		strcmp(text, "?") == 0)
		asking_tell(&triage->asking, _(option_get(OPTION_ask_file)->help));
	triage->is_left = !text || (!*text && !acting_has(acting, INPUT_ask_template));
	triage->is_over = triage->asking.tty.is_wanted_to_stop;
	if (triage->is_left)
		return false;
	if (*text)
		acting->values[INPUT_ask_file] = (struct input_value){
			.text = text,
			.data = bytes_of_string(text),
		};
	return true;
}

int triage_ask_question(struct triage *triage)
{
	struct acting acting;
	int r;

	triage_begin(triage, &act_ask, &acting);
	if (!triage_question(triage, &acting))
		return 0;
	r = triage_have_acknowledged(triage);
	acting.seen = triage->on.seen;
	return r ? r : triage_do(triage, &acting);
}

int triage_ask_forward(struct triage *triage)
{
	static const enum input_id ids[] = {
		INPUT_forward_unit, INPUT_forward_reason, INPUT_forward_person_told};
	struct acting acting;

	triage_begin(triage, &act_forward, &acting);
	if (!triage_inputs(triage, &acting, ids, ARRAY_SIZE(ids)))
		return 0;
	return triage_do(triage, &acting);
}

int triage_ask_reject(struct triage *triage)
{
	static const enum input_id ids[] = {
		INPUT_reject_reason, INPUT_reject_alternative, INPUT_reject_person_told};
	struct acting acting;

	triage_begin(triage, &act_reject, &acting);
	if (!triage_inputs(triage, &acting, ids, ARRAY_SIZE(ids)))
		return 0;
	if (!acting_has(&acting, INPUT_reject_alternative))
		acting.values[INPUT_reject_none_known].text = "";
	return triage_do(triage, &acting);
}
