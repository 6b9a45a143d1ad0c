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
	struct db_array operations;
	uint32_t opening_type, operation_type; /* the numbers of the row types */
	enum write_statement statement;	       /* that carries them out */
	int rows;
	enum batch_column next; /* of the row being added */
};

enum { RECEIPT_MAX = 256 };

void effects_init(struct effects *effects);
void effects_fini(struct effects *effects);
/* What WRITE_ROW_TYPES said: the numbers are the database's own. */
void effects_set_row_types(struct effects *effects, uint32_t opening, uint32_t operation);
/* What can carry out |decision|, alone or with others: WRITE_OPEN or WRITE_OPEN_AGREED,
 * whose rows are half as wide, or WRITE_APPLY. Each does all that the one before it does
 * too: a batch goes by the last of its operations'. */
enum write_statement effects_statement_for(
	const struct order *order, const struct decision *decision);
/* Empties it for the next batch, whose effects |statement| carries out. */
void effects_begin(struct effects *effects, enum write_statement statement);
/* Adds what |decision| means for |write|: all its rows where it is to be done,
 * only the audit row where not. |event| is the new event's id. */
void effects_add(struct effects *effects, const struct write *write, const struct loaded *loaded,
	const struct decision *decision, const struct audit *audit, const struct uuid *event,
	struct bytes receipt);
/* The statement's argument. */
void effects_args(struct effects *effects, struct db_args *args);

/* Packs the receipt of a write into |out|; gives its length. */
size_t receipt_pack(const struct write *write, const struct loaded *loaded,
	const struct audit *audit, uint8_t out[RECEIPT_MAX]);

#endif
