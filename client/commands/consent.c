/* SPDX-License-Identifier: Apache-2.0 */
/* stafett consent show|give|revoke REF: what the person agrees to, and no longer. */
#include "client/screen/consent.h"
#include "client/acting.h"
#include "client/acting_ask.h"
#include "client/acting_tell.h"
#include "client/deliver.h"
#include "client/memory.h"
#include "client/ref.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/screen/tty.h"
#include "client/text.h"

/* --- give -------------------------------------------------------------------- */

/* Of "skane/beroende-lund" it is "skane": the whole organisation. */
static char *consent_organisation(struct acting *acting, const char *handle)
{
	return memory_printf(&acting->client->arena, "%.*s", (int)strcspn(handle, "/"), handle);
}

static void consent_add(Stafett__V1__ConsentAct *act, char *recipient)
{
	for (size_t i = 0; i < act->n_recipients; i++)
		if (strcmp(act->recipients[i], recipient) == 0)
			return;
	act->recipients[act->n_recipients++] = recipient;
}

/* Whom the option names, or else the organisations of both sides. */
static void consent_add_recipients(struct acting *acting, Stafett__V1__ConsentAct *act)
{
	const Stafett__V1__Referral *referral = acting->seen->referral;
	char *rest = acting_text(acting, INPUT_consent_to), *word;

	act->recipients = memory_alloc(
		&acting->client->arena, (strlen(rest) / 2 + 3) * sizeof(*act->recipients));
	for (word = strtok_r(rest, ", ", &rest); word; word = strtok_r(NULL, ", ", &rest))
		consent_add(act, word);
	if (act->n_recipients)
		return;
	consent_add(act, consent_organisation(acting, referral->requester));
	consent_add(act, consent_organisation(acting, referral->owner));
}

static int consent_give_fill(struct acting *acting)
{
	Stafett__V1__ConsentAct *act = acting_make(acting, &stafett__v1__consent_act__descriptor);

	act->form = acting_text(acting, INPUT_consent_form);
	act->given_by = acting_text(acting, INPUT_consent_given_by);
	act->end_date = acting_text(acting, INPUT_consent_until);
	act->covers_missed_events = acting_has(acting, INPUT_consent_no_shows);
	consent_add_recipients(acting, act);
	return 0;
}

static const struct acting_row consent_give_row = {
	.command = COMMAND_consent,
	.act = "consent",
	.verb = N_("give"),
	.fill = consent_give_fill,
	.said = N_("{code}: the consent is recorded[, {clock}]."),
};

/* --- revoke ------------------------------------------------------------------ */

static int consent_revoke_fill(struct acting *acting)
{
	acting_make(acting, &stafett__v1__unshare_act__descriptor);
	return 0;
}

/* What stops, and what does not. */
static const char *consent_stops(void)
{
	return _("Stopped: forwarding, amendments, questions, answers, notes, accepting. Still "
		 "told: rejection, the end and the final answer, handing back, and that the "
		 "person was reached.");
}

/* Who goes on, who is told what, and what stops. */
static void consent_tell_revoked(struct acting *acting, const Stafett__V1__GetResponse *now)
{
	struct client *client = acting->client;

	output_say(client, "", acting->said);
	output_say(client, "  ",
		_("{holder} holds the chain and goes on as before. The others keep what they "
		  "wrote themselves; of the rest they see that it is shared no longer, and not "
		  "why."));
	output_say(client, "  ", consent_stops());
	acting_tell_next(client, now);
}

static int consent_revoke_show(struct acting *acting)
{
	lines_print(stderr, "  ", "    ",
		_("The consent is revoked at once: of what others wrote nothing more is shared."));
	lines_print(stderr, "  ", "    ", consent_stops());
	return 0;
}

static const struct acting_row consent_revoke_row = {
	.command = COMMAND_consent,
	.act = "unshare",
	.verb = N_("revoke"),
	.is_shown = true,
	.takes_nothing = true,
	.show = consent_revoke_show,
	.fill = consent_revoke_fill,
	.said = N_("{code}: the consent is revoked[, {clock}]."),
	.tell = consent_tell_revoked,
};

/* What the options of giving say is not about this; it is confirmed on a terminal. */
static int consent_revoke(struct client *client, const struct arguments *arguments)
{
	const Stafett__V1__GetResponse *seen;
	const Stafett__V1__ActResponse *response;
	struct acting acting;
	int r = client_open(client);

	if (!r)
		r = deliver_pending(client, false);
	if (!r)
		r = ref_get(client, arguments->rest[0], REF_FOR_ACTING, &seen);
	if (r)
		return r;
	acting_on(client, &consent_revoke_row, seen, &acting);
	if (tty_is_there() && !client->is_json)
		r = acting_ask(&acting);
	if (!r)
		r = acting_do(&acting, &response);
	if (r)
		return r;
	if (client->is_json)
		return output_json(client, &response->base);
	acting_tell(&acting, response);
	return 0;
}

/* --- show -------------------------------------------------------------------- */

static int consent_show(struct client *client, const struct arguments *arguments)
{
	const Stafett__V1__GetResponse *seen;
	int r = client_open(client);

	if (!r)
		r = ref_get(client, arguments->rest[0], REF_FOR_READING, &seen);
	if (r)
		return r;
	return client->is_json ? output_json(client, &seen->base) : consent_print(client, seen);
}

static int consent_give(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &consent_give_row);
}

int command_consent(struct client *client, const struct arguments *arguments)
{
	static const struct {
		const char *english, *swedish;
		int (*run)(struct client *client, const struct arguments *arguments);
	} verbs[] = {
		{"show", "visa", consent_show},
		{"give", "ge", consent_give},
		{"revoke", "återkalla", consent_revoke},
	};
	struct arguments of_verb = *arguments;
	int r = arguments_count(
		client, arguments, 2, 2, _("show, give or revoke, and which referral"));

	if (r)
		return r;
	of_verb.rest++;
	of_verb.n_rest--;
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(arguments->rest[0], verbs[i].english) == 0 ||
			strcmp(arguments->rest[0], verbs[i].swedish) == 0)
			return verbs[i].run(client, &of_verb);
	return client_problem(client, PROBLEM_CONSENT_WHAT, "value", arguments->rest[0], NULL);
}
