/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/rules_reach.h"

#include "stafett/caps.h"

enum reach_type { REACH_DAY, REACH_TIME };

struct reach_row {
	enum act act;
	enum reach_type type;
	size_t offset; /* in the order, of a struct date or of microseconds */
	const char *field;
};

static const struct reach_row reach_rows[] = {
#define REACH(act, type, member, field) \
	{ACT_##act, REACH_##type, offsetof(struct order, member), field},
#include "stafett/tbl/reach.def"
#undef REACH
};

/* Year 0: it is not said. */
static struct date reach_day(const struct reach_row *row, const struct order *o)
{
	const uint8_t *at = (const uint8_t *)o + row->offset;
	struct date day = {0};
	int64_t us;

	if (row->type == REACH_DAY) {
		memcpy(&day, at, sizeof(day));
		return day;
	}
	memcpy(&us, at, sizeof(us));
	return us ? calendar_date_of(us) : day;
}

const char *rules_too_far(const struct order *o, const struct facts *f)
{
	struct date today = calendar_date_of(f->now_us);

	for (size_t i = 0; i < ARRAY_SIZE(reach_rows); i++)
		if (reach_rows[i].act == o->act &&
			date_is_far(reach_day(&reach_rows[i], o), today, CAP_YEARS_AWAY))
			return reach_rows[i].field;
	return NULL;
}
