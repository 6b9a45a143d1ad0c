/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Audit leaves: bytes and hashes that must never change. The golden values come
 * from an independent writer: test_golden_model.py computes them again and looks
 * for them in this file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/leaf.h"

#define TEN_LETTERS "abcdefghij"
/* 40 + 1 + 40: the longest handle. */
#define LONG_PART   TEN_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS
#define LONG_HANDLE LONG_PART "/" LONG_PART

static void expect_hex(struct bytes data, const char *want)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * LEAF_MAX + 1];

	for (size_t i = 0; i < data.len; i++) {
		hex[2 * i] = digits[data.data[i] >> 4];
		hex[2 * i + 1] = digits[data.data[i] & 15];
	}
	hex[2 * data.len] = '\0';
	assert_string_equal(hex, want);
}

static struct uuid uuid_of(const char *text)
{
	struct uuid uuid;

	assert_true(uuid_parse(bytes_of_string(text), &uuid));
	return uuid;
}

/* Bytes that count up from |first|: no two fields of a leaf look alike. */
static void fill(uint8_t *out, size_t len, int first)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(first + (int)i);
}

static struct leaf sent_leaf(void)
{
	struct leaf leaf = {
		.event = uuid_of("019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708"),
		.time_us = 1793574000123456,
		.type = LEAF_SEND,
		.outcome = LEAF_OK,
		.role = 1,
		.organisation = bytes_of_string("2120001132"),
		.unit = bytes_of_string("lund/vuxen"),
		.object = uuid_of("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"),
		.state_before = 0,
		.state_after = 1,
	};

	fill(leaf.object_hash, sizeof(leaf.object_hash), 0x10);
	fill(leaf.detail_commitment, sizeof(leaf.detail_commitment), 0xc0);
	return leaf;
}

static void expect_leaf(const struct leaf *leaf, const char *encoded_hex, const char *hash_hex)
{
	uint8_t encoded[LEAF_MAX], hash[LEAF_HASH_LEN];
	struct bytes bytes = bytes_of(encoded, leaf_encode(leaf, encoded));

	expect_hex(bytes, encoded_hex);
	leaf_hash(bytes, hash);
	expect_hex(bytes_of(hash, sizeof(hash)), hash_hex);
}

static void test_leaf_of_a_sent_referral(void **state)
{
	struct leaf leaf = sent_leaf();

	expect_leaf(&leaf,
		"737461666574740001019ab3c45d6e7f8091a2b3c4d5e6f70800065f3efd27de40000100"
		"010a323132303030313133320a6c756e642f767578656e017f22e279b07cc398c4dc0c0c"
		"07398f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f00"
		"01c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf",
		"3f87edfc5ff037de314c6cfb53990ef2b38a67ef4f548ee6d7188b2fc81a87bf");
}

static void test_leaf_of_a_refused_act_by_a_unit_with_the_longest_handle(void **state)
{
	struct leaf leaf = sent_leaf();

	leaf.type = 0x1234;
	leaf.outcome = LEAF_REFUSED;
	leaf.role = 255;
	leaf.unit = bytes_of_string(LONG_HANDLE);
	leaf.state_before = 3;
	leaf.state_after = 3;
	expect_leaf(&leaf,
		"737461666574740001019ab3c45d6e7f8091a2b3c4d5e6f70800065f3efd27de40123402"
		"ff0a32313230303031313332516162636465666768696a6162636465666768696a616263"
		"6465666768696a6162636465666768696a2f6162636465666768696a6162636465666768"
		"696a6162636465666768696a6162636465666768696a017f22e279b07cc398c4dc0c0c07"
		"398f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f0303"
		"c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf",
		"f8cd2c78021eed732bbcfe16367b71624f1945ad721c379383f9b9aaf170a400");
}

static void test_leaf_of_nothing_has_every_field(void **state)
{
	const struct leaf leaf = {0};

	expect_leaf(&leaf,
		"737461666574740001000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000000000000000"
		"00000000000000000000000000",
		"e14f27b928b2e04422c8f32d845e04187bba5ac63001c6542d3b02001b0b9807");
}

static void test_a_leaf_reads_back_as_it_was_written(void **state)
{
	struct leaf leaf = sent_leaf(), back;
	uint8_t out[LEAF_MAX], again[LEAF_MAX];
	size_t len = leaf_encode(&leaf, out);

	assert_true(leaf_decode(bytes_of(out, len), &back));
	assert_int_equal(leaf_encode(&back, again), len);
	assert_memory_equal(again, out, len);
	assert_int_equal(back.time_us, leaf.time_us);
	assert_int_equal(back.type, LEAF_SEND);
	assert_true(bytes_equal(back.unit, leaf.unit));
}

static void test_what_is_cut_or_goes_on_is_no_leaf(void **state)
{
	struct leaf leaf = sent_leaf(), back;
	uint8_t out[LEAF_MAX + 1] = {0};
	size_t len = leaf_encode(&leaf, out);

	for (size_t cut = 0; cut < len; cut++)
		assert_false(leaf_decode(bytes_of(out, cut), &back));
	assert_false(leaf_decode(bytes_of(out, len + 1), &back));
	out[8] = 2; /* another form */
	assert_false(leaf_decode(bytes_of(out, len), &back));
}

static void test_every_type_has_a_word_and_a_number_of_its_own(void **state)
{
	const struct leaf_word *word, *other;

	for (size_t i = 0; (word = leaf_word_at(i)); i++) {
		assert_ptr_equal(leaf_word((uint16_t)word->type), word);
		assert_non_null(strchr("CRU", word->action));
		for (size_t j = 0; (other = leaf_word_at(j)) && j < i; j++)
			assert_string_not_equal(word->code, other->code);
	}
	assert_string_equal(leaf_word(60000)->code, "");
}

static void test_an_outcome_and_its_code_are_one(void **state)
{
	for (uint8_t outcome = LEAF_OK; outcome <= LEAF_DENIED; outcome++)
		assert_int_equal(
			leaf_outcome_from_code(bytes_of_string(leaf_outcome_code(outcome))),
			outcome);
	assert_string_equal(leaf_outcome_code(200), "");
	assert_int_equal(leaf_outcome_from_code(bytes_of_string("")), -1);
}

static void test_names_that_no_unit_has_are_cut(void **state)
{
	struct leaf leaf = sent_leaf();
	uint8_t encoded[LEAF_MAX], name[256];

	memset(name, 'x', sizeof(name));
	leaf.organisation = leaf.unit = bytes_of(name, sizeof(name));
	assert_in_range(leaf_encode(&leaf, encoded), 2 * LEAF_NAME_MAX, LEAF_MAX);
	assert_int_equal(encoded[37], LEAF_NAME_MAX);
	assert_int_equal(encoded[37 + 1 + LEAF_NAME_MAX], LEAF_NAME_MAX);
}

static void test_hash_of_an_empty_leaf_is_that_of_rfc_6962(void **state)
{
	uint8_t hash[LEAF_HASH_LEN];

	leaf_hash(bytes_of(NULL, 0), hash);
	expect_hex(bytes_of(hash, sizeof(hash)),
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

static void test_detail_is_bound_by_its_salt(void **state)
{
	uint8_t salt[LEAF_SALT_LEN], hash[LEAF_HASH_LEN];

	fill(salt, sizeof(salt), 0x80);
	leaf_commit(salt, bytes_of_string("caseworker maria, consent"), hash);
	expect_hex(bytes_of(hash, sizeof(hash)),
		"819a01584b0f5ed7d95b85a6a8e626df8dab1fb926ac44da3db257c4d8f96eb0");
	leaf_commit(salt, bytes_of(NULL, 0), hash);
	expect_hex(bytes_of(hash, sizeof(hash)),
		"15baad94f6a5d37837ba24039dd2d25f8d754fb199e7cf726b034dbf8f9ff26b");
}

static void test_content_is_named_by_header_card_and_body(void **state)
{
	uint8_t hash[LEAF_HASH_LEN];

	content_hash(
		bytes_of_string("header"), bytes_of_string("card"), bytes_of_string("body"), hash);
	expect_hex(bytes_of(hash, sizeof(hash)),
		"4a2f9979585daab816c83451ad27368556b9aa6bb1af66b6dc90930b4cc7bdf5");
	content_hash(bytes_of(NULL, 0), bytes_of(NULL, 0), bytes_of(NULL, 0), hash);
	expect_hex(bytes_of(hash, sizeof(hash)),
		"2dba5dbc339e7316aea2683faf839c1b7b1ee2313db792112588118df066aa35");
}

static void test_content_that_moves_between_parts_has_another_name(void **state)
{
	uint8_t one[LEAF_HASH_LEN], other[LEAF_HASH_LEN];

	content_hash(bytes_of_string("h"), bytes_of_string("ab"), bytes_of_string("c"), one);
	content_hash(bytes_of_string("h"), bytes_of_string("a"), bytes_of_string("bc"), other);
	assert_memory_not_equal(one, other, LEAF_HASH_LEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leaf_of_a_sent_referral),
		cmocka_unit_test(test_leaf_of_a_refused_act_by_a_unit_with_the_longest_handle),
		cmocka_unit_test(test_leaf_of_nothing_has_every_field),
		cmocka_unit_test(test_a_leaf_reads_back_as_it_was_written),
		cmocka_unit_test(test_what_is_cut_or_goes_on_is_no_leaf),
		cmocka_unit_test(test_every_type_has_a_word_and_a_number_of_its_own),
		cmocka_unit_test(test_an_outcome_and_its_code_are_one),
		cmocka_unit_test(test_names_that_no_unit_has_are_cut),
		cmocka_unit_test(test_hash_of_an_empty_leaf_is_that_of_rfc_6962),
		cmocka_unit_test(test_detail_is_bound_by_its_salt),
		cmocka_unit_test(test_content_is_named_by_header_card_and_body),
		cmocka_unit_test(test_content_that_moves_between_parts_has_another_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
