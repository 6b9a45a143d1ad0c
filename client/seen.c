/* SPDX-License-Identifier: Apache-2.0 */
/* Two times in a file of one line a profile: see the header. */
#include "client/seen.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/memory.h"
#include "client/paths.h"

enum { SEEN_FILE_BYTES = 100, SEEN_SITTING_S = 3 * 3600 };

static const char *seen_file(struct client *client)
{
	return paths_state(
		&client->arena, memory_printf(&client->arena, "seen-%s", client->profile->id));
}

struct seen seen_load(struct client *client)
{
	struct seen seen = {0};
	struct bytes data;

	if (paths_read(&client->arena, seen_file(client), SEEN_FILE_BYTES, &data) ||
		sscanf(memory_copy(&client->arena, data), "%" SCNd64 " %" SCNd64, &seen.since_us,
			&seen.last_us) != 2)
		return (struct seen){0};
	return seen;
}

struct seen seen_look(struct seen seen, int64_t now_us)
{
	const int64_t sitting_us = SEEN_SITTING_S * INT64_C(1000000);
	bool same_day = date_compare(calendar_date_of(seen.last_us), calendar_date_of(now_us)) == 0;

	if (!same_day || now_us - seen.last_us > sitting_us)
		seen.since_us = seen.last_us;
	seen.last_us = now_us;
	return seen;
}

void seen_save(struct client *client, struct seen seen)
{
	char *text = memory_printf(
		&client->arena, "%" PRId64 " %" PRId64 "\n", seen.since_us, seen.last_us);

	(void)!paths_write(&client->arena, seen_file(client), bytes_of_string(text));
}
