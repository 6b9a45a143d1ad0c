/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema that this program carries, and what a database says it has. The
 * files go forward only: what was applied once is never changed.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stddef.h>

#include "stafett/base.h"

/* One file of server/schema. Versions count from 1 without gaps. */
struct schema_file {
	int version;
	const char *name;
	const char *sql;
	size_t len;
};

/* In order; made at build time by schema/embed.py. */
extern const struct schema_file schema_files[];
extern const size_t schema_n_files;

/* SHA-256 as lower-case hex letters and a NUL. */
enum { SCHEMA_HASH_LEN = 64 };

/* What a database remembers of one file. */
struct schema_applied {
	int version;
	char hash[SCHEMA_HASH_LEN + 1];
};

enum schema_verdict {
	SCHEMA_FITS,	/* the files from the position on are still to be applied */
	SCHEMA_CHANGED, /* the file at the position was applied with other content */
	SCHEMA_GAP,	/* the database lacks a version before its newest */
	SCHEMA_NEWER,	/* the database knows versions that this program does not */
};

void schema_hash(const struct schema_file *file, char out[SCHEMA_HASH_LEN + 1]);
/* Compares |files| with what was |applied| (in order of version), and tells in
 * |ret_at| the position in |files| that the verdict is about. */
enum schema_verdict schema_compare(const struct schema_file *files, size_t n_files,
	const struct schema_applied *applied, size_t n_applied, size_t *ret_at);

#endif
