/* SPDX-License-Identifier: Apache-2.0 */
/* Two tables in which every key has one place; an entry carries its texts behind it. */
#include "store/directory.h"

#include <stdlib.h>

enum { DIRECTORY_PLACES = 512 };

struct kept_caller {
	struct directory_caller caller;
	uint8_t texts[];
};

struct kept_recipient {
	struct directory_recipient recipient;
	uint8_t texts[];
};

struct directory {
	int64_t version;
	struct kept_caller *callers[DIRECTORY_PLACES];
	struct kept_recipient *recipients[DIRECTORY_PLACES];
};

struct directory *directory_new(void)
{
	return calloc(1, sizeof(struct directory));
}

struct directory *directory_free(struct directory *d)
{
	if (d)
		directory_forget(d);
	free(d);
	return NULL;
}

void directory_forget(struct directory *d)
{
	d->version = 0;
	for (int i = 0; i < DIRECTORY_PLACES; i++) {
		free(TAKE(d->callers[i]));
		free(TAKE(d->recipients[i]));
	}
}

void directory_set_version(struct directory *d, int64_t version)
{
	if (d->version != version)
		directory_forget(d);
	d->version = version;
}

int64_t directory_version(const struct directory *d)
{
	return d->version;
}

/* FNV-1a, begun with |hash|. */
static unsigned hash_text(unsigned hash, struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ text.data[i]) * 16777619u;
	return hash;
}

static unsigned place_of(struct bytes first, struct bytes second)
{
	return hash_text(hash_text(2166136261u, first), second) % DIRECTORY_PLACES;
}

/* Copies |text| to |*at|, points it there, and steps over it. */
static void keep_text(struct bytes *text, uint8_t **at)
{
	if (text->len)
		memcpy(*at, text->data, text->len);
	*text = bytes_of(*at, text->len);
	*at += text->len;
}

void directory_keep_caller(struct directory *d, const struct directory_caller *c)
{
	struct kept_caller **place = &d->callers[place_of(c->handle, c->urn)];
	struct kept_caller *kept =
		malloc(sizeof(*kept) + c->handle.len + c->urn.len + c->number.len);
	uint8_t *at;

	if (!kept)
		return;
	kept->caller = *c;
	at = kept->texts;
	keep_text(&kept->caller.handle, &at);
	keep_text(&kept->caller.urn, &at);
	keep_text(&kept->caller.number, &at);
	free(*place);
	*place = kept;
}

void directory_keep_recipient(struct directory *d, const struct directory_recipient *r)
{
	struct kept_recipient **place = &d->recipients[place_of(r->handle, bytes_of(NULL, 0))];
	struct kept_recipient *kept =
		malloc(sizeof(*kept) + r->handle.len + r->hours.len + r->replaced_by.len);
	uint8_t *at;

	if (!kept)
		return;
	kept->recipient = *r;
	at = kept->texts;
	keep_text(&kept->recipient.handle, &at);
	keep_text(&kept->recipient.hours, &at);
	keep_text(&kept->recipient.replaced_by, &at);
	free(*place);
	*place = kept;
}

const struct directory_caller *directory_find_caller(
	const struct directory *d, struct bytes handle, struct bytes urn)
{
	const struct kept_caller *kept = d->callers[place_of(handle, urn)];
	bool is_it = kept && bytes_equal(kept->caller.handle, handle) &&
		     bytes_equal(kept->caller.urn, urn);

	return is_it ? &kept->caller : NULL;
}

const struct directory_recipient *directory_find_recipient(
	const struct directory *d, struct bytes handle)
{
	const struct kept_recipient *kept = d->recipients[place_of(handle, bytes_of(NULL, 0))];

	return kept && bytes_equal(kept->recipient.handle, handle) ? &kept->recipient : NULL;
}
