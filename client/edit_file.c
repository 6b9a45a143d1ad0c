/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is never on a disk: see edit.h. */
#include "client/edit_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/magic.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/memory.h"

enum { EDIT_FILE_MODE = 0600, EDIT_FILE_CHUNK = 4096 };

/* The user's runtime folder, where it is in memory; NULL elsewhere. */
static const char *edit_file_memory_folder(void)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");
	struct statfs status;

	if (!folder || *folder != '/' || statfs(folder, &status) < 0)
		return NULL;
	return status.f_type == TMPFS_MAGIC ? folder : NULL;
}

static int edit_file_make_named(struct arena *arena, const char *memory, struct edit_file *file)
{
	char *folder = memory_printf(arena, "%s/stafett-XXXXXX", memory);

	if (!mkdtemp(folder)) /* 0700 */
		return -errno;
	file->folder = folder;
	file->path = memory_printf(arena, "%s/referral", folder);
	file->fd = open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, EDIT_FILE_MODE);
	return file->fd < 0 ? -errno : 0;
}

/* The editor inherits the descriptor, and finds it under its own name for it. */
static int edit_file_make_nameless(struct arena *arena, struct edit_file *file)
{
	file->fd = memfd_create("stafett", 0);
	if (file->fd < 0)
		return -errno;
	file->path = memory_printf(arena, "/proc/self/fd/%d", file->fd);
	return 0;
}

static int edit_file_write(int fd, struct bytes data)
{
	while (data.len) {
		ssize_t n = write(fd, data.data, data.len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			data = bytes_of(data.data + n, data.len - (size_t)n);
	}
	return 0;
}

int edit_file_begin(struct arena *arena, const struct secret *text, struct edit_file *ret_file)
{
	struct edit_file file = {.fd = -1};
	const char *memory = edit_file_memory_folder();
	int r = memory ? edit_file_make_named(arena, memory, &file)
		       : edit_file_make_nameless(arena, &file);

	if (!r)
		r = edit_file_write(file.fd, bytes_of_string(secret_text(text)));
	if (r)
		edit_file_end(arena, &file);
	else
		*ret_file = file;
	return r;
}

/* -- the editor ------------------------------------------------------------------------ */

/* What keeps an editor that is known for it from remembering texts elsewhere. */
static const char *edit_file_private_options(struct arena *arena, const char *editor)
{
	size_t len = strcspn(editor, " ");
	const char *name = basename(memory_copy(arena, bytes_of(editor, len)));

	if (strncmp(name, "vim", 3) == 0 || strcmp(name, "nvim") == 0)
		return " -n -i NONE";
	return "";
}

static const char *edit_file_command(struct arena *arena)
{
	const char *editor = getenv("VISUAL");

	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (!editor || !*editor)
		editor = "editor"; /* Debian's own choice */
	return memory_printf(
		arena, "exec %s%s \"$1\"", editor, edit_file_private_options(arena, editor));
}

/* Starts the editor with the signals that this process had before. */
static int edit_file_start(
	struct arena *arena, const struct edit_file *file, const sigset_t *mask, pid_t *ret_pid)
{
	const char *const words[] = {"sh", "-c", edit_file_command(arena), "sh", file->path, NULL};
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int r;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attributes, mask);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	r = -posix_spawn(ret_pid, "/bin/sh", NULL, &attributes, (char *const *)words, environ);
	posix_spawnattr_destroy(&attributes);
	return r;
}

int edit_file_run(struct arena *arena, const struct edit_file *file)
{
	sigset_t mask;
	int status = 0;
	pid_t pid;
	int r;

	(void)sigprocmask(SIG_SETMASK, NULL, &mask);
	sigdelset(&mask, SIGINT);
	sigdelset(&mask, SIGQUIT);
	sigdelset(&mask, SIGTERM);
	sigdelset(&mask, SIGHUP);
	r = edit_file_start(arena, file, &mask, &pid);
	while (!r && waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			r = -errno;
	}
	if (!r && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		r = -ECANCELED;
	return r;
}

int edit_file_read(const struct edit_file *file, struct secret *ret_text)
{
	char chunk[EDIT_FILE_CHUNK];
	/* By its name: an editor may have written another file in its place. */
	int fd = file->folder ? open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : dup(file->fd);
	ssize_t n = 0;

	if (fd < 0)
		return -errno;
	secret_cut(ret_text, 0);
	(void)lseek(fd, 0, SEEK_SET);
	do {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			secret_add(ret_text, bytes_of(chunk, (size_t)n));
	} while (n > 0 || (n < 0 && errno == EINTR));
	explicit_bzero(chunk, sizeof(chunk));
	close(fd);
	return n < 0 ? -EIO : 0;
}

/* -- the end ----------------------------------------------------------------------------- */

static void edit_file_wipe(int fd)
{
	static const uint8_t zeros[EDIT_FILE_CHUNK];
	struct stat status;
	off_t left;

	if (fstat(fd, &status) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return;
	for (left = status.st_size; left > 0; left -= EDIT_FILE_CHUNK) {
		if (edit_file_write(fd, bytes_of(zeros, sizeof(zeros))))
			break;
	}
	(void)!ftruncate(fd, 0);
}

/* Every file of the folder: an editor's swap file and backup hold the text too. */
static void edit_file_wipe_folder(struct arena *arena, const char *folder)
{
	DIR *files = opendir(folder);
	const struct dirent *entry;

	while (files && (entry = readdir(files))) {
		const char *path = memory_printf(arena, "%s/%s", folder, entry->d_name);
		int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

		if (fd >= 0) {
			edit_file_wipe(fd);
			close(fd);
		}
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(void)unlink(path);
	}
	if (files)
		closedir(files);
	(void)rmdir(folder);
}

void edit_file_end(struct arena *arena, struct edit_file *file)
{
	if (file->fd >= 0) {
		edit_file_wipe(file->fd);
		close(file->fd);
	}
	file->fd = -1;
	if (file->folder)
		edit_file_wipe_folder(arena, file->folder);
	file->folder = NULL;
}
