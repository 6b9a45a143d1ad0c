/* SPDX-License-Identifier: Apache-2.0 */
/* Lets nothing through that a terminal obeys: see the header. */
#include "client/screen/safe_text.h"

#include <stdbool.h>
#include <stdio.h>

#include "client/memory.h"
#include "codec/utf8.h"

/* Characters of output a byte of input, at most: "\u001b" stands for one byte,
 * "\u0085" for two, "\U000e0001" for four. */
enum { SAFE_TEXT_GROWTH = 6 };

/* Characters beyond the controls that reorder, hide or break text. Joiners
 * (U+200C, U+200D) stay: names are written with them. */
static const struct {
	uint32_t first, last;
} safe_text_shown[] = {
	{0x0000, 0x001f},   /* C0 */
	{0x007f, 0x009f},   /* DEL and C1 */
	{0x00ad, 0x00ad},   /* soft hyphen */
	{0x061c, 0x061c},   /* Arabic letter mark */
	{0x200b, 0x200b},   /* zero width space */
	{0x200e, 0x200f},   /* direction marks */
	{0x2028, 0x202e},   /* line and paragraph separators, embeddings, overrides */
	{0x2060, 0x206f},   /* word joiner, isolates, deprecated format controls */
	{0xfeff, 0xfeff},   /* byte order mark */
	{0xfff9, 0xfffb},   /* interlinear annotation */
	{0xe0000, 0xe0fff}, /* tags and other invisible letters */
};

static bool safe_text_is_shown(uint32_t character)
{
	for (size_t i = 0; i < ARRAY_SIZE(safe_text_shown); i++) {
		if (character >= safe_text_shown[i].first && character <= safe_text_shown[i].last)
			return true;
	}
	return false;
}

/* Writes the visible form of one character; gives its length. */
static size_t safe_text_show(char *out, size_t room, uint32_t character)
{
	if (character == '\n')
		return (size_t)snprintf(out, room, "\\n");
	if (character == '\t')
		return (size_t)snprintf(out, room, "\\t");
	if (character < 0x10000)
		return (size_t)snprintf(out, room, "\\u%04x", character);
	return (size_t)snprintf(out, room, "\\U%08x", character);
}

char *safe_text(struct arena *arena, struct bytes text, enum safe_text_mode mode)
{
	size_t room = text.len * SAFE_TEXT_GROWTH + 1;
	char *out = memory_alloc(arena, room);
	size_t at = 0;

	for (size_t i = 0; i < text.len;) {
		const uint8_t *p = text.data + i;
		uint32_t character = 0;
		size_t len = utf8_decode(bytes_of(p, text.len - i), &character);
		bool page = mode == SAFE_TEXT_PAGE;

		i += len ? len : 1;
		if (page && character == '\r' && i < text.len && text.data[i] == '\n')
			continue;
		if (!len)
			at += (size_t)snprintf(out + at, room - at, "<%02x>", p[0]);
		else if (safe_text_is_shown(character) &&
			 !(page && (character == '\n' || character == '\t')))
			at += safe_text_show(out + at, room - at, character);
		else
			at = (size_t)((char *)mempcpy(out + at, p, len) - out);
	}
	out[at] = '\0';
	return out;
}

char *safe_line(struct arena *arena, const char *text)
{
	return safe_text(arena, bytes_of_string(text), SAFE_TEXT_LINE);
}
