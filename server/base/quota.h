/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rates: how much each of many names may take a second. Pure arithmetic; the caller
 * brings the time (monotonic nanoseconds).
 *
 * Who was quiet may take some seconds' worth at once (a token bucket, told by one
 * number: the moment at which all that was taken is earned). A name that owes nothing
 * is forgotten, so there are no more of them than are at work.
 */
#ifndef BASE_QUOTA_H
#define BASE_QUOTA_H

#include <stdint.h>

#include "stafett/base.h"

struct quota;

/* |rate| a second, at least 1, and at once as much as |burst_s| seconds give.
 * NULL when out of memory. */
struct quota *quota_new(int64_t rate, int64_t burst_s);
/* Accepts NULL; returns NULL. */
struct quota *quota_free(struct quota *quota);

/* How long |name| has to wait before it may take; 0: not at all. A |quota| that is
 * NULL has no bounds. */
int64_t quota_wait_ns(struct quota *quota, struct bytes name, int64_t now_ns);
/* Takes one, waited or not. Without memory for the name it is given for nothing. */
void quota_take(struct quota *quota, struct bytes name, int64_t now_ns);

#endif
