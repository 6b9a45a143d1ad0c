/* SPDX-License-Identifier: Apache-2.0 */
/* Breaking and turning: see the header. */
#include "client/screen/page.h"

#include <sys/mman.h>
#include <unistd.h>

#include "client/memory.h"
#include "client/paths.h"
#include "client/screen/lines.h"
#include "stafett/caps.h"

enum { PAGE_CAPTURE_BYTES = 4 * CAP_UPLOAD_BYTES };

/* Bytes of the letter at |text|. */
static size_t page_letter(const char *text)
{
	size_t len = 1;

	while (((unsigned char)text[len] & 0xc0) == 0x80)
		len++;
	return len;
}

/* How much of a line fits into |columns|: whole words where it has any. */
static size_t page_fit(const char *line, size_t len, size_t columns)
{
	size_t blank = 0;
	size_t used = 0;
	size_t at = 0;

	while (at < len) {
		size_t letter = page_letter(line + at);
		char one[8] = "";

		memcpy(one, line + at, letter < sizeof(one) ? letter : 1);
		used += lines_columns(one);
		if (used > columns)
			return blank ? blank : at ? at : letter;
		at += letter;
		if (line[at - 1] == ' ')
			blank = at;
	}
	return len;
}

/* The same pointers with more room behind them. */
static char **page_more_room(struct arena *arena, char *const *lines, size_t count, size_t room)
{
	char **more = memory_alloc(arena, room * sizeof(*more));

	if (count)
		memcpy(more, lines, count * sizeof(*more));
	return more;
}

static void page_add(struct arena *arena, struct page *page, size_t *room, struct bytes line)
{
	if (page->count == *room) {
		*room = *room ? *room * 2 : 64;
		page->lines = page_more_room(arena, page->lines, page->count, *room);
	}
	page->lines[page->count++] = memory_copy(arena, line);
}

void page_make(struct arena *arena, const char *text, size_t columns, struct page *ret_page)
{
	struct page page = {0};
	size_t room = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		do {
			size_t fit = page_fit(text, len, columns);

			page_add(arena, &page, &room, bytes_of(text, fit));
			text += fit;
			len -= fit;
		} while (len);
		text += *text == '\n';
	}
	*ret_page = page;
}

bool page_print(const struct page *page, size_t rows, FILE *out)
{
	size_t end = page->first + rows;

	for (size_t i = page->first; i < page->count && i < end; i++)
		fprintf(out, "%s\n", page->lines[i]);
	return end < page->count;
}

void page_turn(struct page *page, size_t rows)
{
	page->first += rows;
	if (page->first >= page->count)
		page->first = 0;
}

char *page_capture(struct arena *arena, void (*print)(void *user), void *user)
{
	struct bytes text = {0};
	int before;
	int fd;

	(void)fflush(stdout);
	fd = memfd_create("stafett", MFD_CLOEXEC);
	before = dup(STDOUT_FILENO);
	if (fd >= 0 && before >= 0 && dup2(fd, STDOUT_FILENO) >= 0) {
		print(user);
		(void)fflush(stdout);
		(void)dup2(before, STDOUT_FILENO);
		if (lseek(fd, 0, SEEK_SET) < 0 ||
			paths_read_fd(arena, fd, PAGE_CAPTURE_BYTES, &text))
			text = bytes_of_string("");
	}
	if (before >= 0)
		close(before);
	if (fd >= 0)
		close(fd);
	return memory_copy(arena, text);
}
