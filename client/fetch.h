/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of a message that was uploaded: fetched in parts, gone on with where the
 * line broke, and taken for what it says it is only when size and SHA-256 agree.
 * Nothing of it touches the disk here.
 */
#ifndef CLIENT_FETCH_H
#define CLIENT_FETCH_H

#include "client/client.h"
#include "stafett/v1/referral_service.pb-c.h"

/* Fetches what the body of |content|, a message of |referral|, claims. The size is
 * the claim's; |ret_data| is freed with free. 0, or an exit code. */
int fetch_body(struct client *client, const char *referral, const Stafett__V1__Content *content,
	uint8_t **ret_data) WARN_UNUSED;

#endif
