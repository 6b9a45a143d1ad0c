/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of legal bases: their codes, and which of them counts. */
#include "domain/basis.h"

static const char *const basis_codes[BASIS_COUNT] = {
#define BASIS(name, code) [BASIS_##name] = (code),
#include "stafett/tbl/basis.def"
};

static const char *const sector_codes[SECTOR_COUNT] = {
#define SECTOR(name, code) [SECTOR_##name] = (code),
#include "stafett/tbl/basis.def"
};

static const struct {
	const char *kind;
	enum sector sector;
} sectors_of[] = {
#define SECTOR_OF(kind, sector) {(kind), SECTOR_##sector},
#include "stafett/tbl/basis.def"
};

static const struct basis_rule default_rows[] = {
#define BASIS_RULE(name_, basis_, kind_, from_, to_, source_) \
	{                                                     \
		.name = (name_),                              \
		.version = 1,                                 \
		.basis = BASIS_##basis_,                      \
		.kind = (kind_),                              \
		.from = (from_),                              \
		.to = (to_),                                  \
		.source = (source_),                          \
		.from_us = INT64_MIN,                         \
		.to_us = INT64_MAX,                           \
	},
#include "stafett/tbl/basis.def"
};

const struct basis_book basis_defaults = {default_rows, ARRAY_SIZE(default_rows)};

static int code_at(const char *const *codes, int n, struct bytes code)
{
	for (int i = 0; i < n; i++)
		if (bytes_are(code, codes[i]))
			return i;
	return -1;
}

const char *basis_code(enum basis basis)
{
	return basis_codes[basis];
}

int basis_from_code(struct bytes code)
{
	return code_at(basis_codes, BASIS_COUNT, code);
}

int sector_from_code(struct bytes code)
{
	return code_at(sector_codes, SECTOR_COUNT, code);
}

enum sector sector_of_organisation(struct bytes kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(sectors_of); i++)
		if (bytes_are(kind, sectors_of[i].kind))
			return sectors_of[i].sector;
	return SECTOR_OTHER;
}

/* --- which row counts ----------------------------------------------------------- */

static bool rule_counts(const struct basis_rule *rule, const struct basis_question *q)
{
	return rule->from_us <= q->at_us && q->at_us < rule->to_us;
}

static bool text_fits(const char *of_rule, const char *value)
{
	return !*of_rule || strcmp(of_rule, value) == 0;
}

/* Whether rows name the kind: then the rows for all kinds are not its own. */
static bool kind_is_named(const struct basis_book *book, const struct basis_question *q)
{
	const char *kind = kind_code(q->kind);

	for (size_t i = 0; i < book->n; i++)
		if (*book->rules[i].kind && rule_counts(&book->rules[i], q) &&
			strcmp(book->rules[i].kind, kind) == 0)
			return true;
	return false;
}

static bool rule_fits(
	const struct basis_rule *rule, const struct basis_question *q, const char *kind)
{
	return rule_counts(rule, q) && strcmp(rule->kind, kind) == 0 &&
	       text_fits(rule->from, sector_codes[q->from]) &&
	       text_fits(rule->to, sector_codes[q->to]);
}

const struct basis_rule *basis_find(
	const struct basis_book *book, const struct basis_question *q, enum basis basis)
{
	const char *kind = kind_is_named(book, q) ? kind_code(q->kind) : "";
	const struct basis_rule *best = NULL;

	for (size_t i = 0; i < book->n; i++) {
		const struct basis_rule *rule = &book->rules[i];

		if (rule->basis == basis && rule_fits(rule, q, kind) &&
			(!best || rule->from_us >= best->from_us))
			best = rule;
	}
	return best;
}

mask_t basis_allowed(const struct basis_book *book, const struct basis_question *q)
{
	const char *kind = kind_is_named(book, q) ? kind_code(q->kind) : "";
	mask_t allowed = 0;

	for (size_t i = 0; i < book->n; i++)
		if (rule_fits(&book->rules[i], q, kind))
			allowed |= MASK(book->rules[i].basis);
	return allowed;
}
