/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A method of stafett.v1, as its handler sees it: a row of tbl/methods.def, and
 * the call that came in, decoded as far as all methods have it in common.
 */
#ifndef SERVICE_METHOD_H
#define SERVICE_METHOD_H

#include <protobuf-c/protobuf-c.h>

#include "service/decode.h"
#include "store/store.h"

struct incoming;

struct method {
	const char *path;
	const ProtobufCMessageDescriptor *request;
	mask_t roles;
	enum leaf_type leaf;
	void (*handle)(const struct incoming *in);
};

struct incoming {
	struct store *store;
	bool takes_plain;
	struct call *call;
	const struct method *method;
	struct caller caller; /* lives in the call's arena, as all here */
	struct bytes raw;     /* the request's bytes */
	const ProtobufCMessage *request;
};

/* What is under way for a call, so that it can be forgotten when the peer goes.
 * The first member of what handlers hang on a call (call_set_user). A handler
 * gets the first message of a client's stream; the others come here. */
struct under_way {
	struct store *store;
	void (*abandon)(struct under_way *under_way);
	void (*message)(struct under_way *under_way, struct bytes message);
	void (*half_close)(struct under_way *under_way);
	void (*drained)(struct under_way *under_way);
};

/* One handler a row of the table: writes.c, reads.c, today.c, uploads.c, fetches.c. */
#define METHOD(name, ...) void method_##name(const struct incoming *in);
#include "stafett/tbl/methods.def"
#undef METHOD

#endif
