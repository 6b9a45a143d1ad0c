/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An answer that is not OK, understood: google.rpc.Status with its details
 * becomes a problem in words.
 *
 * What counts is whether the server has decided. A refusal is final: nothing was
 * stored, and the same bytes will be refused again. Anything else means unknown:
 * the same bytes again are safe, and are how one finds out.
 */
#ifndef CLIENT_REFUSAL_H
#define CLIENT_REFUSAL_H

#include "client/client.h"
#include "client/net/answer.h"

struct refusal {
	bool is_decided;  /* the server has refused these very bytes for good */
	bool may_retry;	  /* the same again may help, soon */
	int64_t retry_ms; /* when, as the server wishes; -1 when it did not say */
};

/* Describes the problem of |answer|, whose status is not OK. Gives the exit code. */
int refusal_describe(
	struct client *client, const struct answer *answer, struct refusal *ret_refusal);

#endif
