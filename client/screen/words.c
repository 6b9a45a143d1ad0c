/* SPDX-License-Identifier: Apache-2.0 */
/* Templates: see the header. The texts are our own, so that a broken one is a
 * bug; a test fills every one of them. */
#include "client/screen/words.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>

#include "client/memory.h"
#include "client/screen/safe_text.h"

/* A growing text in the arena. */
struct words_output {
	struct arena *arena;
	char *text;
};

static void words_append(struct words_output *output, const char *text, size_t len)
{
	output->text = memory_printf(output->arena, "%s%.*s", output->text, (int)len, text);
}

void words_set(struct words *words, const char *name, const char *value)
{
	struct word *word = words->list;

	while (word < words->list + words->count && strcmp(word->name, name) != 0)
		word++;
	assert(word < words->list + WORDS_MAX);
	if (word == words->list + words->count)
		words->count++;
	*word = (struct word){name, value ? value : ""};
}

static const char *words_find(const struct words *words, const char *name, size_t len)
{
	for (size_t i = 0; i < words->count; i++) {
		const struct word *word = &words->list[i];

		if (strlen(word->name) == len && strncmp(word->name, name, len) == 0)
			return word->value;
	}
	return "";
}

const char *words_get(const struct words *words, const char *name)
{
	return words_find(words, name, strlen(name));
}

/* Writes |text| up to |end|, which has no brackets. False where a word of it is
 * empty; what was written by then is the caller's to drop. */
static bool words_fill_part(struct words_output *output, const char *text, const char *end,
	const struct words *words, bool may_be_empty)
{
	while (text < end) {
		const char *open = memchr(text, '{', (size_t)(end - text));
		const char *close = open ? memchr(open, '}', (size_t)(end - open)) : NULL;
		const char *value;

		if (!close) {
			words_append(output, text, (size_t)(end - text));
			return true;
		}
		words_append(output, text, (size_t)(open - text));
		value = words_find(words, open + 1, (size_t)(close - open - 1));
		if (!*value && !may_be_empty)
			return false;
		value = *value ? safe_line(output->arena, value) : "?";
		words_append(output, value, strlen(value));
		text = close + 1;
	}
	return true;
}

char *words_fill(struct arena *arena, const char *template, const struct words *words)
{
	struct words_output output = {arena, memory_string(arena, "")};

	while (*template) {
		const char *open = strchrnul(template, '[');
		const char *close = strchrnul(open, ']');
		char *before;

		(void)words_fill_part(&output, template, open, words, true);
		before = output.text;
		if (*open && !words_fill_part(&output, open + 1, close, words, false))
			output.text = before;
		template = *close ? close + 1 : close;
	}
	return output.text;
}
