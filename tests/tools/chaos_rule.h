/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thing that the chaos proxy shall do once, and at which message:
 *
 *   SIDE POINT FROM ACTION APPLICATION
 *
 *   SIDE         front: what the client of PostgreSQL says; back: its answers
 *   POINT        the POINT-th message of that side, counted from FROM; or the
 *                tag of an answer, such as COMMIT
 *   FROM         the prepared statement whose Bind begins the count (it is the
 *                front's message 1); "-": the next message of that side
 *   ACTION       cut-before, cut-after: both sockets are closed there
 *                hold: nothing passes from that message on, until released
 *                rollback: this Bind of "commit" becomes one of "rollback"
 *   APPLICATION  how the application_name of the connection begins
 *
 * A rule minds one connection: the first that fits. Should that one end before
 * the point, the rule waits for the next. Where bytes are proxied instead of
 * messages, a byte counts as a message, FROM must be "-" and the name is ignored.
 */
#ifndef TESTS_CHAOS_RULE_H
#define TESTS_CHAOS_RULE_H

#include <stdbool.h>

#include "stafett/base.h"
#include "stafett/list.h"

enum chaos_side { CHAOS_FRONT, CHAOS_BACK };

enum chaos_action {
	CHAOS_PASS, /* no rule fires here */
	CHAOS_CUT_BEFORE,
	CHAOS_CUT_AFTER,
	CHAOS_HOLD,
	CHAOS_ROLLBACK,
};

enum { CHAOS_WORD_MAX = 64 };

/* One message of PostgreSQL's protocol, borrowed. */
struct chaos_message {
	enum chaos_side side;
	char type;	   /* 'B', 'C', ... */
	struct bytes body; /* without type and length */
};

struct chaos_rule {
	struct list node;
	enum chaos_side side;
	enum chaos_action action;
	unsigned long point; /* 0: the tag says where */
	char tag[CHAOS_WORD_MAX], from[CHAOS_WORD_MAX], application[CHAOS_WORD_MAX];
	const void *session; /* whose messages are counted; NULL: nobody's yet */
	unsigned long seen;
};

/* Reads a rule's words. 0, or -EINVAL. */
int chaos_rule_parse(const char *words, struct chaos_rule *ret_rule) WARN_UNUSED;
/* Counts |message| of |session|; gives what to do with it. */
enum chaos_action chaos_rule_meet(struct chaos_rule *rule, const void *session,
	const char *application, const struct chaos_message *message);
/* Of |len| bytes that |session| has to say, how many pass before the rule fires.
 * Counts them; less than |len| or rule->seen == rule->point: it fires. */
size_t chaos_rule_room(
	struct chaos_rule *rule, const void *session, enum chaos_side side, size_t len);
/* The statement that a Bind names, or an empty view. */
struct bytes chaos_bind_statement(const struct chaos_message *message);

#endif
