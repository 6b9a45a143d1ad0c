/* SPDX-License-Identifier: Apache-2.0 */
/* stafett plan-home REF: where the person comes home to, and who takes over. */
#include "client/acting.h"
#include "client/aftercare.h"
#include "client/directory.h"
#include "client/ref.h"
#include "client/screen/format.h"
#include "client/text.h"

/* A unit, which is asked now if it was not before, or a referral that asks one. */
static int plan_home_find(struct acting *acting, const char *named, char **ret_id)
{
	struct client *client = acting->client;
	struct aftercare want = {
		.unit = named,
		.basis = acting->values[INPUT_plan_home_basis].text,
		.text = acting->body,
	};
	const Stafett__V1__GetResponse *response;
	bool is_new = false;
	int r;

	if (strchr(named, '/')) {
		client_word(client, "home", directory_name(client, named));
		r = aftercare_get(acting, &want, ret_id, &is_new);
		if (is_new)
			acting->said = _("{code}: the homecoming is planned[, {clock}]. {home} was "
					 "asked to take over: {aftercare}.");
		return r;
	}
	r = ref_get(client, named, REF_FOR_ACTING, &response);
	if (r)
		return r;
	client_word(client, "home", directory_name(client, response->referral->owner));
	*ret_id = response->referral->id;
	return 0;
}

static int plan_home_fill(struct acting *acting)
{
	Stafett__V1__PlanHomeAct *act =
		acting_make(acting, &stafett__v1__plan_home_act__descriptor);
	struct client *client = acting->client;
	int r;

	act->not_needed = acting_text(acting, INPUT_plan_home_not_needed);
	act->housing = acting_text(acting, INPUT_plan_home_housing);
	act->first_contact_date = acting_text(acting, INPUT_plan_home_first_contact);
	if (!acting_has(acting, INPUT_plan_home_aftercare))
		return 0;
	acting->said = _("{code}: the homecoming is planned[, {clock}]. {home} takes over when it "
			 "has accepted {aftercare}.");
	r = plan_home_find(acting, acting_text(acting, INPUT_plan_home_aftercare), &act->aftercare);
	if (r)
		return r;
	client_word(client, "aftercare", format_code_of_id(&client->arena, act->aftercare));
	client_word(client, "ref", format_code_start(&client->arena, acting->seen->referral->code));
	return 0;
}

static const struct acting_row plan_home_row = {
	.command = COMMAND_plan_home,
	.act = "plan-home",
	.fill = plan_home_fill,
	.said = N_("{code}: the homecoming is planned[, {clock}]; nobody needs to take over."),
};

int command_plan_home(struct client *client, const struct arguments *arguments)
{
	return acting_run(client, arguments, &plan_home_row);
}
