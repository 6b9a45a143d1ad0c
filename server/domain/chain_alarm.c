/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/chain_alarm.h"

static const struct clock_time day_opens = {CALENDAR_DAY_OPENS, 0, 0};
static const struct clock_time midnight = {0, 0, 0};

/* Help may begin until the day is over. */
static int64_t help_due_us(struct date due_date)
{
	return calendar_at(date_add_days(due_date, 1), midnight) - 1;
}

/* No rule counts it, so it is not asked; after the last of them the holder is asked
 * what any other is, by this. */
static void pass_over(const struct chain_alarm_facts *f, struct chain_alarm_decision *d)
{
	const struct rule_question question = {
		.what = DEADLINE_HAND_BACK,
		.kind = f->kind,
		.at_us = f->now_us,
	};
	struct due due = deadline_due(f->book, &question, (struct date){0});

	d->kind = CHAIN_ALARM_PASS_OVER;
	d->rule = due.rule;
	d->due_us = due.us;
	d->look_us = due.step_us;
}

/* On other days nobody is there to be asked. */
static int64_t on_working_day(int64_t due_us)
{
	return date_is_working_day(calendar_date_of(due_us))
		       ? due_us
		       : calendar_working_days_after(due_us, 1);
}

/* By when it is to be answered: for help the person's clock itself, which is past then;
 * for the others as their rule says, and they are asked from that morning on. */
static void count_times(const struct chain_alarm_facts *f, struct chain_alarm_decision *d)
{
	const struct rule_question question = {
		.what = f->what,
		.kind = f->kind,
		.at_us = f->from_us,
	};

	if (f->what == DEADLINE_HELP) {
		d->rule = f->rule;
		d->show_us = d->due_us = help_due_us(f->due_date);
	} else {
		d->rule = rulebook_find(f->book, &question);
		if (!d->rule) {
			pass_over(f, d);
			return;
		}
		d->due_us = on_working_day(clock_rule_due(d->rule, f->from_us, (struct date){0}));
		d->show_us = calendar_at(calendar_date_of(d->due_us), day_opens);
	}
	d->kind = CHAIN_ALARM_TIMES;
	d->look_us = d->rule ? clock_rule_step(d->rule, 0, f->from_us, d->due_us) : d->due_us;
}

/* Where the rule is not known any more the holder is told, once: anything but silence. */
static mask_t step_who(const struct chain_alarm_facts *f)
{
	if (f->rule)
		return clock_rule_told(f->rule, f->step);
	return f->step ? 0 : MASK(TOLD_HOLDER);
}

static void tell_step(const struct chain_alarm_facts *f, struct chain_alarm_decision *d)
{
	mask_t who = step_who(f);

	if (!who)
		return;
	d->kind = CHAIN_ALARM_TELL;
	d->tells_parties = who & (MASK(TOLD_REQUESTER) | MASK(TOLD_OWNER) | MASK(TOLD_PARTIES));
	d->tells_managers = who & MASK(TOLD_MANAGERS);
	d->step = f->step + 1;
	d->look_us = f->rule ? clock_rule_step(f->rule, d->step, f->from_us, f->due_us) : 0;
}

void chain_alarm_decide(const struct chain_alarm_facts *f, struct chain_alarm_decision *d)
{
	*d = (struct chain_alarm_decision){
		.kind = CHAIN_ALARM_NOTHING,
		.due_us = f->due_us,
		.rule = f->rule,
		.step = f->step,
	};
	if (f->due_us)
		d->show_us = f->what == DEADLINE_HELP
				     ? f->due_us
				     : calendar_at(calendar_date_of(f->due_us), day_opens);
	if (!f->chain_open)
		return;
	if (!f->due_us)
		count_times(f, d);
	else if (f->look_us && f->look_us <= f->now_us)
		tell_step(f, d);
}

const char *chain_alarm_event(enum deadline what, int step)
{
	if (step)
		return "alarm";
	return what == DEADLINE_HELP ? "breach" : "unanswered";
}
