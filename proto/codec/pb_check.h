/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message's bytes are judged before protobuf-c may unpack them. It has no
 * limit of its own: it recurses as deep as the bytes say, spends 40 bytes on
 * two, takes any bytes for text and cuts a text at its first NUL. One walk over
 * the wire format, with the message's descriptor at hand, finds all of that.
 *
 * What passes here unpacks, unless memory runs out, and means the same to every
 * reader. Three things are refused that protobuf allows and no encoder writes:
 * groups and a known field with another wire type (protobuf-c refuses them too),
 * and a single message that comes in two pieces. Other libraries merge the
 * pieces; protobuf-c loses fields of the first.
 */
#ifndef CODEC_PB_CHECK_H
#define CODEC_PB_CHECK_H

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

#include "stafett/base.h"

enum pb_check_verdict {
	PB_CHECK_BROKEN = 1,   /* not the wire format, or cut short */
	PB_CHECK_GROUP,	       /* a group */
	PB_CHECK_WIRE_TYPE,    /* a field's wire type is not that of its type */
	PB_CHECK_TWICE,	       /* a message that may be there once is there twice */
	PB_CHECK_TOO_DEEP,     /* more levels than the cap */
	PB_CHECK_MANY_FIELDS,  /* more fields than the cap, all levels together */
	PB_CHECK_MANY_UNKNOWN, /* more unknown fields than the cap, likewise */
	PB_CHECK_NOT_UTF8,     /* a text that is not UTF-8 */
	PB_CHECK_NUL,	       /* a text with a NUL in it */
	PB_CHECK_NO_ROOM,      /* the allocator refused (pb_check_unpack only) */
};

struct pb_check_caps {
	unsigned depth;		 /* levels; the message itself is the first */
	unsigned fields;	 /* occurrences of fields, known or not */
	unsigned unknown_fields; /* occurrences that the descriptor does not know */
};

/* The caps of stafett/caps.h. */
extern const struct pb_check_caps pb_check_usual_caps;

/* Where the fault is: "send.needs" or, for a field without a name, "send.#77".
 * Of a very long path the end is kept. Empty where the fault is in no field. */
struct pb_check_fault {
	char field[128];
};

/* Judges |bytes| as a message of |type|. Gives 0 or an enum pb_check_verdict,
 * and only then writes |ret_fault|. */
int pb_check(const ProtobufCMessageDescriptor *type, struct bytes bytes,
	const struct pb_check_caps *caps, struct pb_check_fault *ret_fault) WARN_UNUSED;
/* The same, then unpacks. |ret_message| lives in |allocator|'s memory and does
 * not point into |bytes|. */
int pb_check_unpack(const ProtobufCMessageDescriptor *type, struct bytes bytes,
	const struct pb_check_caps *caps, ProtobufCAllocator *allocator,
	ProtobufCMessage **ret_message, struct pb_check_fault *ret_fault) WARN_UNUSED;

/* Whether a person's text is at fault (an invalid argument, with a field to
 * name), and not the program that packed the message. */
bool pb_check_is_text_fault(int verdict);
/* A sentence for a log or grpc-message. */
const char *pb_check_text(int verdict);

#endif
