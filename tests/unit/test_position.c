/* SPDX-License-Identifier: Apache-2.0 */
/* How far a reader of an inbox has come, and the cursor that says so. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "store/position.h"

#define UNIT bytes_of_string("skane/beroende-lund")

static void begin_page(struct position *p, const char *snapshot)
{
	assert_int_equal(position_begin_page(p, 7, bytes_of_string(snapshot)), 0);
}

static void advance(struct position *p, int64_t at, int seq)
{
	position_advance(p, &(struct place){.at = at, .seq = seq});
}

/* The position that a client would resume at. */
static struct position resumed(const struct position *p)
{
	uint8_t cursor[CURSOR_BYTES];
	size_t len = position_pack(p, UNIT, cursor);
	struct position again;

	assert_int_equal(position_unpack(bytes_of(cursor, len), UNIT, &again), 0);
	return again;
}

static void before_the_first_page_there_is_no_cursor(void **state)
{
	struct position p, again;

	position_init(&p);
	again = resumed(&p);
	assert_true(again.whole);
	assert_null(again.base);
	position_fini(&p);
}

static void an_inbox_of_one_page_is_read_with_that_page(void **state)
{
	struct position p;

	position_init(&p);
	begin_page(&p, "10:12:10,11");
	assert_true(position_end_page(&p, false));
	assert_false(p.whole);
	assert_string_equal(p.base->text, "10:12:10,11");
	position_fini(&p);
}

static void what_changed_while_pages_were_read_is_still_to_come(void **state)
{
	struct position p;

	position_init(&p);
	begin_page(&p, "10:10:");
	assert_false(position_end_page(&p, true));
	begin_page(&p, "20:20:");
	assert_false(position_end_page(&p, false));
	assert_string_equal(p.base->text, "10:10:");
	begin_page(&p, "30:30:");
	assert_true(position_end_page(&p, false));
	assert_string_equal(p.base->text, "30:30:");
	position_fini(&p);
}

static void a_cursor_in_the_middle_of_the_inbox_goes_on_there(void **state)
{
	struct position p, again;

	position_init(&p);
	begin_page(&p, "10:12:10,11");
	advance(&p, 1700000000000000, 3);
	again = resumed(&p);
	assert_true(again.whole && again.has_place);
	assert_int_equal(again.place.at, 1700000000000000);
	assert_int_equal(again.place.seq, 3);
	assert_int_equal(again.epoch, 7);
	assert_string_equal(again.base->text, "10:10:");
	position_fini(&again);
	position_fini(&p);
}

/* {where the scan is; the oldest transaction under way; what the cursor says} */
static void a_cursor_never_passes_a_transaction_that_is_under_way(void **state)
{
	static const struct {
		int64_t at;
		const char *upto, *base;
		bool has_place;
	} cases[] = {
		{15, "20:20:", "15:15:", true},
		{20, "20:21:20", "20:20:", false},
		{25, "20:30:20,22", "20:20:", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct position p, again;

		position_init(&p);
		begin_page(&p, "10:10:");
		(void)position_end_page(&p, false);
		begin_page(&p, cases[i].upto);
		advance(&p, cases[i].at, 1);
		again = resumed(&p);
		assert_false(again.whole);
		assert_int_equal(again.has_place, cases[i].has_place);
		assert_string_equal(again.base->text, cases[i].base);
		position_fini(&again);
		position_fini(&p);
	}
}

static void a_copy_keeps_its_snapshots(void **state)
{
	struct position p, copy;

	position_init(&p);
	begin_page(&p, "10:10:");
	position_copy(&p, &copy);
	position_fini(&p);
	assert_string_equal(copy.base->text, "10:10:");
	position_fini(&copy);
}

static void a_cursor_of_another_inbox_or_of_nobody_is_refused(void **state)
{
	uint8_t cursor[CURSOR_BYTES];
	struct position p;

	position_init(&p);
	begin_page(&p, "10:10:");
	(void)position_pack(&p, UNIT, cursor);
	position_fini(&p);
	assert_int_equal(
		position_unpack(bytes_of(cursor, CURSOR_BYTES), bytes_of_string("lund/vuxen"), &p),
		-EINVAL);
	assert_int_equal(position_unpack(bytes_of(cursor, CURSOR_BYTES - 1), UNIT, &p), -EINVAL);
	memset(cursor + 17, 0, 8); /* no transaction has this number */
	assert_int_equal(position_unpack(bytes_of(cursor, CURSOR_BYTES), UNIT, &p), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_the_first_page_there_is_no_cursor),
		cmocka_unit_test(an_inbox_of_one_page_is_read_with_that_page),
		cmocka_unit_test(what_changed_while_pages_were_read_is_still_to_come),
		cmocka_unit_test(a_cursor_in_the_middle_of_the_inbox_goes_on_there),
		cmocka_unit_test(a_cursor_never_passes_a_transaction_that_is_under_way),
		cmocka_unit_test(a_copy_keeps_its_snapshots),
		cmocka_unit_test(a_cursor_of_another_inbox_or_of_nobody_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
