/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of members and units. An accepted name is printable ASCII within its
 * length, and has no second spelling that is accepted too: neither in upper case
 * nor with something behind it.
 */
#include <stdlib.h>

#include "domain/identifiers.h"
#include "domain/identity.h"

typedef bool accepts_fn(struct bytes text);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Each letter in turn in upper case, and each possible byte behind the name. */
static void require_one_spelling(struct bytes name, accepts_fn *accepts, size_t max)
{
	uint8_t other[IDENTITY_MEMBER_MAX + 1];

	require(name.len <= max && max < sizeof(other));
	memcpy(other, name.data, name.len);
	for (size_t i = 0; i < name.len; i++) {
		require(name.data[i] > ' ' && name.data[i] < 0x7f);
		if (name.data[i] < 'a')
			continue;
		other[i] = (uint8_t)(name.data[i] - 'a' + 'A');
		require(!accepts(bytes_of(other, name.len)));
		other[i] = name.data[i];
	}
	other[name.len] = '\0';
	require(!accepts(bytes_of(other, name.len + 1)));
	other[name.len] = '/';
	require(!accepts(bytes_of(other, name.len + 1)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, size);
	char orgnr[ORGNR_LEN + 1];

	if (identity_is_member(text)) {
		require_one_spelling(text, identity_is_member, IDENTITY_MEMBER_MAX);
		require(orgnr_parse(identity_member_organisation(text), orgnr));
		require(!identity_is_handle(text));
	}
	if (identity_is_handle(text))
		require_one_spelling(text, identity_is_handle, IDENTITY_HANDLE_MAX);
	return 0;
}
