/* SPDX-License-Identifier: Apache-2.0 */
/* stafett version: of this program, and of what it is built from. */
#include <stdio.h>

#include <jansson.h>
#include <libsmartcols/libsmartcols.h>
#include <nghttp2/nghttp2.h>
#include <openssl/crypto.h>
#include <protobuf-c/protobuf-c.h>

#include "client/client.h"

int command_version(struct client *client, const struct arguments *arguments)
{
	const char *columns = NULL;
	int r = arguments_count(client, arguments, 0, 0, "");

	if (r)
		return r;
	(void)scols_get_library_version(&columns);
	printf("stafett %s (protocol stafett.v1)\n", STAFETT_VERSION);
	printf("%s, nghttp2 %s, protobuf-c %s, jansson %s, smartcols %s\n",
		OpenSSL_version(OPENSSL_VERSION), nghttp2_version(0)->version_str,
		protobuf_c_version(), jansson_version_str(), columns);
	return 0;
}
