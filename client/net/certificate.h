/* SPDX-License-Identifier: Apache-2.0 */
/* What our own certificate says: who we are, and until when. */
#ifndef CLIENT_NET_CERTIFICATE_H
#define CLIENT_NET_CERTIFICATE_H

#include <stdint.h>

#include <openssl/x509.h>

#include "domain/identity.h"

/* Writes the member's name and a NUL: the one URI among the subject's alternative
 * names. False where there is none, more than one, or it is not a member's name. */
bool certificate_member(X509 *certificate, char out[IDENTITY_MEMBER_MAX + 1]) WARN_UNUSED;
/* Seconds until it ends; negative when it has. */
int64_t certificate_seconds_left(const X509 *certificate);

#endif
