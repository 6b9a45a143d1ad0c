/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON objects read by a table of fields: each row says a field's name, what it
 * must be, and where its value goes. What the table does not name is refused.
 */
#ifndef CLIENT_DRAFT_FIELDS_H
#define CLIENT_DRAFT_FIELDS_H

#include <jansson.h>

#include "client/client.h"
#include "client/when.h"
#include "domain/codes.h"

enum draft_type {
	DRAFT_TEXT,   /* const char * */
	DRAFT_CODE,   /* const char *, of |list| */
	DRAFT_SWITCH, /* bool: true or false */
	DRAFT_DATE,   /* const char *, as "2026-11-02", on |side| of today */
	DRAFT_TIME,   /* int64_t microseconds, on |side| of today */
	DRAFT_ANY,    /* whatever it is: taken by |take| */
};

/* A reader of one object, and what it is read for. */
struct draft_reader {
	struct client *client;
	const char *path; /* "" or "subject." */
	void *target;	  /* the struct that offsets are counted in */
};

struct draft_field {
	const char *name;
	int (*take)(struct draft_reader *reader, const json_t *value);
	size_t offset;
	enum draft_type type;
	enum codes_list list;
	enum when_side side;
	bool is_required;
};

/* Rows of a table: DRAFT_FIELD(draft, "kind", DRAFT_CODE, kind, .list = CODES_KIND). */
#define DRAFT_FIELD(of, field, what, member, ...)                                               \
	{                                                                                       \
		.name = field, .type = what, .offset = offsetof(struct of, member), __VA_ARGS__ \
	}
#define DRAFT_TAKEN(field, by, ...)                                       \
	{                                                                 \
		.name = field, .type = DRAFT_ANY, .take = by, __VA_ARGS__ \
	}
#define DRAFT_END            \
	{                    \
		.name = NULL \
	}

/* Reads |object| by |fields|, whose last row has no name. */
int draft_fields_read(struct draft_reader *reader, const json_t *object,
	const struct draft_field *fields) WARN_UNUSED;
/* "subject.identifier". */
char *draft_fields_path(struct draft_reader *reader, const char *name);
/* A value of the wrong type; |wanted| says what it must be. */
int draft_fields_wrong_type(struct draft_reader *reader, const char *name, const char *wanted);
/* The problem of a code that is in no list, with the nearest that is. */
int draft_fields_unknown_code(
	struct client *client, const char *field, enum codes_list list, const char *code);
/* Checks one code. */
int draft_fields_check_code(struct draft_reader *reader, const char *name, enum codes_list list,
	const char *code) WARN_UNUSED;

#endif
