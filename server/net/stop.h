/* SPDX-License-Identifier: Apache-2.0 */
/* Why connections are ended, as constants: STOP_PINGS and so on. See stop.def. */
#ifndef NET_STOP_H
#define NET_STOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/metrics.h"

#define STOP(id, error, metric, blame, words) STOP_##id,
enum stop {
#include "net/stop.def"
	STOPS
};
#undef STOP

/* The HTTP/2 error code of the GOAWAY. */
uint32_t stop_error(enum stop stop);
const char *stop_words(enum stop stop);
/* Whether the peer is to blame. */
bool stop_is_abuse(enum stop stop);
/* One more. |metrics| may be NULL. */
void stop_count(enum stop stop, struct metrics *metrics);

#endif
