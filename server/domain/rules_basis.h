/* SPDX-License-Identifier: Apache-2.0 */
/* Why an order may disclose what it does, and what a consent covers. For the rules. */
#ifndef DOMAIN_RULES_BASIS_H
#define DOMAIN_RULES_BASIS_H

#include "domain/basis.h"
#include "domain/rules.h"

/* The basis on which a send or a forward discloses. */
enum basis rules_basis_of(const struct order *o, const struct facts *f);
/* The row that allows it; NULL: none does. */
const struct basis_rule *rules_basis_rule(const struct order *o, const struct facts *f);
/* Whether a send names a third unit, to which it would be handed back: that reads what is
 * sent, too. And the row that allows this; NULL: none does. */
bool rules_names_third(const struct order *o, const struct facts *f);
const struct basis_rule *rules_basis_rule_of_third(const struct order *o, const struct facts *f);
/* Whether |unit|, a handle, is among |recipients|. */
bool rules_consent_covers(struct bytes recipients, struct bytes unit);
/* Whether a consent with this last day counts today. */
bool rules_consent_counts(struct date end, const struct facts *f);
/* Whether the consent on which the referral rests has been revoked. */
bool rules_is_unshared(const struct facts *f);
/* What a refusal tells of bases that would do, and of a consent that has ended. */
void rules_explain_basis(const struct order *o, const struct facts *f, struct decision *d);
/* What an act discloses, and what it does to the consent. */
void rules_apply_basis(const struct order *o, const struct facts *f, struct decision *d);

#endif
