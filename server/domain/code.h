/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codes for people: the last 40 bits of a UUID as eight letters of Crockford's
 * base 32, shown in two groups, "7K3M-Q9FX". Read back leniently: case, dashes
 * and spaces do not matter, O is 0, I and L are 1.
 */
#ifndef DOMAIN_CODE_H
#define DOMAIN_CODE_H

#include <stdbool.h>

#include "domain/uuid.h"

enum { CODE_LETTERS = 8, CODE_TEXT_LEN = 9, CODE_PREFIX_MIN = 4 };

/* Eight letters without a dash, as stored and compared, and a NUL. */
void code_of_uuid(const struct uuid *uuid, char out[CODE_LETTERS + 1]);
/* "7K3M-Q9FX" of "7K3MQ9FX". */
void code_format(const char letters[CODE_LETTERS + 1], char out[CODE_TEXT_LEN + 1]);
/* Normalises what somebody typed: 4 to 8 letters, upper case, no dashes, with a
 * NUL. False where |text| cannot be a code or the beginning of one. */
bool code_normalise(struct bytes text, char out[CODE_LETTERS + 1]) WARN_UNUSED;

#endif
