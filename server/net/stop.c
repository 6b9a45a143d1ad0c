/* SPDX-License-Identifier: Apache-2.0 */
#include "net/stop.h"

#include <nghttp2/nghttp2.h>

static const struct {
	uint32_t error;
	enum metric metric;
	const char *words;
} stop_rows[] = {
#define STOP(id, error, metric, words) [STOP_##id] = {NGHTTP2_##error, METRIC_##metric, words},
#include "net/stop.def"
#undef STOP
};

uint32_t stop_error(enum stop stop)
{
	return stop_rows[stop].error;
}

const char *stop_words(enum stop stop)
{
	return stop_rows[stop].words;
}

void stop_count(enum stop stop, struct metrics *metrics)
{
	metrics_add(metrics, stop_rows[stop].metric, 1);
}
