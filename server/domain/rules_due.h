/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By when, for the rules alone: which rule is asked for an order. Others ask
 * deadlines.h.
 */
#ifndef DOMAIN_RULES_DUE_H
#define DOMAIN_RULES_DUE_H

#include "domain/rules.h"

/* A deadline that begins at |from_us|, or with the act itself. */
struct due rules_due_by(
	enum deadline deadline, const struct order *o, const struct facts *f, int64_t from_us);
struct due rules_due_of(enum deadline deadline, const struct order *o, const struct facts *f);
/* The deadline |due_us| that goes on: its reason was told by the act that set it, and
 * only its ladder begins anew, that of |fresh|. */
struct due rules_due_as_before(const struct due *fresh, int64_t due_us);
/* The person's clock from the day of asking. It is everybody's: an agreement between
 * two units cannot move it. */
void rules_apply_clock(
	struct date asked, const struct order *o, const struct facts *f, struct decision *d);

#endif
