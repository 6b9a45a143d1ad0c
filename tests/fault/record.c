/* SPDX-License-Identifier: Apache-2.0 */
/* One line of JSON an event. All that is written is ASCII without quotes. */
#include "record.h"

#include "client/net/clock.h"
#include "domain/digest.h"

enum { RECORD_HEX = 2 * REQUEST_HASH + 1 };

static long long record_now_us(void)
{
	return (long long)(clock_now_ns() / 1000);
}

static void record_hex(const uint8_t hash[REQUEST_HASH], char out[RECORD_HEX])
{
	for (size_t i = 0; i < REQUEST_HASH; i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

void record_invoke(FILE *history, const char *unit, const struct request *request)
{
	char key[UUID_TEXT_LEN + 1], referral[UUID_TEXT_LEN + 1], chain[UUID_TEXT_LEN + 1];
	char hash[RECORD_HEX];

	uuid_format(&request->key, key);
	uuid_format(&request->known.referral, referral);
	uuid_format(&request->known.chain, chain);
	record_hex(request->hash, hash);
	fprintf(history,
		"{\"e\":\"invoke\",\"t\":%lld,\"u\":\"%s\",\"k\":\"%s\",\"o\":\"%s\",\"h\":\"%s\","
		"\"r\":\"%s\",\"n\":\"%s\",\"to\":\"%s\"}\n",
		record_now_us(), unit, key, request->what, hash, referral, chain, request->to);
}

void record_done(
	FILE *history, const char *unit, const struct request *request, struct bytes receipt)
{
	char key[UUID_TEXT_LEN + 1], hex[RECORD_HEX];
	uint8_t hash[DIGEST_LEN];

	uuid_format(&request->key, key);
	digest_sha256(&receipt, 1, hash);
	record_hex(hash, hex);
	fprintf(history, "{\"e\":\"ok\",\"t\":%lld,\"u\":\"%s\",\"k\":\"%s\",\"h\":\"%s\"}\n",
		record_now_us(), unit, key, hex);
}

void record_not_done(FILE *history, const char *unit, const struct request *request,
	const char *event, const char *why)
{
	char id[UUID_TEXT_LEN + 1];

	if (request->is_write) {
		uuid_format(&request->key, id);
		fprintf(history,
			"{\"e\":\"%s\",\"t\":%lld,\"u\":\"%s\",\"k\":\"%s\",\"why\":\"%s\"}\n",
			event, record_now_us(), unit, id, why);
		return;
	}
	uuid_format(&request->known.referral, id);
	fprintf(history,
		"{\"e\":\"%s\",\"t\":%lld,\"u\":\"%s\",\"o\":\"%s\",\"r\":\"%s\",\"why\":\"%s\"}\n",
		event, record_now_us(), unit, request->what, id, why);
}

void record_read(
	FILE *history, const char *unit, const struct request *request, const char *referrals)
{
	fprintf(history, "{\"e\":\"ok\",\"t\":%lld,\"u\":\"%s\",\"o\":\"%s\",\"i\":[%s]}\n",
		record_now_us(), unit, request->what, referrals);
}
