/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and HMAC-SHA-256 over pieces: FIPS 180-4's examples and RFC 4231's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "domain/digest.h"

static void expect_hex(const uint8_t digest[DIGEST_LEN], const char *want)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * DIGEST_LEN + 1] = "";

	for (size_t i = 0; i < DIGEST_LEN; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	assert_string_equal(hex, want);
}

static void test_sha256_of_known_texts(void **state)
{
	static const struct {
		const char *text, *hex;
	} table[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	uint8_t digest[DIGEST_LEN];

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct bytes text = bytes_of_string(table[i].text);

		digest_sha256(&text, 1, digest);
		expect_hex(digest, table[i].hex);
	}
}

static void test_pieces_are_hashed_as_one(void **state)
{
	const struct bytes pieces[] = {
		bytes_of_string("a"), bytes_of(NULL, 0), bytes_of_string("bc")};
	uint8_t digest[DIGEST_LEN];

	digest_sha256(pieces, ARRAY_SIZE(pieces), digest);
	expect_hex(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_sha256(NULL, 0, digest);
	expect_hex(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void test_hmac_of_known_texts(void **state)
{
	const struct bytes whole = bytes_of_string("what do ya want for nothing?");
	const struct bytes pieces[] = {
		bytes_of_string("what do ya want "), bytes_of_string("for nothing?")};
	uint8_t digest[DIGEST_LEN];

	digest_hmac(bytes_of_string("Jefe"), &whole, 1, digest);
	expect_hex(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	digest_hmac(bytes_of_string("Jefe"), pieces, ARRAY_SIZE(pieces), digest);
	expect_hex(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void test_long_key_is_hashed_first(void **state)
{
	const struct bytes text =
		bytes_of_string("Test Using Larger Than Block-Size Key - Hash Key First");
	uint8_t key[131], digest[DIGEST_LEN];

	memset(key, 0xaa, sizeof(key));
	digest_hmac(bytes_of(key, sizeof(key)), &text, 1, digest);
	expect_hex(digest, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256_of_known_texts),
		cmocka_unit_test(test_pieces_are_hashed_as_one),
		cmocka_unit_test(test_hmac_of_known_texts),
		cmocka_unit_test(test_long_key_is_hashed_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
