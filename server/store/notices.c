/* SPDX-License-Identifier: Apache-2.0 */
#include "store/notices.h"

#include "db/row.h"
#include "domain/hours.h"

bool notice_is_hook(const char *text)
{
	size_t len = strlen(text);

	return len && len <= NOTICE_HOOK_MAX && *text != '-' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

bool notice_is_address(const char *text)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789.+_-";
	size_t local = strspn(text, alphabet);
	const char *domain = text + local + 1;

	return local && text[local] == '@' && *domain && strlen(text) <= NOTICE_ADDRESS_MAX &&
	       strspn(domain, alphabet) == strlen(domain) && strchr("-.", *text) == NULL &&
	       strchr("-.", *domain) == NULL;
}

bool notices_choose(const PGresult *rows, struct db_array *units)
{
	enum { UNIT_NOW, UNIT_ID, UNIT_HOURS };
	bool any = false;

	db_array_clear(units);
	for (int i = 0; i < PQntuples(rows); i++) {
		const struct db_row row = {rows, i};
		struct bytes hours = db_row_bytes(&row, UNIT_HOURS);

		if (hours.len && !hours_are_open(hours, db_row_time(&row, UNIT_NOW)))
			continue;
		db_array_add_bytes(units, db_row_bytes(&row, UNIT_ID));
		any = true;
	}
	return any;
}

bool notices_read(const PGresult *rows, int at, struct notice *ret_notice)
{
	enum {
		CLAIM_ID,
		CLAIM_UNIT,
		CLAIM_MEANS,
		CLAIM_TARGET,
		CLAIM_CODES,
		CLAIM_COUNT,
		CLAIM_OLD
	};
	const struct db_row row = {rows, at};

	*ret_notice = (struct notice){
		.by_mail = bytes_are(db_row_bytes(&row, CLAIM_MEANS), "mail"),
		.unit = db_row_text(&row, CLAIM_UNIT),
		.target = db_row_text(&row, CLAIM_TARGET),
		.codes = db_row_text(&row, CLAIM_CODES),
		.count = db_row_int(&row, CLAIM_COUNT),
	};
	ret_notice->id = db_row_uuid(&row, CLAIM_ID);
	return !db_row_bool(&row, CLAIM_OLD);
}
