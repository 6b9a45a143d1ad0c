/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as a settings file: settings within their ranges and with absolute paths,
 * or one line that names the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/settings.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

#define SETTING_TEXT(name, def, when, doc)	       require(settings->name != NULL);
#define SETTING_PATH(name, def, when, doc)	       require(settings->name[0] == '/');
#define SETTING_NUMBER(name, def, min, max, when, doc) require_within(settings->name, min, max);
#define SETTING_BOOL(name, def, when, doc)

static void require_within(int64_t number, int64_t min, int64_t max)
{
	require(number >= min && number <= max);
}

static void require_sound(const struct settings *settings)
{
#include "stafett/tbl/settings.def"
	require(log_level_from_name(settings->log_level) >= 0);
}

/* The linker puts the first before the second (fopen's name where files may be large):
 * the file is this input, and no system call is made for it, which would cost more
 * than the reading. */
FILE *__wrap_fopen64(const char *path, const char *mode);
FILE *__real_fopen64(const char *path, const char *mode);

static struct bytes file_bytes;
static const char file_path[] = "/etc/stafett/stafettd.conf";

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	if (strcmp(path, file_path) != 0)
		return __real_fopen64(path, mode);
	return fmemopen((void *)(uintptr_t)file_bytes.data, file_bytes.len, "r");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings *settings = NULL;
	char *error = NULL;

	file_bytes = bytes_of(data, size);
	if (settings_read(file_path, NULL, 0, &settings, &error) == 0) {
		require(error == NULL);
		require_sound(settings);
	} else {
		require(settings == NULL && error != NULL);
		require(strncmp(error, file_path, strlen(file_path)) == 0);
	}
	settings_free(settings);
	free(error);
	return 0;
}
