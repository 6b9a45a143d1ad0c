/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See health.h. A watch lives in its call's arena, and stands in the list for
 * exactly as long as its call is under way.
 */
#include "service/health.h"

#include <stddef.h>

#include "codec/descriptors.h"
#include "codec/grpc_meta.h"
#include "codec/pb_check.h"
#include "grpc/health/v1/health.pb-c.h"

enum {
	SERVING = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING,
	NOT_SERVING = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING,
	SERVICE_UNKNOWN = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVICE_UNKNOWN,
	/* A field's tag and a value below 128. */
	RESPONSE_BYTES = 2,
};

struct health_watch {
	struct list node;
	struct call *call;
	bool known; /* the service that is watched exists */
};

static struct health *health_of(const struct call *call)
{
	/* The table's |info| is const; the health that it leads to is not. */
	return (struct health *)(uintptr_t)call_method(call)->info;
}

static void health_refuse(struct call *call, int code, const char *message)
{
	const struct call_status status = {.code = code, .message = message};

	call_fail(call, &status);
}

/* The service that is asked about; NULL when the call was refused. */
static const char *health_decode(struct call *call, struct bytes message)
{
	ProtobufCMessage *request;
	struct pb_check_fault fault;
	int r = pb_check_unpack(&grpc__health__v1__health_check_request__descriptor, message,
		&pb_check_usual_caps, arena_allocator(call_arena(call)), &request, &fault);

	if (r == 0)
		return ((Grpc__Health__V1__HealthCheckRequest *)request)->service;
	health_refuse(call, pb_check_is_text_fault(r) ? GRPC_INVALID_ARGUMENT : GRPC_INTERNAL,
		pb_check_text(r));
	return NULL;
}

static bool health_knows(const char *service)
{
	return *service == '\0' || descriptors_has_service(service);
}

static int health_status(const struct health *health)
{
	return health->serving ? SERVING : NOT_SERVING;
}

/* Packs a response; |buffer| holds it. */
static struct bytes health_pack(int status, uint8_t buffer[RESPONSE_BYTES])
{
	Grpc__Health__V1__HealthCheckResponse response =
		GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;

	response.status = status;
	return bytes_of(buffer, protobuf_c_message_pack(&response.base, buffer));
}

static void health_on_check(void *arg, struct call *call, struct bytes message)
{
	const char *service = health_decode(call, message);
	uint8_t buffer[RESPONSE_BYTES];

	if (!service)
		return;
	if (health_knows(service))
		call_reply(call, health_pack(health_status(health_of(call)), buffer));
	else
		health_refuse(call, GRPC_NOT_FOUND, "there is no such service");
}

static void health_tell(const struct health *health, const struct health_watch *watch)
{
	uint8_t buffer[RESPONSE_BYTES];
	int status = watch->known ? health_status(health) : SERVICE_UNKNOWN;

	call_send(watch->call, health_pack(status, buffer));
}

static void health_on_watch(void *arg, struct call *call, struct bytes message)
{
	struct health *health = health_of(call);
	const char *service = health_decode(call, message);
	struct health_watch *watch;

	if (!service)
		return;
	watch = arena_alloc(call_arena(call), sizeof(*watch));
	if (!watch) {
		health_refuse(call, GRPC_RESOURCE_EXHAUSTED, "out of memory");
		return;
	}
	watch->call = call;
	watch->known = health_knows(service);
	list_push(&health->watches, &watch->node);
	call_set_user(call, watch);
	health_tell(health, watch);
}

static void health_on_gone(void *arg, struct call *call)
{
	struct health_watch *watch = call_user(call);

	/* None where the request was refused. */
	if (watch)
		list_remove(&watch->node);
}

static const struct call_ops health_check_ops = {.message = health_on_check};
static const struct call_ops health_watch_ops = {
	.message = health_on_watch, .gone = health_on_gone};

void health_init(struct health *health)
{
	*health = (struct health){
		.methods = {{.path = "/grpc.health.v1.Health/Check",
				    .ops = &health_check_ops,
				    .info = health},
			{.path = "/grpc.health.v1.Health/Watch",
				.server_streams = true,
				.ops = &health_watch_ops,
				.info = health}},
	};
	list_init(&health->watches);
}

void health_set_serving(struct health *health, bool serving)
{
	if (health->serving == serving)
		return;
	health->serving = serving;
	list_for_each_safe (node, &health->watches) {
		const struct health_watch *watch = container_of(node, struct health_watch, node);

		if (watch->known)
			health_tell(health, watch);
	}
}

void health_end(struct health *health)
{
	struct list *node;

	health_set_serving(health, false);
	while ((node = list_pop(&health->watches)) != NULL)
		health_refuse(container_of(node, struct health_watch, node)->call, GRPC_UNAVAILABLE,
			"the server is shutting down; try again");
}
