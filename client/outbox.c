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
				    "profile %s\nunit %s\npath %s\nsha256 %s\nbytes %zu\n%s\n";
static const char outbox_suffix[] = ".write";
static const char outbox_body_suffix[] = ".body"; /* shorter than the other */

static void outbox_hex(const uint8_t digest[DIGEST_LEN], char out[2 * DIGEST_LEN + 1])
{
	for (size_t i = 0; i < DIGEST_LEN; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static void outbox_hash(struct bytes data, char out[2 * DIGEST_LEN + 1])
{
	uint8_t digest[DIGEST_LEN];

	digest_sha256(&data, 1, digest);
	outbox_hex(digest, out);
}

/* The same name with another end: "ID.write" or "ID.write.XXXXXX" to "ID.body". */
static char *outbox_sibling(struct arena *arena, const char *file, const char *suffix)
{
	const char *name = strrchr(file, '/') + 1;

	return memory_printf(arena, "%.*s%s", (int)(name - file) + UUID_TEXT_LEN, file, suffix);
}

/* The line about the body; "" without. */
static const char *outbox_body_line(struct arena *arena, const struct outbox_entry *entry)
{
	char hex[2 * DIGEST_LEN + 1];

	if (!entry->body.len)
		return "";
	outbox_hex(entry->body_sha256, hex);
	return memory_printf(arena, "body %s %zu\n", hex, entry->body.len);
}

static int outbox_keep_write(struct arena *arena, struct outbox_entry *entry, const char *file)
{
	char hex[2 * DIGEST_LEN + 1];
	uint8_t *data;
	char *head;
	size_t len;

	outbox_hash(entry->request, hex);
	head = memory_printf(arena, outbox_format, entry->profile, entry->unit, entry->path, hex,
		entry->request.len, outbox_body_line(arena, entry));
	len = strlen(head);
	data = memory_alloc(arena, len + entry->request.len);
	memcpy(data, head, len);
	memcpy(data + len, entry->request.data, entry->request.len);
	return paths_write_locked(
		arena, file, bytes_of(data, len + entry->request.len), &entry->lock);
}

int outbox_keep(struct arena *arena, struct outbox_entry *entry)
{
	char id[UUID_TEXT_LEN + 1];
	const char *file;
	int body = -1; /* locked until the write that it belongs to is there */
	int r = 0;

	uuid_format(&entry->id, id);
	file = memory_printf(arena, "%s/%s%s", paths_state(arena, "outbox"), id, outbox_suffix);
	if (entry->body.len) {
		digest_sha256(&entry->body, 1, entry->body_sha256);
		r = paths_write_locked(
			arena, outbox_sibling(arena, file, outbox_body_suffix), entry->body, &body);
	}
	if (!r)
		r = outbox_keep_write(arena, entry, file);
	if (body >= 0)
		close(body);
	if (!r)
		entry->file = file;
	return r;
}

void outbox_leave(struct outbox_entry *entry)
{
	if (entry->is_mapped)
		paths_unmap(entry->body);
	entry->is_mapped = false;
	entry->body = (struct bytes){0};
	if (entry->lock >= 0)
		close(entry->lock);
	entry->lock = -1;
}

/* What is said about a person is overwritten as well as the disk lets us. */
static void outbox_wipe(int fd)
{
	static const uint8_t zeros[65536];
	struct stat status;

	if (fstat(fd, &status) < 0)
		return;
	for (off_t at = 0; at < status.st_size; at += (off_t)sizeof(zeros)) {
		off_t left = status.st_size - at;

		if (pwrite(fd, zeros, left < (off_t)sizeof(zeros) ? (size_t)left : sizeof(zeros),
			    at) < 0)
			break;
	}
	(void)fsync(fd);
}

/* Names go before bytes, so that no crash leaves a damaged write; the write's own
 * goes first. */
void outbox_forget(struct arena *arena, struct outbox_entry *entry)
{
	const char *file = outbox_sibling(arena, entry->file, outbox_body_suffix);
	int body = entry->body.len ? open(file, O_RDWR | O_CLOEXEC) : -1;

	unlink(entry->file);
	if (entry->lock >= 0)
		outbox_wipe(entry->lock);
	if (body >= 0) {
		unlink(file);
		outbox_wipe(body);
		close(body);
	}
	outbox_leave(entry);
}

static bool outbox_is(const char *name, const char *suffix)
{
	struct uuid id;

	return strlen(name) == UUID_TEXT_LEN + strlen(suffix) &&
	       strcmp(name + UUID_TEXT_LEN, suffix) == 0 &&
	       uuid_parse(bytes_of(name, UUID_TEXT_LEN), &id);
}

static int outbox_is_write(const struct dirent *entry)
{
	return outbox_is(entry->d_name, outbox_suffix);
}

static int outbox_may_be_leftover(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && !outbox_is_write(entry);
}

/* Whether nobody needs |file| any more. A young one may be another program's, on its
 * way; one that is locked is. */
static bool outbox_is_leftover(struct arena *arena, const char *file, int fd)
{
	struct stat status;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &status) < 0 ||
		time(NULL) - status.st_mtime <= OUTBOX_LEFTOVER_S)
		return false;
	return !outbox_is(strrchr(file, '/') + 1, outbox_body_suffix) ||
	       access(outbox_sibling(arena, file, outbox_suffix), F_OK) < 0;
}

void outbox_sweep(struct arena *arena)
{
	const char *folder = paths_state(arena, "outbox");
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, outbox_may_be_leftover, NULL);

	for (int i = 0; i < n; i++) {
		const char *file = memory_printf(arena, "%s/%s", folder, entries[i]->d_name);
		int fd = open(file, O_RDWR | O_CLOEXEC);

		if (fd >= 0 && outbox_is_leftover(arena, file, fd)) {
			unlink(file);
			outbox_wipe(fd);
		}
		if (fd >= 0)
			close(fd);
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
static int outbox_parse(
	struct arena *arena, struct bytes data, struct outbox_entry *entry, const char **ret_body)
{
	const char *format = outbox_take_line(arena, &data, "stafett outbox");
	const char *profile = outbox_take_line(arena, &data, "profile");
	const char *unit = outbox_take_line(arena, &data, "unit");
	const char *path = outbox_take_line(arena, &data, "path");
	const char *sha256 = outbox_take_line(arena, &data, "sha256");
	const char *len = outbox_take_line(arena, &data, "bytes");
	const char *body = outbox_take_line(arena, &data, "body");
	char hex[2 * DIGEST_LEN + 1];

	if (!format || strcmp(format, "1") != 0 || !profile || !unit || !path || !sha256 || !len ||
		data.len < 1 || data.data[0] != '\n' || data.len - 1 != strtoul(len, NULL, 10))
		return -EBADMSG;
	entry->request = bytes_of(data.data + 1, data.len - 1);
	outbox_hash(entry->request, hex);
	if (strcmp(hex, sha256) != 0)
		return -EBADMSG;
	entry->profile = profile;
	entry->unit = unit;
	entry->path = path;
	*ret_body = body;
	return 0;
}

/* Maps the body and checks it against the line about it, a hash and a size. */
static int outbox_open_body(struct arena *arena, struct outbox_entry *entry, const char *line)
{
	const char *file = outbox_sibling(arena, entry->file, outbox_body_suffix);
	size_t len = strlen(line) > sizeof("") + 2 * DIGEST_LEN
			     ? strtoul(line + 2 * DIGEST_LEN, NULL, 10)
			     : 0;
	char hex[2 * DIGEST_LEN + 1];
	int fd;
	int r;

	if (!len || len > CAP_UPLOAD_BYTES)
		return -EBADMSG;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -EBADMSG : -errno;
	r = paths_map(fd, len, &entry->body);
	close(fd);
	if (r)
		return r;
	entry->is_mapped = true;
	digest_sha256(&entry->body, 1, entry->body_sha256);
	outbox_hex(entry->body_sha256, hex);
	return strncmp(hex, line, 2 * DIGEST_LEN) == 0 ? 0 : -EBADMSG;
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
	const char *body = NULL;
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
		r = outbox_parse(arena, data, &entry, &body);
	if (!r && body)
		r = outbox_open_body(arena, &entry, body);
	if (r)
		outbox_leave(&entry);
	else
		*ret_entry = entry;
	return r;
}
