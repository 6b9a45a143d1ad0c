/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units by handle. Names of units are remembered in the state folder (they are no
 * secret), so that a screen does not ask for them one by one each time.
 */
#ifndef CLIENT_DIRECTORY_H
#define CLIENT_DIRECTORY_H

#include "client/client.h"
#include "stafett/v1/directory_service.pb-c.h"

/* How a unit is called: "Beroende Lund"; its handle where nobody can tell. Never
 * fails, and waits for the server only once. */
const char *directory_name(struct client *client, const char *handle);
/* Several, with commas between. */
const char *directory_names(struct client *client, char *const *handles, size_t count);
/* Remembers a name that an answer carried. */
void directory_learn(struct client *client, const char *handle, const char *name);
/* Looks a unit up, closed ones too: NULL where there is none of that handle, or
 * where the server cannot be asked; then |ret_asked| is false. */
const Stafett__V1__Unit *directory_find(struct client *client, const char *handle, bool *ret_asked);
/* The unit whose handle is nearest to one that does not exist, of the same organisation
 * if it has one; NULL where there is none. */
const char *directory_nearest(struct client *client, const char *handle);

/* A problem, with the nearest, where there is no unit of that handle: of such a one
 * nothing would be found, and say so wrongly. */
int directory_check(struct client *client, const char *handle) WARN_UNUSED;
/* The open units that people call so: those of just that name, or else those whose name or
 * handle has it in it; their number, of which at most |most| are in |found|. */
size_t directory_named(
	struct client *client, const char *typed, const Stafett__V1__Unit **found, size_t most);

/* The units that are replaced by this one, of its own organisation; their number. */
size_t directory_predecessors(struct client *client, const char *handle, char ***ret_handles);

/* The |index|-th handle that is remembered of the profile's server; NULL after the
 * last. Asks nobody. */
const char *directory_known(struct client *client, size_t index);

/* The name of an organisation, by the half of its units' handles ("skane"); the half itself
 * where it is not known. */
const char *directory_organization(struct client *client, const char *half);

#endif
