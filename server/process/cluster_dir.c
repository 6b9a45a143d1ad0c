/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files are replaced by rename, so that a crash leaves the old or the new one.
 * A folder that is not ours alone is refused: that nobody else reaches the
 * socket in it is the first protection of the database.
 */
#include "process/cluster_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLUSTER_SOCKET_TEMPLATE "/var/tmp/stafett-XXXXXX"

enum {
	CLUSTER_LOCK_TRIES = 100,
	CLUSTER_LOCK_PAUSE_MS = 50,
	CLUSTER_PIDFILE_BYTES = 8192,
	CLUSTER_OPEN_FOLDERS = 16, /* descriptors for deleting a tree */
};

static void cluster_dir_free_text(char **text)
{
	free(*text);
}

/* Fills |ret_error| from errno and gives -errno. */
static int cluster_dir_fail(const char *what, const char *path, char **ret_error)
{
	int r = errno > 0 ? -errno : -EIO;

	if (asprintf(ret_error, "%s '%s': %s", what, path, strerror(-r)) < 0)
		*ret_error = NULL;
	return r;
}

static char *cluster_dir_path(const char *folder, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

/* Whether |path| is a folder (no link) of our own that nobody else may enter. */
static bool cluster_dir_is_private(const char *path)
{
	struct stat s;

	return lstat(path, &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == geteuid() &&
	       (s.st_mode & 077) == 0;
}

static int cluster_dir_make(const char *path, char **ret_error)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return cluster_dir_fail("cannot make the folder", path, ret_error);
	if (cluster_dir_is_private(path))
		return 0;
	errno = EPERM;
	return cluster_dir_fail("not a folder of this user alone (mode 0700)", path, ret_error);
}

static int cluster_dir_lock(struct cluster_dir *dir, char **ret_error)
{
	CLEANUP(cluster_dir_free_text) char *path = cluster_dir_path(dir->state, "lock");

	if (!path)
		return -ENOMEM;
	dir->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (dir->lock_fd < 0)
		return cluster_dir_fail("cannot open", path, ret_error);
	for (int i = 0; i < CLUSTER_LOCK_TRIES; i++) {
		if (flock(dir->lock_fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK)
			return cluster_dir_fail("cannot lock", path, ret_error);
		poll(NULL, 0, CLUSTER_LOCK_PAUSE_MS);
	}
	if (asprintf(ret_error, "another stafettd works in '%s'", dir->state) < 0)
		*ret_error = NULL;
	return -EBUSY;
}

static bool cluster_dir_read_link(const char *path, char target[PATH_MAX])
{
	ssize_t n = readlink(path, target, PATH_MAX - 1);

	if (n <= 0)
		return false;
	target[n] = '\0';
	return true;
}

/* A new folder with a short name, and |link| as the memory of it. */
static int cluster_dir_make_short(const char *link, char **ret_socket, char **ret_error)
{
	char folder[] = CLUSTER_SOCKET_TEMPLATE;

	if (!mkdtemp(folder))
		return cluster_dir_fail("cannot make the folder", folder, ret_error);
	if ((unlink(link) < 0 && errno != ENOENT) || symlink(folder, link) < 0)
		return cluster_dir_fail("cannot make the link", link, ret_error);
	*ret_socket = strdup(folder);
	return *ret_socket ? 0 : -ENOMEM;
}

/* state/run, or the short folder that it is a link to. */
static int cluster_dir_make_socket(struct cluster_dir *dir, char **ret_error)
{
	CLEANUP(cluster_dir_free_text) char *run = cluster_dir_path(dir->state, "run");
	char target[PATH_MAX];

	if (!run)
		return -ENOMEM;
	if (cluster_text_fits_socket(run)) {
		dir->socket = TAKE(run);
		return cluster_dir_make(dir->socket, ret_error);
	}
	if (!cluster_dir_read_link(run, target) || !cluster_text_fits_socket(target) ||
		!cluster_dir_is_private(target))
		return cluster_dir_make_short(run, &dir->socket, ret_error);
	dir->socket = strdup(target);
	return dir->socket ? 0 : -ENOMEM;
}

static int cluster_dir_name(struct cluster_dir *dir, const char *state_dir)
{
	dir->state = strdup(state_dir);
	dir->data = cluster_dir_path(state_dir, "pg");
	dir->fresh = cluster_dir_path(state_dir, "pg.new");
	dir->output = cluster_dir_path(state_dir, "startup.log");
	return dir->state && dir->data && dir->fresh && dir->output ? 0 : -ENOMEM;
}

int cluster_dir_open(
	const char *state_dir, int lock_fd, struct cluster_dir *ret_dir, char **ret_error)
{
	struct cluster_dir dir = CLUSTER_DIR_NONE;
	int r;

	*ret_error = NULL;
	dir.lock_fd = lock_fd;
	r = cluster_dir_name(&dir, state_dir);
	if (!r)
		r = cluster_dir_make(dir.state, ret_error);
	if (!r && lock_fd < 0)
		r = cluster_dir_lock(&dir, ret_error);
	if (!r)
		r = cluster_dir_make_socket(&dir, ret_error);
	if (r)
		cluster_dir_close(&dir);
	else
		*ret_dir = dir;
	return r;
}

int cluster_dir_peek(const char *state_dir, struct cluster_dir *ret_dir)
{
	CLEANUP(cluster_dir_free_text) char *run = cluster_dir_path(state_dir, "run");
	struct cluster_dir dir = CLUSTER_DIR_NONE;
	char target[PATH_MAX];
	int r = run ? cluster_dir_name(&dir, state_dir) : -ENOMEM;

	if (!r) {
		dir.socket = strdup(cluster_dir_read_link(run, target) ? target : run);
		r = dir.socket ? 0 : -ENOMEM;
	}
	if (!r && !cluster_dir_is_private(dir.socket))
		r = -ENOENT;
	if (r)
		cluster_dir_close(&dir);
	else
		*ret_dir = dir;
	return r;
}

void cluster_dir_close(struct cluster_dir *dir)
{
	if (dir->lock_fd >= 0)
		close(dir->lock_fd);
	free(dir->state);
	free(dir->data);
	free(dir->fresh);
	free(dir->socket);
	free(dir->output);
	*dir = CLUSTER_DIR_NONE;
}

bool cluster_dir_is_initialised(const struct cluster_dir *dir)
{
	return access(dir->data, F_OK) == 0;
}

static int cluster_dir_remove_one(
	const char *path, const struct stat *s, int kind, struct FTW *where)
{
	return remove(path);
}

int cluster_dir_clear_fresh(const struct cluster_dir *dir)
{
	if (nftw(dir->fresh, cluster_dir_remove_one, CLUSTER_OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) <
			0 &&
		errno != ENOENT)
		return -errno;
	return mkdir(dir->fresh, 0700) < 0 ? -errno : 0;
}

/* Makes the names in |folder| durable. */
static int cluster_dir_sync(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return r;
}

int cluster_dir_keep_fresh(const struct cluster_dir *dir)
{
	if (rename(dir->fresh, dir->data) < 0)
		return -errno;
	return cluster_dir_sync(dir->state);
}

static int cluster_dir_write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			left -= (size_t)n;
		}
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* Replaces the file |name| of the data folder. Frees |text|; NULL is -ENOMEM. */
static int cluster_dir_write_file(const struct cluster_dir *dir, const char *name, char *text)
{
	CLEANUP(cluster_dir_free_text) char *content = text;
	CLEANUP(cluster_dir_free_text) char *path = cluster_dir_path(dir->data, name);
	CLEANUP(cluster_dir_free_text) char *fresh = cluster_dir_path(dir->data, "stafett.new");
	int fd, r;

	if (!content || !path || !fresh)
		return -ENOMEM;
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	r = cluster_dir_write_all(fd, content);
	close(fd);
	if (!r && rename(fresh, path) < 0)
		r = -errno;
	return r;
}

/* The operator's own file, which only needs to be there. */
static int cluster_dir_make_tuning(const struct cluster_dir *dir)
{
	CLEANUP(cluster_dir_free_text) char *path = cluster_dir_path(dir->data, "tuning.conf");

	if (!path)
		return -ENOMEM;
	if (access(path, F_OK) == 0)
		return 0;
	return cluster_dir_write_file(dir, "tuning.conf", cluster_text_tuning());
}

int cluster_dir_write_conf(const struct cluster_dir *dir)
{
	const struct passwd *user = getpwuid(geteuid());
	int r;

	if (!user)
		return -ENOENT;
	r = cluster_dir_make_tuning(dir);
	if (!r)
		r = cluster_dir_write_file(dir, "postgresql.conf", cluster_text_conf(dir->socket));
	if (!r)
		r = cluster_dir_write_file(dir, "pg_hba.conf", cluster_text_hba());
	if (!r)
		r = cluster_dir_write_file(dir, "pg_ident.conf", cluster_text_ident(user->pw_name));
	return r;
}

int cluster_dir_open_output(const struct cluster_dir *dir)
{
	int fd = open(dir->output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
		0600);

	return fd < 0 ? -errno : fd;
}

void cluster_dir_last_words(const struct cluster_dir *dir, char *out, size_t size)
{
	FILE *file = fopen(dir->output, "re");

	out[0] = '\0';
	while (file && fgets(out, (int)size, file))
		out[strcspn(out, "\n")] = '\0';
	if (file)
		fclose(file);
}

/* The working directory of a server is its data folder: so a stranger who got
 * the number of a server that died is not taken for it. */
static bool cluster_dir_is_server(const struct cluster_dir *dir, pid_t pid)
{
	char cwd[32];
	struct stat theirs, ours;

	snprintf(cwd, sizeof(cwd), "/proc/%d/cwd", (int)pid);
	return kill(pid, 0) == 0 && stat(cwd, &theirs) == 0 && stat(dir->data, &ours) == 0 &&
	       theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

bool cluster_dir_find_server(const struct cluster_dir *dir, struct cluster_pidfile *ret_pidfile)
{
	CLEANUP(cluster_dir_free_text) char *path = cluster_dir_path(dir->data, "postmaster.pid");
	char text[CLUSTER_PIDFILE_BYTES];
	struct cluster_pidfile found;
	ssize_t n;
	int fd;

	if (!path)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text));
	close(fd);
	if (n <= 0 || !cluster_text_read_pidfile(bytes_of(text, (size_t)n), &found) ||
		!cluster_dir_is_server(dir, found.pid))
		return false;
	*ret_pidfile = found;
	return true;
}
