/* SPDX-License-Identifier: Apache-2.0 */
/* Columns as fields of messages. */
#include "store/present_values.h"

#include "domain/code.h"
#include "domain/uuid.h"

/* protobuf-c packs a NULL string as an empty one. */
char *take_text(struct arena *a, const struct db_row *row, int column)
{
	struct bytes text = db_row_bytes(row, column);

	return text.len ? arena_copy(a, text) : NULL;
}

char *take_uuid(struct arena *a, const struct db_row *row, int column)
{
	char text[UUID_TEXT_LEN + 1];
	struct uuid uuid;

	if (!db_row_has(row, column))
		return NULL;
	uuid = db_row_uuid(row, column);
	uuid_format(&uuid, text);
	return arena_copy(a, bytes_of_string(text));
}

struct date present_date(const struct db_row *row, int column)
{
	return db_row_has(row, column) ? date_from_days(db_row_date(row, column))
				       : (struct date){0};
}

enum deadline present_follow_up(const struct db_row *row, int column)
{
	int what = deadline_from_code(db_row_bytes(row, column));

	return what > 0 ? (enum deadline)what : DEADLINE_NONE;
}

char *take_date(struct arena *a, const struct db_row *row, int column)
{
	char text[11];

	if (!db_row_has(row, column))
		return NULL;
	date_format(date_from_days(db_row_date(row, column)), text);
	return arena_copy(a, bytes_of_string(text));
}

/* Whole seconds of the years 1 to 9999, which is what a Timestamp may say. */
static const int64_t first_second = -62135596800, last_second = 253402300799;

Google__Protobuf__Timestamp *present_time(struct arena *a, int64_t us)
{
	Google__Protobuf__Timestamp *time = arena_alloc(a, sizeof(*time));
	int64_t rest = us % 1000000 + (us % 1000000 < 0 ? 1000000 : 0);
	int64_t second = us / 1000000 - (us % 1000000 < 0);

	if (!time)
		return NULL;
	google__protobuf__timestamp__init(time);
	if (second < first_second || second > last_second) {
		second = second < 0 ? first_second : last_second;
		rest = 0;
	}
	time->seconds = second;
	time->nanos = (int32_t)(rest * 1000);
	return time;
}

Google__Protobuf__Timestamp *take_time(struct arena *a, const struct db_row *row, int column)
{
	return db_row_has(row, column) ? present_time(a, db_row_time(row, column)) : NULL;
}

ProtobufCBinaryData take_bytes(struct arena *a, const struct db_row *row, int column)
{
	struct bytes value = db_row_bytes(row, column);
	char *copy = value.len ? arena_copy(a, value) : NULL;

	return (ProtobufCBinaryData){copy ? value.len : 0, (uint8_t *)copy};
}

/* "7K3M-Q9FX" of the stored letters. */
char *take_code(struct arena *a, const struct db_row *row, int column)
{
	char letters[CODE_LETTERS + 1] = "", text[CODE_TEXT_LEN + 1];

	db_row_copy(row, column, letters, CODE_LETTERS);
	code_format(letters, text);
	return arena_copy(a, bytes_of_string(text));
}

/* The items of a comma-separated list. */
char **take_list(struct arena *a, const struct db_row *row, int column, size_t *ret_n)
{
	char *text = take_text(a, row, column);
	char **items, *save = NULL;
	size_t n = 1;

	*ret_n = 0;
	if (!text)
		return NULL;
	for (const char *p = text; *p; p++)
		n += *p == ',';
	items = arena_alloc(a, n * sizeof(*items));
	if (!items)
		return NULL;
	for (char *item = strtok_r(text, ",", &save); item; item = strtok_r(NULL, ",", &save))
		items[(*ret_n)++] = item;
	return items;
}

Stafett__V1__Part *take_part(struct arena *a, const struct db_row *row, int column)
{
	Stafett__V1__Part *part;

	if (!db_row_bytes(row, column).len || !(part = arena_alloc(a, sizeof(*part))))
		return NULL;
	stafett__v1__part__init(part);
	part->content_case = STAFETT__V1__PART__CONTENT_DATA;
	part->data = take_bytes(a, row, column);
	return part;
}

Stafett__V1__Delivery *take_delivery(struct arena *a, const struct db_row *row, int first)
{
	Stafett__V1__Delivery *d;

	if (!db_row_has(row, first) || !(d = arena_alloc(a, sizeof(*d))))
		return NULL;
	stafett__v1__delivery__init(d);
	d->state = take_text(a, row, first);
	d->store_time = take_time(a, row, first + 1);
	d->offer_time = take_time(a, row, first + 2);
	d->fetch_time = take_time(a, row, first + 3);
	d->acknowledge_time = take_time(a, row, first + 4);
	d->acknowledge_member = take_text(a, row, first + 5);
	d->cause = take_text(a, row, first + 6);
	return d;
}
