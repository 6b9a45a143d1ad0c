/* SPDX-License-Identifier: Apache-2.0 */
/* Page tokens as text. */
#include "service/page.h"

#include <inttypes.h>
#include <stdio.h>

#include "stafett/caps.h"

enum { PAGE_DEFAULT = 50 };

char *page_token(struct arena *arena, const struct page_place *place)
{
	char id[UUID_TEXT_LEN + 1];

	uuid_format(&place->id, id);
	return arena_printf(
		arena, "%" PRIx64 ".%s.%x", (uint64_t)place->us, id, (unsigned)place->seq);
}

bool page_read(const char *token, struct page_place *ret_place)
{
	char id[UUID_TEXT_LEN + 1];
	uint64_t us;
	unsigned seq;
	int end = 0;
	struct uuid uuid;

	if (sscanf(token, "%16" SCNx64 ".%36[0-9a-f-].%8x%n", &us, id, &seq, &end) != 3 ||
		token[end] != '\0' || us > INT64_MAX || seq > INT32_MAX ||
		!uuid_parse(bytes_of_string(id), &uuid))
		return false;
	*ret_place = (struct page_place){(int64_t)us, uuid, (int)seq};
	return true;
}

int page_size(int asked)
{
	if (asked < 0)
		return -1;
	if (asked == 0)
		return PAGE_DEFAULT;
	return asked < CAP_PAGE_SIZE ? asked : CAP_PAGE_SIZE;
}
