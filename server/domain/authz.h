/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may call what: the member's roles in the acting unit against the roles
 * that a row of a table names. What a unit may see is decided by parties, in the
 * store; what an act may do, by the rules.
 */
#ifndef DOMAIN_AUTHZ_H
#define DOMAIN_AUTHZ_H

#include "domain/reason.h"
#include "domain/words.h"

/* REASON_NONE where a member with |held| roles in the acting unit may do what
 * needs one of |needed|; NOT_A_MEMBER without any role, else ROLE_REQUIRED. */
enum reason authz_may(mask_t held, mask_t needed);
/* The role under which the act is recorded: the first of |held| that |needed|
 * names. Only where authz_may gave REASON_NONE. */
enum role authz_acting_role(mask_t held, mask_t needed);

#endif
