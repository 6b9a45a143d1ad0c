/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the members of JSON objects strictly: what is missing, misspelt or of
 * another type is a fault, told in one line with the place where it stands.
 * Each function gives 0 or -EINVAL.
 */
#ifndef STORE_FIELDS_H
#define STORE_FIELDS_H

#include <jansson.h>

#include "domain/codes.h"
#include "stafett/base.h"

enum {
	FIELDS_LIST_BYTES = 1024, /* a list of codes as one text */
	FIELDS_NUMBER_BYTES = 12, /* a number as text */
};

struct fields {
	const char *place; /* what is being read, as the error names it; borrowed */
	char *error;	   /* owned by whoever made this; NULL until a fault */
};

/* Records what is wrong at the current place; gives -EINVAL. */
int fields_fail(struct fields *fields, const char *format, ...) PRINTF_LIKE(2, 3);
/* Refuses members that |known| (ends with NULL) does not name. */
int fields_check_keys(struct fields *fields, json_t *object, const char *const *known) WARN_UNUSED;
/* The text |key|, which lives as long as |object|; where it is missing
 * |fallback|, or a fault if that is NULL. */
int fields_text(struct fields *fields, json_t *object, const char *key, const char *fallback,
	const char **ret_text) WARN_UNUSED;
/* The number of years |key| as text, "0" where it is missing. */
int fields_years(struct fields *fields, json_t *object, const char *key,
	char out[FIELDS_NUMBER_BYTES]) WARN_UNUSED;
/* The list of codes |key| as "a,b,c". CODES_LISTS stands for the codes of
 * municipalities, four digits each. */
int fields_codes(struct fields *fields, json_t *object, const char *key, enum codes_list list,
	char out[FIELDS_LIST_BYTES]) WARN_UNUSED;

#endif
