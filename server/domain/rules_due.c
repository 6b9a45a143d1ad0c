/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/rules_due.h"

/* With whom the requester has it from now on: an agreement binds these two. */
static const struct uuid *asked_unit(const struct order *o, const struct facts *f)
{
	return o->act == ACT_SEND || o->act == ACT_FORWARD ? &f->to_unit : &f->owner;
}

static const struct rulebook *book_of(const struct facts *f)
{
	return f->book ? f->book : &rulebook_defaults;
}

struct due rules_due_by(
	enum deadline deadline, const struct order *o, const struct facts *f, int64_t from_us)
{
	bool sends = o->act == ACT_SEND;
	const struct rule_question question = {
		.what = deadline,
		.kind = sends ? o->kind : f->kind,
		.priority = sends ? o->priority : f->priority,
		.one = sends ? &f->unit : &f->requester,
		.other = asked_unit(o, f),
		.at_us = from_us,
	};

	return deadline_due(book_of(f), &question, o->act == ACT_PAUSE ? o->until : o->contact_by);
}

struct due rules_due_of(enum deadline deadline, const struct order *o, const struct facts *f)
{
	return rules_due_by(deadline, o, f, f->now_us);
}

struct due rules_due_as_before(const struct due *fresh, int64_t due_us)
{
	struct due due = {.us = due_us, .from_us = fresh->from_us};

	if (fresh->rule)
		due.step_us = clock_rule_step(fresh->rule, 0, due.from_us, due.us);
	return due;
}

void rules_apply_clock(
	struct date asked, const struct order *o, const struct facts *f, struct decision *d)
{
	const struct rule_question question = {
		.what = DEADLINE_HELP,
		.kind = o->act == ACT_SEND ? o->kind : f->kind,
		.at_us = f->now_us,
	};

	d->clock = rulebook_find(book_of(f), &question);
	d->due_date = d->clock ? clock_rule_due_date(d->clock, asked) : date_add_months(asked, 1);
}
