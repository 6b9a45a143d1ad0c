/* SPDX-License-Identifier: Apache-2.0 */
/* Whether what an order names lies within reach of now, for the rules alone. */
#ifndef DOMAIN_RULES_REACH_H
#define DOMAIN_RULES_REACH_H

#include "domain/rules.h"

/* The field of the first day or time that lies too far away (reach.def); NULL: none. */
const char *rules_too_far(const struct order *o, const struct facts *f);

#endif
