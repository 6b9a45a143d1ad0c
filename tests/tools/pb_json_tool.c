/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages to JSON, for tests/wire/test_pb_json.py.
 *
 *     pb_json_tool TYPE INDENT < gRPC frames
 *
 * Each message is answered by a record that a NUL ends: its JSON, or "!" and
 * why there is none.
 */
#include <stdio.h>
#include <stdlib.h>

#include "codec/grpc_frame.h"
#include "codec/pb_check.h"
#include "codec/pb_json.h"
#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "sample.pb-c.h"
#include "stafett/v1/directory_service.pb-c.h"
#include "stafett/v1/inbox_service.pb-c.h"
#include "stafett/v1/message.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

enum { INPUT_BYTES = 1 << 24, MESSAGE_BYTES = 1 << 20 };

static const ProtobufCMessageDescriptor *const tool_types[] = {
	&sample__v1__sample__descriptor,
	&google__rpc__error_info__descriptor,
	&google__rpc__retry_info__descriptor,
	&google__rpc__bad_request__descriptor,
	&google__rpc__precondition_failure__descriptor,
	&google__rpc__status__descriptor,
	&stafett__v1__header__descriptor,
	&stafett__v1__receipt__descriptor,
	&stafett__v1__refusal__descriptor,
	&stafett__v1__send_request__descriptor,
	&stafett__v1__get_response__descriptor,
	&stafett__v1__referral_service_list_response__descriptor,
	&stafett__v1__inbox_service_list_response__descriptor,
	&stafett__v1__search_response__descriptor,
};

static const ProtobufCMessageDescriptor *tool_find_type(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tool_types); i++)
		if (strcmp(tool_types[i]->name, name) == 0)
			return tool_types[i];
	return NULL;
}

static void tool_answer(const ProtobufCMessageDescriptor *type, struct bytes bytes, int indent)
{
	ProtobufCMessage *message;
	struct pb_check_fault fault;
	char *text;
	int r = pb_check_unpack(type, bytes, &pb_check_usual_caps, NULL, &message, &fault);

	if (r != 0) {
		printf("!%s: %s%c", fault.field, pb_check_text(r), '\0');
		return;
	}
	r = pb_json_print(message, indent, &text);
	if (r < 0)
		printf("!%s%c", strerror(-r), '\0');
	else
		printf("%s%c", text, '\0');
	if (r == 0)
		free(text);
	protobuf_c_message_free_unpacked(message, NULL);
}

static int tool_answer_all(const ProtobufCMessageDescriptor *type, struct bytes input, int indent)
{
	static uint8_t room[MESSAGE_BYTES];
	enum grpc_frame_event event;
	struct grpc_frame frame;

	grpc_frame_init(&frame, sizeof(room));
	while ((event = grpc_frame_next(&frame, &input)) != GRPC_FRAME_MORE) {
		if (event == GRPC_FRAME_BEGIN)
			grpc_frame_give(&frame, room);
		else if (event == GRPC_FRAME_MESSAGE)
			tool_answer(type, frame.message, indent);
		else
			return EXIT_FAILURE;
	}
	return grpc_frame_end(&frame) == GRPC_FRAME_MORE ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	static uint8_t input[INPUT_BYTES];
	const ProtobufCMessageDescriptor *type = argc == 3 ? tool_find_type(argv[1]) : NULL;

	if (!type) {
		fputs("usage: pb_json_tool TYPE INDENT\n", stderr);
		return EXIT_FAILURE;
	}
	return tool_answer_all(
		type, bytes_of(input, fread(input, 1, sizeof(input), stdin)), atoi(argv[2]));
}
