/* SPDX-License-Identifier: Apache-2.0 */
/* See grpc_meta.h. */
#include "codec/grpc_meta.h"

#include <errno.h>
#include <stdio.h>

enum { TIMEOUT_DIGITS = 8, TIMEOUT_MOST = 99999999 };

static const char *const status_names[] = {
#define GRPC_STATUS(name, code) [code] = #name,
#include "codec/grpc_status.def"
#undef GRPC_STATUS
};

/* The units of grpc-timeout, finest first. */
static const struct {
	uint8_t letter;
	int64_t ns;
} timeout_units[] = {
	{'n', 1},
	{'u', 1000},
	{'m', 1000000},
	{'S', 1000000000},
	{'M', 60 * INT64_C(1000000000)},
	{'H', 3600 * INT64_C(1000000000)},
};

const char *grpc_status_name(int code)
{
	if (code < 0 || (size_t)code >= ARRAY_SIZE(status_names))
		code = GRPC_UNKNOWN;
	return status_names[code];
}

/* Reads one to eight digits and nothing else. */
static int meta_digits(struct bytes text, int32_t *ret_value)
{
	int32_t value = 0;

	if (text.len < 1 || text.len > TIMEOUT_DIGITS)
		return -EINVAL;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -EINVAL;
		value = value * 10 + (text.data[i] - '0');
	}
	*ret_value = value;
	return 0;
}

int grpc_status_parse(struct bytes text, int *ret_code)
{
	int32_t code;
	int r = meta_digits(text, &code);

	if (r < 0)
		return r;
	if (text.len > 1 && text.data[0] == '0')
		return -EINVAL;
	if ((size_t)code >= ARRAY_SIZE(status_names))
		return -EINVAL;
	*ret_code = code;
	return 0;
}

int grpc_timeout_parse(struct bytes text, int64_t *ret_ns)
{
	int32_t value;
	int r;

	if (text.len < 2)
		return -EINVAL;
	r = meta_digits(bytes_of(text.data, text.len - 1), &value);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(timeout_units); i++) {
		if (text.data[text.len - 1] != timeout_units[i].letter)
			continue;
		if (__builtin_mul_overflow(timeout_units[i].ns, (int64_t)value, ret_ns))
			*ret_ns = INT64_MAX;
		return 0;
	}
	return -EINVAL;
}

void grpc_timeout_format(int64_t ns, char ret_text[GRPC_TIMEOUT_CHARS])
{
	int64_t left = ns > 0 ? ns : 0;

	/* INT64_MAX nanoseconds are 2.6 million hours: the last unit has room. */
	for (size_t i = 0; i < ARRAY_SIZE(timeout_units); i++) {
		int64_t unit = timeout_units[i].ns;
		int64_t value = left / unit + (left % unit != 0);

		if (value > TIMEOUT_MOST)
			continue;
		snprintf(ret_text, GRPC_TIMEOUT_CHARS, "%d%c", (int)value, timeout_units[i].letter);
		return;
	}
}

size_t grpc_message_encode(struct bytes text, char *out)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (c >= 0x20 && c <= 0x7e && c != '%') {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '%';
		out[n++] = hex[c >> 4];
		out[n++] = hex[c & 15];
	}
	out[n] = '\0';
	return n;
}

static int meta_hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte of the escape at |i|, or -1 where there is no whole escape. */
static int meta_escape_at(struct bytes text, size_t i)
{
	int high, low;

	if (text.data[i] != '%' || text.len - i < 3)
		return -1;
	high = meta_hex_value(text.data[i + 1]);
	low = meta_hex_value(text.data[i + 2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

size_t grpc_message_decode(struct bytes encoded, char *out)
{
	size_t n = 0, i = 0;

	while (i < encoded.len) {
		int c = meta_escape_at(encoded, i);

		out[n++] = (char)(c < 0 ? encoded.data[i] : c);
		i += c < 0 ? 1 : 3;
	}
	out[n] = '\0';
	return n;
}

/* Cuts |prefix| from the front of |value|, if it is there. */
static bool meta_cut_prefix(struct bytes *value, const char *prefix)
{
	size_t len = strlen(prefix);

	if (value->len < len || memcmp(value->data, prefix, len) != 0)
		return false;
	*value = bytes_of(value->data + len, value->len - len);
	return true;
}

bool grpc_content_type_is_ours(struct bytes value)
{
	if (!meta_cut_prefix(&value, "application/grpc"))
		return false;
	meta_cut_prefix(&value, "+proto");
	return value.len == 0 || value.data[0] == ';';
}
