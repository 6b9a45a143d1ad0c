/* SPDX-License-Identifier: Apache-2.0 */
/* Writes kept until the server has decided. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/outbox.h"
#include "client/paths.h"

static struct arena arena;

static int set_up(void **state)
{
	char folder[] = "/tmp/stafett-outbox-XXXXXX";

	arena_init(&arena, 1 << 24);
	assert_non_null(mkdtemp(folder));
	return setenv("XDG_STATE_HOME", folder, 1);
}

static int tear_down(void **state)
{
	char command[200];

	snprintf(command, sizeof(command), "rm -r '%s'", getenv("XDG_STATE_HOME"));
	arena_fini(&arena);
	return system(command);
}

/* An entry whose id is of the |n|-th millisecond. */
static struct outbox_entry entry_of(int64_t n, struct bytes request)
{
	static const uint8_t random[10] = {1};

	return (struct outbox_entry){
		.id = uuid_make(n, random),
		.profile = "maria",
		.unit = "lund/vuxen",
		.path = "/stafett.v1.ReferralService/Send",
		.request = request,
	};
}

static void test_a_kept_write_comes_back_byte_for_byte(void **state)
{
	const struct bytes request = bytes_of("\0\n\xff bytes \n\n", 11);
	struct outbox_entry entry = entry_of(1000, request);
	struct outbox_entry read;
	char **files;

	assert_int_equal(outbox_keep(&arena, &entry), 0);
	outbox_leave(&entry);
	assert_int_equal(outbox_list(&arena, &files), 1);
	assert_int_equal(outbox_open(&arena, files[0], &read), 0);
	assert_true(bytes_equal(read.request, request));
	assert_true(uuid_equal(&read.id, &entry.id));
	assert_string_equal(read.profile, "maria");
	assert_string_equal(read.unit, "lund/vuxen");
	assert_string_equal(read.path, "/stafett.v1.ReferralService/Send");
	outbox_forget(&arena, &read);
	assert_int_equal(outbox_list(&arena, &files), 0);
}

static void test_nobody_else_can_read_it(void **state)
{
	struct outbox_entry entry = entry_of(1000, bytes_of_string("x"));
	struct stat status;

	assert_int_equal(outbox_keep(&arena, &entry), 0);
	assert_int_equal(stat(entry.file, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(stat(paths_state(&arena, "outbox"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	outbox_forget(&arena, &entry);
}

static void test_the_oldest_is_listed_first(void **state)
{
	struct outbox_entry late = entry_of(2000, bytes_of_string("late"));
	struct outbox_entry early = entry_of(1000, bytes_of_string("early"));
	char **files;

	assert_int_equal(outbox_keep(&arena, &late), 0);
	assert_int_equal(outbox_keep(&arena, &early), 0);
	assert_int_equal(outbox_list(&arena, &files), 2);
	assert_string_equal(files[0], early.file);
	outbox_forget(&arena, &late);
	outbox_forget(&arena, &early);
}

static void test_a_write_under_way_is_left_to_whoever_delivers_it(void **state)
{
	struct outbox_entry entry = entry_of(1000, bytes_of_string("x"));
	struct outbox_entry again;

	assert_int_equal(outbox_keep(&arena, &entry), 0);
	assert_int_equal(outbox_open(&arena, entry.file, &again), -EAGAIN);
	outbox_forget(&arena, &entry);
	assert_int_equal(outbox_open(&arena, entry.file, &again), -ENOENT);
}

static void damage(const char *file, off_t at)
{
	int fd = open(file, O_RDWR);
	char byte;

	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static void test_a_damaged_write_is_never_delivered(void **state)
{
	struct outbox_entry entry = entry_of(1000, bytes_of_string("some bytes"));
	struct outbox_entry read;
	struct stat status;

	assert_int_equal(outbox_keep(&arena, &entry), 0);
	outbox_leave(&entry);
	assert_int_equal(stat(entry.file, &status), 0);
	damage(entry.file, status.st_size - 1);
	assert_int_equal(outbox_open(&arena, entry.file, &read), -EBADMSG);
	assert_int_equal(truncate(entry.file, status.st_size - 1), 0);
	assert_int_equal(outbox_open(&arena, entry.file, &read), -EBADMSG);
	assert_int_equal(truncate(entry.file, 0), 0);
	assert_int_equal(outbox_open(&arena, entry.file, &read), -EBADMSG);
	unlink(entry.file);
}

/* The file of the body of |entry|. */
static const char *body_file(const struct outbox_entry *entry)
{
	char id[UUID_TEXT_LEN + 1];

	uuid_format(&entry->id, id);
	return arena_printf(&arena, "%s/%s.body", paths_state(&arena, "outbox"), id);
}

static void make_old(const char *file)
{
	const struct timespec long_ago[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

	assert_int_equal(utimensat(AT_FDCWD, file, long_ago, 0), 0);
}

static void test_a_body_is_kept_beside_its_write_and_goes_with_it(void **state)
{
	const struct bytes body = bytes_of("\0 large\n", 8);
	struct outbox_entry entry = entry_of(1000, bytes_of_string("claim"));
	struct outbox_entry read;
	struct stat status;

	entry.body = body;
	assert_int_equal(outbox_keep(&arena, &entry), 0);
	outbox_leave(&entry);
	assert_int_equal(stat(body_file(&entry), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(outbox_open(&arena, entry.file, &read), 0);
	assert_true(bytes_equal(read.request, entry.request));
	assert_true(bytes_equal(read.body, body));
	assert_memory_equal(read.body_sha256, entry.body_sha256, DIGEST_LEN);
	outbox_forget(&arena, &read);
	assert_int_equal(access(body_file(&entry), F_OK), -1);
	assert_int_equal(access(entry.file, F_OK), -1);
}

static void test_a_body_that_is_damaged_or_missing_damages_its_write(void **state)
{
	struct outbox_entry entry = entry_of(1000, bytes_of_string("claim"));
	struct outbox_entry read;

	entry.body = bytes_of_string("large");
	assert_int_equal(outbox_keep(&arena, &entry), 0);
	outbox_leave(&entry);
	damage(body_file(&entry), 2);
	assert_int_equal(outbox_open(&arena, entry.file, &read), -EBADMSG);
	assert_int_equal(truncate(body_file(&entry), 4), 0);
	assert_int_equal(outbox_open(&arena, entry.file, &read), -EBADMSG);
	unlink(body_file(&entry));
	assert_int_equal(outbox_open(&arena, entry.file, &read), -EBADMSG);
	unlink(entry.file);
}

static void test_a_body_is_swept_away_only_without_its_write(void **state)
{
	struct outbox_entry entry = entry_of(1000, bytes_of_string("claim"));

	entry.body = bytes_of_string("large");
	assert_int_equal(outbox_keep(&arena, &entry), 0);
	make_old(body_file(&entry));
	outbox_sweep(&arena);
	assert_int_equal(access(body_file(&entry), F_OK), 0);
	unlink(entry.file);
	outbox_sweep(&arena);
	assert_int_equal(access(body_file(&entry), F_OK), -1);
	outbox_leave(&entry);
}

static void test_what_a_crash_left_half_written_is_swept_away(void **state)
{
	const char *folder = paths_state(&arena, "outbox");
	char old[300];
	char young[300];

	assert_int_equal(paths_make(folder), 0);
	snprintf(old, sizeof(old), "%s/x.write.AAAAAA", folder);
	snprintf(young, sizeof(young), "%s/y.write.BBBBBB", folder);
	close(open(old, O_CREAT | O_WRONLY, 0600));
	close(open(young, O_CREAT | O_WRONLY, 0600));
	make_old(old);
	outbox_sweep(&arena);
	assert_int_equal(access(old, F_OK), -1);
	assert_int_equal(access(young, F_OK), 0);
	unlink(young);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_kept_write_comes_back_byte_for_byte),
		cmocka_unit_test(test_nobody_else_can_read_it),
		cmocka_unit_test(test_the_oldest_is_listed_first),
		cmocka_unit_test(test_a_write_under_way_is_left_to_whoever_delivers_it),
		cmocka_unit_test(test_a_damaged_write_is_never_delivered),
		cmocka_unit_test(test_a_body_is_kept_beside_its_write_and_goes_with_it),
		cmocka_unit_test(test_a_body_that_is_damaged_or_missing_damages_its_write),
		cmocka_unit_test(test_a_body_is_swept_away_only_without_its_write),
		cmocka_unit_test(test_what_a_crash_left_half_written_is_swept_away),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
