/* SPDX-License-Identifier: Apache-2.0 */
/* The embedded contract: what is in it is found, what is not is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/descriptors.h"

static void test_files_are_found_by_name(void **state)
{
	assert_true(descriptors_find_file("stafett/v1/message.proto").len > 1000);
	assert_true(descriptors_find_file("google/protobuf/timestamp.proto").len > 0);
	assert_int_equal(descriptors_find_file("stafett/v1/message").len, 0);
	assert_int_equal(descriptors_find_file("").len, 0);
}

static void test_symbols_are_found_in_their_files(void **state)
{
	static const struct {
		const char *symbol, *file; /* NULL: not there */
	} table[] = {
		{"stafett.v1.ReferralService", "stafett/v1/referral_service.proto"},
		{"stafett.v1.ReferralService.Send", "stafett/v1/referral_service.proto"},
		{"stafett.v1.Header", "stafett/v1/message.proto"},
		{"stafett.v1.Header.id", "stafett/v1/message.proto"},
		{"stafett.v1.Header.act", "stafett/v1/message.proto"},
		{"stafett.v1.Unit.Inbox", "stafett/v1/directory_service.proto"},
		{"stafett.v1.Unit.Inbox.unacknowledged", "stafett/v1/directory_service.proto"},
		{"google.rpc.ErrorInfo.MetadataEntry", "google/rpc/error_details.proto"},
		{"google.protobuf.Timestamp", "google/protobuf/timestamp.proto"},
		{"grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc/health/v1/health.proto"},
		{"stafett.v1.Burn", NULL},
		{"stafett.v1.ReferralService.Burn", NULL},
		{"stafett.v1.Head", NULL},
		{"stafett.v1.Header.", NULL},
		{"stafett.v1.Header.id.x", NULL},
		{"stafett.v1.", NULL},
		{"stafett.v1", NULL},
		{".stafett.v1.Header", NULL},
		{"Header", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct bytes found = descriptors_find_symbol(table[i].symbol);
		struct bytes want = bytes_of(NULL, 0);

		if (table[i].file)
			want = descriptors_find_file(table[i].file);
		assert_ptr_equal(found.data, want.data);
		assert_int_equal(found.len, want.len);
		assert_true(!table[i].file || found.len > 0);
	}
}

static void test_imports_of_imports_follow_once_each(void **state)
{
	struct bytes files[DESCRIPTORS_FILES_MAX];
	struct bytes first = descriptors_find_file("stafett/v1/referral_service.proto");

	assert_int_equal(descriptors_with_imports(first, files), 4);
	assert_ptr_equal(files[0].data, first.data);
	assert_ptr_equal(
		files[1].data, descriptors_find_file("google/protobuf/timestamp.proto").data);
	assert_ptr_equal(files[2].data, descriptors_find_file("stafett/v1/message.proto").data);
	assert_ptr_equal(files[3].data, descriptors_find_file("stafett/v1/referral.proto").data);
}

static void count(void *arg, const char *full_name)
{
	int *n = arg;

	assert_non_null(strchr(full_name, '.'));
	(*n)++;
}

static void test_services_have_full_names(void **state)
{
	int n = 0;

	descriptors_each_service(count, &n);
	assert_true(n >= 5);
	assert_true(descriptors_has_service("stafett.v1.InboxService"));
	assert_true(descriptors_has_service("grpc.health.v1.Health"));
	assert_true(descriptors_has_service("grpc.reflection.v1.ServerReflection"));
	assert_false(descriptors_has_service("stafett.v1.Header"));
	assert_false(descriptors_has_service("InboxService"));
	assert_false(descriptors_has_service(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_are_found_by_name),
		cmocka_unit_test(test_symbols_are_found_in_their_files),
		cmocka_unit_test(test_imports_of_imports_follow_once_each),
		cmocka_unit_test(test_services_have_full_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
