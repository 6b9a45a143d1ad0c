/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The history that callers leave behind, in the form that history.py describes.
 * Any number of threads may write; a line is written whole.
 */
#ifndef TESTS_FAULT_RECORD_H
#define TESTS_FAULT_RECORD_H

#include <stdio.h>

#include "request.h"

/* |unit| is the caller's. */
void record_invoke(FILE *history, const char *unit, const struct request *request);
/* A write was answered; |receipt| is what came. */
void record_done(
	FILE *history, const char *unit, const struct request *request, struct bytes receipt);
/* "fail", "unknown" or "later", and why. */
void record_not_done(FILE *history, const char *unit, const struct request *request,
	const char *event, const char *why);
/* A reading brought |referrals|, see request_referrals. */
void record_read(
	FILE *history, const char *unit, const struct request *request, const char *referrals);

#endif
