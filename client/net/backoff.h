/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long to wait before the next try: doubling from 200 ms to 5 s, of which
 * the upper half is chance, so that a thousand clients that lost the same server
 * do not come back at the same moment. Pure: chance is an argument.
 */
#ifndef CLIENT_NET_BACKOFF_H
#define CLIENT_NET_BACKOFF_H

#include <stdint.h>

/* |tries| have been made already (1 or more); |chance| is any random number. */
int64_t backoff_ns(unsigned tries, uint32_t chance);

#endif
