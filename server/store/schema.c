/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pure: no database here. Newer wins over changed: an older program cannot
 * judge what a newer one has done.
 */
#include "store/schema.h"

#include <stdio.h>

#include "domain/digest.h"

void schema_hash(const struct schema_file *file, char out[SCHEMA_HASH_LEN + 1])
{
	const struct bytes sql = bytes_of(file->sql, file->len);
	uint8_t digest[DIGEST_LEN];

	digest_sha256(&sql, 1, digest);
	for (size_t i = 0; i < DIGEST_LEN; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

enum schema_verdict schema_compare(const struct schema_file *files, size_t n_files,
	const struct schema_applied *applied, size_t n_applied, size_t *ret_at)
{
	char hash[SCHEMA_HASH_LEN + 1];

	*ret_at = n_files;
	if (n_applied > 0 && applied[n_applied - 1].version > (int)n_files)
		return SCHEMA_NEWER;
	for (size_t i = 0; i < n_applied; i++) {
		*ret_at = i;
		if (applied[i].version != files[i].version)
			return SCHEMA_GAP;
		schema_hash(&files[i], hash);
		if (strcmp(applied[i].hash, hash) != 0)
			return SCHEMA_CHANGED;
	}
	*ret_at = n_applied;
	return SCHEMA_FITS;
}
