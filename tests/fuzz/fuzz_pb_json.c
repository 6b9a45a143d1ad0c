/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON of any message that passes the check: another library reads it, finds
 * no name twice in an object, and the same in one line as in many; and nothing in
 * it makes a terminal do anything. The first byte of the input chooses the type.
 */
#include <errno.h>
#include <stdlib.h>

#include <jansson.h>

#include "codec/pb_check.h"
#include "codec/pb_json.h"
#include "codec/utf8.h"
#include "google/rpc/status.pb-c.h"
#include "sample.pb-c.h"
#include "stafett/v1/directory_service.pb-c.h"
#include "stafett/v1/inbox_service.pb-c.h"
#include "stafett/v1/message.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

enum { INDENT = 2 };

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* No character of |text| but a new line is one that a terminal obeys. */
static void require_quiet(struct bytes text)
{
	while (text.len > 0) {
		uint32_t c;
		size_t n = utf8_decode(text, &c);

		require(n > 0);
		require(c == '\n' || !utf8_is_active(c));
		text = bytes_of(text.data + n, text.len - n);
	}
}

/* What |text| says to somebody else. */
static json_t *read_json(const char *text)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);

	require(json != NULL);
	return json;
}

static void require_json(const ProtobufCMessage *message)
{
	char *line = NULL, *lines = NULL;
	int r = pb_json_print(message, 0, &line);
	json_t *of_line, *of_lines;

	require(pb_json_print(message, INDENT, &lines) == r);
	if (r != 0) {
		require(r == -ERANGE && !line && !lines);
		return;
	}
	require(strchr(line, '\n') == NULL);
	require_quiet(bytes_of_string(lines));
	of_line = read_json(line);
	of_lines = read_json(lines);
	require(json_equal(of_line, of_lines));
	json_decref(of_line);
	json_decref(of_lines);
	free(line);
	free(lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const ProtobufCMessageDescriptor *const types[] = {
		&sample__v1__sample__descriptor,
		&stafett__v1__header__descriptor,
		&stafett__v1__get_response__descriptor,
		&stafett__v1__inbox_service_list_response__descriptor,
		&stafett__v1__search_response__descriptor,
		&google__rpc__status__descriptor,
	};
	ProtobufCMessage *message;
	struct pb_check_fault fault;

	if (size == 0)
		return 0;
	if (pb_check_unpack(types[data[0] % ARRAY_SIZE(types)], bytes_of(data + 1, size - 1),
		    &pb_check_usual_caps, NULL, &message, &fault) != 0)
		return 0;
	require_json(message);
	protobuf_c_message_free_unpacked(message, NULL);
	return 0;
}
