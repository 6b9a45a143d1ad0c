/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a disclosure may be lawful: which legal bases are allowed for a kind of
 * referral, from one sector to another. The rows come from the database; those of
 * tbl/basis.def are what it began with.
 *
 * A row is never changed once it counts: it ends, and another version begins. So
 * a disclosure that names its row and version can be explained for ever.
 */
#ifndef DOMAIN_BASIS_H
#define DOMAIN_BASIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/words.h"
#include "stafett/base.h"

#define BASIS(name, ...) BASIS_##name,
enum basis {
#include "stafett/tbl/basis.def"
	BASIS_COUNT,
};

#define SECTOR(name, ...) SECTOR_##name,
enum sector {
#include "stafett/tbl/basis.def"
	SECTOR_COUNT,
};

/* A row. Its texts are codes, or "" for all. */
struct basis_rule {
	const char *name;
	int version;
	enum basis basis;
	const char *kind, *from, *to;
	const char *source;
	int64_t from_us, to_us; /* counts for what is disclosed in [from, to) */
};

struct basis_book {
	const struct basis_rule *rules;
	size_t n;
};

/* What is to be disclosed, whence, whither, and when. */
struct basis_question {
	enum kind kind;
	enum sector from, to;
	int64_t at_us;
};

/* The rows of tbl/basis.def, all of version 1 and without an end. */
extern const struct basis_book basis_defaults;
/* The row by which |basis| is allowed; of several the newest. NULL: it is not. */
const struct basis_rule *basis_find(
	const struct basis_book *book, const struct basis_question *q, enum basis basis);
/* All bases that would do: MASK(BASIS_...). */
mask_t basis_allowed(const struct basis_book *book, const struct basis_question *q);

const char *basis_code(enum basis basis);
/* -1: it is none. */
int basis_from_code(struct bytes code);
/* -1: it is none. */
int sector_from_code(struct bytes code);
/* That of a kind of organisation; OTHER of one that this program does not know. */
enum sector sector_of_organisation(struct bytes kind);

#endif
