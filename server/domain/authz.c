/* SPDX-License-Identifier: Apache-2.0 */
/* Roles held against roles needed. */
#include "domain/authz.h"

#include <assert.h>

enum reason authz_may(mask_t held, mask_t needed)
{
	if (!held)
		return REASON_NOT_A_MEMBER;
	return held & needed ? REASON_NONE : REASON_ROLE_REQUIRED;
}

enum role authz_acting_role(mask_t held, mask_t needed)
{
	int role = 0;

	assert(held & needed);
	while (!(held & needed & MASK(role)))
		role++;
	return (enum role)role;
}
