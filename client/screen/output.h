/* SPDX-License-Identifier: Apache-2.0 */
/* What a command prints when all went well. */
#ifndef CLIENT_SCREEN_OUTPUT_H
#define CLIENT_SCREEN_OUTPUT_H

#include "client/client.h"
#include "client/screen/words.h"

/* The message as proto3 JSON. */
int output_json(struct client *client, const ProtobufCMessage *message) WARN_UNUSED;
/* A sentence with words of the command in it ("{to}"), wrapped, after |indent|;
 * further lines are indented two more. */
void output_say(struct client *client, const char *indent, const char *template);
/* "Next: stafett show 7K3M", the same --as included. */
void output_next(struct client *client, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
