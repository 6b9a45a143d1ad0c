/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proto3 messages as JSON, by the published mapping: lowerCamelCase names,
 * defaults left out, 64-bit numbers as strings, bytes in base64, enums by name,
 * Timestamp and Duration as text, maps as objects. The output is that of Python's
 * json_format, byte for byte, but for floating-point numbers (the same value,
 * not always the same digits) and for characters that a terminal obeys: these
 * are escaped. An Any is printed as the message that it is, type_url and value:
 * there is no registry here to look its content up in.
 */
#ifndef CODEC_PB_JSON_H
#define CODEC_PB_JSON_H

#include <protobuf-c/protobuf-c.h>

#include "stafett/base.h"

/* Prints |message| with |indent| spaces a level, or in one line for 0. Gives 0
 * and a text that the caller frees, without a new line at its end; -ENOMEM; or
 * -ERANGE where a Timestamp or Duration is outside of what it can say. */
int pb_json_print(const ProtobufCMessage *message, int indent, char **ret_text) WARN_UNUSED;

#endif
