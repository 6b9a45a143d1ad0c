/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and choosing profiles: see the header. */
#include "client/profile.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include <ini.h>

#include "base/suggest.h"
#include "client/memory.h"
#include "client/paths.h"
#include "client/text.h"
#include "domain/identity.h"

static const char profile_suffix[] = ".conf";

static const struct profile_key {
	const char *name;
	size_t offset;
	bool is_path;
} profile_keys[] = {
#define PROFILE_TEXT(name, doc) {#name, offsetof(struct profile, name), false},
#define PROFILE_PATH(name, doc) {#name, offsetof(struct profile, name), true},
#include "stafett/tbl/profile.def"
#undef PROFILE_TEXT
#undef PROFILE_PATH
};

/* One file while it is being read. */
struct profile_reader {
	struct arena *arena;
	struct profile *profile;
	const char *folder;
};

static const char **profile_value(struct profile *profile, const struct profile_key *key)
{
	return (const char **)(void *)((char *)profile + key->offset);
}

static void profile_blame_key(struct profile_reader *reader, const char *name)
{
	struct suggest nearest;

	if (reader->profile->fault)
		return; /* the first one is told */
	suggest_begin(&nearest, name);
	for (size_t i = 0; i < ARRAY_SIZE(profile_keys); i++)
		suggest_offer(&nearest, profile_keys[i].name);
	if (nearest.best)
		reader->profile->fault = memory_printf(reader->arena,
			_("unknown setting '%s'; did you mean '%s'?"), name, nearest.best);
	else
		reader->profile->fault =
			memory_printf(reader->arena, _("unknown setting '%s'"), name);
}

/* inih's handler: 1 goes on, 0 marks the line as an error. */
static int profile_on_setting(void *user, const char *section, const char *name, const char *value)
{
	struct profile_reader *reader = user;

	for (size_t i = 0; i < ARRAY_SIZE(profile_keys) && !*section; i++) {
		const struct profile_key *key = &profile_keys[i];

		if (strcmp(key->name, name) != 0)
			continue;
		*profile_value(reader->profile, key) =
			key->is_path && *value != '/'
				? memory_printf(reader->arena, "%s/%s", reader->folder, value)
				: memory_string(reader->arena, value);
		return 1;
	}
	profile_blame_key(reader, *section ? section : name);
	return 0;
}

/* Splits 'server' at its last colon; "[::1]:7443" has a numeric host. */
static void profile_split_server(struct profile_reader *reader)
{
	struct profile *profile = reader->profile;
	const char *colon = strrchr(profile->server, ':');
	size_t len = colon ? (size_t)(colon - profile->server) : 0;
	char *end;
	long port = colon ? strtol(colon + 1, &end, 10) : 0;

	if (!len || port < 1 || port > 65535 || *end) {
		profile->fault = memory_printf(
			reader->arena, _("'server' is '%s', not HOST:PORT"), profile->server);
		return;
	}
	if (profile->server[0] == '[' && profile->server[len - 1] == ']')
		profile->host = memory_copy(reader->arena, bytes_of(profile->server + 1, len - 2));
	else
		profile->host = memory_copy(reader->arena, bytes_of(profile->server, len));
	profile->port = memory_string(reader->arena, colon + 1);
}

static void profile_check(struct profile_reader *reader)
{
	struct profile *profile = reader->profile;

	for (size_t i = 0; i < ARRAY_SIZE(profile_keys); i++) {
		const struct profile_key *key = &profile_keys[i];

		if (!**profile_value(profile, key) && strcmp(key->name, "name") != 0) {
			profile->fault = memory_printf(
				reader->arena, _("it has no setting '%s'"), key->name);
			return;
		}
	}
	if (!identity_is_handle(bytes_of_string(profile->unit)))
		profile->fault = memory_printf(reader->arena,
			_("'unit' is '%s', not a name like lund/vuxen"), profile->unit);
	else
		profile_split_server(reader);
}

const struct profile *profile_read(struct arena *arena, const char *id)
{
	struct profile *profile = memory_alloc(arena, sizeof(*profile));
	struct profile_reader reader = {arena, profile, paths_profiles(arena)};
	int line;

	profile->id = id;
	profile->host = profile->port = "";
	for (size_t i = 0; i < ARRAY_SIZE(profile_keys); i++)
		*profile_value(profile, &profile_keys[i]) = "";
	line = ini_parse(memory_printf(arena, "%s/%s%s", reader.folder, id, profile_suffix),
		profile_on_setting, &reader);
	if (line < 0)
		profile->fault = memory_printf(arena, "%s", strerror(errno));
	else if (line > 0)
		profile->fault = memory_printf(arena, _("line %d: %s"), line,
			profile->fault ? profile->fault : _("not 'name = value'"));
	else
		profile_check(&reader);
	return profile;
}

static int profile_is_file(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	size_t suffix = sizeof(profile_suffix) - 1;

	return entry->d_name[0] != '.' && len > suffix &&
	       strcmp(entry->d_name + len - suffix, profile_suffix) == 0;
}

size_t profile_list(struct arena *arena, const struct profile **ret_profiles)
{
	struct dirent **entries = NULL;
	int n = scandir(paths_profiles(arena), &entries, profile_is_file, alphasort);
	struct profile *profiles = memory_alloc(arena, sizeof(*profiles) * (size_t)(n > 0 ? n : 1));

	for (int i = 0; i < n; i++) {
		size_t len = strlen(entries[i]->d_name) - (sizeof(profile_suffix) - 1);

		profiles[i] =
			*profile_read(arena, memory_copy(arena, bytes_of(entries[i]->d_name, len)));
		free(entries[i]);
	}
	free(entries);
	*ret_profiles = profiles;
	return n > 0 ? (size_t)n : 0;
}

/* The profile called |wanted|, or else the first that acts for that unit. */
static const struct profile *profile_find(
	const struct profile *profiles, size_t count, const char *wanted)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(profiles[i].id, wanted) == 0)
			return &profiles[i];
	}
	for (size_t i = 0; i < count; i++) {
		if (strcmp(profiles[i].unit, wanted) == 0)
			return &profiles[i];
	}
	return NULL;
}

enum profile_choice profile_choose(
	struct arena *arena, const char *wanted, const struct profile **ret_profile)
{
	const struct profile *profiles;
	size_t count = profile_list(arena, &profiles);
	const struct profile *found;

	if (!count)
		return PROFILE_NONE;
	if (!wanted || !*wanted)
		wanted = getenv("STAFETT_PROFILE");
	if (wanted && *wanted)
		found = profile_find(profiles, count, wanted);
	else
		found = count == 1 ? profiles : profile_find(profiles, count, "default");
	if (!found)
		return wanted && *wanted ? PROFILE_UNKNOWN : PROFILE_UNCHOSEN;
	*ret_profile = found;
	return PROFILE_CHOSEN;
}
