/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See log.h. A line is put together in a buffer of one pipe's atomic write and
 * leaves in one write(2), so that lines of several processes never mix. What
 * does not fit is cut, and the line says so.
 */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "codec/utf8.h"
#include "stafett/base.h"

static const char log_cut_mark[] = " cut=yes\n";

enum {
	LOG_PREFIX_CHARS = 3, /* journald's "<6>" */
	LINE_BYTES = PIPE_BUF - LOG_PREFIX_CHARS,
	/* The rest is kept for what must follow a field that is cut: a quote and
	 * the mark. */
	LINE_FULL = LINE_BYTES - sizeof(log_cut_mark),
};

enum { LOG_KINDS = 16 }; /* of warnings, whose rates are known */

/* What syslog calls them. */
static const char log_journal_prefixes[][LOG_PREFIX_CHARS + 1] = {
	[LOG_LEVEL_DEBUG] = "<7>",
	[LOG_LEVEL_INFO] = "<6>",
	[LOG_LEVEL_WARN] = "<4>",
	[LOG_LEVEL_ERROR] = "<3>",
};

static const char *const log_level_names[] = {
	[LOG_LEVEL_DEBUG] = "debug",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_ERROR] = "error",
};

/* How often a warning has come of late. */
struct log_kind {
	const char *msg; /* a constant of the program: its address tells it apart */
	time_t second;
	int written;	   /* in that second */
	int64_t kept_back; /* since a line of it was written last */
};

/* The sink: set at start, before there is anything to log. */
static struct {
	enum log_level level;
	enum log_style style;
	struct log_kind kinds[LOG_KINDS];
} log_sink = {.level = LOG_LEVEL_INFO};

struct log_line {
	char text[LINE_BYTES];
	size_t len;
	bool cut; /* something did not fit: nothing more is added */
};

void log_init(enum log_level level, enum log_style style)
{
	log_sink.level = level;
	log_sink.style = style;
}

void log_set_level(enum log_level level)
{
	log_sink.level = level;
}

int log_level_from_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(log_level_names); i++)
		if (strcmp(name, log_level_names[i]) == 0)
			return (int)i;
	return -1;
}

bool log_would(enum log_level level)
{
	return level >= log_sink.level;
}

/* Adds all of |piece| or, where the line has no room for it, nothing. */
static void log_add(struct log_line *line, struct bytes piece)
{
	if (piece.len == 0)
		return;
	if (line->cut || line->len + piece.len > LINE_FULL) {
		line->cut = true;
		return;
	}
	memcpy(line->text + line->len, piece.data, piece.len);
	line->len += piece.len;
}

static void log_add_string(struct log_line *line, const char *s)
{
	log_add(line, bytes_of_string(s));
}

/* Adds |n| bytes that cannot stand in a line as \xNN each. */
static void log_add_hex(struct log_line *line, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char escape[5];

		snprintf(escape, sizeof(escape), "\\x%02x", (uint8_t)bytes[i]);
		log_add_string(line, escape);
	}
}

/* Adds the character at |text| between quotes; returns how many bytes it had. */
static size_t log_add_quoted_char(struct log_line *line, const char *text)
{
	uint32_t c = 0;
	size_t n = utf8_decode(bytes_of(text, strnlen(text, 4)), &c);

	if (c == '"' || c == '\\')
		log_add(line, bytes_of((const char[]){'\\', (char)c}, 2));
	else if (c == '\n')
		log_add_string(line, "\\n");
	else if (n == 0 || utf8_is_active(c))
		log_add_hex(line, text, n > 0 ? n : 1);
	else
		log_add(line, bytes_of(text, n));
	return n > 0 ? n : 1;
}

/* Whether |text| can stand in logfmt as it is. */
static bool log_is_bare(const char *text)
{
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || *text == '"' || *text == '\\' || *text == '=')
			return false;
	return true;
}

static void log_add_text(struct log_line *line, const char *text)
{
	if (log_is_bare(text)) {
		log_add_string(line, text);
		return;
	}
	log_add_string(line, "\"");
	if (line->cut)
		return;
	while (*text != '\0' && !line->cut)
		text += log_add_quoted_char(line, text);
	/* Beyond LINE_FULL there is room for it. */
	line->text[line->len++] = '"';
}

static void log_add_key(struct log_line *line, const char *key)
{
	if (line->len > 0)
		log_add_string(line, " ");
	log_add_string(line, key);
	log_add_string(line, "=");
}

static void log_add_number(struct log_line *line, int64_t number)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRId64, number);
	log_add_string(line, digits);
}

/* time=2026-11-02T09:30:00.125Z */
static void log_add_time(struct log_line *line)
{
	char second[32], text[48];
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(second, sizeof(second), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%03ldZ", second, now.tv_nsec / 1000000);
	log_add_key(line, "time");
	log_add_string(line, text);
}

static void log_add_field(struct log_line *line, const struct log_field *field)
{
	log_add_key(line, field->key);
	if (field->text)
		log_add_text(line, field->text);
	else
		log_add_number(line, field->number);
}

static void log_end(struct log_line *line)
{
	const char *end = line->cut ? log_cut_mark : "\n";

	memcpy(line->text + line->len, end, strlen(end));
	line->len += strlen(end);
}

static time_t log_second(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec;
}

/* The entry of |msg|: its own, or that of the kind that has been quiet longest. */
static struct log_kind *log_kind_of(const char *msg)
{
	struct log_kind *oldest = log_sink.kinds;

	for (int i = 0; i < LOG_KINDS; i++) {
		struct log_kind *kind = &log_sink.kinds[i];

		if (kind->msg == msg)
			return kind;
		if (kind->second < oldest->second)
			oldest = kind;
	}
	*oldest = (struct log_kind){.msg = msg};
	return oldest;
}

/* Whether one more line of |kind| may be written now. */
static bool log_admit(struct log_kind *kind)
{
	time_t second = log_second();

	if (kind->second != second) {
		kind->second = second;
		kind->written = 0;
	}
	if (kind->written < LOG_BURST) {
		kind->written++;
		return true;
	}
	kind->kept_back++;
	return false;
}

/* What stands at the beginning of every line. */
static void log_begin(struct log_line *line, enum log_level level, const char *msg)
{
	line->len = 0;
	line->cut = false;
	if (log_sink.style == LOG_STYLE_PLAIN)
		log_add_time(line);
	log_add_field(line, &(struct log_field){.key = "level", .text = log_level_names[level]});
	log_add_field(line, &(struct log_field){.key = "pid", .number = getpid()});
	log_add_field(line, &(struct log_field){.key = "msg", .text = msg});
}

static void log_leave(struct log_line *line, enum log_level level)
{
	struct iovec pieces[] = {
		{(void *)(uintptr_t)log_journal_prefixes[level], LOG_PREFIX_CHARS},
		{line->text, 0},
	};
	int first = log_sink.style == LOG_STYLE_JOURNAL ? 0 : 1;
	ssize_t r;

	log_end(line);
	pieces[1].iov_len = line->len;
	/* Nobody is left to tell when this fails. */
	r = writev(STDERR_FILENO, pieces + first, 2 - first);
	(void)r;
}

void log_write(enum log_level level, const char *msg, const struct log_field *fields, int n)
{
	struct log_kind *kind = level == LOG_LEVEL_WARN ? log_kind_of(msg) : NULL;
	int saved_errno = errno;
	struct log_line line;

	if (!log_would(level) || (kind && !log_admit(kind)))
		return;
	log_begin(&line, level, msg);
	for (int i = 0; i < n; i++)
		log_add_field(&line, &fields[i]);
	if (kind && kind->kept_back > 0)
		log_add_field(&line, &LOG_I("suppressed", kind->kept_back));
	if (kind)
		kind->kept_back = 0;
	log_leave(&line, level);
	errno = saved_errno;
}

void log_tell_suppressed(void)
{
	time_t second = log_second();

	for (int i = 0; i < LOG_KINDS; i++) {
		struct log_kind *kind = &log_sink.kinds[i];
		struct log_line line;

		if (kind->kept_back == 0 || kind->second == second)
			continue;
		log_begin(&line, LOG_LEVEL_WARN, kind->msg);
		log_add_field(&line, &LOG_I("suppressed", kind->kept_back));
		kind->kept_back = 0;
		log_leave(&line, LOG_LEVEL_WARN);
	}
}
