/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The effects of a batch: a row an operation, with the columns of columns.def,
 * ready to be the argument of the apply statement.
 */
#ifndef STORE_EFFECTS_H
#define STORE_EFFECTS_H

#include "store/audit.h"
#include "store/load.h"
#include "store/statements.h"

struct effects {
	struct db_array operations; /* its row type is set by who has a connection */
	int rows;
	bool goes_on;		/* some row changes what was there before */
	enum batch_column next; /* of the row being added */
};

enum { RECEIPT_MAX = 256 };

void effects_init(struct effects *effects);
void effects_fini(struct effects *effects);
void effects_clear(struct effects *effects);
/* Adds what |decision| means for |write|: all its rows where it is to be done,
 * only the audit row where not. |event| is the new event's id. */
void effects_add(struct effects *effects, const struct write *write, const struct loaded *loaded,
	const struct decision *decision, const struct audit *audit, const struct uuid *event,
	struct bytes receipt);
/* The statement that carries them out, and its argument. */
enum write_statement effects_statement(const struct effects *effects);
void effects_args(struct effects *effects, struct db_args *args);

/* Packs the receipt of a write into |out|; gives its length. */
size_t receipt_pack(const struct write *write, const struct loaded *loaded,
	const struct audit *audit, uint8_t out[RECEIPT_MAX]);

#endif
