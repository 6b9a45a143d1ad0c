/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of deadlines as rows: what is due, when, and who is told of it. The rows
 * come from the database; those of tbl/deadlines.def are what it began with.
 *
 * A row is never changed once it counts: it ends, and another version begins. So
 * a deadline that names its rule and version can be explained for ever.
 */
#ifndef DOMAIN_RULEBOOK_H
#define DOMAIN_RULEBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/basis.h"
#include "domain/calendar.h"
#include "domain/uuid.h"
#include "domain/words.h"
#include "stafett/base.h"

#define DEADLINE(name, ...) DEADLINE_##name,
enum deadline {
	DEADLINE_NONE,
#include "stafett/tbl/deadlines.def"
	DEADLINE_COUNT,
	DEADLINE_EXPECTED = DEADLINE_COUNT, /* of a state: what the treatment expects */
};

/* Whether the deadlines of a kind are counted: always, so that it must have a rule; as
 * long as it has one; or never, for its rule is a row to read. */
enum deadline_count { COUNT_ALWAYS, COUNT_MAY_END, COUNT_LOOKED_UP };

enum clock_unit {
	CLOCK_WORKING_DAYS,
	CLOCK_WORKING_MINUTES,
	CLOCK_MINUTES,
	CLOCK_DAYS,
	CLOCK_MONTHS,
	CLOCK_DAY_END,
	CLOCK_PROMISED,
	CLOCK_UNITS,
};

enum step_when { STEP_MORNING, STEP_DUE, STEP_AFTER };

enum step_who {
	TOLD_ACTOR,
	TOLD_REQUESTER,
	TOLD_OWNER,
	TOLD_HOLDER,
	TOLD_PARTIES,
	TOLD_MANAGERS,
	TOLD_COUNT,
};

struct clock_step {
	enum step_when when;
	int days;   /* working mornings after the due time: STEP_AFTER */
	mask_t who; /* MASK(TOLD_...) */
};

enum { CLOCK_STEPS = 4 };

/* A row. Its texts are those of the columns: who makes a row reads them first. */
struct clock_rule {
	const char *name;
	int version;
	enum deadline what;
	const char *kind, *priority;  /* "": all */
	struct uuid organisations[2]; /* an agreement's two; nil: everybody's rule */
	enum clock_unit unit;
	int amount;
	const char *cut_off; /* "12:00:00", or "" */
	const char *steps;
	const char *source;
	int64_t from_us, to_us; /* counts for what begins in [from, to) */
};

/* A unit of an organisation that has agreements. */
struct rulebook_unit {
	struct uuid unit, organisation;
};

struct rulebook {
	const struct clock_rule *rules;
	size_t n;
	const struct rulebook_unit *units;
	size_t n_units;
	const struct basis_book *bases; /* NULL: the defaults */
};

/* What begins: which rule is asked for. */
struct rule_question {
	enum deadline what;
	enum kind kind;
	struct bytes priority;
	const struct uuid *one, *other; /* the two units; NULL: only everybody's rules */
	int64_t at_us;			/* when it begins */
};

/* The rules of tbl/deadlines.def, all of version 1 and without an end. */
extern const struct rulebook rulebook_defaults;
/* The row that counts: an agreement's before everybody's, then one of this kind, then
 * one of this priority, then the newest. NULL: nothing is due by a rule. */
const struct clock_rule *rulebook_find(const struct rulebook *book, const struct rule_question *q);
/* A row by its name and version; NULL: there is none. */
const struct clock_rule *rulebook_get(const struct rulebook *book, struct bytes name, int version);

/* The codes of the columns. The values of a code are -1 where there is none. */
const char *deadline_code(enum deadline what);
const char *deadline_anchor(enum deadline what);
enum deadline_count deadline_count(enum deadline what);
int deadline_from_code(struct bytes code);
/* The codes of those that must have a rule at all times, a comma after each. */
extern const char rulebook_needed[];
const char *clock_unit_code(enum clock_unit unit);
int clock_unit_from_code(struct bytes code);
/* The ladder of |text| ("due:actor+holder due+2:managers"), or -1 where it is none. */
int clock_steps_read(struct bytes text, struct clock_step ret_steps[CLOCK_STEPS]) WARN_UNUSED;
/* Step |n| of a ladder that can be read, the first being 0; false: it has not so many. */
bool clock_step_read(struct bytes text, int n, struct clock_step *ret_step) WARN_UNUSED;
/* Reads "12:00:00"; false: that is no time of the day. */
bool clock_time_read(struct bytes text, struct clock_time *ret_time) WARN_UNUSED;

#endif
