/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row of the transition table carried out on a decision that was found to be
 * possible. For the rules alone: others ask rules.h.
 */
#ifndef DOMAIN_RULES_APPLY_H
#define DOMAIN_RULES_APPLY_H

#include "domain/rules_table.h"

/* What the row does; |d| has its act. */
void rules_apply(const struct act_row *row, const struct order *o, const struct facts *f,
	struct decision *d);
/* Who must act now: the last of it but for who is told. */
void rules_apply_next(const struct act_row *row, const struct order *o, const struct facts *f,
	struct decision *d);
/* Whether the owner goes on holding what has ended, until it is taken back. */
bool rules_waits_for_hand_back(
	const struct act_row *row, const struct order *o, const struct facts *f);

#endif
