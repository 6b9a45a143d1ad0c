/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jansson has already refused NUL bytes and invalid UTF-8 in texts.
 */
#include "store/fields.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FIELDS_YEARS_MAX = 130,
	FIELDS_MUNICIPALITY_LEN = 4,
};

int fields_fail(struct fields *fields, const char *format, ...)
{
	char *what = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&what, format, args) < 0)
		what = NULL;
	va_end(args);
	free(fields->error);
	if (asprintf(&fields->error, "%s: %s", fields->place, what ? what : "out of memory") < 0)
		fields->error = NULL;
	free(what);
	return -EINVAL;
}

/* A misspelt member would otherwise be left out silently. */
int fields_check_keys(struct fields *fields, json_t *object, const char *const *known)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return fields_fail(fields, "an object is expected");
	json_object_foreach (object, key, value) {
		const char *const *k = known;

		while (*k && strcmp(*k, key) != 0)
			k++;
		if (!*k)
			return fields_fail(fields, "'%s' is not known here", key);
	}
	return 0;
}

int fields_text(struct fields *fields, json_t *object, const char *key, const char *fallback,
	const char **ret_text)
{
	json_t *value = json_object_get(object, key);

	if (!value && fallback)
		*ret_text = fallback;
	else if (json_is_string(value))
		*ret_text = json_string_value(value);
	else
		return fields_fail(fields, "'%s' must be a text", key);
	return 0;
}

int fields_years(
	struct fields *fields, json_t *object, const char *key, char out[FIELDS_NUMBER_BYTES])
{
	json_t *value = json_object_get(object, key);
	json_int_t years = json_integer_value(value);

	if ((value && !json_is_integer(value)) || years < 0 || years > FIELDS_YEARS_MAX)
		return fields_fail(fields, "'%s' must be a number of years", key);
	snprintf(out, FIELDS_NUMBER_BYTES, "%d", (int)years);
	return 0;
}

static bool fields_is_municipality(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	return text.len == FIELDS_MUNICIPALITY_LEN;
}

static bool fields_is_code(enum codes_list list, struct bytes text)
{
	return list == CODES_LISTS ? fields_is_municipality(text) : codes_has(list, text);
}

int fields_codes(struct fields *fields, json_t *object, const char *key, enum codes_list list,
	char out[FIELDS_LIST_BYTES])
{
	json_t *array = json_object_get(object, key), *item;
	size_t i, len = 0;

	out[0] = '\0';
	if (array && !json_is_array(array))
		return fields_fail(fields, "'%s' must be a list", key);
	json_array_foreach (array, i, item) {
		const char *code = json_is_string(item) ? json_string_value(item) : "";

		if (!fields_is_code(list, bytes_of_string(code)))
			return fields_fail(fields, "'%s' cannot hold '%s'", key, code);
		len += (size_t)snprintf(
			out + len, FIELDS_LIST_BYTES - len, "%s%s", i ? "," : "", code);
		if (len >= FIELDS_LIST_BYTES)
			return fields_fail(fields, "'%s' is too long", key);
	}
	return 0;
}
