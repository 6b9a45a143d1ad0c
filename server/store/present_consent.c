/* SPDX-License-Identifier: Apache-2.0 */
#include "store/present_consent.h"

#include "store/present_values.h"

enum consent_column {
	CONSENT_ID,
	CONSENT_UNIT,
	CONSENT_RECIPIENTS,
	CONSENT_GIVEN_BY,
	CONSENT_FORM,
	CONSENT_CREATE_TIME,
	CONSENT_END_DATE,
	CONSENT_COVERS,
	CONSENT_REVOKE_TIME,
	CONSENT_STATUS,
};
_Static_assert(CONSENT_STATUS + 1 == CONSENT_COLUMNS, "the columns are counted");

/* What the disclosures of an event have in common, then those: unit, rule, version. */
enum disclosure_column {
	DISCLOSURE_BASIS,
	DISCLOSURE_CONSENT,
	DISCLOSURE_TOLD,
};
enum { TOLD_UNIT, TOLD_RULE, TOLD_VERSION, TOLD_COLUMNS };
enum { DISCLOSURES_MOST = 2 };
_Static_assert(DISCLOSURE_TOLD + DISCLOSURES_MOST * TOLD_COLUMNS == DISCLOSURES_COLUMNS,
	"the columns are counted");

Stafett__V1__Consent *present_consent(struct arena *a, const struct db_row *row, int first)
{
	Stafett__V1__Consent *c;

	if (!db_row_has(row, first + CONSENT_ID) || !(c = arena_alloc(a, sizeof(*c))))
		return NULL;
	stafett__v1__consent__init(c);
	c->id = take_uuid(a, row, first + CONSENT_ID);
	c->unit = take_text(a, row, first + CONSENT_UNIT);
	c->recipients = take_list(a, row, first + CONSENT_RECIPIENTS, &c->n_recipients);
	c->given_by = take_text(a, row, first + CONSENT_GIVEN_BY);
	c->form = take_text(a, row, first + CONSENT_FORM);
	c->create_time = take_time(a, row, first + CONSENT_CREATE_TIME);
	c->end_date = take_date(a, row, first + CONSENT_END_DATE);
	c->covers_missed_events = db_row_bool(row, first + CONSENT_COVERS);
	c->revoke_time = take_time(a, row, first + CONSENT_REVOKE_TIME);
	c->status = take_text(a, row, first + CONSENT_STATUS);
	return c;
}

bool present_consent_is(const struct db_row *row, int first, const char *status)
{
	return strcmp(db_row_text(row, first + CONSENT_STATUS), status) == 0;
}

static Stafett__V1__Disclosure *take_disclosure(
	struct arena *a, const struct db_row *row, int first, int told)
{
	Stafett__V1__Disclosure *d = arena_alloc(a, sizeof(*d));

	if (!d)
		return NULL;
	stafett__v1__disclosure__init(d);
	d->unit = take_text(a, row, told + TOLD_UNIT);
	d->rule = take_text(a, row, told + TOLD_RULE);
	d->rule_version = db_row_int(row, told + TOLD_VERSION);
	d->basis = take_text(a, row, first + DISCLOSURE_BASIS);
	d->consent = take_uuid(a, row, first + DISCLOSURE_CONSENT);
	return d;
}

Stafett__V1__Disclosure **present_disclosures(
	struct arena *a, const struct db_row *row, int first, size_t *ret_n)
{
	Stafett__V1__Disclosure **list = NULL;

	*ret_n = 0;
	for (int i = 0; i < DISCLOSURES_MOST; i++) {
		int told = first + DISCLOSURE_TOLD + i * TOLD_COLUMNS;

		if (!db_row_has(row, told + TOLD_UNIT))
			continue;
		if (!list)
			list = arena_alloc(a, DISCLOSURES_MOST * sizeof(*list));
		if (!list || !(list[*ret_n] = take_disclosure(a, row, first, told)))
			break;
		(*ret_n)++;
	}
	return list;
}

enum basis present_basis(const struct db_row *row, int column)
{
	int basis = basis_from_code(db_row_bytes(row, column));

	return basis >= 0 ? (enum basis)basis : BASIS_COUNT;
}
