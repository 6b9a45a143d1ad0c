/* SPDX-License-Identifier: Apache-2.0 */
/* Kept writes as files: see the header. */
#include "client/outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/memory.h"
#include "client/paths.h"
#include "domain/digest.h"
#include "stafett/caps.h"

enum {
	OUTBOX_HEAD_BYTES = 8192, /* more than the lines before the bytes ever take */
	OUTBOX_LEFTOVER_S = 3600,
};

static const char outbox_format[] = "stafett outbox 1\n"
				    "profile %s\nunit %s\npath %s\nsha256 %s\nbytes %zu\n\n";
static const char outbox_suffix[] = ".write";

static void outbox_hex(struct bytes data, char out[2 * DIGEST_LEN + 1])
{
	uint8_t digest[DIGEST_LEN];

	digest_sha256(&data, 1, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

int outbox_keep(struct arena *arena, struct outbox_entry *entry)
{
	char hex[2 * DIGEST_LEN + 1];
	char id[UUID_TEXT_LEN + 1];
	const char *file;
	uint8_t *data;
	char *head;
	size_t len;
	int r;

	outbox_hex(entry->request, hex);
	uuid_format(&entry->id, id);
	file = memory_printf(arena, "%s/%s%s", paths_state(arena, "outbox"), id, outbox_suffix);
	head = memory_printf(arena, outbox_format, entry->profile, entry->unit, entry->path, hex,
		entry->request.len);
	len = strlen(head);
	data = memory_alloc(arena, len + entry->request.len);
	memcpy(data, head, len);
	memcpy(data + len, entry->request.data, entry->request.len);
	r = paths_write_locked(arena, file, bytes_of(data, len + entry->request.len), &entry->lock);
	if (!r)
		entry->file = file;
	return r;
}

void outbox_leave(struct outbox_entry *entry)
{
	if (entry->lock >= 0)
		close(entry->lock);
	entry->lock = -1;
}

/* The bytes hold what is said about a person: they are overwritten as well as the
 * disk lets us. The name goes first, so that no crash leaves a damaged write. */
void outbox_forget(struct outbox_entry *entry)
{
	static const uint8_t zeros[4096];
	struct stat status;

	unlink(entry->file);
	if (entry->lock >= 0 && fstat(entry->lock, &status) == 0) {
		for (off_t at = 0; at < status.st_size; at += (off_t)sizeof(zeros)) {
			if (pwrite(entry->lock, zeros, sizeof(zeros), at) < 0)
				break;
		}
		(void)fsync(entry->lock);
	}
	outbox_leave(entry);
}

static int outbox_is_write(const struct dirent *entry)
{
	struct uuid id;
	size_t len = strlen(entry->d_name);

	return len == UUID_TEXT_LEN + sizeof(outbox_suffix) - 1 &&
	       strcmp(entry->d_name + UUID_TEXT_LEN, outbox_suffix) == 0 &&
	       uuid_parse(bytes_of(entry->d_name, UUID_TEXT_LEN), &id);
}

static int outbox_is_leftover(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && !outbox_is_write(entry);
}

void outbox_sweep(struct arena *arena)
{
	const char *folder = paths_state(arena, "outbox");
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, outbox_is_leftover, NULL);

	for (int i = 0; i < n; i++) {
		struct outbox_entry entry = {
			.file = memory_printf(arena, "%s/%s", folder, entries[i]->d_name)};
		struct stat status;

		entry.lock = open(entry.file, O_RDWR | O_CLOEXEC);
		/* A young one may be another program's, on its way. */
		if (entry.lock >= 0 && fstat(entry.lock, &status) == 0 &&
			time(NULL) - status.st_mtime > OUTBOX_LEFTOVER_S)
			outbox_forget(&entry);
		outbox_leave(&entry);
		free(entries[i]);
	}
	free(entries);
}

size_t outbox_list(struct arena *arena, char ***ret_files)
{
	const char *folder = paths_state(arena, "outbox");
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, outbox_is_write, alphasort);
	char **files = memory_alloc(arena, sizeof(*files) * (size_t)(n > 0 ? n : 1));

	for (int i = 0; i < n; i++) {
		files[i] = memory_printf(arena, "%s/%s", folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	*ret_files = files;
	return n > 0 ? (size_t)n : 0;
}

/* Takes the line "NAME VALUE" from the front of |rest|; NULL where it is not that. */
static const char *outbox_take_line(struct arena *arena, struct bytes *rest, const char *name)
{
	const uint8_t *end = memchr(rest->data, '\n', rest->len);
	size_t name_len = strlen(name);
	size_t len = end ? (size_t)(end - rest->data) : 0;
	const char *value;

	if (len <= name_len || memcmp(rest->data, name, name_len) != 0 ||
		rest->data[name_len] != ' ')
		return NULL;
	value = memory_copy(arena, bytes_of(rest->data + name_len + 1, len - name_len - 1));
	*rest = bytes_of(rest->data + len + 1, rest->len - len - 1);
	return value;
}

/* Reads the file's lines and checks its bytes against them. */
static int outbox_parse(struct arena *arena, struct bytes data, struct outbox_entry *entry)
{
	const char *format = outbox_take_line(arena, &data, "stafett outbox");
	const char *profile = outbox_take_line(arena, &data, "profile");
	const char *unit = outbox_take_line(arena, &data, "unit");
	const char *path = outbox_take_line(arena, &data, "path");
	const char *sha256 = outbox_take_line(arena, &data, "sha256");
	const char *len = outbox_take_line(arena, &data, "bytes");
	char hex[2 * DIGEST_LEN + 1];

	if (!format || strcmp(format, "1") != 0 || !profile || !unit || !path || !sha256 || !len ||
		data.len < 1 || data.data[0] != '\n' || data.len - 1 != strtoul(len, NULL, 10))
		return -EBADMSG;
	entry->request = bytes_of(data.data + 1, data.len - 1);
	outbox_hex(entry->request, hex);
	if (strcmp(hex, sha256) != 0)
		return -EBADMSG;
	entry->profile = profile;
	entry->unit = unit;
	entry->path = path;
	return 0;
}

static int outbox_lock(int fd)
{
	struct stat status;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	if (fstat(fd, &status) < 0)
		return -errno;
	/* Between our opening and our lock it may have been delivered. */
	return status.st_nlink ? 0 : -ENOENT;
}

int outbox_open(struct arena *arena, const char *file, struct outbox_entry *ret_entry)
{
	const char *name = strrchr(file, '/') + 1;
	struct outbox_entry entry = {.file = file};
	struct bytes data = {0};
	int r;

	if (!uuid_parse(bytes_of(name, UUID_TEXT_LEN), &entry.id))
		return -EBADMSG;
	entry.lock = open(file, O_RDWR | O_CLOEXEC);
	if (entry.lock < 0)
		return -errno;
	r = outbox_lock(entry.lock);
	if (!r)
		r = paths_read_fd(arena, entry.lock, CAP_MESSAGE_BYTES + OUTBOX_HEAD_BYTES, &data);
	if (!r)
		r = outbox_parse(arena, data, &entry);
	if (r)
		outbox_leave(&entry);
	else
		*ret_entry = entry;
	return r;
}
