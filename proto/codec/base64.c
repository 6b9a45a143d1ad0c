/* SPDX-License-Identifier: Apache-2.0 */
/* See base64.h. */
#include "codec/base64.h"

#include <errno.h>

static const char base64_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_encode(struct bytes data, bool padded, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < data.len; i += 3) {
		size_t left = data.len - i;
		uint32_t group = (uint32_t)data.data[i] << 16;

		group |= left > 1 ? (uint32_t)data.data[i + 1] << 8 : 0;
		group |= left > 2 ? data.data[i + 2] : 0;
		out[n++] = base64_alphabet[group >> 18];
		out[n++] = base64_alphabet[group >> 12 & 63];
		if (left > 1)
			out[n++] = base64_alphabet[group >> 6 & 63];
		if (left > 2)
			out[n++] = base64_alphabet[group & 63];
	}
	while (padded && n % 4 != 0)
		out[n++] = '=';
	out[n] = '\0';
	return n;
}

static int base64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* How many characters are left of |text| without its padding. */
static size_t base64_without_padding(struct bytes text)
{
	size_t len = text.len;

	if (len == 0 || len % 4 != 0)
		return len;
	if (text.data[len - 1] == '=')
		len--;
	if (len < text.len && text.data[len - 1] == '=')
		len--;
	return len;
}

int base64_decode(struct bytes text, uint8_t *out, size_t *ret_len)
{
	size_t len = base64_without_padding(text), n = 0;
	uint32_t bits = 0;
	int held = 0; /* bits of |bits| that are not written yet */

	if (len % 4 == 1)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		int value = base64_value(text.data[i]);

		if (value < 0)
			return -EINVAL;
		bits = bits << 6 | (uint32_t)value;
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[n++] = (uint8_t)(bits >> held);
			bits &= (1U << held) - 1;
		}
	}
	if (bits != 0)
		return -EINVAL;
	*ret_len = n;
	return 0;
}
