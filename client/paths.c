/* SPDX-License-Identifier: Apache-2.0 */
/* The user's folders, and files that are whole or not there: see the header. */
#include "client/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/memory.h"

enum { PATHS_CHUNK_BYTES = 65536 };

/* A base folder: |variable|, if it is an absolute path, or |otherwise| at home. */
static char *paths_base(struct arena *arena, const char *variable, const char *otherwise)
{
	const char *value = getenv(variable);
	const char *home = getenv("HOME");

	if (value && *value == '/')
		return memory_printf(arena, "%s/stafett", value);
	return memory_printf(arena, "%s/%s/stafett", home ? home : "", otherwise);
}

char *paths_profiles(struct arena *arena)
{
	return memory_printf(arena, "%s/profiles", paths_base(arena, "XDG_CONFIG_HOME", ".config"));
}

char *paths_state(struct arena *arena, const char *name)
{
	return memory_printf(
		arena, "%s/%s", paths_base(arena, "XDG_STATE_HOME", ".local/state"), name);
}

int paths_make(const char *path)
{
	char *copy = strdup(path);
	int r = 0;

	if (!copy)
		return -ENOMEM;
	for (char *slash = strchr(copy + 1, '/'); slash && !r; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			r = -errno;
		*slash = '/';
	}
	if (!r && mkdir(copy, 0700) < 0 && errno != EEXIST)
		r = -errno;
	free(copy);
	return r;
}

static int paths_write_all(int fd, struct bytes data)
{
	while (data.len) {
		ssize_t n = write(fd, data.data, data.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data = bytes_of(data.data + n, data.len - (size_t)n);
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* Makes a rename in |folder| survive a loss of power. */
static int paths_sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return r;
}

int paths_write_locked(struct arena *arena, const char *path, struct bytes data, int *ret_fd)
{
	const char *folder = dirname(memory_string(arena, path));
	char *temporary = memory_printf(arena, "%s.XXXXXX", path);
	int r = paths_make(folder);
	int fd;

	if (r)
		return r;
	fd = mkostemp(temporary, O_CLOEXEC); /* 0600 */
	if (fd < 0)
		return -errno;
	r = flock(fd, LOCK_EX) < 0 ? -errno : paths_write_all(fd, data);
	if (!r && rename(temporary, path) < 0)
		r = -errno;
	if (r)
		unlink(temporary);
	else
		r = paths_sync_folder(folder);
	if (r)
		close(fd);
	else
		*ret_fd = fd;
	return r;
}

int paths_write(struct arena *arena, const char *path, struct bytes data)
{
	int fd = -1;
	int r = paths_write_locked(arena, path, data, &fd);

	if (!r)
		close(fd);
	return r;
}

/* Gives a file its name, which no other may have. */
static int paths_rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL)
		return -errno;
	/* A file system that cannot do it in one step. */
	if (link(from, to) < 0)
		return -errno;
	unlink(from);
	return 0;
}

int paths_write_new(struct arena *arena, const char *path, struct bytes data)
{
	char *temporary = memory_printf(arena, "%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC); /* 0600 */
	int r;

	if (fd < 0)
		return -errno;
	r = paths_write_all(fd, data);
	close(fd);
	if (!r)
		r = paths_rename_new(temporary, path);
	if (r)
		unlink(temporary);
	return r;
}

int paths_read_fd(struct arena *arena, int fd, size_t cap, struct bytes *ret_data)
{
	uint8_t *data = memory_alloc(arena, PATHS_CHUNK_BYTES);
	size_t room = PATHS_CHUNK_BYTES;
	size_t len = 0;

	for (;;) {
		ssize_t n;

		if (len == room) {
			data = memcpy(memory_alloc(arena, room * 2), data, len);
			room *= 2;
		}
		n = read(fd, data + len, room - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > cap)
			return -EFBIG;
	}
	*ret_data = bytes_of(data, len);
	return 0;
}

int paths_read(struct arena *arena, const char *path, size_t cap, struct bytes *ret_data)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = paths_read_fd(arena, fd, cap, ret_data);
	close(fd);
	return r;
}

int paths_map(int fd, size_t len, struct bytes *ret_data)
{
	struct stat status;
	void *data;

	if (fstat(fd, &status) < 0)
		return -errno;
	if ((size_t)status.st_size != len)
		return -EBADMSG;
	data = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED)
		return -errno;
	*ret_data = bytes_of(data, len);
	return 0;
}

void paths_unmap(struct bytes data)
{
	if (data.len)
		(void)munmap((void *)(uintptr_t)data.data, data.len);
}
