/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See settings.h. The file is read strictly: a setting begins at the start of
 * its line, once, outside any section, in less than 200 characters. What inih
 * would take for a continuation, a section or two lines, is refused here with
 * its line number, because a setting that is quietly not what was written is
 * worse than a daemon that does not start.
 */
#include "base/settings.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <ini.h>

#include "base/log.h"
#include "base/suggest.h"

enum setting_kind { SETTING_IS_TEXT, SETTING_IS_PATH, SETTING_IS_NUMBER, SETTING_IS_BOOL };

enum { SETTING_COUNTS_AT_RELOAD = false, SETTING_COUNTS_AT_START = true };

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset;		  /* of the member of struct settings */
	bool at_start;		  /* a change of it counts at the start only */
	const char *default_text; /* all but numbers */
	int64_t default_number, min, max;
};

#define SETTING_TEXT(n, def, when, doc)                 \
	{.name = #n,                                    \
		.kind = SETTING_IS_TEXT,                \
		.offset = offsetof(struct settings, n), \
		.at_start = SETTING_COUNTS_##when,      \
		.default_text = (def)},
#define SETTING_PATH(n, def, when, doc)                 \
	{.name = #n,                                    \
		.kind = SETTING_IS_PATH,                \
		.offset = offsetof(struct settings, n), \
		.at_start = SETTING_COUNTS_##when,      \
		.default_text = (def)},
#define SETTING_NUMBER(n, def, lo, hi, when, doc)       \
	{.name = #n,                                    \
		.kind = SETTING_IS_NUMBER,              \
		.offset = offsetof(struct settings, n), \
		.at_start = SETTING_COUNTS_##when,      \
		.default_number = (def),                \
		.min = (lo),                            \
		.max = (hi)},
#define SETTING_BOOL(n, def, when, doc)                 \
	{.name = #n,                                    \
		.kind = SETTING_IS_BOOL,                \
		.offset = offsetof(struct settings, n), \
		.at_start = SETTING_COUNTS_##when,      \
		.default_text = (def)},
static const struct setting settings_table[] = {
#include "stafett/tbl/settings.def"
};
#undef SETTING_TEXT
#undef SETTING_PATH
#undef SETTING_NUMBER
#undef SETTING_BOOL

enum { N_SETTINGS = ARRAY_SIZE(settings_table) };

/* One reading: where we are, what was met, and the first thing that is wrong. */
struct settings_reader {
	struct settings *settings;
	const char *file; /* NULL while the command line is read */
	int line;
	char *folder; /* absolute; what paths are relative to */
	bool seen[N_SETTINGS];
	FILE *stream;
	char *buffer; /* getline's */
	size_t buffer_size;
	int failed;	 /* 0 or the negative errno of the first failure */
	int failed_line; /* of the file */
	char *error;	 /* its text */
};

static const char **settings_text_at(struct settings *settings, const struct setting *setting)
{
	return (const char **)((char *)settings + setting->offset);
}

/* Records a failure with the place in front; only the first counts. */
static int PRINTF_LIKE(3, 4)
	settings_fail(struct settings_reader *reader, int failure, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int r;

	if (reader->failed != 0)
		return reader->failed;
	reader->failed = failure;
	reader->failed_line = reader->line;
	va_start(args, format);
	r = vasprintf(&text, format, args);
	va_end(args);
	if (r < 0)
		return failure;
	if (!reader->file)
		r = asprintf(&reader->error, "command line: %s", text);
	else if (reader->line == 0)
		r = asprintf(&reader->error, "%s: %s", reader->file, text);
	else
		r = asprintf(&reader->error, "%s:%d: %s", reader->file, reader->line, text);
	if (r < 0)
		reader->error = NULL;
	free(text);
	return failure;
}

/* Gives the setting a copy of |value|, or of |folder|/|value|. */
static int settings_store_text(struct settings_reader *reader, const struct setting *setting,
	const char *folder, const char *value)
{
	const char **at = settings_text_at(reader->settings, setting);
	char *copy;
	int r = folder ? asprintf(&copy, "%s/%s", folder, value) : asprintf(&copy, "%s", value);

	if (r < 0)
		return settings_fail(reader, -ENOMEM, "out of memory");
	free((char *)*at);
	*at = copy;
	return 0;
}

static int settings_set_text(
	struct settings_reader *reader, const struct setting *setting, const char *value)
{
	if (setting->offset == offsetof(struct settings, log_level) &&
		log_level_from_name(value) < 0)
		return settings_fail(reader, -EINVAL,
			"setting 'log_level': '%s' is none of debug, info, warn, error", value);
	return settings_store_text(reader, setting, NULL, value);
}

static int settings_set_path(
	struct settings_reader *reader, const struct setting *setting, const char *value)
{
	if (*value == '\0')
		return settings_fail(
			reader, -EINVAL, "setting '%s': a path is needed", setting->name);
	return settings_store_text(reader, setting, *value == '/' ? NULL : reader->folder, value);
}

static int settings_set_number(
	struct settings_reader *reader, const struct setting *setting, const char *value)
{
	const char *digits = *value == '-' ? value + 1 : value;
	char *end;
	long long number;

	errno = 0;
	number = strtoll(value, &end, 10);
	if (!isdigit((unsigned char)*digits) || *end != '\0')
		return settings_fail(reader, -EINVAL, "setting '%s': '%s' is not a whole number",
			setting->name, value);
	if (errno == ERANGE || number < setting->min || number > setting->max)
		return settings_fail(reader, -EINVAL,
			"setting '%s': %s is not within %" PRId64 " and %" PRId64, setting->name,
			value, setting->min, setting->max);
	*(int64_t *)((char *)reader->settings + setting->offset) = number;
	return 0;
}

/* 1 or 0, or -1 for a word that means neither. */
static int settings_bool_from_word(const char *word)
{
	static const char *const words[][2] = {
		{"no", "yes"}, {"false", "true"}, {"off", "on"}, {"0", "1"}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		for (int value = 0; value <= 1; value++)
			if (strcmp(word, words[i][value]) == 0)
				return value;
	return -1;
}

static int settings_set_bool(
	struct settings_reader *reader, const struct setting *setting, const char *value)
{
	int on = settings_bool_from_word(value);

	if (on < 0)
		return settings_fail(reader, -EINVAL, "setting '%s': '%s' is neither yes nor no",
			setting->name, value);
	*(bool *)((char *)reader->settings + setting->offset) = on;
	return 0;
}

static int settings_set(
	struct settings_reader *reader, const struct setting *setting, const char *value)
{
	switch (setting->kind) {
	case SETTING_IS_TEXT:
		return settings_set_text(reader, setting, value);
	case SETTING_IS_PATH:
		return settings_set_path(reader, setting, value);
	case SETTING_IS_NUMBER:
		return settings_set_number(reader, setting, value);
	case SETTING_IS_BOOL:
		return settings_set_bool(reader, setting, value);
	}
	return -EINVAL;
}

static const struct setting *settings_find(const char *name)
{
	for (size_t i = 0; i < N_SETTINGS; i++)
		if (strcmp(settings_table[i].name, name) == 0)
			return &settings_table[i];
	return NULL;
}

static int settings_fail_unknown(struct settings_reader *reader, const char *name)
{
	struct suggest suggest;

	suggest_begin(&suggest, name);
	for (size_t i = 0; i < N_SETTINGS; i++)
		suggest_offer(&suggest, settings_table[i].name);
	if (!suggest.best)
		return settings_fail(reader, -EINVAL, "unknown setting '%s'", name);
	return settings_fail(
		reader, -EINVAL, "unknown setting '%s'; did you mean '%s'?", name, suggest.best);
}

static int settings_set_by_name(struct settings_reader *reader, const char *name, const char *value)
{
	const struct setting *setting = settings_find(name);

	if (!setting)
		return settings_fail_unknown(reader, name);
	if (reader->file && reader->seen[setting - settings_table])
		return settings_fail(reader, -EINVAL, "setting '%s' stands here twice", name);
	reader->seen[setting - settings_table] = true;
	return settings_set(reader, setting, value);
}

/* Called by inih for each "name = value"; 0 makes it remember the line. */
static int settings_on_entry(void *arg, const char *section, const char *name, const char *value)
{
	struct settings_reader *reader = arg;

	if (reader->failed != 0)
		return 0;
	if (*section != '\0')
		settings_fail(
			reader, -EINVAL, "settings stand in no section, not in '[%s]'", section);
	else
		settings_set_by_name(reader, name, value);
	return reader->failed == 0;
}

/* What inih would misread, judged before it sees the line. */
static void settings_check_line(struct settings_reader *reader, size_t len, int room)
{
	if (strlen(reader->buffer) != len)
		settings_fail(reader, -EINVAL, "the line holds a NUL");
	else if (len >= (size_t)room)
		settings_fail(reader, -EINVAL, "the line is longer than %d characters", room - 2);
	else if (isspace((unsigned char)*reader->buffer) &&
		 strspn(reader->buffer, " \t\r\n\v\f") != len)
		settings_fail(reader, -EINVAL, "the line begins with a space");
}

/* Gives inih the next line; as fgets does, NULL at the end. */
static char *settings_on_line(char *to, int room, void *arg)
{
	struct settings_reader *reader = arg;
	ssize_t len;

	if (reader->failed != 0)
		return NULL;
	len = getline(&reader->buffer, &reader->buffer_size, reader->stream);
	if (len < 0) {
		if (!feof(reader->stream))
			settings_fail(reader, -errno, "%m");
		return NULL;
	}
	reader->line++;
	settings_check_line(reader, (size_t)len, room);
	if (reader->failed != 0)
		return NULL;
	memcpy(to, reader->buffer, (size_t)len + 1);
	return to;
}

static int settings_read_stream(struct settings_reader *reader)
{
	int line = ini_parse_stream(settings_on_line, reader, settings_on_entry, reader);

	if (line < 0)
		return settings_fail(reader, -ENOMEM, "out of memory");
	/* A line that is no entry at all: inih goes on after it, we do not. */
	if (line > 0 && (reader->failed == 0 || line < reader->failed_line)) {
		free(reader->error);
		reader->error = NULL;
		reader->failed = 0;
		reader->line = line;
		return settings_fail(reader, -EINVAL, "this is not of the form 'name = value'");
	}
	return reader->failed;
}

static int settings_read_file(struct settings_reader *reader)
{
	int r;

	reader->stream = fopen(reader->file, "re");
	if (!reader->stream) {
		r = -errno;
		return settings_fail(reader, r, "%m");
	}
	r = settings_read_stream(reader);
	fclose(reader->stream);
	free(reader->buffer);
	return r;
}

/* Makes |folder| that of |file|, or the working folder for NULL; absolute. */
static int settings_enter_folder(struct settings_reader *reader, const char *file)
{
	const char *slash = file ? strrchr(file, '/') : NULL;
	int len = slash ? (int)(slash - file) : 0;
	char *cwd = NULL, *folder;
	int r;

	if (!file || *file != '/') {
		cwd = getcwd(NULL, 0);
		if (!cwd)
			return settings_fail(reader, -errno, "the working folder: %m");
	}
	r = asprintf(&folder, "%s%s%.*s", cwd ? cwd : "", cwd && len > 0 ? "/" : "", len,
		file ? file : "");
	free(cwd);
	if (r < 0)
		return settings_fail(reader, -ENOMEM, "out of memory");
	free(reader->folder);
	reader->folder = folder;
	return 0;
}

/* Gives every setting that was not set its default, which is as good as one
 * that stands in the file. */
static int settings_set_defaults(struct settings_reader *reader)
{
	for (size_t i = 0; i < N_SETTINGS && reader->failed == 0; i++) {
		const struct setting *setting = &settings_table[i];

		if (setting->kind == SETTING_IS_NUMBER)
			*(int64_t *)((char *)reader->settings + setting->offset) =
				setting->default_number;
		else
			settings_set(reader, setting, setting->default_text);
	}
	return reader->failed;
}

static int settings_override(struct settings_reader *reader, const char *override)
{
	const char *equals = strchr(override, '=');
	char *name;

	if (!equals)
		return settings_fail(
			reader, -EINVAL, "'%s' is not of the form name=value", override);
	name = strndup(override, (size_t)(equals - override));
	if (!name)
		return settings_fail(reader, -ENOMEM, "out of memory");
	settings_set_by_name(reader, name, equals + 1);
	free(name);
	return reader->failed;
}

static int settings_read_all(
	struct settings_reader *reader, const char *const *overrides, int n_overrides)
{
	int r = settings_enter_folder(reader, reader->file);

	if (r == 0)
		r = settings_set_defaults(reader);
	if (r == 0 && reader->file)
		r = settings_read_file(reader);
	reader->file = NULL;
	if (r == 0 && n_overrides > 0)
		r = settings_enter_folder(reader, NULL);
	for (int i = 0; i < n_overrides && r == 0; i++)
		r = settings_override(reader, overrides[i]);
	return r;
}

int settings_read(const char *file, const char *const *overrides, int n_overrides,
	struct settings **ret_settings, char **ret_error)
{
	struct settings_reader reader = {
		.file = file, .settings = calloc(1, sizeof(struct settings))};
	int r = -ENOMEM;

	if (reader.settings)
		r = settings_read_all(&reader, overrides, n_overrides);
	free(reader.folder);
	if (r < 0) {
		settings_free(reader.settings);
		*ret_error = reader.error;
		return r;
	}
	*ret_settings = reader.settings;
	return 0;
}

static bool settings_differ(
	const struct settings *a, const struct settings *b, const struct setting *setting)
{
	const char *at_a = (const char *)a + setting->offset;
	const char *at_b = (const char *)b + setting->offset;

	switch (setting->kind) {
	case SETTING_IS_NUMBER:
		return *(const int64_t *)at_a != *(const int64_t *)at_b;
	case SETTING_IS_BOOL:
		return *(const bool *)at_a != *(const bool *)at_b;
	case SETTING_IS_TEXT:
	case SETTING_IS_PATH:
		break;
	}
	return strcmp(*(const char *const *)at_a, *(const char *const *)at_b) != 0;
}

const char *settings_need_restart(const struct settings *now, const struct settings *then)
{
	for (size_t i = 0; i < N_SETTINGS; i++)
		if (settings_table[i].at_start && settings_differ(now, then, &settings_table[i]))
			return settings_table[i].name;
	/* One database may follow another, but neither way to a private one. */
	return !now->database[0] != !then->database[0] ? "database" : NULL;
}

struct settings *settings_free(struct settings *settings)
{
	if (!settings)
		return NULL;
	for (size_t i = 0; i < N_SETTINGS; i++) {
		const struct setting *setting = &settings_table[i];

		if (setting->kind == SETTING_IS_TEXT || setting->kind == SETTING_IS_PATH)
			free((char *)*settings_text_at(settings, setting));
	}
	free(settings);
	return NULL;
}
