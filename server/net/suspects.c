/* SPDX-License-Identifier: Apache-2.0 */
/* See suspects.h. Tables of one shape; they differ in how fast they forget. */
#include "net/suspects.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "net/now.h"
#include "net/pace.h"
#include "stafett/caps.h"

enum {
	SUSPECTS_BUCKETS = 512,
	SUSPECTS_BUCKET = 4, /* places */
	/* What one connection that was ended for abuse is beside one that came to nothing. */
	SUSPECTS_ABUSE_POINTS = 4,
	/* From the most points it takes so long, and no longer, until an address is clean. */
	SUSPECTS_CLEAN_S = 45,
	SUSPECTS_FORGET_WASTE_S = 1,
	SUSPECTS_FORGET_ABUSE_S = 60,
	SUSPECTS_FORGET_MEMBER_S = 3600,
	SUSPECTS_SHUT_OUT_S = 2,
	SUSPECTS_DOUBLINGS = 5,
};

/* A place is free while it has no points. */
struct suspect {
	uint64_t key;
	int points;
	int64_t settled_ns; /* points are as they were then */
	int64_t until_ns;   /* of an address: when its next turn is; of a member: shut out */
};

struct suspect_table {
	int64_t forget_ns; /* one point in so long */
	int most;	   /* points */
	struct suspect places[SUSPECTS_BUCKETS][SUSPECTS_BUCKET];
};

struct suspects {
	struct suspect_table addresses, members;
	struct suspect_table homes; /* of members: a point, and nothing to forgive */
	int64_t spare_ns;	    /* when the next is due that any address may have */
};

struct suspects *suspects_new(void)
{
	struct suspects *suspects = calloc(1, sizeof(*suspects));

	if (!suspects)
		return NULL;
	suspects->addresses.forget_ns = SUSPECTS_FORGET_WASTE_S * NOW_NS_PER_S;
	suspects->addresses.most = CAP_WASTE + SUSPECTS_CLEAN_S;
	suspects->members.forget_ns = SUSPECTS_FORGET_ABUSE_S * NOW_NS_PER_S;
	suspects->members.most = CAP_ABUSES + SUSPECTS_DOUBLINGS + 1;
	suspects->homes.forget_ns = SUSPECTS_FORGET_MEMBER_S * NOW_NS_PER_S;
	suspects->homes.most = 1;
	return suspects;
}

struct suspects *suspects_free(struct suspects *suspects)
{
	free(suspects);
	return NULL;
}

/* --- one table ------------------------------------------------------------------------ */

static struct suspect *suspects_bucket(struct suspect_table *table, uint64_t key)
{
	/* Fibonacci: neighbours in a net are spread over the table. */
	return table->places[(key * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & (SUSPECTS_BUCKETS - 1)];
}

/* Takes off the points that time has forgiven. */
static void suspects_settle(
	const struct suspect_table *table, struct suspect *suspect, int64_t now_ns)
{
	int64_t forgiven = (now_ns - suspect->settled_ns) / table->forget_ns;

	if (forgiven >= suspect->points) {
		*suspect = (struct suspect){0};
		return;
	}
	suspect->points -= (int)forgiven;
	suspect->settled_ns += forgiven * table->forget_ns;
}

/* The suspect |key|, or NULL: it is none. */
static struct suspect *suspects_find(struct suspect_table *table, uint64_t key, int64_t now_ns)
{
	struct suspect *bucket = suspects_bucket(table, key);

	for (int i = 0; i < SUSPECTS_BUCKET; i++) {
		if (bucket[i].points > 0 && bucket[i].key == key) {
			suspects_settle(table, &bucket[i], now_ns);
			return bucket[i].points > 0 ? &bucket[i] : NULL;
		}
	}
	return NULL;
}

/* A place for |key|, that of the least suspect of its bucket. */
static struct suspect *suspects_make(struct suspect_table *table, uint64_t key, int64_t now_ns)
{
	struct suspect *least = suspects_bucket(table, key);

	for (int i = 0; i < SUSPECTS_BUCKET; i++) {
		struct suspect *each = suspects_bucket(table, key) + i;

		if (each->points > 0)
			suspects_settle(table, each, now_ns);
		if (each->points < least->points)
			least = each;
	}
	*least = (struct suspect){.key = key, .settled_ns = now_ns};
	return least;
}

static struct suspect *suspects_add(
	struct suspect_table *table, uint64_t key, int points, int64_t now_ns)
{
	struct suspect *suspect = suspects_find(table, key, now_ns);

	if (!suspect)
		suspect = suspects_make(table, key, now_ns);
	suspect->points += points;
	if (suspect->points > table->most)
		suspect->points = table->most;
	return suspect;
}

/* --- addresses ------------------------------------------------------------------------ */

static uint64_t suspects_gather(const uint8_t *bytes, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return value;
}

uint64_t suspects_source(const struct sockaddr_storage *addr)
{
	/* An IPv6 prefix that begins so is given to nobody. */
	const uint64_t v4 = UINT64_C(0xffff) << 32;
	const struct in6_addr *v6 = &((const struct sockaddr_in6 *)addr)->sin6_addr;

	if (addr->ss_family == AF_INET)
		return v4 | ntohl(((const struct sockaddr_in *)addr)->sin_addr.s_addr);
	if (addr->ss_family != AF_INET6)
		return 0;
	if (IN6_IS_ADDR_V4MAPPED(v6))
		return v4 | suspects_gather(v6->s6_addr + 12, 4);
	return suspects_gather(v6->s6_addr, 8);
}

void suspects_note_waste(struct suspects *suspects, uint64_t source, int64_t now_ns)
{
	suspects_add(&suspects->addresses, source, 1, now_ns);
}

void suspects_note_member(struct suspects *suspects, uint64_t source, int64_t now_ns)
{
	suspects_add(&suspects->homes, source, 1, now_ns)->settled_ns = now_ns;
}

/* How long until |due_ns|; 0: it is taken, and the next is due by its pace. */
static int64_t suspects_take_ns(int64_t *due_ns, int pace_s, int64_t now_ns)
{
	return pace_take(due_ns, pace_s, 0, now_ns) ? 0 : *due_ns - now_ns;
}

int64_t suspects_wait_ns(struct suspects *suspects, uint64_t source, bool is_calm, int64_t now_ns)
{
	struct suspect *suspect = suspects_find(&suspects->addresses, source, now_ns);
	int pace_s = suspects_find(&suspects->homes, source, now_ns) ? CAP_HOME_HANDSHAKES_S
								     : CAP_SUSPECT_HANDSHAKES_S;
	int64_t own_ns, spare_ns;

	if (!suspect || suspect->points <= CAP_WASTE)
		return 0;
	own_ns = suspects_take_ns(&suspect->until_ns, pace_s, now_ns);
	if (own_ns == 0 || !is_calm)
		return own_ns;
	spare_ns = suspects_take_ns(&suspects->spare_ns, CAP_SPARE_HANDSHAKES_S, now_ns);
	return spare_ns < own_ns ? spare_ns : own_ns;
}

/* Whoever holds a certificate could make a home of any address, to attack from. */
static void suspects_forget_home(struct suspects *suspects, uint64_t source, int64_t now_ns)
{
	struct suspect *home = suspects_find(&suspects->homes, source, now_ns);

	if (home)
		home->points = 0;
}

/* --- members -------------------------------------------------------------------------- */

/* FNV-1a: only who holds a certificate of our CA can choose what is hashed. */
static uint64_t suspects_member(const char *urn)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *urn; urn++)
		hash = (hash ^ (uint8_t)*urn) * UINT64_C(0x100000001b3);
	return hash;
}

void suspects_note_abuse(
	struct suspects *suspects, uint64_t source, const char *member, int64_t now_ns)
{
	struct suspect *suspect =
		suspects_add(&suspects->members, suspects_member(member), 1, now_ns);
	int again = suspect->points - CAP_ABUSES - 1;

	suspects_add(&suspects->addresses, source, SUSPECTS_ABUSE_POINTS, now_ns);
	suspects_forget_home(suspects, source, now_ns);
	if (again >= 0)
		suspect->until_ns = now_ns + (SUSPECTS_SHUT_OUT_S * NOW_NS_PER_S << again);
}

bool suspects_is_shut_out(struct suspects *suspects, const char *member, int64_t now_ns)
{
	struct suspect *suspect =
		suspects_find(&suspects->members, suspects_member(member), now_ns);

	return suspect && now_ns < suspect->until_ns;
}
