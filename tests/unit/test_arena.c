/* SPDX-License-Identifier: Apache-2.0 */
/* The arena: everything fits, is zeroed and aligned, until the cap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"

enum { CAP = 1 << 20 };

static void test_memory_is_zeroed_and_aligned(void **state)
{
	struct arena arena;

	arena_init(&arena, CAP);
	for (size_t size = 0; size < 300; size++) {
		uint8_t *p = arena_alloc(&arena, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xaa, size);
	}
	assert_false(arena.overflowed);
	arena_fini(&arena);
}

static void test_pieces_do_not_overlap_across_blocks(void **state)
{
	struct arena arena;
	uint8_t *pieces[200];

	arena_init(&arena, CAP);
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		pieces[i] = arena_alloc(&arena, 1 + i * 37 % 5000);
		assert_non_null(pieces[i]);
		memset(pieces[i], (int)i, 1 + i * 37 % 5000);
	}
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		for (size_t at = 0; at < 1 + i * 37 % 5000; at++)
			assert_int_equal(pieces[i][at], i);
	arena_fini(&arena);
}

static void test_the_cap_refuses_and_the_flag_stays(void **state)
{
	struct arena arena;

	arena_init(&arena, 1000);
	assert_non_null(arena_alloc(&arena, 900));
	assert_null(arena_alloc(&arena, 200));
	assert_true(arena.overflowed);
	assert_non_null(arena_alloc(&arena, 16));
	assert_true(arena.overflowed);
	assert_true(arena.used <= 1000);
	arena_fini(&arena);
}

static void test_absurd_sizes_are_refused(void **state)
{
	struct arena arena;

	arena_init(&arena, SIZE_MAX);
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 20));
	assert_true(arena.overflowed);
	arena_fini(&arena);
}

static void test_an_arena_can_be_used_again(void **state)
{
	struct arena arena;

	arena_init(&arena, 1000);
	assert_null(arena_alloc(&arena, 2000));
	arena_fini(&arena);
	assert_false(arena.overflowed);
	assert_non_null(arena_alloc(&arena, 900));
	arena_fini(&arena);
}

static void test_copies_end_with_a_nul(void **state)
{
	struct arena arena;
	char *copy;

	arena_init(&arena, CAP);
	copy = arena_copy(&arena, bytes_of("a\0bc", 3));
	assert_memory_equal(copy, "a\0b", 4);
	assert_string_equal(arena_copy(&arena, bytes_of(NULL, 0)), "");
	arena_fini(&arena);
}

static void test_text_is_formatted_whole_or_not_at_all(void **state)
{
	struct arena arena;

	arena_init(&arena, 64);
	assert_string_equal(arena_printf(&arena, "%s-%d", "unit", 7), "unit-7");
	assert_null(arena_printf(&arena, "%100d", 7));
	assert_true(arena.overflowed);
	arena_fini(&arena);
}

static void test_text_longer_than_a_line_is_formatted_too(void **state)
{
	struct arena arena;
	char *text;

	arena_init(&arena, CAP);
	text = arena_printf(&arena, "%300d", 7);
	assert_int_equal(strlen(text), 300);
	assert_int_equal(text[299], '7');
	arena_fini(&arena);
}

static void test_texts_are_joined_by_commas(void **state)
{
	char one[] = "one", nothing[] = "", two[] = "two";
	char *const texts[] = {one, nothing, two};
	struct arena arena;

	arena_init(&arena, 32);
	assert_string_equal(arena_join(&arena, texts, 0), "");
	assert_string_equal(arena_join(&arena, texts, 1), "one");
	assert_null(arena_join(&arena, texts, 3));
	arena_fini(&arena);
	assert_string_equal(arena_join(&arena, texts, 3), "one,,two");
	arena_fini(&arena);
}

static void test_protobuf_takes_its_memory_from_the_arena(void **state)
{
	struct arena arena;
	ProtobufCAllocator *allocator;
	void *p;

	arena_init(&arena, 100);
	allocator = arena_allocator(&arena);
	p = allocator->alloc(allocator->allocator_data, 50);
	assert_non_null(p);
	allocator->free(allocator->allocator_data, p);
	assert_null(allocator->alloc(allocator->allocator_data, 50));
	assert_true(arena.overflowed);
	arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_is_zeroed_and_aligned),
		cmocka_unit_test(test_pieces_do_not_overlap_across_blocks),
		cmocka_unit_test(test_the_cap_refuses_and_the_flag_stays),
		cmocka_unit_test(test_absurd_sizes_are_refused),
		cmocka_unit_test(test_an_arena_can_be_used_again),
		cmocka_unit_test(test_copies_end_with_a_nul),
		cmocka_unit_test(test_text_is_formatted_whole_or_not_at_all),
		cmocka_unit_test(test_text_longer_than_a_line_is_formatted_too),
		cmocka_unit_test(test_texts_are_joined_by_commas),
		cmocka_unit_test(test_protobuf_takes_its_memory_from_the_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
