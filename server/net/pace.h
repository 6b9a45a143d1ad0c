/* SPDX-License-Identifier: Apache-2.0 */
/*
 * So many a second, and no more at once than would be due in some time: a pace is
 * the moment at which the next one is due. Pure; the caller brings the time.
 */
#ifndef NET_PACE_H
#define NET_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "net/now.h"

/* Takes one, if one is due: |a_second| of them are, and |ahead_ns| before its time
 * one may be taken. */
static inline bool pace_take(int64_t *due_ns, int a_second, int64_t ahead_ns, int64_t now_ns)
{
	if (*due_ns - now_ns > ahead_ns)
		return false;
	*due_ns = (*due_ns > now_ns ? *due_ns : now_ns) + NOW_NS_PER_S / a_second;
	return true;
}

#endif
