/* SPDX-License-Identifier: Apache-2.0 */
#include "reference_rows.h"

#include <assert.h>
#include <endian.h>

/* Where the first row's first field stands, and a field's value (see db/array.c). */
enum { FIRST_FIELD_AT = 28, FIELD_LENGTH_AT = 4, FIELD_VALUE_AT = 8 };

#define COLUMNS(...)                                           \
	(int)ARRAY_SIZE(((enum batch_column[]){__VA_ARGS__})), \
	{                                                      \
		__VA_ARGS__                                    \
	}

/* Chain and custody point at each other, so they are written in one statement. */
const struct reference_row reference_rows[REFERENCE_ROWS] = {
	{"idempotency",
		"INSERT INTO stafett.idempotency"
		" (unit, message, content_hash, receipt, chain, create_time)"
		" VALUES ($1, $2, $3, $4, $5, stafett.now())",
		COLUMNS(BATCH_unit, BATCH_message, BATCH_content_hash, BATCH_receipt, BATCH_chain)},
	{"chain",
		"WITH chain AS (INSERT INTO stafett.chain (id, version, status, custodian,"
		" custody_seq, event_seq, help_request_date, intervention_due_date, create_time)"
		" VALUES ($1, $2, 'open', $3, $4, $5, $6, $7, stafett.now()))"
		" INSERT INTO stafett.custody (chain, seq, unit, since, cause)"
		" VALUES ($1, $4, $3, stafett.now(), $5)",
		COLUMNS(BATCH_chain, BATCH_chain_version, BATCH_custodian, BATCH_custody_seq,
			BATCH_seq, BATCH_help_request_date, BATCH_due_date)},
	{"referral",
		"INSERT INTO stafett.referral (id, chain, code, kind, status, priority, version,"
		" requester, owner, sender, hand_back_unit, create_time, update_time,"
		" next_actor, next_act, due_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8,"
		" $10, stafett.now(), stafett.now(), $11, $12, $13)",
		COLUMNS(BATCH_referral, BATCH_chain, BATCH_code, BATCH_kind, BATCH_to_status,
			BATCH_priority, BATCH_version, BATCH_unit, BATCH_owner, BATCH_hand_back,
			BATCH_next_actor, BATCH_next_act, BATCH_due_time)},
	{"request",
		"INSERT INTO stafett.request (referral, needs, basis, basis_form, basis_end_date,"
		" basis_covers_missed_events, replaces, reference, care_responsibility_remains,"
		" person_informed)"
		" VALUES ($1, string_to_array($2, ','), $3, $4, $5, $6, $7, $8, $9, $10)",
		COLUMNS(BATCH_referral, BATCH_needs, BATCH_basis, BATCH_basis_form,
			BATCH_basis_end_date, BATCH_basis_covers, BATCH_replaces, BATCH_reference,
			BATCH_remains, BATCH_informed)},
	{"party of the sender",
		"INSERT INTO stafett.party (unit, code, referral, since)"
		" VALUES ($1, $2, $3, stafett.now())",
		COLUMNS(BATCH_unit, BATCH_code, BATCH_referral)},
	{"party of the recipient",
		"INSERT INTO stafett.party (unit, code, referral, since)"
		" VALUES ($1, $2, $3, stafett.now())",
		COLUMNS(BATCH_owner, BATCH_code, BATCH_referral)},
	{"event",
		"INSERT INTO stafett.event (chain, seq, id, referral, version, kind, code, unit,"
		" member, occurrence_time, create_time, from_status, to_status, custodian,"
		" custodian_changed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
		" stafett.now(), $11, $12, $13, $14)",
		COLUMNS(BATCH_chain, BATCH_seq, BATCH_event, BATCH_referral, BATCH_version,
			BATCH_act, BATCH_message_code, BATCH_unit, BATCH_member,
			BATCH_occurrence_time, BATCH_from_status, BATCH_to_status, BATCH_custodian,
			BATCH_moves)},
	{"content",
		"INSERT INTO stafett.content (chain, seq, message, suite, content_hash, header,"
		" card, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		COLUMNS(BATCH_chain, BATCH_seq, BATCH_message, BATCH_suite, BATCH_content_hash,
			BATCH_header, BATCH_card, BATCH_body)},
	{"delivery",
		"INSERT INTO stafett.delivery (chain, seq, unit, referral, message, content_hash,"
		" state, done, needs, store_time)"
		" VALUES ($1, $2, $3, $4, $5, $6, 'stored', false, 'ack', stafett.now())",
		COLUMNS(BATCH_chain, BATCH_seq, BATCH_owner, BATCH_referral, BATCH_message,
			BATCH_content_hash)},
	{"audit",
		"INSERT INTO stafett.audit_queue (id, create_time, unit, leaf, salt, detail)"
		" VALUES ($1, stafett.now(), $2, $3, $4, $5)",
		COLUMNS(BATCH_audit, BATCH_unit, BATCH_leaf, BATCH_salt, BATCH_detail)},
};

static struct bytes field_value(const uint8_t *field)
{
	uint32_t len;

	memcpy(&len, field + FIELD_LENGTH_AT, sizeof(len));
	len = be32toh(len);
	return len == UINT32_MAX ? bytes_of(NULL, 0) : bytes_of(field + FIELD_VALUE_AT, len);
}

void reference_row_args(
	const struct reference_row *row, struct effects *effects, struct db_args *args)
{
	struct bytes values[BATCH_OPENING_COLUMNS];
	const uint8_t *field = db_array_finish(&effects->operations).data + FIRST_FIELD_AT;

	assert(effects->rows == 1);
	for (int i = 0; i < BATCH_OPENING_COLUMNS; i++) {
		values[i] = field_value(field);
		field += FIELD_VALUE_AT + values[i].len;
	}
	db_args_init(args);
	for (int i = 0; i < row->n; i++)
		db_args_add_bytes(args, values[row->columns[i]]);
}
