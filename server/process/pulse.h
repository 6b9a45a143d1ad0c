/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child's pulse: its loop says once a second, in the memory that it shares with
 * the master, that it still turns.
 */
#ifndef PROCESS_PULSE_H
#define PROCESS_PULSE_H

#include <event2/event.h>

#include "base/metrics.h"

/* Begins; the event is freed with event_free, before |base|. NULL when out of memory. */
struct event *pulse_new(struct event_base *base, struct metrics *metrics);

#endif
