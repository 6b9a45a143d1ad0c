/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call without a network: it stands in for the engine behind net/call.h and
 * remembers what the owner did with the call. For unit tests of services.
 */
#ifndef FAKE_CALL_H
#define FAKE_CALL_H

#include "net/call.h"

enum { FAKE_CALL_SENT_MAX = 16 };

struct call {
	const struct call_method *method;
	struct arena arena;
	void *user;
	struct bytes sent[FAKE_CALL_SENT_MAX]; /* in the arena */
	size_t n_sent;
	bool ended;
	int code;	     /* of the status that it ended with */
	const char *message; /* likewise; borrowed */
};

/* A call of |method| that nothing was done with. */
void fake_call_init(struct call *call, const struct call_method *method);
void fake_call_fini(struct call *call);
/* Does as the engine does: hands |message| to the method; tells it that the peer
 * has no more to say; tells it that the peer has gone. */
void fake_call_say(struct call *call, struct bytes message);
void fake_call_half_close(struct call *call);
void fake_call_leave(struct call *call);

#endif
