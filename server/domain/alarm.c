/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/alarm.h"

static enum needs *told_place(
	struct alarm_decision *d, const struct alarm_facts *f, const struct uuid *unit)
{
	const struct uuid *units[] = {&f->requester, &f->owner, &f->hand_back, &f->holder};
	enum needs *places[] = {
		&d->tells.requester, &d->tells.owner, &d->tells.hand_back, &d->tells.holder};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!uuid_is_nil(unit) && uuid_equal(units[i], unit))
			return places[i];
	return NULL;
}

/* Each unit once, by its first place, with the most that is asked of it. */
static void tell(struct alarm_decision *d, const struct alarm_facts *f, const struct uuid *unit)
{
	enum needs needs = uuid_equal(unit, &f->next_actor) ? NEEDS_ACT : NEEDS_NONE;
	enum needs *place = told_place(d, f, unit);

	if (place && *place < needs)
		*place = needs;
}

/* All of a miss may be told is who has the person's leave to know. */
static void tell_parties(struct alarm_decision *d, const struct alarm_facts *f)
{
	tell(d, f, &f->owner);
	if (!f->covers_misses)
		return;
	tell(d, f, &f->requester);
	tell(d, f, &f->hand_back);
	tell(d, f, &f->holder);
}

/* The managers of both sides, and of a third unit whose turn it is. */
static void tell_managers(struct alarm_decision *d, const struct alarm_facts *f)
{
	d->tells_managers = true;
	tell(d, f, &f->requester);
	tell(d, f, &f->owner);
	if (!f->calls)
		tell(d, f, &f->next_actor);
}

static void tell_step(struct alarm_decision *d, const struct alarm_facts *f, mask_t who)
{
	if (who & MASK(TOLD_MANAGERS))
		tell_managers(d, f);
	if ((who & MASK(TOLD_ACTOR)) && f->calls)
		d->tells.waiting = NEEDS_ACT;
	else if (who & MASK(TOLD_ACTOR))
		tell(d, f, &f->next_actor);
	if (who & MASK(TOLD_REQUESTER))
		tell(d, f, &f->requester);
	if (who & MASK(TOLD_OWNER))
		tell(d, f, &f->owner);
	if (who & MASK(TOLD_HOLDER))
		tell(d, f, &f->holder);
	if (who & MASK(TOLD_PARTIES))
		tell_parties(d, f);
}

static void decide_miss(const struct alarm_facts *f, struct alarm_decision *d)
{
	const struct rule_question question = {
		.what = DEADLINE_REACH,
		.kind = f->kind,
		.priority = f->priority,
		.one = &f->requester,
		.other = &f->owner,
		.at_us = f->alarm_us,
	};

	d->kind = ALARM_MISS;
	d->due = deadline_due(f->book, &question, (struct date){0});
	d->tells.owner = NEEDS_ACT;
	d->step_us = d->due.step_us;
}

/* Where the rule is not known any more, both sides are told, once: anything but
 * silence. */
static mask_t step_who(const struct alarm_facts *f)
{
	if (f->rule)
		return clock_rule_told(f->rule, f->step);
	return f->step ? 0 : MASK(TOLD_ACTOR) | MASK(TOLD_REQUESTER) | MASK(TOLD_OWNER);
}

static void decide_step(const struct alarm_facts *f, struct alarm_decision *d)
{
	mask_t who = step_who(f);

	if (!who)
		return;
	d->kind = ALARM_STEP;
	tell_step(d, f, who);
	d->step = f->step + 1;
	d->step_us = f->rule ? clock_rule_step(f->rule, d->step, f->from_us, f->due_us) : 0;
}

void alarm_decide(const struct alarm_facts *f, struct alarm_decision *d)
{
	bool expects = f->expects && f->alarm_us && !f->missed && !state_is_ended(f->state);

	*d = (struct alarm_decision){.kind = ALARM_NOTHING, .step = f->step};
	if (!f->chain_open)
		return;
	if (expects && f->alarm_us <= f->now_us)
		decide_miss(f, d);
	else if (f->step_us && f->step_us <= f->now_us && !uuid_is_nil(&f->next_actor))
		decide_step(f, d);
	else if (expects || f->step_us > f->now_us)
		d->kind = ALARM_LATER;
}
