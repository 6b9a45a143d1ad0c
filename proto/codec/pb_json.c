/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See pb_json.h. It walks the message's descriptor and writes as it goes.
 * Recursion is as deep as the message, which pb_check has bounded.
 */
#include "codec/pb_json.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/base64.h"
#include "codec/pb_time.h"
#include "codec/utf8.h"
#include "google/protobuf/duration.pb-c.h"
#include "google/protobuf/timestamp.pb-c.h"

struct pb_json {
	FILE *file;
	int indent, depth;
	int failed; /* 0 or the first negative errno */
};

static void pb_json_message(struct pb_json *json, const ProtobufCMessageDescriptor *type,
	const ProtobufCMessage *message);

static void pb_json_open(struct pb_json *json, char bracket)
{
	fputc(bracket, json->file);
	json->depth++;
}

static void pb_json_line(struct pb_json *json)
{
	if (json->indent > 0)
		fprintf(json->file, "\n%*s", json->indent * json->depth, "");
}

/* Before each item; |n| counts them. */
static void pb_json_item(struct pb_json *json, size_t *n)
{
	if ((*n)++ > 0)
		fputs(json->indent > 0 ? "," : ", ", json->file);
	pb_json_line(json);
}

static void pb_json_close(struct pb_json *json, char bracket, size_t n)
{
	json->depth--;
	if (n > 0)
		pb_json_line(json);
	fputc(bracket, json->file);
}

static void pb_json_char(struct pb_json *json, uint32_t c, struct bytes utf8)
{
	static const char letters[][2] = {{'"', '"'}, {'\\', '\\'}, {'\n', 'n'}, {'\r', 'r'},
		{'\t', 't'}, {'\b', 'b'}, {'\f', 'f'}};

	for (size_t i = 0; i < ARRAY_SIZE(letters); i++) {
		if (c == (uint32_t)letters[i][0]) {
			fprintf(json->file, "\\%c", letters[i][1]);
			return;
		}
	}
	if (utf8_is_active(c))
		fprintf(json->file, "\\u%04" PRIx32, c);
	else
		fwrite(utf8.data, 1, utf8.len, json->file);
}

/* What is not UTF-8 becomes U+FFFD, a byte at a time: the output is always JSON. */
static void pb_json_string(struct pb_json *json, const char *text)
{
	struct bytes rest = bytes_of_string(text);

	fputc('"', json->file);
	while (rest.len > 0) {
		uint32_t c;
		size_t n = utf8_decode(rest, &c);

		if (n > 0)
			pb_json_char(json, c, bytes_of(rest.data, n));
		else
			fputs("\xef\xbf\xbd", json->file);
		n = n > 0 ? n : 1;
		rest = bytes_of(rest.data + n, rest.len - n);
	}
	fputc('"', json->file);
}

static void pb_json_bytes(struct pb_json *json, const ProtobufCBinaryData *data)
{
	char *text = malloc(BASE64_ENCODE_ROOM(data->len));

	if (!text) {
		json->failed = -ENOMEM;
		return;
	}
	base64_encode(bytes_of(data->data, data->len), true, text);
	fprintf(json->file, "\"%s\"", text);
	free(text);
}

/* The name of a field as protoc makes it: an underscore goes, the letter after
 * it becomes a capital. */
static void pb_json_name(struct pb_json *json, const char *name)
{
	bool raise = false;

	fputc('"', json->file);
	for (; *name != '\0'; name++) {
		if (*name != '_')
			fputc(raise ? toupper((unsigned char)*name) : *name, json->file);
		raise = *name == '_';
	}
	fputs("\": ", json->file);
}

/* The fewest digits from six or fifteen on that give |value| back: 17 always do. */
static void pb_json_digits(double value, bool is_float, char *text, size_t size)
{
	bool same = false;
	char *comma;

	for (int digits = is_float ? 6 : 15; !same && digits <= 17; digits++) {
		snprintf(text, size, "%.*g", digits, value);
		same = is_float ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value;
	}
	comma = strchr(text, ',');
	if (comma) /* the locale's */
		*comma = '.';
}

static void pb_json_real(struct pb_json *json, double value, bool is_float)
{
	char text[40];

	if (isnan(value) || isinf(value)) {
		const char *name = isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";

		fprintf(json->file, "\"%s\"", name);
		return;
	}
	pb_json_digits(value, is_float, text, sizeof(text));
	fputs(text, json->file);
	if (!strpbrk(text, ".e"))
		fputs(".0", json->file);
}

static void pb_json_enum(struct pb_json *json, const ProtobufCEnumDescriptor *type, int value)
{
	const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(type, value);

	if (known)
		fprintf(json->file, "\"%s\"", known->name);
	else
		fprintf(json->file, "%d", value);
}

/* The value of |field| at |at|, one element of it where it is repeated. */
static void pb_json_value(
	struct pb_json *json, const ProtobufCFieldDescriptor *field, const void *at)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		fprintf(json->file, "%" PRId32, *(const int32_t *)at);
		return;
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		fprintf(json->file, "%" PRIu32, *(const uint32_t *)at);
		return;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		fprintf(json->file, "\"%" PRId64 "\"", *(const int64_t *)at);
		return;
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		fprintf(json->file, "\"%" PRIu64 "\"", *(const uint64_t *)at);
		return;
	case PROTOBUF_C_TYPE_FLOAT:
		pb_json_real(json, (double)*(const float *)at, true);
		return;
	case PROTOBUF_C_TYPE_DOUBLE:
		pb_json_real(json, *(const double *)at, false);
		return;
	case PROTOBUF_C_TYPE_BOOL:
		fputs(*(const protobuf_c_boolean *)at ? "true" : "false", json->file);
		return;
	case PROTOBUF_C_TYPE_ENUM:
		pb_json_enum(json, field->descriptor, *(const int *)at);
		return;
	case PROTOBUF_C_TYPE_STRING:
		pb_json_string(json, *(char *const *)at);
		return;
	case PROTOBUF_C_TYPE_BYTES:
		pb_json_bytes(json, at);
		return;
	case PROTOBUF_C_TYPE_MESSAGE:
		pb_json_message(json, field->descriptor, *(ProtobufCMessage *const *)at);
		return;
	}
}

static size_t pb_json_value_size(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return sizeof(uint32_t);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return sizeof(uint64_t);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_ENUM:
		return sizeof(int);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		break;
	}
	return sizeof(void *);
}

/* The descriptor does not say that a field is a map. Its entry type does, by the
 * shape and the name that protoc gives it ("LabelsEntry"). */
static bool pb_json_is_map(const ProtobufCFieldDescriptor *field)
{
	static const char suffix[] = "Entry";
	const ProtobufCMessageDescriptor *entry = field->descriptor;
	size_t len;

	if (field->label != PROTOBUF_C_LABEL_REPEATED || field->type != PROTOBUF_C_TYPE_MESSAGE)
		return false;
	len = strlen(entry->short_name);
	if (len < strlen(suffix) || strcmp(entry->short_name + len - strlen(suffix), suffix) != 0)
		return false;
	return entry->n_fields == 2 && strcmp(entry->fields[0].name, "key") == 0 &&
	       strcmp(entry->fields[1].name, "value") == 0;
}

static const void *pb_json_key(const ProtobufCMessage *entry)
{
	return (const char *)entry + entry->descriptor->fields[0].offset;
}

static bool pb_json_same_key(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
	const ProtobufCFieldDescriptor *key = &a->descriptor->fields[0];

	if (key->type == PROTOBUF_C_TYPE_STRING)
		return strcmp(*(char *const *)pb_json_key(a), *(char *const *)pb_json_key(b)) == 0;
	return memcmp(pb_json_key(a), pb_json_key(b), pb_json_value_size(key->type)) == 0;
}

/* Whether an entry behind |entries|[at] has its key: the last one counts. */
static bool pb_json_is_overridden(ProtobufCMessage *const *entries, size_t n, size_t at)
{
	for (size_t i = at + 1; i < n; i++)
		if (pb_json_same_key(entries[at], entries[i]))
			return true;
	return false;
}

static void pb_json_entry(struct pb_json *json, const ProtobufCMessage *entry)
{
	const ProtobufCFieldDescriptor *key = &entry->descriptor->fields[0];
	const ProtobufCFieldDescriptor *value = &entry->descriptor->fields[1];
	bool is_quoted = key->type == PROTOBUF_C_TYPE_STRING ||
			 pb_json_value_size(key->type) == sizeof(uint64_t);
	const char *quote = is_quoted ? "" : "\"";

	fputs(quote, json->file);
	pb_json_value(json, key, pb_json_key(entry));
	fprintf(json->file, "%s: ", quote);
	pb_json_value(json, value, (const char *)entry + value->offset);
}

static void pb_json_map(struct pb_json *json, ProtobufCMessage *const *entries, size_t n_entries)
{
	size_t n = 0;

	pb_json_open(json, '{');
	for (size_t i = 0; i < n_entries; i++) {
		if (pb_json_is_overridden(entries, n_entries, i))
			continue;
		pb_json_item(json, &n);
		pb_json_entry(json, entries[i]);
	}
	pb_json_close(json, '}', n);
}

static void pb_json_list(struct pb_json *json, const ProtobufCFieldDescriptor *field,
	const char *elements, size_t n_elements)
{
	size_t size = pb_json_value_size(field->type), n = 0;

	pb_json_open(json, '[');
	for (size_t i = 0; i < n_elements; i++) {
		pb_json_item(json, &n);
		pb_json_value(json, field, elements + i * size);
	}
	pb_json_close(json, ']', n);
}

static size_t pb_json_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	return *(const size_t *)((const char *)message + field->quantifier_offset);
}

/* Whether the field is there: a oneof by its case, a list when it has elements,
 * all else when it is not the default. */
static bool pb_json_is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	static const uint64_t zero;
	const char *base = (const char *)message, *at = base + field->offset;

	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return *(const uint32_t *)(base + field->quantifier_offset) == field->id;
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return pb_json_count(message, field) > 0;
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		const char *text = *(char *const *)at;

		return text && *text != '\0';
	}
	if (field->type == PROTOBUF_C_TYPE_BYTES)
		return ((const ProtobufCBinaryData *)at)->len > 0;
	return memcmp(at, &zero, pb_json_value_size(field->type)) != 0;
}

static void pb_json_field(struct pb_json *json, const ProtobufCMessage *message,
	const ProtobufCFieldDescriptor *field)
{
	const char *at = (const char *)message + field->offset;

	pb_json_name(json, field->name);
	if (pb_json_is_map(field))
		pb_json_map(
			json, *(ProtobufCMessage *const *const *)at, pb_json_count(message, field));
	else if (field->label == PROTOBUF_C_LABEL_REPEATED)
		pb_json_list(json, field, *(const char *const *)at, pb_json_count(message, field));
	else
		pb_json_value(json, field, at);
}

static void pb_json_fields(struct pb_json *json, const ProtobufCMessage *message)
{
	size_t n = 0;

	pb_json_open(json, '{');
	for (unsigned i = 0; message && i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];

		if (!pb_json_is_set(message, field))
			continue;
		pb_json_item(json, &n);
		pb_json_field(json, message, field);
	}
	pb_json_close(json, '}', n);
}

static void pb_json_timestamp(struct pb_json *json, const ProtobufCMessage *message)
{
	Google__Protobuf__Timestamp zero = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
	const Google__Protobuf__Timestamp *time =
		message ? (const Google__Protobuf__Timestamp *)message : &zero;
	char text[PB_TIME_CHARS];

	if (pb_time_print_timestamp(time->seconds, time->nanos, text) < 0)
		json->failed = -ERANGE;
	else
		fprintf(json->file, "\"%s\"", text);
}

static void pb_json_duration(struct pb_json *json, const ProtobufCMessage *message)
{
	Google__Protobuf__Duration zero = GOOGLE__PROTOBUF__DURATION__INIT;
	const Google__Protobuf__Duration *duration =
		message ? (const Google__Protobuf__Duration *)message : &zero;
	char text[PB_TIME_CHARS];

	if (pb_time_print_duration(duration->seconds, duration->nanos, text) < 0)
		json->failed = -ERANGE;
	else
		fprintf(json->file, "\"%s\"", text);
}

/* |message| is NULL for a map's entry without value: the default of its type. */
static void pb_json_message(struct pb_json *json, const ProtobufCMessageDescriptor *type,
	const ProtobufCMessage *message)
{
	if (type == &google__protobuf__timestamp__descriptor)
		pb_json_timestamp(json, message);
	else if (type == &google__protobuf__duration__descriptor)
		pb_json_duration(json, message);
	else
		pb_json_fields(json, message);
}

int pb_json_print(const ProtobufCMessage *message, int indent, char **ret_text)
{
	struct pb_json json = {.indent = indent};
	char *text = NULL;
	size_t len;

	json.file = open_memstream(&text, &len);
	if (!json.file)
		return -ENOMEM;
	pb_json_message(&json, message->descriptor, message);
	if (fclose(json.file) != 0 && json.failed == 0)
		json.failed = -ENOMEM;
	if (json.failed < 0) {
		free(text);
		return json.failed;
	}
	*ret_text = text;
	return 0;
}
