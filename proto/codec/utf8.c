/* SPDX-License-Identifier: Apache-2.0 */
/* See utf8.h. */
#include "codec/utf8.h"

/* A first byte says how long the sequence is and what it contributes; |least|
 * is what a sequence of this length must reach not to be overlong. */
static const struct utf8_lead {
	uint8_t mask, mark;
	uint8_t len;
	uint32_t least;
} utf8_leads[] = {
	{0x80, 0x00, 1, 0},
	{0xe0, 0xc0, 2, 0x80},
	{0xf0, 0xe0, 3, 0x800},
	{0xf8, 0xf0, 4, 0x10000},
};

static const struct utf8_lead *utf8_lead_of(uint8_t first)
{
	for (size_t i = 0; i < ARRAY_SIZE(utf8_leads); i++)
		if ((first & utf8_leads[i].mask) == utf8_leads[i].mark)
			return &utf8_leads[i];
	return NULL;
}

size_t utf8_decode(struct bytes text, uint32_t *ret_code_point)
{
	const struct utf8_lead *lead = text.len > 0 ? utf8_lead_of(text.data[0]) : NULL;
	uint32_t c;

	if (!lead || text.len < lead->len)
		return 0;
	c = text.data[0] & (uint8_t)~lead->mask;
	for (size_t i = 1; i < lead->len; i++) {
		if ((text.data[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (text.data[i] & 0x3f);
	}
	if (c < lead->least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret_code_point = c;
	return lead->len;
}

/* How many bytes at the front of |text| are ASCII, eight at a time. */
static size_t utf8_ascii_run(struct bytes text)
{
	const uint64_t high_bits = UINT64_C(0x8080808080808080);
	uint64_t eight;
	size_t n = 0;

	while (text.len - n >= sizeof(eight)) {
		memcpy(&eight, text.data + n, sizeof(eight));
		if (eight & high_bits)
			break;
		n += sizeof(eight);
	}
	while (n < text.len && text.data[n] < 0x80)
		n++;
	return n;
}

bool utf8_is_valid(struct bytes text)
{
	size_t i = utf8_ascii_run(text);

	while (i < text.len) {
		uint32_t c;
		size_t n = utf8_decode(bytes_of(text.data + i, text.len - i), &c);

		if (n == 0)
			return false;
		i += n;
		i += utf8_ascii_run(bytes_of(text.data + i, text.len - i));
	}
	return true;
}

bool utf8_is_active(uint32_t code_point)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x00, 0x1f},			    /* C0: escape sequences begin here */
		{0x7f, 0x9f},			    /* DEL and C1: here too */
		{0x61c, 0x61c},			    /* direction marks */
		{0x200e, 0x200f}, {0x2028, 0x202e}, /* line and paragraph separator, embeddings */
		{0x2066, 0x2069},		    /* isolates */
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (code_point >= ranges[i].first && code_point <= ranges[i].last)
			return true;
	return false;
}
