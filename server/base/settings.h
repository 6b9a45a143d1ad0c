/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings: built whole from an INI file and the command line, then never
 * changed. A reload builds a second one and swaps the pointer.
 * The table stands in stafett/tbl/settings.def; the manual is checked against it.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "stafett/base.h"

/* SETTING_TEXT -> const char * (never NULL, "" when unset), SETTING_PATH the same,
 * made absolute against the file's folder; SETTING_NUMBER -> int64_t;
 * SETTING_BOOL -> bool. */
#define SETTING_TEXT(name, def, when, doc)	       const char *name;
#define SETTING_PATH(name, def, when, doc)	       const char *name;
#define SETTING_NUMBER(name, def, min, max, when, doc) int64_t name;
#define SETTING_BOOL(name, def, when, doc)	       bool name;
struct settings {
#include "stafett/tbl/settings.def"
};
#undef SETTING_TEXT
#undef SETTING_PATH
#undef SETTING_NUMBER
#undef SETTING_BOOL

/* Reads |file| (NULL: defaults only), then applies |n_overrides| strings of the
 * form "name=value", the last of a name counts; their paths are relative to the
 * working folder. On failure gives -EINVAL or -errno and one line in |ret_error|
 * ("stafettd.conf:12: unknown setting 'prot'; did you mean 'port'?"), freed by the
 * caller with free. Only -ENOMEM may leave it NULL. */
int settings_read(const char *file, const char *const *overrides, int n_overrides,
	struct settings **ret_settings, char **ret_error) WARN_UNUSED;
/* The name of a setting that counts at the start only and differs between the two,
 * or NULL: then the second may take the place of the first. */
const char *settings_need_restart(const struct settings *now, const struct settings *then);
/* Accepts NULL; returns NULL. */
struct settings *settings_free(struct settings *settings);

#endif
