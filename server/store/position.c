/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See position.h. A cursor:
 *
 *   form 1 | unit 8 | epoch 8 | transaction 8 | flags 1 | chain 16 | seq 4 | at 8
 *
 * big-endian; the unit by the beginning of its handle's SHA-256, so that one inbox's
 * cursor is not another's. Without a place the last three are zero.
 */
#include "store/position.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain/digest.h"

enum { CURSOR_FORM = 1, CURSOR_UNIT = 8, CURSOR_WHOLE = 1, CURSOR_PLACE = 2 };
enum { SNAPSHOT_TEXT_MAX = 1 << 20 };

/* --- snapshots ------------------------------------------------------------------- */

/* "xmin:xmax:xip,xip,..." */
static struct snapshot *snapshot_new(struct bytes text)
{
	struct snapshot *s = malloc(sizeof(*s) + text.len + 1);

	if (!s)
		return NULL;
	s->refs = 1;
	memcpy(s->text, text.data, text.len);
	s->text[text.len] = '\0';
	s->xmin = strtoull(s->text, NULL, 10);
	return s;
}

/* That shows all before |xid| and nothing else. */
static struct snapshot *snapshot_before(uint64_t xid)
{
	char text[64];

	snprintf(text, sizeof(text), "%" PRIu64 ":%" PRIu64 ":", xid, xid);
	return snapshot_new(bytes_of_string(text));
}

static struct snapshot *snapshot_ref(struct snapshot *s)
{
	if (s)
		s->refs++;
	return s;
}

static void snapshot_unref(struct snapshot *s)
{
	if (s && --s->refs == 0)
		free(s);
}

/* --- positions --------------------------------------------------------------------- */

void position_init(struct position *p)
{
	*p = (struct position){.whole = true};
}

void position_fini(struct position *p)
{
	snapshot_unref(p->base);
	snapshot_unref(p->upto);
	position_init(p);
}

void position_copy(const struct position *p, struct position *ret_copy)
{
	*ret_copy = *p;
	snapshot_ref(p->base);
	snapshot_ref(p->upto);
}

int position_begin_page(struct position *p, int64_t epoch, struct bytes snapshot)
{
	struct snapshot **kept = p->whole ? &p->base : &p->upto;

	if (!snapshot.len || snapshot.len > SNAPSHOT_TEXT_MAX)
		return -EINVAL;
	p->epoch = epoch;
	p->is_fresh = !*kept;
	if (!*kept)
		*kept = snapshot_new(snapshot);
	return *kept ? 0 : -ENOMEM;
}

void position_advance(struct position *p, const struct place *place)
{
	p->has_place = true;
	p->place = *place;
}

bool position_end_page(struct position *p, bool more)
{
	bool whole = p->whole;

	if (more)
		return false;
	p->has_place = p->whole = false;
	if (!whole) {
		snapshot_unref(p->base);
		p->base = TAKE(p->upto);
	}
	return p->is_fresh;
}

/* --- cursors ------------------------------------------------------------------------- */

static uint8_t *cursor_put(uint8_t *at, uint64_t value)
{
	uint64_t wire = htobe64(value);

	memcpy(at, &wire, sizeof(wire));
	return at + sizeof(wire);
}

static uint64_t cursor_get(const uint8_t *at)
{
	uint64_t wire;

	memcpy(&wire, at, sizeof(wire));
	return be64toh(wire);
}

static void cursor_unit(struct bytes unit, uint8_t out[CURSOR_UNIT])
{
	uint8_t hash[DIGEST_LEN];

	digest_sha256(&unit, 1, hash);
	memcpy(out, hash, CURSOR_UNIT);
}

/* Of a scan that is under way: what is below the place is done for good, as far as
 * no transaction below it was still under way. */
static uint64_t position_oldest(const struct position *p, bool *ret_has_place)
{
	*ret_has_place = p->has_place;
	if (p->whole || !p->has_place)
		return p->base->xmin;
	if (!p->upto || (uint64_t)p->place.at < p->upto->xmin)
		return (uint64_t)p->place.at;
	*ret_has_place = false;
	return p->upto->xmin;
}

size_t position_pack(const struct position *p, struct bytes unit, uint8_t out[CURSOR_BYTES])
{
	uint32_t seq = htobe32((uint32_t)p->place.seq);
	bool has_place;
	uint64_t oldest;

	if (!p->base)
		return 0;
	oldest = position_oldest(p, &has_place);
	memset(out, 0, CURSOR_BYTES);
	*out++ = CURSOR_FORM;
	cursor_unit(unit, out);
	out = cursor_put(cursor_put(out + CURSOR_UNIT, (uint64_t)p->epoch), oldest);
	*out++ = (uint8_t)((p->whole ? CURSOR_WHOLE : 0) | (has_place ? CURSOR_PLACE : 0));
	if (!has_place)
		return CURSOR_BYTES;
	memcpy(out, p->place.chain.b, sizeof(p->place.chain.b));
	memcpy(out + 16, &seq, sizeof(seq));
	(void)cursor_put(out + 20, (uint64_t)p->place.at);
	return CURSOR_BYTES;
}

/* Times of the years 1970 to 9999; numbers that PostgreSQL can have given. */
static bool cursor_is_possible(const struct position *p, uint64_t oldest)
{
	int64_t end = p->whole ? INT64_C(253402300800000000) : INT64_MAX;

	return oldest > 0 && oldest <= INT64_MAX && p->place.at >= 0 && p->place.at < end &&
	       p->place.seq >= 0;
}

static bool cursor_is_ours(struct bytes cursor, struct bytes unit)
{
	uint8_t expected[CURSOR_UNIT];

	cursor_unit(unit, expected);
	return cursor.len == CURSOR_BYTES && cursor.data[0] == CURSOR_FORM &&
	       memcmp(cursor.data + 1, expected, CURSOR_UNIT) == 0 &&
	       cursor.data[25] <= (CURSOR_WHOLE | CURSOR_PLACE);
}

int position_unpack(struct bytes cursor, struct bytes unit, struct position *p)
{
	const uint8_t *at = cursor.data;
	uint32_t seq;

	position_init(p);
	if (!cursor.len)
		return 0;
	if (!cursor_is_ours(cursor, unit))
		return -EINVAL;
	p->epoch = (int64_t)cursor_get(at + 9);
	p->whole = at[25] & CURSOR_WHOLE;
	p->has_place = at[25] & CURSOR_PLACE;
	memcpy(p->place.chain.b, at + 26, sizeof(p->place.chain.b));
	memcpy(&seq, at + 42, sizeof(seq));
	p->place.seq = (int)be32toh(seq);
	p->place.at = (int64_t)cursor_get(at + 46);
	if (!cursor_is_possible(p, cursor_get(at + 17)))
		return -EINVAL;
	p->base = snapshot_before(cursor_get(at + 17));
	return p->base ? 0 : -ENOMEM;
}
