/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See descriptors.h. The bytes are made by protoc while building, so they are
 * sound: what is malformed in them simply ends a walk. Every description begins
 * with its name, field 1; what it contains is told by table.
 */
#include "codec/descriptors.h"

#include <assert.h>
#include <stdio.h>

#include "codec/pb_wire.h"

/* Field numbers of google/protobuf/descriptor.proto. */
enum {
	SET_FILE = 1,
	ANY_NAME = 1,
	FILE_PACKAGE = 2,
	FILE_DEPENDENCY = 3,
	FILE_SERVICE = 6,
};

enum descriptors_kind { KIND_FILE, KIND_MESSAGE, KIND_ENUM, KIND_SERVICE, KIND_LEAF };

/* What declares what, and in which field. */
static const struct {
	enum descriptors_kind in;
	uint32_t number;
	enum descriptors_kind kind;
} descriptors_parts[] = {
	{KIND_FILE, 4, KIND_MESSAGE}, {KIND_FILE, 5, KIND_ENUM},
	{KIND_FILE, FILE_SERVICE, KIND_SERVICE}, {KIND_MESSAGE, 2, KIND_LEAF}, /* field */
	{KIND_MESSAGE, 3, KIND_MESSAGE},				       /* nested message */
	{KIND_MESSAGE, 4, KIND_ENUM}, {KIND_MESSAGE, 8, KIND_LEAF},	       /* oneof */
	{KIND_SERVICE, 2, KIND_LEAF},					       /* method */
};

static const uint8_t descriptors_set[] = {
#include "codec/descriptors.inc"
};

/* Cuts fields from |message| up to the next one with |number|; false at the end. */
static bool descriptors_next(struct bytes *message, uint32_t number, struct bytes *ret_value)
{
	struct pb_wire_field field;

	while (message->len > 0 && pb_wire_next(message, &field) == 0) {
		if (field.number == number && field.type == PB_WIRE_LENGTH) {
			*ret_value = field.data;
			return true;
		}
	}
	return false;
}

/* The first value of a field; empty where there is none. */
static struct bytes descriptors_get(struct bytes message, uint32_t number)
{
	struct bytes value = {NULL, 0};

	descriptors_next(&message, number, &value);
	return value;
}

static struct bytes descriptors_all(void)
{
	return bytes_of(descriptors_set, sizeof(descriptors_set));
}

static struct bytes descriptors_find(struct bytes name)
{
	struct bytes set = descriptors_all(), file;

	while (descriptors_next(&set, SET_FILE, &file))
		if (bytes_equal(descriptors_get(file, ANY_NAME), name))
			return file;
	return bytes_of(NULL, 0);
}

struct bytes descriptors_find_file(const char *name)
{
	return descriptors_find(bytes_of_string(name));
}

/* Cuts |prefix| and the dot behind it from |path|, when it begins with them. */
static bool descriptors_enter(struct bytes *path, struct bytes prefix)
{
	if (path->len <= prefix.len || path->data[prefix.len] != '.')
		return false;
	if (!bytes_equal(bytes_of(path->data, prefix.len), prefix))
		return false;
	*path = bytes_of(path->data + prefix.len + 1, path->len - prefix.len - 1);
	return true;
}

/* Whether something within |outer| has the name |path|, relative to it. */
static bool descriptors_declares(struct bytes outer, enum descriptors_kind kind, struct bytes path)
{
	for (size_t i = 0; i < ARRAY_SIZE(descriptors_parts); i++) {
		struct bytes rest = outer, part;

		if (descriptors_parts[i].in != kind)
			continue;
		while (descriptors_next(&rest, descriptors_parts[i].number, &part)) {
			struct bytes name = descriptors_get(part, ANY_NAME), inner = path;

			if (bytes_equal(name, path))
				return true;
			if (descriptors_enter(&inner, name) &&
				descriptors_declares(part, descriptors_parts[i].kind, inner))
				return true;
		}
	}
	return false;
}

struct bytes descriptors_find_symbol(const char *symbol)
{
	struct bytes set = descriptors_all(), file;

	while (descriptors_next(&set, SET_FILE, &file)) {
		struct bytes path = bytes_of_string(symbol);

		if (descriptors_enter(&path, descriptors_get(file, FILE_PACKAGE)) &&
			descriptors_declares(file, KIND_FILE, path))
			return file;
	}
	return bytes_of(NULL, 0);
}

static bool descriptors_holds(const struct bytes *files, size_t n, struct bytes file)
{
	for (size_t i = 0; i < n; i++)
		if (files[i].data == file.data)
			return true;
	return false;
}

size_t descriptors_with_imports(struct bytes file, struct bytes ret_files[DESCRIPTORS_FILES_MAX])
{
	size_t n = 0;

	ret_files[n++] = file;
	/* The list grows while it is walked: imports of imports follow. */
	for (size_t i = 0; i < n; i++) {
		struct bytes rest = ret_files[i], name;

		while (descriptors_next(&rest, FILE_DEPENDENCY, &name)) {
			struct bytes import = descriptors_find(name);

			if (descriptors_holds(ret_files, n, import))
				continue;
			assert(n < DESCRIPTORS_FILES_MAX);
			ret_files[n++] = import;
		}
	}
	return n;
}

void descriptors_each_service(descriptors_service_fn fn, void *arg)
{
	struct bytes set = descriptors_all(), file;

	while (descriptors_next(&set, SET_FILE, &file)) {
		struct bytes package = descriptors_get(file, FILE_PACKAGE), rest = file, service;

		while (descriptors_next(&rest, FILE_SERVICE, &service)) {
			struct bytes name = descriptors_get(service, ANY_NAME);
			char full_name[DESCRIPTORS_NAME_CHARS];

			snprintf(full_name, sizeof(full_name), "%.*s.%.*s", (int)package.len,
				(const char *)package.data, (int)name.len, (const char *)name.data);
			fn(arg, full_name);
		}
	}
}

struct descriptors_search {
	const char *name;
	bool found;
};

static void descriptors_compare(void *arg, const char *full_name)
{
	struct descriptors_search *search = arg;

	search->found = search->found || strcmp(search->name, full_name) == 0;
}

bool descriptors_has_service(const char *full_name)
{
	struct descriptors_search search = {.name = full_name};

	descriptors_each_service(descriptors_compare, &search);
	return search.found;
}
