/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Crockford's base 32: no I, L, O or U, so that a code survives being read out
 * on the phone.
 */
#include "domain/code.h"

static const char code_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { CODE_BYTES = 5, CODE_BITS_A_LETTER = 5 };

void code_of_uuid(const struct uuid *uuid, char out[CODE_LETTERS + 1])
{
	const uint8_t *tail = uuid->b + sizeof(uuid->b) - CODE_BYTES;
	uint64_t bits = 0;

	for (int i = 0; i < CODE_BYTES; i++)
		bits = bits << 8 | tail[i];
	for (int i = CODE_LETTERS - 1; i >= 0; i--) {
		out[i] = code_alphabet[bits & 31];
		bits >>= CODE_BITS_A_LETTER;
	}
	out[CODE_LETTERS] = '\0';
}

void code_format(const char letters[CODE_LETTERS + 1], char out[CODE_TEXT_LEN + 1])
{
	memcpy(out, letters, CODE_LETTERS / 2);
	out[CODE_LETTERS / 2] = '-';
	memcpy(out + CODE_LETTERS / 2 + 1, letters + CODE_LETTERS / 2, CODE_LETTERS / 2);
	out[CODE_TEXT_LEN] = '\0';
}

/* The letter that is meant by |c|; NUL where none can be. */
static char code_letter(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		c = (uint8_t)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	/* strchr would find the NUL at the end of the alphabet. */
	return c && strchr(code_alphabet, c) ? (char)c : '\0';
}

bool code_normalise(struct bytes text, char out[CODE_LETTERS + 1])
{
	char letters[CODE_LETTERS + 1];
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		char letter = code_letter(text.data[i]);

		if (text.data[i] == '-' || text.data[i] == ' ')
			continue;
		if (!letter || len == CODE_LETTERS)
			return false;
		letters[len++] = letter;
	}
	if (len < CODE_PREFIX_MIN)
		return false;
	letters[len] = '\0';
	memcpy(out, letters, len + 1);
	return true;
}
