/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule of deadlines as somebody proposes it: whether it is one that could count, before
 * it becomes a row. Whoever writes rows asks here first, at the machine and by the network
 * alike. Pure.
 */
#ifndef DOMAIN_RULE_DRAFT_H
#define DOMAIN_RULE_DRAFT_H

#include <stdbool.h>

/* All texts as in the columns, "" where there is none. */
struct rule_draft {
	const char *name, *deadline, *kind, *priority;
	const char *between[2]; /* slugs of the two who agreed; both "": everybody's rule */
	const char *unit;
	int amount;
	const char *cut_off, *steps, *source;
};

enum {
	RULE_NAME_MAX = 40,
	RULE_SOURCE_MAX = 200, /* bytes */
	RULE_YEARS_MOST = 10,  /* that a rule may reach, or begin, ahead */
};

/* Letters, digits and hyphens: a name stands in screens and records. */
bool rule_name_fits(const char *name);
/* The first field that cannot be what it is, as the draft has it; NULL: there is none. */
const char *rule_draft_fault(const struct rule_draft *draft);

#endif
