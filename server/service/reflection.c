/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See reflection.h. Each question is unpacked and answered in an arena of its
 * own, since a stream may ask for as long as it likes.
 */
#include "service/reflection.h"

#include <assert.h>

#include "codec/descriptors.h"
#include "codec/grpc_meta.h"
#include "codec/pb_check.h"
#include "grpc/reflection/v1/reflection.pb-c.h"
#include "stafett/caps.h"

#define CASE_OF_REQUEST(x)  GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_##x
#define CASE_OF_RESPONSE(x) GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_##x

enum {
	ASKED_FILE = CASE_OF_REQUEST(FILE_BY_FILENAME),
	ASKED_SYMBOL = CASE_OF_REQUEST(FILE_CONTAINING_SYMBOL),
	ASKED_EXTENSION = CASE_OF_REQUEST(FILE_CONTAINING_EXTENSION),
	ASKED_NUMBERS = CASE_OF_REQUEST(ALL_EXTENSION_NUMBERS_OF_TYPE),
	ASKED_SERVICES = CASE_OF_REQUEST(LIST_SERVICES),
	SERVICES_MAX = 32,
};

/* A response under construction: one of the three bodies is a part of it. */
struct reflection_answer {
	struct arena *arena;
	Grpc__Reflection__V1__ServerReflectionResponse response;
	Grpc__Reflection__V1__FileDescriptorResponse files;
	Grpc__Reflection__V1__ListServiceResponse services;
	Grpc__Reflection__V1__ErrorResponse error;
	ProtobufCBinaryData file_list[DESCRIPTORS_FILES_MAX];
	Grpc__Reflection__V1__ServiceResponse service_bodies[SERVICES_MAX];
	Grpc__Reflection__V1__ServiceResponse *service_list[SERVICES_MAX];
};

static void reflection_answer_error(struct reflection_answer *answer, int code, const char *message)
{
	grpc__reflection__v1__error_response__init(&answer->error);
	answer->error.error_code = code;
	answer->error.error_message = arena_copy(answer->arena, bytes_of_string(message));
	answer->response.message_response_case = CASE_OF_RESPONSE(ERROR_RESPONSE);
	answer->response.error_response = &answer->error;
}

/* |file| with its imports; empty where nothing was found. */
static void reflection_answer_file(struct reflection_answer *answer, struct bytes file)
{
	struct bytes found[DESCRIPTORS_FILES_MAX];
	size_t n;

	if (file.len == 0) {
		reflection_answer_error(
			answer, GRPC_NOT_FOUND, "the contract has nothing of this name");
		return;
	}
	n = descriptors_with_imports(file, found);
	for (size_t i = 0; i < n; i++)
		answer->file_list[i] = (ProtobufCBinaryData){
			.len = found[i].len,
			/* protobuf-c has no const; packing only reads. */
			.data = (uint8_t *)(uintptr_t)found[i].data,
		};
	grpc__reflection__v1__file_descriptor_response__init(&answer->files);
	answer->files.n_file_descriptor_proto = n;
	answer->files.file_descriptor_proto = answer->file_list;
	answer->response.message_response_case = CASE_OF_RESPONSE(FILE_DESCRIPTOR_RESPONSE);
	answer->response.file_descriptor_response = &answer->files;
}

static void reflection_add_service(void *arg, const char *full_name)
{
	struct reflection_answer *answer = arg;
	size_t n = answer->services.n_service++;

	assert(n < SERVICES_MAX);
	grpc__reflection__v1__service_response__init(&answer->service_bodies[n]);
	answer->service_bodies[n].name = arena_copy(answer->arena, bytes_of_string(full_name));
	answer->service_list[n] = &answer->service_bodies[n];
}

static void reflection_answer_services(struct reflection_answer *answer)
{
	grpc__reflection__v1__list_service_response__init(&answer->services);
	descriptors_each_service(reflection_add_service, answer);
	answer->services.service = answer->service_list;
	answer->response.message_response_case = CASE_OF_RESPONSE(LIST_SERVICES_RESPONSE);
	answer->response.list_services_response = &answer->services;
}

static void reflection_fill(
	struct reflection_answer *answer, Grpc__Reflection__V1__ServerReflectionRequest *request)
{
	grpc__reflection__v1__server_reflection_response__init(&answer->response);
	answer->response.valid_host = request->host;
	answer->response.original_request = request;
	switch ((int)request->message_request_case) {
	case ASKED_FILE:
		reflection_answer_file(answer, descriptors_find_file(request->file_by_filename));
		break;
	case ASKED_SYMBOL:
		reflection_answer_file(
			answer, descriptors_find_symbol(request->file_containing_symbol));
		break;
	case ASKED_SERVICES:
		reflection_answer_services(answer);
		break;
	case ASKED_EXTENSION:
	case ASKED_NUMBERS:
		reflection_answer_error(
			answer, GRPC_UNIMPLEMENTED, "the contract has no extensions");
		break;
	default:
		reflection_answer_error(answer, GRPC_INVALID_ARGUMENT, "nothing is asked");
		break;
	}
}

static void reflection_refuse(struct call *call, int code, const char *message)
{
	const struct call_status status = {.code = code, .message = message};

	call_fail(call, &status);
}

/* Packs and sends, unless some of it found no room. */
static void reflection_send(struct call *call, struct reflection_answer *answer)
{
	const ProtobufCMessage *message = &answer->response.base;
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *packed = arena_alloc(answer->arena, len);

	if (answer->arena->overflowed)
		reflection_refuse(call, GRPC_RESOURCE_EXHAUSTED, "out of memory");
	else
		call_send(call, bytes_of(packed, protobuf_c_message_pack(message, packed)));
}

/* Answers one question, with all its memory in |arena|. */
static void reflection_answer(struct call *call, struct bytes message, struct arena *arena)
{
	struct reflection_answer *answer = arena_alloc(arena, sizeof(*answer));
	ProtobufCMessage *request;
	struct pb_check_fault fault;
	int r = pb_check_unpack(&grpc__reflection__v1__server_reflection_request__descriptor,
		message, &pb_check_usual_caps, arena_allocator(arena), &request, &fault);

	if (r == PB_CHECK_NO_ROOM || !answer) {
		reflection_refuse(call, GRPC_RESOURCE_EXHAUSTED, "out of memory");
		return;
	}
	if (r != 0) {
		reflection_refuse(call,
			pb_check_is_text_fault(r) ? GRPC_INVALID_ARGUMENT : GRPC_INTERNAL,
			pb_check_text(r));
		return;
	}
	answer->arena = arena;
	reflection_fill(answer, (Grpc__Reflection__V1__ServerReflectionRequest *)request);
	reflection_send(call, answer);
}

static void reflection_on_message(void *arg, struct call *call, struct bytes message)
{
	struct arena arena;

	arena_init(&arena, CAP_ARENA_BYTES);
	reflection_answer(call, message, &arena);
	arena_fini(&arena);
}

static void reflection_on_half_close(void *arg, struct call *call)
{
	call_finish(call, NULL);
}

static const struct call_ops reflection_ops = {
	.message = reflection_on_message,
	.half_close = reflection_on_half_close,
};

#define REFLECTION_METHOD(version)                                                            \
	{                                                                                     \
		.path = "/grpc.reflection." version ".ServerReflection/ServerReflectionInfo", \
		.client_streams = true, .server_streams = true, .ops = &reflection_ops        \
	}
const struct call_method reflection_methods[REFLECTION_METHODS] = {
	REFLECTION_METHOD("v1"),
	REFLECTION_METHOD("v1alpha"),
};
