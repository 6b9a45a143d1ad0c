/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single fields of a message, each checked by itself: what is missing, what is no
 * date, no code, no time and no handle. Shared by the decoders; an absent time is
 * 0, an empty optional code has no length.
 */
#ifndef SERVICE_DECODE_FIELDS_H
#define SERVICE_DECODE_FIELDS_H

#include "domain/calendar.h"
#include "domain/codes.h"
#include "service/decode.h"

#define DECODE_OK ((struct fault){REASON_NONE, NULL})
/* Leaves the function with the first fault. */
#define DECODE_TRY(expression)                  \
	do {                                    \
		struct fault f_ = (expression); \
		if (f_.reason)                  \
			return f_;              \
	} while (0)

struct fault decode_fault(enum reason reason, const char *field);
bool decode_is_empty(const char *text);
struct fault decode_code(
	const char *text, enum codes_list list, const char *field, struct bytes *ret_code);
struct fault decode_optional_code(
	const char *text, enum codes_list list, const char *field, struct bytes *ret_code);
struct fault decode_date(const char *text, const char *field, struct date *ret_date);
struct fault decode_handle(const char *text, const char *field, struct bytes *ret_handle);
/* Nothing where |text| is empty. */
struct fault decode_optional_handle(const char *text, const char *field, struct bytes *ret_handle);
/* A member's URN; nothing where |text| is empty. */
struct fault decode_optional_member(const char *text, const char *field, struct bytes *ret_urn);
/* Whole microseconds of the years 1970 to 9999; 0 for an absent time. */
struct fault decode_time(
	const Google__Protobuf__Timestamp *time, const char *field, int64_t *ret_us);

/* Fills |write|, whose parts are decoded, from the header's act. In decode_acts.c. */
struct fault decode_act(
	struct arena *arena, const Stafett__V1__Header *header, struct write *write);
/* The referral that an act is about, and the version that its author saw. */
struct fault decode_target(
	const char *referral, const char *chain, int version, struct order *order);

#endif
