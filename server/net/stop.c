/* SPDX-License-Identifier: Apache-2.0 */
#include "net/stop.h"

#include <nghttp2/nghttp2.h>

static const struct {
	uint32_t error;
	enum metric metric;
	enum { STOP_LAPSE, STOP_ABUSE } blame;
	const char *words;
} stop_rows[] = {
#define STOP(id, error, metric, blame, words) \
	[STOP_##id] = {NGHTTP2_##error, METRIC_##metric, STOP_##blame, words},
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

bool stop_is_abuse(enum stop stop)
{
	return stop_rows[stop].blame == STOP_ABUSE;
}

void stop_count(enum stop stop, struct metrics *metrics)
{
	metrics_add(metrics, stop_rows[stop].metric, 1);
}
