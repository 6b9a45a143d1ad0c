/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codes for people, and UUIDs as text. What is normalised has only letters of the
 * alphabet and is normalised already; what is read as a UUID is written back in
 * lower case, and its code is read as itself.
 */
#include <stdlib.h>

#include "domain/code.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void require_code(struct bytes text)
{
	char letters[CODE_LETTERS + 1], again[CODE_LETTERS + 1];

	if (!code_normalise(text, letters))
		return;
	require(strlen(letters) >= CODE_PREFIX_MIN && strlen(letters) <= CODE_LETTERS);
	require(strspn(letters, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == strlen(letters));
	require(code_normalise(bytes_of_string(letters), again));
	require(strcmp(letters, again) == 0);
}

/* The code of any UUID, as it is shown, leads back to it. */
static void require_code_of(const struct uuid *uuid)
{
	char letters[CODE_LETTERS + 1], shown[CODE_TEXT_LEN + 1], again[CODE_LETTERS + 1];

	code_of_uuid(uuid, letters);
	code_format(letters, shown);
	require(code_normalise(bytes_of_string(shown), again));
	require(strcmp(letters, again) == 0);
}

static void require_uuid(struct bytes text)
{
	char written[UUID_TEXT_LEN + 1];
	struct uuid uuid, again;

	if (!uuid_parse(text, &uuid))
		return;
	uuid_format(&uuid, written);
	require(strspn(written, "0123456789abcdef-") == UUID_TEXT_LEN);
	require(uuid_parse(bytes_of_string(written), &again));
	require(uuid_equal(&uuid, &again));
	require_code_of(&uuid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct uuid uuid;

	require_code(bytes_of(data, size));
	require_uuid(bytes_of(data, size));
	if (size >= sizeof(uuid.b)) {
		memcpy(uuid.b, data, sizeof(uuid.b));
		require_code_of(&uuid);
	}
	return 0;
}
