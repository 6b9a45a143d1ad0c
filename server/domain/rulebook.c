/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of rules: their codes, their ladders, and which of them counts. */
#include "domain/rulebook.h"

static const struct {
	const char *code, *anchor;
	enum deadline_count count;
} deadline_rows[DEADLINE_COUNT] = {
	[DEADLINE_NONE] = {"", "", COUNT_MAY_END},
#define DEADLINE(name, code, anchor, count) [DEADLINE_##name] = {code, anchor, COUNT_##count},
#include "stafett/tbl/deadlines.def"
};

#define CODE_IF_ALWAYS(code)	code ","
#define CODE_IF_MAY_END(code)	""
#define CODE_IF_LOOKED_UP(code) ""
const char rulebook_needed[] =
#define DEADLINE(name, code, anchor, count) CODE_IF_##count(code)
#include "stafett/tbl/deadlines.def"
	;

static const char *const unit_codes[CLOCK_UNITS] = {
	[CLOCK_WORKING_DAYS] = "working-days",
	[CLOCK_WORKING_MINUTES] = "working-minutes",
	[CLOCK_MINUTES] = "minutes",
	[CLOCK_DAYS] = "days",
	[CLOCK_MONTHS] = "months",
	[CLOCK_DAY_END] = "day-end",
	[CLOCK_PROMISED] = "promised",
};

static const char *const who_codes[TOLD_COUNT] = {
	[TOLD_ACTOR] = "actor",
	[TOLD_REQUESTER] = "requester",
	[TOLD_OWNER] = "owner",
	[TOLD_HOLDER] = "holder",
	[TOLD_PARTIES] = "parties",
	[TOLD_MANAGERS] = "managers",
};

const char *deadline_code(enum deadline what)
{
	return deadline_rows[what].code;
}

const char *deadline_anchor(enum deadline what)
{
	return deadline_rows[what].anchor;
}

enum deadline_count deadline_count(enum deadline what)
{
	return deadline_rows[what].count;
}

int deadline_from_code(struct bytes code)
{
	for (int i = DEADLINE_NONE + 1; i < DEADLINE_COUNT; i++)
		if (bytes_are(code, deadline_rows[i].code))
			return i;
	return -1;
}

const char *clock_unit_code(enum clock_unit unit)
{
	return unit_codes[unit];
}

static int code_at(const char *const *codes, int n, struct bytes code)
{
	for (int i = 0; i < n; i++)
		if (bytes_are(code, codes[i]))
			return i;
	return -1;
}

int clock_unit_from_code(struct bytes code)
{
	return code_at(unit_codes, CLOCK_UNITS, code);
}

/* --- ladders ------------------------------------------------------------------ */

/* Takes what stands before |mark|, or all that is left; the mark is passed. */
static struct bytes steps_take(struct bytes *rest, char mark)
{
	const uint8_t *at = rest->len ? memchr(rest->data, mark, rest->len) : NULL;
	struct bytes word = bytes_of(rest->data, at ? (size_t)(at - rest->data) : rest->len);
	size_t passed = word.len + (at ? 1 : 0);

	*rest = bytes_of(rest->data + passed, rest->len - passed);
	return word;
}

/* Whether the last word would be empty. */
static bool steps_end_with(struct bytes text, char mark)
{
	return text.len && text.data[text.len - 1] == (uint8_t)mark;
}

/* One or two digits, 1 to 99. */
static bool steps_read_days(struct bytes text, int *ret_days)
{
	int days = 0;

	if (text.len < 1 || text.len > 2)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		days = days * 10 + (text.data[i] - '0');
	}
	*ret_days = days;
	return days > 0;
}

static bool steps_read_when(struct bytes text, struct clock_step *step)
{
	bool is_cut = steps_end_with(text, '+');
	struct bytes word = steps_take(&text, '+');
	bool is_due = bytes_are(word, "due");

	step->when = is_due ? STEP_DUE : STEP_MORNING;
	if (is_cut)
		return false;
	if (!text.len)
		return is_due || bytes_are(word, "morning");
	step->when = STEP_AFTER;
	return is_due && steps_read_days(text, &step->days);
}

static bool steps_read_who(struct bytes text, struct clock_step *step)
{
	if (steps_end_with(text, '+'))
		return false;
	while (text.len) {
		int who = code_at(who_codes, TOLD_COUNT, steps_take(&text, '+'));

		if (who < 0)
			return false;
		step->who |= MASK(who);
	}
	return step->who != 0;
}

/* One step, "due+2:managers". */
static bool steps_read_one(struct bytes text, struct clock_step *ret_step)
{
	struct bytes when = steps_take(&text, ':');

	*ret_step = (struct clock_step){0};
	return steps_read_when(when, ret_step) && steps_read_who(text, ret_step);
}

int clock_steps_read(struct bytes text, struct clock_step steps[CLOCK_STEPS])
{
	int n = 0;

	if (steps_end_with(text, ' '))
		return -1;
	for (; text.len; n++) {
		if (n == CLOCK_STEPS || !steps_read_one(steps_take(&text, ' '), &steps[n]))
			return -1;
	}
	return n;
}

bool clock_step_read(struct bytes text, int n, struct clock_step *ret_step)
{
	while (n-- > 0 && text.len)
		steps_take(&text, ' ');
	return text.len && steps_read_one(steps_take(&text, ' '), ret_step);
}

/* Two digits at |at|, less than |end|. */
static bool time_part(struct bytes text, size_t at, int end, int *ret_value)
{
	int high = text.data[at] - '0', low = text.data[at + 1] - '0';

	*ret_value = high * 10 + low;
	return high >= 0 && high <= 9 && low >= 0 && low <= 9 && *ret_value < end;
}

bool clock_time_read(struct bytes text, struct clock_time *ret_time)
{
	enum { TIME_LEN = 8 };
	struct clock_time t;

	if (text.len != TIME_LEN || text.data[2] != ':' || text.data[5] != ':' ||
		!time_part(text, 0, 24, &t.hour) || !time_part(text, 3, 60, &t.minute) ||
		!time_part(text, 6, 60, &t.second))
		return false;
	*ret_time = t;
	return true;
}

/* --- which row counts ----------------------------------------------------------- */

static const struct clock_rule default_rows[] = {
#define RULE(name_, what_, kind_, priority_, unit_, amount_, cut_off_, steps_, source_) \
	{                                                                               \
		.name = (name_),                                                        \
		.version = 1,                                                           \
		.what = DEADLINE_##what_,                                               \
		.kind = (kind_),                                                        \
		.priority = (priority_),                                                \
		.unit = CLOCK_##unit_,                                                  \
		.amount = (amount_),                                                    \
		.cut_off = (cut_off_),                                                  \
		.steps = (steps_),                                                      \
		.source = (source_),                                                    \
		.from_us = INT64_MIN,                                                   \
		.to_us = INT64_MAX,                                                     \
	},
#include "stafett/tbl/deadlines.def"
};

const struct rulebook rulebook_defaults = {
	default_rows, ARRAY_SIZE(default_rows), NULL, 0, &basis_defaults};

/* The organisation of |unit|, where it has agreements. */
static const struct uuid *rulebook_organisation(
	const struct rulebook *book, const struct uuid *unit)
{
	for (size_t i = 0; unit && i < book->n_units; i++)
		if (uuid_equal(&book->units[i].unit, unit))
			return &book->units[i].organisation;
	return NULL;
}

static bool rule_is_agreement(const struct clock_rule *rule)
{
	return !uuid_is_nil(&rule->organisations[0]);
}

/* Whether it is between these two, in whatever order; or everybody's. */
static bool rule_binds(
	const struct clock_rule *rule, const struct uuid *one, const struct uuid *other)
{
	const struct uuid *a = &rule->organisations[0], *b = &rule->organisations[1];

	if (!rule_is_agreement(rule))
		return true;
	return one && other &&
	       ((uuid_equal(a, one) && uuid_equal(b, other)) ||
		       (uuid_equal(a, other) && uuid_equal(b, one)));
}

static bool text_fits(const char *of_rule, struct bytes value)
{
	return !*of_rule || bytes_are(value, of_rule);
}

static bool rule_fits(const struct clock_rule *rule, const struct rule_question *q)
{
	return rule->what == q->what && rule->from_us <= q->at_us && q->at_us < rule->to_us &&
	       text_fits(rule->kind, bytes_of_string(kind_code(q->kind))) &&
	       text_fits(rule->priority, q->priority);
}

/* Whether |a| says more than |b|, or the same later. */
static bool rule_wins(const struct clock_rule *a, const struct clock_rule *b)
{
	int more = rule_is_agreement(a) - rule_is_agreement(b);

	if (!more)
		more = (*a->kind != '\0') - (*b->kind != '\0');
	if (!more)
		more = (*a->priority != '\0') - (*b->priority != '\0');
	return more ? more > 0
		    : a->from_us > b->from_us ||
			       (a->from_us == b->from_us && a->version > b->version);
}

const struct clock_rule *rulebook_find(const struct rulebook *book, const struct rule_question *q)
{
	const struct uuid *one = rulebook_organisation(book, q->one);
	const struct uuid *other = rulebook_organisation(book, q->other);
	const struct clock_rule *best = NULL;

	for (size_t i = 0; i < book->n; i++) {
		const struct clock_rule *rule = &book->rules[i];

		if (rule_fits(rule, q) && rule_binds(rule, one, other) &&
			(!best || rule_wins(rule, best)))
			best = rule;
	}
	return best;
}

const struct clock_rule *rulebook_get(const struct rulebook *book, struct bytes name, int version)
{
	for (size_t i = 0; i < book->n; i++)
		if (book->rules[i].version == version && bytes_are(name, book->rules[i].name))
			return &book->rules[i];
	return NULL;
}
