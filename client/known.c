/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index as a file of lines, one a referral that was opened:
 *
 *   hash TAB referral TAB chain TAB microseconds since 1970
 *
 * hash = HMAC-SHA-256(key, "stafett-known/v1" 00 || number), in hexadecimal
 */
#include "client/known.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "client/memory.h"
#include "client/paths.h"
#include "domain/digest.h"
#include "domain/identifiers.h"

enum { KNOWN_KEY_LEN = 32, KNOWN_HEX_LEN = 2 * DIGEST_LEN };
/* A line has about 150 bytes: some seven thousand referrals, then the oldest half goes. */
enum { KNOWN_FILE_BYTES = 1 << 20, KNOWN_FILE_MOST = 2 * KNOWN_FILE_BYTES };

/* Its NUL belongs to it. */
static const char known_label[] = "stafett-known/v1";

static char *known_path(struct client *client, const char *what)
{
	return paths_state(
		&client->arena, memory_printf(&client->arena, "%s-%s", what, client->profile->id));
}

bool known_normalise(const char *number, struct date today, char out[KNOWN_NUMBER_MAX])
{
	enum pnr_result result = pnr_parse(bytes_of_string(number), today, out);
	size_t len = 0;

	if (result == PNR_OK || result == PNR_COORDINATION)
		return true;
	for (const char *p = number; *p; p++) {
		bool is_small = *p >= 'a' && *p <= 'z';

		if (!is_small && !(*p >= 'A' && *p <= 'Z') && !(*p >= '0' && *p <= '9'))
			continue;
		if (len + 1 == KNOWN_NUMBER_MAX)
			return false;
		out[len++] = is_small ? (char)(*p - 'a' + 'A') : *p;
	}
	out[len] = '\0';
	return len > 0;
}

/* The profile's key, made the first time. False where it cannot be kept. */
static bool known_key(struct client *client, uint8_t out[KNOWN_KEY_LEN])
{
	char *path = known_path(client, "known-key");
	struct bytes kept;

	for (int try = 0; try < 2; try++) {
		if (paths_read(&client->arena, path, KNOWN_KEY_LEN, &kept) == 0 &&
			kept.len == KNOWN_KEY_LEN) {
			memcpy(out, kept.data, KNOWN_KEY_LEN);
			return true;
		}
		if (try > 0 || RAND_bytes(out, KNOWN_KEY_LEN) != 1 ||
			paths_make(dirname(memory_string(&client->arena, path))) < 0 ||
			paths_write_new(&client->arena, path, bytes_of(out, KNOWN_KEY_LEN)) < 0)
			break;
	}
	return false;
}

static bool known_hash(struct client *client, const char *normalised, char out[KNOWN_HEX_LEN + 1])
{
	uint8_t key[KNOWN_KEY_LEN], hash[DIGEST_LEN];
	const struct bytes pieces[] = {
		bytes_of(known_label, sizeof(known_label)), bytes_of_string(normalised)};

	if (!known_key(client, key))
		return false;
	digest_hmac(bytes_of(key, sizeof(key)), pieces, ARRAY_SIZE(pieces), hash);
	for (size_t i = 0; i < sizeof(hash); i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
	return true;
}

/* The lines, read once a command; "" where there are none. */
static char *known_lines(struct client *client)
{
	struct bytes lines = {0};

	if (client->known)
		return client->known;
	if (paths_read(&client->arena, known_path(client, "known"), KNOWN_FILE_MOST, &lines))
		lines = (struct bytes){0};
	client->known = memory_copy(&client->arena, lines);
	return client->known;
}

/* The newer half alone, where it has grown too long. */
static void known_shorten(struct client *client)
{
	const char *lines = known_lines(client);
	size_t len = strlen(lines);
	const char *half = lines + len / 2;

	if (len < KNOWN_FILE_BYTES || !(half = strchr(half, '\n')))
		return;
	client->known = memory_string(&client->arena, half + 1);
	(void)!paths_write(
		&client->arena, known_path(client, "known"), bytes_of_string(client->known));
}

/* One line in one write: what other commands append meanwhile stays. */
static void known_append(struct client *client, const char *line)
{
	int fd = open(known_path(client, "known"),
		O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	size_t len = strlen(line);

	if (fd < 0)
		return;
	if (write(fd, line, len) == (ssize_t)len)
		client->known = memory_printf(&client->arena, "%s%s", client->known, line);
	close(fd);
}

void known_learn(struct client *client, const char *number, const char *referral, const char *chain)
{
	char normalised[KNOWN_NUMBER_MAX], hash[KNOWN_HEX_LEN + 1];
	char *start;

	if (!known_normalise(number, client->today, normalised) ||
		!known_hash(client, normalised, hash))
		return;
	start = memory_printf(&client->arena, "%s\t%s\t", hash, referral);
	if (strstr(known_lines(client), start))
		return;
	known_shorten(client);
	known_append(client, memory_printf(&client->arena, "%s%s\t%" PRId64 "\n", start, chain,
				     (int64_t)time(NULL) * 1000000));
}

/* A line of |hash|; false of any other, and of one that names no referral. */
static bool known_read_line(char *line, const char *hash, struct known_row *ret_row)
{
	char *fields[4];

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!(fields[i] = strsep(&line, "\t")))
			return false;
	if (strcmp(fields[0], hash) != 0 || !*fields[1])
		return false;
	*ret_row = (struct known_row){fields[1], fields[2], strtoll(fields[3], NULL, 10)};
	return true;
}

size_t known_find(struct client *client, const char *normalised, const struct known_row **ret_rows)
{
	char *rest = memory_string(&client->arena, known_lines(client));
	struct known_row *rows =
		memory_alloc(&client->arena, sizeof(*rows) * (strlen(rest) / KNOWN_HEX_LEN + 1));
	char hash[KNOWN_HEX_LEN + 1];
	size_t count = 0;
	char *line;

	if (!known_hash(client, normalised, hash))
		return 0;
	while ((line = strsep(&rest, "\n")))
		count += known_read_line(line, hash, &rows[count]);
	/* Later lines were opened later. */
	for (size_t i = 0; i < count / 2; i++) {
		struct known_row row = rows[i];

		rows[i] = rows[count - 1 - i];
		rows[count - 1 - i] = row;
	}
	*ret_rows = rows;
	return count;
}
