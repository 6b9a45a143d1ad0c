/* SPDX-License-Identifier: Apache-2.0 */
/* stafett version: of this program, and of what it is built from. */
#include <stdio.h>

#include <jansson.h>
#include <libsmartcols/libsmartcols.h>
#include <nghttp2/nghttp2.h>
#include <openssl/crypto.h>
#include <protobuf-c/protobuf-c.h>

#include "client/client.h"
#include "client/screen/output.h"
#include "client/screen/table.h"
#include "client/text.h"
#include "stafett/client/v1/answers.pb-c.h"

static void version_print_table(struct client *client, const Stafett__Client__V1__Version *v)
{
	const struct table_column columns[] = {
		{.title = _("WHAT")}, {.title = _("VERSION")}, {.title = NULL}};
	const char *const rows[][2] = {{"stafett", v->stafett}, {"protocol", v->protocol},
		{"openssl", v->openssl}, {"nghttp2", v->nghttp2}, {"protobuf-c", v->protobuf_c},
		{"jansson", v->jansson}, {"smartcols", v->smartcols}};
	struct table *table = table_new(columns, client->form);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		table_row(table, &client->arena, false, rows[i]);
	table_print(table);
}

static void version_print(struct client *client, const Stafett__Client__V1__Version *v)
{
	printf("stafett %s (protocol %s)\n", v->stafett, v->protocol);
	printf("%s, nghttp2 %s, protobuf-c %s, jansson %s, smartcols %s\n", v->openssl, v->nghttp2,
		v->protobuf_c, v->jansson, v->smartcols);
	output_next(client, "doctor");
}

int command_version(struct client *client, const struct arguments *arguments)
{
	Stafett__Client__V1__Version version = STAFETT__CLIENT__V1__VERSION__INIT;
	const char *columns = NULL;
	int r = arguments_count(client, arguments, 0, 0, "");

	if (r)
		return r;
	(void)scols_get_library_version(&columns);
	version.stafett = (char *)STAFETT_VERSION;
	version.protocol = (char *)"stafett.v1";
	version.openssl = (char *)OpenSSL_version(OPENSSL_VERSION);
	version.nghttp2 = (char *)nghttp2_version(0)->version_str;
	version.protobuf_c = (char *)protobuf_c_version();
	version.jansson = (char *)jansson_version_str();
	version.smartcols = (char *)columns;
	if (client->is_json)
		return output_json(client, &version.base);
	if (client->is_plain)
		version_print_table(client, &version);
	else
		version_print(client, &version);
	return 0;
}
