/* SPDX-License-Identifier: Apache-2.0 */
/* Base64: the vectors of RFC 4648 section 10, and what is refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/base64.h"

static const struct {
	const char *data, *padded, *unpadded;
} rfc_vectors[] = {
	{"", "", ""},
	{"f", "Zg==", "Zg"},
	{"fo", "Zm8=", "Zm8"},
	{"foo", "Zm9v", "Zm9v"},
	{"foob", "Zm9vYg==", "Zm9vYg"},
	{"fooba", "Zm9vYmE=", "Zm9vYmE"},
	{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
	{"\xfb\xff\xbf", "+/+/", "+/+/"},
};

static void test_vectors_are_encoded_with_and_without_padding(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rfc_vectors); i++) {
		struct bytes data = bytes_of_string(rfc_vectors[i].data);
		char out[BASE64_ENCODE_ROOM(8)];

		assert_int_equal(base64_encode(data, true, out), strlen(rfc_vectors[i].padded));
		assert_string_equal(out, rfc_vectors[i].padded);
		assert_int_equal(base64_encode(data, false, out), strlen(rfc_vectors[i].unpadded));
		assert_string_equal(out, rfc_vectors[i].unpadded);
	}
}

static void expect_decoded(const char *text, const char *want)
{
	uint8_t out[BASE64_DECODE_ROOM(8)];
	size_t len = 99;

	assert_int_equal(base64_decode(bytes_of_string(text), out, &len), 0);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(out, want, len);
}

static void test_padded_and_unpadded_text_are_decoded(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rfc_vectors); i++) {
		expect_decoded(rfc_vectors[i].padded, rfc_vectors[i].data);
		expect_decoded(rfc_vectors[i].unpadded, rfc_vectors[i].data);
	}
}

static void test_text_that_no_encoder_writes_is_refused(void **state)
{
	static const char *const table[] = {"A", "AAAAA", "=",
		"==", "====", "A===", "Zg=", "Zg===", "Zm8==", "Zm9v=", "Zg==Zg==", "Zh",
		"Zh==", "Zm9", "Z g=", "Zm9v,Zm9v", "-_-_", "Zg\n"};
	uint8_t out[BASE64_DECODE_ROOM(16)];
	size_t len;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(base64_decode(bytes_of_string(table[i]), out, &len), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_are_encoded_with_and_without_padding),
		cmocka_unit_test(test_padded_and_unpadded_text_are_decoded),
		cmocka_unit_test(test_text_that_no_encoder_writes_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
