/* SPDX-License-Identifier: Apache-2.0 */
/* Leaf and detail as an AuditEntry: see the header. */
#include "store/present_audit.h"

#include "domain/code.h"
#include "store/audit.h"
#include "store/present_values.h"

enum audit_column {
	AUDIT_ROW_MATCHES,
	AUDIT_ROW_ID,
	AUDIT_ROW_LEAF,
	AUDIT_ROW_DETAIL,
	AUDIT_ROW_DISPLAY_NAME,
	AUDIT_ROW_CHAIN,
	AUDIT_ROW_RELATION,
};

bool present_audit_matches(const struct db_row *row)
{
	return db_row_bool(row, AUDIT_ROW_MATCHES);
}

struct uuid present_audit_id(const struct db_row *row)
{
	return db_row_uuid(row, AUDIT_ROW_ID);
}

/* Values with this tag. */
static size_t detail_count(struct bytes detail, enum audit_tag wanted)
{
	enum audit_tag tag;
	struct bytes value;
	size_t n = 0;

	while (audit_next(&detail, &tag, &value))
		n += tag == wanted;
	return n;
}

/* The first value with this tag; NULL data where there is none. */
static struct bytes detail_get(struct bytes detail, enum audit_tag wanted)
{
	enum audit_tag tag;
	struct bytes value;

	while (audit_next(&detail, &tag, &value))
		if (tag == wanted)
			return value;
	return bytes_of(NULL, 0);
}

static char *detail_text(struct arena *a, struct bytes detail, enum audit_tag tag)
{
	struct bytes value = detail_get(detail, tag);

	return value.len ? arena_copy(a, value) : NULL;
}

static char *uuid_text(struct arena *a, struct bytes value)
{
	char text[UUID_TEXT_LEN + 1];
	struct uuid uuid;

	if (value.len != sizeof(uuid.b))
		return NULL;
	memcpy(uuid.b, value.data, sizeof(uuid.b));
	if (uuid_is_nil(&uuid))
		return NULL;
	uuid_format(&uuid, text);
	return arena_copy(a, bytes_of_string(text));
}

static char *code_text(struct arena *a, struct bytes value)
{
	char letters[CODE_LETTERS + 1], text[CODE_TEXT_LEN + 1];
	struct uuid uuid;

	if (value.len != sizeof(uuid.b))
		return NULL;
	memcpy(uuid.b, value.data, sizeof(uuid.b));
	if (uuid_is_nil(&uuid))
		return NULL;
	code_of_uuid(&uuid, letters);
	code_format(letters, text);
	return arena_copy(a, bytes_of_string(text));
}

static ProtobufCBinaryData copy_bytes(struct arena *a, struct bytes value)
{
	char *copy = value.len ? arena_copy(a, value) : NULL;

	return (ProtobufCBinaryData){copy ? value.len : 0, (uint8_t *)copy};
}

/* A word of a table that lives as long as the program. protobuf-c never writes. */
static char *word(const char *text)
{
	return *text ? (char *)(uintptr_t)text : NULL;
}

/* --- what it was about ------------------------------------------------------------ */

static void add_entity(
	struct arena *a, Stafett__V1__AuditEntry *entry, char *chain, struct bytes referral)
{
	Stafett__V1__AuditEntity *entity = arena_alloc(a, sizeof(*entity));

	if (!entity)
		return;
	stafett__v1__audit_entity__init(entity);
	entity->chain = chain;
	entity->referral = uuid_text(a, referral);
	entity->code = code_text(a, referral);
	entry->entity[entry->n_entity++] = entity;
}

static bool is_entity(enum audit_tag tag, enum audit_tag wanted, struct bytes value)
{
	static const struct uuid nil;

	return tag == wanted && !bytes_equal(value, uuid_bytes(&nil));
}

/* Adds up to |most| of the values with this tag, and counts them all. Of an act on a
 * chain the referral is nil, which is none. */
static void take_tagged(struct arena *a, struct bytes detail, enum audit_tag wanted, char *chain,
	size_t most, Stafett__V1__AuditEntry *entry)
{
	bool is_chain = wanted == AUDIT_CHAIN;
	enum audit_tag tag;
	struct bytes value;

	while (audit_next(&detail, &tag, &value)) {
		if (!is_entity(tag, wanted, value))
			continue;
		entry->entity_count++;
		if (entry->n_entity < most)
			add_entity(a, entry, is_chain ? uuid_text(a, value) : chain, value);
		if (is_chain && entry->n_entity)
			entry->entity[entry->n_entity - 1]->referral = NULL;
	}
}

/* Referrals, or chains where no referral is named. The only chain in a detail is that
 * of all its referrals; a reading of one referral has it looked up. A denied reading
 * names what was asked for. */
static void take_entities(struct arena *a, const struct db_row *row, const struct leaf *leaf,
	struct bytes detail, size_t most, Stafett__V1__AuditEntry *entry)
{
	size_t room = detail_count(detail, AUDIT_REFERRAL) + detail_count(detail, AUDIT_CHAIN) + 1;
	bool has_chain = detail_count(detail, AUDIT_CHAIN) == 1;
	char *chain = has_chain ? uuid_text(a, detail_get(detail, AUDIT_CHAIN)) : NULL;

	entry->entity = arena_alloc(a, room * sizeof(void *));
	if (!entry->entity)
		return;
	take_tagged(a, detail, AUDIT_REFERRAL, chain, most, entry);
	if (entry->entity_count == 1 && entry->n_entity == 1) {
		if (!chain)
			entry->entity[0]->chain = take_uuid(a, row, AUDIT_ROW_CHAIN);
		entry->relation = take_list(a, row, AUDIT_ROW_RELATION, &entry->n_relation);
	}
	if (!entry->entity_count)
		take_tagged(a, detail, AUDIT_CHAIN, NULL, most, entry);
	if (!entry->entity_count && (leaf->type == LEAF_GET || leaf->type == LEAF_LOOK) &&
		!uuid_is_nil(&leaf->object)) {
		add_entity(a, entry, NULL, uuid_bytes(&leaf->object));
		entry->entity_count = 1;
	}
}

/* --- who did it -------------------------------------------------------------------- */

static char *role_text(uint8_t number)
{
	for (int role = 0; role < ROLE_COUNT; role++)
		if (role_leaf_number((enum role)role) == number)
			return word(role_code((enum role)role));
	return NULL;
}

static Stafett__V1__AuditAgent *take_agent(
	struct arena *a, const struct db_row *row, const struct leaf *leaf, struct bytes detail)
{
	Stafett__V1__AuditAgent *agent = arena_alloc(a, sizeof(*agent));

	if (!agent)
		return NULL;
	stafett__v1__audit_agent__init(agent);
	agent->member = detail_text(a, detail, AUDIT_MEMBER);
	agent->display_name = take_text(a, row, AUDIT_ROW_DISPLAY_NAME);
	agent->role = role_text(leaf->role);
	agent->unit = leaf->unit.len ? arena_copy(a, leaf->unit) : NULL;
	return agent;
}

/* --- the entry ---------------------------------------------------------------------- */

static char *state_text(uint8_t number)
{
	for (int state = STATE_NONE + 1; number && state < STATE_COUNT; state++)
		if (state_leaf_number((enum state)state) == number)
			return word(state_code((enum state)state));
	return NULL;
}

static void take_what(struct arena *a, const struct leaf *leaf, struct bytes detail,
	Stafett__V1__AuditEntry *entry)
{
	const struct leaf_word *what = leaf_word(leaf->type);

	entry->action = arena_copy(a, bytes_of(&what->action, 1));
	entry->operation = word(what->code);
	entry->act = detail_text(a, detail, AUDIT_ACT);
	entry->step = detail_text(a, detail, AUDIT_STEP);
	entry->outcome = word(leaf_outcome_code(leaf->outcome));
	entry->reason = detail_text(a, detail, AUDIT_REASON);
	entry->purpose = detail_text(a, detail, AUDIT_BASIS);
	entry->asked = detail_text(a, detail, AUDIT_ASKED);
	entry->change = detail_text(a, detail, AUDIT_RULE);
	entry->from_status = state_text(leaf->state_before);
	entry->to_status = state_text(leaf->state_after);
}

static void take_origin(struct arena *a, struct bytes detail, Stafett__V1__AuditEntry *entry)
{
	entry->certificate = copy_bytes(a, detail_get(detail, AUDIT_CERTIFICATE));
	entry->address = detail_text(a, detail, AUDIT_ADDRESS);
	entry->call = detail_text(a, detail, AUDIT_CALL);
}

Stafett__V1__AuditEntry *present_audit(
	struct arena *a, const struct db_row *row, enum present_audit_form form)
{
	size_t most = form == PRESENT_AUDIT_WHOLE ? SIZE_MAX : PRESENT_AUDIT_ENTITIES;
	struct bytes encoded = db_row_bytes(row, AUDIT_ROW_LEAF);
	struct bytes detail = db_row_bytes(row, AUDIT_ROW_DETAIL);
	Stafett__V1__AuditEntry *entry = arena_alloc(a, sizeof(*entry));
	uint8_t hash[LEAF_HASH_LEN];
	struct leaf leaf;

	if (!entry || !leaf_decode(encoded, &leaf))
		return NULL;
	stafett__v1__audit_entry__init(entry);
	leaf_hash(encoded, hash);
	entry->id = take_uuid(a, row, AUDIT_ROW_ID);
	entry->recorded_time = present_time(a, leaf.time_us);
	entry->leaf = copy_bytes(a, bytes_of(hash, sizeof(hash)));
	entry->agent = take_agent(a, row, &leaf, detail);
	take_what(a, &leaf, detail, entry);
	take_entities(a, row, &leaf, detail, most, entry);
	if (form == PRESENT_AUDIT_WHOLE)
		take_origin(a, detail, entry);
	return a->overflowed ? NULL : entry;
}
