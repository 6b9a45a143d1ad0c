/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of a book live as long as the result that they came in. */
#include "store/rulebooks.h"

#include <errno.h>
#include <stdlib.h>

#include "db/row.h"

enum rule_column {
	RULE_NAME,
	RULE_VERSION,
	RULE_DEADLINE,
	RULE_KIND,
	RULE_PRIORITY,
	RULE_ORGANISATION,
	RULE_OTHER_ORGANISATION,
	RULE_UNIT,
	RULE_AMOUNT,
	RULE_CUT_OFF,
	RULE_STEPS,
	RULE_SOURCE,
	RULE_FROM, /* microseconds; null: ever */
	RULE_TO,
};

/* A book, with what it is made of. */
struct owned_book {
	struct rulebook book;
	PGresult *texts;
	struct clock_rule *rules;
	struct rulebook_unit *units;
	struct basis_book bases;
	struct basis_rule *basis_rules;
	PGresult *basis_texts;
};

static bool rule_read(const struct db_row *row, struct clock_rule *rule)
{
	int what = deadline_from_code(db_row_bytes(row, RULE_DEADLINE));
	int unit = clock_unit_from_code(db_row_bytes(row, RULE_UNIT));

	if (what < 0 || unit < 0)
		return false;
	*rule = (struct clock_rule){
		.name = db_row_text(row, RULE_NAME),
		.version = db_row_int(row, RULE_VERSION),
		.what = (enum deadline)what,
		.kind = db_row_text(row, RULE_KIND),
		.priority = db_row_text(row, RULE_PRIORITY),
		.unit = (enum clock_unit)unit,
		.amount = db_row_int(row, RULE_AMOUNT),
		.cut_off = db_row_text(row, RULE_CUT_OFF),
		.steps = db_row_text(row, RULE_STEPS),
		.source = db_row_text(row, RULE_SOURCE),
		.from_us = db_row_has(row, RULE_FROM) ? db_row_long(row, RULE_FROM) : INT64_MIN,
		.to_us = db_row_has(row, RULE_TO) ? db_row_long(row, RULE_TO) : INT64_MAX,
	};
	rule->organisations[0] = db_row_uuid(row, RULE_ORGANISATION);
	rule->organisations[1] = db_row_uuid(row, RULE_OTHER_ORGANISATION);
	return true;
}

struct rulebook *rulebooks_read(const PGresult *result)
{
	struct owned_book *owned = calloc(1, sizeof(*owned));
	int n = PQntuples(result);

	if (!owned)
		return NULL;
	owned->texts = PQcopyResult(result, PG_COPYRES_TUPLES);
	owned->rules = calloc((size_t)n + 1, sizeof(*owned->rules));
	if (!owned->texts || !owned->rules)
		return rulebooks_free(&owned->book);
	for (int i = 0; i < n; i++)
		owned->book.n +=
			rule_read(&(struct db_row){owned->texts, i}, &owned->rules[owned->book.n]);
	owned->book.rules = owned->rules;
	return &owned->book;
}

int rulebooks_read_units(struct rulebook *book, const PGresult *result)
{
	struct owned_book *owned = container_of(book, struct owned_book, book);
	int n = PQntuples(result);

	owned->units = calloc((size_t)n + 1, sizeof(*owned->units));
	if (!owned->units)
		return -ENOMEM;
	for (int i = 0; i < n; i++) {
		const struct db_row row = {result, i};

		owned->units[i].unit = db_row_uuid(&row, 0);
		owned->units[i].organisation = db_row_uuid(&row, 1);
	}
	book->units = owned->units;
	book->n_units = (size_t)n;
	return 0;
}

enum basis_column {
	BASIS_NAME,
	BASIS_VERSION,
	BASIS_CODE,
	BASIS_KIND,
	BASIS_FROM_SECTOR,
	BASIS_TO_SECTOR,
	BASIS_SOURCE,
	BASIS_FROM, /* microseconds; null: ever */
	BASIS_TO,
};

static bool basis_read(const struct db_row *row, struct basis_rule *rule)
{
	int basis = basis_from_code(db_row_bytes(row, BASIS_CODE));

	if (basis < 0)
		return false;
	*rule = (struct basis_rule){
		.name = db_row_text(row, BASIS_NAME),
		.version = db_row_int(row, BASIS_VERSION),
		.basis = (enum basis)basis,
		.kind = db_row_text(row, BASIS_KIND),
		.from = db_row_text(row, BASIS_FROM_SECTOR),
		.to = db_row_text(row, BASIS_TO_SECTOR),
		.source = db_row_text(row, BASIS_SOURCE),
		.from_us = db_row_has(row, BASIS_FROM) ? db_row_long(row, BASIS_FROM) : INT64_MIN,
		.to_us = db_row_has(row, BASIS_TO) ? db_row_long(row, BASIS_TO) : INT64_MAX,
	};
	return true;
}

int rulebooks_read_bases(struct rulebook *book, const PGresult *result)
{
	struct owned_book *owned = container_of(book, struct owned_book, book);
	int n = PQntuples(result);

	owned->basis_texts = PQcopyResult(result, PG_COPYRES_TUPLES);
	owned->basis_rules = calloc((size_t)n + 1, sizeof(*owned->basis_rules));
	if (!owned->basis_texts || !owned->basis_rules)
		return -ENOMEM;
	for (int i = 0; i < n; i++)
		owned->bases.n += basis_read(&(struct db_row){owned->basis_texts, i},
			&owned->basis_rules[owned->bases.n]);
	owned->bases.rules = owned->basis_rules;
	book->bases = &owned->bases;
	return 0;
}

struct rulebook *rulebooks_free(struct rulebook *book)
{
	struct owned_book *owned = container_of(book, struct owned_book, book);

	if (!book)
		return NULL;
	PQclear(owned->texts);
	free(owned->rules);
	free(owned->units);
	PQclear(owned->basis_texts);
	free(owned->basis_rules);
	free(owned);
	return NULL;
}
