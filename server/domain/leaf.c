/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing, hashing and committing audit leaves. The bytes that are written here
 * are for ever: a change of form needs a new number after "stafett".
 */
#include "domain/leaf.h"

#include "domain/digest.h"

/* With its version: NUL, 1. */
static const uint8_t leaf_magic[] = {'s', 't', 'a', 'f', 'e', 't', 't', 0, 1};

/* Its NUL belongs to it: no detail can continue the label. */
static const char leaf_detail_label[] = "stafett-detail/v1";

/* What leaf_encode writes besides the two names. */
enum { LEAF_FIXED = 9 + 16 + 8 + 2 + 1 + 1 + 1 + 1 + 16 + 32 + 1 + 1 + 32 };
_Static_assert(LEAF_FIXED + 2 * LEAF_NAME_MAX <= LEAF_MAX, "the longest leaf fits");

static uint8_t *leaf_put(uint8_t *p, const void *data, size_t len)
{
	memcpy(p, data, len);
	return p + len;
}

/* The low |width| bytes of |value|, the highest first. */
static uint8_t *leaf_put_number(uint8_t *p, uint64_t value, int width)
{
	for (int i = width - 1; i >= 0; i--)
		*p++ = (uint8_t)(value >> (8 * i));
	return p;
}

/* A name behind its length. */
static uint8_t *leaf_put_name(uint8_t *p, struct bytes name)
{
	if (name.len > LEAF_NAME_MAX)
		name.len = LEAF_NAME_MAX;
	*p++ = (uint8_t)name.len;
	return name.len ? leaf_put(p, name.data, name.len) : p;
}

size_t leaf_encode(const struct leaf *leaf, uint8_t out[LEAF_MAX])
{
	uint8_t *p = leaf_put(out, leaf_magic, sizeof(leaf_magic));

	p = leaf_put(p, leaf->event.b, sizeof(leaf->event.b));
	p = leaf_put_number(p, (uint64_t)leaf->time_us, 8);
	p = leaf_put_number(p, leaf->type, 2);
	*p++ = leaf->outcome;
	*p++ = leaf->role;
	p = leaf_put_name(p, leaf->organisation);
	p = leaf_put_name(p, leaf->unit);
	p = leaf_put(p, leaf->object.b, sizeof(leaf->object.b));
	p = leaf_put(p, leaf->object_hash, sizeof(leaf->object_hash));
	*p++ = leaf->state_before;
	*p++ = leaf->state_after;
	p = leaf_put(p, leaf->detail_commitment, sizeof(leaf->detail_commitment));
	return (size_t)(p - out);
}

/* What is left to read of a leaf. Beyond its end there are only zeroes, and
 * |is_short| says so. */
struct leaf_rest {
	const uint8_t *p;
	size_t left;
	bool is_short;
};

static struct bytes leaf_take(struct leaf_rest *rest, size_t len)
{
	struct bytes taken;

	if (len > rest->left) {
		rest->is_short = true;
		return bytes_of(NULL, 0);
	}
	taken = bytes_of(rest->p, len);
	rest->p += len;
	rest->left -= len;
	return taken;
}

static void leaf_take_to(struct leaf_rest *rest, void *out, size_t len)
{
	struct bytes taken = leaf_take(rest, len);

	if (taken.len)
		memcpy(out, taken.data, len);
}

static uint64_t leaf_take_number(struct leaf_rest *rest, size_t width)
{
	struct bytes taken = leaf_take(rest, width);
	uint64_t value = 0;

	for (size_t i = 0; i < taken.len; i++)
		value = value << 8 | taken.data[i];
	return value;
}

static struct bytes leaf_take_name(struct leaf_rest *rest)
{
	return leaf_take(rest, (size_t)leaf_take_number(rest, 1));
}

bool leaf_decode(struct bytes encoded, struct leaf *ret_leaf)
{
	struct leaf_rest rest = {encoded.data, encoded.len, false};
	struct bytes magic = leaf_take(&rest, sizeof(leaf_magic));
	struct leaf leaf = {0};

	if (!bytes_equal(magic, bytes_of(leaf_magic, sizeof(leaf_magic))))
		return false;
	leaf_take_to(&rest, leaf.event.b, sizeof(leaf.event.b));
	leaf.time_us = (int64_t)leaf_take_number(&rest, 8);
	leaf.type = (uint16_t)leaf_take_number(&rest, 2);
	leaf.outcome = (uint8_t)leaf_take_number(&rest, 1);
	leaf.role = (uint8_t)leaf_take_number(&rest, 1);
	leaf.organisation = leaf_take_name(&rest);
	leaf.unit = leaf_take_name(&rest);
	leaf_take_to(&rest, leaf.object.b, sizeof(leaf.object.b));
	leaf_take_to(&rest, leaf.object_hash, sizeof(leaf.object_hash));
	leaf.state_before = (uint8_t)leaf_take_number(&rest, 1);
	leaf.state_after = (uint8_t)leaf_take_number(&rest, 1);
	leaf_take_to(&rest, leaf.detail_commitment, sizeof(leaf.detail_commitment));
	if (rest.is_short || rest.left)
		return false;
	*ret_leaf = leaf;
	return true;
}

static const struct leaf_word leaf_words[] = {
#define LEAF(name, number, code, action) {LEAF_##name, code, action},
#include "stafett/tbl/leaves.def"
#undef LEAF
};

const struct leaf_word *leaf_word_at(size_t n)
{
	return n < ARRAY_SIZE(leaf_words) ? &leaf_words[n] : NULL;
}

const struct leaf_word *leaf_word(uint16_t type)
{
	static const struct leaf_word unknown = {LEAF_NONE, "", 'E'};

	for (size_t i = 0; i < ARRAY_SIZE(leaf_words); i++)
		if (leaf_words[i].type == (enum leaf_type)type)
			return &leaf_words[i];
	return &unknown;
}

static const char *const leaf_outcomes[] = {
	[LEAF_OK] = "ok",
	[LEAF_DUPLICATE] = "duplicate",
	[LEAF_REFUSED] = "refused",
	[LEAF_DENIED] = "denied",
};

const char *leaf_outcome_code(uint8_t outcome)
{
	return outcome < ARRAY_SIZE(leaf_outcomes) ? leaf_outcomes[outcome] : "";
}

int leaf_outcome_from_code(struct bytes code)
{
	for (size_t i = 0; i < ARRAY_SIZE(leaf_outcomes); i++)
		if (bytes_are(code, leaf_outcomes[i]))
			return (int)i;
	return -1;
}

void leaf_hash(struct bytes encoded, uint8_t out[LEAF_HASH_LEN])
{
	static const uint8_t leaf_mark = 0; /* an inner node begins with 1 */
	const struct bytes pieces[] = {bytes_of(&leaf_mark, 1), encoded};

	digest_sha256(pieces, ARRAY_SIZE(pieces), out);
}

void leaf_commit(const uint8_t salt[LEAF_SALT_LEN], struct bytes detail, uint8_t out[LEAF_HASH_LEN])
{
	const struct bytes pieces[] = {
		bytes_of(leaf_detail_label, sizeof(leaf_detail_label)), detail};

	digest_hmac(bytes_of(salt, LEAF_SALT_LEN), pieces, ARRAY_SIZE(pieces), out);
}

void content_hash_of(struct bytes header, struct bytes card, const uint8_t body_hash[LEAF_HASH_LEN],
	uint8_t out[LEAF_HASH_LEN])
{
	uint8_t card_hash[DIGEST_LEN];
	const struct bytes pieces[] = {
		header, bytes_of(card_hash, DIGEST_LEN), bytes_of(body_hash, DIGEST_LEN)};

	digest_sha256(&card, 1, card_hash);
	digest_sha256(pieces, ARRAY_SIZE(pieces), out);
}

void content_hash(
	struct bytes header, struct bytes card, struct bytes body, uint8_t out[LEAF_HASH_LEN])
{
	uint8_t body_hash[DIGEST_LEN];

	digest_sha256(&body, 1, body_hash);
	content_hash_of(header, card, body_hash, out);
}
