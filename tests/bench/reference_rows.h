/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A send as most programs would write it: one plain INSERT a row, all in one
 * transaction. The rows are those of the apply statement, from the same columns;
 * the bench compares what both have stored, so they cannot come apart.
 */
#ifndef BENCH_REFERENCE_ROWS_H
#define BENCH_REFERENCE_ROWS_H

#include "store/effects.h"

enum { REFERENCE_ROWS = 10, REFERENCE_ROW_COLUMNS = 16 };

/* Parameter types are left to the server, who takes the columns'. */
struct reference_row {
	const char *name, *sql;
	int n;
	enum batch_column columns[REFERENCE_ROW_COLUMNS]; /* $1, $2 ... */
};

extern const struct reference_row reference_rows[REFERENCE_ROWS];

/* The arguments of |row| from |effects|, which hold exactly one send. */
void reference_row_args(
	const struct reference_row *row, struct effects *effects, struct db_args *args);

#endif
