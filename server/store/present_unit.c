/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the directory as messages. */
#include "store/present.h"
#include "store/present_values.h"

enum unit_column {
	UNIT_ID,
	UNIT_HANDLE,
	UNIT_DISPLAY_NAME,
	UNIT_ORGANIZATION,
	UNIT_ORGANIZATION_NUMBER,
	UNIT_STATUS,
	UNIT_REPLACED_BY,
	UNIT_HSA_ID,
	UNIT_SERVICE_AREA,
	UNIT_NEEDS,
	UNIT_KINDS,
	UNIT_AGE_MIN,
	UNIT_AGE_MAX,
	UNIT_OPENING_HOURS,
	UNIT_PHONE,
	UNIT_ON_CALL_PHONE,
	UNIT_LAST_READ,
	UNIT_UNACKNOWLEDGED,
	UNIT_MEDIAN,
};

static Stafett__V1__Unit__Inbox *take_unit_inbox(struct arena *a, const struct db_row *row)
{
	Stafett__V1__Unit__Inbox *inbox = arena_alloc(a, sizeof(*inbox));

	if (!inbox)
		return NULL;
	stafett__v1__unit__inbox__init(inbox);
	inbox->last_read_time = take_time(a, row, UNIT_LAST_READ);
	inbox->unacknowledged = db_row_int(row, UNIT_UNACKNOWLEDGED);
	inbox->median_acknowledge_seconds = db_row_int(row, UNIT_MEDIAN);
	return inbox;
}

Stafett__V1__Unit *present_unit(struct arena *a, const struct db_row *row)
{
	Stafett__V1__Unit *u = arena_alloc(a, sizeof(*u));

	if (!u)
		return NULL;
	stafett__v1__unit__init(u);
	u->id = take_uuid(a, row, UNIT_ID);
	u->handle = take_text(a, row, UNIT_HANDLE);
	u->display_name = take_text(a, row, UNIT_DISPLAY_NAME);
	u->organization = take_text(a, row, UNIT_ORGANIZATION);
	u->organization_number = take_text(a, row, UNIT_ORGANIZATION_NUMBER);
	u->status = take_text(a, row, UNIT_STATUS);
	u->replaced_by = take_text(a, row, UNIT_REPLACED_BY);
	u->hsa_id = take_text(a, row, UNIT_HSA_ID);
	u->service_area = take_list(a, row, UNIT_SERVICE_AREA, &u->n_service_area);
	u->needs = take_list(a, row, UNIT_NEEDS, &u->n_needs);
	u->kinds = take_list(a, row, UNIT_KINDS, &u->n_kinds);
	u->age_min = db_row_int(row, UNIT_AGE_MIN);
	u->age_max = db_row_int(row, UNIT_AGE_MAX);
	u->opening_hours = take_text(a, row, UNIT_OPENING_HOURS);
	u->phone = take_text(a, row, UNIT_PHONE);
	u->on_call_phone = take_text(a, row, UNIT_ON_CALL_PHONE);
	u->inbox = take_unit_inbox(a, row);
	return a->overflowed ? NULL : u;
}
