/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attack: what is said on a line, again and again. One row of the table in
 * floods.c, calls.c or crowds.c each; attack.c carries them out.
 */
#ifndef HOSTILE_ATTACK_H
#define HOSTILE_ATTACK_H

#include "line.h"

/* What came of it, over all connections. */
struct tally {
	unsigned connections; /* that were made */
	unsigned dismissed;   /* by a GOAWAY that says why */
	unsigned closed;      /* by the server, without a word */
	unsigned refused;     /* before TLS stood */
	unsigned held;	      /* at the end of the attack */
	unsigned streams, answers, resets;
	uint64_t frames;
	uint32_t code; /* the first GOAWAY's */
	char text[LINE_TEXT_BYTES];
};

struct attack {
	const char *name;
	/* What comes first; NULL: a greeting. */
	void (*begin)(struct line *line, const struct target *target);
	/* Puts more; NULL: there is no more, and the line is held. */
	void (*fill)(struct line *line, const struct target *target);
	/* In place of all this: until |until_ns|. */
	void (*run)(const struct target *target, int64_t until_ns, struct tally *tally);
	bool deaf; /* reads nothing */
};

/* Ended by an empty name. */
extern const struct attack attack_floods[];
extern const struct attack attack_calls[];
extern const struct attack attack_crowds[];

/* CLOCK_MONOTONIC, nanoseconds. */
int64_t attack_now_ns(void);

#endif
