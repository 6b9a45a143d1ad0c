/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text form of google.protobuf's points in time and durations, as proto3
 * JSON has them: RFC 3339 in UTC, and seconds. With none, three, six or nine
 * digits of fraction, whichever say it all.
 */
#ifndef CODEC_PB_TIME_H
#define CODEC_PB_TIME_H

#include "stafett/base.h"

enum { PB_TIME_CHARS = 96 };

/* "2026-11-02T09:30:00.125Z". -ERANGE outside of the years 1 to 9999, and where
 * |nanos| is no fraction of a second. */
int pb_time_print_timestamp(
	int64_t seconds, int32_t nanos, char ret_text[PB_TIME_CHARS]) WARN_UNUSED;
/* "-1.500s". -ERANGE over 10,000 years, and where the signs differ. */
int pb_time_print_duration(
	int64_t seconds, int32_t nanos, char ret_text[PB_TIME_CHARS]) WARN_UNUSED;

#endif
