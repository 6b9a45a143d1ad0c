/* SPDX-License-Identifier: Apache-2.0 */
/* The words that go with a failure of the line. */
#include "client/net/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>

void net_detail_set(struct net_detail *detail, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		return;
	snprintf(detail->text, sizeof(detail->text), "%s", text);
	free(text);
}

void net_detail_set_tls(struct net_detail *detail, const char *what)
{
	unsigned long error = ERR_peek_last_error();
	const char *reason = error ? ERR_reason_error_string(error) : NULL;

	if (reason)
		net_detail_set(detail, "%s: %s", what, reason);
	else
		net_detail_set(detail, "%s", what);
	ERR_clear_error();
}
