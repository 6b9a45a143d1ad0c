/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the client keeps things, by the XDG base directory rules:
 *
 *   $XDG_CONFIG_HOME/stafett/profiles/NAME.conf   who the user can be (read only)
 *   $XDG_STATE_HOME/stafett/                      outbox, last list, unit names
 *
 * The state folder and all in it belong to the user alone: 0700 and 0600.
 */
#ifndef CLIENT_PATHS_H
#define CLIENT_PATHS_H

#include "base/arena.h"

/* "$XDG_CONFIG_HOME/stafett/profiles", or below ~/.config. */
char *paths_profiles(struct arena *arena);
/* A file or folder of the state folder: "$XDG_STATE_HOME/stafett/NAME". */
char *paths_state(struct arena *arena, const char *name);
/* Makes the folder |path| and those above it, each 0700. 0 or -errno. */
int paths_make(const char *path) WARN_UNUSED;

/* Writes |data| as the file |path| with mode 0600: whole and on disk, or not at
 * all (temporary file, fsync, rename, fsync of the folder). The folder is made
 * where it is missing. 0 or -errno. */
int paths_write(struct arena *arena, const char *path, struct bytes data) WARN_UNUSED;
/* The same, and leaves the file open for reading and writing, locked (flock) since
 * before it had its name. */
int paths_write_locked(
	struct arena *arena, const char *path, struct bytes data, int *ret_fd) WARN_UNUSED;
/* The same, in a folder that is there, and never over another file: -EEXIST. */
int paths_write_new(struct arena *arena, const char *path, struct bytes data) WARN_UNUSED;
/* Reads the file |path|, at most |cap| bytes. 0, -EFBIG or another -errno. */
int paths_read(
	struct arena *arena, const char *path, size_t cap, struct bytes *ret_data) WARN_UNUSED;
/* A view of the first |len| bytes of an open file, which is that long; at least 1.
 * It is given back with paths_unmap. 0, -EBADMSG where the file has another length,
 * or another -errno. */
int paths_map(int fd, size_t len, struct bytes *ret_data) WARN_UNUSED;
/* An empty view is passed over. */
void paths_unmap(struct bytes data);
/* Reads an open descriptor, from where it stands to its end. */
int paths_read_fd(struct arena *arena, int fd, size_t cap, struct bytes *ret_data) WARN_UNUSED;

#endif
