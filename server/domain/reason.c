/* SPDX-License-Identifier: Apache-2.0 */
/* The table of reasons, as data. */
#include "domain/reason.h"

#include <assert.h>

#include "codec/grpc_meta.h"

#define LAYER_SENDER	"sender"
#define LAYER_RECIPIENT "recipient"
#define LAYER_SERVER	"server"
#define LAYER_SECURITY	"security"

static const struct reason_row {
	const char *name, *layer, *message;
	int status, exit_code;
} reason_rows[REASON_COUNT] = {
#define REASON(name, status, layer, exit, message) \
	[REASON_##name] = {#name, LAYER_##layer, message, GRPC_##status, exit},
#include "stafett/tbl/reasons.def"
#undef REASON
};

static const struct reason_row *reason_row(enum reason reason)
{
	assert(reason > REASON_NONE && reason < REASON_COUNT);
	return &reason_rows[reason];
}

const char *reason_name(enum reason reason)
{
	return reason_row(reason)->name;
}

int reason_grpc_status(enum reason reason)
{
	return reason_row(reason)->status;
}

const char *reason_layer(enum reason reason)
{
	return reason_row(reason)->layer;
}

int reason_exit_code(enum reason reason)
{
	return reason_row(reason)->exit_code;
}

const char *reason_message(enum reason reason)
{
	return reason_row(reason)->message;
}

enum reason reason_from_name(struct bytes name)
{
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++)
		if (bytes_are(name, reason_rows[i].name))
			return (enum reason)i;
	return REASON_NONE;
}
