/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A send says on which basis it discloses. What is forwarded goes on the basis that it
 * came on, if that is one between those two; else on a consent that covers the next.
 */
#include "domain/rules_basis.h"

#include "domain/rulebook.h"

static const mask_t still_goes = 0
#define STILL_GOES(act) | MASK(ACT_##act)
#include "stafett/tbl/basis.def"
	;

static const struct basis_book *book_of(const struct facts *f)
{
	return f->book && f->book->bases ? f->book->bases : &basis_defaults;
}

static struct basis_question question_of(const struct order *o, const struct facts *f)
{
	return (struct basis_question){
		.kind = o->act == ACT_SEND ? o->kind : f->kind,
		.from = f->sector,
		.to = f->to_sector,
		.at_us = f->now_us,
	};
}

/* Takes what stands before the next comma; the comma is passed. */
static struct bytes take_recipient(struct bytes *rest)
{
	const uint8_t *comma = memchr(rest->data, ',', rest->len);
	size_t len = comma ? (size_t)(comma - rest->data) : rest->len;
	struct bytes word = bytes_of(rest->data, len);
	size_t passed = len + (comma ? 1 : 0);

	*rest = bytes_of(rest->data + passed, rest->len - passed);
	return word;
}

bool rules_consent_covers(struct bytes recipients, struct bytes unit)
{
	while (recipients.len) {
		struct bytes r = take_recipient(&recipients);

		if (bytes_equal(r, unit) || (r.len && r.len < unit.len && unit.data[r.len] == '/' &&
						    memcmp(r.data, unit.data, r.len) == 0))
			return true;
	}
	return false;
}

bool rules_consent_counts(struct date end, const struct facts *f)
{
	return !end.year || date_compare(end, calendar_date_of(f->now_us)) >= 0;
}

bool rules_is_unshared(const struct facts *f)
{
	return f->basis == BASIS_CONSENT && f->consent.revoked;
}

/* Whether the others are told of an act on what is shared no longer. */
static bool rules_still_goes(enum act act)
{
	return still_goes & MASK(act);
}

/* Whether a consent that was given for it covers the next unit. */
static bool next_is_covered(const struct order *o, const struct facts *f)
{
	return f->consent.known && !f->consent.revoked && rules_consent_counts(f->consent.end, f) &&
	       rules_consent_covers(f->consent.recipients, o->to_unit);
}

enum basis rules_basis_of(const struct order *o, const struct facts *f)
{
	struct basis_question q = question_of(o, f);

	if (o->act == ACT_SEND)
		return o->basis;
	return !basis_find(book_of(f), &q, f->basis) && next_is_covered(o, f) ? BASIS_CONSENT
									      : f->basis;
}

const struct basis_rule *rules_basis_rule(const struct order *o, const struct facts *f)
{
	struct basis_question q = question_of(o, f);

	return basis_find(book_of(f), &q, rules_basis_of(o, f));
}

bool rules_names_third(const struct order *o, const struct facts *f)
{
	return o->act == ACT_SEND && o->named_unit.len && !uuid_equal(&f->named_unit, &f->unit) &&
	       !uuid_equal(&f->named_unit, &f->to_unit);
}

const struct basis_rule *rules_basis_rule_of_third(const struct order *o, const struct facts *f)
{
	struct basis_question q = question_of(o, f);

	q.to = f->named_unit_sector;
	return basis_find(book_of(f), &q, o->basis);
}

void rules_explain_basis(const struct order *o, const struct facts *f, struct decision *d)
{
	struct basis_question q = question_of(o, f);
	bool is_named = o->act != ACT_SEND || !uuid_is_nil(&o->consent);

	if (o->act == ACT_SEND || o->act == ACT_FORWARD)
		d->allowed_bases = basis_allowed(book_of(f), &q);
	if (d->reason == REASON_CONSENT_EXPIRED)
		d->consent_end = is_named && o->act != ACT_CONSENT ? f->consent.end : o->basis_end;
}

/* A unit tells itself nothing that it does not know. */
static void apply_disclosure(const struct order *o, const struct facts *f, struct decision *d)
{
	bool by_consent = rules_basis_of(o, f) == BASIS_CONSENT;

	d->gives_consent = o->act == ACT_SEND && by_consent && uuid_is_nil(&o->consent);
	if (by_consent && !d->gives_consent)
		d->consent = f->consent.id;
	if (!uuid_equal(&f->to_unit, &f->unit))
		d->disclosure = rules_basis_rule(o, f);
	if (rules_names_third(o, f))
		d->disclosure_to_third = rules_basis_rule_of_third(o, f);
}

void rules_apply_basis(const struct order *o, const struct facts *f, struct decision *d)
{
	if (o->act == ACT_SEND || o->act == ACT_FORWARD)
		apply_disclosure(o, f, d);
	d->gives_consent |= o->act == ACT_CONSENT;
	d->unshares = o->act == ACT_UNSHARE;
	if (d->unshares)
		d->consent = f->consent.id;
	d->quiet = rules_is_unshared(f) && !rules_still_goes(d->act);
	if (d->quiet)
		d->tells = (struct tells){0};
}
