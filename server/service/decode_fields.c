/* SPDX-License-Identifier: Apache-2.0 */
/* One small function a field, so that every refusal names its field. */
#include "service/decode_fields.h"

#include "domain/identity.h"

struct fault decode_fault(enum reason reason, const char *field)
{
	return (struct fault){reason, field};
}

bool decode_is_empty(const char *text)
{
	return !text || !*text;
}

struct fault decode_uuid(const char *text, const char *field, struct uuid *ret_uuid)
{
	if (decode_is_empty(text))
		return decode_fault(REASON_FIELD_MISSING, field);
	return uuid_parse(bytes_of_string(text), ret_uuid)
		       ? DECODE_OK
		       : decode_fault(REASON_FIELD_INVALID, field);
}

struct fault decode_code(
	const char *text, enum codes_list list, const char *field, struct bytes *ret_code)
{
	if (decode_is_empty(text))
		return decode_fault(REASON_FIELD_MISSING, field);
	*ret_code = bytes_of_string(text);
	return codes_has(list, *ret_code) ? DECODE_OK : decode_fault(REASON_CODE_UNKNOWN, field);
}

struct fault decode_optional_code(
	const char *text, enum codes_list list, const char *field, struct bytes *ret_code)
{
	return decode_is_empty(text) ? DECODE_OK : decode_code(text, list, field, ret_code);
}

struct fault decode_date(const char *text, const char *field, struct date *ret_date)
{
	if (decode_is_empty(text))
		return decode_fault(REASON_FIELD_MISSING, field);
	return date_parse(bytes_of_string(text), ret_date)
		       ? DECODE_OK
		       : decode_fault(REASON_FIELD_INVALID, field);
}

struct fault decode_handle(const char *text, const char *field, struct bytes *ret_handle)
{
	*ret_handle = bytes_of_string(text);
	return identity_is_handle(*ret_handle) ? DECODE_OK
					       : decode_fault(REASON_FIELD_INVALID, field);
}

struct fault decode_optional_handle(const char *text, const char *field, struct bytes *ret_handle)
{
	return decode_is_empty(text) ? DECODE_OK : decode_handle(text, field, ret_handle);
}

struct fault decode_optional_member(const char *text, const char *field, struct bytes *ret_urn)
{
	if (decode_is_empty(text))
		return DECODE_OK;
	*ret_urn = bytes_of_string(text);
	return identity_is_member(*ret_urn) ? DECODE_OK : decode_fault(REASON_FIELD_INVALID, field);
}

struct fault decode_time(
	const Google__Protobuf__Timestamp *time, const char *field, int64_t *ret_us)
{
	*ret_us = 0;
	if (!time)
		return DECODE_OK;
	if (time->seconds <= 0 || time->seconds > INT64_C(253402300799) || time->nanos < 0 ||
		time->nanos > 999999999)
		return decode_fault(REASON_FIELD_INVALID, field);
	*ret_us = time->seconds * 1000000 + time->nanos / 1000;
	return DECODE_OK;
}
