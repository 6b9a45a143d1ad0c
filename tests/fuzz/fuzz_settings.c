/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as a settings file: settings within their ranges and with absolute paths,
 * or one line that names the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

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

/* A file in memory that holds |data|, the same one each time; its path is written
 * to |path|. */
static void write_file(const uint8_t *data, size_t size, char *path, size_t room)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("settings", MFD_CLOEXEC);
	require(fd >= 0);
	require(ftruncate(fd, 0) == 0);
	require(pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, room, "/proc/self/fd/%d", fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings *settings = NULL;
	char *error = NULL, path[64];

	write_file(data, size, path, sizeof(path));
	if (settings_read(path, NULL, 0, &settings, &error) == 0) {
		require(error == NULL);
		require_sound(settings);
	} else {
		require(settings == NULL && error != NULL);
		require(strncmp(error, path, strlen(path)) == 0);
	}
	settings_free(settings);
	free(error);
	return 0;
}
