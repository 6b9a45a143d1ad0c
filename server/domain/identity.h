/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of members, organisations and units: strict ASCII grammars.
 *
 *   member  urn:stafett:org:<10 digits>:member:<1..64 of a-z 0-9 . _ ->
 *   handle  <organisation>/<unit>, each 1..40 of a-z 0-9 -, no dash at an end
 *
 * No percent escapes, no upper case, no NUL: two spellings of one name would be
 * two identities.
 */
#ifndef DOMAIN_IDENTITY_H
#define DOMAIN_IDENTITY_H

#include <stdbool.h>

#include "stafett/base.h"

enum { IDENTITY_MEMBER_MAX = 98, IDENTITY_HANDLE_MAX = 81, IDENTITY_ORGNR_LEN = 10 };

/* Whether |text| is a member's name with a valid organisation number. */
bool identity_is_member(struct bytes text);
/* Whether |text| is an organisation's half of handles. */
bool identity_is_slug(struct bytes text);
/* Whether |text| is a unit's handle. */
bool identity_is_handle(struct bytes text);
/* The organisation number inside a member's name that identity_is_member accepts. */
struct bytes identity_member_organisation(struct bytes member);

#endif
