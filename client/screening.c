/* SPDX-License-Identifier: Apache-2.0 */
/* Totals and their levels: see the header. */
#include "client/screening.h"

#include "base/suggest.h"
#include "client/memory.h"
#include "client/text.h"

#define SCREENING(id, ...) SCREENING_##id,
enum screening_id {
#include "stafett/tbl/screening.def"
	SCREENING_COUNT,
};

static const struct screening {
	const char *name;
	int most;
	const char *source;
} screening_rows[SCREENING_COUNT] = {
#define SCREENING(id, name, most, source) [SCREENING_##id] = {name, most, source},
#include "stafett/tbl/screening.def"
};

static const struct {
	enum screening_id id;
	int least;
	const char *text; /* not translated yet */
} screening_levels[] = {
#define SCREENING_LEVEL(id, least, text) {SCREENING_##id, least, text},
#include "stafett/tbl/screening.def"
};

static enum screening_id screening_find(const char *name)
{
	enum screening_id id = 0;

	while (id < SCREENING_COUNT && strcmp(screening_rows[id].name, name) != 0)
		id++;
	return id;
}

static bool screening_can_be(enum screening_id id, json_int_t total)
{
	return total >= 0 && total <= screening_rows[id].most;
}

/* -- a file ------------------------------------------------------------------------- */

static int screening_unknown(struct draft_reader *reader, const char *field)
{
	struct suggest nearest;
	const char *name = strrchr(field, '.') + 1;

	suggest_begin(&nearest, name);
	for (enum screening_id id = 0; id < SCREENING_COUNT; id++)
		suggest_offer(&nearest, screening_rows[id].name);
	return client_problem(reader->client, PROBLEM_JSON_FIELD_UNKNOWN, "field", field, "near",
		nearest.best, NULL);
}

static int screening_check(
	struct draft_reader *reader, const char *field, enum screening_id id, const json_t *total)
{
	const struct screening *scale = &screening_rows[id];

	if (json_is_integer(total) && screening_can_be(id, json_integer_value(total)))
		return 0;
	return client_problem(reader->client, PROBLEM_JSON_FIELD_TYPE, "field", field, "value",
		memory_printf(
			&reader->client->arena, _("a whole number from 0 to %d"), scale->most),
		NULL);
}

int screening_take(struct draft_reader *reader, const json_t *value)
{
	const char *path = draft_fields_path(reader, "screening");
	const char *name;
	json_t *total;
	int r = 0;

	if (!json_is_object(value))
		return draft_fields_wrong_type(
			reader, "screening", _("totals by scale, like {\"AUDIT\": 18}"));
	json_object_foreach ((json_t *)value, name, total) {
		const char *field = memory_printf(&reader->client->arena, "%s.%s", path, name);
		enum screening_id id = screening_find(name);

		r = id == SCREENING_COUNT ? screening_unknown(reader, field)
					  : screening_check(reader, field, id, total);
		if (r)
			break;
	}
	return r;
}

/* -- a card -------------------------------------------------------------------------- */

static const char *screening_level(enum screening_id id, json_int_t total)
{
	const char *level = "";

	for (size_t i = 0; i < ARRAY_SIZE(screening_levels); i++) {
		if (screening_levels[i].id == id && total >= screening_levels[i].least)
			level = _(screening_levels[i].text);
	}
	return level;
}

static const char *screening_one(struct arena *arena, enum screening_id id, const json_t *value)
{
	const struct screening *scale = &screening_rows[id];
	json_int_t total = json_integer_value(value);

	if (!json_is_integer(value) || !screening_can_be(id, total))
		return memory_printf(arena, _("%s: no total that it can have"), scale->name);
	return memory_printf(arena, "%s %d: %s (%s)", scale->name, (int)total,
		screening_level(id, total), scale->source);
}

const char *screening_text(struct arena *arena, const json_t *totals)
{
	const char *text = "";

	for (enum screening_id id = 0; id < SCREENING_COUNT; id++) {
		const json_t *value = json_object_get(totals, screening_rows[id].name);

		if (value)
			text = memory_printf(arena, "%s%s%s", text, *text ? "; " : "",
				screening_one(arena, id, value));
	}
	return text;
}
