/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammars of members' names and units' handles, read byte by byte.
 */
#include "domain/identity.h"

#include "domain/identifiers.h"

#define IDENTITY_PREFIX "urn:stafett:org:"
#define IDENTITY_MEMBER ":member:"

enum {
	IDENTITY_ORGNR_AT = sizeof(IDENTITY_PREFIX) - 1,
	IDENTITY_MEMBER_AT = IDENTITY_ORGNR_AT + IDENTITY_ORGNR_LEN,
	IDENTITY_ID_AT = IDENTITY_MEMBER_AT + sizeof(IDENTITY_MEMBER) - 1,
	IDENTITY_PART_MAX = 40,
};

/* Locale must not widen what a name may hold: no isalnum here. */
static bool identity_is_alnum(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Whether |text| has |word| at |at|; the caller knows that it is long enough. */
static bool identity_has(struct bytes text, size_t at, const char *word)
{
	return memcmp(text.data + at, word, strlen(word)) == 0;
}

struct bytes identity_member_organisation(struct bytes member)
{
	return bytes_of(member.data + IDENTITY_ORGNR_AT, IDENTITY_ORGNR_LEN);
}

bool identity_is_member(struct bytes text)
{
	char orgnr[IDENTITY_ORGNR_LEN + 1];

	if (text.len <= IDENTITY_ID_AT || text.len > IDENTITY_MEMBER_MAX)
		return false;
	if (!identity_has(text, 0, IDENTITY_PREFIX) ||
		!identity_has(text, IDENTITY_MEMBER_AT, IDENTITY_MEMBER))
		return false;
	for (size_t i = IDENTITY_ID_AT; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (!identity_is_alnum(c) && c != '.' && c != '_' && c != '-')
			return false;
	}
	return orgnr_parse(identity_member_organisation(text), orgnr);
}

/* One side of a handle: 1 to 40 letters, digits and inner dashes. */
static bool identity_is_part(struct bytes part)
{
	if (part.len < 1 || part.len > IDENTITY_PART_MAX)
		return false;
	for (size_t i = 0; i < part.len; i++) {
		if (!identity_is_alnum(part.data[i]) && part.data[i] != '-')
			return false;
	}
	return part.data[0] != '-' && part.data[part.len - 1] != '-';
}

bool identity_is_slug(struct bytes text)
{
	return identity_is_part(text);
}

bool identity_is_handle(struct bytes text)
{
	const uint8_t *slash = text.len ? memchr(text.data, '/', text.len) : NULL;
	size_t at;

	if (!slash)
		return false;
	at = (size_t)(slash - text.data);
	return identity_is_part(bytes_of(text.data, at)) &&
	       identity_is_part(bytes_of(slash + 1, text.len - at - 1));
}
