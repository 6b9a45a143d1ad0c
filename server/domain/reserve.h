/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reserve numbers: what a region gives a person who has, or shows, no number of
 * the state's. Each issuer has its own form under its own OID. A reserve number
 * and a personal number are never taken for the same person by themselves.
 */
#ifndef DOMAIN_RESERVE_H
#define DOMAIN_RESERVE_H

#include "stafett/base.h"

/*
 * The root OID of the issuer whose form |text| has, or NULL where it has none:
 *
 *   Stockholm  99yyyyNNNNNC   Luhn over the seven digits before C
 *   VGR        yyyymmddGggC   G of K, M, X counts as 5, 7, 8
 *   Värmland   yyyymmddAAnA
 *   Carelink   yyyymmxxNNNC   xx 32 to 59; the rule of C is not published
 *
 * The first form that fits is meant. No personal number has one of them: VGR's is
 * PNR_INTERIM to pnr_parse, the others PNR_DATE or PNR_SYNTAX.
 */
const char *reserve_root(struct bytes text);

#endif
