/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles: who the user can be. One INI file each, named NAME.conf; the settings
 * are the rows of stafett/tbl/profile.def, all of them required but 'name'.
 *
 *   server = stafett.example.se:7443
 *   ca = ca.pem
 *   certificate = maria.pem
 *   key = maria.key
 *   unit = lund/vuxen
 *   name = Maria Nilsson
 */
#ifndef CLIENT_PROFILE_H
#define CLIENT_PROFILE_H

#include <stdbool.h>

#include "base/arena.h"

/* Everything lives in the arena that it was read into; texts are never NULL. */
struct profile {
	const char *id; /* the file's name without ".conf" */
#define PROFILE_TEXT(name, doc) const char *name;
#define PROFILE_PATH(name, doc) const char *name;
#include "stafett/tbl/profile.def"
#undef PROFILE_TEXT
#undef PROFILE_PATH
	const char *host, *port; /* of 'server' */
	const char *fault;	 /* why it cannot be used, one line; NULL when it can */
};

/* All profiles, ordered by name; also those that cannot be used. */
size_t profile_list(struct arena *arena, const struct profile **ret_profiles);
/* Reads one. Never NULL; look at |fault|. */
const struct profile *profile_read(struct arena *arena, const char *id);

enum profile_choice {
	PROFILE_CHOSEN,
	PROFILE_NONE,	  /* there is no profile at all */
	PROFILE_UNKNOWN,  /* none is called so, and none acts for such a unit */
	PROFILE_UNCHOSEN, /* there are several, and nothing says which */
};

/* Finds the profile that |wanted| means: its name, or its unit's handle (of
 * several, the first by name). NULL or "": STAFETT_PROFILE, else the profile
 * "default", else the only one there is. */
enum profile_choice profile_choose(
	struct arena *arena, const char *wanted, const struct profile **ret_profile) WARN_UNUSED;

#endif
