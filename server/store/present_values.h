/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One column of a row as a field of a message, made in an arena. Null and empty
 * are both NULL, which protobuf-c packs as an absent field.
 */
#ifndef STORE_PRESENT_VALUES_H
#define STORE_PRESENT_VALUES_H

#include "base/arena.h"
#include "db/row.h"
#include "domain/calendar.h"
#include "domain/rulebook.h"
#include "stafett/v1/message.pb-c.h"
#include "stafett/v1/referral.pb-c.h"

char *take_text(struct arena *a, const struct db_row *row, int column);
char *take_uuid(struct arena *a, const struct db_row *row, int column);
/* Year 0: it is null. */
struct date present_date(const struct db_row *row, int column);
/* Which question about a person is asked; none where this program does not know it. */
enum deadline present_follow_up(const struct db_row *row, int column);
char *take_date(struct arena *a, const struct db_row *row, int column);
/* Of microseconds since 1970; a time beyond what programs read becomes the last, or the
 * first, that they do. */
Google__Protobuf__Timestamp *present_time(struct arena *a, int64_t us);
Google__Protobuf__Timestamp *take_time(struct arena *a, const struct db_row *row, int column);
ProtobufCBinaryData take_bytes(struct arena *a, const struct db_row *row, int column);
/* "7K3M-Q9FX" of the stored letters. */
char *take_code(struct arena *a, const struct db_row *row, int column);
/* The items of a comma-separated list. */
char **take_list(struct arena *a, const struct db_row *row, int column, size_t *ret_n);
Stafett__V1__Part *take_part(struct arena *a, const struct db_row *row, int column);
/* |first| is the column of the state; the times, who and why follow it in one order. */
Stafett__V1__Delivery *take_delivery(struct arena *a, const struct db_row *row, int first);

#endif
